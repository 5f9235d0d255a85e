/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inner packet: all that depends on its being IPv6, for those who carry it
 * without looking at whose it is. A second protocol is another case here.
 */
#ifndef M6T_INNER_H
#define M6T_INNER_H

#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <net/inet_ecn.h>
#include <net/ipv6.h>

#include "m6t_proto.h"

/**
 * union m6t_inner - an inner header
 * @v6: of IPv6
 */
union m6t_inner {
	struct ipv6hdr v6;
};

/**
 * m6t_inner_proto() - which protocol is an inner packet of?
 * @inner: its header
 *
 * Return: Ethernet's number of it, network byte order; 0 for another one.
 */
static inline __be16 m6t_inner_proto(const union m6t_inner *inner)
{
	return inner->v6.version == 6 ? htons(ETH_P_IPV6) : 0;
}

/**
 * m6t_inner_packets() - how many packets of the link does this one stand for?
 * @skb: packet
 *
 * Return: at least 1.
 */
static inline unsigned int m6t_inner_packets(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_segs ?: 1;
}

/**
 * m6t_inner_csum_in_header() - is a checksum yet to be written over the header?
 * @skb: packet, its inner header at skb->data
 *
 * Packet sockets, containers and virtual machines may leave a checksum to the
 * device, at any place. One inside the inner header would be written over the
 * source after that has been checked (G3, N10).
 *
 * Return: true if so.
 */
static inline bool m6t_inner_csum_in_header(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) < (int)sizeof(struct ipv6hdr);
}

/**
 * m6t_inner_check() - is a packet of the stack one whole inner packet?
 * @skb: packet; AF_PACKET may hand us malformed ones
 *
 * Context: softirq.
 * Return: 0, its header is at skb->data and in the linear part; or the reason to
 * drop it.
 */
static inline enum m6t_stat m6t_inner_check(struct sk_buff *skb)
{
	unsigned int len;

	if (skb->protocol != htons(ETH_P_IPV6) ||
	    !skb_pull(skb, skb_network_offset(skb)) ||
	    !pskb_may_pull(skb, sizeof(struct ipv6hdr)))
		return M6T_STAT_TX_BAD_SOURCE;
	len = ntohs(ipv6_hdr(skb)->payload_len) + sizeof(struct ipv6hdr);
	if (ipv6_hdr(skb)->version != 6 ||
	    (len != skb->len && !skb_is_gso(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	if (m6t_inner_csum_in_header(skb))
		return M6T_STAT_TX_BAD_SOURCE;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_inner_pull() - does a datagram hold exactly one whole inner packet? (W5)
 * @skb: datagram
 * @hlen: bytes before the inner packet, which are in the linear part
 * @proto: filled in: the inner protocol, Ethernet's number, network byte order
 *
 * Context: softirq.
 * Return: 0, the inner header is in the linear part; or the reason to drop it.
 */
static inline enum m6t_stat m6t_inner_pull(struct sk_buff *skb,
					   unsigned int hlen, __be16 *proto)
{
	if (!pskb_may_pull(skb, hlen + sizeof(struct ipv6hdr)))
		return M6T_STAT_RX_SHORT;
	*proto = htons(ETH_P_IPV6);
	return m6t_proto_check((struct ipv6hdr *)(skb->data + hlen),
			       skb->len - hlen);
}

/**
 * m6t_inner_quoted() - the inner header that an ICMP error quotes
 * @skb: the error
 * @offset: of the quoted inner packet, from skb->data on, bytes
 * @len: that the inner packet had, by what is quoted of the outer headers, bytes
 * @buf: where the header may be copied to
 *
 * Return: the header of one whole inner packet; NULL where too little is quoted, or
 * something else.
 */
static inline const union m6t_inner *
m6t_inner_quoted(const struct sk_buff *skb, unsigned int offset,
		 unsigned int len, union m6t_inner *buf)
{
	const union m6t_inner *inner;

	inner = skb_header_pointer(skb, offset, sizeof(*buf), buf);
	return inner && !m6t_proto_check(&inner->v6, len) ? inner : NULL;
}

/**
 * m6t_inner_dsfield() - TOS byte or traffic class
 * @skb: packet, its inner header is the network header
 *
 * Return: DSCP and ECN bits.
 */
static inline u8 m6t_inner_dsfield(const struct sk_buff *skb)
{
	return ipv6_get_dsfield(ipv6_hdr(skb));
}

/**
 * m6t_inner_ttl() - TTL or hop limit
 * @skb: packet, its inner header is the network header
 *
 * Return: that number.
 */
static inline u8 m6t_inner_ttl(const struct sk_buff *skb)
{
	return ipv6_hdr(skb)->hop_limit;
}

/**
 * m6t_inner_too_big() - report a packet to its sender that the path cannot carry
 * @skb: packet, its inner header is the network header
 * @mtu: what the path carries, bytes of the inner packet
 *
 * Context: softirq, under RCU.
 */
static inline void m6t_inner_too_big(struct sk_buff *skb, unsigned int mtu)
{
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

/**
 * m6t_inner_merges() - should a packet go through gro_cells, to be merged with
 *	later ones of its flow?
 * @skb: packet, its inner header is the network header
 * @features: of the device
 *
 * Only for what the link below could not merge. Decided by protocol, so that a flow
 * is never reordered; most fragments are of UDP or ESP.
 *
 * Return: true if so.
 */
static inline bool m6t_inner_merges(const struct sk_buff *skb,
				    netdev_features_t features)
{
	switch (ipv6_hdr(skb)->nexthdr) {
	case NEXTHDR_UDP:
	case NEXTHDR_FRAGMENT:
		return features & (NETIF_F_GRO_UDP_FWD | NETIF_F_GRO_FRAGLIST);
	case NEXTHDR_ESP:
	case NEXTHDR_ICMP:
		return false;
	default:
		return true;
	}
}

/**
 * m6t_inner_gro() - may packets of a flow be merged before they are decapsulated?
 * @inner: header of one
 *
 * No other protocol is worth it, and the handler of ESP does not merge packets but
 * decrypts them at once, before anybody has checked whose they are, and finds
 * their SA where the outer header is not the network header any more, which is so
 * on older kernels.
 *
 * Return: whose callbacks merge them, Ethernet's number, network byte order; 0: none.
 */
static inline __be16 m6t_inner_gro(const union m6t_inner *inner)
{
	if (inner->v6.nexthdr != NEXTHDR_TCP &&
	    inner->v6.nexthdr != NEXTHDR_UDP)
		return 0;
	return m6t_inner_proto(inner);
}

#endif /* M6T_INNER_H */
