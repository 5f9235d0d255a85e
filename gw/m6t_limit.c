// SPDX-License-Identifier: GPL-2.0
/*
 * Rate limit for the bindings that one IPv4 address may create, whatever its
 * ports (G11).
 *
 * A token bucket is stored as one time stamp: when it will be full again. The table
 * has a fixed size, so packets allocate nothing. If all ways of a set are in use,
 * evict the fullest bucket: forgetting it grants the fewest tokens.
 */

#include <linux/inetdevice.h>
#include <linux/mm.h>

#include "m6t.h"

#define M6T_LIMIT_SETS	2048
#define M6T_LIMIT_WAYS	4

/**
 * struct m6t_bucket - the bucket of one IPv4 source
 * @full: ktime, ns, at which it will be full again; 0: unused
 * @source: IPv4 address, network byte order
 */
struct m6t_bucket {
	u64 full;
	__be32 source;
};

/**
 * struct m6t_limit - all buckets of a gateway, 128 KiB
 * @key: hash key; random, as senders choose their addresses
 * @lock: protects @set; softirq
 * @set: the buckets
 */
struct m6t_limit {
	siphash_key_t key;
	spinlock_t lock;	/* protects set */
	struct m6t_bucket set[M6T_LIMIT_SETS][M6T_LIMIT_WAYS];
};

/**
 * m6t_limit_new() - allocate a rate limiter
 *
 * Context: process.
 * Return: the limiter, for m6t_limit_free(), or NULL.
 */
struct m6t_limit *m6t_limit_new(void)
{
	struct m6t_limit *limit = kvzalloc(sizeof(*limit), GFP_KERNEL_ACCOUNT);

	if (!limit)
		return NULL;
	get_random_bytes(&limit->key, sizeof(limit->key));
	spin_lock_init(&limit->lock);
	return limit;
}

/**
 * m6t_limit_free() - free a rate limiter
 * @limit: the limiter or NULL; no longer in use
 *
 * Context: process.
 */
void m6t_limit_free(struct m6t_limit *limit)
{
	kvfree(limit);
}

static bool m6t_limit_exempt(const struct m6t_config *cfg, __be32 source)
{
	unsigned int i;

	for (i = 0; i < cfg->n_exempts; i++)
		if (!((source ^ cfg->exempt[i].addr) &
		      inet_make_mask(cfg->exempt[i].len)))
			return true;
	return false;
}

static struct m6t_bucket *m6t_limit_bucket(struct m6t_limit *limit,
					   __be32 source)
{
	u32 hash = siphash_1u32((__force u32)source, &limit->key);
	struct m6t_bucket *set = limit->set[hash % M6T_LIMIT_SETS];
	struct m6t_bucket *b, *fullest = set;

	for (b = set; b < set + M6T_LIMIT_WAYS; b++) {
		if (b->source == source)
			return b;
		if (b->full < fullest->full)
			fullest = b;
	}
	fullest->source = source;
	fullest->full = 0;
	return fullest;
}

/**
 * m6t_limit_take() - check if a source may create a binding, and take a token
 * @limit: the limiter
 * @cfg: rate, burst and exempt prefixes
 * @source: IPv4 address, network byte order
 *
 * Context: softirq.
 * Return: true if it may; this takes a token, unless the source is not limited.
 */
bool m6t_limit_take(struct m6t_limit *limit, const struct m6t_config *cfg,
		    __be32 source)
{
	u64 now = ktime_get_ns(), token, most;
	struct m6t_bucket *b;
	bool granted;

	if (!cfg->rate || m6t_limit_exempt(cfg, source))
		return true;

	token = div_u64(NSEC_PER_SEC, cfg->rate);
	most = now + token * cfg->burst;
	spin_lock(&limit->lock);
	b = m6t_limit_bucket(limit, source);
	/* The rate or the burst may have changed since it was stored. */
	b->full = clamp(b->full, now, most);
	granted = b->full + token <= most;
	if (granted)
		b->full += token;
	spin_unlock(&limit->lock);
	return granted;
}
