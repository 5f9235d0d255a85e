/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inner packet: everything that depends on it being IPv6 or IPv4, for code that
 * carries it whatever its addresses.
 */
#ifndef M6T_INNER_H
#define M6T_INNER_H

#include <linux/icmpv6.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "m6t_proto.h"

/**
 * union m6t_inner - an inner header
 * @v6: IPv6
 * @v4: IPv4, without options
 */
union m6t_inner {
	struct ipv6hdr v6;
	struct iphdr v4;
};

/**
 * m6t_inner_is4() - check if an inner packet is IPv4
 * @skb: packet
 *
 * Return: true if so, false for IPv6.
 */
static inline bool m6t_inner_is4(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP);
}

/**
 * m6t_inner_saddr4() - get the source of an inner IPv4 packet
 * @skb: packet, its inner header is the network header
 *
 * Return: IPv4 address, network byte order.
 */
static inline __be32 m6t_inner_saddr4(const struct sk_buff *skb)
{
	return ip_hdr(skb)->saddr;
}

/**
 * m6t_inner_daddr4() - get the destination of an inner IPv4 packet
 * @skb: packet, its inner header is the network header
 *
 * Return: IPv4 address, network byte order.
 */
static inline __be32 m6t_inner_daddr4(const struct sk_buff *skb)
{
	return ip_hdr(skb)->daddr;
}

/**
 * m6t_inner_proto() - get the protocol of an inner packet
 * @inner: its header
 *
 * Return: EtherType, network byte order; 0 if unknown.
 */
static inline __be16 m6t_inner_proto(const union m6t_inner *inner)
{
	if (inner->v6.version == 6)
		return htons(ETH_P_IPV6);
	return inner->v4.version == 4 ? htons(ETH_P_IP) : 0;
}

/**
 * m6t_inner_ipproto() - get the protocol number of an inner packet
 * @skb: packet
 *
 * Return: 4 or 41.
 */
static inline u8 m6t_inner_ipproto(const struct sk_buff *skb)
{
	return m6t_inner_is4(skb) ? IPPROTO_IPIP : IPPROTO_IPV6;
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
 * @hlen: length of that header, bytes
 *
 * Packet sockets, containers and virtual machines may leave a checksum to the
 * device, at any offset. One inside the inner header would overwrite the source
 * address after it has been checked (G3, N10).
 *
 * Return: true if so.
 */
static inline bool m6t_inner_csum_in_header(const struct sk_buff *skb,
					    unsigned int hlen)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) < (int)hlen;
}

/**
 * m6t_inner_hlen() - get the length of the inner header
 * @skb: packet, checked, its inner header is the network header
 *
 * Return: bytes, without IPv6 extension headers.
 */
static inline unsigned int m6t_inner_hlen(const struct sk_buff *skb)
{
	return m6t_inner_is4(skb) ? ip_hdrlen(skb) : sizeof(struct ipv6hdr);
}

/**
 * m6t_inner_check4() - check that the stack sends one whole IPv4 packet (D2)
 * @skb: packet, its network header at skb->data
 *
 * Context: softirq.
 * Return: 0 if so, with its header in the linear part; or the reason to drop it.
 */
static inline enum m6t_stat m6t_inner_check4(struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, sizeof(struct iphdr)) ||
	    !pskb_may_pull(skb, ip_hdrlen(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	if (ip_hdr(skb)->version != 4 ||
	    ip_hdrlen(skb) < sizeof(struct iphdr) ||
	    (ntohs(ip_hdr(skb)->tot_len) != skb->len && !skb_is_gso(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	if (m6t_inner_csum_in_header(skb, ip_hdrlen(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_inner_check() - check that the stack sends one whole inner packet
 * @skb: packet; AF_PACKET may hand us malformed ones
 * @takes4: it may be IPv4, too
 *
 * Context: softirq.
 * Return: 0 if so, with its header at skb->data and in the linear part; or the
 * reason to drop it.
 */
static inline enum m6t_stat m6t_inner_check(struct sk_buff *skb, bool takes4)
{
	unsigned int len;

	if (!skb_pull(skb, skb_network_offset(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	if (m6t_inner_is4(skb) && takes4)
		return m6t_inner_check4(skb);
	if (skb->protocol != htons(ETH_P_IPV6) ||
	    !pskb_may_pull(skb, sizeof(struct ipv6hdr)))
		return M6T_STAT_TX_BAD_SOURCE;
	len = ntohs(ipv6_hdr(skb)->payload_len) + sizeof(struct ipv6hdr);
	if (ipv6_hdr(skb)->version != 6 ||
	    (len != skb->len && !skb_is_gso(skb)))
		return M6T_STAT_TX_BAD_SOURCE;
	if (m6t_inner_csum_in_header(skb, sizeof(struct ipv6hdr)))
		return M6T_STAT_TX_BAD_SOURCE;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_inner_pull4() - check that a datagram holds one whole IPv4 packet (D2)
 * @skb: datagram
 * @hlen: bytes before the inner packet, which has at least an IPv4 header without
 *	options in the linear part
 *
 * Context: softirq.
 * Return: 0 if so, with its header in the linear part; or the reason to drop it.
 */
static inline enum m6t_stat m6t_inner_pull4(struct sk_buff *skb,
					    unsigned int hlen)
{
	const struct iphdr *iph = (struct iphdr *)(skb->data + hlen);
	enum m6t_stat why = m6t_proto_check4(iph, skb->len - hlen);

	if (why)
		return why;
	return pskb_may_pull(skb, hlen + iph->ihl * 4) ? M6T_STAT_UNSPEC :
							 M6T_STAT_RX_SHORT;
}

/**
 * m6t_inner_pull() - check that a datagram holds one whole inner packet (W5)
 * @skb: datagram
 * @hlen: bytes before the inner packet, all in the linear part
 * @takes4: it may be IPv4, too
 * @proto: set to the EtherType of the inner packet, network byte order
 *
 * Context: softirq.
 * Return: 0 if so, with its header in the linear part; or the reason to drop it.
 */
static inline enum m6t_stat m6t_inner_pull(struct sk_buff *skb,
					   unsigned int hlen, bool takes4,
					   __be16 *proto)
{
	if (takes4 && pskb_may_pull(skb, hlen + sizeof(struct iphdr)) &&
	    ((struct iphdr *)(skb->data + hlen))->version == 4) {
		*proto = htons(ETH_P_IP);
		return m6t_inner_pull4(skb, hlen);
	}
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
 * @takes4: it may be IPv4, too
 * @buf: buffer the header may be copied to
 *
 * Return: the header of one whole inner packet; NULL if too little is quoted or
 * it is not one of ours.
 */
static inline const union m6t_inner *
m6t_inner_quoted(const struct sk_buff *skb, unsigned int offset,
		 unsigned int len, bool takes4, union m6t_inner *buf)
{
	const union m6t_inner *inner;

	inner = skb_header_pointer(skb, offset, sizeof(struct iphdr), buf);
	if (takes4 && inner && inner->v4.version == 4)
		return m6t_proto_check4(&inner->v4, len) ? NULL : inner;
	inner = skb_header_pointer(skb, offset, sizeof(struct ipv6hdr), buf);
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
	return m6t_inner_is4(skb) ? ipv4_get_dsfield(ip_hdr(skb)) :
				    ipv6_get_dsfield(ipv6_hdr(skb));
}

/**
 * m6t_inner_ttl() - get the TTL or hop limit
 * @skb: packet, its inner header is the network header
 *
 * Return: that number.
 */
static inline u8 m6t_inner_ttl(const struct sk_buff *skb)
{
	return m6t_inner_is4(skb) ? ip_hdr(skb)->ttl : ipv6_hdr(skb)->hop_limit;
}

/**
 * m6t_inner_may_fragment() - check if routers may fragment an inner packet
 * @skb: packet, its inner header is the network header
 *
 * Return: true for IPv4 without DF.
 */
static inline bool m6t_inner_may_fragment(const struct sk_buff *skb)
{
	return m6t_inner_is4(skb) && !(ip_hdr(skb)->frag_off & htons(IP_DF));
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
	if (m6t_inner_is4(skb))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
	else
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

/**
 * m6t_inner_unreachable() - report to the sender that a packet has no destination
 * @skb: packet, its inner header is the network header
 *
 * Context: softirq, under RCU.
 */
static inline void m6t_inner_unreachable(struct sk_buff *skb)
{
	if (m6t_inner_is4(skb))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH,
				0);
}

/**
 * m6t_inner_merges() - decide if a packet goes through gro_cells, to be merged
 *	with later ones of its flow
 * @skb: packet, its inner header is the network header
 * @features: of the device
 *
 * For packets that the underlay device could not merge. Decided by protocol, so
 * that a flow is never reordered; most fragments are of UDP or ESP. Signalling has a
 * destination option in front of ESP (D6).
 *
 * Return: true if so.
 */
static inline bool m6t_inner_merges(const struct sk_buff *skb,
				    netdev_features_t features)
{
	u8 proto = m6t_inner_is4(skb) ? ip_hdr(skb)->protocol :
					ipv6_hdr(skb)->nexthdr;

	switch (proto) {
	case NEXTHDR_UDP:
		/* A datagram to a tunnel would be unwrapped on the same stack. */
		if (m6t_inner_is4(skb))
			return true;
		fallthrough;
	case NEXTHDR_FRAGMENT:
		return features & (NETIF_F_GRO_UDP_FWD | NETIF_F_GRO_FRAGLIST);
	case NEXTHDR_DEST:
		return m6t_inner_is4(skb);
	case NEXTHDR_ESP:
		/* Likewise. */
		return m6t_inner_is4(skb);
	case NEXTHDR_ICMP:
	case IPPROTO_ICMP:
		return false;
	default:
		return true;
	}
}

/**
 * m6t_inner_gro() - decide if packets may be merged before decapsulation
 * @inner: inner header
 * @takes4: IPv4 is accepted, too
 *
 * Only for TCP and UDP. The handler of ESP does not merge packets but
 * decrypts them at once, before their sender has been checked; on older kernels,
 * where the outer header is no longer the network header, it finds their SA.
 *
 * Return: EtherType whose callbacks merge them, network byte order; 0: none.
 */
static inline __be16 m6t_inner_gro(const union m6t_inner *inner, bool takes4)
{
	__be16 proto = m6t_inner_proto(inner);
	u8 nexthdr = inner->v6.nexthdr;

	if (proto == htons(ETH_P_IP)) {
		if (!takes4)
			return 0;
		nexthdr = inner->v4.protocol;
	}
	return nexthdr == NEXTHDR_TCP || nexthdr == NEXTHDR_UDP ? proto : 0;
}

#endif /* M6T_INNER_H */
