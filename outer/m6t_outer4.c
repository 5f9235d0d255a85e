// SPDX-License-Identifier: GPL-2.0
/* Transmit path: outer IPv4 headers, with or without UDP, and offloads below. */

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_outer.h"
#include "m6t_route.h"
#include "outer/m6t_xmit.h"

/* Only the outermost checksum may be left to a device: NAT, nftables and tc assume
 * that %CHECKSUM_PARTIAL is about the outermost one, and would corrupt a complete
 * one (W7). A super-packet needs its inner checksum partial for segmentation; its
 * outer one is not complete before that, either.
 */
static int m6t_outer4_complete_inner(struct sk_buff *skb)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL || skb_is_gso(skb))
		return 0;
	return skb_checksum_help(skb);
}

static int m6t_outer4_offload_udp(const struct m6t_config *cfg,
				  struct sk_buff *skb)
{
	int err;

	err = m6t_outer4_complete_inner(skb);
	if (err)
		return err;
	/* The inner packet has no MAC header, so it begins at its network header. */
	skb_reset_mac_header(skb);
	err = udp_tunnel_handle_offloads(skb, cfg->udp_csum);
	if (err)
		return err;
	skb_set_inner_protocol(skb, skb->protocol);
	return 0;
}

/* Make room for the outer headers, and prepare for the offloads of the underlay. */
static int m6t_outer4_prepare(struct m6t_dev *m6t, const struct m6t_config *cfg,
			      struct sk_buff *skb, const struct dst_entry *dst,
			      bool udp)
{
	int err = m6t_xmit_prepare(m6t, cfg, skb, dst, M6T_HEADROOM);

	if (err)
		return err;
	return likely(udp) ? m6t_outer4_offload_udp(cfg, skb) :
			     m6t_xmit_offload_ip(skb, SKB_GSO_IPXIP4);
}

static void m6t_outer4_push_udp(struct sk_buff *skb, const struct m6t_config *cfg,
				const struct m6t_endpoint *ep, __be32 saddr)
{
	struct udphdr *uh = __skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = ep->local_port;
	uh->dest = ep->port;
	uh->len = htons(skb->len);
	udp_set_csum(!cfg->udp_csum, skb, saddr, ep->remote, skb->len);
}

/* Atomic datagrams need no identification (RFC 6864), which would have to be drawn
 * from a counter that all CPUs share.
 */
static void m6t_outer4_push_ip(struct sk_buff *skb, const struct dst_entry *dst,
			       const struct iphdr *fields)
{
	struct iphdr *iph = __skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	*iph = *fields;
	if (ip_mtu_locked(dst))
		iph->frag_off = 0;
	iph->id = 0;
	if (!iph->frag_off)
		__ip_select_ident(dev_net(dst->dev), iph,
				  m6t_inner_packets(skb));
}

static void m6t_outer4_send_one(struct m6t_dev *m6t, struct sk_buff *skb,
				unsigned int hlen)
{
	unsigned int len = skb->len - hlen;
	int err;

	err = ip_local_out(m6t->net, NULL, skb);
	iptunnel_xmit_stats(m6t->dev, likely(!net_xmit_eval(err)) ? len : 0);
}

/* Check if the stack would segment a super-packet for this device, but leave the
 * inner checksums to the device: the outer ones would be complete then, see
 * m6t_outer4_complete_inner(). Headers to verify (DODGY) and partial segmentation by
 * hardware (PARTIAL) are not a reason to.
 */
static bool m6t_outer4_must_segment(struct sk_buff *skb)
{
	netdev_features_t features;

	if (!skb_is_gso(skb))
		return false;
	features = netif_skb_features(skb) | NETIF_F_GSO_ROBUST;
	if (features & NETIF_F_GSO_PARTIAL)
		features |= skb->dev->features & skb->dev->gso_partial_features;
	return (features & NETIF_F_CSUM_MASK) && !skb_gso_ok(skb, features);
}

/* Without a checksum feature the inner checksums are computed; the outer ones are
 * left to the device anyway if it can compute them.
 */
static int m6t_outer4_segment(struct m6t_dev *m6t, struct sk_buff *skb)
{
	struct sk_buff *segs, *next;

	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_FRAGLIST);
	if (IS_ERR_OR_NULL(segs))
		return segs ? PTR_ERR(segs) : -EINVAL;
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		m6t_outer4_send_one(m6t, skb, M6T_HEADROOM);
	}
	return 0;
}

/* Pass a packet with complete headers to IPv4. */
static int m6t_outer4_send(struct m6t_dev *m6t, struct sk_buff *skb,
			   struct dst_entry *dst, unsigned int hlen)
{
	int err = 0;

	skb_clear_hash_if_not_l4(skb);
	skb_dst_set_noref(skb, dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb->dev = dst->dev;
	skb->protocol = htons(ETH_P_IP);
	dev_xmit_recursion_inc();
	if (unlikely(hlen == M6T_HEADROOM && m6t_outer4_must_segment(skb)))
		err = m6t_outer4_segment(m6t, skb);
	else
		m6t_outer4_send_one(m6t, skb, hlen);
	dev_xmit_recursion_dec();
	return err;
}

/**
 * m6t_outer4_xmit_on() - send an inner packet to an endpoint
 * @m6t: device
 * @cfg: settings
 * @skb: whole inner packet, its header at skb->data and in the linear part
 * @ep: outer addresses and ports; ports of 0: IPv4 without UDP
 * @path: what is known about the path there, or NULL
 * @link: ifindex of the underlay, 0: any
 *
 * Context: softirq, under RCU.
 * Return: 0, @skb was consumed; or the reason for the caller to drop it.
 */
enum m6t_stat m6t_outer4_xmit_on(struct m6t_dev *m6t,
				 const struct m6t_config *cfg,
				 struct sk_buff *skb,
				 const struct m6t_endpoint *ep,
				 const struct m6t_path *path, u32 link)
{
	bool udp = ep->port;
	unsigned int hlen = udp ? M6T_HEADROOM : sizeof(struct iphdr);
	struct iphdr outer = {
		.version = 4, .ihl = sizeof(outer) / 4,
		.protocol = udp ? IPPROTO_UDP : m6t_inner_ipproto(skb),
		.tos = m6t_xmit_dsfield(cfg, m6t_inner_dsfield(skb)),
		.ttl = cfg->ttl ?: m6t_inner_ttl(skb),
		.daddr = ep->remote,
	};
	struct dst_entry *dst;
	enum m6t_stat why;
	bool df;

	/* A mark from another netns has no meaning for the routes of this one. */
	if (cfg->fwmark || m6t_dev_is_xnet(m6t))
		skb->mark = cfg->fwmark;
	dst = m6t_route_get(m6t, link, skb, ep, outer.protocol, outer.tos,
			    &outer.saddr);
	if (IS_ERR(dst))
		return PTR_ERR(dst) == -ELOOP ? M6T_STAT_TX_LOOP :
						M6T_STAT_TX_NO_ROUTE;
	why = m6t_path_check(m6t, cfg, skb, dst, hlen, path, &df);
	if (why)
		return why;
	outer.frag_off = df ? htons(IP_DF) : 0;
	if (dev_recursion_level() > M6T_RECURSION_LIMIT)
		return M6T_STAT_TX_LOOP;
	if (m6t_outer4_prepare(m6t, cfg, skb, dst, udp))
		return M6T_STAT_TX_NO_ROUTE;
	if (likely(udp))
		m6t_outer4_push_udp(skb, cfg, ep, outer.saddr);
	m6t_outer4_push_ip(skb, dst, &outer);
	if (m6t_outer4_send(m6t, skb, dst, hlen))
		return M6T_STAT_TX_NO_ROUTE;
	return M6T_STAT_UNSPEC;
}
