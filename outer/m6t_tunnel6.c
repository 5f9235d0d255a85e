// SPDX-License-Identifier: GPL-2.0
/*
 * Receive path for IPv6, protocols 4 and 41: packets for the devices that accept them,
 * and ICMP errors about packets that were sent. Only packets from a known endpoint are
 * accepted (D8); all others are left to the other tunnels of this host.
 */

#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netns/generic.h>
#include <net/xfrm.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_outer.h"
#include "m6t_path.h"
#include "m6t_rx.h"
#include "outer/m6t_tunnel6.h"

static unsigned int m6t_tunnel6_net_id __read_mostly;

/**
 * struct m6t_tunnel6_net - per network namespace data
 * @devs: devices that are up and whose sockets are in it, whichever netns they are in;
 *	under RTNL and RCU
 */
struct m6t_tunnel6_net {
	struct list_head devs;
};

/**
 * m6t_tunnel6_devs() - get the devices that receive over IPv6
 * @net: netns of their sockets
 *
 * Context: under RCU or RTNL.
 * Return: list of &m6t_dev.tunnel6.
 */
struct list_head *m6t_tunnel6_devs(const struct net *net)
{
	struct m6t_tunnel6_net *tn = net_generic(net, m6t_tunnel6_net_id);

	return &tn->devs;
}

/**
 * m6t_tunnel6_outer() - read the outer header of a packet
 * @skb: packet, the outer header is its network header
 * @outer: to be filled
 *
 * Context: softirq.
 */
void m6t_tunnel6_outer(const struct sk_buff *skb, struct m6t_outer *outer)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	outer->encap = M6T_ENCAP_IP6;
	outer->dsfield = ipv6_get_dsfield(ip6h);
	outer->verified = false;
	outer->v6.remote = ip6h->saddr;
	outer->v6.local = ip6h->daddr;
	outer->link = inet6_sdif(skb) ?: skb->dev->ifindex;
	outer->master = skb->dev->ifindex;
}

/* Softirq, under RCU: receive a packet whose inner header is in the linear part; nonzero
 * leaves it to other tunnels.
 */
static int m6t_tunnel6_take(struct sk_buff *skb)
{
	struct m6t_outer outer;
	struct m6t_dev *m6t;

	m6t_tunnel6_outer(skb, &outer);
	list_for_each_entry_rcu(m6t, m6t_tunnel6_devs(dev_net(skb->dev)),
				tunnel6) {
		if (!m6t->role->knows(m6t, (const void *)skb->data, &outer))
			continue;
		if (xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb))
			m6t_rx6(m6t, skb, &outer);
		else
			m6t_stats_drop(m6t, skb, M6T_STAT_RX_UNPROTECTED);
		return 0;
	}
	return -ENOENT;
}

static int m6t_tunnel6_rcv(struct sk_buff *skb)
{
	const union m6t_inner *inner = (const void *)skb->data;

	if (m6t_inner_proto(inner) != htons(ETH_P_IPV6))
		return -ENOENT;
	return m6t_tunnel6_take(skb);
}

static int m6t_tunnel6_rcv4(struct sk_buff *skb)
{
	const union m6t_inner *inner = (const void *)skb->data;

	if (m6t_inner_proto(inner) != htons(ETH_P_IP))
		return -ENOENT;
	return m6t_tunnel6_take(skb);
}

/**
 * m6t_tunnel6_is_refused() - check what an ICMP error says about the path MTU
 * @skb: the error, the IPv6 header that it quotes at skb->data
 * @type: its type
 * @offset: where in the quoted packet its payload begins, bytes
 * @info: the MTU that it reports, bytes, network byte order
 * @mtu: set to the MTU to use, if true
 *
 * Packets with extension headers are not ours, or too small to be refused.
 *
 * Return: true if a packet was refused that is larger than the MTU, which is at least
 * that of IPv6.
 */
bool m6t_tunnel6_is_refused(const struct sk_buff *skb, u8 type, int offset,
			    __be32 info, u16 *mtu)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	u32 least = max_t(u32, ntohl(info), IPV6_MIN_MTU);

	if (type != ICMPV6_PKT_TOOBIG || offset != sizeof(*ip6h) ||
	    least >= ntohs(ip6h->payload_len) + sizeof(*ip6h))
		return false;
	*mtu = least;
	return true;
}

/* Softirq, under RCU: an ICMP error, the quoted IPv6 header at skb->data. Other tunnels
 * see it, too.
 */
static int m6t_tunnel6_err(struct sk_buff *skb, struct inet6_skb_parm *opt,
			   u8 type, u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct m6t_outer outer = {
		.encap = M6T_ENCAP_IP6,
		.v6 = { .remote = ip6h->daddr, .local = ip6h->saddr },
	};
	struct m6t_dev *m6t;
	u16 mtu;

	if (!m6t_tunnel6_is_refused(skb, type, offset, info, &mtu))
		return -ENOENT;
	list_for_each_entry_rcu(m6t, m6t_tunnel6_devs(dev_net(skb->dev)),
				tunnel6)
		m6t_path_refused(m6t, skb, &outer, offset,
				 ntohs(ip6h->payload_len), mtu);
	return -ENOENT;
}

/* Before the kernel's own tunnels, whose fallback devices take everything. */
static struct xfrm6_tunnel m6t_tunnel6_ip6 __read_mostly = {
	.handler	= m6t_tunnel6_rcv,
	.err_handler	= m6t_tunnel6_err,
	.priority	= -1,
};

static struct xfrm6_tunnel m6t_tunnel6_ip __read_mostly = {
	.handler	= m6t_tunnel6_rcv4,
	.err_handler	= m6t_tunnel6_err,
	.priority	= -1,
};

/**
 * m6t_tunnel6_add() - let a device receive over IPv6
 * @m6t: device, of a role with exthdr
 *
 * Context: process, RTNL held.
 */
void m6t_tunnel6_add(struct m6t_dev *m6t)
{
	ASSERT_RTNL();
	list_add_rcu(&m6t->tunnel6, m6t_tunnel6_devs(m6t->net));
}

/**
 * m6t_tunnel6_del() - stop a device from receiving over IPv6
 * @m6t: device, which must exist for another grace period
 *
 * Context: process, RTNL held.
 */
void m6t_tunnel6_del(struct m6t_dev *m6t)
{
	ASSERT_RTNL();
	list_del_rcu(&m6t->tunnel6);
}

static int __net_init m6t_tunnel6_net_init(struct net *net)
{
	INIT_LIST_HEAD(m6t_tunnel6_devs(net));
	return 0;
}

static struct pernet_operations m6t_tunnel6_net_ops = {
	.init	= m6t_tunnel6_net_init,
	.id	= &m6t_tunnel6_net_id,
	.size	= sizeof(struct m6t_tunnel6_net),
};

static int __init m6t_tunnel6_register(void)
{
	int err;

	err = xfrm6_tunnel_register(&m6t_tunnel6_ip6, AF_INET6);
	if (err)
		return err;
	err = xfrm6_tunnel_register(&m6t_tunnel6_ip, AF_INET);
	if (err)
		xfrm6_tunnel_deregister(&m6t_tunnel6_ip6, AF_INET6);
	return err;
}

/**
 * m6t_tunnel6_init() - register the protocols
 *
 * Context: process.
 * Return: 0 or an error.
 */
int __init m6t_tunnel6_init(void)
{
	int err;

	err = register_pernet_subsys(&m6t_tunnel6_net_ops);
	if (err)
		return err;
	err = m6t_tunnel6_register();
	if (err)
		unregister_pernet_subsys(&m6t_tunnel6_net_ops);
	return err;
}

/**
 * m6t_tunnel6_exit() - unregister the protocols
 *
 * Context: process; sleeps for a grace period.
 */
void m6t_tunnel6_exit(void)
{
	xfrm6_tunnel_deregister(&m6t_tunnel6_ip, AF_INET);
	xfrm6_tunnel_deregister(&m6t_tunnel6_ip6, AF_INET6);
	unregister_pernet_subsys(&m6t_tunnel6_net_ops);
}
