/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Outer addresses and ports of binding updates, as the device reports them in a
 * destination option (D6).
 */
#ifndef M6T_MIPD_OUTER_H
#define M6T_MIPD_OUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

/* Longest destination options header with nothing but them. */
#define OUTER_ROOM	40

/**
 * struct outer - where a binding update came from
 * @ip6: @v6 is valid, else @v4
 * @v4: IPv4 addresses and UDP ports
 * @v6: IPv6 addresses, and the link of a mobile node that is at home
 */
struct outer {
	bool ip6;
	union {
		struct m6t_opt_outer v4;
		struct m6t_opt_outer6 v6;
	};
};

/**
 * outer_link - the link of a mobile node that is at home
 * @outer: where its binding update came from
 *
 * Return: ifindex; 0: it is away.
 */
static inline uint32_t outer_link(const struct outer *outer)
{
	return outer->ip6 ? ntohl(outer->v6.link) : 0;
}

size_t outer_put(uint8_t *header, const struct outer *outer);
bool outer_get(const uint8_t *header, size_t len, struct outer *outer);

#endif /* M6T_MIPD_OUTER_H */
