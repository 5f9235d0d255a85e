/* SPDX-License-Identifier: GPL-2.0 */
/* What the kinds of tunnel ends do differently. */
#ifndef M6T_ROLE_H
#define M6T_ROLE_H

#include <linux/skbuff.h>

#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;
struct m6t_outer;
struct m6t_path;
struct m6t_state;
struct netlink_ext_ack;
struct nlattr;
union m6t_inner;

/**
 * struct m6t_role - a kind of tunnel end, and what it does differently
 * @mode: its &enum m6t_mode
 * @check: process: refuse settings that are complete and contradict each other; 0
 *	or an error, with a sentence
 * @init: process, RTNL: allocate what lives as long as the device
 * @uninit: process, RTNL: stop timers and work; no packets come any more
 * @free: process: undo @init
 * @open: process, RTNL: the device goes up
 * @stop: process, RTNL: the device goes down
 * @change: process, RTNL: get ready for new settings, which are published
 *	when this returns 0; on an error nothing has changed
 * @receive: softirq: a whole inner packet came in, its header is in the linear
 *	part. 0: deliver it; %M6T_STAT_RX_KEEPALIVE: it was for us; else the
 *	reason to drop it. Never frees it.
 * @transmit: softirq: a whole inner packet is to be sent. 0: sent, the packet is
 *	gone; else the reason to drop it
 * @path: softirq: what is known of the path that a packet of ours went by, if it
 *	was ours: the quoted inner header, and the outer ones; NULL if not
 * @fill: process: add to a netlink message what is particular to the role;
 *	0 or -EMSGSIZE
 * @attach: process, RTNL: begin an attachment with the last 48 bits of an address,
 *	or NULL for random ones; NULL where devices do not attach
 * @detach: process, RTNL: end the attachment, if there is one
 * @bindings: any: the binding table; NULL where devices have none
 *
 * Nobody but the roles themselves asks which one a device has.
 */
struct m6t_role {
	u8 mode;
	int (*check)(const struct m6t_config *cfg, struct nlattr *data[],
		     struct netlink_ext_ack *extack);
	int (*init)(struct m6t_dev *m6t, const struct m6t_config *cfg);
	void (*uninit)(struct m6t_dev *m6t);
	void (*free)(struct m6t_dev *m6t);
	int (*open)(struct m6t_dev *m6t, const struct m6t_config *cfg,
		    struct netlink_ext_ack *extack);
	void (*stop)(struct m6t_dev *m6t);
	int (*change)(struct m6t_dev *m6t, const struct m6t_config *old,
		      const struct m6t_config *cfg,
		      struct netlink_ext_ack *extack);
	enum m6t_stat (*receive)(struct m6t_dev *m6t,
				 const struct m6t_config *cfg,
				 struct sk_buff *skb,
				 const struct m6t_outer *outer);
	enum m6t_stat (*transmit)(struct m6t_dev *m6t,
				  const struct m6t_config *cfg,
				  struct sk_buff *skb);
	struct m6t_path *(*path)(struct m6t_dev *m6t,
				 const union m6t_inner *inner,
				 const struct m6t_outer *outer);
	int (*fill)(struct m6t_dev *m6t, struct sk_buff *msg);
	int (*attach)(struct m6t_dev *m6t, const struct m6t_config *cfg,
		      const u8 *id, struct netlink_ext_ack *extack);
	void (*detach)(struct m6t_dev *m6t);
	struct m6t_state *(*bindings)(struct m6t_dev *m6t);
};

const struct m6t_role *m6t_role_get(const struct nlattr *mode,
				    const struct m6t_role *now,
				    struct netlink_ext_ack *extack);

#endif /* M6T_ROLE_H */
