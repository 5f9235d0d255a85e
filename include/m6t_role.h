/* SPDX-License-Identifier: GPL-2.0 */
/* Roles: gateway and mobile node, and those of DSMIPv6. */
#ifndef M6T_ROLE_H
#define M6T_ROLE_H

#include <linux/skbuff.h>

#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;
struct m6t_nodes;
struct m6t_outer;
struct m6t_path;
struct m6t_slots;
struct m6t_state;
struct netlink_ext_ack;
struct nlattr;
union m6t_inner;

/**
 * struct m6t_role - a kind of tunnel end, and what it does differently
 * @mode: its &enum m6t_mode
 * @overhead: bytes of outer headers that the MTU of the device leaves room for
 * @port: default UDP port
 * @missing: error message if no prefix is given
 * @not_here: error message if a socket cannot be bound to its address
 * @check: process: refuse complete settings that contradict each other; 0 or an
 *	error, with an extack message
 * @init: process, RTNL: allocate what lives as long as the device
 * @uninit: process, RTNL: stop timers and work; no more packets arrive
 * @free: process: undo @init
 * @open: process, RTNL: bring the device up
 * @stop: process, RTNL: take the device down
 * @change: process, RTNL: prepare for new settings, which are published when this
 *	returns 0; on error nothing has changed
 * @takes4: inner packets may be IPv4, too
 * @receive: softirq: handle a whole inner packet, its header in the linear part.
 *	0: deliver it; %M6T_STAT_RX_KEEPALIVE or %M6T_STAT_RX_PROOF: it was
 *	consumed; else the reason to drop it. Never frees it.
 * @transmit: softirq: send a whole inner packet. 0: it was sent and must not be
 *	touched again; else the reason to drop it
 * @path: softirq: find the path of a packet by the inner and outer headers that an
 *	ICMP error quotes; NULL if they do not prove that we sent it
 * @knows: softirq: check if a packet without UDP, of which at least an inner header
 *	without options is readable, comes from a known endpoint
 * @exthdr: extension header that holds a home address in packets for this role over
 *	IPv6; 0: none; then @serves6, @home6 and @esp_path are NULL
 * @serves6: softirq: check if a packet with that header is for this device
 * @vet: softirq: check a packet for this host that may hold a mobility header, and that
 *	no device has taken. 0: it may be heard; %M6T_STAT_RX_NOT_GATEWAY: it has nothing
 *	to do with this device; else the reason to drop it
 * @home6: softirq: find the addresses that ESP with a care-of address is about; false if
 *	it is not for this device
 * @esp_path: softirq: likewise, find the path of such ESP that an ICMP error quotes; NULL
 *	if it does not prove that we sent it
 * @fill: process: add the attributes of this role to a netlink message; 0 or
 *	-EMSGSIZE
 * @attach: process, RTNL: attach, with the given last 48 bits of the address, or
 *	random ones if NULL. The callback is NULL if the role does not attach
 * @detach: process, RTNL: detach, if attached
 * @bindings: any: get the binding table; NULL if the role has none
 * @nodes: any: get the bound mobile nodes; NULL if the role has none
 * @slots: any: get the care-of addresses; NULL if the role has none
 *
 * Only the roles themselves depend on which one a device has.
 */
struct m6t_role {
	u8 mode;
	u8 overhead;
	u16 port;
	const char *missing;
	const char *not_here;
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
	bool takes4;
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
	bool (*knows)(struct m6t_dev *m6t, const union m6t_inner *inner,
		      const struct m6t_outer *outer);
	u8 exthdr;
	bool (*serves6)(struct m6t_dev *m6t, const struct m6t_outer *outer);
	enum m6t_stat (*vet)(struct m6t_dev *m6t, const struct sk_buff *skb);
	bool (*home6)(struct m6t_dev *m6t, const struct sk_buff *skb,
		      const struct m6t_outer *outer, __be32 spi,
		      struct m6t_endpoint6 *inner);
	struct m6t_path *(*esp_path)(struct m6t_dev *m6t,
				     const struct sk_buff *skb,
				     const struct m6t_outer *outer, __be32 spi);
	int (*fill)(struct m6t_dev *m6t, struct sk_buff *msg);
	int (*attach)(struct m6t_dev *m6t, const struct m6t_config *cfg,
		      const u8 *id, struct netlink_ext_ack *extack);
	void (*detach)(struct m6t_dev *m6t);
	struct m6t_state *(*bindings)(struct m6t_dev *m6t);
	struct m6t_nodes *(*nodes)(struct m6t_dev *m6t);
	struct m6t_slots *(*slots)(struct m6t_dev *m6t);
};

const struct m6t_role *m6t_role_get(const struct nlattr *mode,
				    const struct m6t_role *now,
				    struct netlink_ext_ack *extack);

#endif /* M6T_ROLE_H */
