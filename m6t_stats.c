// SPDX-License-Identifier: GPL-2.0
/* Per-CPU counters, how they are read, and the function that drops packets. */

#include <linux/skbuff.h>

#define CREATE_TRACE_POINTS
#include "m6t_trace.h"

/**
 * enum m6t_stats_sum - link statistics that are sums of counters
 * @M6T_SUM_NONE: not a loss
 * @M6T_SUM_RX_LENGTH: malformed: rx_length_errors
 * @M6T_SUM_RX_FRAME: malformed: rx_frame_errors
 * @M6T_SUM_RX_DROPPED: well-formed but refused: rx_dropped
 * @M6T_SUM_TX_CARRIER: no path to send on: tx_carrier_errors
 * @M6T_SUM_TX_LOOP: routing loop: collisions
 * @M6T_SUM_TX_DROPPED: refused: tx_dropped
 * @M6T_SUMS: number of sums
 */
enum m6t_stats_sum {
	M6T_SUM_NONE,
	M6T_SUM_RX_LENGTH,
	M6T_SUM_RX_FRAME,
	M6T_SUM_RX_DROPPED,
	M6T_SUM_TX_CARRIER,
	M6T_SUM_TX_LOOP,
	M6T_SUM_TX_DROPPED,
	M6T_SUMS,
};

/**
 * struct m6t_counter - properties of a counter
 * @name: for ethtool and for m6t:drop
 * @reason: drop reason for tools that watch all drops of the kernel. The closest one
 *	of the stack, as the module defines none; m6t:drop reports the name
 * @sum: &enum m6t_stats_sum
 */
struct m6t_counter {
	char name[ETH_GSTRING_LEN];
	enum skb_drop_reason reason;
	u8 sum;
};

#define M6T_COUNTER(_stat, _name, _reason, _sum)			\
	[M6T_STAT_##_stat] = {						\
		.name = _name,						\
		.reason = SKB_DROP_REASON_##_reason,			\
		.sum = M6T_SUM_##_sum,					\
	}

/* Indexed by &enum m6t_stat, where some values are not counters. */
static const struct m6t_counter m6t_counters[__M6T_STAT_MAX] = {
	M6T_COUNTER(RX_SHORT, "rx_short", HDR_TRUNC, RX_LENGTH),
	M6T_COUNTER(RX_BAD_VERSION, "rx_bad_version", IP_INHDR, RX_FRAME),
	M6T_COUNTER(RX_BAD_LENGTH, "rx_bad_length", IP_INHDR, RX_LENGTH),
	M6T_COUNTER(RX_BAD_SOURCE, "rx_bad_source",
		    IP_INVALID_SOURCE, RX_DROPPED),
	M6T_COUNTER(RX_BAD_DESTINATION, "rx_bad_destination",
		    IP_INVALID_DEST, RX_DROPPED),
	/* Similar: the path back to the source differs. */
	M6T_COUNTER(RX_MISMATCH, "rx_mismatch", IP_RPFILTER, RX_DROPPED),
	M6T_COUNTER(RX_RATE_LIMITED, "rx_rate_limited",
		    NOT_SPECIFIED, RX_DROPPED),
	M6T_COUNTER(RX_TABLE_FULL, "rx_table_full", PROTO_MEM, RX_DROPPED),
	/* As if the socket were connected to its peer. */
	M6T_COUNTER(RX_NOT_GATEWAY, "rx_not_gateway", NO_SOCKET, RX_DROPPED),
	M6T_COUNTER(RX_ECN, "rx_ecn", IP_TUNNEL_ECN, RX_FRAME),
	M6T_COUNTER(RX_KEEPALIVE, "rx_keepalive", NOT_SPECIFIED, NONE),
	M6T_COUNTER(RX_KEEPALIVE_STRAY, "rx_keepalive_stray",
		    NO_SOCKET, RX_DROPPED),
	M6T_COUNTER(RX_PROOF, "rx_proof", NOT_SPECIFIED, NONE),
	M6T_COUNTER(RX_NO_BINDING, "rx_no_binding", IP_RPFILTER, RX_DROPPED),
	M6T_COUNTER(RX_UNPROTECTED, "rx_unprotected", XFRM_POLICY, RX_DROPPED),
	M6T_COUNTER(RX_BAD_SA, "rx_bad_sa", XFRM_POLICY, RX_DROPPED),
	M6T_COUNTER(RX_BAD_HEADER, "rx_bad_header", IP_INHDR, RX_FRAME),
	M6T_COUNTER(RX_SIGNAL, "rx_signal", NOT_SPECIFIED, NONE),
	M6T_COUNTER(TX_SIGNAL, "tx_signal", NOT_SPECIFIED, NONE),
	M6T_COUNTER(TX_UNPROTECTED, "tx_unprotected", XFRM_POLICY, TX_DROPPED),
	M6T_COUNTER(TX_KEEPALIVE, "tx_keepalive", NOT_SPECIFIED, NONE),
	M6T_COUNTER(TX_PROOF, "tx_proof", NOT_SPECIFIED, NONE),
	M6T_COUNTER(TX_NO_BINDING, "tx_no_binding", NO_TX_TARGET, TX_DROPPED),
	M6T_COUNTER(TX_BAD_SOURCE, "tx_bad_source",
		    IP_INVALID_SOURCE, TX_DROPPED),
	M6T_COUNTER(TX_TOO_BIG, "tx_too_big", PKT_TOO_BIG, TX_DROPPED),
	M6T_COUNTER(TX_LOOP, "tx_loop", RECURSION_LIMIT, TX_LOOP),
	M6T_COUNTER(TX_NO_ROUTE, "tx_no_route", IP_OUTNOROUTES, TX_CARRIER),
	M6T_COUNTER(TX_CARRIER, "tx_carrier", DEV_READY, TX_CARRIER),
	M6T_COUNTER(BINDING_CREATED, "binding_created", NOT_SPECIFIED, NONE),
	M6T_COUNTER(BINDING_ACTIVATED, "binding_activated", NOT_SPECIFIED, NONE),
	M6T_COUNTER(BINDING_PROVEN, "binding_proven", NOT_SPECIFIED, NONE),
	M6T_COUNTER(BINDING_EXPIRED, "binding_expired", NOT_SPECIFIED, NONE),
	M6T_COUNTER(BINDING_EVICTED, "binding_evicted", NOT_SPECIFIED, NONE),
	M6T_COUNTER(ATTACH, "attach", NOT_SPECIFIED, NONE),
	M6T_COUNTER(UNREACHABLE, "unreachable", NOT_SPECIFIED, NONE),
};

/**
 * m6t_stats_count() - increment a counter
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

/**
 * m6t_stats_drop() - count why a packet is dropped, and free it
 * @m6t: device
 * @skb: the packet
 * @stat: the reason; packets of %M6T_STAT_RX_KEEPALIVE and %M6T_STAT_RX_PROOF are not
 *	lost but consumed
 *
 * Context: softirq.
 */
void m6t_stats_drop(struct m6t_dev *m6t, struct sk_buff *skb,
		    enum m6t_stat stat)
{
	m6t_stats_count(m6t, stat);
	if (stat == M6T_STAT_RX_KEEPALIVE || stat == M6T_STAT_RX_PROOF) {
		consume_skb(skb);
		return;
	}
	trace_drop(m6t, skb, m6t_counters[stat].name);
	kfree_skb_reason(skb, m6t_counters[stat].reason);
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

/**
 * m6t_stats_is_counter() - check if a value of the enum is a counter
 * @stat: &enum m6t_stat, below __M6T_STAT_MAX
 *
 * Return: false for padding attributes and the like.
 */
bool m6t_stats_is_counter(enum m6t_stat stat)
{
	return m6t_counters[stat].name[0];
}

/**
 * m6t_stats_link() - add the counters to the link statistics
 * @m6t: device
 * @tot: link statistics, shown by `ip -s -s link`
 *
 * Malformed packets are errors; refused well-formed ones are drops.
 */
void m6t_stats_link(const struct m6t_dev *m6t, struct rtnl_link_stats64 *tot)
{
	u64 sum[M6T_SUMS] = {};
	enum m6t_stat stat;

	for (stat = 0; stat < __M6T_STAT_MAX; stat++)
		if (m6t_counters[stat].sum)
			sum[m6t_counters[stat].sum] += m6t_stats_sum(m6t, stat);
	tot->rx_length_errors += sum[M6T_SUM_RX_LENGTH];
	tot->rx_frame_errors += sum[M6T_SUM_RX_FRAME];
	tot->rx_errors += sum[M6T_SUM_RX_LENGTH] + sum[M6T_SUM_RX_FRAME];
	tot->rx_dropped += sum[M6T_SUM_RX_DROPPED];
	tot->tx_carrier_errors += sum[M6T_SUM_TX_CARRIER];
	tot->collisions += sum[M6T_SUM_TX_LOOP];
	tot->tx_errors += sum[M6T_SUM_TX_CARRIER] + sum[M6T_SUM_TX_LOOP];
	tot->tx_dropped += sum[M6T_SUM_TX_DROPPED];
}

static int m6t_stats_sset_count(struct net_device *dev, int sset)
{
	enum m6t_stat stat;
	int n = 0;

	if (sset != ETH_SS_STATS)
		return -EOPNOTSUPP;
	for (stat = 0; stat < __M6T_STAT_MAX; stat++)
		n += m6t_stats_is_counter(stat);
	return n;
}

static void m6t_stats_strings(struct net_device *dev, u32 sset, u8 *data)
{
	enum m6t_stat stat;

	if (sset != ETH_SS_STATS)
		return;
	for (stat = 0; stat < __M6T_STAT_MAX; stat++) {
		if (!m6t_stats_is_counter(stat))
			continue;
		memcpy(data, m6t_counters[stat].name, ETH_GSTRING_LEN);
		data += ETH_GSTRING_LEN;
	}
}

static void m6t_stats_values(struct net_device *dev,
			     struct ethtool_stats *stats, u64 *data)
{
	struct m6t_dev *m6t = netdev_priv(dev);
	enum m6t_stat stat;

	for (stat = 0; stat < __M6T_STAT_MAX; stat++)
		if (m6t_stats_is_counter(stat))
			*data++ = m6t_stats_sum(m6t, stat);
}

const struct ethtool_ops m6t_ethtool_ops = {
	.get_link		= ethtool_op_get_link,
	.get_sset_count		= m6t_stats_sset_count,
	.get_strings		= m6t_stats_strings,
	.get_ethtool_stats	= m6t_stats_values,
};
