// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of mobility headers, against the tables of RFC 6275 6.1 and RFC 5555 3.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "../mipd/mh.h"
#include "mipd.h"

#define FUZZ_ROUNDS	200000

/**
 * struct form - a mobility header in both forms
 * @name: name of the test
 * @mh: its meaning
 * @len: its length
 * @data: its bytes
 */
struct form {
	const char *name;
	struct mh mh;
	size_t len;
	uint8_t data[MH_ROOM];
};

#define ADDR4(a, b, c, d)	{ .s_addr = (a) | (b) << 8 | (c) << 16 | \
					    (uint32_t)(d) << 24 }
#define ADDR6			{ .s6_addr = { 0x20, 1, 0xd, 0xb8, [15] = 9 } }

static const struct form forms[] = {
	{ "bu: bare",
	  { MH_BU, .bu = { .seq = 0x1234, .flags = MH_BU_ACK | MH_BU_HOME,
			   .lifetime = 0x0f0e } }, 16,
	  { 59, 1, 5, 0, 0, 0, 0x12, 0x34, 0xc0, 0, 0x0f, 0x0e, 1, 2, 0, 0 } },
	{ "bu: over IPv4 with an IPv4 home address",
	  { MH_BU, .bu = { .seq = 1, .flags = MH_BU_ACK | MH_BU_HOME,
			   .lifetime = 15, .has_coa4 = true,
			   .coa4 = ADDR4(10, 0, 0, 2),
			   .home4 = { .given = true, .len = 32,
				      .addr = ADDR4(198, 51, 100, 10) } } },
	  32, { 59, 3, 5, 0, 0, 0, 0, 1, 0xc0, 0, 0, 15,
		32, 6, 0, 0, 10, 0, 0, 2,
		29, 6, 0x80, 0, 198, 51, 100, 10, 1, 2, 0, 0 } },
	{ "bu: any IPv4 home address and a prefix, UDP forced",
	  { MH_BU, .bu = { .seq = 0xffff, .lifetime = 0xffff,
			   .flags = MH_BU_ACK | MH_BU_HOME | MH_BU_UDP,
			   .home4 = { .given = true, .prefix = true,
				      .len = 24 } } },
	  24, { 59, 2, 5, 0, 0, 0, 0xff, 0xff, 0xc1, 0, 0xff, 0xff,
		29, 6, 0x62, 0, 0, 0, 0, 0, 1, 2, 0, 0 } },
	{ "bu: alternate care-of address at 8n+6",
	  { MH_BU, .bu = { .seq = 2, .flags = MH_BU_ACK | MH_BU_HOME,
			   .lifetime = 1, .has_coa = true, .coa = ADDR6 } },
	  32, { 59, 3, 5, 0, 0, 0, 0, 2, 0xc0, 0, 0, 1, 1, 0,
		3, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		9 } },
	{ "ba: bare, rejected",
	  { MH_BA, .ba = { .status = MH_BAD_SEQUENCE, .flags = MH_BA_KEY,
			   .seq = 0x8001 } },
	  16, { 59, 1, 6, 0, 0, 0, 135, 0x80, 0x80, 1, 0, 0, 1, 2, 0, 0 } },
	{ "ba: NAT and IPv4 home address",
	  { MH_BA, .ba = { .seq = 1, .lifetime = 0x0102,
			   .home4 = { .given = true, .len = 32,
				      .addr = ADDR4(198, 51, 100, 10) },
			   .has_nat = true, .udp = true, .refresh = 110 } },
	  32, { 59, 3, 6, 0, 0, 0, 0, 0, 0, 1, 1, 2,
		30, 6, 0, 0x80, 198, 51, 100, 10,
		31, 6, 0x80, 0, 0, 0, 0, 110, 1, 2, 0, 0 } },
	{ "ba: no NAT, refresh advice, IPv4 home address refused",
	  { MH_BA, .ba = { .seq = 1, .lifetime = 3, .has_advice = true,
			   .advice = 0x0203,
			   .home4 = { .given = true, .status = MH4_INCORRECT,
				      .len = 32,
				      .addr = ADDR4(198, 51, 100, 11) },
			   .has_nat = true, .refresh = MH_NO_REFRESH } },
	  32, { 59, 3, 6, 0, 0, 0, 0, 0, 0, 1, 0, 3, 2, 2, 2, 3,
		30, 6, 130, 0x80, 198, 51, 100, 11,
		31, 6, 0, 0, 0xff, 0xff, 0xff, 0xff } },
	{ "be: unknown type",
	  { MH_BE, .be = { .status = MH_BE_UNKNOWN, .home = ADDR6 } },
	  24, { 59, 2, 7, 0, 0, 0, 2, 0, 0x20, 1, 0xd, 0xb8, [23] = 9 } },
};

static void test_forms(void)
{
	uint8_t data[MH_ROOM];
	size_t i, len;
	struct mh mh;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		len = mh_encode(&forms[i].mh, data);
		test_bytes(data, len, forms[i].data, forms[i].len,
			   forms[i].name);
		test(mh_decode(data, len, &mh) == MH_OK, "%s: is read",
		     forms[i].name);
		test_bytes(data, mh_encode(&mh, data), forms[i].data,
			   forms[i].len, "and has the same meaning");
	}
}

/* Cut off anywhere, with the length field as it was: no answer. A separate copy
 * shows each byte that is read beyond the end.
 */
static void test_cut(const struct form *form)
{
	bool silent = true;
	struct mh mh;
	uint8_t *copy;
	size_t len;

	for (len = 0; len < form->len; len++) {
		copy = malloc(len ?: 1);
		memcpy(copy, form->data, len);
		silent &= mh_decode(copy, len, &mh) == MH_SILENCE;
		free(copy);
	}

	test(silent, "%s: cut off at every length", form->name);
}

/* The bytes of the third form, with one of them changed. */
static enum mh_fault test_change(size_t at, uint8_t value, size_t len)
{
	uint8_t *copy = malloc(len);
	enum mh_fault fault;
	struct mh mh;

	memcpy(copy, forms[2].data, len);
	copy[at] = value;
	fault = mh_decode(copy, len, &mh);
	free(copy);
	return fault;
}

static void test_faults(void)
{
	static const uint8_t short_bu[8] = { 59, 0, 5 };
	static const uint8_t short_be[16] = { 59, 1, 7 };
	struct mh mh;
	unsigned int type, known = 0;

	test(test_change(0, 58, 24) == MH_BAD_PROTOCOL, "protocol other than 59");
	test(mh_decode(short_bu, 8, &mh) == MH_BAD_LENGTH, "bu: 8 bytes");
	test(mh_decode(short_be, 16, &mh) == MH_BAD_LENGTH, "be: 16 bytes");
	for (type = 0; type < 256; type++)
		known += test_change(2, type, 24) != MH_BAD_TYPE;
	test(known == 3, "all types but three are unknown");
	test(test_change(1, 3, 24) == MH_SILENCE, "length field too large");
	test(test_change(1, 1, 24) == MH_SILENCE, "bytes after the end");
	test(test_change(13, 5, 24) == MH_SILENCE, "option 29 of 5 bytes");
	test(test_change(13, 11, 24) == MH_SILENCE, "option 29 to past the end");
	test(test_change(13, 255, 24) == MH_SILENCE, "option 29 of 255 bytes");
	test(test_change(21, 3, 24) == MH_SILENCE, "padding to past the end");
	test(test_change(20, 29, 24) == MH_SILENCE, "a second option 29");
	test(test_change(12, 200, 24) == MH_OK, "an unknown option is skipped");
	test(test_change(12, 30, 24) == MH_OK, "bu: option 30 is skipped");
}

static void test_ends(void)
{
	static const uint8_t pad1[16] = { 59, 1, 5 };
	static const uint8_t lone[16] = { 59, 1, 5, [15] = 29 };
	static const uint8_t exact[16] = { 59, 1, 5, [12] = 99, 2 };
	struct mh mh;

	test(mh_decode(pad1, 16, &mh) == MH_OK, "four Pad1");
	test(mh_decode(lone, 16, &mh) == MH_SILENCE,
	     "an option without its length");
	test(mh_decode(exact, 16, &mh) == MH_OK,
	     "an option up to the last byte");
}

/* Anything that is accepted reads the same after it is written again. */
static void test_fuzz(void)
{
	uint8_t data[MH_ROOM], again[MH_ROOM];
	unsigned int round, accepted = 0, differ = 0;
	const struct form *form;
	struct mh mh, other;
	size_t len, flips;

	srandom(1);
	for (round = 0; round < FUZZ_ROUNDS; round++) {
		form = &forms[random() % ARRAY_SIZE(forms)];
		len = form->len;
		memcpy(data, form->data, sizeof(data));
		for (flips = random() % 4; flips; flips--)
			data[random() % len] = random();
		if (!(random() % 8))
			len = random() % sizeof(data);
		if (mh_decode(data, len, &mh) != MH_OK)
			continue;
		accepted++;
		len = mh_encode(&mh, again);
		differ += mh_decode(again, len, &other) != MH_OK ||
			  memcmp(&mh, &other, sizeof(mh));
	}

	test(accepted > FUZZ_ROUNDS / 4 && !differ,
	     "fuzz: %u of %u accepted, all read the same again", accepted,
	     FUZZ_ROUNDS);
}

static void test_seq(void)
{
	test(!mh_seq_after(5, 5), "seq: the last one is old");
	test(mh_seq_after(6, 5), "seq: the next one is new");
	test(mh_seq_after(0, 65535), "seq: 0 follows 65535");
	test(!mh_seq_after(65535, 0), "seq: 65535 is before 0");
	test(mh_seq_after(32767 + 5, 5), "seq: 32767 ahead is new");
	test(!mh_seq_after(32768 + 5, 5), "seq: 32768 behind is old");
	test(!mh_seq_after(5, 32767 + 5), "seq: 32767 behind is old");
}

/**
 * test_mh - mobility headers
 */
void test_mh(void)
{
	size_t i;

	test_forms();
	for (i = 0; i < ARRAY_SIZE(forms); i++)
		test_cut(&forms[i]);
	test_faults();
	test_ends();
	test_fuzz();
	test_seq();
}
