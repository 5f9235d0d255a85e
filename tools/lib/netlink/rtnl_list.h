/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The result of a dump of addresses or routes.
 */
#ifndef M6T_RTNL_LIST_H
#define M6T_RTNL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

/**
 * struct rtnl_item - an address, or a hop of a route
 * @addr: the address; of a hop, its gateway
 * @len: length of the address' prefix
 * @flags: of the address
 * @metric: of the route
 * @nexthop: the nexthop object of the route; 0: none
 * @protocol: of the route
 * @has_gateway: @addr is a gateway
 */
struct rtnl_item {
	struct in6_addr addr;
	uint8_t len;
	uint32_t flags;
	uint32_t metric;
	uint32_t nexthop;
	uint8_t protocol;
	bool has_gateway;
};

/**
 * struct rtnl_list - the result of a dump
 * @ifindex: of this device
 * @table: of routes, those in this table
 * @prefix: of addresses those in it, of routes those to it
 * @items: the items
 * @used: number of items
 * @failed: out of memory
 */
struct rtnl_list {
	uint32_t ifindex;
	uint32_t table;
	const struct m6t_prefix6 *prefix;
	struct rtnl_item *items;
	size_t used;
	bool failed;
};

void rtnl_list_add(struct rtnl_list *list, const struct rtnl_item *item);
void rtnl_list_forget(void *arg);

#endif /* M6T_RTNL_LIST_H */
