/* SPDX-License-Identifier: GPL-2.0 */
/* Counters, and the one function that drops packets. */
#ifndef M6T_STATS_H
#define M6T_STATS_H

#include <linux/ethtool.h>
#include <linux/u64_stats_sync.h>
#include <linux/m6t.h>

struct m6t_dev;
struct rtnl_link_stats64;
struct sk_buff;

/**
 * struct m6t_stats - per-CPU counters
 * @n: by &enum m6t_stat
 * @syncp: for readers on 32-bit machines
 */
struct m6t_stats {
	u64_stats_t n[__M6T_STAT_MAX];
	struct u64_stats_sync syncp;
};

extern const struct ethtool_ops m6t_ethtool_ops;

void m6t_stats_count(struct m6t_dev *m6t, enum m6t_stat stat);
void m6t_stats_drop(struct m6t_dev *m6t, struct sk_buff *skb,
		    enum m6t_stat stat);
bool m6t_stats_is_counter(enum m6t_stat stat);
u64 m6t_stats_sum(const struct m6t_dev *m6t, enum m6t_stat stat);
void m6t_stats_link(const struct m6t_dev *m6t, struct rtnl_link_stats64 *tot);

#endif /* M6T_STATS_H */
