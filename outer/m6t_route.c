// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to peers. The last ones that a CPU used are kept there, in a fixed
 * amount of memory however many peers there are, so that a packet of a flow is
 * not looked up anew, and takes no reference that CPUs would have to share.
 */

#include <linux/hash.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/inet_dscp.h>
#include <net/ip_tunnels.h>
#include <net/route.h>
#include <net/udp_tunnel.h>

#include "m6t.h"

#define M6T_ROUTE_BITS	7

/**
 * struct m6t_route_key - all that a route is chosen by
 * @ep: where to and where from
 * @mark: of the packet
 * @link: ifindex of the underlay, 0: any
 * @dscp: as in the TOS byte
 * @zero: so that keys can be compared as memory
 */
struct m6t_route_key {
	struct m6t_endpoint ep;
	u32 mark;
	u32 link;
	u8 dscp;
	u8 zero[3];
};

/**
 * struct m6t_route - a route that was used
 * @key: what it was chosen by
 * @saddr: source address that goes with it, network byte order
 * @rt: the route, to which this holds a reference; NULL: none
 */
struct m6t_route {
	struct m6t_route_key key;
	__be32 saddr;
	struct rtable *rt;
};

/**
 * struct m6t_routes - the routes that one CPU keeps
 * @lock: no other packet of the same CPU may come between
 * @slot: each key has one place, which it shares with others
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
	ip_rt_put(route->rt);
	route->rt = NULL;
}

static bool m6t_route_holds(const struct m6t_route *route,
			    const struct m6t_route_key *key)
{
	struct rtable *rt = route->rt;

	return rt && !memcmp(&route->key, key, sizeof(*key)) &&
	       rt->dst.ops->check(&rt->dst, 0);
}

static int m6t_route_find(struct m6t_dev *m6t, struct sk_buff *skb,
			  const struct m6t_route_key *key,
			  struct m6t_route *route)
{
	struct ip_tunnel_key to = {
		.u.ipv4.src = key->ep.local,
		.u.ipv4.dst = key->ep.remote,
	};
	struct rtable *rt;
	__be32 saddr;

	rt = udp_tunnel_dst_lookup(skb, m6t->dev, m6t->net, key->link, &saddr,
				   &to, key->ep.local_port, key->ep.port,
				   key->dscp, NULL);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	m6t_route_forget(route);
	route->key = *key;
	route->saddr = saddr;
	route->rt = rt;
	return 0;
}

/**
 * m6t_route_get() - the route to a peer
 * @m6t: device
 * @cfg: settings
 * @skb: packet, with the mark that it is routed by
 * @ep: where to and where from
 * @tos: TOS byte of the outer header
 * @saddr: filled in: source address, network byte order
 *
 * Context: softirq, under RCU, which protects the result.
 * Return: the route, to which the caller has no reference; -ENETUNREACH;
 * -ELOOP if it leads back into the device.
 */
struct rtable *m6t_route_get(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb,
			     const struct m6t_endpoint *ep, u8 tos,
			     __be32 *saddr)
{
	struct m6t_route_key key = {
		.ep = *ep,
		.mark = skb->mark,
		.link = cfg->link,
		.dscp = tos & INET_DSCP_MASK,
	};
	struct m6t_route *route;
	struct rtable *rt;
	int err = 0;

	m6t_bh_lock(&m6t->routes->lock);
	route = m6t_route_slot(this_cpu_ptr(m6t->routes), &key);
	if (unlikely(!m6t_route_holds(route, &key)))
		err = m6t_route_find(m6t, skb, &key, route);
	*saddr = route->saddr;
	rt = err ? ERR_PTR(err) : route->rt;
	m6t_bh_unlock(&m6t->routes->lock);
	return rt;
}

/**
 * m6t_routes_new() - make room for routes on each CPU
 *
 * Context: process.
 * Return: the room, or NULL.
 */
struct m6t_routes __percpu *m6t_routes_new(void)
{
	struct m6t_routes __percpu *routes = alloc_percpu(struct m6t_routes);
	int cpu;

	if (routes)
		for_each_possible_cpu(cpu)
			m6t_bh_lock_init(&per_cpu_ptr(routes, cpu)->lock);
	return routes;
}

/**
 * m6t_routes_flush() - forget all routes, so that they hold nothing any more
 * @routes: from m6t_routes_new(); no packet uses them any more
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
 * m6t_routes_free() - end the room for routes
 * @routes: from m6t_routes_new(), flushed
 *
 * Context: process.
 */
void m6t_routes_free(struct m6t_routes __percpu *routes)
{
	free_percpu(routes);
}
