/* SPDX-License-Identifier: GPL-2.0 */
/* Routes to IPv6 peers. */
#ifndef M6T_ROUTE6_H
#define M6T_ROUTE6_H

#include <linux/types.h>

struct in6_addr;
struct m6t_config;
struct m6t_dev;
struct netlink_ext_ack;
struct sock;

u32 m6t_route6_link(const struct m6t_dev *m6t, const struct in6_addr *addr);
struct sock *m6t_route6_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     u32 link, struct netlink_ext_ack *extack);

#endif /* M6T_ROUTE6_H */
