// SPDX-License-Identifier: GPL-2.0
/*
 * Between UDP over IPv4 and IPv6: sockets, the way of a datagram in and of a
 * packet out. What either role decides is not known here.
 */

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "m6t.h"
#include "m6t_gro.h"
#include "m6t_inner.h"
#include "m6t_path.h"
#include "m6t_udp.h"

/* Tunnels within tunnels, as many as the kernel's own go. */
#define M6T_RECURSION_LIMIT	5

/* No wire needs more; the stack believes what a device says. */
#define M6T_HEADROOM_MAX	512

static bool m6t_dev_is_xnet(const struct m6t_dev *m6t)
{
	return !net_eq(m6t->net, dev_net(m6t->dev));
}

/* A broadcast or multicast must not create a binding: no answer could ever
 * leave from the address that it was sent to.
 */
static bool m6t_udp_is_unicast(const struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);

	return !rt || !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
}

/**
 * m6t_udp_unwrap() - from a datagram to one whole IPv6 packet (W1, W5, W6)
 * @m6t: device
 * @skb: UDP datagram, its header at skb->data
 * @ep: filled in: where it came from and went to
 *
 * Nothing of the packet is trusted before, and no pointer into it is kept
 * across what may move it.
 *
 * Return: 0, the inner header is in the linear part and is the network header;
 * or the reason to drop it.
 */
static enum m6t_stat m6t_udp_unwrap(struct m6t_dev *m6t, struct sk_buff *skb,
				    struct m6t_endpoint *ep)
{
	unsigned int outer;
	enum m6t_stat why;

	ep->remote = ip_hdr(skb)->saddr;
	ep->local = ip_hdr(skb)->daddr;
	ep->port = udp_hdr(skb)->source;
	ep->local_port = udp_hdr(skb)->dest;
	outer = skb_network_header(skb) - skb->head;

	if (!pskb_may_pull(skb, sizeof(struct udphdr) + sizeof(struct ipv6hdr)))
		return M6T_STAT_RX_SHORT;
	why = m6t_proto_check((struct ipv6hdr *)(skb->data +
						 sizeof(struct udphdr)),
			      skb->len - sizeof(struct udphdr));
	if (why)
		return why;
	if (!ep->port)
		return M6T_STAT_RX_BAD_SOURCE;
	if (!m6t_udp_is_unicast(skb))
		return M6T_STAT_RX_BAD_DESTINATION;
	if (iptunnel_pull_header(skb, sizeof(struct udphdr),
				 htons(ETH_P_IPV6), m6t_dev_is_xnet(m6t)))
		return M6T_STAT_RX_SHORT;
	if (m6t_skb_csum_in_header(skb))
		return M6T_STAT_RX_BAD_SOURCE;

	skb->dev = m6t->dev;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->pkt_type = PACKET_HOST;
	if (IP_ECN_decapsulate((struct iphdr *)(skb->head + outer), skb) > 1)
		return M6T_STAT_RX_ECN;
	return M6T_STAT_UNSPEC;
}

/* Is it worth a queue to see whether more packets of its flow follow, which the
 * wire below could not put together? By the protocol, so that no packet of a
 * flow overtakes another; most fragments are of UDP or ESP.
 */
static bool m6t_udp_may_grow(const struct net_device *dev,
			     const struct ipv6hdr *ip6h)
{
	switch (ip6h->nexthdr) {
	case NEXTHDR_UDP:
	case NEXTHDR_FRAGMENT:
		return dev->features & (NETIF_F_GRO_UDP_FWD |
					NETIF_F_GRO_FRAGLIST);
	case NEXTHDR_ESP:
	case NEXTHDR_ICMP:
		return false;
	default:
		return true;
	}
}

/* What is not queued is received on top of the stack's own frames. That does not
 * add up: a datagram of ours in such a packet is unwrapped by a tunnel that
 * queues it. The hash was that of the outer flow, which is one for all flows
 * of a mobile node.
 */
static void m6t_udp_deliver(struct m6t_dev *m6t, struct sk_buff *skb)
{
	unsigned int len = skb->len;

	skb_clear_hash(skb);
	if (!m6t_udp_may_grow(m6t->dev, ipv6_hdr(skb))) {
		/* UDP hands over segments while they are still a list. */
		skb_mark_not_on_list(skb);
		/* It was that of the outer UDP header. */
		skb_reset_transport_header(skb);
		netif_receive_skb(skb);
	} else {
		/* By it the flows are told apart that are put together. */
		skb_get_hash(skb);
		if (gro_cells_receive(&m6t->gro_cells, skb) != NET_RX_SUCCESS)
			return;
	}
	dev_sw_netstats_rx_add(m6t->dev, len);
}

/* Softirq, under RCU: a datagram for one of our sockets. */
static int m6t_udp_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);
	const struct m6t_config *cfg;
	struct m6t_endpoint ep;
	enum m6t_stat why;

	if (unlikely(!m6t)) {
		kfree_skb(skb);
		return 0;
	}
	why = m6t_udp_unwrap(m6t, skb, &ep);
	if (likely(!why)) {
		cfg = rcu_dereference(m6t->cfg);
		why = m6t->role->receive(m6t, cfg, skb, &ep);
	}
	if (likely(!why))
		m6t_udp_deliver(m6t, skb);
	else
		m6t_stats_drop(m6t, skb, why);
	return 0;
}

/* Softirq, under RCU. Older kernels queue a datagram without any payload to
 * the socket, where nobody would ever fetch it, instead of handing it to
 * m6t_udp_rcv().
 */
static void m6t_udp_data_ready(struct sock *sk)
{
	struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);
	struct sk_buff *skb;
	int err;

	while ((skb = skb_recv_udp(sk, MSG_DONTWAIT, &err))) {
		/* While it was queued, the field held something else. */
		skb->dev = NULL;
		/* One with a payload came before the socket was ours. */
		if (m6t && !skb->len)
			m6t_stats_drop(m6t, skb, M6T_STAT_RX_SHORT);
		else
			kfree_skb(skb);
	}
}

/* Softirq, under RCU: an ICMP error about what a socket of ours has sent. */
static void m6t_udp_err(struct sock *sk, struct sk_buff *skb)
{
	struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);

	if (m6t)
		m6t_path_err(m6t, skb);
}

M6T_DEFINE_ENCAP_ERR(m6t_udp_err)

static void m6t_udp_explain(int err, struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EADDRINUSE:
		NL_SET_ERR_MSG(extack, "m6t: a port is in use already, on this address or on any");
		break;
	case -EADDRNOTAVAIL:
		NL_SET_ERR_MSG(extack, "m6t: local must be an IPv4 address of this host");
		break;
	default:
		NL_SET_ERR_MSG(extack, "m6t: the UDP socket could not be opened");
	}
}

/**
 * m6t_udp_mark() - give a socket the mark that its packets have
 * @sk: from m6t_udp_open()
 * @cfg: settings
 *
 * Packets are routed by their own mark. The socket's is what an ICMP error of
 * the path is routed by, to find the route that it is about (B3).
 *
 * Context: process, RTNL held.
 */
void m6t_udp_mark(struct sock *sk, const struct m6t_config *cfg)
{
	WRITE_ONCE(sk->sk_mark, cfg->fwmark);
}

/**
 * m6t_udp_link() - does the link that a socket would be bound to exist?
 * @m6t: device
 * @cfg: settings
 * @extack: takes the sentence of a refusal
 *
 * A link that is deleted, or moved to another netns, stays in the settings by
 * its ifindex; the stack binds a socket to any ifindex.
 *
 * Context: process, RTNL held.
 * Return: 0 or -ENOLINK.
 */
int m6t_udp_link(const struct m6t_dev *m6t, const struct m6t_config *cfg,
		 struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (!cfg->link || __dev_get_by_index(m6t->net, cfg->link))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "m6t: the link that dev was set to is gone, set dev to another one or to any");
	return -ENOLINK;
}

/**
 * m6t_udp_open() - open a socket and receive from it
 * @m6t: device, which must outlive the socket
 * @cfg: local address and underlay to bind to
 * @port: port to bind to, network byte order; 0: a free one, chosen at random
 * @extack: takes the sentence of a refusal
 *
 * Context: process, RTNL held.
 * Return: the socket, for m6t_udp_close(), or an error.
 */
struct sock *m6t_udp_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			  __be16 port, struct netlink_ext_ack *extack)
{
	struct udp_port_cfg where = {
		.family = AF_INET,
		.local_ip.s_addr = cfg->local,
		.local_udp_port = port,
		.bind_ifindex = cfg->link,
		.use_udp_checksums = cfg->udp_csum,
	};
	struct udp_tunnel_sock_cfg how = {
		.sk_user_data = m6t,
		.encap_type = 1,
		.encap_rcv = m6t_udp_rcv,
		.encap_err_rcv = M6T_ENCAP_ERR(m6t_udp_err),
	};
	struct socket *sock;
	int err;

	err = m6t_udp_link(m6t, cfg, extack);
	if (err)
		return ERR_PTR(err);
	if (m6t_gro_works(cfg->local)) {
		how.gro_receive = m6t_gro_receive;
		how.gro_complete = m6t_gro_complete;
	}
	err = udp_sock_create(m6t->net, &where, &sock);
	if (err) {
		m6t_udp_explain(err, extack);
		return ERR_PTR(err);
	}
	sock->sk->sk_allocation = GFP_ATOMIC;
	m6t_udp_mark(sock->sk, cfg);
	sock->sk->sk_data_ready = m6t_udp_data_ready;
	m6t_sk_no_busy_poll(sock->sk);
	m6t_udp_tunnel_setup(m6t->net, sock->sk, &how);
	rcu_read_lock();
	m6t_udp_data_ready(sock->sk);
	rcu_read_unlock();
	return sock->sk;
}

/**
 * m6t_udp_close() - close a socket; nothing is received from it afterwards
 * @sk: from m6t_udp_open()
 *
 * Datagrams that are under way may still be received until the next grace
 * period; the device outlives that.
 *
 * Context: process, RTNL held.
 */
void m6t_udp_close(struct sock *sk)
{
	m6t_udp_tunnel_release(sk);
}

/* W6: the ECN bits go out as they came, which is the normal mode of RFC 6040;
 * ip_tunnel_ecn_encap() would turn CE into ECT(0) as RFC 3168 had it.
 */
static u8 m6t_udp_tos(const struct m6t_config *cfg, const struct ipv6hdr *ip6h)
{
	u8 inner = ipv6_get_dsfield(ip6h);

	if (cfg->tos == M6T_TOS_INHERIT)
		return inner;
	return cfg->tos | (inner & INET_ECN_MASK);
}

/* Packets that the stack makes for this device should have the room that the
 * wire below turned out to need, or each would have to be copied.
 */
static void m6t_udp_adjust_headroom(struct net_device *dev, unsigned int needed)
{
	if (unlikely(needed > READ_ONCE(dev->needed_headroom) &&
		     needed <= M6T_HEADROOM_MAX))
		WRITE_ONCE(dev->needed_headroom, needed);
}

/* Only the outermost checksum may be left to a device: NAT, nftables and tc take
 * %CHECKSUM_PARTIAL to be about the outermost one, and would update a complete one
 * as if it were not (W7). A super-packet needs its inner one for segmentation; its
 * outer one is not complete before that, either.
 */
static int m6t_udp_complete_inner(struct sk_buff *skb)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL || skb_is_gso(skb))
		return 0;
	return skb_checksum_help(skb);
}

/* Make room for the outer headers and set the packet up for offloads below. */
static int m6t_udp_prepare(struct m6t_dev *m6t, const struct m6t_config *cfg,
			   struct sk_buff *skb, const struct rtable *rt)
{
	unsigned int needed = LL_RESERVED_SPACE(rt->dst.dev) +
			      rt->dst.header_len + M6T_HEADROOM;
	int err;

	skb_scrub_packet(skb, m6t_dev_is_xnet(m6t));
	if (cfg->fwmark)
		skb->mark = cfg->fwmark;
	m6t_udp_adjust_headroom(m6t->dev, needed);
	err = skb_cow_head(skb, needed);
	if (err)
		return err;
	err = m6t_udp_complete_inner(skb);
	if (err)
		return err;
	/* The inner packet has no MAC header: both begin at the same byte. */
	skb_reset_mac_header(skb);
	err = udp_tunnel_handle_offloads(skb, cfg->udp_csum);
	if (err)
		return err;
	skb_set_inner_protocol(skb, htons(ETH_P_IPV6));
	return 0;
}

static void m6t_udp_push_udp(struct sk_buff *skb, const struct m6t_config *cfg,
			     const struct m6t_endpoint *ep, __be32 saddr)
{
	struct udphdr *uh = __skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = ep->local_port;
	uh->dest = ep->port;
	uh->len = htons(skb->len);
	udp_set_csum(!cfg->udp_csum, skb, saddr, ep->remote, skb->len);
}

/* What is never fragmented needs no identification (RFC 6864), which all CPUs
 * would have to draw from one place.
 */
static void m6t_udp_push_ip(struct sk_buff *skb, const struct rtable *rt,
			    const struct iphdr *fields)
{
	struct iphdr *iph = __skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	*iph = *fields;
	if (ip_mtu_locked(&rt->dst))
		iph->frag_off = 0;
	iph->id = 0;
	if (!iph->frag_off)
		__ip_select_ident(dev_net(rt->dst.dev), iph,
				  m6t_skb_packets(skb));
}

static void m6t_udp_send_one(struct m6t_dev *m6t, struct sk_buff *skb)
{
	unsigned int len = skb->len - M6T_HEADROOM;
	int err;

	err = ip_local_out(m6t->net, NULL, skb);
	iptunnel_xmit_stats(m6t->dev, likely(!net_xmit_eval(err)) ? len : 0);
}

/* Would the stack segment a super-packet for this device, and leave the inner
 * checksums to the device? Then the outer ones would be complete, see
 * m6t_udp_complete_inner(). Headers that need checking (DODGY) and hardware that
 * does a part of the work (PARTIAL) are no reason to.
 */
static bool m6t_udp_must_segment(struct sk_buff *skb)
{
	netdev_features_t features;

	if (!skb_is_gso(skb))
		return false;
	features = netif_skb_features(skb) | NETIF_F_GSO_ROBUST;
	if (features & NETIF_F_GSO_PARTIAL)
		features |= skb->dev->features & skb->dev->gso_partial_features;
	return (features & NETIF_F_CSUM_MASK) && !skb_gso_ok(skb, features);
}

/* Without checksums among the features the inner ones are computed; the outer
 * ones are left to the device all the same, if it offers that.
 */
static int m6t_udp_segment(struct m6t_dev *m6t, struct sk_buff *skb)
{
	struct sk_buff *segs, *next;

	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_FRAGLIST);
	if (IS_ERR_OR_NULL(segs))
		return segs ? PTR_ERR(segs) : -EINVAL;
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		m6t_udp_send_one(m6t, skb);
	}
	return 0;
}

/* Hand over a packet whose headers are complete. */
static int m6t_udp_send(struct m6t_dev *m6t, struct sk_buff *skb,
			struct rtable *rt)
{
	int err = 0;

	skb_clear_hash_if_not_l4(skb);
	skb_dst_set_noref(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb->dev = rt->dst.dev;
	skb->protocol = htons(ETH_P_IP);
	dev_xmit_recursion_inc();
	if (unlikely(m6t_udp_must_segment(skb)))
		err = m6t_udp_segment(m6t, skb);
	else
		m6t_udp_send_one(m6t, skb);
	dev_xmit_recursion_dec();
	return err;
}

/**
 * m6t_udp_xmit() - send an IPv6 packet to an endpoint
 * @m6t: device
 * @cfg: settings
 * @skb: whole IPv6 packet, its header at skb->data and in the linear part
 * @ep: where to and where from
 * @path: what is known of the path there, or NULL
 *
 * Context: softirq, under RCU.
 * Return: 0, the packet is gone; or the reason for the caller to drop it.
 */
enum m6t_stat m6t_udp_xmit(struct m6t_dev *m6t, const struct m6t_config *cfg,
			   struct sk_buff *skb, const struct m6t_endpoint *ep,
			   const struct m6t_path *path)
{
	struct iphdr outer = {
		.version = 4, .ihl = sizeof(outer) / 4, .protocol = IPPROTO_UDP,
		.tos = m6t_udp_tos(cfg, ipv6_hdr(skb)),
		.ttl = cfg->ttl ?: ipv6_hdr(skb)->hop_limit,
		.daddr = ep->remote,
	};
	struct rtable *rt;
	enum m6t_stat why;

	/* The mark of another netns means nothing to the routes of this one. */
	if (cfg->fwmark || m6t_dev_is_xnet(m6t))
		skb->mark = cfg->fwmark;
	rt = m6t_route_get(m6t, cfg, skb, ep, outer.tos, &outer.saddr);
	if (IS_ERR(rt))
		return PTR_ERR(rt) == -ELOOP ? M6T_STAT_TX_LOOP :
					       M6T_STAT_TX_NO_ROUTE;
	why = m6t_path_check(m6t, cfg, skb, rt, path, &outer.frag_off);
	if (why)
		return why;
	if (dev_recursion_level() > M6T_RECURSION_LIMIT)
		return M6T_STAT_TX_LOOP;
	if (m6t_udp_prepare(m6t, cfg, skb, rt))
		return M6T_STAT_TX_NO_ROUTE;
	m6t_udp_push_udp(skb, cfg, ep, outer.saddr);
	m6t_udp_push_ip(skb, rt, &outer);
	if (m6t_udp_send(m6t, skb, rt))
		return M6T_STAT_TX_NO_ROUTE;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_udp_keepalive() - send a keepalive, or the reply to one (N6, G9)
 * @m6t: device
 * @cfg: settings
 * @saddr: IPv6 source
 * @daddr: IPv6 destination
 * @ep: where to and where from
 *
 * It consists of an IPv6 header alone, so a reply is as large as what it
 * answers.
 *
 * Context: softirq.
 * Return: true if it was sent.
 */
bool m6t_udp_keepalive(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       const struct in6_addr *saddr,
		       const struct in6_addr *daddr,
		       const struct m6t_endpoint *ep)
{
	unsigned int headroom = LL_MAX_HEADER + M6T_HEADROOM;
	struct ipv6hdr *ip6h;
	struct sk_buff *skb;
	enum m6t_stat why;

	skb = alloc_skb(headroom + sizeof(*ip6h), GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return false;
	skb_reserve(skb, headroom);
	ip6h = skb_put(skb, sizeof(*ip6h));
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->payload_len = 0;
	ip6h->nexthdr = NEXTHDR_NONE;
	ip6h->hop_limit = IPV6_DEFAULT_HOPLIMIT;
	ip6h->saddr = *saddr;
	ip6h->daddr = *daddr;
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = m6t->dev;

	why = m6t_udp_xmit(m6t, cfg, skb, ep, NULL);
	if (why) {
		m6t_stats_drop(m6t, skb, why);
		return false;
	}
	m6t_stats_count(m6t, M6T_STAT_TX_KEEPALIVE);
	return true;
}
