/* SPDX-License-Identifier: GPL-2.0 */
/* The inner packet. */
#ifndef M6T_INNER_H
#define M6T_INNER_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>

/**
 * m6t_skb_packets() - how many packets of the wire does this one stand for?
 * @skb: packet
 *
 * Return: at least 1.
 */
static inline unsigned int m6t_skb_packets(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_segs ?: 1;
}

/**
 * m6t_skb_csum_in_header() - is a checksum yet to be written over the header?
 * @skb: packet, its IPv6 header at skb->data
 *
 * Packet sockets, containers and virtual machines may leave a checksum to the
 * device, at any place. One inside the IPv6 header would be written over the
 * source after that has been checked (G3, N10).
 *
 * Return: true if so.
 */
static inline bool m6t_skb_csum_in_header(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) < (int)sizeof(struct ipv6hdr);
}

#endif /* M6T_INNER_H */
