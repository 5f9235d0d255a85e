// SPDX-License-Identifier: GPL-2.0
/*
 * The IPv4 path to the gateway of a mobile node, as the kernel would send.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/node.h"
#include "ctl/path.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"

static void path_keep_via(struct path *path, const struct nlattr **tb)
{
	const struct in_addr *gateway = nl_bytes(tb[RTA_GATEWAY], 4);
	const struct rtvia *via;
	size_t len;

	if (gateway) {
		path->family = AF_INET;
		memcpy(path->via, gateway, sizeof(*gateway));
		return;
	}
	if (!tb[RTA_VIA])
		return;

	via = mnl_attr_get_payload(tb[RTA_VIA]);
	len = mnl_attr_get_payload_len(tb[RTA_VIA]);
	if (len < sizeof(*via) || len - sizeof(*via) > sizeof(path->via))
		return;
	path->family = via->rtvia_family;
	memcpy(path->via, via->rtvia_addr, len - sizeof(*via));
}

static void path_keep_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	struct path *path = arg;

	nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX);
	/*
	 * No table: the kernel has no route, but as a link is given, it
	 * assumes that the gateway is a neighbour.
	 */
	if (!nl_u32(tb[RTA_TABLE]) ||
	    (rtm->rtm_type != RTN_UNICAST && rtm->rtm_type != RTN_LOCAL))
		return;

	path->exists = true;
	path->link = nl_u32(tb[RTA_OIF]);
	if (tb[RTA_PREFSRC])
		path->local.s_addr = nl_u32(tb[RTA_PREFSRC]);
	path_keep_via(path, tb);
}

/* Without a carrier there is no path, whatever the routes say. */
static void path_keep_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_CARRIER_DOWN_COUNT + 1];
	struct path *path = arg;

	nl_attrs(nlh, sizeof(*ifi), tb, IFLA_CARRIER_DOWN_COUNT);
	path->exists = ifi->ifi_flags & IFF_UP && nl_u8(tb[IFLA_CARRIER]);
	path->downs = nl_u32(tb[IFLA_CARRIER_DOWN_COUNT]);
	snprintf(path->name, sizeof(path->name), "%s",
		 nl_string(tb[IFLA_IFNAME]));
}

/*
 * The source port is part of the request only if it is fixed: it may select one
 * of several paths, and the path must not depend on what changes with each
 * attachment.
 */
static int path_ask_route(struct rtnl *rtnl, const struct node *node,
			  struct path *path)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETROUTE, 0);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));

	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	rtm->rtm_flags = RTM_F_LOOKUP_TABLE;
	mnl_attr_put_u32(nlh, RTA_DST, node->gateway.s_addr);
	if (node->local.s_addr) {
		rtm->rtm_src_len = 32;
		mnl_attr_put_u32(nlh, RTA_SRC, node->local.s_addr);
	}
	if (node->link)
		mnl_attr_put_u32(nlh, RTA_OIF, node->link);
	if (node->fwmark)
		mnl_attr_put_u32(nlh, RTA_MARK, node->fwmark);
	mnl_attr_put_u32(nlh, RTA_UID, 0);
	mnl_attr_put_u8(nlh, RTA_IP_PROTO, IPPROTO_UDP);
	mnl_attr_put_u16(nlh, RTA_DPORT, htons(node->port));
	if (node->fixed_sport)
		mnl_attr_put_u16(nlh, RTA_SPORT, htons(node->fixed_sport));

	path->local = node->local;
	return rtnl_talk(rtnl, path_keep_route, path);
}

static int path_ask_link(struct rtnl *rtnl, struct path *path)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_index = path->link;
	return rtnl_talk(rtnl, path_keep_link, path);
}

static int path_ask(struct rtnl *rtnl, const struct node *node, uint32_t self,
		    struct path *path)
{
	int err = path_ask_route(rtnl, node, path);

	if (err)
		return err;
	if (path->link == self)
		path->exists = false;
	return path->exists ? path_ask_link(rtnl, path) : 0;
}

/**
 * path_find - look up the path to the gateway
 * @rtnl: the connection
 * @node: the mobile node
 * @self: its device: a path through it is not valid (B4)
 * @path: to be filled
 *
 * Return: 0, or a negative errno for rtnl_fail() if the request failed.
 */
int path_find(struct rtnl *rtnl, const struct node *node, uint32_t self,
	      struct path *path)
{
	int err;

	memset(path, 0, sizeof(*path));
	rtnl->what = "cannot look up the route to the gateway";
	err = path_ask(rtnl, node, self, path);
	if (!err)
		return 0;

	/* Any other error means that there is no path. */
	path->exists = false;
	return err == -ENOMEM || err == -ENOBUFS || err == -EPERM ? err : 0;
}
