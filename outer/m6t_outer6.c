// SPDX-License-Identifier: GPL-2.0
/*
 * Transmit path: over IPv6. ESP between home address and home agent is not wrapped: one
 * of its addresses is replaced after IPsec, so that it has the format of RFC 3776 on the
 * network, although security associations do not contain care-of addresses (D3, D21).
 */

#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_path.h"
#include "outer/m6t_ext6.h"
#include "outer/m6t_outer6.h"
#include "outer/m6t_proto6.h"
#include "outer/m6t_route6.h"
#include "outer/m6t_xmit.h"

static unsigned int m6t_outer6_overhead(enum m6t_wrap6 wrap)
{
	switch (wrap) {
	case M6T_WRAP6_TUNNEL:
		return sizeof(struct ipv6hdr);
	case M6T_WRAP6_HAO:
	case M6T_WRAP6_RT2:
		return sizeof(struct m6t_hao);
	default:
		return 0;
	}
}

/* Get the next header of the outer IPv6 header. */
static u8 m6t_outer6_nexthdr(const struct sk_buff *skb, enum m6t_wrap6 wrap)
{
	switch (wrap) {
	case M6T_WRAP6_TUNNEL:
		return m6t_inner_ipproto(skb);
	case M6T_WRAP6_HAO:
		return NEXTHDR_DEST;
	case M6T_WRAP6_RT2:
		return NEXTHDR_ROUTING;
	default:
		return ipv6_hdr(skb)->nexthdr;
	}
}

static int m6t_outer6_push(struct sk_buff *skb, const struct m6t_endpoint6 *ep)
{
	u8 nexthdr = m6t_inner_ipproto(skb);
	struct ipv6hdr *ip6h;
	int err;

	err = m6t_xmit_offload_ip(skb, SKB_GSO_IPXIP6);
	if (err)
		return err;
	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	memset(ip6h, 0, sizeof(*ip6h));
	ip6h->version = 6;
	ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	ip6h->nexthdr = nexthdr;
	ip6h->saddr = ep->local;
	ip6h->daddr = ep->remote;
	return 0;
}

static int m6t_outer6_push_hao(struct sk_buff *skb)
{
	struct in6_addr hoa = ipv6_hdr(skb)->saddr;
	struct m6t_hao *hao;

	hao = m6t_ext6_push(skb, NEXTHDR_DEST, sizeof(*hao));
	if (!hao)
		return -ENOMEM;
	hao->hdrlen = sizeof(*hao) / 8 - 1;
	hao->pad_type = IPV6_TLV_PADN;
	hao->pad_len = sizeof(hao->pad);
	memset(hao->pad, 0, sizeof(hao->pad));
	hao->type = IPV6_TLV_HAO;
	hao->len = sizeof(hao->hoa);
	hao->hoa = hoa;
	return 0;
}

static int m6t_outer6_push_rt2(struct sk_buff *skb)
{
	struct in6_addr hoa = ipv6_hdr(skb)->daddr;
	struct m6t_rt2 *rt2;

	rt2 = m6t_ext6_push(skb, NEXTHDR_ROUTING, sizeof(*rt2));
	if (!rt2)
		return -ENOMEM;
	rt2->hdrlen = sizeof(*rt2) / 8 - 1;
	rt2->type = IPV6_SRCRT_TYPE_2;
	rt2->segments_left = 1;
	rt2->reserved = 0;
	rt2->hoa = hoa;
	return 0;
}

/* Complete the checksum here: it covers the home address, which the underlay device does
 * not know.
 */
static int m6t_outer6_readdress(struct sk_buff *skb, enum m6t_wrap6 wrap,
				const struct m6t_endpoint6 *ep)
{
	int err = 0;

	if (skb->ip_summed == CHECKSUM_PARTIAL)
		err = skb_checksum_help(skb);
	if (!err && wrap == M6T_WRAP6_HAO)
		err = m6t_outer6_push_hao(skb);
	if (!err && wrap == M6T_WRAP6_RT2)
		err = m6t_outer6_push_rt2(skb);
	if (err)
		return err;
	if (wrap == M6T_WRAP6_SOURCE || wrap == M6T_WRAP6_HAO)
		ipv6_hdr(skb)->saddr = ep->local;
	else
		ipv6_hdr(skb)->daddr = ep->remote;
	return 0;
}

static int m6t_outer6_wrap(struct sk_buff *skb, const struct m6t_to6 *to)
{
	if (to->wrap == M6T_WRAP6_TUNNEL)
		return m6t_outer6_push(skb, to->ep);
	return m6t_outer6_readdress(skb, to->wrap, to->ep);
}

/* Pass a packet with complete headers to IPv6. If it may be fragmented, the stack must
 * know the path MTU: only this module has learnt it from the router's report.
 */
static void m6t_outer6_send(struct m6t_dev *m6t, struct sk_buff *skb,
			    struct dst_entry *dst, const struct m6t_path *path,
			    unsigned int len)
{
	int err;

	skb_clear_hash_if_not_l4(skb);
	skb_dst_set_noref(skb, dst);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	skb->dev = dst->dev;
	skb->protocol = htons(ETH_P_IPV6);
	if (skb->ignore_df && path)
		skb_dst_update_pmtu_no_confirm(skb, m6t_path_mtu(path));
	dev_xmit_recursion_inc();
	err = ip6_local_out(m6t->net, NULL, skb);
	dev_xmit_recursion_dec();
	iptunnel_xmit_stats(m6t->dev, likely(!net_xmit_eval(err)) ? len : 0);
}

/* The traffic class and hop limit of the settings are also for packets that are not
 * wrapped: their header is the outer one.
 */
static enum m6t_stat m6t_outer6_finish(struct m6t_dev *m6t, struct sk_buff *skb,
				       struct dst_entry *dst,
				       const struct m6t_to6 *to, u8 dsfield,
				       u8 hop_limit, bool whole)
{
	unsigned int len = skb->len;

	if (m6t_outer6_wrap(skb, to))
		return M6T_STAT_TX_NO_ROUTE;
	ipv6_change_dsfield(ipv6_hdr(skb), 0, dsfield);
	ipv6_hdr(skb)->hop_limit = hop_limit;
	skb->ignore_df = !whole;
	m6t_outer6_send(m6t, skb, dst, to->path, len);
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_outer6_xmit() - send an inner packet over IPv6
 * @m6t: device
 * @cfg: settings
 * @skb: whole inner packet, its header at skb->data and in the linear part
 * @to: where and how
 *
 * Routers never fragment IPv6, so outer packets are never larger than the path carries,
 * whatever the setting of DF; they are fragmented here if the path could not carry the
 * minimum MTU inside.
 *
 * Context: softirq, under RCU.
 * Return: 0, @skb was consumed; or the reason for the caller to drop it.
 */
enum m6t_stat m6t_outer6_xmit(struct m6t_dev *m6t, const struct m6t_config *cfg,
			      struct sk_buff *skb, const struct m6t_to6 *to)
{
	u8 dsfield = m6t_xmit_dsfield(cfg, m6t_inner_dsfield(skb));
	unsigned int hlen = m6t_outer6_overhead(to->wrap);
	u8 hop_limit = cfg->ttl ?: m6t_inner_ttl(skb);
	struct dst_entry *dst;
	enum m6t_stat why;
	bool whole;

	/* A mark from another netns has no meaning for the routes of this one. */
	if (cfg->fwmark || m6t_dev_is_xnet(m6t))
		skb->mark = cfg->fwmark;
	dst = m6t_route6_get(m6t, to, skb->mark,
			     m6t_outer6_nexthdr(skb, to->wrap), dsfield);
	if (IS_ERR(dst))
		return PTR_ERR(dst) == -ELOOP ? M6T_STAT_TX_LOOP :
						M6T_STAT_TX_NO_ROUTE;
	why = m6t_path_check6(m6t, skb, dst, hlen, to->path, &whole);
	if (why)
		return why;
	if (dev_recursion_level() > M6T_RECURSION_LIMIT)
		return M6T_STAT_TX_LOOP;
	if (m6t_xmit_prepare(m6t, cfg, skb, dst, hlen))
		return M6T_STAT_TX_NO_ROUTE;
	return m6t_outer6_finish(m6t, skb, dst, to, dsfield, hop_limit, whole);
}
