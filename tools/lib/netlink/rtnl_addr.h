/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The IPv6 addresses of a device.
 */
#ifndef M6T_RTNL_ADDR_H
#define M6T_RTNL_ADDR_H

#include <netinet/in.h>

#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_list.h"

int rtnl_addr_list(struct rtnl *rtnl, struct rtnl_list *list);
int rtnl_addr_add(struct rtnl *rtnl, const struct rtnl_list *list,
		  const struct in6_addr *addr);
int rtnl_addr_clean(struct rtnl *rtnl, const struct rtnl_list *list,
		    const struct in6_addr *keep);

#endif /* M6T_RTNL_ADDR_H */
