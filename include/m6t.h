/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device, its configuration and its role, and what each file offers to
 * the others. Contexts: "process" may sleep, "softirq" runs with bottom halves
 * off and under rcu_read_lock(), as the stack calls us on receive and transmit.
 */
#ifndef M6T_H
#define M6T_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/rbtree.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>
#include <linux/m6t.h>

#include "m6t_compat.h"
#include "m6t_proto.h"
#include "m6t_stats.h"

struct m6t_dev;
struct rtable;

/**
 * struct m6t_config - how a device is configured; never changed once published
 *
 * A change of settings makes a new one and frees the old one by RCU, so a
 * packet sees the old settings or the new ones, never a mixture (G16).
 * Addresses and ports are in network byte order.
 *
 * @rcu: frees the struct
 * @prefix: the /80 of a mobile node, the prefixes of a gateway
 * @home_agent: gateway: acceptable home agents
 * @exempt: gateway: IPv4 sources that no rate limits
 * @port: gateway: ports to listen on; mobile node: the gateway's port
 * @local: IPv4 address to bind to; 0: any
 * @gateway: mobile node: the gateway's IPv4 address
 * @sport: mobile node: own port; 0: a new one for each attachment
 * @max_bindings: gateway: bindings of all states
 * @temp_timeout: gateway: ms
 * @active_timeout: gateway: s
 * @rate: gateway: new bindings a second and IPv4 source; 0: no limit
 * @burst: gateway: new bindings at once
 * @keepalive: mobile node: s; 0: off
 * @link: ifindex of the underlay, 0: any
 * @fwmark: mark of outer packets, 0: that of the inner one, if it is routed in
 *	the same netns
 * @n_prefixes: used entries of @prefix
 * @n_home_agents: used entries of @home_agent
 * @n_exempts: used entries of @exempt
 * @n_ports: used entries of @port
 * @mode: &enum m6t_mode
 * @hairpin: gateway: mobile node to mobile node
 * @keepalive_retries: mobile node: unanswered keepalives that mean unreachable
 * @rotate: mobile node: attach anew when unreachable
 * @ttl: outer TTL or %M6T_TTL_INHERIT
 * @tos: outer TOS or %M6T_TOS_INHERIT
 * @df: &enum m6t_df
 * @udp_csum: compute the outer checksum
 */
struct m6t_config {
	struct rcu_head rcu;
	struct m6t_prefix6 prefix[M6T_MAX_PREFIXES];
	struct m6t_prefix6 home_agent[M6T_MAX_HOME_AGENTS];
	struct m6t_prefix4 exempt[M6T_MAX_EXEMPTS];
	__be16 port[M6T_MAX_PORTS];
	__be32 local;
	__be32 gateway;
	__be16 sport;
	u32 max_bindings;
	u32 temp_timeout;
	u32 active_timeout;
	u32 rate;
	u32 burst;
	u32 keepalive;
	u32 link;
	u32 fwmark;
	u8 n_prefixes;
	u8 n_home_agents;
	u8 n_exempts;
	u8 n_ports;
	u8 mode;
	u8 hairpin;
	u8 keepalive_retries;
	u8 rotate;
	u8 ttl;
	u8 tos;
	u8 df;
	u8 udp_csum;
};

/**
 * struct m6t_path - what is known of the IPv4 path to a peer
 * @learnt: what a router said that it carries, bytes, in the lowest 16 bits;
 *	above them the ktime, ns, until which that holds; 0: nothing
 */
struct m6t_path {
	u64 learnt;
};

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
 * struct m6t_binding - one mobile node's address and the way to it
 *
 * Found under RCU. Freed by RCU after the table has let go of it; nobody else
 * holds one. @addr and @ep are const from publication on (G8).
 *
 * @node: chain of the hash table; two, as a growing table is linked anew
 *	while readers still walk the old one
 * @addr: the mobile node's IPv6 address, the key
 * @ep: where its datagrams come from and go to
 * @state: &enum m6t_binding_state; written under the table's lock
 * @was: what @state was before the binding died
 * @rx: from the mobile node
 * @queue: by age, while temporary; on the way out, among others that go
 * @rb: by @seen, while active
 * @created: ktime, ns; says when a temporary one ends
 * @seen: ktime, ns, of its last use when it was last looked at; key in the
 *	tree of active bindings, so on one cache line with @rb
 * @tx: to the mobile node
 * @path: to the mobile node
 * @id: larger for each new binding, but that of the one that it replaces; orders
 *	each chain, so dumps can resume
 * @rcu: frees the struct
 */
struct m6t_binding {
	struct hlist_node node[2];
	struct in6_addr addr;
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
	u64 id;
	struct rcu_head rcu;
};

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

/* Token buckets by IPv4 source; opaque, see m6t_limit.c. */
struct m6t_limit;

/* Routes that are kept; opaque, see m6t_route.c. */
struct m6t_routes;

/**
 * struct m6t_gw - what a gateway keeps
 * @state: its bindings
 * @limit: its rate limiter (G11)
 * @sk: sockets, by the order of &m6t_config.port; under RTNL
 * @n_sks: used entries of @sk; 0: closed
 */
struct m6t_gw {
	struct m6t_state state;
	struct m6t_limit *limit;
	struct sock *sk[M6T_MAX_PORTS];
	u8 n_sks;
};

/**
 * struct m6t_attachment - one stay of a mobile node at one IPv4 network
 * @addr: its address, fresh for each attachment (N2)
 * @ep: the gateway and the own port
 * @path: to the gateway
 * @sk: its socket, fresh for each attachment (N3); under RTNL
 * @lost: found unreachable; an attachment that is lost is to be replaced
 * @heard: the gateway sent something to @addr since the attachment, or since
 *	it was last found unreachable
 * @list: among all attachments of this host; under RTNL
 * @rcu: frees the struct
 *
 * Replaced whole; @addr and @ep are const from publication on.
 */
struct m6t_attachment {
	struct in6_addr addr;
	struct m6t_endpoint ep;
	struct m6t_path path;
	struct sock *sk;
	bool heard;
	bool lost;
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * struct m6t_mn - what a mobile node keeps
 * @att: the attachment, NULL while there is none; written under RTNL
 * @keepalive: sends keepalives and finds out that nobody answers (N6, N8)
 * @reattach: attaches anew when nobody answered
 * @asked: ktime, ns, of the first of @tries; the timer's alone
 * @interval: ns, jittered, between keepalives; the timer's, which is started by
 *	an answer too
 * @tries: keepalives sent since the gateway was last heard; likewise
 * @last_tx: ktime, ns, of the last packet sent, to the tick
 * @last_rx: ktime, ns, of the last packet received, to the tick
 */
struct m6t_mn {
	struct m6t_attachment __rcu *att;
	struct hrtimer keepalive;
	struct delayed_work reattach;
	u64 asked;
	u64 interval;
	u32 tries;
	u64 last_tx ____cacheline_aligned;
	u64 last_rx ____cacheline_aligned;
};

/**
 * struct m6t_role - what a gateway and a mobile node do differently
 * @init: process, RTNL: allocate what lives as long as the device
 * @uninit: process, RTNL: stop timers and work; no packets come any more
 * @free: process: undo @init
 * @open: process, RTNL: the device goes up
 * @stop: process, RTNL: the device goes down
 * @change: process, RTNL: get ready for new settings, which are published
 *	when this returns 0; on an error nothing has changed
 * @receive: softirq: a whole IPv6 packet came in, its header is in the linear
 *	part. 0: deliver it; %M6T_STAT_RX_KEEPALIVE: it was for us; else the
 *	reason to drop it. Never frees it.
 * @transmit: softirq: a whole IPv6 packet is to go out. 0: sent, the packet is
 *	gone; else the reason to drop it
 * @path: softirq: what is known of the path that a packet of ours went by, if it
 *	was ours: a quoted IPv6 header, and where it went to; NULL if not
 * @fill: process: add to a netlink message what is particular to the role;
 *	0 or -EMSGSIZE
 */
struct m6t_role {
	int (*init)(struct m6t_dev *m6t, const struct m6t_config *cfg);
	void (*uninit)(struct m6t_dev *m6t);
	void (*free)(struct m6t_dev *m6t);
	int (*open)(struct m6t_dev *m6t, const struct m6t_config *cfg,
		    struct netlink_ext_ack *extack);
	void (*stop)(struct m6t_dev *m6t);
	int (*change)(struct m6t_dev *m6t, const struct m6t_config *old,
		      const struct m6t_config *cfg,
		      struct netlink_ext_ack *extack);
	enum m6t_stat (*receive)(struct m6t_dev *m6t,
				 const struct m6t_config *cfg,
				 struct sk_buff *skb,
				 const struct m6t_endpoint *ep);
	enum m6t_stat (*transmit)(struct m6t_dev *m6t,
				  const struct m6t_config *cfg,
				  struct sk_buff *skb);
	struct m6t_path *(*path)(struct m6t_dev *m6t,
				 const struct ipv6hdr *ip6h,
				 const struct m6t_endpoint *ep);
	int (*fill)(struct m6t_dev *m6t, struct sk_buff *msg);
};

/**
 * struct m6t_dev - a device, netdev_priv()
 * @dev: the net device; it may move to another netns
 * @net: netns of the sockets; stays (B2). The device goes when it goes.
 * @list: devices whose sockets are in @net; under RTNL
 * @role: gateway or mobile node
 * @cfg: settings; written under RTNL
 * @stats: counters
 * @routes: to the peers of late, on each CPU
 * @gro_cells: where received packets enter the stack
 * @change_limit: bounds the events about bindings that packets can cause
 * @refusal_limit: bounds those about packets that are refused, which anybody
 *	can cause and which must not hide the others
 * @events_lost: events that they held back since the last one told
 * @lost_work: reports @events_lost, should no other event do so
 * @mtu_is_set: an administrator has set the MTU; under RTNL
 * @mtu_follows: the MTU is being set by us; under RTNL
 * @gw: of a gateway
 * @mn: of a mobile node
 */
struct m6t_dev {
	struct net_device *dev;
	struct net *net;
	struct list_head list;
	const struct m6t_role *role;
	struct m6t_config __rcu *cfg;
	struct m6t_stats __percpu *stats;
	struct m6t_routes __percpu *routes;
	struct gro_cells gro_cells;
	struct ratelimit_state change_limit;
	struct ratelimit_state refusal_limit;
	atomic_t events_lost;
	struct delayed_work lost_work;
	bool mtu_is_set;
	bool mtu_follows;
	union {
		struct m6t_gw gw;
		struct m6t_mn mn;
	};
};

/* m6t_main.c */
bool m6t_dev_is_m6t(const struct net_device *dev);

/* m6t_config.c */
extern const struct nla_policy m6t_config_policy[IFLA_M6T_MAX + 1];
struct m6t_config *m6t_config_new(struct net *net, struct net *here,
				  const struct m6t_config *old,
				  struct nlattr *data[],
				  struct netlink_ext_ack *extack);
size_t m6t_config_size(void);
int m6t_config_fill(const struct m6t_config *cfg, struct sk_buff *msg);

/* m6t_udp.c */
int m6t_udp_link(const struct m6t_dev *m6t, const struct m6t_config *cfg,
		 struct netlink_ext_ack *extack);
struct sock *m6t_udp_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			  __be16 port, struct netlink_ext_ack *extack);
void m6t_udp_close(struct sock *sk);
void m6t_udp_mark(struct sock *sk, const struct m6t_config *cfg);
enum m6t_stat m6t_udp_xmit(struct m6t_dev *m6t, const struct m6t_config *cfg,
			   struct sk_buff *skb, const struct m6t_endpoint *ep,
			   const struct m6t_path *path);
bool m6t_udp_keepalive(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       const struct in6_addr *saddr,
		       const struct in6_addr *daddr,
		       const struct m6t_endpoint *ep);

/* m6t_gro.c */
struct sk_buff *m6t_gro_receive(struct sock *sk, struct list_head *head,
				struct sk_buff *skb);
int m6t_gro_complete(struct sock *sk, struct sk_buff *skb, int offset);

/* m6t_path.c */
enum m6t_stat m6t_path_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb, const struct rtable *rt,
			     const struct m6t_path *path, __be16 *df);
void m6t_path_err(struct m6t_dev *m6t, struct sk_buff *skb);
unsigned int m6t_path_mtu(struct m6t_dev *m6t, const struct m6t_config *cfg);
void m6t_path_follow(struct m6t_dev *m6t, const struct m6t_config *cfg);

/* m6t_route.c */
struct m6t_routes __percpu *m6t_routes_new(void);
void m6t_routes_flush(struct m6t_routes __percpu *routes);
void m6t_routes_free(struct m6t_routes __percpu *routes);
struct rtable *m6t_route_get(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb,
			     const struct m6t_endpoint *ep, u8 tos,
			     __be32 *saddr);

/* m6t_gw.c */
extern const struct m6t_role m6t_gw_role;

/* m6t_mn.c */
extern const struct m6t_role m6t_mn_role;
int m6t_mn_attach(struct m6t_dev *m6t, const struct m6t_config *cfg,
		  const u8 *id, struct netlink_ext_ack *extack);
void m6t_mn_detach(struct m6t_dev *m6t);

/* m6t_state.c */
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

/* The lowest bits of a stamp tell in which jiffy it was made. */
#define M6T_STAMP_JIFFY	0xff

/**
 * m6t_stamp() - note that something happened now
 * @stamp: ktime, ns, of the last time that it did
 *
 * The exact time, rounded up, is taken once a tick; what follows in the same
 * tick leaves the stamp as it is, so that a busy flow does not write it for
 * each packet. The coarse clock alone, which has steps of its own, may lag by
 * almost two ticks; jiffies alone would come round.
 */
static inline void m6t_stamp(u64 *stamp)
{
	u64 old = READ_ONCE(*stamp), jiffy = jiffies & M6T_STAMP_JIFFY;

	if (old < ktime_get_coarse_ns() || (old & M6T_STAMP_JIFFY) != jiffy)
		WRITE_ONCE(*stamp, ((ktime_get_ns() | M6T_STAMP_JIFFY) + 1) |
				   jiffy);
}

/**
 * m6t_skb_packets() - how many packets of the wire does this one stand for?
 * @skb: packet
 *
 * Return: at least 1.
 */
static inline unsigned int m6t_skb_packets(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_segs ?: 1;
}

/**
 * m6t_skb_csum_in_header() - is a checksum yet to be written over the header?
 * @skb: packet, its IPv6 header at skb->data
 *
 * Packet sockets, containers and virtual machines may leave a checksum to the
 * device, at any place. One inside the IPv6 header would be written over the
 * source after that has been checked (G3, N10).
 *
 * Return: true if so.
 */
static inline bool m6t_skb_csum_in_header(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) < (int)sizeof(struct ipv6hdr);
}

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

/* m6t_limit.c */
struct m6t_limit *m6t_limit_new(void);
void m6t_limit_free(struct m6t_limit *limit);
bool m6t_limit_take(struct m6t_limit *limit, const struct m6t_config *cfg,
		    __be32 source);

/* m6t_netlink.c */
int m6t_nl_init(void);
void m6t_nl_exit(void);
void m6t_nl_event_binding(struct m6t_dev *m6t, enum m6t_event event,
			  const struct m6t_binding *b);
void m6t_nl_event_endpoint(struct m6t_dev *m6t, enum m6t_event event,
			   const struct in6_addr *addr,
			   const struct m6t_endpoint *ep);
void m6t_nl_event_attachment(struct m6t_dev *m6t, enum m6t_event event,
			     const struct m6t_attachment *att);
void m6t_nl_lost_init(struct m6t_dev *m6t);
void m6t_nl_lost_report(struct m6t_dev *m6t);
void m6t_nl_lost_exit(struct m6t_dev *m6t);

#endif /* M6T_H */
