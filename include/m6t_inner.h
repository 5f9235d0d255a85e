/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inner packet: everything that depends on it being IPv6, for code that carries
 * it whatever its addresses. A second inner protocol would be added here.
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
 * @v6: IPv6
 */
union m6t_inner {
	struct ipv6hdr v6;
};

/**
 * m6t_inner_proto() - get the protocol of an inner packet
 * @inner: its header
 *
 * Return: EtherType, network byte order; 0 if unknown.
 */
static inline __be16 m6t_inner_proto(const union m6t_inner *inner)
{
	return inner->v6.version == 6 ? htons(ETH_P_IPV6) : 0;
}

/**
 * m6t_inner_packets() - count the packets that this one is segmented into
 * @skb: packet
 *
 * Return: at least 1.
 */
static inline unsigned int m6t_inner_packets(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_segs ?: 1;
}

/**
 * m6t_inner_csum_in_header() - check for a partial checksum inside the header
 * @skb: packet, its inner header at skb->data
 *
 * Packet sockets, containers and virtual machines may leave a checksum to the
 * device, at any offset. One inside the inner header would overwrite the source
 * address after it has been checked (G3, N10).
 *
 * Return: true if so.
 */
static inline bool m6t_inner_csum_in_header(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) < (int)sizeof(struct ipv6hdr);
}

/**
 * m6t_inner_check() - check that the stack sends one whole inner packet
 * @skb: packet; AF_PACKET may hand us malformed ones
 *
 * Context: softirq.
 * Return: 0 if so, with its header at skb->data and in the linear part; or the
 * reason to drop it.
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
 * m6t_inner_pull() - check that a datagram holds one whole inner packet (W5)
 * @skb: datagram
 * @hlen: bytes before the inner packet, all in the linear part
 * @proto: set to the EtherType of the inner packet, network byte order
 *
 * Context: softirq.
 * Return: 0 if so, with its header in the linear part; or the reason to drop it.
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
 * m6t_inner_quoted() - get the inner header quoted by an ICMP error
 * @skb: the error
 * @offset: offset of the quoted inner packet from skb->data, bytes
 * @len: length of the inner packet according to the quoted outer headers, bytes
 * @buf: buffer the header may be copied to
 *
 * Return: the header of one whole inner packet; NULL if too little is quoted or
 * it is not one of ours.
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
 * m6t_inner_dsfield() - get the TOS byte or traffic class
 * @skb: packet, its inner header is the network header
 *
 * Return: DSCP and ECN bits.
 */
static inline u8 m6t_inner_dsfield(const struct sk_buff *skb)
{
	return ipv6_get_dsfield(ipv6_hdr(skb));
}

/**
 * m6t_inner_ttl() - get the TTL or hop limit
 * @skb: packet, its inner header is the network header
 *
 * Return: that number.
 */
static inline u8 m6t_inner_ttl(const struct sk_buff *skb)
{
	return ipv6_hdr(skb)->hop_limit;
}

/**
 * m6t_inner_too_big() - report to the sender that a packet exceeds the path MTU
 * @skb: packet, its inner header is the network header
 * @mtu: largest inner packet that the path carries, bytes
 *
 * Context: softirq, under RCU.
 */
static inline void m6t_inner_too_big(struct sk_buff *skb, unsigned int mtu)
{
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

/**
 * m6t_inner_merges() - decide if a packet goes through gro_cells, to be merged
 *	with later ones of its flow
 * @skb: packet, its inner header is the network header
 * @features: of the device
 *
 * For packets that the underlay device could not merge. Decided by protocol, so
 * that a flow is never reordered; most fragments are of UDP or ESP.
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
 * m6t_inner_gro() - decide if packets may be merged before decapsulation
 * @inner: inner header
 *
 * Only TCP and UDP are worth it. The handler of ESP does not merge packets but
 * decrypts them at once, before their sender has been checked; on older kernels,
 * where the outer header is no longer the network header, it finds their SA.
 *
 * Return: EtherType whose callbacks merge them, network byte order; 0: none.
 */
static inline __be16 m6t_inner_gro(const union m6t_inner *inner)
{
	if (inner->v6.nexthdr != NEXTHDR_TCP &&
	    inner->v6.nexthdr != NEXTHDR_UDP)
		return 0;
	return m6t_inner_proto(inner);
}

#endif /* M6T_INNER_H */
