// SPDX-License-Identifier: GPL-2.0
/* Packets of the module itself: keepalives, replies to them, and proofs. */

#include <linux/skbuff.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>

#include "m6t.h"
#include "m6t_outer.h"
#include "m6t_own.h"

static struct sk_buff *m6t_own_new(struct m6t_dev *m6t,
				   const struct in6_addr *saddr,
				   const struct in6_addr *daddr,
				   u8 nexthdr, unsigned int len)
{
	unsigned int headroom = LL_MAX_HEADER + M6T_HEADROOM;
	struct ipv6hdr *ip6h;
	struct sk_buff *skb;

	skb = alloc_skb(headroom + sizeof(*ip6h) + len,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	ip6h = skb_put(skb, sizeof(*ip6h));
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->payload_len = htons(len);
	ip6h->nexthdr = nexthdr;
	ip6h->hop_limit = IPV6_DEFAULT_HOPLIMIT;
	ip6h->saddr = *saddr;
	ip6h->daddr = *daddr;
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = m6t->dev;
	return skb;
}

static bool m6t_own_send(struct m6t_dev *m6t, const struct m6t_config *cfg,
			 struct sk_buff *skb, const struct m6t_endpoint *ep,
			 enum m6t_stat sent)
{
	enum m6t_stat why = m6t_outer4_xmit(m6t, cfg, skb, ep, NULL);

	if (why) {
		m6t_stats_drop(m6t, skb, why);
		return false;
	}
	m6t_stats_count(m6t, sent);
	return true;
}

/**
 * m6t_own_keepalive() - send a keepalive or a reply to one (N6, G9)
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
bool m6t_own_keepalive(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       const struct in6_addr *saddr,
		       const struct in6_addr *daddr,
		       const struct m6t_endpoint *ep)
{
	struct sk_buff *skb = m6t_own_new(m6t, saddr, daddr, NEXTHDR_NONE, 0);

	return skb && m6t_own_send(m6t, cfg, skb, ep, M6T_STAT_TX_KEEPALIVE);
}

/**
 * m6t_own_echo() - send an echo request without data (G17)
 * @m6t: device
 * @cfg: settings
 * @saddr: IPv6 source
 * @daddr: IPv6 destination
 * @nonce: identifier and sequence number
 * @ep: outer addresses and ports
 *
 * Context: softirq.
 */
void m6t_own_echo(struct m6t_dev *m6t, const struct m6t_config *cfg,
		  const struct in6_addr *saddr, const struct in6_addr *daddr,
		  __be32 nonce, const struct m6t_endpoint *ep)
{
	struct icmp6hdr *icmp6h;
	struct sk_buff *skb;

	skb = m6t_own_new(m6t, saddr, daddr, NEXTHDR_ICMP, sizeof(*icmp6h));
	if (!skb)
		return;
	icmp6h = skb_put_zero(skb, sizeof(*icmp6h));
	icmp6h->icmp6_type = ICMPV6_ECHO_REQUEST;
	icmp6h->icmp6_dataun.un_data32[0] = nonce;
	icmp6h->icmp6_cksum = csum_ipv6_magic(saddr, daddr, sizeof(*icmp6h),
					      IPPROTO_ICMPV6,
					      csum_partial(icmp6h,
							   sizeof(*icmp6h),
							   0));
	m6t_own_send(m6t, cfg, skb, ep, M6T_STAT_TX_PROOF);
}
