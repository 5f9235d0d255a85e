/* SPDX-License-Identifier: GPL-2.0 */
/* A binding: what a gateway knows about one mobile node. */
#ifndef M6T_BINDING_H
#define M6T_BINDING_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/rbtree.h>

#include "m6t_path.h"
#include "m6t_proto.h"
#include "m6t_stamp.h"
#include "m6t_table.h"

struct m6t_source;
struct mem_cgroup;

/**
 * struct m6t_binding_half - what traffic in one direction updates
 * @packets: packets
 * @bytes: bytes of IPv6
 * @used: ktime, ns, of the last packet, to the tick
 *
 * Each half has its own cache line, as receive and transmit may run on
 * different CPUs.
 */
struct m6t_binding_half {
	atomic64_t packets;
	atomic64_t bytes;
	u64 used;
};

/**
 * struct m6t_binding - an address of a mobile node and the path to it
 *
 * Looked up under RCU, and freed by RCU after removal from the table; there are no
 * other references. The address and @ep are const once published (G8).
 *
 * @obj: entry in the table, keyed by the mobile node's IPv6 address
 * @ep: endpoint of its datagrams
 * @state: &enum m6t_binding_state; written under the table's lock
 * @was: last @state before %M6T_BINDING_DEAD
 * @asked: number of requests for a proof, or %M6T_BINDING_PROVEN; written under
 *	the table's lock (G17)
 * @asked_at: time of the last request, in units of m6t_state_moment()
 * @rx: from the mobile node
 * @queue: while temporary: list by age; once removed: list of those to free
 * @rb: while active: tree by @seen
 * @since: ktime, ns, when it got its state; a temporary binding expires a fixed time
 *	later. While active and asked for a proof: when that was first
 * @seen: ktime, ns, of the last use when last checked; key of @rb, hence on the
 *	same cache line
 * @tx: to the mobile node
 * @path: to the mobile node
 * @evict: while active: tree by @heard or, if proven, that of its @source by @seen
 * @rcu: frees the struct
 * @heard: while active and unproven: ktime, ns, of the last packet from the mobile
 *	node when last checked; key of @evict
 * @source: while active and proven: what it counts for (G18)
 */
struct m6t_binding {
	struct m6t_object obj;
	struct m6t_endpoint ep;
	u8 state;
	u8 was;
	u8 asked;
	u8 asked_at;

	struct m6t_binding_half rx ____cacheline_aligned;
	union {
		struct list_head queue;
		struct rb_node rb;
	};
	u64 since;
	u64 seen;

	struct m6t_binding_half tx ____cacheline_aligned;
	struct m6t_path path;
	union {
		struct rb_node evict;
		struct rcu_head rcu;
	};
	union {
		u64 heard;
		struct m6t_source *source;
	};
};

/* &m6t_binding.asked: the proof was given. */
#define M6T_BINDING_PROVEN	U8_MAX

/* Three cache lines: what every packet reads, and one half per direction. */
static_assert(sizeof(struct m6t_binding) <= 192 || L1_CACHE_BYTES > 64);

/**
 * struct m6t_binding_past - saved state of a binding to be restored
 * @idle: ns since its last packet
 * @rx_packets: packets from the mobile node
 * @rx_bytes: bytes of IPv6 in them
 * @tx_packets: packets to the mobile node
 * @tx_bytes: bytes of IPv6 in them
 * @proven: it was proven (G17)
 */
struct m6t_binding_past {
	u64 idle;
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	bool proven;
};

/**
 * m6t_binding_used() - get the time of a binding's last packet
 * @b: the binding
 *
 * Context: under RCU, or with the table's lock held.
 * Return: ktime, ns, to the tick.
 */
static inline u64 m6t_binding_used(const struct m6t_binding *b)
{
	return max(READ_ONCE(b->rx.used), READ_ONCE(b->tx.used));
}

/**
 * m6t_binding_is_proven() - check if the mobile node has shown that it receives
 *	at its endpoint
 * @b: the binding
 *
 * Context: under RCU, or with the table's lock held.
 * Return: true if so (G17).
 */
static inline bool m6t_binding_is_proven(const struct m6t_binding *b)
{
	return READ_ONCE(b->asked) == M6T_BINDING_PROVEN;
}

/**
 * m6t_binding_account() - account packets of a binding
 * @half: their direction
 * @packets: number of packets
 * @bytes: bytes of IPv6 in them
 *
 * Context: softirq, under RCU.
 */
static inline void m6t_binding_account(struct m6t_binding_half *half,
				       unsigned int packets,
				       unsigned int bytes)
{
	atomic64_add(packets, &half->packets);
	atomic64_add(bytes, &half->bytes);
	m6t_stamp(&half->used);
}

int m6t_binding_init(void);
void m6t_binding_exit(void);
struct m6t_binding *m6t_binding_new(enum m6t_binding_state kind,
				    const struct in6_addr *addr,
				    const struct m6t_endpoint *ep,
				    const struct m6t_binding_past *past,
				    struct mem_cgroup *memcg);
void m6t_binding_free(struct m6t_binding *b);
void m6t_binding_free_batch(struct list_head *gone);
void m6t_binding_inherit_half(struct m6t_binding_half *half,
			      const struct m6t_binding_half *old);
bool m6t_binding_same(const struct m6t_binding *a, const struct m6t_binding *b);
void m6t_binding_inherit(struct m6t_binding *b, const struct m6t_binding *old);

/**
 * m6t_binding_of() - get the binding that contains an object of the table
 * @obj: the object
 *
 * Return: the binding.
 */
static inline struct m6t_binding *m6t_binding_of(struct m6t_object *obj)
{
	return container_of(obj, struct m6t_binding, obj);
}

#endif /* M6T_BINDING_H */
