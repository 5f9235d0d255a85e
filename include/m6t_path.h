/* SPDX-License-Identifier: GPL-2.0 */
/* Path MTU. */
#ifndef M6T_PATH_H
#define M6T_PATH_H

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/dst.h>

#include "m6t_stats.h"

struct m6t_config;
struct m6t_dev;
struct m6t_outer;

/**
 * struct m6t_path - what is known about the path to a peer
 * @learnt: lowest 16 bits: MTU reported by a router, bytes; above them: ktime, ns,
 *	until which it is valid; 0: nothing was reported
 */
struct m6t_path {
	u64 learnt;
};

/**
 * m6t_path_is_link() - check if the MTU of a device is that of a real link
 * @dev: any net device
 *
 * Return: false for loopback and VRFs, which carry packets of any size.
 */
static inline bool m6t_path_is_link(const struct net_device *dev)
{
	return !(dev->flags & IFF_LOOPBACK) && !netif_is_l3_master(dev);
}

/**
 * m6t_path_first() - get the MTU of the first link of a route
 * @dst: the route
 *
 * Return: bytes; the MTU of the route itself if an administrator has set one.
 */
static inline unsigned int m6t_path_first(const struct dst_entry *dst)
{
	return dst_metric_raw(dst, RTAX_MTU) ?: READ_ONCE(dst->dev->mtu);
}

/**
 * m6t_path_is_refused() - check what an ICMP error says about the path MTU
 * @iph: IPv4 header that it quotes
 * @mtu: MTU that it reports, bytes
 *
 * Return: true if the header is of an unfragmented packet with DF that is larger than
 * the MTU.
 */
static inline bool m6t_path_is_refused(const struct iphdr *iph,
				       unsigned int mtu)
{
	return (iph->frag_off & htons(IP_DF)) &&
	       !(iph->frag_off & htons(IP_OFFSET | IP_MF)) &&
	       mtu && mtu < ntohs(iph->tot_len);
}

enum m6t_stat m6t_path_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb, const struct dst_entry *dst,
			     unsigned int overhead,
			     const struct m6t_path *path, bool *df);
enum m6t_stat m6t_path_check6(struct m6t_dev *m6t, struct sk_buff *skb,
			      const struct dst_entry *dst,
			      unsigned int overhead,
			      const struct m6t_path *path, bool *whole);
void m6t_path_learn(struct m6t_path *path, u16 mtu);
unsigned int m6t_path_mtu(const struct m6t_path *path);
void m6t_path_refused(struct m6t_dev *m6t, const struct sk_buff *skb,
		      const struct m6t_outer *outer, unsigned int offset,
		      unsigned int len, u16 mtu);

#endif /* M6T_PATH_H */
