// SPDX-License-Identifier: GPL-2.0
/*
 * The bound mobile nodes of a DSMIPv6 home agent. The protocol module binds them for a
 * lifetime, after which the kernel ends the bindings even if that daemon is dead (D7).
 */

#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "m6t_compat.h"
#include "m6t_outer.h"
#include "m6t_state.h"
#include "dsmip/m6t_node.h"

/* Maximum number of mobile nodes that expire while the lock is held, and the pause after
 * that.
 */
#define M6T_NODES_BATCH		64
#define M6T_NODES_PAUSE		NSEC_PER_MSEC

/* Time for which a mobile node that has moved may still send from its former endpoint:
 * until it has received the acknowledgment, even if the first one is lost and the update
 * is repeated after a second.
 */
#define M6T_NODES_GRACE		(3 * NSEC_PER_SEC)

/* Chains of mobile nodes by IPv6 care-of address. Only ICMP errors look for them. */
#define M6T_NODES_COA_BITS	10

/* Maximum number of mobile nodes with one care-of address that are examined. */
#define M6T_NODES_SHARING	16

static struct m6t_node *m6t_node_of(struct m6t_object *obj)
{
	if (ipv6_addr_v4mapped(&obj->addr))
		return container_of(obj, struct m6t_node, obj4);
	return container_of(obj, struct m6t_node, obj);
}

/* Both objects of a mobile node are one allocation, see m6t_nodes_free(). */
static void m6t_node_keep(struct m6t_object *obj)
{
}

static bool m6t_node_sooner(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct m6t_node, rb)->expires <
	       rb_entry(b, struct m6t_node, rb)->expires;
}

static struct m6t_node *m6t_nodes_first(struct m6t_nodes *nodes)
{
	struct rb_node *rb = rb_first_cached(&nodes->expiring);

	return rb ? rb_entry(rb, struct m6t_node, rb) : NULL;
}

/* Under the lock: start the timer for the first mobile node, but not before @soonest. */
static void m6t_nodes_arm(struct m6t_nodes *nodes, u64 soonest)
{
	const struct m6t_node *first = m6t_nodes_first(nodes);

	if (first)
		hrtimer_start(&nodes->timer,
			      ns_to_ktime(max(first->expires, soonest)),
			      HRTIMER_MODE_ABS_SOFT);
}

static struct hlist_head *m6t_nodes_chain(const struct m6t_nodes *nodes,
					  const struct in6_addr *coa)
{
	u32 hash = __ipv6_addr_jhash(coa, nodes->coa_key);

	return &nodes->by_coa[hash & (BIT(M6T_NODES_COA_BITS) - 1)];
}

/* Under the lock. */
static void m6t_nodes_link(struct m6t_nodes *nodes, struct m6t_node *node)
{
	if (node->encap == M6T_ENCAP_IP6)
		hlist_add_head_rcu(&node->coa_link,
				   m6t_nodes_chain(nodes, &node->ep6.remote));
}

/* Under the lock. */
static void m6t_nodes_unlink(struct m6t_node *node)
{
	if (node->encap == M6T_ENCAP_IP6)
		hlist_del_rcu(&node->coa_link);
}

/* Under the lock; readers may see it for another grace period. */
static void m6t_nodes_remove(struct m6t_nodes *nodes, struct m6t_node *node)
{
	m6t_table_del(&nodes->table, &node->obj);
	if (node->hoa4)
		m6t_table_del(&nodes->table, &node->obj4);
	m6t_nodes_unlink(node);
	rb_erase_cached(&node->rb, &nodes->expiring);
	WRITE_ONCE(nodes->count, nodes->count - 1);
}

/* Move at most @max mobile nodes whose lifetime is over from the table to @gone; returns
 * their number.
 */
static unsigned int m6t_nodes_expire(struct m6t_nodes *nodes,
				     struct m6t_node **gone, unsigned int max)
{
	u64 now = ktime_get_boottime_ns();
	struct m6t_node *node;
	unsigned int n = 0;

	spin_lock(&nodes->table.lock);
	while (n < max && (node = m6t_nodes_first(nodes)) &&
	       node->expires <= now) {
		m6t_nodes_remove(nodes, node);
		gone[n++] = node;
	}
	if (!nodes->closed)
		m6t_nodes_arm(nodes, n < max ? 0 : now + M6T_NODES_PAUSE);
	spin_unlock(&nodes->table.lock);
	return n;
}

static enum hrtimer_restart m6t_nodes_due(struct hrtimer *timer)
{
	struct m6t_nodes *nodes = container_of(timer, struct m6t_nodes, timer);
	struct m6t_node *gone[M6T_NODES_BATCH];
	unsigned int i, n;

	rcu_read_lock();
	n = m6t_nodes_expire(nodes, gone, ARRAY_SIZE(gone));
	for (i = 0; i < n; i++) {
		nodes->notify(nodes, M6T_EVENT_UNBOUND, gone[i], false);
		kfree_rcu(gone[i], rcu);
	}
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

static void m6t_nodes_free_tables(struct m6t_nodes *nodes)
{
	kfree(nodes->early);
	kvfree(nodes->by_coa);
}

/**
 * m6t_nodes_init() - initialize without mobile nodes
 * @nodes: all zeros
 * @max: maximum number
 * @notify: called for each change, under RCU; fresh: the node was not bound before
 *
 * Context: process.
 * Return: 0, to be undone by m6t_nodes_free(), or -ENOMEM.
 */
int m6t_nodes_init(struct m6t_nodes *nodes, u32 max,
		   void (*notify)(struct m6t_nodes *nodes,
				  enum m6t_event event,
				  const struct m6t_node *node, bool fresh))
{
	int err;

	nodes->early = kcalloc(1 << M6T_EARLY_BITS, sizeof(*nodes->early),
			       GFP_KERNEL_ACCOUNT);
	nodes->by_coa = kvcalloc(BIT(M6T_NODES_COA_BITS),
				 sizeof(*nodes->by_coa), GFP_KERNEL_ACCOUNT);
	err = nodes->early && nodes->by_coa ?
	      m6t_table_init(&nodes->table, max) : -ENOMEM;
	if (err) {
		m6t_nodes_free_tables(nodes);
		return err;
	}
	spin_lock_init(&nodes->early_lock);
	nodes->coa_key = get_random_u32();
	nodes->notify = notify;
	nodes->max = max;
	nodes->expiring = RB_ROOT_CACHED;
	hrtimer_setup(&nodes->timer, m6t_nodes_due, CLOCK_BOOTTIME,
		      HRTIMER_MODE_ABS_SOFT);
	return 0;
}

/**
 * m6t_nodes_close() - stop the timer; nothing is bound afterwards
 * @nodes: of a device that is being removed
 *
 * Context: process.
 */
void m6t_nodes_close(struct m6t_nodes *nodes)
{
	spin_lock_bh(&nodes->table.lock);
	nodes->closed = true;
	spin_unlock_bh(&nodes->table.lock);
	hrtimer_cancel(&nodes->timer);
}

/**
 * m6t_nodes_free() - free all mobile nodes
 * @nodes: closed, without readers
 *
 * Context: process.
 */
void m6t_nodes_free(struct m6t_nodes *nodes)
{
	struct m6t_node *node, *next;

	m6t_table_free(&nodes->table, m6t_node_keep);
	rbtree_postorder_for_each_entry_safe(node, next,
					     &nodes->expiring.rb_root, rb)
		kfree(node);
	m6t_nodes_free_tables(nodes);
}

/**
 * m6t_nodes_grow() - make room for a maximum number of mobile nodes
 * @nodes: the mobile nodes
 * @max: for m6t_nodes_limit()
 *
 * Context: process, RTNL held.
 * Return: 0 or -ENOMEM.
 */
int m6t_nodes_grow(struct m6t_nodes *nodes, u32 max)
{
	return m6t_table_grow(&nodes->table, max);
}

/**
 * m6t_nodes_limit() - change the maximum number of mobile nodes
 * @nodes: the mobile nodes, with room for so many
 * @max: new maximum; those above it stay
 *
 * Context: process, RTNL held.
 */
void m6t_nodes_limit(struct m6t_nodes *nodes, u32 max)
{
	spin_lock_bh(&nodes->table.lock);
	nodes->max = max;
	spin_unlock_bh(&nodes->table.lock);
}

static struct m6t_node *m6t_node_new(const struct m6t_node_spec *spec)
{
	struct m6t_node *node = kzalloc(sizeof(*node), GFP_KERNEL_ACCOUNT);

	if (!node)
		return NULL;
	node->obj.addr = spec->hoa;
	node->hoa4 = spec->hoa4;
	ipv6_addr_set_v4mapped(spec->hoa4, &node->obj4.addr);
	node->ep = spec->ep;
	node->ep6 = spec->ep6;
	node->encap = spec->encap;
	node->expires = ktime_get_boottime_ns() + spec->life;
	return node;
}

static bool m6t_node_stays(const struct m6t_node *node,
			   const struct m6t_node *old)
{
	return !memcmp(&node->ep, &old->ep, sizeof(node->ep)) &&
	       !memcmp(&node->ep6, &old->ep6, sizeof(node->ep6));
}

/* A mobile node that binds again from the same endpoint has not received its
 * acknowledgment. It may still send from its former endpoint, but not for longer.
 */
static void m6t_node_leave(struct m6t_node *node, const struct m6t_node *old)
{
	if (m6t_node_stays(node, old)) {
		node->former = old->former;
		node->former_coa = old->former_coa;
		node->former_encap = old->former_encap;
		node->former_until = old->former_until;
		return;
	}
	node->former = old->ep;
	node->former_coa = old->ep6.remote;
	node->former_encap = old->encap;
	node->former_until = ktime_get_coarse_ns() + M6T_NODES_GRACE;
}

/* Packets that still find @old are not counted in @node. */
static void m6t_node_inherit(struct m6t_node *node, const struct m6t_node *old)
{
	m6t_node_leave(node, old);
	m6t_binding_inherit_half(&node->rx, &old->rx);
	m6t_binding_inherit_half(&node->tx, &old->tx);
	/* It may mix two packets anyway, see struct m6t_signal. */
	data_race(node->signal = old->signal);
	if (m6t_node_stays(node, old))
		node->path.learnt = READ_ONCE(old->path.learnt);
}

static struct m6t_early *m6t_nodes_early(const struct m6t_nodes *nodes,
					 const struct in6_addr *hoa)
{
	return &nodes->early[hash_32(ipv6_addr_hash(hoa), M6T_EARLY_BITS)];
}

static void m6t_signal_record(struct m6t_signal *signal,
			      const struct m6t_outer *outer, __be32 spi,
			      u64 count)
{
	WRITE_ONCE(signal->encap, outer->encap);
	if (outer->encap == M6T_ENCAP_IP6) {
		/* It may mix two packets anyway, see struct m6t_signal. */
		data_race(signal->remote6 = outer->v6.remote);
	} else {
		WRITE_ONCE(signal->ep.remote, outer->v4.remote);
		WRITE_ONCE(signal->ep.port, outer->v4.port);
	}
	WRITE_ONCE(signal->spi, spi);
	WRITE_ONCE(signal->at, ktime_get_coarse_ns());
	WRITE_ONCE(signal->count, count);
}

/**
 * m6t_nodes_signal() - record signalling (D6)
 * @nodes: the mobile nodes
 * @hoa: home address that it came from, which may not be bound
 * @outer: where it came from
 * @spi: its SPI, network byte order
 *
 * Context: softirq, under RCU.
 */
void m6t_nodes_signal(struct m6t_nodes *nodes, const struct in6_addr *hoa,
		      const struct m6t_outer *outer, __be32 spi)
{
	struct m6t_node *node = m6t_nodes_lookup(nodes, hoa);
	struct m6t_early *early;

	if (node) {
		m6t_signal_record(&node->signal, outer, spi,
				  READ_ONCE(node->signal.count) + 1);
		return;
	}
	early = m6t_nodes_early(nodes, hoa);
	spin_lock_bh(&nodes->early_lock);
	early->hoa = *hoa;
	m6t_signal_record(&early->signal, outer, spi, 1);
	spin_unlock_bh(&nodes->early_lock);
}

static bool m6t_signal_is_from(const struct m6t_signal *signal,
			       const struct m6t_node *node)
{
	if (node->encap == M6T_ENCAP_IP6)
		return signal->encap == M6T_ENCAP_IP6 &&
		       ipv6_addr_equal(&signal->remote6, &node->ep6.remote);
	return signal->encap != M6T_ENCAP_IP6 &&
	       signal->ep.remote == node->ep.remote &&
	       signal->ep.port == node->ep.port;
}

/* Under the lock: the signalling that has led to the binding, if it is still known. */
static void m6t_node_begin(struct m6t_nodes *nodes, struct m6t_node *node)
{
	struct m6t_early *early = m6t_nodes_early(nodes, &node->obj.addr);

	spin_lock(&nodes->early_lock);
	if (ipv6_addr_equal(&early->hoa, &node->obj.addr) &&
	    m6t_signal_is_from(&early->signal, node)) {
		node->signal = early->signal;
		early->signal.count = 0;
	}
	spin_unlock(&nodes->early_lock);
}

/* Under the lock: move the IPv4 home address from @old to @node, or replace it by that
 * of @node if they differ.
 */
static void m6t_nodes_replace4(struct m6t_nodes *nodes, struct m6t_node *old,
			       struct m6t_node *node)
{
	if (node->hoa4 && node->hoa4 == old->hoa4) {
		m6t_table_replace(&nodes->table, &old->obj4, &node->obj4);
		return;
	}
	if (old->hoa4)
		m6t_table_del(&nodes->table, &old->obj4);
	if (node->hoa4)
		m6t_table_add(&nodes->table, &node->obj4);
}

/* Under the lock: check that @node may be added, and get what it replaces. */
static int m6t_nodes_check(struct m6t_nodes *nodes, const struct m6t_node *node,
			   struct m6t_node **old)
{
	const struct m6t_node *other;

	*old = m6t_nodes_lookup(nodes, &node->obj.addr);
	other = node->hoa4 ? m6t_nodes_lookup4(nodes, node->hoa4) : NULL;
	if (nodes->closed)
		return -ENODEV;
	if (other && other != *old)
		return -EADDRINUSE;
	if (!*old && nodes->count >= nodes->max)
		return -ENOSPC;
	return 0;
}

/* Under the lock. */
static void m6t_nodes_add(struct m6t_nodes *nodes, struct m6t_node *old,
			  struct m6t_node *node)
{
	if (old) {
		m6t_node_inherit(node, old);
		m6t_nodes_unlink(old);
		rb_erase_cached(&old->rb, &nodes->expiring);
		m6t_table_replace(&nodes->table, &old->obj, &node->obj);
		m6t_nodes_replace4(nodes, old, node);
	} else {
		m6t_node_begin(nodes, node);
		WRITE_ONCE(nodes->count, nodes->count + 1);
		m6t_table_add(&nodes->table, &node->obj);
		if (node->hoa4)
			m6t_table_add(&nodes->table, &node->obj4);
	}
	m6t_nodes_link(nodes, node);
	rb_add_cached(&node->rb, &nodes->expiring, m6t_node_sooner);
	m6t_nodes_arm(nodes, 0);
}

/**
 * m6t_nodes_bind() - bind a home address, or bind it again
 * @nodes: the mobile nodes
 * @spec: what to bind to what, checked by the caller
 *
 * Context: process.
 * Return: 0; -EADDRINUSE if the IPv4 home address belongs to another mobile node;
 * -ENOSPC; -ENOMEM; -ENODEV.
 */
int m6t_nodes_bind(struct m6t_nodes *nodes, const struct m6t_node_spec *spec)
{
	struct m6t_node *node = m6t_node_new(spec), *old;
	int err;

	if (!node)
		return -ENOMEM;
	rcu_read_lock();
	spin_lock_bh(&nodes->table.lock);
	err = m6t_nodes_check(nodes, node, &old);
	if (!err)
		m6t_nodes_add(nodes, old, node);
	spin_unlock_bh(&nodes->table.lock);
	if (!err)
		nodes->notify(nodes, M6T_EVENT_BOUND, node, !old);
	rcu_read_unlock();
	if (err)
		kfree(node);
	else if (old)
		kfree_rcu(old, rcu);
	return err;
}

/**
 * m6t_nodes_unbind() - end the binding of a home address
 * @nodes: the mobile nodes
 * @hoa: home address
 *
 * Context: process.
 * Return: 0, or -ENOENT if it is not bound.
 */
int m6t_nodes_unbind(struct m6t_nodes *nodes, const struct in6_addr *hoa)
{
	struct m6t_node *node;

	rcu_read_lock();
	spin_lock_bh(&nodes->table.lock);
	node = m6t_nodes_lookup(nodes, hoa);
	if (node)
		m6t_nodes_remove(nodes, node);
	spin_unlock_bh(&nodes->table.lock);
	if (node) {
		nodes->notify(nodes, M6T_EVENT_UNBOUND, node, false);
		kfree_rcu(node, rcu);
	}
	rcu_read_unlock();
	return node ? 0 : -ENOENT;
}

static bool m6t_node_matches(const struct m6t_node *node,
			     const struct m6t_filter *filter)
{
	return ipv6_prefix_equal(&node->obj.addr, &filter->prefix.addr,
				 filter->prefix.len) &&
	       (!filter->remote || filter->remote == node->ep.remote) &&
	       (!filter->port || filter->port == node->ep.port) &&
	       (!filter->encap || filter->encap == node->encap) &&
	       !filter->state;
}

/**
 * struct m6t_nodes_visit - arguments of a walk
 * @filter: selects mobile nodes
 * @fn: called for each of them
 * @arg: passed to @fn
 */
struct m6t_nodes_visit {
	const struct m6t_filter *filter;
	int (*fn)(const struct m6t_node *node, void *arg);
	void *arg;
};

static int m6t_nodes_visit(struct m6t_object *obj, void *arg)
{
	const struct m6t_nodes_visit *visit = arg;
	const struct m6t_node *node = m6t_node_of(obj);

	if (obj != &node->obj || !m6t_node_matches(node, visit->filter))
		return 0;
	return visit->fn(node, visit->arg);
}

/**
 * m6t_nodes_walk() - visit mobile nodes, from a position on
 * @nodes: the mobile nodes
 * @walk: position, see m6t_table_walk()
 * @filter: selects them
 * @fn: called for each under RCU; a nonzero return value stops the walk before it
 * @arg: passed to @fn
 *
 * Context: process; sleeps between buckets.
 * Return: 0 at the end, or what @fn returned.
 */
int m6t_nodes_walk(struct m6t_nodes *nodes, struct m6t_walk *walk,
		   const struct m6t_filter *filter,
		   int (*fn)(const struct m6t_node *node, void *arg),
		   void *arg)
{
	struct m6t_nodes_visit visit = {
		.filter = filter, .fn = fn, .arg = arg,
	};

	return m6t_table_walk(&nodes->table, walk, m6t_nodes_visit, &visit);
}

/**
 * struct m6t_nodes_doomed - home addresses that a flush has found
 * @hoa: the home addresses
 * @n: their number
 */
struct m6t_nodes_doomed {
	struct in6_addr hoa[16];
	unsigned int n;
};

static int m6t_nodes_doom(const struct m6t_node *node, void *arg)
{
	struct m6t_nodes_doomed *doomed = arg;

	if (doomed->n == ARRAY_SIZE(doomed->hoa))
		return 1;
	doomed->hoa[doomed->n++] = node->obj.addr;
	return 0;
}

/**
 * m6t_nodes_flush() - end all bindings that match
 * @nodes: the mobile nodes
 * @filter: selects them
 *
 * Context: process.
 * Return: number of bindings that ended.
 */
u32 m6t_nodes_flush(struct m6t_nodes *nodes, const struct m6t_filter *filter)
{
	struct m6t_nodes_doomed doomed;
	struct m6t_walk walk = {};
	u32 n = 0;
	int more;

	do {
		doomed.n = 0;
		more = m6t_nodes_walk(nodes, &walk, filter, m6t_nodes_doom,
				      &doomed);
		while (doomed.n)
			if (!m6t_nodes_unbind(nodes, &doomed.hoa[--doomed.n]))
				n++;
	} while (more);
	return n;
}

/**
 * m6t_nodes_lookup() - look up a mobile node by its home address
 * @nodes: the mobile nodes
 * @hoa: home address
 *
 * Context: under RCU, which protects the result, or with the lock held.
 * Return: the mobile node or NULL.
 */
struct m6t_node *m6t_nodes_lookup(const struct m6t_nodes *nodes,
				  const struct in6_addr *hoa)
{
	struct m6t_object *obj = m6t_table_lookup(&nodes->table, hoa);

	return obj ? m6t_node_of(obj) : NULL;
}

/**
 * m6t_nodes_lookup4() - look up a mobile node by its IPv4 home address
 * @nodes: the mobile nodes
 * @hoa4: IPv4 home address, network byte order
 *
 * Context: under RCU, which protects the result, or with the lock held.
 * Return: the mobile node or NULL.
 */
struct m6t_node *m6t_nodes_lookup4(const struct m6t_nodes *nodes,
				   __be32 hoa4)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(hoa4, &mapped);
	return m6t_nodes_lookup(nodes, &mapped);
}

/**
 * m6t_nodes_at() - find a mobile node by its IPv6 care-of address
 * @nodes: the mobile nodes
 * @coa: care-of address, which several may share
 * @fn: called for some of them under RCU; returns true for the one to find
 * @arg: passed to @fn
 *
 * Context: under RCU, which protects the result.
 * Return: the mobile node or NULL.
 */
struct m6t_node *m6t_nodes_at(const struct m6t_nodes *nodes,
			      const struct in6_addr *coa,
			      bool (*fn)(const struct m6t_node *node,
					 const void *arg),
			      const void *arg)
{
	unsigned int left = M6T_NODES_SHARING;
	struct m6t_node *node;

	hlist_for_each_entry_rcu(node, m6t_nodes_chain(nodes, coa), coa_link) {
		if (!ipv6_addr_equal(&node->ep6.remote, coa))
			continue;
		if (fn(node, arg))
			return node;
		if (!--left)
			break;
	}
	return NULL;
}
