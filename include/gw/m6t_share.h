/* SPDX-License-Identifier: GPL-2.0 */
/* Fair share of the table among the IPv4 sources of proven bindings. */
#ifndef M6T_SHARE_H
#define M6T_SHARE_H

#include <linux/rbtree.h>
#include <linux/types.h>
#include <linux/m6t.h>

struct m6t_binding;
struct m6t_config;
struct mem_cgroup;

/**
 * struct m6t_source - an IPv4 source, or a prefix that counts as one
 * @by_addr: tree by @addr and @len
 * @by_share: tree by share, the largest one first
 * @bindings: its proven bindings by &m6t_binding.seen
 * @addr: network byte order
 * @len: bits
 * @weight: how many single sources it counts as
 * @count: number of @bindings, at least 1
 *
 * Exists while it has bindings, so there are no more of them than proven bindings.
 */
struct m6t_source {
	struct rb_node by_addr;
	struct rb_node by_share;
	struct rb_root_cached bindings;
	__be32 addr;
	u8 len;
	u32 weight;
	u32 count;
};

/**
 * struct m6t_shares - the sources of a gateway's proven bindings
 * @sources: by address
 * @shares: by share, the largest one first
 * @group: prefixes that count as one source
 * @n_groups: used entries of @group
 *
 * All under the lock of the binding table.
 */
struct m6t_shares {
	struct rb_root sources;
	struct rb_root_cached shares;
	struct m6t_weight4 group[M6T_MAX_WEIGHTS + M6T_MAX_EXEMPTS];
	unsigned int n_groups;
};

void m6t_shares_init(struct m6t_shares *shares, const struct m6t_config *cfg);
void m6t_shares_free(struct m6t_shares *shares);
bool m6t_shares_group(struct m6t_shares *shares, const struct m6t_config *cfg);
int m6t_shares_join(struct m6t_shares *shares, struct m6t_binding *b,
		    struct mem_cgroup *memcg);
void m6t_shares_leave(struct m6t_shares *shares, struct m6t_binding *b);
void m6t_shares_sort(struct m6t_binding *b);
struct m6t_binding *m6t_shares_largest(const struct m6t_shares *shares,
				       __be32 remote);
bool m6t_shares_fair(const struct m6t_shares *shares, __be32 remote);

#endif /* M6T_SHARE_H */
