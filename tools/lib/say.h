/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Print errors, one sentence each, to standard error or the system log.
 */
#ifndef M6T_SAY_H
#define M6T_SAY_H

#include <stdbool.h>

#include "lib/macros.h"

/**
 * enum status - exit status of a tool, and result of its functions
 * @STATUS_DONE: done
 * @STATUS_REFUSED: the kernel refused, or cannot
 * @STATUS_USAGE: wrong usage
 * @STATUS_ABSENT: no such device, binding or netns
 */
enum status {
	STATUS_DONE = 0,
	STATUS_REFUSED = 1,
	STATUS_USAGE = 2,
	STATUS_ABSENT = 3,
};

/**
 * struct options - global options of a tool
 * @program: its name, with which errors begin
 * @json: print JSON
 * @pretty: with line breaks and indentation
 * @syslog: print errors to the system log
 */
struct options {
	const char *program;
	bool json;
	bool pretty;
	bool syslog;
};

extern struct options options;

__printf(2, 3) int fail(int status, const char *format, ...);
__printf(1, 2) void warn(const char *format, ...);
int fail_plain(int status, const char *sentence);

#endif /* M6T_SAY_H */
