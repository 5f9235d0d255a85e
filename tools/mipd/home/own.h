/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 addresses of this host, which no mobile node may have.
 */
#ifndef M6T_MIPD_OWN_H
#define M6T_MIPD_OWN_H

#include <netinet/in.h>

#include "lib/netlink/nl.h"
#include "lib/netlink/rtnl.h"

typedef void (*own_cb)(struct in_addr addr, void *arg);

int own_open(struct nl *nl);
void own_drain(struct nl *nl, int fd);
int own_addresses(struct rtnl *rtnl, own_cb cb, void *arg);

#endif /* M6T_MIPD_OWN_H */
