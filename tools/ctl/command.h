/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of commands.
 */
#ifndef M6T_COMMAND_H
#define M6T_COMMAND_H

/**
 * struct command - a command, or one of the commands below it
 * @name: the word
 * @run: called with the words behind it; returns an enum status
 * @usage: what may follow the word
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

#endif /* M6T_COMMAND_H */
