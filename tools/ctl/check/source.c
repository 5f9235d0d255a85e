// SPDX-License-Identifier: GPL-2.0
/*
 * Read files and the output of programs of the host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "ctl/check/report.h"
#include "ctl/check/source.h"

extern char **environ;

static void source_chomp(char *line)
{
	line[strcspn(line, "\n")] = '\0';
}

/**
 * source_prepare - find programs in the sbin directories, for any user
 *
 * Their output is parsed, so it must not be translated.
 */
void source_prepare(void)
{
	const char *path = getenv("PATH");
	char longer[4096];

	snprintf(longer, sizeof(longer), "%s%s/usr/sbin:/sbin",
		 path ? path : "/usr/bin:/bin", path && !*path ? "" : ":");
	setenv("PATH", longer, 1);
	setenv("LC_ALL", "C", 1);
}

/**
 * source_line - read the first line of a file
 * @path: the file
 * @buf: buffer for the line
 * @size: size of @buf
 *
 * Return: true, or false with @buf empty and errno set.
 */
bool source_line(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "re");
	bool there;

	buf[0] = '\0';
	if (!file)
		return false;
	there = fgets(buf, size, file);
	fclose(file);
	source_chomp(buf);
	return there;
}

/**
 * source_number - read the number in a file
 * @format: path of the file
 *
 * Return: the number, or -1 without one.
 */
long source_number(const char *format, ...)
{
	char path[CHECK_TEXT];
	char line[32];
	va_list args;
	char *end;
	long number;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);

	if (!source_line(path, line, sizeof(line)))
		return -1;
	number = strtol(line, &end, 10);
	return end == line ? -1 : number;
}

static int source_spawn(struct program *program, const char *const *argv,
			int out)
{
	posix_spawn_file_actions_t actions;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	/* It only reads its arguments. */
	err = posix_spawnp(&program->pid, argv[0], &actions, NULL,
			   (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/**
 * source_program - run a program and read its output
 * @program: to be filled
 * @argv: the program and its arguments, ended by NULL
 *
 * Return: true, or false if there is no such program.
 */
bool source_program(struct program *program, const char *const *argv)
{
	int fds[2];
	int err;

	if (pipe2(fds, O_CLOEXEC))
		return false;

	err = source_spawn(program, argv, fds[1]);
	close(fds[1]);
	if (err) {
		close(fds[0]);
		return false;
	}
	program->out = fdopen(fds[0], "re");
	if (program->out)
		return true;

	close(fds[0]);
	waitpid(program->pid, NULL, 0);
	return false;
}

/**
 * source_finish - wait for the end of a program
 * @program: begun by source_program()
 *
 * Return: its exit status, or -1 if a signal killed it.
 */
int source_finish(struct program *program)
{
	char rest[4096];
	int status;

	/* Read on to the end, so that SIGPIPE does not kill it. */
	while (fread(rest, 1, sizeof(rest), program->out))
		;
	fclose(program->out);
	while (waitpid(program->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/**
 * source_program_line - run a program and return its first line
 * @argv: the program and its arguments, ended by NULL
 * @buf: buffer for the line; empty if it prints nothing
 * @size: size of @buf
 *
 * Return: its exit status, or -1 if there is no such program.
 */
int source_program_line(const char *const *argv, char *buf, size_t size)
{
	struct program program;

	buf[0] = '\0';
	if (!source_program(&program, argv))
		return -1;
	if (!fgets(buf, size, program.out))
		buf[0] = '\0';
	source_chomp(buf);
	return source_finish(&program);
}
