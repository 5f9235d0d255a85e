/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The results of the checks, and the verdict.
 */
#ifndef M6T_REPORT_H
#define M6T_REPORT_H

#include "lib/macros.h"

/* Room for any value in the text of a check. */
#define CHECK_TEXT	256

/**
 * enum check_result - result of a check
 * @CHECK_OK: no problem
 * @CHECK_WARNING: possibly a problem, or not the best choice
 * @CHECK_FAILED: a problem
 * @CHECK_SKIPPED: could not be checked
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
