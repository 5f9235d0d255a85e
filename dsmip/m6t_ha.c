// SPDX-License-Identifier: GPL-2.0
/*
 * The home agent of Dual Stack Mobile IPv6: what happens to each packet, and its
 * socket. The protocol module, above IP, decides what each home address is bound to.
 */

#include <linux/rtnetlink.h>

#include "m6t.h"
#include "m6t_event.h"
#include "m6t_inner.h"
#include "m6t_mtu.h"
#include "m6t_outer.h"
#include "m6t_udp.h"
#include "dsmip/m6t_signal.h"
#include "outer/m6t_mobile6.h"
#include "outer/m6t_outer6.h"
#include "outer/m6t_route6.h"
#include "outer/m6t_tunnel4.h"

static void m6t_ha_notify(struct m6t_nodes *nodes, enum m6t_event event,
			  const struct m6t_node *node, bool fresh)
{
	struct m6t_dev *m6t = container_of(nodes, struct m6t_dev, ha.nodes);

	if (fresh)
		m6t_stats_count(m6t, M6T_STAT_BINDING_CREATED);
	else if (event == M6T_EVENT_UNBOUND &&
		 node->expires <= ktime_get_boottime_ns())
		m6t_stats_count(m6t, M6T_STAT_BINDING_EXPIRED);
	m6t_event_node(m6t, event, node);
}

static int m6t_ha_check(const struct m6t_config *cfg, struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	if (cfg->n_home_agents != 1 || cfg->home_agent[0].len != 128)
		return m6t_config_refuse(extack, data[IFLA_M6T_HOME_AGENTS],
					 "m6t: a home agent has exactly one IPv6 address, expected ha IPV6");
	if (!cfg->ha4)
		return m6t_config_refuse(extack, NULL,
					 "m6t: ha4 is missing, expected ha4 IPV4");
	if (cfg->n_ports != 1)
		return m6t_config_refuse(extack, data[IFLA_M6T_PORTS],
					 "m6t: a home agent listens on exactly one port");
	return 0;
}

static int m6t_ha_init(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	int err;

	m6t->routes6 = m6t_routes6_new();
	if (!m6t->routes6)
		return -ENOMEM;
	err = m6t_nodes_init(&m6t->ha.nodes, cfg->max_bindings, m6t_ha_notify);
	if (err)
		m6t_routes6_free(m6t->routes6);
	return err;
}

static void m6t_ha_uninit(struct m6t_dev *m6t)
{
	m6t_nodes_close(&m6t->ha.nodes);
	m6t_routes6_flush(m6t->routes6);
}

static void m6t_ha_free(struct m6t_dev *m6t)
{
	m6t_nodes_free(&m6t->ha.nodes);
	m6t_routes6_free(m6t->routes6);
}

/* The new settings are published later; until then, packets may still be routed over the
 * former link.
 */
static int m6t_ha_open6(struct m6t_dev *m6t, const struct m6t_config *cfg,
			struct netlink_ext_ack *extack)
{
	struct sock *sk = NULL;
	int err;

	if (cfg->link)
		sk = m6t_route6_open(m6t, cfg, cfg->link, extack);
	if (IS_ERR(sk))
		return PTR_ERR(sk);
	err = m6t_mobile6_add(m6t);
	if (err && sk)
		m6t_udp_close(sk);
	if (!err)
		rcu_assign_pointer(m6t->ha.sk6, sk);
	return err;
}

static void m6t_ha_stop6(struct m6t_dev *m6t)
{
	struct sock *sk = rtnl_dereference(m6t->ha.sk6);

	m6t_mobile6_del(m6t);
	RCU_INIT_POINTER(m6t->ha.sk6, NULL);
	if (sk)
		m6t_udp_close(sk);
}

static int m6t_ha_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       struct netlink_ext_ack *extack)
{
	struct sock *sk;
	int err;

	sk = m6t_udp_open_at(m6t, cfg, cfg->ha4, cfg->port[0], cfg->link,
			     extack);
	if (IS_ERR(sk))
		return PTR_ERR(sk);
	err = m6t_ha_open6(m6t, cfg, extack);
	if (err) {
		m6t_udp_close(sk);
		return err;
	}
	m6t->ha.sk = sk;
	m6t_tunnel4_add(m6t);
	netif_carrier_on(m6t->dev);
	return 0;
}

static void m6t_ha_stop(struct m6t_dev *m6t)
{
	netif_carrier_off(m6t->dev);
	if (!m6t->ha.sk)
		return;
	m6t_ha_stop6(m6t);
	m6t_tunnel4_del(m6t);
	m6t_udp_close(m6t->ha.sk);
	m6t->ha.sk = NULL;
}

/* Close the old socket first, as both may be bound to the same port. */
static int m6t_ha_change_socket(struct m6t_dev *m6t,
				const struct m6t_config *old,
				const struct m6t_config *cfg,
				struct netlink_ext_ack *extack)
{
	int err;

	err = m6t_udp_link(m6t, cfg->link, extack);
	if (err)
		return err;
	m6t_ha_stop(m6t);
	err = m6t_ha_open(m6t, cfg, extack);
	if (err && m6t_ha_open(m6t, old, NULL))
		netdev_err(m6t->dev, "the port was lost to another socket; set the device down and up again\n");
	return err;
}

static const struct in6_addr *m6t_ha_addr(const struct m6t_config *cfg)
{
	return &cfg->home_agent[0].addr;
}

static int m6t_ha_change(struct m6t_dev *m6t, const struct m6t_config *old,
			 const struct m6t_config *cfg,
			 struct netlink_ext_ack *extack)
{
	bool moved = old->ha4 != cfg->ha4 || old->port[0] != cfg->port[0] ||
		     old->link != cfg->link || !m6t->ha.sk;
	int err;

	err = m6t_nodes_grow(&m6t->ha.nodes, cfg->max_bindings);
	if (err)
		return err;
	if (netif_running(m6t->dev) && moved) {
		err = m6t_ha_change_socket(m6t, old, cfg, extack);
		if (err)
			return err;
	}
	m6t_nodes_limit(&m6t->ha.nodes, cfg->max_bindings);
	if (m6t->ha.sk)
		m6t_udp_mark(m6t->ha.sk, cfg);
	/* All bindings are to an address or port that is no longer ours. */
	if (old->ha4 != cfg->ha4 || old->port[0] != cfg->port[0])
		m6t_nodes_flush(&m6t->ha.nodes, &(struct m6t_filter){});
	else if (!ipv6_addr_equal(m6t_ha_addr(old), m6t_ha_addr(cfg)))
		m6t_nodes_flush(&m6t->ha.nodes, &(struct m6t_filter){
			.encap = M6T_ENCAP_IP6,
		});
	m6t_mtu_follow(m6t, cfg);
	return 0;
}

static bool m6t_ha_is_home(const struct m6t_config *cfg,
			   const struct in6_addr *addr)
{
	return m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, addr) &&
	       m6t_addr_is_global(addr) &&
	       !ipv6_addr_equal(addr, m6t_ha_addr(cfg));
}

/* Signalling by itself changes no binding: the protocol module does, after ESP has been
 * verified (D6).
 */
static enum m6t_stat m6t_ha_receive_signal(struct m6t_dev *m6t,
					   struct sk_buff *skb,
					   const struct m6t_outer *outer)
{
	__be32 spi = m6t_signal_spi(skb);
	struct in6_addr hoa = ipv6_hdr(skb)->saddr;
	enum m6t_stat why;

	/* Over IPv4, it is always in UDP; other signalling could not be answered. */
	if (outer->encap == M6T_ENCAP_IP4)
		return M6T_STAT_RX_BAD_SOURCE;
	why = m6t_signal_mark(skb, outer);
	if (why)
		return why;
	m6t_nodes_signal(&m6t->ha.nodes, &hoa, outer, spi);
	m6t_stats_count(m6t, M6T_STAT_RX_SIGNAL);
	m6t_event_signal(m6t, &hoa, outer, spi);
	return M6T_STAT_UNSPEC;
}

/* Without UDP, the care-of address alone must match. A mobile node that is bound without
 * UDP may still use it.
 */
static bool m6t_ha_matches(const struct m6t_endpoint *bound, u8 encap,
			   const struct m6t_endpoint *seen)
{
	if (seen->port)
		return m6t_endpoint_match(bound, seen);
	return encap == M6T_ENCAP_IP4 && bound->remote == seen->remote;
}

/* After it has moved, a mobile node keeps sending from its former endpoint until it has
 * received the acknowledgment (D19).
 */
static bool m6t_ha_moves(const struct m6t_node *node)
{
	return node->former_until > ktime_get_coarse_ns();
}

static bool m6t_ha_is_bound6(const struct m6t_node *node,
			     const struct in6_addr *coa)
{
	if (node->encap == M6T_ENCAP_IP6 &&
	    ipv6_addr_equal(&node->ep6.remote, coa))
		return true;
	return m6t_ha_moves(node) && node->former_encap == M6T_ENCAP_IP6 &&
	       ipv6_addr_equal(&node->former_coa, coa);
}

/* Check that payload comes from the endpoint that its source is bound to (D8), or was
 * bound to before it moved.
 */
static bool m6t_ha_is_bound(const struct m6t_node *node,
			    const struct m6t_outer *outer)
{
	if (outer->encap == M6T_ENCAP_IP6)
		return m6t_ha_is_bound6(node, &outer->v6.remote);
	if (likely(m6t_ha_matches(&node->ep, node->encap, &outer->v4)))
		return true;
	return m6t_ha_moves(node) &&
	       m6t_ha_matches(&node->former, node->former_encap, &outer->v4);
}

/* ESP is exempt: it authenticates the sender [RFC 6275, 10.4.5]. */
static enum m6t_stat m6t_ha_accept(struct m6t_dev *m6t, struct m6t_node *node,
				   struct sk_buff *skb,
				   const struct m6t_outer *outer, bool esp)
{
	if (likely(node && m6t_ha_is_bound(node, outer))) {
		m6t_binding_account(&node->rx, m6t_inner_packets(skb),
				    skb->len);
		return M6T_STAT_UNSPEC;
	}
	if (esp)
		return M6T_STAT_UNSPEC;
	if (!node)
		return M6T_STAT_RX_NO_BINDING;
	m6t_event_outer(m6t, M6T_EVENT_MISMATCH, &node->obj.addr, outer);
	return M6T_STAT_RX_MISMATCH;
}

static enum m6t_stat m6t_ha_receive4(struct m6t_dev *m6t,
				     const struct m6t_config *cfg,
				     struct sk_buff *skb,
				     const struct m6t_outer *outer)
{
	__be32 hoa4 = m6t_inner_saddr4(skb);

	if (!m6t_prefix4_match(cfg->prefix4, cfg->n_prefixes4, hoa4))
		return M6T_STAT_RX_BAD_SOURCE;
	if (!m6t_addr4_is_inner(m6t_inner_daddr4(skb)))
		return M6T_STAT_RX_BAD_DESTINATION;
	return m6t_ha_accept(m6t, m6t_nodes_lookup4(&m6t->ha.nodes, hoa4), skb,
			     outer, false);
}

/* D6, D8, D9. Policies of this host protect only what is for the home agent. */
static enum m6t_stat m6t_ha_receive6(struct m6t_dev *m6t,
				     const struct m6t_config *cfg,
				     struct sk_buff *skb,
				     const struct m6t_outer *outer)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	enum m6t_class class = M6T_CLASS_PAYLOAD;
	enum m6t_stat why;

	if (!m6t_ha_is_home(cfg, &ip6h->saddr))
		return M6T_STAT_RX_BAD_SOURCE;
	if (!m6t_addr_is_global(&ip6h->daddr))
		return M6T_STAT_RX_BAD_DESTINATION;
	if (ipv6_addr_equal(&ip6h->daddr, m6t_ha_addr(cfg)))
		class = m6t_signal_class(m6t, cfg, skb);
	if (class == M6T_CLASS_SIGNAL)
		return m6t_ha_receive_signal(m6t, skb, outer);
	why = m6t_signal_refusal(class);
	if (why)
		return why;
	return m6t_ha_accept(m6t, m6t_nodes_lookup(&m6t->ha.nodes,
						   &ip6h->saddr),
			     skb, outer, class == M6T_CLASS_ESP);
}

static enum m6t_stat m6t_ha_receive(struct m6t_dev *m6t,
				    const struct m6t_config *cfg,
				    struct sk_buff *skb,
				    const struct m6t_outer *outer)
{
	if (m6t_inner_is4(skb))
		return m6t_ha_receive4(m6t, cfg, skb, outer);
	return m6t_ha_receive6(m6t, cfg, skb, outer);
}

static enum m6t_stat m6t_ha_xmit6(struct m6t_dev *m6t,
				  const struct m6t_config *cfg,
				  struct sk_buff *skb,
				  const struct m6t_endpoint6 *ep,
				  enum m6t_wrap6 wrap,
				  const struct m6t_path *path)
{
	struct m6t_to6 to = {
		.ep = ep, .wrap = wrap, .path = path, .link = cfg->link,
		.sk = rcu_dereference(m6t->ha.sk6),
	};

	return m6t_outer6_xmit(m6t, cfg, skb, &to);
}

/* Fragmented ESP is tunnelled, as all fragments must take the same path. */
static enum m6t_wrap6 m6t_ha_wrap6(const struct sk_buff *skb,
				   enum m6t_class class)
{
	if (class == M6T_CLASS_SIGNAL)
		return M6T_WRAP6_RT2;
	if (class == M6T_CLASS_ESP && ipv6_hdr(skb)->nexthdr == NEXTHDR_ESP)
		return M6T_WRAP6_DESTINATION;
	return M6T_WRAP6_TUNNEL;
}

static enum m6t_stat m6t_ha_send4(struct m6t_dev *m6t,
				  const struct m6t_config *cfg,
				  struct sk_buff *skb, struct m6t_node *node,
				  enum m6t_class class)
{
	struct m6t_endpoint ep = node->ep;

	if (node->encap == M6T_ENCAP_IP4 && class != M6T_CLASS_SIGNAL) {
		ep.port = 0;
		ep.local_port = 0;
	}
	return m6t_outer4_xmit(m6t, cfg, skb, &ep, &node->path);
}

static enum m6t_stat m6t_ha_send(struct m6t_dev *m6t,
				 const struct m6t_config *cfg,
				 struct sk_buff *skb, struct m6t_node *node,
				 enum m6t_class class)
{
	unsigned int packets = m6t_inner_packets(skb), bytes = skb->len;
	enum m6t_stat why;

	if (node->encap == M6T_ENCAP_IP6)
		why = m6t_ha_xmit6(m6t, cfg, skb, &node->ep6,
				   m6t_ha_wrap6(skb, class), &node->path);
	else
		why = m6t_ha_send4(m6t, cfg, skb, node, class);
	if (likely(!why))
		m6t_binding_account(&node->tx, packets, bytes);
	return why;
}

/* To a mobile node that is at home, it is sent without a routing header, on the link on
 * which the update was received.
 */
static enum m6t_stat m6t_ha_send_marked6(struct m6t_dev *m6t,
					 const struct m6t_config *cfg,
					 struct sk_buff *skb,
					 const struct m6t_outer *outer)
{
	struct m6t_to6 to = {
		.ep = &outer->v6, .wrap = M6T_WRAP6_NONE, .link = outer->link,
	};
	bool is_home = ipv6_addr_equal(&outer->v6.remote,
				       &ipv6_hdr(skb)->daddr);

	if (!ipv6_addr_equal(&outer->v6.local, m6t_ha_addr(cfg)) ||
	    !m6t_addr_is_global(&outer->v6.remote) || is_home != !!to.link)
		return M6T_STAT_TX_BAD_SOURCE;
	if (is_home)
		return m6t_outer6_xmit(m6t, cfg, skb, &to);
	return m6t_ha_xmit6(m6t, cfg, skb, &outer->v6, M6T_WRAP6_RT2, NULL);
}

static enum m6t_stat m6t_ha_send_marked4(struct m6t_dev *m6t,
					 const struct m6t_config *cfg,
					 struct sk_buff *skb,
					 const struct m6t_endpoint *to)
{
	if (!to->port || !m6t_addr4_is_usable(to->remote) ||
	    to->local != cfg->ha4 || to->local_port != cfg->port[0])
		return M6T_STAT_TX_BAD_SOURCE;
	return m6t_outer4_xmit(m6t, cfg, skb, to, NULL);
}

/* An acknowledgment contains the endpoint to send it to, so that an update can be
 * refused without a binding (D6). Only this host's own acknowledgments may contain it.
 */
static enum m6t_stat m6t_ha_send_marked(struct m6t_dev *m6t,
					const struct m6t_config *cfg,
					struct sk_buff *skb,
					const struct m6t_outer *to)
{
	enum m6t_stat why;

	why = m6t_signal_unmark(skb, to);
	if (why)
		return why;
	if (!skb->sk || m6t_signal_class(m6t, cfg, skb) != M6T_CLASS_SIGNAL)
		return M6T_STAT_TX_UNPROTECTED;
	if (to->encap == M6T_ENCAP_IP6)
		why = m6t_ha_send_marked6(m6t, cfg, skb, to);
	else
		why = m6t_ha_send_marked4(m6t, cfg, skb, &to->v4);
	if (!why)
		m6t_stats_count(m6t, M6T_STAT_TX_SIGNAL);
	return why;
}

static enum m6t_stat m6t_ha_transmit_to(struct m6t_dev *m6t,
					const struct m6t_config *cfg,
					struct sk_buff *skb,
					struct m6t_node *node,
					enum m6t_class class)
{
	enum m6t_stat why;

	if (unlikely(!node)) {
		m6t_inner_unreachable(skb);
		return M6T_STAT_TX_NO_BINDING;
	}
	why = m6t_ha_send(m6t, cfg, skb, node, class);
	if (class == M6T_CLASS_SIGNAL && !why)
		m6t_stats_count(m6t, M6T_STAT_TX_SIGNAL);
	return why;
}

static enum m6t_stat m6t_ha_transmit4(struct m6t_dev *m6t,
				      const struct m6t_config *cfg,
				      struct sk_buff *skb)
{
	__be32 hoa4 = m6t_inner_daddr4(skb);

	if (!m6t_addr4_is_inner(hoa4))
		return M6T_STAT_TX_NO_BINDING;
	return m6t_ha_transmit_to(m6t, cfg, skb,
				  m6t_nodes_lookup4(&m6t->ha.nodes, hoa4),
				  M6T_CLASS_PAYLOAD);
}

static enum m6t_stat m6t_ha_transmit6(struct m6t_dev *m6t,
				      const struct m6t_config *cfg,
				      struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	enum m6t_class class = M6T_CLASS_PAYLOAD;
	struct m6t_outer to;

	if (!m6t_addr_is_global(&ip6h->daddr))
		return M6T_STAT_TX_NO_BINDING;
	if (ipv6_addr_equal(&ip6h->saddr, m6t_ha_addr(cfg))) {
		if (m6t_signal_is_marked(skb, &to))
			return m6t_ha_send_marked(m6t, cfg, skb, &to);
		class = m6t_signal_class(m6t, cfg, skb);
	}
	if (!m6t_signal_is_sendable(class))
		return M6T_STAT_TX_UNPROTECTED;
	return m6t_ha_transmit_to(m6t, cfg, skb,
				  m6t_nodes_lookup(&m6t->ha.nodes,
						   &ip6h->daddr),
				  class);
}

static enum m6t_stat m6t_ha_transmit(struct m6t_dev *m6t,
				     const struct m6t_config *cfg,
				     struct sk_buff *skb)
{
	if (m6t_inner_is4(skb))
		return m6t_ha_transmit4(m6t, cfg, skb);
	return m6t_ha_transmit6(m6t, cfg, skb);
}

static struct m6t_node *m6t_ha_sender(struct m6t_dev *m6t,
				      const union m6t_inner *inner)
{
	struct m6t_nodes *nodes = &m6t->ha.nodes;

	if (m6t_inner_proto(inner) == htons(ETH_P_IP))
		return m6t_nodes_lookup4(nodes, inner->v4.saddr);
	return m6t_nodes_lookup(nodes, &inner->v6.saddr);
}

static bool m6t_ha_serves6(struct m6t_dev *m6t, const struct m6t_outer *outer)
{
	const struct m6t_config *cfg = rcu_dereference(m6t->cfg);

	return ipv6_addr_equal(&outer->v6.local, m6t_ha_addr(cfg)) &&
	       m6t_outer_came_by(outer, cfg->link);
}

/* A mobile node at home sends its updates without the device (D9, D14). */
static enum m6t_stat m6t_ha_vet(struct m6t_dev *m6t, const struct sk_buff *skb)
{
	const struct m6t_config *cfg = rcu_dereference(m6t->cfg);
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (!ipv6_addr_equal(&ip6h->daddr, m6t_ha_addr(cfg)) ||
	    !m6t_ha_is_home(cfg, &ip6h->saddr))
		return M6T_STAT_RX_NOT_GATEWAY;
	return m6t_signal_vet(m6t, cfg, skb);
}

/* Its security association says whose ESP it is. What has the home address already does
 * not come here again.
 */
static bool m6t_ha_home6(struct m6t_dev *m6t, const struct sk_buff *skb,
			 const struct m6t_outer *outer, __be32 spi,
			 struct m6t_endpoint6 *inner)
{
	inner->local = outer->v6.local;
	return m6t_ha_serves6(m6t, outer) &&
	       m6t_signal_sa(m6t, skb->mark, &outer->v6.local, spi,
			     &inner->remote) &&
	       m6t_ha_is_home(rcu_dereference(m6t->cfg), &inner->remote) &&
	       !ipv6_addr_equal(&inner->remote, &outer->v6.remote);
}

static bool m6t_ha_knows(struct m6t_dev *m6t, const union m6t_inner *inner,
			 const struct m6t_outer *outer)
{
	const struct m6t_config *cfg = rcu_dereference(m6t->cfg);
	const struct m6t_node *node;

	if (outer->encap == M6T_ENCAP_IP6) {
		if (!m6t_ha_serves6(m6t, outer))
			return false;
	} else if (outer->v4.local != cfg->ha4 ||
		   !m6t_outer_came_by(outer, cfg->link)) {
		return false;
	}
	node = m6t_ha_sender(m6t, inner);
	return node && m6t_ha_is_bound(node, outer);
}

static bool m6t_ha_sends_to(const struct m6t_node *node,
			    const struct m6t_outer *outer)
{
	if (outer->encap != M6T_ENCAP_IP6)
		return m6t_ha_matches(&node->ep, node->encap, &outer->v4);
	return node->encap == M6T_ENCAP_IP6 &&
	       ipv6_addr_equal(&node->ep6.remote, &outer->v6.remote) &&
	       ipv6_addr_equal(&node->ep6.local, &outer->v6.local);
}

/* Home address and endpoint together are known only to hosts that see the packets. */
static struct m6t_path *m6t_ha_path(struct m6t_dev *m6t,
				    const union m6t_inner *inner,
				    const struct m6t_outer *outer)
{
	struct m6t_nodes *nodes = &m6t->ha.nodes;
	struct m6t_node *node;

	if (m6t_inner_proto(inner) == htons(ETH_P_IP))
		node = m6t_nodes_lookup4(nodes, inner->v4.daddr);
	else
		node = m6t_nodes_lookup(nodes, &inner->v6.daddr);
	return node && m6t_ha_sends_to(node, outer) ? &node->path : NULL;
}

/**
 * struct m6t_ha_quote - ESP that an ICMP error quotes
 * @m6t: device
 * @mark: mark of the error
 * @spi: SPI of the ESP, network byte order
 */
struct m6t_ha_quote {
	struct m6t_dev *m6t;
	u32 mark;
	__be32 spi;
};

/* The SPI shows that an ICMP error is about one of our packets, and which mobile node
 * that was sent to.
 */
static bool m6t_ha_has_spi(const struct m6t_node *node, const void *arg)
{
	const struct m6t_ha_quote *quote = arg;
	struct in6_addr source;

	return m6t_signal_sa(quote->m6t, quote->mark, &node->obj.addr,
			     quote->spi, &source) &&
	       ipv6_addr_equal(&source, &node->ep6.local);
}

static struct m6t_path *m6t_ha_esp_path(struct m6t_dev *m6t,
					const struct sk_buff *skb,
					const struct m6t_outer *outer,
					__be32 spi)
{
	struct m6t_ha_quote quote = {
		.m6t = m6t, .mark = skb->mark, .spi = spi,
	};
	struct m6t_node *node;

	if (!ipv6_addr_equal(&outer->v6.local,
			     m6t_ha_addr(rcu_dereference(m6t->cfg))))
		return NULL;
	node = m6t_nodes_at(&m6t->ha.nodes, &outer->v6.remote, m6t_ha_has_spi,
			    &quote);
	return node ? &node->path : NULL;
}

static int m6t_ha_fill(struct m6t_dev *m6t, struct sk_buff *msg)
{
	return nla_put_u8(msg, M6T_A_ATTACHED, netif_carrier_ok(m6t->dev)) ?:
	       nla_put_u32(msg, M6T_A_BOUND, READ_ONCE(m6t->ha.nodes.count));
}

static struct m6t_nodes *m6t_ha_nodes(struct m6t_dev *m6t)
{
	return &m6t->ha.nodes;
}

const struct m6t_role m6t_ha_role = {
	.mode		= M6T_MODE_DSMIP_HA,
	.takes4		= true,
	.overhead	= M6T_HEADROOM_DSMIP,
	.port		= M6T_PORT_DSMIP,
	.missing	= "m6t: home is missing, expected home IPV6/LEN",
	.not_here	= "m6t: ha4 must be an IPv4 address of this host",
	.check		= m6t_ha_check,
	.init		= m6t_ha_init,
	.uninit		= m6t_ha_uninit,
	.free		= m6t_ha_free,
	.open		= m6t_ha_open,
	.stop		= m6t_ha_stop,
	.change		= m6t_ha_change,
	.receive	= m6t_ha_receive,
	.transmit	= m6t_ha_transmit,
	.path		= m6t_ha_path,
	.knows		= m6t_ha_knows,
	.exthdr		= NEXTHDR_DEST,
	.serves6	= m6t_ha_serves6,
	.vet		= m6t_ha_vet,
	.home6		= m6t_ha_home6,
	.esp_path	= m6t_ha_esp_path,
	.fill		= m6t_ha_fill,
	.nodes		= m6t_ha_nodes,
};
