// SPDX-License-Identifier: GPL-2.0
/*
 * A table of commands: find one and run it, or print its help.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "lib/say.h"

/* Words before the command that runs, each followed by a space. */
static const char *command_prefix = "";

/**
 * command_help - print the commands
 * @table: the commands, ended by an empty one
 * @prefix: commands before this one, each followed by a space
 */
void command_help(const struct command *table, const char *prefix)
{
	printf("Usage: m6tctl [-j] [-p] [-n NETNS] %sCOMMAND\n", prefix);
	for (; table->name; table++)
		printf("  %s%s%s%s\n      %s\n", prefix, table->name,
		       *table->usage ? " " : "", table->usage, table->help);
}

static void command_usage(const struct command *command, const char *prefix)
{
	printf("Usage: m6tctl [-j] [-p] [-n NETNS] %s%s %s\n  %s\n", prefix,
	       command->name, command->usage, command->help);
}

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "-h") ||
	       !strcmp(word, "--help");
}

/* "help COMMAND" means "COMMAND help": move help to the end. */
static void help_last(int argc, char **argv)
{
	char *help = argv[0];

	memmove(argv, argv + 1, (argc - 1) * sizeof(*argv));
	argv[argc - 1] = help;
}

/**
 * command_run - find a command and run it
 * @table: the commands, ended by an empty one
 * @prefix: commands before this one, each followed by a space
 * @argc: number of arguments
 * @argv: the command and its arguments
 *
 * Return: an enum status.
 */
int command_run(const struct command *table, const char *prefix, int argc,
		char **argv)
{
	const struct command *command;

	if (argc == 1 && is_help(argv[0])) {
		command_help(table, prefix);
		return STATUS_DONE;
	}
	if (argc && is_help(argv[0]))
		help_last(argc, argv);
	if (!argc)
		return fail(STATUS_USAGE,
			    "a command is missing (see \"m6tctl %shelp\")",
			    prefix);

	for (command = table; command->name; command++) {
		if (strcmp(command->name, argv[0]))
			continue;
		/* A command with subcommands handles help itself. */
		if (argc == 2 && is_help(argv[1]) &&
		    strcmp(command->usage, "COMMAND")) {
			command_usage(command, prefix);
			return STATUS_DONE;
		}
		command_prefix = prefix;
		return command->run(command, argc - 1, argv + 1);
	}

	return fail(STATUS_USAGE,
		    "unknown command \"%s%s\" (see \"m6tctl %shelp\")",
		    prefix, argv[0], prefix);
}

/**
 * command_wrong - print that a command is used wrongly, and how to use it
 * @command: the command, which runs
 * @format: what is wrong, one sentence without a full stop
 *
 * Return: %STATUS_USAGE.
 */
int command_wrong(const struct command *command, const char *format, ...)
{
	char what[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return fail(STATUS_USAGE, "%s (usage: m6tctl %s%s%s%s)", what,
		    command_prefix, command->name, *command->usage ? " " : "",
		    command->usage);
}
