// SPDX-License-Identifier: GPL-2.0
/*
 * Routes to IPv6 peers. The stack treats the link of a route as a preference only, unless
 * it comes from a socket; so each link has a socket, which neither sends nor receives.
 */

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/sock.h>

#include "m6t.h"
#include "m6t_udp.h"
#include "outer/m6t_route6.h"

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
