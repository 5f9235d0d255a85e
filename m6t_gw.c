// SPDX-License-Identifier: GPL-2.0
/* The gateway: what happens to each packet, and its sockets. */

#include <linux/icmpv6.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "m6t_event.h"
#include "m6t_inner.h"
#include "m6t_mtu.h"
#include "m6t_outer.h"
#include "m6t_own.h"
#include "gw/m6t_proof.h"
#include "m6t_trace.h"
#include "m6t_udp.h"

/* Number of idle mobile nodes that are asked for a proof per newcomer. */
#define M6T_GW_ASK	4

static struct m6t_dev *m6t_gw_dev(struct m6t_state *state)
{
	return container_of(state, struct m6t_dev, gw.state);
}

/* Changes of the pressure are detected under the lock and reported later without it,
 * unless the change has been reverted by then.
 */
static void m6t_gw_notify_pressure(struct m6t_dev *m6t)
{
	int pressed = READ_ONCE(m6t->gw.state.pressed);

	if (unlikely(READ_ONCE(m6t->gw.told) != pressed) &&
	    xchg(&m6t->gw.told, pressed) != pressed)
		m6t_event_pressure(m6t, pressed);
}

/* Under RCU: count and report a change of a binding. */
static void m6t_gw_notify(struct m6t_state *state, enum m6t_event event,
			  const struct m6t_binding *b)
{
	struct m6t_dev *m6t = m6t_gw_dev(state);

	switch (event) {
	case M6T_EVENT_BINDING_NEW:
		trace_binding_new(m6t, b);
		m6t_stats_count(m6t, M6T_STAT_BINDING_CREATED);
		break;
	case M6T_EVENT_BINDING_ACTIVE:
		trace_binding_active(m6t, b);
		m6t_stats_count(m6t, M6T_STAT_BINDING_ACTIVATED);
		break;
	case M6T_EVENT_BINDING_PROVEN:
		trace_binding_proven(m6t, b);
		m6t_stats_count(m6t, M6T_STAT_BINDING_PROVEN);
		break;
	case M6T_EVENT_BINDING_EXPIRED:
		trace_binding_expired(m6t, b);
		m6t_stats_count(m6t, M6T_STAT_BINDING_EXPIRED);
		break;
	case M6T_EVENT_BINDING_EVICTED:
		trace_binding_evicted(m6t, b);
		m6t_stats_count(m6t, M6T_STAT_BINDING_EVICTED);
		break;
	case M6T_EVENT_BINDING_DELETED:
		trace_binding_deleted(m6t, b);
		break;
	default:
		break;
	}
	m6t_event_binding(m6t, event, state, b);
	m6t_gw_notify_pressure(m6t);
}

static int m6t_gw_check(const struct m6t_config *cfg,
			struct nlattr *data[],
			struct netlink_ext_ack *extack)
{
	const struct m6t_prefix6 *ha, *prefix;
	struct nlattr *attr = data[IFLA_M6T_HOME_AGENTS];
	unsigned int i, k;

	if (!attr)
		attr = data[IFLA_M6T_PREFIXES];
	for (i = 0; i < cfg->n_home_agents; i++) {
		ha = &cfg->home_agent[i];
		for (k = 0; k < cfg->n_prefixes; k++) {
			prefix = &cfg->prefix[k];
			if (!ipv6_prefix_equal(&ha->addr, &prefix->addr,
					       min(ha->len, prefix->len)))
				continue;
			return m6t_config_refuse(extack, attr,
						 "m6t: ha must lie outside the tunnel's own prefixes");
		}
	}
	return 0;
}

static int m6t_gw_init(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	int err;

	m6t->gw.limit = m6t_limit_new();
	if (!m6t->gw.limit)
		return -ENOMEM;
	get_random_bytes(&m6t->gw.secret, sizeof(m6t->gw.secret));
	err = m6t_state_init(&m6t->gw.state, cfg, m6t_gw_notify);
	if (err)
		m6t_limit_free(m6t->gw.limit);
	return err;
}

static void m6t_gw_uninit(struct m6t_dev *m6t)
{
	m6t_state_close(&m6t->gw.state);
}

static void m6t_gw_free(struct m6t_dev *m6t)
{
	m6t_state_free(&m6t->gw.state);
	m6t_limit_free(m6t->gw.limit);
}

static void m6t_gw_close_all(struct sock **sk, unsigned int n)
{
	while (n)
		m6t_udp_close(sk[--n]);
}

static int m6t_gw_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       struct netlink_ext_ack *extack)
{
	struct m6t_gw *gw = &m6t->gw;
	struct sock *sk;
	unsigned int i;

	for (i = 0; i < cfg->n_ports; i++) {
		sk = m6t_udp_open(m6t, cfg, cfg->port[i], extack);
		if (IS_ERR(sk)) {
			m6t_gw_close_all(gw->sk, i);
			return PTR_ERR(sk);
		}
		gw->sk[i] = sk;
	}
	gw->n_sks = cfg->n_ports;
	netif_carrier_on(m6t->dev);
	return 0;
}

static void m6t_gw_stop(struct m6t_dev *m6t)
{
	struct m6t_gw *gw = &m6t->gw;

	netif_carrier_off(m6t->dev);
	m6t_gw_close_all(gw->sk, gw->n_sks);
	gw->n_sks = 0;
}

static struct sock *m6t_gw_sock(const struct m6t_gw *gw,
				const struct m6t_config *cfg, __be16 port)
{
	unsigned int i;

	for (i = 0; i < gw->n_sks; i++)
		if (cfg->port[i] == port)
			return gw->sk[i];
	return NULL;
}

static bool m6t_gw_listens(const struct m6t_config *cfg, __be16 port)
{
	unsigned int i;

	for (i = 0; i < cfg->n_ports; i++)
		if (cfg->port[i] == port)
			return true;
	return false;
}

/* Only the ports have changed: sockets of those that stay are not touched, so that
 * they lose no datagrams.
 */
static int m6t_gw_change_ports(struct m6t_dev *m6t,
			       const struct m6t_config *old,
			       const struct m6t_config *cfg,
			       struct netlink_ext_ack *extack)
{
	struct m6t_gw *gw = &m6t->gw;
	struct sock *sk[M6T_MAX_PORTS];
	unsigned int i;
	int err;

	for (i = 0; i < cfg->n_ports; i++) {
		sk[i] = m6t_gw_sock(gw, old, cfg->port[i]);
		if (!sk[i])
			sk[i] = m6t_udp_open(m6t, cfg, cfg->port[i], extack);
		if (IS_ERR(sk[i])) {
			err = PTR_ERR(sk[i]);
			goto err_close;
		}
	}
	for (i = 0; i < old->n_ports; i++)
		if (!m6t_gw_listens(cfg, old->port[i]))
			m6t_udp_close(gw->sk[i]);
	memcpy(gw->sk, sk, cfg->n_ports * sizeof(*sk));
	gw->n_sks = cfg->n_ports;
	return 0;

err_close:
	while (i--)
		if (!m6t_gw_listens(old, cfg->port[i]))
			m6t_udp_close(sk[i]);
	return err;
}

/* The address or underlay has changed: close the old sockets first, as the new ones
 * cannot be bound beside them if either are bound to any address.
 */
static int m6t_gw_change_address(struct m6t_dev *m6t,
				 const struct m6t_config *old,
				 const struct m6t_config *cfg,
				 struct netlink_ext_ack *extack)
{
	int err;

	err = m6t_udp_link(m6t, cfg->link, extack);
	if (err)
		return err;
	m6t_gw_stop(m6t);
	err = m6t_gw_open(m6t, cfg, extack);
	if (err && m6t_gw_open(m6t, old, NULL))
		netdev_err(m6t->dev, "a port was lost to another socket; set the device down and up again\n");
	return err;
}

static int m6t_gw_change_sockets(struct m6t_dev *m6t,
				 const struct m6t_config *old,
				 const struct m6t_config *cfg,
				 struct netlink_ext_ack *extack)
{
	struct m6t_gw *gw = &m6t->gw;
	unsigned int i;
	int err;

	/* The sockets were lost, and may be opened again with the new settings. */
	if (!gw->n_sks)
		return m6t_gw_open(m6t, cfg, extack);
	if (old->local != cfg->local || old->link != cfg->link)
		err = m6t_gw_change_address(m6t, old, cfg, extack);
	else
		err = m6t_gw_change_ports(m6t, old, cfg, extack);
	if (err)
		return err;
	for (i = 0; i < gw->n_sks; i++)
		m6t_udp_mark(gw->sk[i], cfg);
	return 0;
}

static int m6t_gw_change(struct m6t_dev *m6t, const struct m6t_config *old,
			 const struct m6t_config *cfg,
			 struct netlink_ext_ack *extack)
{
	int err;

	err = m6t_state_grow(&m6t->gw.state, cfg->max_bindings);
	if (err)
		return err;
	if (netif_running(m6t->dev)) {
		err = m6t_gw_change_sockets(m6t, old, cfg, extack);
		if (err)
			return err;
	}
	m6t_state_retime(&m6t->gw.state, cfg);
	rcu_read_lock();
	m6t_gw_notify_pressure(m6t);
	rcu_read_unlock();
	m6t_mtu_follow(m6t, cfg);
	return 0;
}

/* Check if a mobile node may send to this address (G3, G15). */
static bool m6t_gw_is_destination(const struct m6t_config *cfg,
				  const struct in6_addr *addr)
{
	/* A short prefix may include other addresses, too. */
	if (!m6t_addr_is_global(addr))
		return false;
	if (m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, addr))
		return cfg->hairpin;
	return !cfg->n_home_agents ||
	       m6t_prefix6_match(cfg->home_agent, cfg->n_home_agents, addr);
}

/* Check if a packet proves that a home agent answered (G6). An ICMPv6 error does
 * not: this host itself or any router would send one for a flood of packets with
 * forged sources. Nor does a packet that cannot be distinguished from one.
 */
static bool m6t_gw_is_answer(const struct m6t_config *cfg,
			     const struct sk_buff *skb)
{
	const struct in6_addr *addr = &ipv6_hdr(skb)->saddr;
	u8 nexthdr = ipv6_hdr(skb)->nexthdr, buf;
	const u8 *type;
	__be16 frag;
	int offset;

	offset = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &nexthdr, &frag);
	if ((offset < 0 && nexthdr != NEXTHDR_NONE) ||
	    (frag & htons(IP6_OFFSET)))
		return false;
	if (nexthdr == NEXTHDR_ICMP) {
		type = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!type || !(*type & ICMPV6_INFOMSG_MASK))
			return false;
	}
	if (!m6t_addr_is_global(addr))
		return false;
	return cfg->n_home_agents ?
	       m6t_prefix6_match(cfg->home_agent, cfg->n_home_agents, addr) :
	       !m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, addr);
}

/* Check for an ICMPv6 error of this host that is larger than the packet it is about,
 * whose IPv4 source may be forged. A Packet Too Big error is never larger.
 */
static bool m6t_gw_amplifies(const struct m6t_dev *m6t,
			     const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct {
		struct icmp6hdr icmp6h;
		struct ipv6hdr about;
	} buf, *error;

	if (ip6h->nexthdr != NEXTHDR_ICMP ||
	    !ipv6_chk_addr(dev_net(m6t->dev), &ip6h->saddr, NULL, 0))
		return false;
	error = skb_header_pointer(skb, sizeof(*ip6h), sizeof(buf), &buf);
	return error &&
	       !(error->icmp6h.icmp6_type & ICMPV6_INFOMSG_MASK) &&
	       ntohs(error->about.payload_len) + sizeof(buf.about) < skb->len;
}

/* Choose the source address of the @n-th request for a proof. Mobile nodes answer their
 * home agent's address @from, whatever their firewalls and routes; only one whose
 * security policy covers all packets from there needs another address, one of ours.
 */
static bool m6t_gw_asker(struct m6t_dev *m6t, const struct m6t_config *cfg,
			 const struct m6t_binding *b, unsigned int n,
			 const struct in6_addr *from, struct in6_addr *saddr)
{
	if (!from && cfg->n_home_agents && cfg->home_agent[0].len == 128)
		from = &cfg->home_agent[0].addr;
	if (from && n % 2) {
		*saddr = *from;
		return true;
	}
	if (!ipv6_dev_get_saddr(dev_net(m6t->dev), m6t->dev, &b->obj.addr, 0,
				saddr) &&
	    m6t_addr_is_global(saddr) &&
	    !ipv6_prefix_equal(saddr, &b->obj.addr, M6T_MN_PREFIX_LEN))
		return true;
	if (!from)
		return false;
	*saddr = *from;
	return true;
}

static void m6t_gw_send_nonce(struct m6t_dev *m6t, const struct m6t_config *cfg,
			      const struct m6t_binding *b, unsigned int n,
			      const struct in6_addr *from)
{
	struct in6_addr saddr;

	if (m6t_gw_asker(m6t, cfg, b, n, from, &saddr))
		m6t_own_echo(m6t, cfg, &saddr, &b->obj.addr,
			     m6t_proof_nonce(&m6t->gw.secret, b), &b->ep);
}

/* Ask for a proof that the mobile node receives at the endpoint of its binding (G17).
 * @bytes came from there and were not replied to.
 */
static void m6t_gw_ask(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       struct m6t_binding *b, const struct in6_addr *from,
		       unsigned int bytes)
{
	unsigned int n = m6t_state_ask(&m6t->gw.state, b, bytes);

	if (n)
		m6t_gw_send_nonce(m6t, cfg, b, n, from);
}

/* Ask some idle mobile nodes for a proof on behalf of a newcomer, so that all have been
 * asked before newcomers have filled the table.
 */
static void m6t_gw_ask_others(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	struct m6t_state *state = &m6t->gw.state;
	struct m6t_binding *b;
	unsigned int i;

	for (i = 0; i < M6T_GW_ASK && m6t_state_asks_others(state); i++) {
		b = m6t_state_ask_next(state);
		if (b)
			m6t_gw_send_nonce(m6t, cfg, b, 1, NULL);
	}
}

/* The answer is not forwarded, as its destination did not ask for it. */
static bool m6t_gw_proves(struct m6t_dev *m6t, struct m6t_binding *b,
			  const struct sk_buff *skb)
{
	if (READ_ONCE(b->state) != M6T_BINDING_ACTIVE ||
	    !m6t_proof_check(&m6t->gw.secret, b, skb))
		return false;
	m6t_binding_account(&b->rx, 1, skb->len);
	m6t_state_prove(&m6t->gw.state, b);
	return true;
}

/* Reply only to the exact endpoint of an active binding (G9). */
static enum m6t_stat m6t_gw_keepalive(struct m6t_dev *m6t,
				      const struct m6t_config *cfg,
				      struct m6t_binding *b,
				      const struct ipv6hdr *ip6h,
				      const struct m6t_endpoint *ep)
{
	if (!b || READ_ONCE(b->state) < M6T_BINDING_ACTIVE ||
	    !m6t_endpoint_match(&b->ep, ep))
		return M6T_STAT_RX_KEEPALIVE_STRAY;
	m6t_binding_account(&b->rx, 1, sizeof(*ip6h));
	if (m6t_own_keepalive(m6t, cfg, &ip6h->daddr, &ip6h->saddr, ep))
		m6t_binding_account(&b->tx, 1, sizeof(*ip6h));
	if (unlikely(m6t_state_wants_proof(&m6t->gw.state, b)))
		m6t_gw_ask(m6t, cfg, b, NULL, 0);
	return M6T_STAT_RX_KEEPALIVE;
}

/* Bind the source address of a packet, if it may be bound (G3, G4, G11, G12). */
static enum m6t_stat m6t_gw_learn(struct m6t_dev *m6t,
				  const struct m6t_config *cfg,
				  const struct ipv6hdr *ip6h,
				  const struct m6t_endpoint *ep,
				  struct m6t_binding **b)
{
	if (!m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, &ip6h->saddr) ||
	    !m6t_addr_is_global(&ip6h->saddr))
		return M6T_STAT_RX_BAD_SOURCE;
	if (!m6t_gw_is_destination(cfg, &ip6h->daddr))
		return M6T_STAT_RX_BAD_DESTINATION;
	if (!m6t_limit_take(m6t->gw.limit, cfg, ep->remote)) {
		m6t_event_endpoint(m6t, M6T_EVENT_RATE_LIMITED,
				   &ip6h->saddr, ep);
		return M6T_STAT_RX_RATE_LIMITED;
	}
	*b = m6t_state_add(&m6t->gw.state, M6T_BINDING_TEMPORARY,
			   &ip6h->saddr, ep, NULL);
	m6t_gw_ask_others(m6t, cfg);
	if (IS_ERR(*b)) {
		m6t_event_endpoint(m6t, M6T_EVENT_TABLE_FULL,
				   &ip6h->saddr, ep);
		return M6T_STAT_RX_TABLE_FULL;
	}
	return M6T_STAT_UNSPEC;
}

static enum m6t_stat m6t_gw_receive(struct m6t_dev *m6t,
				    const struct m6t_config *cfg,
				    struct sk_buff *skb,
				    const struct m6t_outer *outer)
{
	const struct m6t_endpoint *ep = &outer->v4;
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct m6t_binding *b;
	enum m6t_stat why;

	b = m6t_state_lookup(&m6t->gw.state, &ip6h->saddr);
	if (unlikely(m6t_addr_is_keepalive(&ip6h->daddr) &&
		     m6t_proto_empty(ip6h)))
		return m6t_gw_keepalive(m6t, cfg, b, ip6h, ep);
	if (unlikely(!b || !m6t_state_usable(&m6t->gw.state, b))) {
		why = m6t_gw_learn(m6t, cfg, ip6h, ep, &b);
		if (why)
			return why;
	}
	/* G8; two first packets may also have raced to bind the address. */
	if (unlikely(!m6t_endpoint_match(&b->ep, ep))) {
		m6t_event_endpoint(m6t, M6T_EVENT_MISMATCH, &ip6h->saddr,
				   ep);
		return M6T_STAT_RX_MISMATCH;
	}
	if (unlikely(m6t_proof_may_be(ip6h) && m6t_gw_proves(m6t, b, skb)))
		return M6T_STAT_RX_PROOF;
	if (unlikely(!m6t_gw_is_destination(cfg, &ip6h->daddr)))
		return M6T_STAT_RX_BAD_DESTINATION;
	m6t_binding_account(&b->rx, m6t_inner_packets(skb), skb->len);
	if (unlikely(m6t_state_wants_proof(&m6t->gw.state, b)))
		m6t_gw_ask(m6t, cfg, b, &ip6h->daddr, skb->len);
	return M6T_STAT_UNSPEC;
}

static enum m6t_stat m6t_gw_transmit(struct m6t_dev *m6t,
				     const struct m6t_config *cfg,
				     struct sk_buff *skb)
{
	unsigned int packets = m6t_inner_packets(skb);
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int bytes = skb->len;
	struct m6t_state *state = &m6t->gw.state;
	struct m6t_binding *b;
	struct in6_addr agent;
	bool answered = false;
	enum m6t_stat why;

	b = m6t_state_lookup(state, &ip6h->daddr);
	if (unlikely(!b || !m6t_state_usable(state, b))) {
		m6t_inner_unreachable(skb);
		return M6T_STAT_TX_NO_BINDING;
	}
	if (unlikely(m6t_state_doubts(state, b)) && m6t_gw_amplifies(m6t, skb))
		return M6T_STAT_TX_NO_BINDING;
	if (unlikely(READ_ONCE(b->state) == M6T_BINDING_TEMPORARY)) {
		answered = m6t_gw_is_answer(cfg, skb);
		agent = ip6h->saddr;
	}
	why = m6t_outer4_xmit(m6t, cfg, skb, &b->ep, &b->path);
	if (unlikely(why))
		return why;
	m6t_binding_account(&b->tx, packets, bytes);
	if (unlikely(answered)) {
		m6t_state_activate(state, b);
		if (m6t_state_wants_proof(state, b))
			m6t_gw_ask(m6t, cfg, b, &agent,
				   atomic64_read(&b->rx.bytes));
	}
	return M6T_STAT_UNSPEC;
}

/* The address and endpoint of a mobile node are known only to hosts that see what the
 * gateway sends, so they prove that an ICMP error is genuine (B3).
 */
static struct m6t_path *m6t_gw_path(struct m6t_dev *m6t,
				    const union m6t_inner *inner,
				    const struct m6t_outer *outer)
{
	struct m6t_binding *b;

	b = m6t_state_lookup(&m6t->gw.state, &inner->v6.daddr);
	return b && m6t_endpoint_match(&b->ep, &outer->v4) ? &b->path : NULL;
}

static int m6t_gw_fill(struct m6t_dev *m6t, struct sk_buff *msg)
{
	const u32 *count = m6t->gw.state.count;

	if (nla_put_u8(msg, M6T_A_ATTACHED, netif_carrier_ok(m6t->dev)) ||
	    nla_put_u32(msg, M6T_A_TEMPORARY,
			READ_ONCE(count[M6T_BINDING_TEMPORARY])) ||
	    nla_put_u32(msg, M6T_A_ACTIVE,
			READ_ONCE(count[M6T_BINDING_ACTIVE])) ||
	    nla_put_u32(msg, M6T_A_UNPROVEN,
			READ_ONCE(m6t->gw.state.n_unproven)) ||
	    nla_put_u8(msg, M6T_A_PRESSED, READ_ONCE(m6t->gw.state.pressed)) ||
	    nla_put_u32(msg, M6T_A_STATIC,
			READ_ONCE(count[M6T_BINDING_STATIC])))
		return -EMSGSIZE;
	return 0;
}

static struct m6t_state *m6t_gw_bindings(struct m6t_dev *m6t)
{
	return &m6t->gw.state;
}

const struct m6t_role m6t_gw_role = {
	.mode		= M6T_MODE_GW,
	.overhead	= M6T_HEADROOM,
	.port		= M6T_PORT,
	.missing	=
		"m6t: prefix is missing, expected prefix IPV6/LEN (IPV6/80 on a mobile node)",
	.not_here	= "m6t: local must be an IPv4 address of this host",
	.check		= m6t_gw_check,
	.init		= m6t_gw_init,
	.uninit		= m6t_gw_uninit,
	.free		= m6t_gw_free,
	.open		= m6t_gw_open,
	.stop		= m6t_gw_stop,
	.change		= m6t_gw_change,
	.receive	= m6t_gw_receive,
	.transmit	= m6t_gw_transmit,
	.path		= m6t_gw_path,
	.fill		= m6t_gw_fill,
	.bindings	= m6t_gw_bindings,
};
