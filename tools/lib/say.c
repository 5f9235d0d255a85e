// SPDX-License-Identifier: GPL-2.0
/*
 * Print errors, one sentence each.
 */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "lib/say.h"

/* Set by main(). */
struct options options = { .program = "m6t" };

static void say(int priority, const char *prefix, const char *format,
		va_list args)
{
	if (options.syslog) {
		vsyslog(priority, format, args);
		return;
	}

	/* Keep the order if stdout and stderr are the same file. */
	fflush(stdout);
	fprintf(stderr, "%s: %s", options.program, prefix);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

/**
 * fail - print an error, one sentence
 * @status: what to return
 * @format: the sentence, without a full stop
 *
 * Return: @status.
 */
int fail(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_ERR, "", format, args);
	va_end(args);

	return status;
}

/**
 * warn - print a warning, one sentence
 * @format: the sentence, without a full stop
 */
void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_WARNING, "warning: ", format, args);
	va_end(args);
}

/**
 * fail_plain - print a sentence that names its origin itself
 * @status: what to return
 * @sentence: the sentence
 *
 * Return: @status.
 */
int fail_plain(int status, const char *sentence)
{
	if (options.syslog) {
		syslog(LOG_ERR, "%s", sentence);
		return status;
	}

	fflush(stdout);
	fprintf(stderr, "%s\n", sentence);
	return status;
}
