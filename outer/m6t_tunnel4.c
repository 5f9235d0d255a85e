// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 without UDP, protocols 4 and 41: packets for the devices that accept them, and
 * ICMP errors about packets that were sent. Only packets from a known endpoint are
 * accepted (D8); all others are left to the other tunnels of this host.
 */

#include <linux/icmp.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/netns/generic.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_path.h"
#include "m6t_rx.h"
#include "outer/m6t_tunnel4.h"

static unsigned int m6t_tunnel4_net_id __read_mostly;

/**
 * struct m6t_tunnel4_net - per network namespace data
 * @devs: devices that are up and whose sockets are in it, whichever netns they are in;
 *	under RTNL and RCU
 */
struct m6t_tunnel4_net {
	struct list_head devs;
};

static struct list_head *m6t_tunnel4_devs(const struct net *net)
{
	struct m6t_tunnel4_net *tn = net_generic(net, m6t_tunnel4_net_id);

	return &tn->devs;
}

/* Softirq, under RCU: find the device for a packet, its inner header at skb->data. */
static struct m6t_dev *m6t_tunnel4_find(struct sk_buff *skb,
					const struct m6t_outer *outer)
{
	struct m6t_dev *m6t;

	list_for_each_entry_rcu(m6t, m6t_tunnel4_devs(dev_net(skb->dev)),
				tunnel4)
		if (m6t->role->knows(m6t, (const void *)skb->data, outer))
			return m6t;
	return NULL;
}

/* Softirq, under RCU: receive a packet whose inner header is in the linear part;
 * nonzero leaves it to other tunnels.
 */
static int m6t_tunnel4_take(struct sk_buff *skb)
{
	struct m6t_outer outer = {
		.encap = M6T_ENCAP_IP4,
		.dsfield = ip_hdr(skb)->tos,
		.v4 = {
			.remote = ip_hdr(skb)->saddr,
			.local = ip_hdr(skb)->daddr,
		},
		.link = inet_sdif(skb) ?: skb->dev->ifindex,
		.master = skb->dev->ifindex,
	};
	struct m6t_dev *m6t = m6t_tunnel4_find(skb, &outer);

	if (!m6t)
		return -ENOENT;
	if (xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		m6t_rx(m6t, skb, 0, &outer);
	else
		m6t_stats_drop(m6t, skb, M6T_STAT_RX_UNPROTECTED);
	return 0;
}

static int m6t_tunnel4_rcv(struct sk_buff *skb)
{
	const union m6t_inner *inner = (const void *)skb->data;

	if (m6t_inner_proto(inner) != htons(ETH_P_IP))
		return -ENOENT;
	return m6t_tunnel4_take(skb);
}

static int m6t_tunnel4_rcv6(struct sk_buff *skb)
{
	const union m6t_inner *inner = (const void *)skb->data;

	if (m6t_inner_proto(inner) != htons(ETH_P_IPV6))
		return -ENOENT;
	return m6t_tunnel4_take(skb);
}

/* Softirq, under RCU: an ICMP error, the quoted IPv4 header at skb->data. Other
 * tunnels see it, too.
 */
static int m6t_tunnel4_err(struct sk_buff *skb, u32 mtu)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	unsigned int hlen = iph->ihl * 4;
	struct m6t_outer outer = {
		.encap = M6T_ENCAP_IP4,
		.v4 = { .remote = iph->daddr, .local = iph->saddr },
	};
	struct net *net = dev_net(skb->dev);
	struct m6t_dev *m6t;

	if (icmp_hdr(skb)->type != ICMP_DEST_UNREACH ||
	    icmp_hdr(skb)->code != ICMP_FRAG_NEEDED ||
	    list_empty(m6t_tunnel4_devs(net)))
		return -ENOENT;
	/* As the stack does for UDP: then DF is not set, see m6t_path_check(). */
	ipv4_update_pmtu(skb, net, mtu, 0, iph->protocol);
	if (!m6t_path_is_refused(iph, mtu))
		return -ENOENT;
	list_for_each_entry_rcu(m6t, m6t_tunnel4_devs(net), tunnel4)
		m6t_path_refused(m6t, skb, &outer, hlen,
				 ntohs(iph->tot_len) - hlen, mtu);
	return -ENOENT;
}

/* Before the kernel's own tunnels, whose fallback devices take everything. */
static struct xfrm_tunnel m6t_tunnel4_ip __read_mostly = {
	.handler	= m6t_tunnel4_rcv,
	.err_handler	= m6t_tunnel4_err,
	.priority	= -1,
};

static struct xfrm_tunnel m6t_tunnel4_ip6 __read_mostly = {
	.handler	= m6t_tunnel4_rcv6,
	.err_handler	= m6t_tunnel4_err,
	.priority	= -1,
};

/**
 * m6t_tunnel4_add() - let a device receive packets without UDP
 * @m6t: device, of a role with knows()
 *
 * Context: process, RTNL held.
 */
void m6t_tunnel4_add(struct m6t_dev *m6t)
{
	ASSERT_RTNL();
	list_add_rcu(&m6t->tunnel4, m6t_tunnel4_devs(m6t->net));
}

/**
 * m6t_tunnel4_del() - stop a device from receiving packets without UDP
 * @m6t: device, which must exist for another grace period
 *
 * Context: process, RTNL held.
 */
void m6t_tunnel4_del(struct m6t_dev *m6t)
{
	ASSERT_RTNL();
	list_del_rcu(&m6t->tunnel4);
}

static int __net_init m6t_tunnel4_net_init(struct net *net)
{
	INIT_LIST_HEAD(m6t_tunnel4_devs(net));
	return 0;
}

static struct pernet_operations m6t_tunnel4_net_ops = {
	.init	= m6t_tunnel4_net_init,
	.id	= &m6t_tunnel4_net_id,
	.size	= sizeof(struct m6t_tunnel4_net),
};

static int __init m6t_tunnel4_register(void)
{
	int err;

	err = xfrm4_tunnel_register(&m6t_tunnel4_ip, AF_INET);
	if (err)
		return err;
	err = xfrm4_tunnel_register(&m6t_tunnel4_ip6, AF_INET6);
	if (err)
		xfrm4_tunnel_deregister(&m6t_tunnel4_ip, AF_INET);
	return err;
}

/**
 * m6t_tunnel4_init() - register the protocols
 *
 * Context: process.
 * Return: 0 or an error.
 */
int __init m6t_tunnel4_init(void)
{
	int err;

	err = register_pernet_subsys(&m6t_tunnel4_net_ops);
	if (err)
		return err;
	err = m6t_tunnel4_register();
	if (err)
		unregister_pernet_subsys(&m6t_tunnel4_net_ops);
	return err;
}

/**
 * m6t_tunnel4_exit() - unregister the protocols
 *
 * Context: process; sleeps for a grace period.
 */
void m6t_tunnel4_exit(void)
{
	xfrm4_tunnel_deregister(&m6t_tunnel4_ip6, AF_INET6);
	xfrm4_tunnel_deregister(&m6t_tunnel4_ip, AF_INET);
	unregister_pernet_subsys(&m6t_tunnel4_net_ops);
}
