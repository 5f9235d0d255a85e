// SPDX-License-Identifier: GPL-2.0
/*
 * What has come of the tests.
 */
#include <stdio.h>

#include "decide.h"

static unsigned int count;
static unsigned int failed;

/**
 * test_report - print what has come of a test
 * @ok: it passes
 * @what: which kind of test it is
 * @name: which one
 */
void test_report(bool ok, const char *what, const char *name)
{
	count++;
	failed += !ok;
	printf("%s %u - %s: %s\n", ok ? "ok" : "not ok", count, what, name);
}

/**
 * test_failed - how many tests have failed
 *
 * Return: their number.
 */
unsigned int test_failed(void)
{
	return failed;
}
