// SPDX-License-Identifier: GPL-2.0
/* Receive path shared by all encapsulations: check, unwrap, deliver. */

#include <linux/netdevice.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_rx.h"

/* Unwrap a datagram to the one whole inner packet in it, whose header becomes the
 * network header (W1, W5, W6). Nothing in the packet is trusted before that, and no
 * pointer into it is kept across calls that may reallocate it.
 */
static enum m6t_stat m6t_rx_unwrap(struct m6t_dev *m6t, struct sk_buff *skb,
				   unsigned int hlen, u8 dsfield)
{
	enum m6t_stat why;
	__be16 proto;

	why = m6t_inner_pull(skb, hlen, m6t->role->takes4, &proto);
	if (why)
		return why;
	if (iptunnel_pull_header(skb, hlen, proto, m6t_dev_is_xnet(m6t)))
		return M6T_STAT_RX_SHORT;
	skb_reset_network_header(skb);
	if (m6t_inner_csum_in_header(skb, m6t_inner_hlen(skb)))
		return M6T_STAT_RX_BAD_SOURCE;

	skb->dev = m6t->dev;
	skb_reset_mac_header(skb);
	skb->pkt_type = PACKET_HOST;
	if (INET_ECN_decapsulate(skb, dsfield, m6t_inner_dsfield(skb)) > 1)
		return M6T_STAT_RX_ECN;
	return M6T_STAT_UNSPEC;
}

/* Packets that are not queued to gro_cells are received on the current kernel stack.
 * That does not nest: to get here again, a datagram inside such a packet must be
 * unwrapped by another tunnel, which queues it; IPv4 that could come here is queued. The
 * hash was that of the outer flow, which is the same for all flows of a mobile node.
 */
static void m6t_rx_deliver(struct m6t_dev *m6t, struct sk_buff *skb)
{
	unsigned int len = skb->len;

	skb_clear_hash(skb);
	if (!m6t_inner_merges(skb, m6t->dev->features)) {
		/* UDP passes on segments while they are still linked in a list. */
		skb_mark_not_on_list(skb);
		/* It still points to the outer UDP header. */
		skb_reset_transport_header(skb);
		netif_receive_skb(skb);
	} else {
		/* GRO distinguishes flows by it. */
		skb_get_hash(skb);
		if (gro_cells_receive(&m6t->gro_cells, skb) != NET_RX_SUCCESS)
			return;
	}
	dev_sw_netstats_rx_add(m6t->dev, len);
}

/* Over IPv6, an inner packet could get here again at once, so all are queued: none is
 * received on the current kernel stack.
 */
static void m6t_rx_queue(struct m6t_dev *m6t, struct sk_buff *skb)
{
	unsigned int len = skb->len;
	int err;

	skb_clear_hash(skb);
	skb_reset_transport_header(skb);
	if (m6t_inner_merges(skb, m6t->dev->features)) {
		skb_get_hash(skb);
		err = gro_cells_receive(&m6t->gro_cells, skb);
	} else {
		err = netif_rx(skb);
	}
	if (err == NET_RX_SUCCESS)
		dev_sw_netstats_rx_add(m6t->dev, len);
}

/* GRO may have decrypted signalling before (esp6_offload), as the home agent's address is
 * not replaced: then policies must find the security association in the packet.
 */
static enum m6t_stat m6t_rx_unwrap6(struct m6t_dev *m6t, struct sk_buff *skb,
				    const struct m6t_outer *outer)
{
	enum m6t_stat why;
#ifdef CONFIG_XFRM
	bool keep = outer->verified && !m6t_dev_is_xnet(m6t);
	u8 extensions = skb->active_extensions & BIT(SKB_EXT_SEC_PATH);

	if (keep)
		skb->active_extensions = 0;
#endif
	why = m6t_rx_unwrap(m6t, skb, 0, outer->dsfield);
#ifdef CONFIG_XFRM
	if (keep)
		skb->active_extensions = extensions;
#endif
	return why;
}

/**
 * m6t_rx6() - receive a packet that came over IPv6, or drop it
 * @m6t: device
 * @skb: inner packet, its header at skb->data; consumed
 * @outer: the outer headers, checked by the encapsulation
 *
 * Context: softirq, under RCU.
 */
void m6t_rx6(struct m6t_dev *m6t, struct sk_buff *skb,
	     const struct m6t_outer *outer)
{
	enum m6t_stat why;

	why = m6t_rx_unwrap6(m6t, skb, outer);
	if (likely(!why))
		why = m6t->role->receive(m6t, rcu_dereference(m6t->cfg), skb,
					 outer);
	if (likely(!why))
		m6t_rx_queue(m6t, skb);
	else
		m6t_stats_drop(m6t, skb, why);
}

/**
 * m6t_rx() - receive a packet, or drop it
 * @m6t: device
 * @skb: packet, an outer header at skb->data; consumed
 * @hlen: bytes before the inner packet, in the linear part
 * @outer: the outer headers, checked by the encapsulation
 *
 * Context: softirq, under RCU.
 */
void m6t_rx(struct m6t_dev *m6t, struct sk_buff *skb, unsigned int hlen,
	    const struct m6t_outer *outer)
{
	enum m6t_stat why;

	why = m6t_rx_unwrap(m6t, skb, hlen, outer->dsfield);
	if (likely(!why))
		why = m6t->role->receive(m6t, rcu_dereference(m6t->cfg), skb,
					 outer);
	if (likely(!why))
		m6t_rx_deliver(m6t, skb);
	else
		m6t_stats_drop(m6t, skb, why);
}
