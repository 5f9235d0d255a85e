// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the destination option with outer addresses: what is not exactly the
 * device's is nobody's.
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "../mipd/socket.h"
#include "mipd.h"

#define FUZZ_ROUNDS	100000

static const uint8_t good[SOCKET_OUTER_LEN] = {
	0, 1, 0x1e, 12, 192, 0, 2, 7, 0x12, 0x34, 192, 0, 2, 2, 0x10, 0x5f
};

static void test_both(void)
{
	struct m6t_opt_outer outer;
	uint8_t header[SOCKET_OUTER_LEN];

	test(outer_get(good, sizeof(good), &outer) &&
	     outer.remote == inet_addr("192.0.2.7") &&
	     outer.port == htons(0x1234) &&
	     outer.local == inet_addr("192.0.2.2") &&
	     outer.local_port == htons(4191), "outer: is read");
	outer_put(header, &outer);
	test_bytes(header, sizeof(header), good, sizeof(good),
		   "outer: is written");
}

/* A header with these bytes at an offset, and room for another option. */
static bool is_taken(size_t at, uint8_t first, uint8_t second)
{
	struct m6t_opt_outer outer;
	uint8_t *copy = calloc(32, 1);
	bool taken;

	memcpy(copy, good, sizeof(good));
	copy[1] = 3;
	copy[at] = first;
	copy[at + 1] = second;
	taken = outer_get(copy, 32, &outer);
	free(copy);
	return taken;
}

static void test_others(void)
{
	struct m6t_opt_outer outer;
	bool silent = true;
	uint8_t *copy;
	size_t len;

	test(is_taken(16, 0, 0), "outer: with Pad1");
	test(is_taken(16, 1, 14), "outer: with PadN");
	test(!is_taken(16, 1, 15), "outer: padding to past the end");
	test(!is_taken(16, 0x1e, 12), "outer: twice");
	test(!is_taken(16, 0xc9, 14), "outer: a home address option, too");
	test(!is_taken(16, 5, 2), "outer: another option");
	test(!is_taken(2, 0x1e, 11), "outer: an option of 11 bytes");
	test(!is_taken(2, 0x1e, 13), "outer: an option of 13 bytes");
	test(!is_taken(2, 0x3e, 12), "outer: a number that is similar");
	for (len = 0; len < sizeof(good); len++) {
		copy = malloc(len ?: 1);
		memcpy(copy, good, len);
		silent &= !outer_get(copy, len, &outer);
		free(copy);
	}
	test(silent, "outer: cut off at every length");
}

static void test_fuzz(void)
{
	struct m6t_opt_outer outer;
	unsigned int round, taken = 0;
	uint8_t *copy;
	size_t len;

	srandom(4);
	for (round = 0; round < FUZZ_ROUNDS; round++) {
		len = 8 * (1 + random() % 4);
		copy = calloc(len, 1);
		memcpy(copy, good, len < sizeof(good) ? len : sizeof(good));
		copy[1] = len / 8 - 1;
		copy[random() % len] = random();
		taken += outer_get(copy, len, &outer);
		free(copy);
	}

	test(taken > FUZZ_ROUNDS / 4, "outer: fuzz: %u of %u taken", taken,
	     FUZZ_ROUNDS);
}

/**
 * test_outer - the destination option with outer addresses
 */
void test_outer(void)
{
	test_both();
	test_others();
	test_fuzz();
}
