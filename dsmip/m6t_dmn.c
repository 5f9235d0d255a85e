// SPDX-License-Identifier: GPL-2.0
/*
 * The mobile node of Dual Stack Mobile IPv6: what happens to each packet. The device
 * owns the home addresses; the protocol module, above IP, says which care-of address
 * to use.
 */

#include <linux/rtnetlink.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_mtu.h"
#include "m6t_netlink.h"
#include "m6t_outer.h"
#include "dsmip/m6t_signal.h"
#include "outer/m6t_mobile6.h"
#include "outer/m6t_outer6.h"
#include "outer/m6t_route6.h"
#include "outer/m6t_tunnel4.h"

static int m6t_dmn_check(const struct m6t_config *cfg, struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	if (cfg->n_home_agents != 1 || cfg->home_agent[0].len != 128)
		return m6t_config_refuse(extack, data[IFLA_M6T_HOME_AGENTS],
					 "m6t: a mobile node has exactly one home agent, expected ha IPV6");
	if (cfg->n_prefixes != 1 || cfg->prefix[0].len != 128)
		return m6t_config_refuse(extack, data[IFLA_M6T_PREFIXES],
					 "m6t: a mobile node has exactly one home address, expected hoa IPV6");
	if (cfg->n_prefixes4 > 1 ||
	    (cfg->n_prefixes4 && (cfg->prefix4[0].len != 32 ||
				  !m6t_addr4_is_inner(cfg->prefix4[0].addr))))
		return m6t_config_refuse(extack, data[IFLA_M6T_PREFIXES4],
					 "m6t: a mobile node has at most one IPv4 home address, expected hoa4 IPV4");
	if (!cfg->ha4)
		return m6t_config_refuse(extack, NULL,
					 "m6t: ha4 is missing, expected ha4 IPV4");
	if (cfg->n_ports != 1)
		return m6t_config_refuse(extack, data[IFLA_M6T_PORTS],
					 "m6t: a mobile node takes exactly one port, the home agent's");
	if (ipv6_addr_equal(&cfg->prefix[0].addr, &cfg->home_agent[0].addr))
		return m6t_config_refuse(extack, data[IFLA_M6T_PREFIXES],
					 "m6t: hoa must differ from ha");
	return 0;
}

static int m6t_dmn_init(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	m6t_slots_init(&m6t->dmn.slots);
	m6t->routes6 = m6t_routes6_new();
	return m6t->routes6 ? 0 : -ENOMEM;
}

static void m6t_dmn_uninit(struct m6t_dev *m6t)
{
	m6t_slots_uninit(&m6t->dmn.slots);
	m6t_routes6_flush(m6t->routes6);
}

static void m6t_dmn_free(struct m6t_dev *m6t)
{
	m6t_routes6_free(m6t->routes6);
}

/* Sockets are opened with care-of addresses. */
static int m6t_dmn_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			struct netlink_ext_ack *extack)
{
	int err = m6t_mobile6_add(m6t);

	if (err)
		return err;
	m6t_tunnel4_add(m6t);
	return 0;
}

static void m6t_dmn_stop(struct m6t_dev *m6t)
{
	m6t_tunnel4_del(m6t);
	m6t_mobile6_del(m6t);
	m6t_slots_stop(m6t);
}

/* If a setting that they depend on changes, care-of addresses end; the protocol module
 * sets them again.
 */
static int m6t_dmn_change(struct m6t_dev *m6t, const struct m6t_config *old,
			  const struct m6t_config *cfg,
			  struct netlink_ext_ack *extack)
{
	if (old->ha4 != cfg->ha4 || old->port[0] != cfg->port[0] ||
	    old->sport != cfg->sport || old->link != cfg->link ||
	    (!ipv6_addr_equal(&old->home_agent[0].addr,
			      &cfg->home_agent[0].addr) &&
	     m6t_slots_have6(m6t)))
		m6t_slots_stop(m6t);
	m6t_slots_mark(m6t, cfg);
	m6t_mtu_follow(m6t, cfg);
	return 0;
}

static bool m6t_dmn_is_hoa4(const struct m6t_config *cfg, __be32 addr)
{
	return m6t_prefix4_match(cfg->prefix4, cfg->n_prefixes4, addr);
}

static enum m6t_stat m6t_dmn_receive4(const struct m6t_config *cfg,
				      const struct sk_buff *skb)
{
	if (!m6t_dmn_is_hoa4(cfg, m6t_inner_daddr4(skb)))
		return M6T_STAT_RX_BAD_DESTINATION;
	if (!m6t_addr4_is_inner(m6t_inner_saddr4(skb)) ||
	    m6t_dmn_is_hoa4(cfg, m6t_inner_saddr4(skb)))
		return M6T_STAT_RX_BAD_SOURCE;
	return M6T_STAT_UNSPEC;
}

static enum m6t_stat m6t_dmn_receive6(struct m6t_dev *m6t,
				      const struct m6t_config *cfg,
				      const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	enum m6t_class class;

	if (!ipv6_addr_equal(&ip6h->daddr, &cfg->prefix[0].addr))
		return M6T_STAT_RX_BAD_DESTINATION;
	if (!m6t_addr_is_global(&ip6h->saddr) ||
	    ipv6_addr_equal(&ip6h->saddr, &cfg->prefix[0].addr))
		return M6T_STAT_RX_BAD_SOURCE;
	if (!ipv6_addr_equal(&ip6h->saddr, &cfg->home_agent[0].addr))
		return M6T_STAT_UNSPEC;
	class = m6t_signal_class(m6t, cfg, skb);
	if (class == M6T_CLASS_SIGNAL)
		m6t_stats_count(m6t, M6T_STAT_RX_SIGNAL);
	return m6t_signal_refusal(class);
}

/* Every care-of address receives, whatever its state (D5). If a socket has received the
 * packet, its care-of address exists; over IPv6 its addresses have been compared.
 */
static enum m6t_stat m6t_dmn_receive(struct m6t_dev *m6t,
				     const struct m6t_config *cfg,
				     struct sk_buff *skb,
				     const struct m6t_outer *outer)
{
	if (outer->encap != M6T_ENCAP_IP6 &&
	    (outer->v4.remote != cfg->ha4 ||
	     (outer->v4.port && outer->v4.port != cfg->port[0])))
		return M6T_STAT_RX_NOT_GATEWAY;
	return m6t_inner_is4(skb) ? m6t_dmn_receive4(cfg, skb) :
				    m6t_dmn_receive6(m6t, cfg, skb);
}

static struct m6t_slot *m6t_dmn_slot(struct m6t_dev *m6t,
				     enum m6t_slot_state state)
{
	return rcu_dereference(m6t->dmn.slots.slot[state]);
}

static enum m6t_stat m6t_dmn_xmit6(struct m6t_dev *m6t,
				   const struct m6t_config *cfg,
				   struct sk_buff *skb,
				   const struct m6t_slot *slot,
				   enum m6t_wrap6 wrap)
{
	struct m6t_to6 to = {
		.ep = &slot->ep6, .wrap = wrap, .link = slot->link,
		.sk = slot->sk, .path = &slot->path,
	};

	return m6t_outer6_xmit(m6t, cfg, skb, &to);
}

/* Fragmented ESP is tunnelled, as all fragments must take the same path. */
static enum m6t_wrap6 m6t_dmn_wrap6(const struct sk_buff *skb,
				    enum m6t_class class)
{
	return class == M6T_CLASS_ESP &&
	       ipv6_hdr(skb)->nexthdr == NEXTHDR_ESP ?
	       M6T_WRAP6_SOURCE : M6T_WRAP6_TUNNEL;
}

static enum m6t_stat m6t_dmn_send_payload(struct m6t_dev *m6t,
					  const struct m6t_config *cfg,
					  struct sk_buff *skb,
					  enum m6t_class class)
{
	struct m6t_slot *slot = m6t_dmn_slot(m6t, M6T_SLOT_ACTIVE);
	struct m6t_endpoint ep;
	u8 encap;

	if (unlikely(!slot))
		return M6T_STAT_TX_CARRIER;
	encap = READ_ONCE(slot->encap);
	if (encap == M6T_ENCAP_IP6)
		return m6t_dmn_xmit6(m6t, cfg, skb, slot,
				     m6t_dmn_wrap6(skb, class));
	ep = slot->ep;
	if (encap == M6T_ENCAP_IP4) {
		ep.port = 0;
		ep.local_port = 0;
	}
	return m6t_outer4_xmit_on(m6t, cfg, skb, &ep, &slot->path, slot->link);
}

/* Over IPv4, always use UDP, so that the home agent detects a NAT [RFC 5555, 4.1]. */
static enum m6t_stat m6t_dmn_send_signal(struct m6t_dev *m6t,
					 const struct m6t_config *cfg,
					 struct sk_buff *skb)
{
	struct m6t_slot *slot = m6t_dmn_slot(m6t, M6T_SLOT_PENDING) ?:
				m6t_dmn_slot(m6t, M6T_SLOT_ACTIVE);
	enum m6t_stat why;

	if (!slot)
		return M6T_STAT_TX_CARRIER;
	if (READ_ONCE(slot->encap) == M6T_ENCAP_IP6)
		why = m6t_dmn_xmit6(m6t, cfg, skb, slot, M6T_WRAP6_HAO);
	else
		why = m6t_outer4_xmit_on(m6t, cfg, skb, &slot->ep,
					 &slot->path, slot->link);
	if (!why)
		m6t_stats_count(m6t, M6T_STAT_TX_SIGNAL);
	return why;
}

static enum m6t_stat m6t_dmn_transmit6(struct m6t_dev *m6t,
				       const struct m6t_config *cfg,
				       struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	enum m6t_class class = M6T_CLASS_PAYLOAD;

	if (!ipv6_addr_equal(&ip6h->saddr, &cfg->prefix[0].addr) ||
	    !m6t_addr_is_global(&ip6h->daddr))
		return M6T_STAT_TX_BAD_SOURCE;
	if (ipv6_addr_equal(&ip6h->daddr, &cfg->home_agent[0].addr))
		class = m6t_signal_class(m6t, cfg, skb);
	if (!m6t_signal_is_sendable(class))
		return M6T_STAT_TX_UNPROTECTED;
	if (class == M6T_CLASS_SIGNAL)
		return m6t_dmn_send_signal(m6t, cfg, skb);
	return m6t_dmn_send_payload(m6t, cfg, skb, class);
}

static enum m6t_stat m6t_dmn_transmit(struct m6t_dev *m6t,
				      const struct m6t_config *cfg,
				      struct sk_buff *skb)
{
	if (!m6t_inner_is4(skb))
		return m6t_dmn_transmit6(m6t, cfg, skb);
	if (!m6t_dmn_is_hoa4(cfg, m6t_inner_saddr4(skb)) ||
	    !m6t_addr4_is_inner(m6t_inner_daddr4(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	return m6t_dmn_send_payload(m6t, cfg, skb, M6T_CLASS_PAYLOAD);
}

static struct m6t_slot *m6t_dmn_slot6(struct m6t_dev *m6t,
				      const struct m6t_outer *outer)
{
	struct m6t_slot *slot;
	unsigned int i;

	for (i = M6T_SLOT_ACTIVE; i <= M6T_SLOT_LINGERING; i++) {
		slot = m6t_dmn_slot(m6t, i);
		if (slot && READ_ONCE(slot->encap) == M6T_ENCAP_IP6 &&
		    ipv6_addr_equal(&slot->ep6.remote, &outer->v6.remote) &&
		    ipv6_addr_equal(&slot->ep6.local, &outer->v6.local))
			return slot;
	}
	return NULL;
}

static bool m6t_dmn_serves6(struct m6t_dev *m6t, const struct m6t_outer *outer)
{
	const struct m6t_slot *slot = m6t_dmn_slot6(m6t, outer);

	return slot && m6t_outer_came_by(outer, slot->link);
}

/* At home, acknowledgments come without the device (D9, D14). */
static enum m6t_stat m6t_dmn_vet(struct m6t_dev *m6t,
				 const struct sk_buff *skb)
{
	const struct m6t_config *cfg = rcu_dereference(m6t->cfg);
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (!ipv6_addr_equal(&ip6h->daddr, &cfg->prefix[0].addr) ||
	    !ipv6_addr_equal(&ip6h->saddr, &cfg->home_agent[0].addr))
		return M6T_STAT_RX_NOT_GATEWAY;
	return m6t_signal_vet(m6t, cfg, skb);
}

/* ESP of no security association of the home address is that of somebody else who uses
 * the care-of address.
 */
static bool m6t_dmn_home6(struct m6t_dev *m6t, const struct sk_buff *skb,
			  const struct m6t_outer *outer, __be32 spi,
			  struct m6t_endpoint6 *inner)
{
	const struct m6t_config *cfg = rcu_dereference(m6t->cfg);
	struct in6_addr source;

	inner->remote = outer->v6.remote;
	inner->local = cfg->prefix[0].addr;
	return m6t_dmn_serves6(m6t, outer) &&
	       m6t_signal_sa(m6t, skb->mark, &inner->local, spi, &source);
}

/* The SPI shows that an ICMP error is about one of our packets. */
static struct m6t_path *m6t_dmn_esp_path(struct m6t_dev *m6t,
					 const struct sk_buff *skb,
					 const struct m6t_outer *outer,
					 __be32 spi)
{
	const struct m6t_config *cfg = rcu_dereference(m6t->cfg);
	struct m6t_slot *slot = m6t_dmn_slot6(m6t, outer);
	struct in6_addr source;

	return slot && m6t_signal_sa(m6t, skb->mark, &outer->v6.remote, spi,
				     &source) &&
	       ipv6_addr_equal(&source, &cfg->prefix[0].addr) ?
	       &slot->path : NULL;
}

/* A care-of address without UDP receives only from its home agent (D8). */
static bool m6t_dmn_knows(struct m6t_dev *m6t, const union m6t_inner *inner,
			  const struct m6t_outer *outer)
{
	const struct m6t_slot *slot;
	unsigned int i;

	if (outer->encap == M6T_ENCAP_IP6)
		return m6t_dmn_serves6(m6t, outer);
	for (i = M6T_SLOT_ACTIVE; i <= M6T_SLOT_LINGERING; i++) {
		slot = m6t_dmn_slot(m6t, i);
		if (slot && READ_ONCE(slot->encap) == M6T_ENCAP_IP4 &&
		    slot->ep.remote == outer->v4.remote &&
		    slot->ep.local == outer->v4.local &&
		    m6t_outer_came_by(outer, slot->link))
			return true;
	}
	return false;
}

static bool m6t_dmn_is_ours(const struct m6t_config *cfg,
			    const union m6t_inner *inner)
{
	if (m6t_inner_proto(inner) == htons(ETH_P_IP))
		return m6t_dmn_is_hoa4(cfg, inner->v4.saddr);
	return ipv6_addr_equal(&inner->v6.saddr, &cfg->prefix[0].addr);
}

static bool m6t_dmn_sends_as(const struct m6t_slot *slot,
			     const struct m6t_endpoint *ep)
{
	if (ep->port)
		return m6t_endpoint_match(&slot->ep, ep);
	return READ_ONCE(slot->encap) == M6T_ENCAP_IP4 &&
	       slot->ep.remote == ep->remote && slot->ep.local == ep->local;
}

/* The port is random unless sport is set, so it shows that an ICMP error is about one
 * of our packets. A forged error can lower the MTU to the IPv6 minimum, but no further.
 */
static struct m6t_path *m6t_dmn_path(struct m6t_dev *m6t,
				     const union m6t_inner *inner,
				     const struct m6t_outer *outer)
{
	struct m6t_slot *slot;
	unsigned int i;

	if (!m6t_dmn_is_ours(rcu_dereference(m6t->cfg), inner))
		return NULL;
	if (outer->encap == M6T_ENCAP_IP6) {
		slot = m6t_dmn_slot6(m6t, outer);
		return slot ? &slot->path : NULL;
	}
	for (i = M6T_SLOT_ACTIVE; i <= M6T_SLOT_PENDING; i++) {
		slot = m6t_dmn_slot(m6t, i);
		if (slot && m6t_dmn_sends_as(slot, &outer->v4))
			return &slot->path;
	}
	return NULL;
}

static int m6t_dmn_fill_active(struct sk_buff *msg, const struct m6t_slot *slot)
{
	if (!slot)
		return nla_put_u8(msg, M6T_A_ATTACHED, 0);
	return nla_put_u8(msg, M6T_A_ATTACHED, 1) ?:
	       (slot->ep.local_port ?
		nla_put_be16(msg, M6T_A_SPORT, slot->ep.local_port) : 0);
}

static int m6t_dmn_fill(struct m6t_dev *m6t, struct sk_buff *msg)
{
	const struct m6t_config *cfg;
	int err;

	rcu_read_lock();
	cfg = rcu_dereference(m6t->cfg);
	err = nla_put_in6_addr(msg, M6T_A_ADDRESS, &cfg->prefix[0].addr) ?:
	      m6t_dmn_fill_active(msg, m6t_dmn_slot(m6t, M6T_SLOT_ACTIVE)) ?:
	      m6t_nl_fill_slots(msg, &m6t->dmn.slots);
	rcu_read_unlock();
	return err;
}

static struct m6t_slots *m6t_dmn_slots(struct m6t_dev *m6t)
{
	return &m6t->dmn.slots;
}

const struct m6t_role m6t_dmn_role = {
	.mode		= M6T_MODE_DSMIP_MN,
	.takes4		= true,
	.overhead	= M6T_HEADROOM_DSMIP,
	.port		= M6T_PORT_DSMIP,
	.missing	= "m6t: hoa is missing, expected hoa IPV6",
	.not_here	= "m6t: a care-of address must be an IPv4 address of this host",
	.check		= m6t_dmn_check,
	.init		= m6t_dmn_init,
	.uninit		= m6t_dmn_uninit,
	.free		= m6t_dmn_free,
	.open		= m6t_dmn_open,
	.stop		= m6t_dmn_stop,
	.change		= m6t_dmn_change,
	.receive	= m6t_dmn_receive,
	.transmit	= m6t_dmn_transmit,
	.path		= m6t_dmn_path,
	.knows		= m6t_dmn_knows,
	.exthdr		= NEXTHDR_ROUTING,
	.serves6	= m6t_dmn_serves6,
	.vet		= m6t_dmn_vet,
	.home6		= m6t_dmn_home6,
	.esp_path	= m6t_dmn_esp_path,
	.fill		= m6t_dmn_fill,
	.slots		= m6t_dmn_slots,
};
