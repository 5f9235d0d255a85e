/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pool of IPv4 home addresses.
 */
#ifndef M6T_POOL_H
#define M6T_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#define POOL_LEN_MIN	8

/**
 * struct pool - IPv4 home addresses to assign
 * @prefix: all of them; without the first and last address, if it has more than two
 * @used: a bit for each address that a mobile node has; and for the first and last
 * @reserved: a bit for each that no mobile node may have; behind @used
 * @next: where to search first, so that addresses are reused as late as possible
 */
struct pool {
	struct m6t_prefix4 prefix;
	uint8_t *used;
	uint8_t *reserved;
	uint32_t next;
};

bool pool_init(struct pool *pool, const struct m6t_prefix4 *prefix);
void pool_exit(struct pool *pool);
bool pool_take(struct pool *pool, struct in_addr *addr);
bool pool_claim(struct pool *pool, struct in_addr addr);
void pool_put(struct pool *pool, struct in_addr addr);
void pool_reserve(struct pool *pool, struct in_addr addr);
void pool_reserve_none(struct pool *pool);
bool pool_is_reserved(const struct pool *pool, struct in_addr addr);

#endif /* M6T_POOL_H */
