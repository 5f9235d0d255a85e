// SPDX-License-Identifier: GPL-2.0
/* One binding: how it is created, inherits and is freed. */

#include <linux/mm.h>
#include <linux/slab.h>

#include "m6t.h"
#include "m6t_binding.h"
#include "m6t_memcg.h"

static struct kmem_cache *m6t_binding_cache;

/**
 * m6t_binding_init() - create the slab cache of bindings
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int m6t_binding_init(void)
{
	m6t_binding_cache = KMEM_CACHE(m6t_binding, SLAB_HWCACHE_ALIGN);
	return m6t_binding_cache ? 0 : -ENOMEM;
}

/**
 * m6t_binding_exit() - destroy the cache after all RCU callbacks have run
 *
 * Context: process; sleeps for a grace period.
 */
void m6t_binding_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(m6t_binding_cache);
}

/* The clock starts at boot, so idle times are limited to the uptime. */
static void m6t_binding_remember(struct m6t_binding *b,
				 const struct m6t_binding_past *past)
{
	b->rx.used -= min(past->idle, b->rx.used);
	atomic64_set(&b->rx.packets, past->rx_packets);
	atomic64_set(&b->rx.bytes, past->rx_bytes);
	atomic64_set(&b->tx.packets, past->tx_packets);
	atomic64_set(&b->tx.bytes, past->tx_bytes);
	if (past->proven)
		b->asked = M6T_BINDING_PROVEN;
}

/**
 * m6t_binding_new() - create a binding, without adding it to a table
 * @kind: its state
 * @addr: IPv6 address
 * @ep: where its datagrams come from and go to
 * @past: what a restored one had before, or NULL
 * @memcg: memory cgroup to charge (G19)
 *
 * Context: any.
 * Return: the binding, or NULL.
 */
struct m6t_binding *m6t_binding_new(enum m6t_binding_state kind,
				    const struct in6_addr *addr,
				    const struct m6t_endpoint *ep,
				    const struct m6t_binding_past *past,
				    struct mem_cgroup *memcg)
{
	struct mem_cgroup *old = set_active_memcg(memcg);
	struct m6t_binding *b;

	b = kmem_cache_zalloc(m6t_binding_cache, M6T_GFP_PACKET);
	set_active_memcg(old);
	if (!b)
		return NULL;
	b->obj.addr = *addr;
	b->ep = *ep;
	b->state = kind;
	b->since = ktime_get_ns();
	b->rx.used = b->since;
	if (past)
		m6t_binding_remember(b, past);
	return b;
}

/**
 * m6t_binding_free() - free a binding that no reader has seen, or can see any more
 * @b: the binding
 *
 * Context: any.
 */
void m6t_binding_free(struct m6t_binding *b)
{
	kmem_cache_free(m6t_binding_cache, b);
}

/* Free a batch; its members are linked in a ring through @queue. */
static void m6t_binding_free_rcu(struct rcu_head *rcu)
{
	struct m6t_binding *first = container_of(rcu, struct m6t_binding, rcu);
	struct m6t_binding *b, *next;

	list_for_each_entry_safe(b, next, &first->queue, queue)
		kmem_cache_free(m6t_binding_cache, b);
	kmem_cache_free(m6t_binding_cache, first);
}

/**
 * m6t_binding_free_batch() - free bindings after a grace period
 * @gone: bindings that were removed, through their queue; empty afterwards
 *
 * One callback of RCU frees them all.
 *
 * Context: any.
 */
void m6t_binding_free_batch(struct list_head *gone)
{
	struct m6t_binding *first;

	if (list_empty(gone))
		return;
	first = list_first_entry(gone, struct m6t_binding, queue);
	list_del_init(gone);
	call_rcu(&first->rcu, m6t_binding_free_rcu);
}

/**
 * m6t_binding_same() - do two bindings have the same endpoint?
 * @a: one
 * @b: the other
 *
 * Return: true if so; either may leave the local address unset.
 */
bool m6t_binding_same(const struct m6t_binding *a, const struct m6t_binding *b)
{
	return m6t_endpoint_match(&a->ep, &b->ep) ||
	       m6t_endpoint_match(&b->ep, &a->ep);
}

/**
 * m6t_binding_inherit_half() - take over the traffic of one direction
 * @half: the new one
 * @old: the one that it replaces
 *
 * Context: any; packets may still be added to @old.
 */
void m6t_binding_inherit_half(struct m6t_binding_half *half,
			      const struct m6t_binding_half *old)
{
	atomic64_add(atomic64_read(&old->packets), &half->packets);
	atomic64_add(atomic64_read(&old->bytes), &half->bytes);
	half->used = max(half->used, READ_ONCE(old->used));
}

/**
 * m6t_binding_inherit() - take over the traffic of a binding that is replaced
 * @b: the new binding
 * @old: the one that it replaces
 *
 * One with the same endpoint belongs to the same mobile node, so its traffic counts
 * for the new one, which must not expire too early (G7).
 *
 * Context: with the table's lock held.
 */
void m6t_binding_inherit(struct m6t_binding *b, const struct m6t_binding *old)
{
	if (!m6t_binding_same(b, old))
		return;
	m6t_binding_inherit_half(&b->rx, &old->rx);
	m6t_binding_inherit_half(&b->tx, &old->tx);
	if (b->asked < old->asked)
		b->asked = old->asked;
	b->path.learnt = READ_ONCE(old->path.learnt);
}
