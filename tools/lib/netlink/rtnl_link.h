/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A link: its VRF and its name.
 */
#ifndef M6T_RTNL_LINK_H
#define M6T_RTNL_LINK_H

#include <stdint.h>

#include "lib/netlink/rtnl.h"

int rtnl_link_table(struct rtnl *rtnl, uint32_t ifindex, uint32_t *table);
int rtnl_ifname(int32_t nsid, uint32_t ifindex, char *buf);

#endif /* M6T_RTNL_LINK_H */
