// SPDX-License-Identifier: GPL-2.0
/*
 * A link, by rtnetlink: its VRF and its name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <net/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_link.h"

/* The table of the device's VRF. */
static void rtnl_keep_table(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *port[IFLA_VRF_PORT_TABLE + 1];
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *tb[IFLA_LINKINFO + 1];
	uint32_t *table = arg;

	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_LINKINFO);
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	if (strcmp(nl_string(info[IFLA_INFO_SLAVE_KIND]), "vrf"))
		return;

	nl_nested(info[IFLA_INFO_SLAVE_DATA], port, IFLA_VRF_PORT_TABLE);
	if (port[IFLA_VRF_PORT_TABLE])
		*table = nl_u32(port[IFLA_VRF_PORT_TABLE]);
}

/**
 * rtnl_link_table - get the routing table of a device
 * @rtnl: the connection
 * @ifindex: the device
 * @table: that of its VRF, else the main table
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_link_table(struct rtnl *rtnl, uint32_t ifindex, uint32_t *table)
{
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;

	*table = RT_TABLE_MAIN;
	rtnl->what = "cannot look up the VRF of the device";
	nlh = rtnl_request(rtnl, RTM_GETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	return rtnl_talk(rtnl, rtnl_keep_table, table);
}

static void rtnl_keep_name(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[IFLA_IFNAME + 1];

	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_IFNAME);
	snprintf(arg, IFNAMSIZ, "%s", nl_string(tb[IFLA_IFNAME]));
}

/**
 * rtnl_ifname - name of a device in another netns
 * @nsid: id of the netns
 * @ifindex: index of the device there
 * @buf: room for IFNAMSIZ bytes
 *
 * Return: 0, or a negative errno; -ENODEV: there is no such device.
 */
int rtnl_ifname(int32_t nsid, uint32_t ifindex, char *buf)
{
	static struct rtnl rtnl;
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int err;

	if (rtnl_open(&rtnl))
		return -EIO;

	buf[0] = '\0';
	nlh = rtnl_request(&rtnl, RTM_GETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	mnl_attr_put_u32(nlh, IFLA_TARGET_NETNSID, nsid);
	err = rtnl_talk(&rtnl, rtnl_keep_name, buf);

	rtnl_close(&rtnl);
	return err || buf[0] ? err : -ENODEV;
}
