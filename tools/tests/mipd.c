// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of m6tmipd that need neither a kernel nor a clock. Prints
 * TAP; exits 0 if every test passes.
 */
#include "mipd.h"

int main(void)
{
	test_mh();
	test_outer();
	test_ha();
	test_mn();
	test_uplink();
	return test_done();
}
