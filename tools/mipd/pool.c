// SPDX-License-Identifier: GPL-2.0
/*
 * A pool of IPv4 home addresses: a bitmap.
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "mipd/pool.h"

static uint32_t pool_size(const struct pool *pool)
{
	return pool->used ? 1U << (32 - pool->prefix.len) : 0;
}

static size_t pool_bytes(const struct pool *pool)
{
	return (1U << (32 - pool->prefix.len)) / 8 + 1;
}

static bool pool_is_used(const struct pool *pool, uint32_t i)
{
	return (pool->used[i / 8] | pool->reserved[i / 8]) & 1 << i % 8;
}

static void pool_mark(struct pool *pool, uint32_t i)
{
	pool->used[i / 8] |= 1 << i % 8;
}

/* The place of an address; false: it is not in the pool. */
static bool pool_find(const struct pool *pool, struct in_addr addr,
		      uint32_t *i)
{
	*i = ntohl(addr.s_addr) - ntohl(pool->prefix.addr);
	return *i < pool_size(pool);
}

/**
 * pool_init - begin with all addresses free
 * @pool: the pool
 * @prefix: the addresses, at least %POOL_LEN_MIN bits long
 *
 * Return: false if there is no memory.
 */
bool pool_init(struct pool *pool, const struct m6t_prefix4 *prefix)
{
	pool->prefix = *prefix;
	pool->next = 0;
	pool->used = calloc(2, pool_bytes(pool));
	if (!pool->used)
		return false;

	pool->reserved = pool->used + pool_bytes(pool);
	if (prefix->len < 31) {
		pool_mark(pool, 0);
		pool_mark(pool, pool_size(pool) - 1);
	}
	return true;
}

/**
 * pool_exit - free a pool
 * @pool: the pool, which may never have been initialised
 */
void pool_exit(struct pool *pool)
{
	free(pool->used);
	pool->used = NULL;
}

/**
 * pool_take - take any free address
 * @pool: the pool
 * @addr: receives the address
 *
 * Return: false if there is none.
 */
bool pool_take(struct pool *pool, struct in_addr *addr)
{
	uint32_t size = pool_size(pool);
	uint32_t tries, i;

	for (tries = 0; tries < size; tries++) {
		i = (pool->next + tries) & (size - 1);
		if (pool_is_used(pool, i))
			continue;
		pool_mark(pool, i);
		pool->next = i + 1;
		addr->s_addr = htonl(ntohl(pool->prefix.addr) + i);
		return true;
	}

	return false;
}

/**
 * pool_claim - take a given address
 * @pool: the pool
 * @addr: the address
 *
 * Return: false if it is in use or not in the pool.
 */
bool pool_claim(struct pool *pool, struct in_addr addr)
{
	uint32_t i;

	if (!pool_find(pool, addr, &i) || pool_is_used(pool, i))
		return false;
	pool_mark(pool, i);
	return true;
}

/**
 * pool_put - give an address back
 * @pool: the pool
 * @addr: the address, which need not be in the pool
 */
void pool_put(struct pool *pool, struct in_addr addr)
{
	uint32_t i;

	if (pool_find(pool, addr, &i))
		pool->used[i / 8] &= ~(1 << i % 8);
}

/**
 * pool_reserve - reserve an address, so that no mobile node gets it
 * @pool: the pool, which may never have been initialised
 * @addr: the address, which need not be in the pool
 */
void pool_reserve(struct pool *pool, struct in_addr addr)
{
	uint32_t i;

	if (pool_find(pool, addr, &i))
		pool->reserved[i / 8] |= 1 << i % 8;
}

/**
 * pool_reserve_none - forget all reserved addresses
 * @pool: the pool, which may never have been initialised
 */
void pool_reserve_none(struct pool *pool)
{
	if (pool->used)
		memset(pool->reserved, 0, pool_bytes(pool));
}

/**
 * pool_is_reserved - whether no mobile node may have an address
 * @pool: the pool, which may never have been initialised
 * @addr: the address, which need not be in the pool
 *
 * Return: true if it is reserved.
 */
bool pool_is_reserved(const struct pool *pool, struct in_addr addr)
{
	uint32_t i;

	return pool_find(pool, addr, &i) &&
	       pool->reserved[i / 8] & 1 << i % 8;
}
