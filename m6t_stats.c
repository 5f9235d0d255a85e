// SPDX-License-Identifier: GPL-2.0
/* Counters by CPU, how tools read them, and the tail that every drop takes. */

#include <linux/skbuff.h>

#include "m6t_trace.h"

static const char m6t_stats_names[__M6T_STAT_MAX][ETH_GSTRING_LEN] = {
	[M6T_STAT_RX_SHORT]		= "rx_short",
	[M6T_STAT_RX_BAD_VERSION]	= "rx_bad_version",
	[M6T_STAT_RX_BAD_LENGTH]	= "rx_bad_length",
	[M6T_STAT_RX_BAD_SOURCE]	= "rx_bad_source",
	[M6T_STAT_RX_BAD_DESTINATION]	= "rx_bad_destination",
	[M6T_STAT_RX_MISMATCH]		= "rx_mismatch",
	[M6T_STAT_RX_RATE_LIMITED]	= "rx_rate_limited",
	[M6T_STAT_RX_TABLE_FULL]	= "rx_table_full",
	[M6T_STAT_RX_NOT_GATEWAY]	= "rx_not_gateway",
	[M6T_STAT_RX_ECN]		= "rx_ecn",
	[M6T_STAT_RX_KEEPALIVE]		= "rx_keepalive",
	[M6T_STAT_RX_KEEPALIVE_STRAY]	= "rx_keepalive_stray",
	[M6T_STAT_TX_KEEPALIVE]		= "tx_keepalive",
	[M6T_STAT_TX_NO_BINDING]	= "tx_no_binding",
	[M6T_STAT_TX_BAD_SOURCE]	= "tx_bad_source",
	[M6T_STAT_TX_TOO_BIG]		= "tx_too_big",
	[M6T_STAT_TX_LOOP]		= "tx_loop",
	[M6T_STAT_TX_NO_ROUTE]		= "tx_no_route",
	[M6T_STAT_TX_CARRIER]		= "tx_carrier",
	[M6T_STAT_BINDING_CREATED]	= "binding_created",
	[M6T_STAT_BINDING_ACTIVATED]	= "binding_activated",
	[M6T_STAT_BINDING_EXPIRED]	= "binding_expired",
	[M6T_STAT_BINDING_EVICTED]	= "binding_evicted",
	[M6T_STAT_ATTACH]		= "attach",
	[M6T_STAT_UNREACHABLE]		= "unreachable",
};

/* Attribute 0 and the padding attribute are no counters. */
#define M6T_STAT_FIRST	M6T_STAT_RX_SHORT
#define M6T_STAT_LAST	M6T_STAT_UNREACHABLE
#define M6T_STATS	(M6T_STAT_LAST - M6T_STAT_FIRST + 1)

/**
 * m6t_stats_count() - raise a counter by one
 * @m6t: device
 * @stat: the counter
 *
 * Context: any.
 */
void m6t_stats_count(struct m6t_dev *m6t, enum m6t_stat stat)
{
	struct m6t_stats *stats;
	unsigned long flags;

	stats = get_cpu_ptr(m6t->stats);
	flags = u64_stats_update_begin_irqsave(&stats->syncp);
	u64_stats_inc(&stats->n[stat]);
	u64_stats_update_end_irqrestore(&stats->syncp, flags);
	put_cpu_ptr(m6t->stats);
}

/* What tools that watch all drops of the kernel are told: the reasons that a
 * module may give are those of the stack itself, so the nearest of them. The
 * others are not specified. m6t:drop has the exact one.
 */
static const enum skb_drop_reason m6t_stats_reasons[__M6T_STAT_MAX] = {
	[M6T_STAT_RX_SHORT]		= SKB_DROP_REASON_HDR_TRUNC,
	[M6T_STAT_RX_BAD_VERSION]	= SKB_DROP_REASON_IP_INHDR,
	[M6T_STAT_RX_BAD_LENGTH]	= SKB_DROP_REASON_IP_INHDR,
	[M6T_STAT_RX_BAD_SOURCE]	= SKB_DROP_REASON_IP_INVALID_SOURCE,
	[M6T_STAT_RX_BAD_DESTINATION]	= SKB_DROP_REASON_IP_INVALID_DEST,
	/* As there: the way back to its source is another one. */
	[M6T_STAT_RX_MISMATCH]		= SKB_DROP_REASON_IP_RPFILTER,
	[M6T_STAT_RX_TABLE_FULL]	= SKB_DROP_REASON_PROTO_MEM,
	/* As if the socket were connected to its peer. */
	[M6T_STAT_RX_NOT_GATEWAY]	= SKB_DROP_REASON_NO_SOCKET,
	[M6T_STAT_RX_KEEPALIVE_STRAY]	= SKB_DROP_REASON_NO_SOCKET,
	[M6T_STAT_RX_ECN]		= SKB_DROP_REASON_IP_TUNNEL_ECN,
	[M6T_STAT_TX_NO_BINDING]	= SKB_DROP_REASON_NO_TX_TARGET,
	[M6T_STAT_TX_BAD_SOURCE]	= SKB_DROP_REASON_IP_INVALID_SOURCE,
	[M6T_STAT_TX_TOO_BIG]		= SKB_DROP_REASON_PKT_TOO_BIG,
	[M6T_STAT_TX_LOOP]		= SKB_DROP_REASON_RECURSION_LIMIT,
	[M6T_STAT_TX_NO_ROUTE]		= SKB_DROP_REASON_IP_OUTNOROUTES,
	[M6T_STAT_TX_CARRIER]		= SKB_DROP_REASON_DEV_READY,
};

/**
 * m6t_stats_drop() - the tail: count why a packet ends here, and free it
 * @m6t: device
 * @skb: the packet; gone afterwards
 * @stat: why; %M6T_STAT_RX_KEEPALIVE is not a loss, it has been read
 *
 * Context: softirq.
 */
void m6t_stats_drop(struct m6t_dev *m6t, struct sk_buff *skb,
		    enum m6t_stat stat)
{
	m6t_stats_count(m6t, stat);
	if (stat == M6T_STAT_RX_KEEPALIVE) {
		consume_skb(skb);
		return;
	}
	trace_drop(m6t, skb, m6t_stats_names[stat]);
	kfree_skb_reason(skb, m6t_stats_reasons[stat] ?:
			      SKB_DROP_REASON_NOT_SPECIFIED);
}

/**
 * m6t_stats_sum() - read a counter
 * @m6t: device
 * @stat: the counter
 *
 * Return: its value over all CPUs.
 */
u64 m6t_stats_sum(const struct m6t_dev *m6t, enum m6t_stat stat)
{
	const struct m6t_stats *stats;
	unsigned int start;
	u64 sum = 0, n;
	int cpu;

	for_each_possible_cpu(cpu) {
		stats = per_cpu_ptr(m6t->stats, cpu);
		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			n = u64_stats_read(&stats->n[stat]);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		sum += n;
	}
	return sum;
}

static u64 m6t_stats_range(const struct m6t_dev *m6t, enum m6t_stat first,
			   enum m6t_stat last)
{
	enum m6t_stat stat;
	u64 sum = 0;

	for (stat = first; stat <= last; stat++)
		sum += m6t_stats_sum(m6t, stat);
	return sum;
}

/**
 * m6t_stats_link() - add what `ip -s -s link` shows of the drops
 * @m6t: device
 * @tot: to be added to
 *
 * Malformed packets are errors; well-formed ones that are not wanted are
 * drops.
 */
void m6t_stats_link(const struct m6t_dev *m6t, struct rtnl_link_stats64 *tot)
{
	u64 length = m6t_stats_sum(m6t, M6T_STAT_RX_SHORT) +
		     m6t_stats_sum(m6t, M6T_STAT_RX_BAD_LENGTH);
	u64 frame = m6t_stats_sum(m6t, M6T_STAT_RX_BAD_VERSION) +
		    m6t_stats_sum(m6t, M6T_STAT_RX_ECN);
	u64 carrier = m6t_stats_sum(m6t, M6T_STAT_TX_CARRIER) +
		      m6t_stats_sum(m6t, M6T_STAT_TX_NO_ROUTE);
	u64 loop = m6t_stats_sum(m6t, M6T_STAT_TX_LOOP);

	tot->rx_length_errors += length;
	tot->rx_frame_errors += frame;
	tot->rx_errors += length + frame;
	tot->rx_dropped += m6t_stats_range(m6t, M6T_STAT_RX_BAD_SOURCE,
					   M6T_STAT_RX_NOT_GATEWAY) +
			   m6t_stats_sum(m6t, M6T_STAT_RX_KEEPALIVE_STRAY);
	tot->tx_carrier_errors += carrier;
	tot->collisions += loop;
	tot->tx_errors += carrier + loop;
	tot->tx_dropped += m6t_stats_range(m6t, M6T_STAT_TX_NO_BINDING,
					   M6T_STAT_TX_TOO_BIG);
}

static int m6t_stats_sset_count(struct net_device *dev, int sset)
{
	return sset == ETH_SS_STATS ? M6T_STATS : -EOPNOTSUPP;
}

static void m6t_stats_strings(struct net_device *dev, u32 sset, u8 *data)
{
	if (sset == ETH_SS_STATS)
		memcpy(data, m6t_stats_names[M6T_STAT_FIRST],
		       M6T_STATS * ETH_GSTRING_LEN);
}

static void m6t_stats_values(struct net_device *dev,
			     struct ethtool_stats *stats, u64 *data)
{
	struct m6t_dev *m6t = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < M6T_STATS; i++)
		data[i] = m6t_stats_sum(m6t, M6T_STAT_FIRST + i);
}

const struct ethtool_ops m6t_ethtool_ops = {
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= m6t_stats_sset_count,
	.get_strings		= m6t_stats_strings,
	.get_ethtool_stats	= m6t_stats_values,
};
