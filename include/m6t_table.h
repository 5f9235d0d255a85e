/* SPDX-License-Identifier: GPL-2.0 */
/* A table of objects by IPv6 address, which knows nothing else of them. */
#ifndef M6T_TABLE_H
#define M6T_TABLE_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

/**
 * struct m6t_object - what the table needs in each object
 * @node: chain of the hash table; two, as a growing table is linked again
 *	while readers still walk the old one
 * @addr: the key, const while the object is in a table
 */
struct m6t_object {
	struct hlist_node node[2];
	struct in6_addr addr;
};

/**
 * struct m6t_buckets - the buckets of a table
 * @mask: number of buckets - 1
 * @side: which &m6t_object.node its chains use
 * @bucket: the chains, in ascending order of address
 */
struct m6t_buckets {
	u32 mask;
	u8 side;
	struct hlist_head bucket[];
};

/**
 * struct m6t_table - objects by address
 * @key: of the hash, random, as the sender of a packet chooses the addresses
 * @buckets: replaced when the table grows
 * @lock: guards all below and all chains, and what the owner keeps beside them;
 *	taken with bottom halves off
 * @next: while the table grows, the buckets that are being filled; else NULL
 * @moved: of @buckets, those whose objects are in @next as well
 *
 * Its owner frees objects a grace period after they were removed.
 */
struct m6t_table {
	siphash_key_t key;
	struct m6t_buckets __rcu *buckets;

	spinlock_t lock ____cacheline_aligned;	/* guards all chains */
	struct m6t_buckets *next;
	u32 moved;
};

/**
 * struct m6t_walk - a place in a walk over a table
 * @bucket: next bucket to visit
 * @buckets: buckets of the table when last looked at; where the number
 *	changes, the table grew and the walk may see objects twice
 * @after: in that bucket, visited up to this address; zero: none yet
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
