// SPDX-License-Identifier: GPL-2.0
/*
 * How much the IPv4 paths carry (B3): what the wire takes, what routers on the
 * way have said of one peer, and the device's own MTU that goes by both.
 *
 * The stack believes any ICMP error that names a destination, and keeps what it
 * says for the whole address. Here one is believed only if it quotes enough of
 * a packet to prove that it was ours, and only for the peer that it went to.
 * Against all others the outer packet is fragmented, so they cost speed, and
 * reachability only where fragments are dropped.
 */

#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/route.h>

#include "m6t.h"
#include "m6t_path.h"

/* How long a router's word holds, as in the stack's own default: ten minutes. */
#define M6T_PATH_LIFE		(600 * NSEC_PER_SEC)

/* An MTU and the ktime until which it holds fit into 64 bits. Where these are
 * not read and written as one, a half of each does no harm: the time is wrong by
 * seconds, or is over.
 */
#define M6T_PATH_MTU_BITS	16
#define M6T_PATH_MTU_MASK	GENMASK_ULL(M6T_PATH_MTU_BITS - 1, 0)

/* Less than this, and the least packet of IPv6 does not fit. */
#define M6T_PATH_MIN		(IPV6_MIN_MTU + M6T_HEADROOM)

static unsigned int m6t_path_learnt(const struct m6t_path *path)
{
	u64 learnt = path ? READ_ONCE(path->learnt) : 0;

	if (likely(!learnt) ||
	    (learnt & ~M6T_PATH_MTU_MASK) <= ktime_get_coarse_ns())
		return IP_MAX_MTU;
	return learnt & M6T_PATH_MTU_MASK;
}

static void m6t_path_learn(struct m6t_path *path, u16 mtu)
{
	u64 until = ktime_get_coarse_ns() + M6T_PATH_LIFE;

	WRITE_ONCE(path->learnt, (until & ~M6T_PATH_MTU_MASK) | mtu);
}

/* Loopback and VRFs carry whatever there is, and have an MTU that says so. */
static bool m6t_path_is_wire(const struct net_device *dev)
{
	return !(dev->flags & IFF_LOOPBACK) && !netif_is_l3_master(dev);
}

/* What the first wire of a route takes, or what an administrator says that the
 * route does.
 */
static unsigned int m6t_path_wire(const struct rtable *rt)
{
	return dst_metric_raw(&rt->dst, RTAX_MTU) ?:
	       READ_ONCE(rt->dst.dev->mtu);
}

static bool m6t_path_fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, mtu);
	return skb->len <= mtu;
}

/**
 * m6t_path_check() - compare a packet with what the path takes (B3, W3)
 * @m6t: device
 * @cfg: whether DF is wanted
 * @skb: IPv6 packet
 * @rt: route to the peer
 * @path: what is known of the path to the peer, or NULL
 * @df: filled in: DF bit of the outer header, network byte order
 *
 * Where the path cannot carry the minimum of IPv6, the outer packet is
 * fragmented, whatever is wanted; likewise where only the stack believes that
 * the path is narrow.
 *
 * Context: softirq, under RCU.
 * Return: 0, or %M6T_STAT_TX_TOO_BIG, and the sender has been told.
 */
enum m6t_stat m6t_path_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb, const struct rtable *rt,
			     const struct m6t_path *path, __be16 *df)
{
	unsigned int mtu = READ_ONCE(m6t->dev->mtu), least;

	*df = 0;
	if (cfg->df != M6T_DF_UNSET) {
		least = min(m6t_path_wire(rt), m6t_path_learnt(path));
		if (least >= M6T_PATH_MIN) {
			*df = htons(IP_DF);
			mtu = min_t(unsigned int, mtu, least - M6T_HEADROOM);
		}
	}
	if (unlikely(!m6t_path_fits(skb, mtu))) {
		skb_dst_update_pmtu_no_confirm(skb, mtu);
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
		return M6T_STAT_TX_TOO_BIG;
	}
	if (*df && !m6t_path_fits(skb, dst_mtu(&rt->dst) - M6T_HEADROOM))
		*df = 0;
	return M6T_STAT_UNSPEC;
}

/* The quoted IPv4 header: of a whole datagram that must not be fragmented and
 * that the router could not have passed on.
 */
static bool m6t_path_is_refused(const struct iphdr *iph, unsigned int mtu)
{
	return (iph->frag_off & htons(IP_DF)) &&
	       !(iph->frag_off & htons(IP_OFFSET | IP_MF)) &&
	       mtu && mtu < ntohs(iph->tot_len);
}

/**
 * m6t_path_err() - an ICMP error about a packet that one of our sockets sent
 * @m6t: device
 * @skb: the error; from skb->data on, what it quotes; its IPv4 and UDP headers
 *	are in the linear part
 *
 * A router that quotes no more than the UDP header proves nothing.
 *
 * Context: softirq, under RCU.
 */
void m6t_path_err(struct m6t_dev *m6t, struct sk_buff *skb)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct udphdr *uh = (const void *)iph + iph->ihl * 4;
	unsigned int offset = iph->ihl * 4 + sizeof(*uh);
	unsigned int mtu = ntohs(icmp_hdr(skb)->un.frag.mtu);
	struct m6t_endpoint ep = {
		.remote = iph->daddr, .local = iph->saddr,
		.port = uh->dest, .local_port = uh->source,
	};
	const struct ipv6hdr *ip6h;
	struct m6t_path *path;
	struct ipv6hdr buf;

	if (icmp_hdr(skb)->type != ICMP_DEST_UNREACH ||
	    icmp_hdr(skb)->code != ICMP_FRAG_NEEDED ||
	    !m6t_path_is_refused(iph, mtu))
		return;
	ip6h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6h || m6t_proto_check(ip6h, ntohs(iph->tot_len) - offset))
		return;
	path = m6t->role->path(m6t, ip6h, &ep);
	if (path)
		m6t_path_learn(path, mtu);
}

/* What the wire takes on which the gateway is reached; 0: nobody knows. */
static unsigned int m6t_path_to_gateway(struct m6t_dev *m6t,
					const struct m6t_config *cfg)
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
	if (rt->dst.dev != m6t->dev && m6t_path_is_wire(rt->dst.dev))
		mtu = m6t_path_wire(rt);
	ip_rt_put(rt);
	return mtu;
}

/* What the underlay device takes, if one is set; Ethernet otherwise. */
static unsigned int m6t_path_of_link(struct m6t_dev *m6t,
				     const struct m6t_config *cfg)
{
	struct net_device *dev = __dev_get_by_index(m6t->net, cfg->link);

	return dev && dev != m6t->dev && m6t_path_is_wire(dev) ? dev->mtu :
								 ETH_DATA_LEN;
}

/**
 * m6t_path_mtu() - the MTU of a device that goes by its underlay (W2)
 * @m6t: device
 * @cfg: settings, which need not be published yet
 *
 * The underlay of a mobile node is the link on which its gateway is reached. A
 * link with jumbo frames says nothing about the path behind it, so the MTU is
 * never above that for Ethernet unless an administrator sets it.
 *
 * Context: process, RTNL held.
 * Return: bytes; what it is now where the underlay is not known.
 */
unsigned int m6t_path_mtu(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	unsigned int mtu;

	ASSERT_RTNL();
	mtu = cfg->gateway ? m6t_path_to_gateway(m6t, cfg) :
			     m6t_path_of_link(m6t, cfg);
	if (!mtu)
		return m6t->dev->mtu;
	return clamp_t(unsigned int, mtu, M6T_PATH_MIN,
		       M6T_MTU + M6T_HEADROOM) - M6T_HEADROOM;
}

/**
 * m6t_path_follow() - let the device's MTU go by that of its underlay (W2)
 * @m6t: device
 * @cfg: settings, which need not be published yet
 *
 * Not where an administrator has set the MTU; nor when called for a device whose
 * MTU is being set, by one that runs over it and has it for its underlay.
 *
 * Context: process, RTNL held.
 */
void m6t_path_follow(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	unsigned int mtu;

	if (m6t->mtu_is_set || m6t->mtu_follows)
		return;
	mtu = m6t_path_mtu(m6t, cfg);
	if (mtu == m6t->dev->mtu)
		return;
	m6t->mtu_follows = true;
	dev_set_mtu(m6t->dev, mtu);
	m6t->mtu_follows = false;
}
