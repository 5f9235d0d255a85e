/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the checks say, and the verdict over all.
 */
#ifndef M6T_REPORT_H
#define M6T_REPORT_H

#include "lib/macros.h"

/* Room for whatever the text of a check names. */
#define CHECK_TEXT	256

/**
 * enum check_result - what came of a check
 * @CHECK_OK: nothing in the way
 * @CHECK_WARNING: something that may be, or is not best
 * @CHECK_FAILED: something stands in the way
 * @CHECK_SKIPPED: could not be looked at
 */
enum check_result {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_FAILED,
	CHECK_SKIPPED,
};

void report_about(const char *dev);
__printf(3, 4) void report(const char *check, enum check_result result,
			   const char *format, ...);
int report_verdict(void);

#endif /* M6T_REPORT_H */
