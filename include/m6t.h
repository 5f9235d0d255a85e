/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device. Contexts, here and elsewhere: "process" may sleep, "softirq" runs
 * with bottom halves off and under rcu_read_lock(), as the stack calls us on
 * receive and transmit. Ids such as G8 are those of requirements, which
 * Documentation/conformance.rst lists; [M 2.3] is section 2.3 of
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
#include "m6t_route.h"
#include "m6t_stats.h"

/**
 * struct m6t_dev - a device, netdev_priv()
 * @dev: the net device; it may move to another netns
 * @net: netns of the sockets; stays (B2). The device goes when it goes.
 * @list: devices whose sockets are in @net; under RTNL
 * @role: gateway or mobile node
 * @cfg: settings; written under RTNL
 * @stats: counters
 * @routes: to the peers of late, on each CPU
 * @gro_cells: where received packets enter the stack
 * @change_limit: bounds the events about bindings that packets can cause
 * @refusal_limit: bounds those about packets that are refused, which anybody
 *	can cause and which must not hide the others
 * @events_lost: events that they held back since the last one told
 * @lost_work: reports @events_lost, should no other event do so
 * @mtu_is_set: an administrator has set the MTU; under RTNL
 * @mtu_follows: the MTU is being set by us; under RTNL
 * @gw: of a gateway
 * @mn: of a mobile node
 */
struct m6t_dev {
	struct net_device *dev;
	struct net *net;
	struct list_head list;
	const struct m6t_role *role;
	struct m6t_config __rcu *cfg;
	struct m6t_stats __percpu *stats;
	struct m6t_routes __percpu *routes;
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
	};
};

/**
 * m6t_dev_is_xnet() - are a device's sockets in another netns?
 * @m6t: device
 *
 * Return: true if so.
 */
static inline bool m6t_dev_is_xnet(const struct m6t_dev *m6t)
{
	return !net_eq(m6t->net, dev_net(m6t->dev));
}

/* The name of the type, by which users and the module itself know a device. */
#define M6T_KIND	"m6t"

/**
 * netif_is_m6t() - is this net device one of ours?
 * @dev: any net device
 *
 * Return: true if netdev_priv() of it is a &struct m6t_dev.
 */
static inline bool netif_is_m6t(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, M6T_KIND);
}

/**
 * m6t_dev_bindings() - the table of bindings of a device
 * @m6t: device
 *
 * Return: the table, or NULL where its role has none.
 */
static inline struct m6t_state *m6t_dev_bindings(struct m6t_dev *m6t)
{
	return m6t->role->bindings ? m6t->role->bindings(m6t) : NULL;
}

#endif /* M6T_H */
