// SPDX-License-Identifier: GPL-2.0
/*
 * Hash table of objects by IPv6 address. Lookups run under RCU without a lock. The
 * number of buckets depends on the maximum number of objects, and can grow while
 * packets flow.
 *
 * Chains are sorted by address, so a walk can resume after an address: it visits
 * each object that stays exactly once, and holds no references between two steps.
 */

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "m6t_table.h"

#define M6T_BUCKETS_MIN	16
#define M6T_BUCKETS_MAX	BIT(20)

/* Maximum number of buckets moved while the lock is held. */
#define M6T_TABLE_STEP	64

static struct m6t_buckets *m6t_buckets_new(u32 max, u8 side)
{
	u32 n = clamp_t(u32, roundup_pow_of_two(max), M6T_BUCKETS_MIN,
			M6T_BUCKETS_MAX);
	struct m6t_buckets *buckets;

	buckets = kvzalloc(struct_size(buckets, bucket, n), GFP_KERNEL_ACCOUNT);
	if (!buckets)
		return NULL;
	buckets->mask = n - 1;
	buckets->side = side;
	return buckets;
}

static u64 m6t_table_hash(const struct m6t_table *table,
			  const struct in6_addr *addr)
{
	return siphash(addr, sizeof(*addr), &table->key);
}

static struct hlist_head *m6t_table_chain(const struct m6t_table *table,
					  struct m6t_buckets *buckets,
					  const struct in6_addr *addr)
{
	return &buckets->bucket[m6t_table_hash(table, addr) & buckets->mask];
}

/* Under the lock or RCU. */
static struct m6t_buckets *m6t_table_buckets(const struct m6t_table *table)
{
	return rcu_dereference_check(table->buckets,
				     lockdep_is_held(&table->lock));
}

static struct m6t_object *m6t_object_of(struct hlist_node *node, u8 side)
{
	return container_of(node - side, struct m6t_object, node[0]);
}

static bool m6t_object_follows(const struct m6t_object *obj,
			       const struct in6_addr *addr)
{
	return memcmp(&obj->addr, addr, sizeof(*addr)) > 0;
}

/**
 * m6t_table_init() - initialize an empty table
 * @table: the table
 * @max: maximum number of objects
 *
 * Context: process.
 * Return: 0, to be undone by m6t_table_free(), or -ENOMEM.
 */
int m6t_table_init(struct m6t_table *table, u32 max)
{
	struct m6t_buckets *buckets = m6t_buckets_new(max, 0);

	if (!buckets)
		return -ENOMEM;
	RCU_INIT_POINTER(table->buckets, buckets);
	get_random_bytes(&table->key, sizeof(table->key));
	spin_lock_init(&table->lock);
	return 0;
}

/**
 * m6t_table_free() - free a table that is no longer in use
 * @table: the table
 * @free: called for each remaining object
 *
 * Context: process; sleeps between buckets.
 */
void m6t_table_free(struct m6t_table *table,
		    void (*free)(struct m6t_object *obj))
{
	struct m6t_buckets *buckets;
	struct hlist_node *next;
	struct m6t_object *obj;
	u32 i;

	buckets = rcu_dereference_protected(table->buckets, true);
	for (i = 0; i <= buckets->mask; i++) {
		hlist_for_each_entry_safe(obj, next, &buckets->bucket[i],
					  node[buckets->side])
			free(obj);
		cond_resched();
	}
	kvfree(buckets);
}

/**
 * m6t_table_lookup() - look up an object by address
 * @table: the table
 * @addr: IPv6 address
 *
 * Context: under RCU, which protects the result, or with the lock held.
 * Return: the object or NULL.
 */
struct m6t_object *m6t_table_lookup(const struct m6t_table *table,
				    const struct in6_addr *addr)
{
	struct m6t_buckets *buckets = m6t_table_buckets(table);
	struct m6t_object *obj;

	hlist_for_each_entry_rcu(obj, m6t_table_chain(table, buckets, addr),
				 node[buckets->side],
				 lockdep_is_held(&table->lock))
		if (ipv6_addr_equal(&obj->addr, addr))
			return obj;
	return NULL;
}

/* Check if the object of an address is in the next buckets, too; under the lock. */
static bool m6t_table_moved(const struct m6t_table *table,
			    const struct m6t_buckets *buckets,
			    const struct in6_addr *addr)
{
	return table->next &&
	       (m6t_table_hash(table, addr) & buckets->mask) < table->moved;
}

static void m6t_table_link(struct m6t_table *table,
			   struct m6t_buckets *buckets, struct m6t_object *obj)
{
	struct hlist_head *head = m6t_table_chain(table, buckets, &obj->addr);
	struct hlist_node *new = &obj->node[buckets->side];
	struct hlist_node *node, *last = NULL;

	hlist_for_each(node, head) {
		if (m6t_object_follows(m6t_object_of(node, buckets->side),
				       &obj->addr))
			break;
		last = node;
	}
	if (last)
		hlist_add_behind_rcu(new, last);
	else
		hlist_add_head_rcu(new, head);
}

/**
 * m6t_table_add() - add an object
 * @table: the table, with its lock held
 * @obj: the object; its address must not be in the table
 *
 * Context: softirq or process.
 */
void m6t_table_add(struct m6t_table *table, struct m6t_object *obj)
{
	struct m6t_buckets *buckets = m6t_table_buckets(table);

	lockdep_assert_held(&table->lock);
	m6t_table_link(table, buckets, obj);
	if (m6t_table_moved(table, buckets, &obj->addr))
		m6t_table_link(table, table->next, obj);
}

/**
 * m6t_table_del() - remove an object
 * @table: the table, with its lock held
 * @obj: the object; readers may see it for another grace period
 *
 * Context: softirq or process.
 */
void m6t_table_del(struct m6t_table *table, struct m6t_object *obj)
{
	struct m6t_buckets *buckets = m6t_table_buckets(table);

	lockdep_assert_held(&table->lock);
	hlist_del_rcu(&obj->node[buckets->side]);
	if (m6t_table_moved(table, buckets, &obj->addr))
		hlist_del_rcu(&obj->node[table->next->side]);
}

/**
 * m6t_table_replace() - replace an object by another one with the same address
 * @table: the table, with its lock held
 * @old: the object; readers may see it for another grace period
 * @obj: its replacement
 *
 * A lookup finds one of the two at any time.
 *
 * Context: softirq or process.
 */
void m6t_table_replace(struct m6t_table *table, struct m6t_object *old,
		       struct m6t_object *obj)
{
	struct m6t_buckets *buckets = m6t_table_buckets(table);
	u8 side = buckets->side;

	lockdep_assert_held(&table->lock);
	hlist_replace_rcu(&old->node[side], &obj->node[side]);
	if (m6t_table_moved(table, buckets, &obj->addr))
		hlist_replace_rcu(&old->node[!side], &obj->node[!side]);
}

/* Link the objects of one bucket into the next buckets, in order. As there are more
 * of those, objects of other buckets do not get into the same ones.
 */
static void m6t_table_move_bucket(struct m6t_table *table,
				  struct m6t_buckets *buckets, u32 i)
{
	struct m6t_object *obj;

	hlist_for_each_entry(obj, &buckets->bucket[i], node[buckets->side])
		m6t_table_link(table, table->next, obj);
}

/* Move some more buckets; after the last one, readers see the next buckets. */
static bool m6t_table_move(struct m6t_table *table, struct m6t_buckets *buckets)
{
	unsigned int budget = M6T_TABLE_STEP;
	bool more;

	spin_lock_bh(&table->lock);
	while (table->moved <= buckets->mask && budget--)
		m6t_table_move_bucket(table, buckets, table->moved++);
	more = table->moved <= buckets->mask;
	if (!more) {
		rcu_assign_pointer(table->buckets, table->next);
		table->next = NULL;
	}
	spin_unlock_bh(&table->lock);
	return more;
}

/**
 * m6t_table_grow() - add buckets to a table if needed
 * @table: the table
 * @max: new maximum number of objects
 *
 * Meanwhile readers use the old buckets, and objects are added and removed, as each
 * has a second link for the new ones. A table never shrinks.
 *
 * Context: process, RTNL held, sleeps for a grace period.
 * Return: 0 or -ENOMEM.
 */
int m6t_table_grow(struct m6t_table *table, u32 max)
{
	struct m6t_buckets *old = rtnl_dereference(table->buckets), *buckets;

	ASSERT_RTNL();
	if (max <= old->mask + 1 || old->mask + 1 >= M6T_BUCKETS_MAX)
		return 0;
	buckets = m6t_buckets_new(max, !old->side);
	if (!buckets)
		return -ENOMEM;

	spin_lock_bh(&table->lock);
	table->next = buckets;
	table->moved = 0;
	spin_unlock_bh(&table->lock);
	while (m6t_table_move(table, old))
		cond_resched();

	synchronize_rcu();
	kvfree(old);
	return 0;
}

/**
 * m6t_table_each() - call a function for each object of one bucket
 * @table: the table, with its lock held
 * @i: the bucket
 * @fn: called with the object, which it may remove
 * @arg: passed to @fn
 *
 * Context: softirq or process.
 * Return: true if there are more buckets after it.
 */
bool m6t_table_each(struct m6t_table *table, u32 i,
		    void (*fn)(struct m6t_object *obj, void *arg), void *arg)
{
	struct m6t_buckets *buckets = m6t_table_buckets(table);
	struct hlist_node *next;
	struct m6t_object *obj;

	lockdep_assert_held(&table->lock);
	hlist_for_each_entry_safe(obj, next, &buckets->bucket[i],
				  node[buckets->side])
		fn(obj, arg);
	return i < buckets->mask;
}

static int m6t_table_walk_bucket(struct m6t_table *table,
				 struct m6t_walk *walk,
				 int (*fn)(struct m6t_object *obj, void *arg),
				 void *arg)
{
	struct m6t_buckets *buckets = m6t_table_buckets(table);
	struct m6t_object *obj;
	int err;

	walk->buckets = buckets->mask + 1;
	if (walk->bucket >= walk->buckets)
		return 0;
	hlist_for_each_entry_rcu(obj, &buckets->bucket[walk->bucket],
				 node[buckets->side]) {
		if (!m6t_object_follows(obj, &walk->after))
			continue;
		err = fn(obj, arg);
		if (err)
			return err;
		walk->after = obj->addr;
	}
	walk->after = in6addr_any;
	walk->bucket++;
	return 0;
}

/**
 * m6t_table_walk() - visit the objects of a table, from a position on
 * @table: the table
 * @walk: position, zeroed to start; advanced past each object visited
 * @fn: called for each under RCU; a nonzero return value stops the walk before that
 *	object
 * @arg: passed to @fn
 *
 * Each object that stays is visited exactly once, whatever is added or removed
 * meanwhile, unless the table grows.
 *
 * Context: process; sleeps between buckets.
 * Return: 0 at the end, or what @fn returned.
 */
int m6t_table_walk(struct m6t_table *table, struct m6t_walk *walk,
		   int (*fn)(struct m6t_object *obj, void *arg), void *arg)
{
	int err;

	do {
		rcu_read_lock();
		err = m6t_table_walk_bucket(table, walk, fn, arg);
		rcu_read_unlock();
		cond_resched();
	} while (!err && walk->bucket < walk->buckets);
	return err;
}
