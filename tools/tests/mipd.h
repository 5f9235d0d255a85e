/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of the parts of m6tmipd that need neither a kernel nor a clock.
 */
#ifndef M6T_TEST_MIPD_H
#define M6T_TEST_MIPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../lib/macros.h"

__printf(2, 3) void test(bool passed, const char *name, ...);
void test_bytes(const void *got, size_t len, const void *want, size_t size,
		const char *name);
void test_text(const char *got, const char *want, const char *name);
int test_done(void);

void test_mh(void);
void test_outer(void);
void test_ha(void);
void test_mn(void);
void test_uplink(void);

#endif /* M6T_TEST_MIPD_H */
