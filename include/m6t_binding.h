/* SPDX-License-Identifier: GPL-2.0 */
/* A binding: what a gateway knows of one mobile node. */
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

/**
 * struct m6t_binding_half - what one direction of a binding's traffic writes
 * @packets: packets
 * @bytes: bytes of IPv6
 * @used: ktime, ns, of the last packet, to the tick
 *
 * Each half lies on its own cache line, so that receive and transmit on two
 * CPUs do not fight.
 */
struct m6t_binding_half {
	atomic64_t packets;
	atomic64_t bytes;
	u64 used;
};

/**
 * struct m6t_binding - a mobile node's address and the path to it
 *
 * Found under RCU. Freed by RCU after it was removed from the table; nobody else
 * holds one. Its address and @ep are const from publication on (G8).
 *
 * @obj: its place in the table, by the mobile node's IPv6 address
 * @ep: where its datagrams come from and go to
 * @state: &enum m6t_binding_state; written under the table's lock
 * @was: what @state was before the binding died
 * @rx: from the mobile node
 * @queue: by age, while temporary; when it was removed, among others to be freed
 * @rb: by @seen, while active
 * @created: ktime, ns; says when a temporary one ends
 * @seen: ktime, ns, of its last use when it was last looked at; key in the
 *	tree of active bindings, so on one cache line with @rb
 * @tx: to the mobile node
 * @path: to the mobile node
 * @rcu: frees the struct
 */
struct m6t_binding {
	struct m6t_object obj;
	struct m6t_endpoint ep;
	u16 state;
	u16 was;

	struct m6t_binding_half rx ____cacheline_aligned;
	union {
		struct list_head queue;
		struct rb_node rb;
	};
	u64 created;
	u64 seen;

	struct m6t_binding_half tx ____cacheline_aligned;
	struct m6t_path path;
	struct rcu_head rcu;
};

/* Three cache lines: what all packets read, and a half for each direction. */
static_assert(sizeof(struct m6t_binding) <= 192 || L1_CACHE_BYTES > 64);

/**
 * struct m6t_binding_past - what a binding had before it was lost
 * @idle: ns since its last packet
 * @rx_packets: packets from the mobile node
 * @rx_bytes: bytes of IPv6 in them
 * @tx_packets: packets to the mobile node
 * @tx_bytes: bytes of IPv6 in them
 */
struct m6t_binding_past {
	u64 idle;
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
};

/**
 * m6t_binding_account() - note one or more packets of a binding
 * @half: their direction
 * @packets: how many
 * @bytes: of IPv6 in them
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

#endif /* M6T_BINDING_H */
