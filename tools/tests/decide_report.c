// SPDX-License-Identifier: GPL-2.0
/*
 * Results of the tests.
 */
#include <stdio.h>

#include "decide.h"

static unsigned int count;
static unsigned int failed;

/**
 * test_report - print the result of a test
 * @ok: it has passed
 * @what: the kind of test
 * @name: its name
 */
void test_report(bool ok, const char *what, const char *name)
{
	count++;
	failed += !ok;
	printf("%s %u - %s: %s\n", ok ? "ok" : "not ok", count, what, name);
}

/**
 * test_failed - get the number of failed tests
 *
 * Return: their number.
 */
unsigned int test_failed(void)
{
	return failed;
}
