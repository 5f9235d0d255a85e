/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device, created from a file and changed with it.
 */
#ifndef M6T_LINK_H
#define M6T_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>

#include "ctl/conf/conf.h"
#include "ctl/endpoint.h"
#include "lib/netlink/rtnl.h"

/**
 * struct link_state - the state of a device
 * @ifindex: its index; 0: no such device
 * @name: its own name; it may have been looked up by an alternative one
 * @ours: it is of type m6t
 * @up: it is up
 * @same: its settings are those of a file
 * @below: index of the underlay device, which may have been removed; 0: any
 * @endpoint: gateway and port of a mobile node
 * @rx: packets received
 * @tx: packets sent, including those that the device itself generated
 */
struct link_state {
	uint32_t ifindex;
	char name[IFNAMSIZ];
	bool ours;
	bool up;
	bool same;
	uint32_t below;
	struct endpoint endpoint;
	uint64_t rx;
	uint64_t tx;
};

int link_get(struct rtnl *rtnl, const char *name, const struct conf *conf,
	     struct link_state *link);
int link_add(struct rtnl *rtnl, const struct conf *conf,
	     const struct endpoint *endpoint);
int link_change(struct rtnl *rtnl, uint32_t ifindex, const struct conf *conf,
		const struct conf *old, const struct endpoint *endpoint);
int link_move(struct rtnl *rtnl, uint32_t ifindex,
	      const struct endpoint *endpoint);
int link_up(struct rtnl *rtnl, uint32_t ifindex);
int link_del(struct rtnl *rtnl, uint32_t ifindex);

#endif /* M6T_LINK_H */
