// SPDX-License-Identifier: GPL-2.0
/*
 * How much the paths to peers carry (B3): what the first link takes, and what
 * routers have said of one peer.
 *
 * The stack believes any ICMP error that names a destination, and keeps what it
 * says for the whole address. Here one is believed only if it quotes enough of
 * a packet to prove that it was ours, and only for the peer that it went to.
 * Against all others the outer packet is fragmented, so they cost speed, and
 * reachability only where fragments are dropped.
 */

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst.h>

#include "m6t.h"
#include "m6t_inner.h"
#include "m6t_outer.h"
#include "m6t_path.h"

/* How long a router's word holds, as in the stack's own default: ten minutes. */
#define M6T_PATH_LIFE		(600 * NSEC_PER_SEC)

/* An MTU and the ktime until which it holds fit into 64 bits. Where these are
 * not read and written as one, a half of each does no harm: the time is wrong by
 * seconds, or is over.
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

static void m6t_path_learn(struct m6t_path *path, u16 mtu)
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

/**
 * m6t_path_check() - compare a packet with what the path takes (B3, W3)
 * @m6t: device
 * @cfg: whether DF is wanted
 * @skb: inner packet
 * @dst: route to the peer
 * @overhead: bytes that the outer headers take
 * @path: what is known of the path to the peer, or NULL
 * @df: filled in: must the outer packet not be fragmented?
 *
 * Where the path cannot carry the minimum of IPv6, the outer packet is
 * fragmented, whatever is wanted; likewise where only the stack believes that
 * the path is narrow.
 *
 * Context: softirq, under RCU.
 * Return: 0, or %M6T_STAT_TX_TOO_BIG, and an error has been returned to the sender.
 */
enum m6t_stat m6t_path_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb, const struct dst_entry *dst,
			     unsigned int overhead,
			     const struct m6t_path *path, bool *df)
{
	unsigned int mtu = READ_ONCE(m6t->dev->mtu), least;

	*df = false;
	if (cfg->df != M6T_DF_UNSET) {
		least = min(m6t_path_first(dst), m6t_path_learnt(path));
		if (least >= IPV6_MIN_MTU + overhead) {
			*df = true;
			mtu = min(mtu, least - overhead);
		}
	}
	if (unlikely(!m6t_path_fits(skb, mtu))) {
		m6t_inner_too_big(skb, mtu);
		return M6T_STAT_TX_TOO_BIG;
	}
	if (*df && !m6t_path_fits(skb, dst_mtu(dst) - overhead))
		*df = false;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_path_refused() - a router could not pass on a packet that we sent
 * @m6t: device
 * @skb: the ICMP error; from skb->data on, what it quotes
 * @outer: the outer headers that it quotes
 * @offset: of the quoted inner packet, bytes
 * @len: that the inner packet had, bytes
 * @mtu: what the path carries, bytes of the outer packet
 *
 * A router that quotes no more than the outer headers proves nothing.
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

	inner = m6t_inner_quoted(skb, offset, len, &buf);
	path = inner ? m6t->role->path(m6t, inner, outer) : NULL;
	if (path)
		m6t_path_learn(path, mtu);
}
