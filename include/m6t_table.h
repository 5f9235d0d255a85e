/* SPDX-License-Identifier: GPL-2.0 */
/* A hash table of objects keyed by IPv6 address, generic otherwise. */
#ifndef M6T_TABLE_H
#define M6T_TABLE_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

/**
 * struct m6t_object - entry of the table, embedded in each object
 * @node: hash chains; two, as a growing table links its objects into the new
 *	buckets while readers still walk the old ones
 * @addr: the key, const while the object is in a table
 */
struct m6t_object {
	struct hlist_node node[2];
	struct in6_addr addr;
};

/**
 * struct m6t_buckets - the buckets of a table
 * @mask: number of buckets - 1
 * @side: index of the &m6t_object.node that its chains use
 * @bucket: the chains, sorted by address
 */
struct m6t_buckets {
	u32 mask;
	u8 side;
	struct hlist_head bucket[];
};

/**
 * struct m6t_table - objects by address
 * @key: hash key; random, as senders choose their addresses
 * @buckets: replaced when the table grows
 * @lock: protects everything below, all chains, and the owner's data about the
 *	objects; taken with bottom halves off
 * @next: while the table grows, the buckets that are being filled; else NULL
 * @moved: number of @buckets whose objects are in @next, too
 *
 * The owner frees objects a grace period after their removal.
 */
struct m6t_table {
	siphash_key_t key;
	struct m6t_buckets __rcu *buckets;

	spinlock_t lock ____cacheline_aligned;	/* protects all chains */
	struct m6t_buckets *next;
	u32 moved;
};

/**
 * struct m6t_walk - position of a walk over a table
 * @bucket: next bucket to visit
 * @buckets: number of buckets at the last step; if it changes, the table has grown
 *	and the walk may see objects twice
 * @after: last address visited in that bucket; zero: none yet
 */
struct m6t_walk {
	u32 bucket;
	u32 buckets;
	struct in6_addr after;
};

int m6t_table_init(struct m6t_table *table, u32 max);
void m6t_table_free(struct m6t_table *table,
		    void (*free)(struct m6t_object *obj));
struct m6t_object *m6t_table_lookup(const struct m6t_table *table,
				    const struct in6_addr *addr);
void m6t_table_add(struct m6t_table *table, struct m6t_object *obj);
void m6t_table_del(struct m6t_table *table, struct m6t_object *obj);
void m6t_table_replace(struct m6t_table *table, struct m6t_object *old,
		       struct m6t_object *obj);
int m6t_table_grow(struct m6t_table *table, u32 max);
bool m6t_table_each(struct m6t_table *table, u32 i,
		    void (*fn)(struct m6t_object *obj, void *arg), void *arg);
int m6t_table_walk(struct m6t_table *table, struct m6t_walk *walk,
		   int (*fn)(struct m6t_object *obj, void *arg), void *arg);

#endif /* M6T_TABLE_H */
