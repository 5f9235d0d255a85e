/* SPDX-License-Identifier: GPL-2.0 */
/* How fast one IPv4 source may create bindings. */
#ifndef M6T_LIMIT_H
#define M6T_LIMIT_H

#include <linux/types.h>

struct m6t_config;

/* Token buckets per IPv4 source; opaque, see gw/m6t_limit.c. */
struct m6t_limit;

struct m6t_limit *m6t_limit_new(void);
void m6t_limit_free(struct m6t_limit *limit);
bool m6t_limit_take(struct m6t_limit *limit, const struct m6t_config *cfg,
		    __be32 source);

#endif /* M6T_LIMIT_H */
