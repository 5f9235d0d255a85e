/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The address and the default route of a mobile node.
 */
#ifndef M6T_RTNL_ATTACH_H
#define M6T_RTNL_ATTACH_H

#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "lib/netlink/rtnl.h"

int rtnl_attach(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, const struct m6t_prefix6 *prefix,
		uint32_t metric);
int rtnl_detach(struct rtnl *rtnl, uint32_t ifindex,
		const struct m6t_prefix6 *prefix);

#endif /* M6T_RTNL_ATTACH_H */
