/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv6 routes through a device.
 */
#ifndef M6T_RTNL_ROUTE_H
#define M6T_RTNL_ROUTE_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "lib/netlink/rtnl.h"

/* Of default routes: less preferred than native IPv6, which gets 1024 from the
 * kernel, and 100 to a little over 3000 from network managers.
 */
#define RTNL_METRIC	4096

int rtnl_route_add(struct rtnl *rtnl, uint32_t ifindex, uint32_t metric);
int rtnl_route_clean(struct rtnl *rtnl, uint32_t ifindex);
int rtnl_metric(struct rtnl *rtnl, uint32_t ifindex, uint32_t from,
		uint32_t to);
int rtnl_has_route(struct rtnl *rtnl, uint32_t ifindex,
		   const struct m6t_prefix6 *to, bool *has);

#endif /* M6T_RTNL_ROUTE_H */
