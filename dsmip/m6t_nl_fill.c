// SPDX-License-Identifier: GPL-2.0
/* Write bound mobile nodes and care-of addresses into netlink messages. */

#include <net/genetlink.h>

#include "m6t.h"
#include "m6t_netlink.h"
#include "m6t_outer.h"

static int m6t_nl_fill_signal_from(struct sk_buff *msg,
				   const struct m6t_signal *signal)
{
	struct in6_addr remote6;

	if (READ_ONCE(signal->encap) != M6T_ENCAP_IP6)
		return nla_put_in_addr(msg, M6T_A_REMOTE,
				       READ_ONCE(signal->ep.remote)) ?:
		       nla_put_be16(msg, M6T_A_PORT,
				    READ_ONCE(signal->ep.port));
	/* It may mix two packets anyway, see struct m6t_signal. */
	data_race(remote6 = signal->remote6);
	return nla_put_in6_addr(msg, M6T_A_REMOTE6, &remote6);
}

static int m6t_nl_fill_signal(struct sk_buff *msg, const struct m6t_node *node)
{
	u64 now = ktime_get_ns(), at = READ_ONCE(node->signal.at);
	struct nlattr *nest;

	if (!READ_ONCE(node->signal.count))
		return 0;
	nest = nla_nest_start(msg, M6T_A_SIGNAL);
	if (!nest || m6t_nl_fill_signal_from(msg, &node->signal) ||
	    nla_put_be32(msg, M6T_A_SPI, READ_ONCE(node->signal.spi)) ||
	    nla_put_u64_64bit(msg, M6T_A_AGE,
			      now > at ? div_u64(now - at, NSEC_PER_MSEC) : 0,
			      M6T_A_PAD) ||
	    nla_put_u64_64bit(msg, M6T_A_SIGNALS, READ_ONCE(node->signal.count),
			      M6T_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int m6t_nl_fill_life(struct sk_buff *msg, const struct m6t_node *node)
{
	u64 now = ktime_get_boottime_ns();
	u64 left = node->expires > now ? node->expires - now : 0;

	return nla_put_u64_64bit(msg, M6T_A_EXPIRES,
				 div_u64(left, NSEC_PER_MSEC), M6T_A_PAD);
}

static int m6t_nl_fill_traffic(struct sk_buff *msg, const struct m6t_node *node)
{
	if (nla_put_u64_64bit(msg, M6T_A_RX_PACKETS,
			      atomic64_read(&node->rx.packets), M6T_A_PAD) ||
	    nla_put_u64_64bit(msg, M6T_A_RX_BYTES,
			      atomic64_read(&node->rx.bytes), M6T_A_PAD) ||
	    nla_put_u64_64bit(msg, M6T_A_TX_PACKETS,
			      atomic64_read(&node->tx.packets), M6T_A_PAD) ||
	    nla_put_u64_64bit(msg, M6T_A_TX_BYTES,
			      atomic64_read(&node->tx.bytes), M6T_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int m6t_nl_fill_remote6(struct sk_buff *msg,
			       const struct m6t_endpoint6 *ep)
{
	return nla_put_in6_addr(msg, M6T_A_REMOTE6, &ep->remote);
}

static int m6t_nl_fill_local6(struct sk_buff *msg,
			      const struct m6t_endpoint6 *ep)
{
	return nla_put_in6_addr(msg, M6T_A_LOCAL6, &ep->local);
}

/**
 * m6t_nl_fill_outer() - write the outer addresses and ports of a packet
 * @msg: message
 * @outer: its outer headers
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_outer(struct sk_buff *msg, const struct m6t_outer *outer)
{
	if (outer->encap == M6T_ENCAP_IP6)
		return m6t_nl_fill_remote6(msg, &outer->v6) ?:
		       m6t_nl_fill_local6(msg, &outer->v6);
	return m6t_nl_fill_remote(msg, &outer->v4) ?:
	       m6t_nl_fill_local(msg, &outer->v4);
}

/**
 * m6t_nl_fill_node() - write a bound mobile node
 * @msg: message
 * @node: the mobile node
 * @privileged: the reader has CAP_NET_ADMIN and may see remote addresses
 *
 * Context: under RCU.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_node(struct sk_buff *msg, const struct m6t_node *node,
		     bool privileged)
{
	bool is6 = node->encap == M6T_ENCAP_IP6;

	if (nla_put_in6_addr(msg, M6T_A_ADDRESS, &node->obj.addr) ||
	    (node->hoa4 && nla_put_in_addr(msg, M6T_A_HOA4, node->hoa4)) ||
	    nla_put_u8(msg, M6T_A_ENCAP, node->encap) ||
	    (is6 ? m6t_nl_fill_local6(msg, &node->ep6) :
		   m6t_nl_fill_local(msg, &node->ep)) ||
	    m6t_nl_fill_life(msg, node) ||
	    m6t_nl_fill_traffic(msg, node))
		return -EMSGSIZE;
	if (!privileged)
		return 0;
	return (is6 ? m6t_nl_fill_remote6(msg, &node->ep6) :
		      m6t_nl_fill_remote(msg, &node->ep)) ?:
	       m6t_nl_fill_signal(msg, node);
}

/**
 * m6t_nl_fill_slot() - write a care-of address
 * @msg: message
 * @state: &enum m6t_slot_state; 0: no longer in use
 * @slot: the care-of address
 *
 * Context: under RCU or RTNL.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_slot(struct sk_buff *msg, u8 state, const struct m6t_slot *slot)
{
	u8 encap = READ_ONCE(slot->encap);

	if ((state && nla_put_u8(msg, M6T_A_SLOT, state)) ||
	    (encap == M6T_ENCAP_IP6 ? m6t_nl_fill_local6(msg, &slot->ep6) :
				      m6t_nl_fill_local(msg, &slot->ep)) ||
	    nla_put_u8(msg, M6T_A_ENCAP, encap) ||
	    nla_put_u32(msg, M6T_A_LINK, slot->link))
		return -EMSGSIZE;
	return 0;
}

/**
 * m6t_nl_fill_slots() - write all care-of addresses
 * @msg: message
 * @slots: the care-of addresses
 *
 * Context: under RCU.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_slots(struct sk_buff *msg, const struct m6t_slots *slots)
{
	struct nlattr *all = nla_nest_start(msg, M6T_A_SLOTS), *nest;
	const struct m6t_slot *slot;
	unsigned int i;

	if (!all)
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(slots->slot); i++) {
		slot = rcu_dereference(slots->slot[i]);
		if (!slot)
			continue;
		nest = nla_nest_start(msg, i);
		if (!nest || m6t_nl_fill_slot(msg, i, slot))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	nla_nest_end(msg, all);
	return 0;
}
