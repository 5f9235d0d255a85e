/* SPDX-License-Identifier: GPL-2.0 */
/* The binding table of a gateway. */
#ifndef M6T_STATE_H
#define M6T_STATE_H

#include <linux/hrtimer.h>
#include <linux/workqueue.h>

#include "m6t_binding.h"
#include "m6t_config.h"
#include "gw/m6t_share.h"
#include "m6t_table.h"

/**
 * struct m6t_state - the binding table of a gateway
 * @pressed: the table is under pressure (G17); read for each packet
 * @table: bindings by address; its lock protects everything else
 * @notify: called for each change, without the lock, under RCU
 * @memcg: memory cgroup that bindings are charged to (G19)
 * @reclaim: reclaims memory of @memcg, which packets cannot wait for
 * @unproven: active bindings that were asked for a proof and have not given it, by
 *	&m6t_binding.heard
 * @unasked: active bindings that are not proven and were not asked yet, likewise
 * @shares: proven active bindings by IPv4 source (G18)
 * @n_unproven: number of bindings in both; read without the lock
 * @press: number of bindings at which the pressure begins
 * @temporaries: temporary bindings, oldest first; all have the same lifetime, so
 *	they also expire in this order
 * @actives: active bindings by &m6t_binding.seen
 * @temporary_timer: due when the head of @temporaries expires
 * @active_timer: due when the first of @actives is to be checked
 * @rest: ktime, ns, earliest time of the next timer run after a full batch
 * @temporary_life: ns
 * @active_life: ns
 * @max: maximum number of bindings in all states
 * @count: number of bindings by state; read without the lock
 * @closed: no more bindings may be added
 */
struct m6t_state {
	bool pressed;
	struct m6t_table table;
	void (*notify)(struct m6t_state *state, enum m6t_event event,
		       const struct m6t_binding *b);
	struct mem_cgroup *memcg;
	struct delayed_work reclaim;
	struct rb_root_cached unproven;
	struct rb_root_cached unasked;
	struct m6t_shares shares;
	u32 n_unproven;
	u32 press;
	struct list_head temporaries;
	struct rb_root_cached actives;
	struct hrtimer temporary_timer;
	struct hrtimer active_timer;
	u64 rest;
	u64 temporary_life;
	u64 active_life;
	u32 max;
	u32 count[M6T_BINDING_STATIC + 1];
	bool closed;
};

/**
 * struct m6t_filter - selects bindings
 * @prefix: IPv6 prefix; length 0: all
 * @remote: IPv4 address, network byte order; 0: all
 * @port: UDP port, network byte order; 0: all
 * @state: &enum m6t_binding_state; 0: all
 * @encap: &enum m6t_encap, of DSMIPv6 mobile nodes; 0: all
 */
struct m6t_filter {
	struct m6t_prefix6 prefix;
	__be32 remote;
	__be16 port;
	u8 state;
	u8 encap;
};

int m6t_state_init(struct m6t_state *state, const struct m6t_config *cfg,
		   void (*notify)(struct m6t_state *state, enum m6t_event event,
				  const struct m6t_binding *b));
void m6t_state_close(struct m6t_state *state);
void m6t_state_free(struct m6t_state *state);
int m6t_state_grow(struct m6t_state *state, u32 max);
void m6t_state_retime(struct m6t_state *state, const struct m6t_config *cfg);
struct m6t_binding *m6t_state_add(struct m6t_state *state,
				  enum m6t_binding_state kind,
				  const struct in6_addr *addr,
				  const struct m6t_endpoint *ep,
				  const struct m6t_binding_past *past);
void m6t_state_activate(struct m6t_state *state, struct m6t_binding *b);
unsigned int m6t_state_ask(struct m6t_state *state, struct m6t_binding *b,
			   unsigned int bytes);
struct m6t_binding *m6t_state_ask_next(struct m6t_state *state);
void m6t_state_prove(struct m6t_state *state, struct m6t_binding *b);
int m6t_state_del(struct m6t_state *state, const struct in6_addr *addr);
u32 m6t_state_flush(struct m6t_state *state, const struct m6t_filter *filter);
int m6t_state_walk(struct m6t_state *state, struct m6t_walk *walk,
		   const struct m6t_filter *filter,
		   int (*fn)(const struct m6t_binding *b, void *arg),
		   void *arg);
u64 m6t_state_ends(const struct m6t_state *state, const struct m6t_binding *b);
bool m6t_state_usable(const struct m6t_state *state,
		      const struct m6t_binding *b);

/**
 * m6t_state_moment() - get the current time in coarse units, to space proofs
 *
 * Return: a number that changes every 0.27 s, and wraps.
 */
static inline u8 m6t_state_moment(void)
{
	return ktime_get_coarse_ns() >> 28;
}

/**
 * m6t_state_wants_proof() - check if a proof is to be asked for now (G17)
 * @state: the table
 * @b: a binding in it
 *
 * Context: softirq, under RCU.
 * Return: true if m6t_state_ask() is to be called.
 */
static inline bool m6t_state_wants_proof(const struct m6t_state *state,
					 const struct m6t_binding *b)
{
	u8 asked = READ_ONCE(b->asked);

	return READ_ONCE(state->pressed) && asked != M6T_BINDING_PROVEN &&
	       READ_ONCE(b->state) == M6T_BINDING_ACTIVE &&
	       (!asked || READ_ONCE(b->asked_at) != m6t_state_moment());
}

/**
 * m6t_state_doubts() - check if the endpoint of a binding may be forged (G17)
 * @state: the table
 * @b: a binding in it
 *
 * Context: softirq, under RCU.
 * Return: true if the gateway must send it no more bytes than came from there.
 */
static inline bool m6t_state_doubts(const struct m6t_state *state,
				    const struct m6t_binding *b)
{
	u8 kind = READ_ONCE(b->state);

	return kind == M6T_BINDING_TEMPORARY ||
	       (kind == M6T_BINDING_ACTIVE && READ_ONCE(state->pressed) &&
		!m6t_binding_is_proven(b));
}

/**
 * m6t_state_asks_others() - check if proofs are to be asked for without a packet of
 *	the mobile node (G17)
 * @state: the table
 *
 * Context: softirq, under RCU.
 * Return: true if m6t_state_ask_next() is to be called.
 */
static inline bool m6t_state_asks_others(const struct m6t_state *state)
{
	return READ_ONCE(state->pressed) &&
	       READ_ONCE(state->unasked.rb_root.rb_node);
}

/**
 * m6t_state_lookup() - look up a binding by the mobile node's address
 * @state: the table
 * @addr: IPv6 address
 *
 * Context: under RCU, which protects the result, or with the lock held.
 * Return: the binding or NULL.
 */
static inline struct m6t_binding *
m6t_state_lookup(const struct m6t_state *state, const struct in6_addr *addr)
{
	struct m6t_object *obj = m6t_table_lookup(&state->table, addr);

	return obj ? m6t_binding_of(obj) : NULL;
}

#endif /* M6T_STATE_H */
