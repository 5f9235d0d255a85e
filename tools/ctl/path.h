/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The IPv4 path to the gateway of a mobile node.
 */
#ifndef M6T_PATH_H
#define M6T_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>

#include "ctl/node.h"
#include "lib/netlink/rtnl.h"

/**
 * struct path - the IPv4 path to a gateway
 * @exists: there is one; the rest is valid only then
 * @link: index of the link that it uses
 * @name: name of that link
 * @downs: number of times the link lost its carrier: it may be plugged into
 *	another network since
 * @local: IPv4 source address
 * @family: of the next hop; 0: the gateway is on the link
 * @via: address of the next hop
 */
struct path {
	bool exists;
	uint32_t link;
	char name[IFNAMSIZ];
	uint32_t downs;
	struct in_addr local;
	uint8_t family;
	uint8_t via[sizeof(struct in6_addr)];
};

int path_find(struct rtnl *rtnl, const struct node *node, uint32_t self,
	      struct path *path);

#endif /* M6T_PATH_H */
