/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Care-of addresses: addresses of links from which the home agent can be reached; and
 * the home link.
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

/* Maximum number of addresses that are considered; MN_COAS of them are used. */
#define UPLINK_MAX	64

/**
 * struct uplink_conf - a link that may be used
 * @name: its name
 * @metric: lower values are preferred
 */
struct uplink_conf {
	char name[IFNAMSIZ];
	uint32_t metric;
};

/**
 * struct uplink_asked - what to look for
 * @ha: the home agent
 * @ha4: its IPv4 address
 * @hoa: the home address
 * @ifindex: the device, which is not such a link
 * @confs: links that may be used; none: any, by the metrics of their routes
 * @count: number of @confs
 */
struct uplink_asked {
	struct in6_addr ha;
	struct in_addr ha4;
	struct in6_addr hoa;
	uint32_t ifindex;
	struct uplink_conf confs[UPLINK_CONFS];
	unsigned int count;
};

/**
 * struct uplink - a care-of address
 * @coa: link and address
 * @gateway: IPv4 gateway to the home agent; 0.0.0.0: it is on the link
 * @gateway6: IPv6 gateway to it; ::: it is on the link
 * @metric: lower values are preferred
 * @temporary: it is for privacy, and ends soon
 * @deprecated: it is used only if there is no other one
 * @local: it is a unique local address, and the home agent's is not
 * @created: when it was, in 10 ms
 * @spare: there is a better one of the same link
 */
struct uplink {
	struct mn_coa coa;
	struct in_addr gateway;
	struct in6_addr gateway6;
	uint32_t metric;
	bool temporary;
	bool deprecated;
	bool local;
	uint32_t created;
	bool spare;
};

bool uplink_is_up(struct rtnl *rtnl, uint32_t ifindex);
int uplink_list(struct rtnl *rtnl, const struct uplink_asked *asked,
		struct uplink *list, unsigned int *count);

/* uplink_sort.c */
void uplink_sort(struct uplink *list, unsigned int count, bool by_link);

#endif /* M6T_MIPD_UPLINK_H */
