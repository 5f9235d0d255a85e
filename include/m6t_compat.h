/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between the supported kernels. The code is written for the
 * newest one; what older ones lack is emulated here. Kbuild searches the headers and
 * defines M6T_HAVE_*, as a version number says little where distributions backport.
 */
#ifndef M6T_COMPAT_H
#define M6T_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/local_lock.h>
#include <linux/netdevice.h>
#include <net/dropreason.h>
#include <net/genetlink.h>
#include <net/gro.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>
#include <net/udp_tunnel.h>

/* rtnl_link_ops.newlink: FN takes (struct net *link_net, dev, tb, data, extack). */
#ifdef M6T_HAVE_NEWLINK_PARAMS
#define M6T_DEFINE_NEWLINK(name, fn)					\
static int name(struct net_device *dev,					\
		struct rtnl_newlink_params *params,			\
		struct netlink_ext_ack *extack)				\
{									\
	return fn(rtnl_newlink_link_net(params), dev, params->tb,	\
		  params->data, extack);				\
}
#else
#define M6T_DEFINE_NEWLINK(name, fn)					\
static int name(struct net *net, struct net_device *dev,		\
		struct nlattr *tb[], struct nlattr *data[],		\
		struct netlink_ext_ack *extack)				\
{									\
	return fn(net, dev, tb, data, extack);				\
}
#endif

#ifndef M6T_HAVE_UNREGISTER_NET
static inline void unregister_netdevice_queue_net(struct net *net,
						  struct net_device *dev,
						  struct list_head *head)
{
	unregister_netdevice_queue(dev, head);
}
#endif

/* pernet_operations with RTNL held: FN takes (struct net *net, kill list). */
#ifdef M6T_HAVE_EXIT_RTNL
#define M6T_DEFINE_EXIT_RTNL(fn)
#define M6T_EXIT_RTNL(fn)	.exit_rtnl = fn
#else
#define M6T_DEFINE_EXIT_RTNL(fn)					\
static void __net_exit fn##_batch(struct list_head *nets,		\
				  struct list_head *kill)		\
{									\
	struct net *net;						\
									\
	list_for_each_entry(net, nets, exit_list)			\
		fn(net, kill);						\
}

#define M6T_EXIT_RTNL(fn)	.exit_batch_rtnl = fn##_batch
#endif

/* Tunnel sockets are passed as struct sock; older kernels expect struct socket. */
#ifdef M6T_HAVE_UDP_TUNNEL_SK
static inline void m6t_udp_tunnel_setup(struct net *net, struct sock *sk,
					struct udp_tunnel_sock_cfg *cfg)
{
	setup_udp_tunnel_sock(net, sk, cfg);
}

static inline void m6t_udp_tunnel_release(struct sock *sk)
{
	udp_tunnel_sock_release(sk);
}
#else
static inline void m6t_udp_tunnel_setup(struct net *net, struct sock *sk,
					struct udp_tunnel_sock_cfg *cfg)
{
	setup_udp_tunnel_sock(net, sk->sk_socket, cfg);
}

static inline void m6t_udp_tunnel_release(struct sock *sk)
{
	udp_tunnel_sock_release(sk->sk_socket);
}
#endif

/* To complete a merged packet, older kernels look up a socket by the inner
 * addresses, and drop the packet if there is none.
 */
#ifdef M6T_HAVE_GRO_OFFSETS
static inline bool m6t_gro_works(__be32 local)
{
	return true;
}

static inline unsigned int m6t_gro_outer_offset(const struct sk_buff *skb)
{
	return NAPI_GRO_CB(skb)->network_offsets[0];
}
#else
static inline bool m6t_gro_works(__be32 local)
{
	return !local;
}

static inline unsigned int m6t_gro_outer_offset(const struct sk_buff *skb)
{
	return skb_gro_offset(skb) - sizeof(struct udphdr) -
	       sizeof(struct iphdr);
}
#endif

/* udp_tunnel_sock_cfg.encap_err_rcv: FN takes (sk, skb); skb->data is the IPv4
 * header quoted by an ICMP error.
 */
#ifdef M6T_HAVE_ENCAP_ERR_INFO
#define M6T_DEFINE_ENCAP_ERR(fn)					\
static void fn##_rcv(struct sock *sk, struct sk_buff *skb, int err,	\
		     __be16 port, u32 info, u8 *payload)		\
{									\
	fn(sk, skb);							\
}
#else
#define M6T_DEFINE_ENCAP_ERR(fn)					\
static void fn##_rcv(struct sock *sk, struct sk_buff *skb,		\
		     unsigned int udp_offset)				\
{									\
	fn(sk, skb);							\
}
#endif
#define M6T_ENCAP_ERR(fn)	fn##_rcv

/* Excludes other packets on the same CPU. Needed only on PREEMPT_RT, where they can
 * preempt although bottom halves are off.
 */
#ifdef local_lock_nested_bh
struct m6t_bh_lock {
	local_lock_t lock;
};

#define m6t_bh_lock_init(l)	local_lock_init(&(l)->lock)
#define m6t_bh_lock(l)		local_lock_nested_bh(&(l)->lock)
#define m6t_bh_unlock(l)	local_unlock_nested_bh(&(l)->lock)
#else
struct m6t_bh_lock {
};

#define m6t_bh_lock_init(l)	((void)(l))
#define m6t_bh_lock(l)		((void)(l))
#define m6t_bh_unlock(l)	((void)(l))
#endif

static inline void m6t_sk_no_busy_poll(struct sock *sk)
{
#ifdef CONFIG_NET_RX_BUSY_POLL
	sk->sk_ll_usec = 0;
#endif
}

#ifdef M6T_HAVE_LLTX_BIT
static inline void m6t_dev_set_lltx(struct net_device *dev)
{
	dev->lltx = true;
}
#else
static inline void m6t_dev_set_lltx(struct net_device *dev)
{
	dev->features |= NETIF_F_LLTX;
}
#endif

#ifndef M6T_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*fn)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
#endif

/* Argument type of genl_family.pre_doit and post_doit. */
#ifdef M6T_HAVE_SPLIT_OPS
#define m6t_genl_ops_done	genl_split_ops
#else
#define m6t_genl_ops_done	genl_ops
#endif

static inline struct nlattr **m6t_genl_dump_attrs(struct netlink_callback *cb)
{
#ifdef M6T_HAVE_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* Drop reasons that older kernels do not have. */
#ifndef M6T_HAVE_DROP_INVALID_SOURCE
#define SKB_DROP_REASON_IP_INVALID_SOURCE	SKB_DROP_REASON_IP_INADDRERRORS
#endif
#ifndef M6T_HAVE_DROP_INVALID_DEST
#define SKB_DROP_REASON_IP_INVALID_DEST		SKB_DROP_REASON_IP_INADDRERRORS
#endif
#ifndef M6T_HAVE_DROP_TUNNEL_ECN
#define SKB_DROP_REASON_IP_TUNNEL_ECN		SKB_DROP_REASON_NOT_SPECIFIED
#endif
#ifndef M6T_HAVE_DROP_NO_TX_TARGET
#define SKB_DROP_REASON_NO_TX_TARGET		SKB_DROP_REASON_IP_OUTNOROUTES
#endif
#ifndef M6T_HAVE_DROP_RECURSION_LIMIT
#define SKB_DROP_REASON_RECURSION_LIMIT		SKB_DROP_REASON_NOT_SPECIFIED
#endif

#endif /* M6T_COMPAT_H */
