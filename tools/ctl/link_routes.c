// SPDX-License-Identifier: GPL-2.0
/*
 * The routes of a gateway's prefixes, by rtnetlink.
 */
#include <errno.h>
#include <string.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/conf/conf.h"
#include "ctl/link_routes.h"
#include "lib/proto.h"
#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_route.h"

#define LINK_ROUTE_METRIC	1024	/* the kernel's own default */

/*
 * With a gateway in the route, all mobile nodes share one neighbour entry;
 * without, each needs its own, and the neighbour table of the host has room for
 * a thousand. The device ignores the gateway, so any address will do: fe80::1
 * belongs to no host.
 */
static int link_route(struct rtnl *rtnl, uint16_t type, uint16_t flags,
		      uint32_t ifindex, const struct m6t_prefix6 *prefix)
{
	static const struct in6_addr gateway = M6T_KEEPALIVE_ADDR;
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));

	rtm->rtm_family = AF_INET6;
	rtm->rtm_dst_len = prefix->len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = type == RTM_NEWROUTE ? RT_SCOPE_UNIVERSE :
						RT_SCOPE_NOWHERE;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put(nlh, RTA_DST, sizeof(prefix->addr), &prefix->addr);
	if (type == RTM_NEWROUTE)
		mnl_attr_put(nlh, RTA_GATEWAY, sizeof(gateway), &gateway);
	mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, LINK_ROUTE_METRIC);
	return rtnl_talk(rtnl, NULL, NULL);
}

static bool link_next_prefix(const struct conf *conf, size_t *at,
			     struct m6t_prefix6 *prefix)
{
	return conf_prefix(&conf->value[IFLA_M6T_PREFIXES], at, prefix);
}

static bool link_has_prefix(const struct conf *conf,
			    const struct m6t_prefix6 *prefix)
{
	struct m6t_prefix6 other;
	size_t at = 0;

	while (conf && link_next_prefix(conf, &at, &other))
		if (!memcmp(&other, prefix, sizeof(other)))
			return true;

	return false;
}

static int link_route_add(struct rtnl *rtnl, uint32_t ifindex,
			  const struct m6t_prefix6 *prefix)
{
	bool has;
	int err;

	err = rtnl_has_route(rtnl, ifindex, prefix, &has);
	if (err || has)
		return err;

	err = link_route(rtnl, RTM_NEWROUTE, NLM_F_CREATE, ifindex, prefix);
	return err == -EEXIST ? 0 : err;
}

/**
 * link_routes_add - route the prefixes of a gateway to its device
 * @rtnl: the connection
 * @ifindex: the device
 * @conf: its file
 *
 * An existing route is left as it is, no matter who added it.
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_routes_add(struct rtnl *rtnl, uint32_t ifindex,
		    const struct conf *conf)
{
	struct m6t_prefix6 prefix;
	size_t at = 0;
	int err;

	rtnl->what = "cannot add the route of a prefix";
	while (link_next_prefix(conf, &at, &prefix)) {
		err = link_route_add(rtnl, ifindex, &prefix);
		if (err)
			return err;
	}

	return 0;
}

/**
 * link_routes_del - delete the routes of a gateway's prefixes
 * @rtnl: the connection
 * @ifindex: the device
 * @conf: its file
 * @keep: keep those that this file names; may be NULL
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_routes_del(struct rtnl *rtnl, uint32_t ifindex,
		    const struct conf *conf, const struct conf *keep)
{
	struct m6t_prefix6 prefix;
	size_t at = 0;
	int err;

	rtnl->what = "cannot delete the route of a prefix";
	while (link_next_prefix(conf, &at, &prefix)) {
		if (link_has_prefix(keep, &prefix))
			continue;
		err = link_route(rtnl, RTM_DELROUTE, 0, ifindex, &prefix);
		if (err && err != -ESRCH)
			return err;
	}

	return 0;
}
