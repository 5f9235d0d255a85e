// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload: datagrams of one endpoint that hold packets of one inner
 * flow are put together before they are looked at, so the rest of the way is
 * walked once for many of them. What is not exactly one whole IPv6 packet is
 * never put together with others, and goes the slow way to be counted (W5).
 */

#include <net/gro.h>
#include <net/inet_sock.h>

#include "m6t.h"
#include "m6t_gro.h"

/* The stack may find a socket by its port alone. */
static bool m6t_gro_is_ours(const struct sock *sk, struct sk_buff *skb)
{
	__be32 local = inet_sk(sk)->inet_rcv_saddr;
	unsigned int offset = m6t_gro_outer_offset(skb);
	const struct iphdr *iph;

	if (!local)
		return true;
	iph = skb_gro_header(skb, offset + sizeof(*iph), offset);
	return iph && iph->daddr == local;
}

/* What may be put together. No other is worth it, and the handler of ESP does not
 * put packets together but decrypts them at once, before anybody has looked
 * whose they are, and finds their SA where the outer header is not the network
 * header any more, which is so on older kernels.
 */
static bool m6t_gro_may_grow(const struct ipv6hdr *ip6h)
{
	return ip6h->version == 6 && (ip6h->nexthdr == NEXTHDR_TCP ||
				      ip6h->nexthdr == NEXTHDR_UDP);
}

/* The length of a datagram has 16 bits, however large packets of IPv4 may become
 * on the device.
 */
static bool m6t_gro_is_full(const struct list_head *head,
			    const struct sk_buff *skb)
{
	const struct sk_buff *p;

	list_for_each_entry(p, head, list)
		if (NAPI_GRO_CB(p)->same_flow &&
		    p->len + skb_gro_len(skb) >= GRO_LEGACY_MAX_SIZE)
			return true;
	return false;
}

/**
 * m6t_gro_receive() - try to put a datagram's packet together with held ones
 * @sk: our socket
 * @head: packets that are held
 * @skb: datagram, looked at from its payload on
 *
 * Context: softirq, under RCU.
 * Return: a held packet to pass on now, or NULL.
 */
struct sk_buff *m6t_gro_receive(struct sock *sk, struct list_head *head,
				struct sk_buff *skb)
{
	unsigned int offset = skb_gro_offset(skb);
	const struct packet_offload *ipv6;
	const struct ipv6hdr *ip6h;

	ip6h = skb_gro_header(skb, offset + sizeof(*ip6h), offset);
	if (!ip6h || !m6t_gro_may_grow(ip6h) || !m6t_gro_is_ours(sk, skb))
		goto err_flush;
	/* Passes on what is held, and this one after it. */
	if (m6t_gro_is_full(head, skb))
		NAPI_GRO_CB(skb)->flush = 1;
	ipv6 = gro_find_receive_by_type(htons(ETH_P_IPV6));
	if (!ipv6)
		goto err_flush;
	return call_gro_receive(ipv6->callbacks.gro_receive, head, skb);

err_flush:
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/**
 * m6t_gro_complete() - finish a packet that was put together
 * @sk: our socket
 * @skb: packet
 * @offset: of the inner IPv6 header, bytes
 *
 * Context: softirq, under RCU.
 * Return: 0 or an error.
 */
int m6t_gro_complete(struct sock *sk, struct sk_buff *skb, int offset)
{
	const struct packet_offload *ipv6;
	int err = -ENOENT;

	ipv6 = gro_find_complete_by_type(htons(ETH_P_IPV6));
	if (ipv6)
		err = ipv6->callbacks.gro_complete(skb, offset);
	skb_set_inner_mac_header(skb, offset);
	return err;
}
