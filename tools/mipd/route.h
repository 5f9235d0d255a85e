/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses, routes and rules of a device with home addresses.
 */
#ifndef M6T_MIPD_ROUTE_H
#define M6T_MIPD_ROUTE_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

#include "lib/netlink/rtnl.h"

/* Of default routes through the device: better than those of network managers. */
#define ROUTE_METRIC6	1

/* Of the rules for care-of addresses: before the main table, and before the one of
 * strongSwan (220), which has a default route through the device.
 */
#define ROUTE_RULE	191

/**
 * struct route - a route
 * @family: AF_INET or AF_INET6
 * @dst: destination; NULL: default
 * @len: length of its prefix
 * @ifindex: the device
 * @gateway: IPv4 gateway; 0.0.0.0: none
 * @gateway6: IPv6 gateway; ::: none
 * @src: preferred source, or NULL
 * @table: routing table
 * @metric: its metric; 0: the default
 */
struct route {
	uint8_t family;
	const void *dst;
	uint8_t len;
	uint32_t ifindex;
	struct in_addr gateway;
	struct in6_addr gateway6;
	const void *src;
	uint32_t table;
	uint32_t metric;
};

int route_set(struct rtnl *rtnl, const struct route *route, bool add);
int route_host6(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, const struct in6_addr *src,
		bool add);
int route_host4(struct rtnl *rtnl, uint32_t ifindex, struct in_addr addr,
		bool add);
int route_addr6(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, bool add);
int route_addr4(struct rtnl *rtnl, uint32_t ifindex, struct in_addr addr,
		bool add);
int route_rule(struct rtnl *rtnl, uint8_t family, const void *from,
	       uint32_t table, bool add);
uint32_t route_table(uint32_t ifindex);

#endif /* M6T_MIPD_ROUTE_H */
