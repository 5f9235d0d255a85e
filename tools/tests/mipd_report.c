// SPDX-License-Identifier: GPL-2.0
/*
 * Report the tests of m6tmipd.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mipd.h"

static unsigned int test_failed;
static unsigned int test_count;

/**
 * test - report a test
 * @passed: it passed
 * @name: its name, a format
 */
void test(bool passed, const char *name, ...)
{
	va_list args;

	printf("%sok %u - ", passed ? "" : "not ", ++test_count);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	putchar('\n');
	test_failed += !passed;
}

static void test_show(const char *what, const uint8_t *bytes, size_t len)
{
	size_t i;

	printf("# %s", what);
	for (i = 0; i < len; i++)
		printf(" %02x", bytes[i]);
	putchar('\n');
}

/**
 * test_bytes - report whether two strings of bytes are the same
 * @got: one of them
 * @len: its length
 * @want: the expected one
 * @size: its length
 * @name: name of the test
 */
void test_bytes(const void *got, size_t len, const void *want, size_t size,
		const char *name)
{
	bool same = len == size && !memcmp(got, want, len);

	test(same, "%s", name);
	if (same)
		return;
	test_show("got ", got, len);
	test_show("want", want, size);
}

/**
 * test_text - report whether two texts are the same
 * @got: one of them
 * @want: the expected one
 * @name: name of the test
 */
void test_text(const char *got, const char *want, const char *name)
{
	bool same = !strcmp(got, want);

	test(same, "%s", name);
	if (!same)
		printf("# got  %s\n# want %s\n", got, want);
}

/**
 * test_done - print the plan
 *
 * Return: the exit status, 0 if all have passed.
 */
int test_done(void)
{
	printf("1..%u\n", test_count);
	return !!test_failed;
}
