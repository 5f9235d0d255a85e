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
	if (options.syslog) {
		vsyslog(LOG_ERR, format, args);
		va_end(args);
		return status;
	}

	/* Keep the order if stdout and stderr are the same file. */
	fflush(stdout);
	fprintf(stderr, "%s: ", options.program);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);

	return status;
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
