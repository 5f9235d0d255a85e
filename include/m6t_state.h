/* SPDX-License-Identifier: GPL-2.0 */
/* The binding table of a gateway. */
#ifndef M6T_STATE_H
#define M6T_STATE_H

#include <linux/hrtimer.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

#include "m6t_binding.h"
#include "m6t_config.h"

/**
 * struct m6t_table - the buckets of a binding table
 * @mask: number of buckets - 1
 * @side: which &m6t_binding.node its chains use
 * @bucket: the chains
 */
struct m6t_table {
	u32 mask;
	u8 side;
	struct hlist_head bucket[];
};

/**
 * struct m6t_state - the binding table of a gateway
 * @key: of the hash, random, as whoever sends packets chooses the addresses
 * @table: buckets; replaced when the table grows
 * @tell: called for each change, without the lock, under RCU
 * @lock: guards all below and all chains; taken with bottom halves off
 * @next: while the table grows, the one that is being filled; else NULL
 * @moved: buckets of @table whose bindings are in @next as well
 * @temporaries: temporary bindings, oldest first; all live equally long, so
 *	the order of age is that of their ends
 * @actives: active bindings by &m6t_binding.seen
 * @temporary_timer: due when the head of @temporaries ends
 * @active_timer: due when the first of @actives is to be looked at
 * @rest: ktime, ns, before which no timer is due, after one had its fill
 * @temporary_life: ns
 * @active_life: ns
 * @max: most bindings of all states
 * @count: bindings by state; read without the lock
 * @next_id: &m6t_binding.id of the next one
 * @closed: no binding may be added any more
 */
struct m6t_state {
	siphash_key_t key;
	struct m6t_table __rcu *table;
	void (*tell)(struct m6t_state *state, enum m6t_event event,
		     const struct m6t_binding *b);

	spinlock_t lock ____cacheline_aligned;
	struct m6t_table *next;
	u32 moved;
	struct list_head temporaries;
	struct rb_root_cached actives;
	struct hrtimer temporary_timer;
	struct hrtimer active_timer;
	u64 rest;
	u64 temporary_life;
	u64 active_life;
	u32 max;
	u32 count[M6T_BINDING_STATIC + 1];
	u64 next_id;
	bool closed;
};

/**
 * struct m6t_filter - which bindings are meant
 * @prefix: IPv6 prefix; length 0: all
 * @remote: IPv4 address, network byte order; 0: all
 * @port: UDP port, network byte order; 0: all
 * @state: &enum m6t_binding_state; 0: all
 */
struct m6t_filter {
	struct m6t_prefix6 prefix;
	__be32 remote;
	__be16 port;
	u8 state;
};

/**
 * struct m6t_walk - a place in a walk over a binding table
 * @bucket: next bucket to visit
 * @id: in that bucket, visited up to this one; 0: none yet
 * @buckets: buckets of the table when last looked at; where the number
 *	changes, the table grew and the walk may see bindings twice
 */
struct m6t_walk {
	u32 bucket;
	u32 buckets;
	u64 id;
};

int m6t_state_cache_init(void);
void m6t_state_cache_exit(void);
int m6t_state_init(struct m6t_state *state, const struct m6t_config *cfg,
		   void (*tell)(struct m6t_state *state, enum m6t_event event,
				const struct m6t_binding *b));
void m6t_state_close(struct m6t_state *state);
void m6t_state_free(struct m6t_state *state);
int m6t_state_grow(struct m6t_state *state, u32 max);
void m6t_state_retime(struct m6t_state *state, const struct m6t_config *cfg);
struct m6t_binding *m6t_state_lookup(const struct m6t_state *state,
				     const struct in6_addr *addr);
struct m6t_binding *m6t_state_add(struct m6t_state *state,
				  enum m6t_binding_state kind,
				  const struct in6_addr *addr,
				  const struct m6t_endpoint *ep,
				  const struct m6t_binding_past *past);
void m6t_state_activate(struct m6t_state *state, struct m6t_binding *b);
int m6t_state_del(struct m6t_state *state, const struct in6_addr *addr);
u32 m6t_state_flush(struct m6t_state *state, const struct m6t_filter *filter);
int m6t_state_walk(struct m6t_state *state, struct m6t_walk *walk,
		   const struct m6t_filter *filter,
		   int (*fn)(const struct m6t_binding *b, void *arg),
		   void *arg);
u64 m6t_state_used(const struct m6t_binding *b);
u64 m6t_state_ends(const struct m6t_state *state, const struct m6t_binding *b);
bool m6t_state_usable(const struct m6t_state *state,
		      const struct m6t_binding *b);

#endif /* M6T_STATE_H */
