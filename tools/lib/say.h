/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a tool says of a failure: one sentence, for people or the system log.
 */
#ifndef M6T_SAY_H
#define M6T_SAY_H

#include <stdbool.h>

#include "lib/macros.h"

/**
 * enum status - what a tool and its functions return
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
 * struct options - what holds for all that a tool does
 * @program: its name, which sentences begin with
 * @json: print JSON
 * @pretty: and lay it out for people
 * @syslog: nobody reads standard error: sentences go to the system's log
 */
struct options {
	const char *program;
	bool json;
	bool pretty;
	bool syslog;
};

extern struct options options;

__printf(2, 3) int fail(int status, const char *format, ...);
int fail_plain(int status, const char *sentence);

#endif /* M6T_SAY_H */
