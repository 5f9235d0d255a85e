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
#include "m6t_path.h"
#include "m6t_route.h"

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
 * @dst: the route, to which this holds a reference; NULL: none
 */
struct m6t_route {
	struct m6t_route_key key;
	__be32 saddr;
	struct dst_entry *dst;
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
	route->dst = &rt->dst;
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
struct dst_entry *m6t_route_get(struct m6t_dev *m6t,
				const struct m6t_config *cfg,
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
 * m6t_route_mtu() - what the link carries on which the gateway is reached
 * @m6t: mobile node
 * @cfg: settings, which need not be published yet
 *
 * Context: process, RTNL held.
 * Return: bytes; 0 where that is not known.
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

	rt = ip_route_output_key(m6t->net, &fl);
	if (IS_ERR(rt))
		return 0;
	if (rt->dst.dev != m6t->dev && m6t_path_is_link(rt->dst.dev))
		mtu = m6t_path_first(&rt->dst);
	ip_rt_put(rt);
	return mtu;
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
