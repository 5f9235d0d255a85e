/* SPDX-License-Identifier: GPL-2.0 */
/* Per-CPU cache of routes to peers. */
#ifndef M6T_ROUTE_H
#define M6T_ROUTE_H

#include <linux/skbuff.h>

#include "m6t_proto.h"

struct dst_entry;
struct m6t_config;
struct m6t_dev;

/* The cache of one CPU; opaque, see m6t_route.c. */
struct m6t_routes;

struct m6t_routes __percpu *m6t_routes_new(void);
void m6t_routes_flush(struct m6t_routes __percpu *routes);
void m6t_routes_free(struct m6t_routes __percpu *routes);
struct dst_entry *m6t_route_get(struct m6t_dev *m6t, u32 link,
				struct sk_buff *skb,
				const struct m6t_endpoint *ep, u8 proto,
				u8 tos, __be32 *saddr);
unsigned int m6t_route_mtu(struct m6t_dev *m6t, const struct m6t_config *cfg);

#endif /* M6T_ROUTE_H */
