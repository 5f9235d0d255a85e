// SPDX-License-Identifier: GPL-2.0
/* Keepalives between gateway and mobile node. */

#include <linux/skbuff.h>
#include <net/ipv6.h>

#include "m6t.h"
#include "m6t_own.h"
#include "m6t_outer.h"

/**
 * m6t_keepalive_send() - send a keepalive or a reply to one (N6, G9)
 * @m6t: device
 * @cfg: settings
 * @saddr: IPv6 source
 * @daddr: IPv6 destination
 * @ep: outer addresses and ports
 *
 * It is just an IPv6 header, so a reply is no larger than the keepalive.
 *
 * Context: softirq.
 * Return: true if it was sent.
 */
bool m6t_keepalive_send(struct m6t_dev *m6t, const struct m6t_config *cfg,
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

	why = m6t_outer4_xmit(m6t, cfg, skb, ep, NULL);
	if (why) {
		m6t_stats_drop(m6t, skb, why);
		return false;
	}
	m6t_stats_count(m6t, M6T_STAT_TX_KEEPALIVE);
	return true;
}
