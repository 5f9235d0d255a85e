// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to peers. Each CPU caches the routes that it used last, in a fixed amount
 * of memory however many peers there are, so that packets of a flow need neither
 * another lookup nor a reference count shared between CPUs.
 */

#include <linux/hash.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/inet_dscp.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "m6t.h"
#include "m6t_path.h"
#include "m6t_route.h"

#define M6T_ROUTE_BITS	7

/**
 * struct m6t_route_key - everything that selects a route
 * @ep: outer addresses and ports
 * @mark: mark of the packet
 * @link: ifindex of the underlay, 0: any
 * @dscp: DSCP bits of the TOS byte
 * @proto: protocol of the outer packet
 * @zero: padding, so that keys can be compared by memcmp()
 */
struct m6t_route_key {
	struct m6t_endpoint ep;
	u32 mark;
	u32 link;
	u8 dscp;
	u8 proto;
	u8 zero[2];
};

/**
 * struct m6t_route - a cached route
 * @key: what selects it
 * @saddr: its source address, network byte order
 * @dst: the route, with a reference held; NULL: unused
 */
struct m6t_route {
	struct m6t_route_key key;
	__be32 saddr;
	struct dst_entry *dst;
};

/**
 * struct m6t_routes - the routes cached by one CPU
 * @lock: excludes other packets on the same CPU
 * @slot: the cache, direct-mapped by a hash of the key
 */
struct m6t_routes {
	struct m6t_bh_lock lock;
	struct m6t_route slot[BIT(M6T_ROUTE_BITS)];
};

static struct m6t_route *m6t_route_slot(struct m6t_routes *routes,
					const struct m6t_route_key *key)
{
	u32 ports = (__force u32)key->ep.port << 16 |
		    (__force u32)key->ep.local_port;

	return &routes->slot[hash_32((__force u32)key->ep.remote ^ ports ^
				     key->dscp, M6T_ROUTE_BITS)];
}

static void m6t_route_forget(struct m6t_route *route)
{
	dst_release(route->dst);
	route->dst = NULL;
}

static bool m6t_route_holds(const struct m6t_route *route,
			    const struct m6t_route_key *key)
{
	struct dst_entry *dst = route->dst;

	return dst && !memcmp(&route->key, key, sizeof(*key)) &&
	       dst->ops->check(dst, 0);
}

static struct rtable *m6t_route_find_udp(struct m6t_dev *m6t,
					 struct sk_buff *skb,
					 const struct m6t_route_key *key,
					 __be32 *saddr)
{
	struct ip_tunnel_key to = {
		.u.ipv4.src = key->ep.local,
		.u.ipv4.dst = key->ep.remote,
	};

	return udp_tunnel_dst_lookup(skb, m6t->dev, m6t->net, key->link, saddr,
				     &to, key->ep.local_port, key->ep.port,
				     key->dscp, NULL);
}

/* Rules and policies may be about protocols 4 and 41. */
static struct rtable *m6t_route_find_ip(struct m6t_dev *m6t,
					const struct m6t_route_key *key,
					__be32 *saddr)
{
	struct rtable *rt;
	struct flowi4 fl;

	memset(&fl, 0, sizeof(fl));
	flowi4_init_output(&fl, key->link, key->mark, key->dscp,
			   RT_SCOPE_UNIVERSE, key->proto, 0, key->ep.remote,
			   key->ep.local, 0, 0,
			   sock_net_uid(m6t->net, NULL));
	rt = ip_route_output_flow(m6t->net, &fl, NULL);
	if (IS_ERR(rt))
		return ERR_PTR(-ENETUNREACH);
	if (rt->dst.dev == m6t->dev) {
		ip_rt_put(rt);
		return ERR_PTR(-ELOOP);
	}
	*saddr = fl.saddr;
	return rt;
}

static int m6t_route_find(struct m6t_dev *m6t, struct sk_buff *skb,
			  const struct m6t_route_key *key,
			  struct m6t_route *route)
{
	struct rtable *rt;
	__be32 saddr;

	if (likely(key->proto == IPPROTO_UDP))
		rt = m6t_route_find_udp(m6t, skb, key, &saddr);
	else
		rt = m6t_route_find_ip(m6t, key, &saddr);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	m6t_route_forget(route);
	route->key = *key;
	route->saddr = saddr;
	route->dst = &rt->dst;
	return 0;
}

/**
 * m6t_route_get() - get the route to a peer
 * @m6t: device
 * @link: ifindex of the underlay, 0: any
 * @skb: packet, with the mark to route it by
 * @ep: outer addresses and ports
 * @proto: protocol of the outer packet
 * @tos: TOS byte of the outer header
 * @saddr: set to the source address, network byte order
 *
 * Context: softirq, under RCU, which protects the result.
 * Return: the route, without a reference for the caller; -ENETUNREACH; -ELOOP if it
 * leads back into the device.
 */
struct dst_entry *m6t_route_get(struct m6t_dev *m6t, u32 link,
				struct sk_buff *skb,
				const struct m6t_endpoint *ep, u8 proto,
				u8 tos, __be32 *saddr)
{
	struct m6t_route_key key = {
		.ep = *ep,
		.mark = skb->mark,
		.link = link,
		.dscp = tos & INET_DSCP_MASK,
		.proto = proto,
	};
	struct m6t_route *route;
	struct dst_entry *dst;
	int err = 0;

	m6t_bh_lock(&m6t->routes->lock);
	route = m6t_route_slot(this_cpu_ptr(m6t->routes), &key);
	if (unlikely(!m6t_route_holds(route, &key)))
		err = m6t_route_find(m6t, skb, &key, route);
	*saddr = route->saddr;
	dst = err ? ERR_PTR(err) : route->dst;
	m6t_bh_unlock(&m6t->routes->lock);
	return dst;
}

/**
 * m6t_route_mtu() - get the MTU of the link on which the gateway is reached
 * @m6t: mobile node
 * @cfg: settings, which need not be published yet
 *
 * Context: process, RTNL held.
 * Return: bytes; 0 if unknown.
 */
unsigned int m6t_route_mtu(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	struct flowi4 fl = {
		.daddr = cfg->gateway,
		.saddr = cfg->local,
		.flowi4_oif = cfg->link,
		.flowi4_mark = cfg->fwmark,
		.flowi4_proto = IPPROTO_UDP,
		.fl4_dport = cfg->port[0],
	};
	unsigned int mtu = 0;
	struct rtable *rt;

	ASSERT_RTNL();
	rt = ip_route_output_key(m6t->net, &fl);
	if (IS_ERR(rt))
		return 0;
	if (rt->dst.dev != m6t->dev && m6t_path_is_link(rt->dst.dev))
		mtu = m6t_path_first(&rt->dst);
	ip_rt_put(rt);
	return mtu;
}

/**
 * m6t_routes_new() - allocate the route caches of all CPUs
 *
 * Context: process.
 * Return: the caches, for m6t_routes_free(), or NULL.
 */
struct m6t_routes __percpu *m6t_routes_new(void)
{
	struct m6t_routes __percpu *routes =
		alloc_percpu_gfp(struct m6t_routes, GFP_KERNEL_ACCOUNT);
	int cpu;

	if (routes)
		for_each_possible_cpu(cpu)
			m6t_bh_lock_init(&per_cpu_ptr(routes, cpu)->lock);
	return routes;
}

/**
 * m6t_routes_flush() - drop all cached routes and their references
 * @routes: from m6t_routes_new(); no longer in use by packets
 *
 * Context: process.
 */
void m6t_routes_flush(struct m6t_routes __percpu *routes)
{
	struct m6t_routes *mine;
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		mine = per_cpu_ptr(routes, cpu);
		for (i = 0; i < ARRAY_SIZE(mine->slot); i++)
			m6t_route_forget(&mine->slot[i]);
	}
}

/**
 * m6t_routes_free() - free the route caches
 * @routes: from m6t_routes_new(), flushed
 *
 * Context: process.
 */
void m6t_routes_free(struct m6t_routes __percpu *routes)
{
	free_percpu(routes);
}
