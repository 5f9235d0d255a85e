/* SPDX-License-Identifier: GPL-2.0 */
/* What transmit over IPv4 and over IPv6 have in common. */
#ifndef M6T_XMIT_H
#define M6T_XMIT_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "m6t.h"
#include "m6t_inner.h"

/* Maximum number of nested tunnels, the same as that of the kernel's own. */
#define M6T_RECURSION_LIMIT	5

/* Upper bound for needed_headroom: the stack reserves that much in every skb. */
#define M6T_HEADROOM_MAX	512

/**
 * m6t_xmit_dsfield() - get the outer TOS byte or traffic class (W6)
 * @cfg: settings
 * @inner: that of the inner packet
 *
 * The ECN bits are copied, which is the normal mode of RFC 6040;
 * ip_tunnel_ecn_encap() would turn CE into ECT(0) as in RFC 3168.
 *
 * Return: DSCP and ECN bits.
 */
static inline u8 m6t_xmit_dsfield(const struct m6t_config *cfg, u8 inner)
{
	if (cfg->tos == M6T_TOS_INHERIT)
		return inner;
	return cfg->tos | (inner & INET_ECN_MASK);
}

/* Learn the headroom that the underlay needs. Packets that the stack allocates for
 * this device without it would have to be copied.
 */
static inline void m6t_xmit_adjust_headroom(struct net_device *dev,
					    unsigned int needed)
{
	if (unlikely(needed > READ_ONCE(dev->needed_headroom) &&
		     needed <= M6T_HEADROOM_MAX))
		WRITE_ONCE(dev->needed_headroom, needed);
}

/**
 * m6t_xmit_prepare() - make room for the outer headers
 * @m6t: device
 * @cfg: settings
 * @skb: inner packet
 * @dst: route to the peer
 * @hlen: size of the outer headers, bytes
 *
 * Context: softirq, under RCU.
 * Return: 0 or -ENOMEM.
 */
static inline int m6t_xmit_prepare(struct m6t_dev *m6t,
				   const struct m6t_config *cfg,
				   struct sk_buff *skb,
				   const struct dst_entry *dst,
				   unsigned int hlen)
{
	unsigned int needed = LL_RESERVED_SPACE(dst->dev) + dst->header_len +
			      hlen;

	skb_scrub_packet(skb, m6t_dev_is_xnet(m6t));
	if (cfg->fwmark)
		skb->mark = cfg->fwmark;
	m6t_xmit_adjust_headroom(m6t->dev, needed);
	return skb_cow_head(skb, needed);
}

/**
 * m6t_xmit_offload_ip() - prepare a packet for outer headers without UDP
 * @skb: inner packet
 * @type: %SKB_GSO_IPXIP4 or %SKB_GSO_IPXIP6
 *
 * As ipip, sit and ip6_tunnel do: the inner checksum is the outermost one.
 *
 * Context: softirq.
 * Return: 0 or an error.
 */
static inline int m6t_xmit_offload_ip(struct sk_buff *skb, int type)
{
	int err = iptunnel_handle_offloads(skb, type);

	if (!err)
		skb_set_inner_ipproto(skb, m6t_inner_ipproto(skb));
	return err;
}

#endif /* M6T_XMIT_H */
