// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTU of the peers (B3): the MTU of the first link, and the one that routers have
 * reported about one peer.
 *
 * The stack accepts any ICMP error that names a destination, and applies it to the
 * whole address. Here an error is accepted only if it quotes enough of a packet to
 * prove that it was ours, and only for the peer it was sent to. If the stack's MTU
 * is too low because of other errors, the outer packet is fragmented, so these cost
 * speed, and reachability only where fragments are dropped.
 */

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ipv6.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_outer.h"
#include "m6t_path.h"

/* How long a reported MTU is valid, ns: ten minutes, the stack's default. */
#define M6T_PATH_LIFE		(600 * NSEC_PER_SEC)

/* What ESP in tunnel mode may add to a packet, with padding, bytes. */
#define M6T_PATH_ESP		120

/* An MTU and the ktime until which it is valid share 64 bits. Tearing on 32-bit
 * machines is harmless: the time is off by seconds, or has passed.
 */
#define M6T_PATH_MTU_BITS	16
#define M6T_PATH_MTU_MASK	GENMASK_ULL(M6T_PATH_MTU_BITS - 1, 0)

static unsigned int m6t_path_learnt(const struct m6t_path *path)
{
	u64 learnt = path ? READ_ONCE(path->learnt) : 0;

	if (likely(!learnt) ||
	    (learnt & ~M6T_PATH_MTU_MASK) <= ktime_get_coarse_ns())
		return IP_MAX_MTU;
	return learnt & M6T_PATH_MTU_MASK;
}

/**
 * m6t_path_learn() - remember the MTU that a router has reported
 * @path: to be updated
 * @mtu: largest outer packet that the path carries, bytes
 *
 * Context: any.
 */
void m6t_path_learn(struct m6t_path *path, u16 mtu)
{
	u64 until = ktime_get_coarse_ns() + M6T_PATH_LIFE;

	WRITE_ONCE(path->learnt, (until & ~M6T_PATH_MTU_MASK) | mtu);
}

static bool m6t_path_fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb_is_gso(skb))
		return skb_gso_validate_network_len(skb, mtu);
	return skb->len <= mtu;
}

/* Outer IPv6 and IPv4 differ in what may be fragmented; @how is an enum m6t_df. Inside,
 * @least bytes must fit, or packets are fragmented outside.
 */
static __always_inline enum m6t_stat
m6t_path_check_df(struct m6t_dev *m6t, u8 how, struct sk_buff *skb,
		  const struct dst_entry *dst, unsigned int overhead,
		  unsigned int least, const struct m6t_path *path, bool *df)
{
	unsigned int mtu = READ_ONCE(m6t->dev->mtu), outer;

	*df = false;
	if (how != M6T_DF_UNSET) {
		outer = min(m6t_path_first(dst), m6t_path_learnt(path));
		if (outer >= least + overhead) {
			*df = true;
			mtu = min(mtu, outer - overhead);
		}
	}
	if (*df && m6t_inner_may_fragment(skb))
		*df = how == M6T_DF_SET && m6t_path_fits(skb, mtu);
	if (unlikely(!m6t_path_fits(skb, mtu)) &&
	    !m6t_inner_may_fragment(skb)) {
		m6t_inner_too_big(skb, mtu);
		return M6T_STAT_TX_TOO_BIG;
	}
	if (*df && !m6t_path_fits(skb, dst_mtu(dst) - overhead))
		*df = false;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_path_check() - check a packet against the path MTU (B3, W3)
 * @m6t: device
 * @cfg: settings, which say whether to set DF
 * @skb: inner packet
 * @dst: route to the peer
 * @overhead: size of the outer headers, bytes
 * @path: what is known about the path to the peer, or NULL
 * @df: set to true if the outer packet must have DF
 *
 * If the path cannot carry the IPv6 minimum MTU, the outer packet is fragmented
 * whatever @cfg says; likewise if only the stack's MTU is too low, or if the inner packet
 * is IPv4 without DF.
 *
 * Context: softirq, under RCU.
 * Return: 0; or %M6T_STAT_TX_TOO_BIG, after an ICMP error to the sender.
 */
enum m6t_stat m6t_path_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb, const struct dst_entry *dst,
			     unsigned int overhead,
			     const struct m6t_path *path, bool *df)
{
	return m6t_path_check_df(m6t, cfg->df, skb, dst, overhead,
				 IPV6_MIN_MTU, path, df);
}

static bool m6t_path_is_esp(const struct sk_buff *skb)
{
	const struct frag_hdr *frag;
	struct frag_hdr buf;

	if (m6t_inner_is4(skb))
		return false;
	if (ipv6_hdr(skb)->nexthdr != NEXTHDR_FRAGMENT)
		return ipv6_hdr(skb)->nexthdr == NEXTHDR_ESP;
	frag = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(buf),
				  &buf);
	return frag && frag->nexthdr == NEXTHDR_ESP;
}

/* XFRM refuses to send IPv6 at all if ESP leaves less than the minimum MTU inside, so
 * such an MTU must not be reported to it.
 */
static unsigned int m6t_path_least(const struct sk_buff *skb)
{
	return m6t_path_is_esp(skb) ? IPV6_MIN_MTU + M6T_PATH_ESP :
				      IPV6_MIN_MTU;
}

/**
 * m6t_path_check6() - check a packet against the path MTU over IPv6 (D15)
 * @m6t: device
 * @skb: inner packet
 * @dst: route to the peer
 * @overhead: size of the outer headers, bytes
 * @path: what is known about the path to the peer, or NULL
 * @whole: set to false if the outer packet may have to be fragmented here
 *
 * Context: softirq, under RCU.
 * Return: 0; or %M6T_STAT_TX_TOO_BIG, after an ICMP error to the sender.
 */
enum m6t_stat m6t_path_check6(struct m6t_dev *m6t, struct sk_buff *skb,
			      const struct dst_entry *dst,
			      unsigned int overhead,
			      const struct m6t_path *path, bool *whole)
{
	return m6t_path_check_df(m6t, M6T_DF_INHERIT, skb, dst, overhead,
				 m6t_path_least(skb), path, whole);
}

/**
 * m6t_path_mtu() - get the MTU that a router has reported
 * @path: what is known about the path to a peer
 *
 * Return: bytes; %IP_MAX_MTU if none has.
 */
unsigned int m6t_path_mtu(const struct m6t_path *path)
{
	return m6t_path_learnt(path);
}

/**
 * m6t_path_refused() - handle a router's report that a packet was too big
 * @m6t: device
 * @skb: the ICMP error, with the quoted packet at skb->data
 * @outer: the quoted outer headers
 * @offset: offset of the quoted inner packet from skb->data, bytes
 * @len: length of the original inner packet, bytes
 * @mtu: largest outer packet that the path carries, bytes
 *
 * An error that quotes only the outer headers proves nothing.
 *
 * Context: softirq, under RCU.
 */
void m6t_path_refused(struct m6t_dev *m6t, const struct sk_buff *skb,
		      const struct m6t_outer *outer, unsigned int offset,
		      unsigned int len, u16 mtu)
{
	const union m6t_inner *inner;
	struct m6t_path *path;
	union m6t_inner buf;

	inner = m6t_inner_quoted(skb, offset, len, m6t->role->takes4, &buf);
	path = inner ? m6t->role->path(m6t, inner, outer) : NULL;
	if (path)
		m6t_path_learn(path, mtu);
}
