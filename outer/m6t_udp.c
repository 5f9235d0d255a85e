// SPDX-License-Identifier: GPL-2.0
/*
 * UDP over IPv4: sockets, the datagrams that they receive, and ICMP errors about
 * datagrams that were sent.
 */

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_path.h"
#include "m6t_rx.h"
#include "m6t_udp.h"
#include "outer/m6t_gro.h"

/* Broadcast and multicast datagrams must not create bindings: no answer can be sent
 * from their destination address.
 */
static bool m6t_udp_is_unicast(const struct sk_buff *skb)
{
	const struct rtable *rt = skb_rtable(skb);

	return !rt || !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST));
}

/* Read the outer headers of a datagram; returns 0 or the reason to drop it. */
static enum m6t_stat m6t_udp_outer(const struct sk_buff *skb,
				   struct m6t_outer *outer)
{
	outer->encap = M6T_ENCAP_UDP4;
	outer->dsfield = ip_hdr(skb)->tos;
	outer->v4.remote = ip_hdr(skb)->saddr;
	outer->v4.local = ip_hdr(skb)->daddr;
	outer->v4.port = udp_hdr(skb)->source;
	outer->v4.local_port = udp_hdr(skb)->dest;
	if (!outer->v4.port)
		return M6T_STAT_RX_BAD_SOURCE;
	if (!m6t_udp_is_unicast(skb))
		return M6T_STAT_RX_BAD_DESTINATION;
	return M6T_STAT_UNSPEC;
}

/* Softirq, under RCU: receive a datagram. */
static int m6t_udp_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);
	struct m6t_outer outer;
	enum m6t_stat why;

	if (unlikely(!m6t)) {
		kfree_skb(skb);
		return 0;
	}
	why = m6t_udp_outer(skb, &outer);
	if (likely(!why))
		m6t_rx(m6t, skb, sizeof(struct udphdr), &outer);
	else
		m6t_stats_drop(m6t, skb, why);
	return 0;
}

/* Softirq, under RCU. Older kernels do not pass datagrams without payload to
 * m6t_udp_rcv() but queue them to the socket, where nothing else would read them.
 */
static void m6t_udp_data_ready(struct sock *sk)
{
	struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);
	struct sk_buff *skb;
	int err;

	while ((skb = skb_recv_udp(sk, MSG_DONTWAIT, &err))) {
		/* skb->dev shares a union with dev_scratch while queued. */
		skb->dev = NULL;
		/* Those with payload were received before the socket was set up. */
		if (m6t && !skb->len)
			m6t_stats_drop(m6t, skb, M6T_STAT_RX_SHORT);
		else
			kfree_skb(skb);
	}
}

/* Softirq, under RCU: handle an ICMP error about a datagram that we have sent. The
 * quoted IPv4 and UDP headers are in the linear part.
 */
static void m6t_udp_err(struct sock *sk, struct sk_buff *skb)
{
	struct m6t_dev *m6t = rcu_dereference_sk_user_data(sk);
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct udphdr *uh = (const void *)iph + iph->ihl * 4;
	unsigned int offset = iph->ihl * 4 + sizeof(*uh);
	unsigned int mtu = ntohs(icmp_hdr(skb)->un.frag.mtu);
	struct m6t_outer outer = {
		.encap = M6T_ENCAP_UDP4,
		.v4 = {
			.remote = iph->daddr, .local = iph->saddr,
			.port = uh->dest, .local_port = uh->source,
		},
	};

	if (m6t && icmp_hdr(skb)->type == ICMP_DEST_UNREACH &&
	    icmp_hdr(skb)->code == ICMP_FRAG_NEEDED &&
	    m6t_path_is_refused(iph, mtu))
		m6t_path_refused(m6t, skb, &outer, offset,
				 ntohs(iph->tot_len) - offset, mtu);
}

M6T_DEFINE_ENCAP_ERR(m6t_udp_err)

static void m6t_udp_explain(const struct m6t_dev *m6t, int err,
			    struct netlink_ext_ack *extack)
{
	switch (err) {
	case -EADDRINUSE:
		NL_SET_ERR_MSG(extack, "m6t: a port is already in use on this address or on any");
		break;
	case -EADDRNOTAVAIL:
		m6t_config_refuse(extack, NULL, m6t->role->not_here);
		break;
	default:
		NL_SET_ERR_MSG(extack, "m6t: the UDP socket could not be opened");
	}
}

/**
 * m6t_udp_mark() - set the mark of a socket to that of its packets
 * @sk: from m6t_udp_open()
 * @cfg: settings
 *
 * Packets are routed by their own mark. The mark of the socket is used for ICMP
 * errors, to look up the route that they are about (B3).
 *
 * Context: process, RTNL held.
 */
void m6t_udp_mark(struct sock *sk, const struct m6t_config *cfg)
{
	ASSERT_RTNL();
	WRITE_ONCE(sk->sk_mark, cfg->fwmark);
}

/**
 * m6t_udp_link() - check that the link to bind a socket to exists
 * @m6t: device
 * @link: its ifindex, 0: any
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * The settings keep the ifindex of a link that was deleted or moved to another
 * netns, and the stack would bind a socket to any ifindex.
 *
 * Context: process, RTNL held.
 * Return: 0 or -ENOLINK.
 */
int m6t_udp_link(const struct m6t_dev *m6t, u32 link,
		 struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (!link || __dev_get_by_index(m6t->net, link))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "m6t: the link that dev was set to no longer exists, set dev to another one or to any");
	return -ENOLINK;
}

/**
 * m6t_udp_open_at() - open a socket and start receiving
 * @m6t: device, which must outlive the socket
 * @cfg: settings, which the caller may override by the following
 * @local: IPv4 address to bind to, network byte order; 0: any
 * @port: port to bind to, network byte order; 0: a random free one
 * @link: ifindex of the underlay to bind to, 0: any
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: the socket, for m6t_udp_close(), or an error.
 */
struct sock *m6t_udp_open_at(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     __be32 local, __be16 port, u32 link,
			     struct netlink_ext_ack *extack)
{
	struct udp_port_cfg where = {
		.family = AF_INET,
		.local_ip.s_addr = local,
		.local_udp_port = port,
		.bind_ifindex = link,
		.use_udp_checksums = cfg->udp_csum,
	};
	struct udp_tunnel_sock_cfg how = {
		.sk_user_data = m6t,
		.encap_type = 1,
		.encap_rcv = m6t_udp_rcv,
		.encap_err_rcv = M6T_ENCAP_ERR(m6t_udp_err),
	};
	struct socket *sock;
	int err;

	err = m6t_udp_link(m6t, link, extack);
	if (err)
		return ERR_PTR(err);
	if (m6t_gro_works(local)) {
		how.gro_receive = m6t_gro_receive;
		how.gro_complete = m6t_gro_complete;
	}
	err = udp_sock_create(m6t->net, &where, &sock);
	if (err) {
		m6t_udp_explain(m6t, err, extack);
		return ERR_PTR(err);
	}
	sock->sk->sk_allocation = GFP_ATOMIC;
	m6t_udp_mark(sock->sk, cfg);
	sock->sk->sk_data_ready = m6t_udp_data_ready;
	m6t_sk_no_busy_poll(sock->sk);
	m6t_udp_tunnel_setup(m6t->net, sock->sk, &how);
	rcu_read_lock();
	m6t_udp_data_ready(sock->sk);
	rcu_read_unlock();
	return sock->sk;
}

/**
 * m6t_udp_open() - open a socket where the settings say and start receiving
 * @m6t: device, which must outlive the socket
 * @cfg: local address and underlay to bind to
 * @port: port to bind to, network byte order; 0: a random free one
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: the socket, for m6t_udp_close(), or an error.
 */
struct sock *m6t_udp_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			  __be16 port, struct netlink_ext_ack *extack)
{
	return m6t_udp_open_at(m6t, cfg, cfg->local, port, cfg->link, extack);
}

/**
 * m6t_udp_close() - close a socket and stop receiving
 * @sk: from m6t_udp_open()
 *
 * Datagrams that are already being received may arrive until a grace period has
 * passed; the device outlives that.
 *
 * Context: process, RTNL held.
 */
void m6t_udp_close(struct sock *sk)
{
	ASSERT_RTNL();
	m6t_udp_tunnel_release(sk);
}
