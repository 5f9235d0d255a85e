// SPDX-License-Identifier: GPL-2.0
/*
 * Fair share (G18): how many proven bindings each IPv4 source has, exactly. Only a
 * host that receives at an address can prove a binding, so forged addresses are not
 * counted and cost no memory.
 */

#include <linux/inetdevice.h>
#include <linux/slab.h>

#include "m6t_binding.h"
#include "m6t_config.h"
#include "m6t_memcg.h"
#include "gw/m6t_share.h"

/**
 * m6t_shares_group() - apply the settings that say what counts as one source
 * @shares: the sources
 * @cfg: weights and exempt prefixes; weights take precedence
 *
 * Context: process, with the table's lock held.
 * Return: true if they have changed; then bindings that have joined must leave and
 * join again.
 */
bool m6t_shares_group(struct m6t_shares *shares, const struct m6t_config *cfg)
{
	struct m6t_weight4 group[ARRAY_SIZE(shares->group)] = {};
	unsigned int i, n = cfg->n_weights;

	memcpy(group, cfg->weight, n * sizeof(*group));
	for (i = 0; i < cfg->n_exempts; i++) {
		group[n].addr = cfg->exempt[i].addr;
		group[n].len = cfg->exempt[i].len;
		group[n++].weight = 1;
	}
	if (n == shares->n_groups && !memcmp(shares->group, group, sizeof(group)))
		return false;
	memcpy(shares->group, group, sizeof(group));
	shares->n_groups = n;
	return true;
}

/**
 * m6t_shares_init() - initialize an empty set of sources
 * @shares: the sources
 * @cfg: settings
 *
 * Context: process.
 */
void m6t_shares_init(struct m6t_shares *shares, const struct m6t_config *cfg)
{
	shares->sources = RB_ROOT;
	shares->shares = RB_ROOT_CACHED;
	m6t_shares_group(shares, cfg);
}

/**
 * m6t_shares_free() - free all sources, which are no longer in use
 * @shares: the sources
 *
 * Context: process.
 */
void m6t_shares_free(struct m6t_shares *shares)
{
	struct m6t_source *source, *next;

	rbtree_postorder_for_each_entry_safe(source, next, &shares->sources,
					     by_addr)
		kfree(source);
}

/* Get the group that an address belongs to; the address itself if there is none. */
static struct m6t_weight4 m6t_shares_of(const struct m6t_shares *shares,
					__be32 addr)
{
	struct m6t_weight4 alone = { .addr = addr, .len = 32, .weight = 1 };
	const struct m6t_weight4 *g;

	for (g = shares->group; g < shares->group + shares->n_groups; g++)
		if (!((addr ^ g->addr) & inet_make_mask(g->len)))
			return *g;
	return alone;
}

static struct m6t_source *m6t_source_of(struct rb_node *rb)
{
	return rb_entry(rb, struct m6t_source, by_addr);
}

static int m6t_source_cmp(__be32 addr, u8 len, const struct m6t_source *source)
{
	u32 a = ntohl(addr), b = ntohl(source->addr);

	return a == b ? len - source->len : a < b ? -1 : 1;
}

static int m6t_source_find_cmp(const void *key, const struct rb_node *rb)
{
	const struct m6t_weight4 *group = key;

	return m6t_source_cmp(group->addr, group->len,
			      rb_entry(rb, struct m6t_source, by_addr));
}

static bool m6t_source_before(struct rb_node *a, const struct rb_node *b)
{
	const struct m6t_source *source = m6t_source_of(a);

	return m6t_source_cmp(source->addr, source->len,
			      rb_entry(b, struct m6t_source, by_addr)) < 0;
}

static struct m6t_source *m6t_source_find(const struct m6t_shares *shares,
					  const struct m6t_weight4 *group)
{
	struct rb_node *rb = rb_find(group, &shares->sources,
				     m6t_source_find_cmp);

	return rb ? m6t_source_of(rb) : NULL;
}

/* Is the share @n of @weight larger than @m of @than? */
static bool m6t_share_larger(u64 n, u32 weight, u64 m, u32 than)
{
	return n * than > m * weight;
}

static bool m6t_source_larger(struct rb_node *a, const struct rb_node *b)
{
	const struct m6t_source *x = rb_entry(a, struct m6t_source, by_share);
	const struct m6t_source *y = rb_entry(b, struct m6t_source, by_share);

	return m6t_share_larger(x->count, x->weight, y->count, y->weight);
}

static bool m6t_source_sooner(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct m6t_binding, evict)->seen <
	       rb_entry(b, struct m6t_binding, evict)->seen;
}

static struct m6t_source *m6t_source_new(struct m6t_shares *shares,
					 const struct m6t_weight4 *group,
					 struct mem_cgroup *memcg)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	struct m6t_source *source;

	source = kzalloc(sizeof(*source), M6T_GFP_PACKET);
	set_active_memcg(old);
	if (!source)
		return NULL;
	source->addr = group->addr;
	source->len = group->len;
	source->bindings = RB_ROOT_CACHED;
	rb_add(&source->by_addr, &shares->sources, m6t_source_before);
	return source;
}

/**
 * m6t_shares_join() - count an active binding as proven
 * @shares: the sources
 * @b: the binding
 * @memcg: memory cgroup to charge
 *
 * Context: any, with the table's lock held.
 * Return: 0 or -ENOMEM.
 */
int m6t_shares_join(struct m6t_shares *shares, struct m6t_binding *b,
		    struct mem_cgroup *memcg)
{
	struct m6t_weight4 group = m6t_shares_of(shares, b->ep.remote);
	struct m6t_source *source = m6t_source_find(shares, &group);

	if (source)
		rb_erase_cached(&source->by_share, &shares->shares);
	else
		source = m6t_source_new(shares, &group, memcg);
	if (!source)
		return -ENOMEM;
	source->weight = group.weight;
	source->count++;
	rb_add_cached(&source->by_share, &shares->shares, m6t_source_larger);
	b->source = source;
	rb_add_cached(&b->evict, &source->bindings, m6t_source_sooner);
	return 0;
}

/**
 * m6t_shares_leave() - stop counting a binding
 * @shares: the sources
 * @b: a binding that has joined
 *
 * Context: any, with the table's lock held.
 */
void m6t_shares_leave(struct m6t_shares *shares, struct m6t_binding *b)
{
	struct m6t_source *source = b->source;

	rb_erase_cached(&b->evict, &source->bindings);
	rb_erase_cached(&source->by_share, &shares->shares);
	if (--source->count) {
		rb_add_cached(&source->by_share, &shares->shares,
			      m6t_source_larger);
		return;
	}
	rb_erase(&source->by_addr, &shares->sources);
	kfree(source);
}

/**
 * m6t_shares_sort() - apply a new &m6t_binding.seen
 * @b: a binding that has joined
 *
 * Context: any, with the table's lock held.
 */
void m6t_shares_sort(struct m6t_binding *b)
{
	rb_erase_cached(&b->evict, &b->source->bindings);
	rb_add_cached(&b->evict, &b->source->bindings, m6t_source_sooner);
}

/**
 * m6t_shares_largest() - find a binding to evict for one of another source
 * @shares: the sources
 * @remote: IPv4 address of the newcomer, network byte order
 *
 * The newcomer's source must have the smaller share even when the newcomer is included;
 * otherwise two sources would evict each other's bindings in turn.
 *
 * Context: any, with the table's lock held.
 * Return: the binding with the lowest &m6t_binding.seen of the source with the
 * largest share; NULL if the newcomer's share is as large, or no source has two.
 */
struct m6t_binding *m6t_shares_largest(const struct m6t_shares *shares,
				       __be32 remote)
{
	struct rb_node *rb = rb_first_cached(&shares->shares);
	struct m6t_weight4 group = m6t_shares_of(shares, remote);
	const struct m6t_source *largest, *source;
	u64 more;

	if (!rb)
		return NULL;
	largest = rb_entry(rb, struct m6t_source, by_share);
	source = m6t_source_find(shares, &group);
	more = source ? source->count + 1 : 1;
	if (largest->count < 2 ||
	    !m6t_share_larger(largest->count, largest->weight, more,
			      group.weight))
		return NULL;
	return rb_entry(rb_first_cached(&largest->bindings),
			struct m6t_binding, evict);
}

/**
 * m6t_shares_fair() - check if a source has room for one more in its share
 * @shares: the sources
 * @remote: IPv4 address, network byte order
 *
 * Context: any, with the table's lock held.
 * Return: true if it has fewer proven bindings than its weight, which is 1 unless
 * it was set.
 */
bool m6t_shares_fair(const struct m6t_shares *shares, __be32 remote)
{
	struct m6t_weight4 group = m6t_shares_of(shares, remote);
	const struct m6t_source *source = m6t_source_find(shares, &group);

	return !source || source->count < group.weight;
}
