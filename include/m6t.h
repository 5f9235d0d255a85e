/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device. Contexts, here and elsewhere: "process" may sleep, "softirq" runs
 * with bottom halves off and under rcu_read_lock(), as the stack calls us on
 * receive and transmit. Ids such as G8 refer to the requirements listed in
 * Documentation/conformance.rst; [M 2.3] is section 2.3 of
 * draft-ebalard-mext-m6t-02.
 */
#ifndef M6T_H
#define M6T_H

#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/workqueue.h>
#include <net/gro_cells.h>
#include <net/rtnetlink.h>

#include "m6t_compat.h"
#include "m6t_config.h"
#include "m6t_gw.h"
#include "m6t_mn.h"
#include "dsmip/m6t_dmn.h"
#include "dsmip/m6t_ha.h"
#include "m6t_route.h"
#include "m6t_stats.h"
#include "outer/m6t_route6.h"

/**
 * struct m6t_dev - private data of a device, netdev_priv()
 * @dev: the net device; it may move to another netns
 * @net: netns of the sockets; never changes (B2). The device is removed with it.
 * @list: devices whose sockets are in @net; under RTNL
 * @tunnel4: devices that take packets without UDP; under RTNL and RCU
 * @tunnel6: likewise, over IPv6
 * @role: gateway or mobile node
 * @cfg: settings; written under RTNL
 * @stats: counters
 * @routes: recently used routes to peers, per CPU
 * @routes6: likewise, over IPv6; DSMIPv6 only
 * @gro_cells: where received packets enter the stack
 * @change_limit: limits the binding events that packets can cause
 * @refusal_limit: limits the events about refused packets, which anyone can
 *	cause and which must not crowd out the others
 * @events_lost: events that were not sent since the last one that was
 * @lost_work: reports @events_lost if no other event does
 * @mtu_is_set: an administrator has set the MTU; under RTNL
 * @mtu_follows: the module itself is setting the MTU; under RTNL
 * @gw: gateway only
 * @mn: mobile node only
 * @ha: DSMIPv6 home agent only
 * @dmn: DSMIPv6 mobile node only
 */
struct m6t_dev {
	struct net_device *dev;
	struct net *net;
	struct list_head list;
	struct list_head tunnel4;
	struct list_head tunnel6;
	const struct m6t_role *role;
	struct m6t_config __rcu *cfg;
	struct m6t_stats __percpu *stats;
	struct m6t_routes __percpu *routes;
	struct m6t_routes6 __percpu *routes6;
	struct gro_cells gro_cells;
	struct ratelimit_state change_limit;
	struct ratelimit_state refusal_limit;
	atomic_t events_lost;
	struct delayed_work lost_work;
	bool mtu_is_set;
	bool mtu_follows;
	union {
		struct m6t_gw gw;
		struct m6t_mn mn;
		struct m6t_ha ha;
		struct m6t_dmn dmn;
	};
};

/**
 * m6t_dev_is_xnet() - check if a device's sockets are in another netns
 * @m6t: device
 *
 * Return: true if so.
 */
static inline bool m6t_dev_is_xnet(const struct m6t_dev *m6t)
{
	return !net_eq(m6t->net, dev_net(m6t->dev));
}

/* Name of the link type, by which users and the module itself know a device. */
#define M6T_KIND	"m6t"

/**
 * netif_is_m6t() - check if a net device is an m6t device
 * @dev: any net device
 *
 * Return: true if its netdev_priv() is a &struct m6t_dev.
 */
static inline bool netif_is_m6t(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, M6T_KIND);
}

/**
 * m6t_dev_bindings() - get the binding table of a device
 * @m6t: device
 *
 * Return: the table, or NULL if its role has none.
 */
static inline struct m6t_state *m6t_dev_bindings(struct m6t_dev *m6t)
{
	return m6t->role->bindings ? m6t->role->bindings(m6t) : NULL;
}

/**
 * m6t_dev_nodes() - get the bound mobile nodes of a device
 * @m6t: device
 *
 * Return: them, or NULL if its role has none.
 */
static inline struct m6t_nodes *m6t_dev_nodes(struct m6t_dev *m6t)
{
	return m6t->role->nodes ? m6t->role->nodes(m6t) : NULL;
}

#endif /* M6T_H */
