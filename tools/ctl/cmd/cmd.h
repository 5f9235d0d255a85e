/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, and the subcommands that have their own file.
 */
#ifndef M6T_CTL_CMD_H
#define M6T_CTL_CMD_H

#include "ctl/command.h"

int cmd_show(const struct command *command, int argc, char **argv);
int cmd_binding(const struct command *command, int argc, char **argv);
int cmd_save(const struct command *command, int argc, char **argv);
int cmd_restore(const struct command *command, int argc, char **argv);
int cmd_count(const struct command *command, int argc, char **argv);
int cmd_attach(const struct command *command, int argc, char **argv);
int cmd_detach(const struct command *command, int argc, char **argv);
int cmd_follow(const struct command *command, int argc, char **argv);
int cmd_monitor(const struct command *command, int argc, char **argv);
int cmd_slot(const struct command *command, int argc, char **argv);
int cmd_stats(const struct command *command, int argc, char **argv);
int cmd_check(const struct command *command, int argc, char **argv);
int cmd_ipsec(const struct command *command, int argc, char **argv);
int cmd_metrics(const struct command *command, int argc, char **argv);
int cmd_prefix(const struct command *command, int argc, char **argv);
int cmd_up(const struct command *command, int argc, char **argv);
int cmd_down(const struct command *command, int argc, char **argv);

#endif /* M6T_CTL_CMD_H */
