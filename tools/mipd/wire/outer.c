// SPDX-License-Identifier: GPL-2.0
/*
 * The destination option by which the device says where a packet came from, and
 * is told where to send one (D6).
 */
#include <string.h>

#include "mipd/socket.h"

#define OUTER_PAD1	0
#define OUTER_PADN	1

/**
 * outer_put - write a destination options header
 * @header: room for %SOCKET_OUTER_LEN bytes
 * @outer: the outer addresses and ports
 */
void outer_put(uint8_t *header, const struct m6t_opt_outer *outer)
{
	/* The kernel fills in the next header. */
	header[0] = 0;
	header[1] = SOCKET_OUTER_LEN / 8 - 1;
	header[2] = M6T_OPT_OUTER;
	header[3] = sizeof(*outer);
	memcpy(header + 4, outer, sizeof(*outer));
}

/* One option: false if it is malformed, neither ours nor padding, or a second
 * one of ours.
 */
static bool outer_option(const uint8_t *option, size_t len, bool *found,
			 struct m6t_opt_outer *outer)
{
	if (option[0] == OUTER_PADN)
		return true;
	if (option[0] != M6T_OPT_OUTER || *found || len != sizeof(*outer))
		return false;

	memcpy(outer, option + 2, sizeof(*outer));
	*found = true;
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
bool outer_get(const uint8_t *header, size_t len, struct m6t_opt_outer *outer)
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
