/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device as a link, made from a file and changed with it.
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
 * struct link_state - a device as it is
 * @ifindex: its index; 0: there is none of that name
 * @name: its own name; the one it was asked for by may be an alternative one
 * @ours: it is of type m6t
 * @up: it is up
 * @same: its settings are those of a file
 * @below: index of the underlay device, which may be gone; 0: any
 * @endpoint: gateway and port of a mobile node
 * @rx: packets that have come out of it
 * @tx: packets that went into it, or were sent by itself
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
