// SPDX-License-Identifier: GPL-2.0
/*
 * The destination option in which the device passes the origin of a received
 * packet, and gets the destination of one to send (D6).
 */
#include <string.h>

#include "mipd/wire/outer.h"

#define OUTER_PAD1	0
#define OUTER_PADN	1

/**
 * outer_put - write a destination options header
 * @header: room for %OUTER_ROOM bytes
 * @outer: the outer addresses and ports
 *
 * Return: its length.
 */
size_t outer_put(uint8_t *header, const struct outer *outer)
{
	size_t len = outer->ip6 ? sizeof(outer->v6) : sizeof(outer->v4);

	/* The kernel fills in the next header. */
	header[0] = 0;
	header[1] = (4 + len) / 8 - 1;
	header[2] = M6T_OPT_OUTER;
	header[3] = len;
	memcpy(header + 4, outer->ip6 ? (const void *)&outer->v6 :
					(const void *)&outer->v4, len);
	return 4 + len;
}

/* One option: false if it is malformed, neither ours nor padding, or a second
 * one of ours.
 */
static bool outer_option(const uint8_t *option, size_t len, bool *found,
			 struct outer *outer)
{
	if (option[0] == OUTER_PADN)
		return true;
	if (option[0] != M6T_OPT_OUTER || *found)
		return false;

	*found = true;
	outer->ip6 = len == sizeof(outer->v6);
	if (outer->ip6)
		memcpy(&outer->v6, option + 2, len);
	else if (len == sizeof(outer->v4))
		memcpy(&outer->v4, option + 2, len);
	else
		return false;
	return true;
}

/**
 * outer_get - read a destination options header
 * @header: the header
 * @len: its length
 * @outer: receives the outer addresses and ports
 *
 * Return: true if it has exactly one option of this kind, and nothing else.
 */
bool outer_get(const uint8_t *header, size_t len, struct outer *outer)
{
	bool found = false;
	size_t at;

	if (len < 8 || len != 8 * (header[1] + (size_t)1))
		return false;
	for (at = 2; at < len;) {
		if (header[at] == OUTER_PAD1) {
			at++;
			continue;
		}
		if (len - at < 2 || len - at - 2 < header[at + 1])
			return false;
		if (!outer_option(header + at, header[at + 1], &found, outer))
			return false;
		at += 2 + header[at + 1];
	}

	return found;
}
