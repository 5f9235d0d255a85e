/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The routes of a gateway's prefixes.
 */
#ifndef M6T_LINK_ROUTES_H
#define M6T_LINK_ROUTES_H

#include <stdint.h>

#include "ctl/conf/conf.h"
#include "lib/netlink/rtnl.h"

int link_routes_add(struct rtnl *rtnl, uint32_t ifindex,
		    const struct conf *conf);
int link_routes_del(struct rtnl *rtnl, uint32_t ifindex,
		    const struct conf *conf, const struct conf *keep);

#endif /* M6T_LINK_ROUTES_H */
