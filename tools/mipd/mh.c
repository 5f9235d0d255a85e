// SPDX-License-Identifier: GPL-2.0
/*
 * Mobility headers, to bytes and back. All by byte arithmetic: bit fields depend
 * on the byte order, and nothing received is aligned.
 */
#include <string.h>

#include "mipd/mh.h"

#define MH_NONE		59	/* the only payload protocol */
#define MH_FIXED	12	/* bytes before the options */
#define MH_BE_LEN	24

#define MH_LEN_BITS	2	/* below a prefix length of six bits */
#define MH_P		0x02
#define MH_F		0x80

enum mh_option {
	MH_PAD1 = 0,
	MH_PADN = 1,
	MH_ADVICE = 2,
	MH_COA = 3,
	MH_HOME4 = 29,
	MH_ACK4 = 30,
	MH_NAT = 31,
	MH_COA4 = 32,
};

static uint16_t mh_get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t mh_get32(const uint8_t *at)
{
	return (uint32_t)mh_get16(at) << 16 | mh_get16(at + 2);
}

static void mh_put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void mh_put32(uint8_t *at, uint32_t value)
{
	mh_put16(at, value >> 16);
	mh_put16(at + 2, value);
}

/**
 * mh_seq_after - whether a sequence number is newer than the last one
 * @seq: the number
 * @last: the last one
 *
 * The last one and the 32768 before it are not, modulo 65536 (RFC 6275 9.5.1).
 *
 * Return: true if it is.
 */
bool mh_seq_after(uint16_t seq, uint16_t last)
{
	uint16_t ahead = seq - last;

	return ahead && ahead < 0x8000;
}

/* Accept an option only if it is the first of its kind. */
static bool mh_once(bool *given, size_t len, size_t expected)
{
	if (*given || len != expected)
		return false;
	*given = true;
	return true;
}

static bool mh_bu_option(struct mh_bu *bu, uint8_t type, const uint8_t *value,
			 size_t len)
{
	switch (type) {
	case MH_COA:
		if (!mh_once(&bu->has_coa, len, sizeof(bu->coa)))
			return false;
		memcpy(&bu->coa, value, sizeof(bu->coa));
		return true;
	case MH_HOME4:
		if (!mh_once(&bu->home4.given, len, 6))
			return false;
		bu->home4.len = value[0] >> MH_LEN_BITS;
		bu->home4.prefix = value[0] & MH_P;
		memcpy(&bu->home4.addr, value + 2, sizeof(bu->home4.addr));
		return true;
	case MH_COA4:
		if (!mh_once(&bu->has_coa4, len, 6))
			return false;
		memcpy(&bu->coa4, value + 2, sizeof(bu->coa4));
		return true;
	default:
		return true;
	}
}

static bool mh_ba_option(struct mh_ba *ba, uint8_t type, const uint8_t *value,
			 size_t len)
{
	switch (type) {
	case MH_ADVICE:
		if (!mh_once(&ba->has_advice, len, 2))
			return false;
		ba->advice = mh_get16(value);
		return true;
	case MH_ACK4:
		if (!mh_once(&ba->home4.given, len, 6))
			return false;
		ba->home4.status = value[0];
		ba->home4.len = value[1] >> MH_LEN_BITS;
		memcpy(&ba->home4.addr, value + 2, sizeof(ba->home4.addr));
		return true;
	case MH_NAT:
		if (!mh_once(&ba->has_nat, len, 6))
			return false;
		ba->udp = value[0] & MH_F;
		ba->refresh = mh_get32(value + 2);
		return true;
	default:
		return true;
	}
}

static bool mh_option(struct mh *mh, uint8_t type, const uint8_t *value,
		      size_t len)
{
	return mh->type == MH_BU ? mh_bu_option(&mh->bu, type, value, len) :
				   mh_ba_option(&mh->ba, type, value, len);
}

static bool mh_options(struct mh *mh, const uint8_t *data, size_t len)
{
	size_t at = MH_FIXED;

	while (at < len) {
		if (data[at] == MH_PAD1) {
			at++;
			continue;
		}
		if (len - at < 2 || len - at - 2 < data[at + 1])
			return false;
		if (!mh_option(mh, data[at], data + at + 2, data[at + 1]))
			return false;
		at += 2 + data[at + 1];
	}

	return true;
}

static enum mh_fault mh_decode_bu(struct mh *mh, const uint8_t *data,
				  size_t len)
{
	mh->bu.seq = mh_get16(data + 6);
	mh->bu.flags = data[8];
	mh->bu.lifetime = mh_get16(data + 10);
	return mh_options(mh, data, len) ? MH_OK : MH_SILENCE;
}

static enum mh_fault mh_decode_ba(struct mh *mh, const uint8_t *data,
				  size_t len)
{
	mh->ba.status = data[6];
	mh->ba.flags = data[7];
	mh->ba.seq = mh_get16(data + 8);
	mh->ba.lifetime = mh_get16(data + 10);
	return mh_options(mh, data, len) ? MH_OK : MH_SILENCE;
}

static enum mh_fault mh_decode_be(struct mh *mh, const uint8_t *data)
{
	mh->be.status = data[6];
	memcpy(&mh->be.home, data + 8, sizeof(mh->be.home));
	return MH_OK;
}

/* Minimum length of a type of mobility header; 0: unknown. */
static size_t mh_shortest(uint8_t type)
{
	switch (type) {
	case MH_BU:
	case MH_BA:
		return MH_FIXED;
	case MH_BE:
		return MH_BE_LEN;
	default:
		return 0;
	}
}

/**
 * mh_decode - read a mobility header
 * @data: all that follows the IPv6 headers
 * @len: its length
 * @mh: to be filled; valid only if there is no fault
 *
 * Unknown options are skipped. An option that reaches past the end, one that has
 * another length than its format, and a second one of a kind are malformed: no
 * answer is defined for them.
 *
 * Return: the fault.
 */
enum mh_fault mh_decode(const uint8_t *data, size_t len, struct mh *mh)
{
	memset(mh, 0, sizeof(*mh));
	if (len < 8 || len != 8 * (data[1] + (size_t)1))
		return MH_SILENCE;

	mh->type = data[2];
	if (!mh_shortest(mh->type))
		return MH_BAD_TYPE;
	if (data[0] != MH_NONE)
		return MH_BAD_PROTOCOL;
	if (len < mh_shortest(mh->type))
		return MH_BAD_LENGTH;

	switch (mh->type) {
	case MH_BU:
		return mh_decode_bu(mh, data, len);
	case MH_BA:
		return mh_decode_ba(mh, data, len);
	default:
		return mh_decode_be(mh, data);
	}
}

/* Pad so that an option begins at a multiple of @n plus @offset. */
static size_t mh_pad(uint8_t *data, size_t at, size_t n, size_t offset)
{
	size_t pad = (n + offset - at % n) % n;

	memset(data + at, 0, pad);
	if (pad > 1) {
		data[at] = MH_PADN;
		data[at + 1] = pad - 2;
	}

	return at + pad;
}

/* Begin an option with a value of six bytes, the last four an address. */
static size_t mh_put6(uint8_t *data, size_t at, uint8_t type, uint8_t first,
		      uint8_t second)
{
	at = mh_pad(data, at, 4, 0);
	data[at] = type;
	data[at + 1] = 6;
	data[at + 2] = first;
	data[at + 3] = second;
	return at + 4;
}

static size_t mh_put_addr(uint8_t *data, size_t at, struct in_addr addr)
{
	memcpy(data + at, &addr, sizeof(addr));
	return at + sizeof(addr);
}

static size_t mh_encode_bu(const struct mh_bu *bu, uint8_t *data)
{
	const struct mh_home4 *home4 = &bu->home4;
	size_t at = MH_FIXED;

	mh_put16(data + 6, bu->seq);
	data[8] = bu->flags;
	mh_put16(data + 10, bu->lifetime);
	if (bu->has_coa) {
		at = mh_pad(data, at, 8, 6);
		data[at++] = MH_COA;
		data[at++] = sizeof(bu->coa);
		memcpy(data + at, &bu->coa, sizeof(bu->coa));
		at += sizeof(bu->coa);
	}
	if (bu->has_coa4) {
		at = mh_put6(data, at, MH_COA4, 0, 0);
		at = mh_put_addr(data, at, bu->coa4);
	}
	if (home4->given) {
		at = mh_put6(data, at, MH_HOME4,
			     home4->len << MH_LEN_BITS |
			     (home4->prefix ? MH_P : 0), 0);
		at = mh_put_addr(data, at, home4->addr);
	}

	return at;
}

static size_t mh_encode_ba(const struct mh_ba *ba, uint8_t *data)
{
	const struct mh_home4 *home4 = &ba->home4;
	size_t at = MH_FIXED;

	data[6] = ba->status;
	data[7] = ba->flags;
	mh_put16(data + 8, ba->seq);
	mh_put16(data + 10, ba->lifetime);
	if (ba->has_advice) {
		at = mh_pad(data, at, 2, 0);
		data[at++] = MH_ADVICE;
		data[at++] = 2;
		mh_put16(data + at, ba->advice);
		at += 2;
	}
	if (home4->given) {
		at = mh_put6(data, at, MH_ACK4, home4->status,
			     home4->len << MH_LEN_BITS);
		at = mh_put_addr(data, at, home4->addr);
	}
	if (ba->has_nat) {
		at = mh_put6(data, at, MH_NAT, ba->udp ? MH_F : 0, 0);
		mh_put32(data + at, ba->refresh);
		at += 4;
	}

	return at;
}

static size_t mh_encode_be(const struct mh_be *be, uint8_t *data)
{
	data[6] = be->status;
	memcpy(data + 8, &be->home, sizeof(be->home));
	return MH_BE_LEN;
}

/**
 * mh_encode - write a mobility header
 * @mh: what to write
 * @data: room for %MH_ROOM bytes
 *
 * The checksum is left to the kernel.
 *
 * Return: its length.
 */
size_t mh_encode(const struct mh *mh, uint8_t *data)
{
	size_t len;

	memset(data, 0, MH_ROOM);
	data[0] = MH_NONE;
	data[2] = mh->type;
	switch (mh->type) {
	case MH_BU:
		len = mh_encode_bu(&mh->bu, data);
		break;
	case MH_BA:
		len = mh_encode_ba(&mh->ba, data);
		break;
	default:
		len = mh_encode_be(&mh->be, data);
		break;
	}

	len = mh_pad(data, len, 8, 0);
	data[1] = len / 8 - 1;
	return len;
}
