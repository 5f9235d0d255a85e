/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of commands.
 */
#ifndef M6T_COMMAND_H
#define M6T_COMMAND_H

#include "lib/macros.h"

/**
 * struct command - a command or subcommand
 * @name: its name
 * @run: called with its arguments; returns an enum status
 * @usage: its arguments
 * @help: what it does
 */
struct command {
	const char *name;
	int (*run)(const struct command *command, int argc, char **argv);
	const char *usage;
	const char *help;
};

void command_help(const struct command *table, const char *prefix);
int command_run(const struct command *table, const char *prefix, int argc,
		char **argv);
__printf(2, 3) int command_wrong(const struct command *command,
				 const char *format, ...);

#endif /* M6T_COMMAND_H */
