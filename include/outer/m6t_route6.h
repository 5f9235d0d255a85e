/* SPDX-License-Identifier: GPL-2.0 */
/* Routes to IPv6 peers, and a per-CPU cache of them. */
#ifndef M6T_ROUTE6_H
#define M6T_ROUTE6_H

#include <linux/types.h>

struct dst_entry;
struct in6_addr;
struct m6t_config;
struct m6t_dev;
struct m6t_to6;
struct netlink_ext_ack;
struct sock;

/* The cache of one CPU; opaque, see m6t_route6.c. */
struct m6t_routes6;

u32 m6t_route6_link(const struct m6t_dev *m6t, const struct in6_addr *addr);
struct sock *m6t_route6_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     u32 link, struct netlink_ext_ack *extack);
struct dst_entry *m6t_route6_get(struct m6t_dev *m6t, const struct m6t_to6 *to,
				 u32 mark, u8 proto, u8 dsfield);
struct m6t_routes6 __percpu *m6t_routes6_new(void);
void m6t_routes6_flush(struct m6t_routes6 __percpu *routes);
void m6t_routes6_free(struct m6t_routes6 __percpu *routes);

#endif /* M6T_ROUTE6_H */
