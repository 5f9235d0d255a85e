/* SPDX-License-Identifier: GPL-2.0 */
/* The bound mobile nodes of a DSMIPv6 home agent. */
#ifndef M6T_NODE_H
#define M6T_NODE_H

#include <linux/hrtimer.h>
#include <linux/rbtree.h>

#include "m6t_binding.h"
#include "m6t_table.h"

struct m6t_filter;
struct m6t_outer;

/**
 * struct m6t_signal - statistics of a mobile node's signalling (D6)
 * @ep: where the last packet came from
 * @remote6: likewise, if @encap is %M6T_ENCAP_IP6
 * @encap: &enum m6t_encap of that packet
 * @spi: its SPI, network byte order
 * @at: ktime, ns, when it came
 * @count: number of packets
 *
 * For administrators only; it does not affect forwarding. If two packets arrive at once,
 * it may mix both.
 */
struct m6t_signal {
	struct m6t_endpoint ep;
	struct in6_addr remote6;
	u8 encap;
	__be32 spi;
	u64 at;
	u64 count;
};

/* Home addresses that are not bound, whose last signalling is kept. */
#define M6T_EARLY_BITS	8

/**
 * struct m6t_early - signalling of a home address that is not bound
 * @hoa: home address
 * @signal: its last signalling; count 0: none
 *
 * It becomes the record of the binding that it leads to. Another home address with the
 * same hash takes its place, so memory is bounded.
 */
struct m6t_early {
	struct in6_addr hoa;
	struct m6t_signal signal;
};

/**
 * struct m6t_node - a mobile node whose home address is bound
 *
 * Replaced as a whole by each BIND, so what it is bound to is const once published
 * (D8). Looked up under RCU, and freed by RCU after removal from the table.
 *
 * @obj: entry in the table, keyed by the home address
 * @obj4: entry keyed by the IPv4 home address, v4-mapped, if there is one
 * @ep: care-of address and UDP port, of signalling if @encap is without UDP; all zeros
 *	if the care-of address is IPv6
 * @hoa4: IPv4 home address, network byte order; 0: none
 * @rx: from the mobile node
 * @expires: boot time, ns, when the lifetime is over (D7)
 * @former_until: ktime, ns, until which @former may still send (D19)
 * @former: the endpoint that the mobile node was bound to before it moved
 * @former_encap: &enum m6t_encap of the payload from there
 * @former_coa: its care-of address, if that is %M6T_ENCAP_IP6
 * @tx: to the mobile node
 * @path: to the mobile node
 * @encap: &enum m6t_encap of the payload
 * @ep6: care-of address and home agent, if @encap is %M6T_ENCAP_IP6; else all zeros
 * @signal: its last signalling
 * @coa_link: entry in &m6t_nodes.by_coa, if @encap is %M6T_ENCAP_IP6
 * @rb: tree by @expires; under the table's lock
 * @rcu: frees the struct
 */
struct m6t_node {
	struct m6t_object obj;
	struct m6t_endpoint ep;
	__be32 hoa4;

	struct m6t_binding_half rx ____cacheline_aligned;
	u64 expires;
	u64 former_until;
	struct m6t_endpoint former;
	u8 former_encap;

	struct m6t_binding_half tx ____cacheline_aligned;
	struct m6t_path path;
	u8 encap;
	struct m6t_endpoint6 ep6;
	struct in6_addr former_coa;
	struct m6t_signal signal;
	struct m6t_object obj4;
	struct hlist_node coa_link;
	union {
		struct rb_node rb;
		struct rcu_head rcu;
	};
};

/**
 * struct m6t_nodes - the bound mobile nodes of a home agent
 * @table: by home address, and by IPv4 home address; its lock protects all below
 * @notify: called for each change, without the lock, under RCU; changes of one mobile
 *	node may be reported in a different order than they occurred
 * @by_coa: chains by IPv6 care-of address, which several may share
 * @coa_key: random, for the hash of those
 * @expiring: by &m6t_node.expires
 * @early: signalling of home addresses that are not bound, by hash
 * @early_lock: protects what is in @early; inside the table's lock
 * @timer: due when the first of @expiring expires
 * @count: number of mobile nodes; read without the lock
 * @max: maximum number
 * @closed: no more may be added
 */
struct m6t_nodes {
	struct m6t_table table;
	void (*notify)(struct m6t_nodes *nodes, enum m6t_event event,
		       const struct m6t_node *node, bool fresh);
	struct hlist_head *by_coa;
	u32 coa_key;
	struct rb_root_cached expiring;
	struct m6t_early *early;
	spinlock_t early_lock;		/* @early */
	struct hrtimer timer;
	u32 count;
	u32 max;
	bool closed;
};

/**
 * struct m6t_node_spec - what to bind a home address to
 * @hoa: home address
 * @hoa4: IPv4 home address, network byte order; 0: none
 * @ep: care-of address and ports
 * @ep6: care-of address and home agent, if @encap is %M6T_ENCAP_IP6
 * @encap: &enum m6t_encap
 * @life: ns
 */
struct m6t_node_spec {
	struct in6_addr hoa;
	__be32 hoa4;
	struct m6t_endpoint ep;
	struct m6t_endpoint6 ep6;
	u8 encap;
	u64 life;
};

int m6t_nodes_init(struct m6t_nodes *nodes, u32 max,
		   void (*notify)(struct m6t_nodes *nodes,
				  enum m6t_event event,
				  const struct m6t_node *node, bool fresh));
void m6t_nodes_close(struct m6t_nodes *nodes);
void m6t_nodes_free(struct m6t_nodes *nodes);
int m6t_nodes_grow(struct m6t_nodes *nodes, u32 max);
void m6t_nodes_limit(struct m6t_nodes *nodes, u32 max);
int m6t_nodes_bind(struct m6t_nodes *nodes, const struct m6t_node_spec *spec);
void m6t_nodes_signal(struct m6t_nodes *nodes, const struct in6_addr *hoa,
		      const struct m6t_outer *outer, __be32 spi);
int m6t_nodes_unbind(struct m6t_nodes *nodes, const struct in6_addr *hoa);
u32 m6t_nodes_flush(struct m6t_nodes *nodes, const struct m6t_filter *filter);
int m6t_nodes_walk(struct m6t_nodes *nodes, struct m6t_walk *walk,
		   const struct m6t_filter *filter,
		   int (*fn)(const struct m6t_node *node, void *arg),
		   void *arg);
struct m6t_node *m6t_nodes_lookup(const struct m6t_nodes *nodes,
				  const struct in6_addr *hoa);
struct m6t_node *m6t_nodes_lookup4(const struct m6t_nodes *nodes,
				   __be32 hoa4);
struct m6t_node *m6t_nodes_at(const struct m6t_nodes *nodes,
			      const struct in6_addr *coa,
			      bool (*fn)(const struct m6t_node *node,
					 const void *arg),
			      const void *arg);

#endif /* M6T_NODE_H */
