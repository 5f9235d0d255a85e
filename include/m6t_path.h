/* SPDX-License-Identifier: GPL-2.0 */
/* What an IPv4 path carries. */
#ifndef M6T_PATH_H
#define M6T_PATH_H

#include <linux/skbuff.h>

#include "m6t_stats.h"

struct m6t_config;
struct m6t_dev;
struct rtable;

/**
 * struct m6t_path - what is known of the IPv4 path to a peer
 * @learnt: what a router said that it carries, bytes, in the lowest 16 bits;
 *	above them the ktime, ns, until which that holds; 0: nothing
 */
struct m6t_path {
	u64 learnt;
};

enum m6t_stat m6t_path_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     struct sk_buff *skb, const struct rtable *rt,
			     const struct m6t_path *path, __be16 *df);
void m6t_path_err(struct m6t_dev *m6t, struct sk_buff *skb);
unsigned int m6t_path_mtu(struct m6t_dev *m6t, const struct m6t_config *cfg);
void m6t_path_follow(struct m6t_dev *m6t, const struct m6t_config *cfg);

#endif /* M6T_PATH_H */
