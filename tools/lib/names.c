// SPDX-License-Identifier: GPL-2.0
/*
 * Find devices by any of their names. A device has its own name, and may have
 * alternative ones ("ip link property add dev NAME altname ..."), which are too
 * long for if_nametoindex(3).
 */
#include <stdio.h>
#include <string.h>
#include <net/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/names.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"

struct names_found {
	uint32_t ifindex;
	char *own;
};

static void names_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_IFNAME + 1];
	struct names_found *found = arg;

	nl_attrs(nlh, sizeof(*ifi), tb, IFLA_IFNAME);
	found->ifindex = ifi->ifi_index;
	if (found->own)
		snprintf(found->own, IFNAMSIZ, "%s",
			 nl_string(tb[IFLA_IFNAME]));
}

/**
 * names_find - find a device by any of its names
 * @name: the name
 * @own: room for IFNAMSIZ bytes: its own name; may be NULL
 *
 * Return: its index; 0: no such device.
 */
uint32_t names_find(const char *name, char *own)
{
	struct names_found found = { .own = own };
	static struct rtnl rtnl;
	struct nlmsghdr *nlh;

	if (strlen(name) < IFNAMSIZ) {
		found.ifindex = if_nametoindex(name);
		if (found.ifindex && own && !if_indextoname(found.ifindex, own))
			return 0;
		return found.ifindex;
	}
	if (strlen(name) >= NAMES_MAX || rtnl_open(&rtnl))
		return 0;

	nlh = rtnl_request(&rtnl, RTM_GETLINK, 0);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_ALT_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (rtnl_talk(&rtnl, names_keep, &found))
		found.ifindex = 0;

	rtnl_close(&rtnl);
	return found.ifindex;
}

/**
 * names_has - whether a link has a name
 * @nlh: a message about the link, RTM_NEWLINK
 * @name: the name
 *
 * Return: true if it is.
 */
bool names_has(const struct nlmsghdr *nlh, const char *name)
{
	const struct nlattr *tb[IFLA_PROP_LIST + 1];
	const struct nlattr *alt;

	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_PROP_LIST);
	if (!strcmp(nl_string(tb[IFLA_IFNAME]), name))
		return true;
	if (!tb[IFLA_PROP_LIST])
		return false;
	mnl_attr_for_each_nested(alt, tb[IFLA_PROP_LIST])
		if (mnl_attr_get_type(alt) == IFLA_ALT_IFNAME &&
		    !strcmp(nl_string(alt), name))
			return true;

	return false;
}
