// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the destination option with outer addresses: only exactly that of
 * the device is accepted.
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "../mipd/wire/outer.h"
#include "mipd.h"

#define FUZZ_ROUNDS	100000

static const uint8_t good[16] = {
	0, 1, 0x1e, 12, 192, 0, 2, 7, 0x12, 0x34, 192, 0, 2, 2, 0x10, 0x5f
};

/* From 2001:db8:9::7 to 2001:db8:2::1, not at home. */
static const uint8_t good6[OUTER_ROOM] = {
	0, 4, 0x1e, 36,
	0x20, 1, 0xd, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
	0x20, 1, 0xd, 0xb8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0, 0, 0, 0
};

static void test_both(void)
{
	struct outer outer;
	uint8_t header[OUTER_ROOM];

	test(outer_get(good, sizeof(good), &outer) && !outer.ip6 &&
	     outer.v4.remote == inet_addr("192.0.2.7") &&
	     outer.v4.port == htons(0x1234) &&
	     outer.v4.local == inet_addr("192.0.2.2") &&
	     outer.v4.local_port == htons(4191) && !outer_link(&outer),
	     "outer: is read");
	test_bytes(header, outer_put(header, &outer), good, sizeof(good),
		   "outer: is written");
}

static void test_both6(void)
{
	uint8_t header[OUTER_ROOM], home[OUTER_ROOM];
	struct outer outer;

	test(outer_get(good6, sizeof(good6), &outer) && outer.ip6 &&
	     !memcmp(&outer.v6.remote, good6 + 4, 16) &&
	     !memcmp(&outer.v6.local, good6 + 20, 16) && !outer_link(&outer),
	     "outer: of IPv6 is read");
	test_bytes(header, outer_put(header, &outer), good6, sizeof(good6),
		   "outer: of IPv6 is written");
	memcpy(home, good6, sizeof(home));
	home[39] = 7;
	test(outer_get(home, sizeof(home), &outer) && outer_link(&outer) == 7,
	     "outer: of a mobile node at home");
	home[3] = 35;
	home[39] = 0;
	test(!outer_get(home, sizeof(home), &outer),
	     "outer: an option of 35 bytes");
	test(!outer_get(good6, sizeof(good6) - 8, &outer),
	     "outer: of IPv6, cut off");
}

/* A header with these bytes at an offset, and room for another option. */
static bool is_taken(size_t at, uint8_t first, uint8_t second)
{
	struct outer outer;
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
	struct outer outer;
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
	struct outer outer;
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
	test_both6();
	test_others();
	test_fuzz();
}
