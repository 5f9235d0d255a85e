/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outer headers: where a packet came from or is sent to, and how it is sent.
 */
#ifndef M6T_OUTER_H
#define M6T_OUTER_H

#include <linux/skbuff.h>

#include "m6t_config.h"
#include "m6t_path.h"
#include "m6t_proto.h"

struct m6t_dev;

/**
 * struct m6t_outer - the outer headers of one packet
 * @encap: &enum m6t_encap
 * @dsfield: TOS byte; received packets only
 * @v4: addresses and ports; ports of 0 without UDP
 * @v6: addresses, if @encap is %M6T_ENCAP_IP6
 * @verified: IPsec has already verified it, with its care-of address; received packets
 *	over IPv6 only
 * @link: ifindex of the link it was received on; received packets without UDP only
 * @master: ifindex of the VRF of the link, or of the link itself; likewise
 *
 * Lives on the stack while a packet is handled.
 */
struct m6t_outer {
	u8 encap;
	u8 dsfield;
	bool verified;
	union {
		struct m6t_endpoint v4;
		struct m6t_endpoint6 v6;
	};
	u32 link;
	u32 master;
};

/**
 * m6t_outer_came_by() - check if a packet without UDP was received on a link
 * @outer: its outer headers
 * @link: ifindex of the link or its VRF, 0: any
 *
 * Return: true if so.
 */
static inline bool m6t_outer_came_by(const struct m6t_outer *outer, u32 link)
{
	return !link || link == outer->link || link == outer->master;
}

enum m6t_stat m6t_outer4_xmit_on(struct m6t_dev *m6t,
				 const struct m6t_config *cfg,
				 struct sk_buff *skb,
				 const struct m6t_endpoint *ep,
				 const struct m6t_path *path, u32 link);

/**
 * m6t_outer4_xmit() - send an inner packet to an endpoint, on the device's underlay
 * @m6t: device
 * @cfg: settings
 * @skb: whole inner packet, its header at skb->data and in the linear part
 * @ep: outer addresses and ports
 * @path: what is known about the path there, or NULL
 *
 * Context: softirq, under RCU.
 * Return: 0, @skb was consumed; or the reason for the caller to drop it.
 */
static inline enum m6t_stat m6t_outer4_xmit(struct m6t_dev *m6t,
					    const struct m6t_config *cfg,
					    struct sk_buff *skb,
					    const struct m6t_endpoint *ep,
					    const struct m6t_path *path)
{
	return m6t_outer4_xmit_on(m6t, cfg, skb, ep, path, cfg->link);
}

#endif /* M6T_OUTER_H */
