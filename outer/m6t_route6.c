// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to IPv6 peers, cached like those of IPv4, see m6t_route.c. The stack treats the
 * link of a route as a preference only, unless it comes from a socket; so each link has a
 * socket, which neither sends nor receives.
 */

#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/inet_dscp.h>
#include <net/ip6_route.h>
#include <net/sock.h>

#include "m6t.h"
#include "m6t_udp.h"
#include "outer/m6t_outer6.h"
#include "outer/m6t_route6.h"

#define M6T_ROUTE6_BITS	7

/**
 * struct m6t_route6_key - everything that selects a route
 * @ep: outer addresses
 * @mark: mark of the packet
 * @link: ifindex of the underlay, 0: any
 * @dscp: DSCP bits of the traffic class
 * @proto: what follows the outer IPv6 header
 * @zero: padding, so that keys can be compared by memcmp()
 */
struct m6t_route6_key {
	struct m6t_endpoint6 ep;
	u32 mark;
	u32 link;
	u8 dscp;
	u8 proto;
	u8 zero[2];
};

/**
 * struct m6t_route6 - a cached route
 * @key: what selects it
 * @cookie: shows if it is still valid
 * @dst: the route, with a reference held; NULL: unused
 */
struct m6t_route6 {
	struct m6t_route6_key key;
	u32 cookie;
	struct dst_entry *dst;
};

/**
 * struct m6t_routes6 - the routes cached by one CPU
 * @lock: excludes other packets on the same CPU
 * @slot: the cache, direct-mapped by a hash of the key
 */
struct m6t_routes6 {
	struct m6t_bh_lock lock;
	struct m6t_route6 slot[BIT(M6T_ROUTE6_BITS)];
};

/**
 * m6t_route6_link() - find the link of an address of this host
 * @m6t: device
 * @addr: IPv6 address
 *
 * Context: process, RTNL held.
 * Return: its ifindex; 0 if the host does not have the address.
 */
u32 m6t_route6_link(const struct m6t_dev *m6t, const struct in6_addr *addr)
{
	const struct net_device *dev;
	u32 link;

	rcu_read_lock();
	dev = ipv6_dev_find(m6t->net, addr, NULL);
	link = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return link;
}

/**
 * m6t_route6_open() - open a socket for the routes of a link
 * @m6t: device
 * @cfg: settings
 * @link: ifindex of the underlay, 0: any
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: the socket, for m6t_udp_close(), or an error.
 */
struct sock *m6t_route6_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     u32 link, struct netlink_ext_ack *extack)
{
	struct socket *sock;
	int err;

	err = m6t_udp_link(m6t, link, extack);
	if (err)
		return ERR_PTR(err);
	err = sock_create_kern(m6t->net, AF_INET6, SOCK_DGRAM, IPPROTO_UDP,
			       &sock);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "m6t: a socket for IPv6 could not be opened");
		return ERR_PTR(err);
	}
	/* Packets may still look at it after it was closed. */
	sock_set_flag(sock->sk, SOCK_RCU_FREE);
	sock->sk->sk_allocation = GFP_ATOMIC;
	WRITE_ONCE(sock->sk->sk_bound_dev_if, link);
	m6t_udp_mark(sock->sk, cfg);
	return sock->sk;
}

static struct m6t_route6 *m6t_route6_slot(struct m6t_routes6 *routes,
					  const struct m6t_route6_key *key)
{
	u32 hash = jhash2((const u32 *)key, sizeof(*key) / sizeof(u32), 0);

	return &routes->slot[hash & (BIT(M6T_ROUTE6_BITS) - 1)];
}

static void m6t_route6_forget(struct m6t_route6 *route)
{
	dst_release(route->dst);
	route->dst = NULL;
}

static bool m6t_route6_holds(const struct m6t_route6 *route,
			     const struct m6t_route6_key *key)
{
	struct dst_entry *dst = route->dst;

	return dst && !memcmp(&route->key, key, sizeof(*key)) &&
	       dst->ops->check(dst, route->cookie);
}

/* A mobile node that is at home is a neighbour on its link, whatever the routes of
 * packets from the home agent's address: without a source, only the link decides.
 */
static int m6t_route6_find(struct m6t_dev *m6t, const struct sock *sk,
			   const struct m6t_route6_key *key,
			   struct m6t_route6 *route)
{
	struct flowi6 fl6 = {
		.daddr = key->ep.remote,
		.saddr = key->ep.local,
		.flowi6_oif = key->link,
		.flowi6_mark = key->mark,
		.flowi6_proto = key->proto,
		.flowlabel = ip6_make_flowinfo(key->dscp, 0),
		.flowi6_uid = sock_net_uid(m6t->net, NULL),
	};
	struct dst_entry *dst;

	dst = ip6_dst_lookup_flow(m6t->net, sk, &fl6, NULL);
	if (IS_ERR(dst))
		return -ENETUNREACH;
	if (dst->dev == m6t->dev) {
		dst_release(dst);
		return -ELOOP;
	}
	m6t_route6_forget(route);
	route->key = *key;
	route->cookie = rt6_get_cookie((const struct rt6_info *)dst);
	route->dst = dst;
	return 0;
}

/**
 * m6t_route6_get() - get the route to a peer
 * @m6t: device
 * @to: outer addresses and link
 * @mark: mark to route by
 * @proto: what follows the outer IPv6 header
 * @dsfield: traffic class of the outer header
 *
 * Context: softirq, under RCU, which protects the result.
 * Return: the route, without a reference for the caller; -ENETUNREACH; -ELOOP if it
 * leads back into the device.
 */
struct dst_entry *m6t_route6_get(struct m6t_dev *m6t, const struct m6t_to6 *to,
				 u32 mark, u8 proto, u8 dsfield)
{
	struct m6t_route6_key key = {
		.ep = *to->ep,
		.mark = mark,
		.link = to->link,
		.dscp = dsfield & INET_DSCP_MASK,
		.proto = proto,
	};
	struct m6t_route6 *route;
	struct dst_entry *dst;
	int err = 0;

	if (to->wrap == M6T_WRAP6_NONE)
		key.ep.local = in6addr_any;
	m6t_bh_lock(&m6t->routes6->lock);
	route = m6t_route6_slot(this_cpu_ptr(m6t->routes6), &key);
	if (unlikely(!m6t_route6_holds(route, &key)))
		err = m6t_route6_find(m6t, to->sk, &key, route);
	dst = err ? ERR_PTR(err) : route->dst;
	m6t_bh_unlock(&m6t->routes6->lock);
	return dst;
}

/**
 * m6t_routes6_new() - allocate the route caches of all CPUs
 *
 * Context: process.
 * Return: the caches, for m6t_routes6_free(), or NULL.
 */
struct m6t_routes6 __percpu *m6t_routes6_new(void)
{
	struct m6t_routes6 __percpu *routes =
		alloc_percpu_gfp(struct m6t_routes6, GFP_KERNEL_ACCOUNT);
	int cpu;

	if (routes)
		for_each_possible_cpu(cpu)
			m6t_bh_lock_init(&per_cpu_ptr(routes, cpu)->lock);
	return routes;
}

/**
 * m6t_routes6_flush() - drop all cached routes and their references
 * @routes: from m6t_routes6_new(); no longer in use by packets
 *
 * Context: process.
 */
void m6t_routes6_flush(struct m6t_routes6 __percpu *routes)
{
	struct m6t_routes6 *mine;
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		mine = per_cpu_ptr(routes, cpu);
		for (i = 0; i < ARRAY_SIZE(mine->slot); i++)
			m6t_route6_forget(&mine->slot[i]);
	}
}

/**
 * m6t_routes6_free() - free the route caches
 * @routes: from m6t_routes6_new(), flushed
 *
 * Context: process.
 */
void m6t_routes6_free(struct m6t_routes6 __percpu *routes)
{
	free_percpu(routes);
}
