/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Care-of addresses: IPv4 addresses of links from which the home agent can be
 * reached.
 */
#ifndef M6T_MIPD_UPLINK_H
#define M6T_MIPD_UPLINK_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>

#include "lib/netlink/rtnl.h"
#include "mipd/mn.h"

#define UPLINK_CONFS	16

/**
 * struct uplink_conf - a link that may be used
 * @name: its name
 * @metric: the lower, the better
 */
struct uplink_conf {
	char name[IFNAMSIZ];
	uint32_t metric;
};

/**
 * struct uplink_asked - what to look for
 * @ha4: the home agent
 * @ifindex: the device, which is not a link of its own
 * @confs: links that may be used; none: any, by the metrics of their routes
 * @count: number of @confs
 */
struct uplink_asked {
	struct in_addr ha4;
	uint32_t ifindex;
	struct uplink_conf confs[UPLINK_CONFS];
	unsigned int count;
};

/**
 * struct uplink - a care-of address
 * @coa: link and address
 * @gateway: IPv4 gateway to the home agent; 0.0.0.0: it is on the link
 * @metric: the lower, the better
 */
struct uplink {
	struct mn_coa coa;
	struct in_addr gateway;
	uint32_t metric;
};

bool uplink_is_up(struct rtnl *rtnl, uint32_t ifindex);
int uplink_list(struct rtnl *rtnl, const struct uplink_asked *asked,
		struct uplink *list, unsigned int *count);

#endif /* M6T_MIPD_UPLINK_H */
