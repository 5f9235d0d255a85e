// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload: datagrams of one endpoint with packets of one inner flow are
 * merged before they are parsed, so the rest of the receive path handles many at
 * once. What is not exactly one whole packet is never merged, and takes the slow
 * path to be counted (W5).
 */

#include <net/gro.h>
#include <net/inet_sock.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "outer/m6t_gro.h"

/* The stack may have looked up the socket by its port only. */
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

/* The length field of UDP has 16 bits, even if the device allows larger IPv4
 * packets.
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
 * m6t_gro_receive() - try to merge the packet in a datagram with held ones
 * @sk: our socket
 * @head: held packets
 * @skb: datagram, with the GRO offset at its payload
 *
 * Context: softirq, under RCU.
 * Return: a held packet to pass on now, or NULL.
 */
struct sk_buff *m6t_gro_receive(struct sock *sk, struct list_head *head,
				struct sk_buff *skb)
{
	const struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);
	unsigned int offset = skb_gro_offset(skb);
	const struct packet_offload *type;
	const union m6t_inner *inner;
	__be16 proto;

	inner = skb_gro_header(skb, offset + sizeof(*inner), offset);
	proto = inner && m6t ? m6t_inner_gro(inner, m6t->role->takes4) : 0;
	if (!proto || !m6t_gro_is_ours(sk, skb))
		goto err_flush;
	/* Passes on the held packets, then this one. */
	if (m6t_gro_is_full(head, skb))
		NAPI_GRO_CB(skb)->flush = 1;
	type = gro_find_receive_by_type(proto);
	if (!type)
		goto err_flush;
	return call_gro_receive(type->callbacks.gro_receive, head, skb);

err_flush:
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/**
 * m6t_gro_complete() - complete a merged packet
 * @sk: our socket
 * @skb: packet
 * @offset: offset of the inner header, bytes
 *
 * Context: softirq, under RCU.
 * Return: 0 or an error.
 */
int m6t_gro_complete(struct sock *sk, struct sk_buff *skb, int offset)
{
	const union m6t_inner *inner = (const void *)skb->data + offset;
	const struct packet_offload *type;
	int err = -ENOENT;

	type = gro_find_complete_by_type(m6t_inner_proto(inner));
	if (type)
		err = type->callbacks.gro_complete(skb, offset);
	skb_set_inner_mac_header(skb, offset);
	return err;
}
