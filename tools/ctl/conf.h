/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device as its file describes it, m6t.conf(5), and as a link that is made
 * from that.
 */
#ifndef M6T_CONF_H
#define M6T_CONF_H

#include <limits.h>

#include "m6tctl.h"

#define CONF_NAME_MAX	253	/* of a DNS name */

/**
 * struct conf - what a file says of a device
 * @name: name of the device
 * @path: name of the file
 * @mode: enum m6t_mode
 * @value: payloads by enum m6t_setting, those that were not given have the
 *	kernel's own value; of a mobile node without @value of
 *	%IFLA_M6T_GATEWAY, %IFLA_M6T_PORTS and %IFLA_M6T_LINK
 * @host: DNS name of the gateway; empty where @gateway is its address
 * @gateway: IPv4 address of the gateway
 * @link: any name of the underlay device, which need not be there; empty: any
 *	device
 * @ports: ports of a mobile node's gateway, in the order of preference
 * @port_count: how many
 * @mtu: of the device; 0: it goes by its underlay
 * @metric: of the default route
 * @probe: what answers pings behind the gateway; unspecified: nothing known
 */
struct conf {
	char name[IFNAMSIZ];
	char path[PATH_MAX];
	uint8_t mode;
	struct setting_value value[IFLA_M6T_MAX + 1];
	char host[CONF_NAME_MAX + 1];
	struct in_addr gateway;
	char link[NAMES_MAX];
	uint16_t ports[M6T_MAX_PORTS];
	unsigned int port_count;
	uint32_t mtu;
	uint32_t metric;
	struct in6_addr probe;
};

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

/* conf.c */
int conf_name(const char *arg, char *name);
int conf_load(const char *arg, struct conf *conf);
uint32_t conf_below(const struct conf *conf);
bool conf_exists(const char *name);
bool conf_prefix(const struct setting_value *value, size_t *at,
		 struct m6t_prefix6 *prefix);

/* link.c */
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
int link_routes_add(struct rtnl *rtnl, uint32_t ifindex,
		    const struct conf *conf);
int link_routes_del(struct rtnl *rtnl, uint32_t ifindex,
		    const struct conf *conf, const struct conf *keep);

#endif /* M6T_CONF_H */
