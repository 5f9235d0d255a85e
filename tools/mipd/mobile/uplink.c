// SPDX-License-Identifier: GPL-2.0
/*
 * Care-of addresses, by rtnetlink.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "mipd/mobile/uplink.h"

/**
 * struct uplink_found - a list that is being collected
 * @asked: what to look for
 * @list: the list
 * @count: its length
 */
struct uplink_found {
	const struct uplink_asked *asked;
	struct uplink *list;
	unsigned int count;
};

/* Whether a link may be used, and how much it is preferred. */
static bool uplink_is_meant(const struct uplink_asked *asked, uint32_t ifindex,
			    uint32_t *metric)
{
	char name[IFNAMSIZ];
	unsigned int i;

	if (ifindex == asked->ifindex)
		return false;
	if (!asked->count)
		return true;
	if (!if_indextoname(ifindex, name))
		return false;
	for (i = 0; i < asked->count; i++) {
		if (strcmp(asked->confs[i].name, name))
			continue;
		*metric = asked->confs[i].metric;
		return true;
	}

	return false;
}

static void uplink_keep_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct uplink_found *found = arg;
	struct uplink *uplink;
	uint32_t flags, metric = 0;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	flags = tb[IFA_FLAGS] ? nl_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	if (ifa->ifa_family != AF_INET || ifa->ifa_scope >= RT_SCOPE_LINK ||
	    (flags & (IFA_F_DEPRECATED | IFA_F_TENTATIVE)) ||
	    !nl_u32(tb[IFA_LOCAL]) || found->count == MN_COAS ||
	    !uplink_is_meant(found->asked, ifa->ifa_index, &metric))
		return;

	uplink = &found->list[found->count++];
	memset(uplink, 0, sizeof(*uplink));
	uplink->coa.link = ifa->ifa_index;
	uplink->coa.addr.s_addr = nl_u32(tb[IFA_LOCAL]);
	uplink->metric = metric;
}

static void uplink_forget(void *arg)
{
	struct uplink_found *found = arg;

	found->count = 0;
}

static int uplink_addrs(struct rtnl *rtnl, struct uplink_found *found)
{
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	rtnl->what = "cannot list the addresses";
	nlh = rtnl_request(rtnl, RTM_GETADDR, NLM_F_DUMP);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	return rtnl_dump(rtnl, uplink_keep_addr, uplink_forget, found);
}

static void uplink_keep_flags(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	*(uint32_t *)arg = ifi->ifi_flags;
}

/**
 * uplink_is_up - whether a device can send
 * @rtnl: the connection
 * @ifindex: the device
 *
 * Return: true if it is up and has a carrier.
 */
bool uplink_is_up(struct rtnl *rtnl, uint32_t ifindex)
{
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	uint32_t flags = 0;

	nlh = rtnl_request(rtnl, RTM_GETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = ifindex;
	return !rtnl_talk(rtnl, uplink_keep_flags, &flags) &&
	       (flags & IFF_UP) && (flags & IFF_RUNNING) &&
	       !(flags & IFF_LOOPBACK);
}

static void uplink_keep_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	struct uplink *uplink = arg;

	nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX);
	uplink->gateway.s_addr = nl_u32(tb[RTA_GATEWAY]);
	uplink->metric = nl_u32(tb[RTA_PRIORITY]);
}

/* Ask for the route itself: the kernel would invent one for a link without. Not
 * from the address, which may have a table of ours.
 */
static bool uplink_has_route(struct rtnl *rtnl,
			     const struct uplink_asked *asked,
			     struct uplink *uplink)
{
	uint32_t metric = uplink->metric;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = rtnl_request(rtnl, RTM_GETROUTE, 0);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	rtm->rtm_flags = RTM_F_FIB_MATCH | RTM_F_LOOKUP_TABLE;
	mnl_attr_put_u32(nlh, RTA_DST, asked->ha4.s_addr);
	mnl_attr_put_u32(nlh, RTA_OIF, uplink->coa.link);
	if (rtnl_talk(rtnl, uplink_keep_route, uplink))
		return false;
	if (asked->count)
		uplink->metric = metric;
	return true;
}

static int uplink_compare(const void *a, const void *b)
{
	const struct uplink *one = a, *two = b;

	if (one->metric != two->metric)
		return one->metric < two->metric ? -1 : 1;
	if (one->coa.link != two->coa.link)
		return one->coa.link < two->coa.link ? -1 : 1;
	return 0;
}

/**
 * uplink_list - list the care-of addresses
 * @rtnl: the connection
 * @asked: what to look for
 * @list: room for %MN_COAS of them: the most preferred first
 * @count: set to their number
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int uplink_list(struct rtnl *rtnl, const struct uplink_asked *asked,
		struct uplink *list, unsigned int *count)
{
	struct uplink_found found = { .asked = asked, .list = list };
	unsigned int i;
	int err;

	err = uplink_addrs(rtnl, &found);
	if (err)
		return err;

	*count = 0;
	for (i = 0; i < found.count; i++) {
		if (!uplink_is_up(rtnl, list[i].coa.link) ||
		    !uplink_has_route(rtnl, asked, &list[i]))
			continue;
		list[(*count)++] = list[i];
	}
	qsort(list, *count, sizeof(*list), uplink_compare);
	return 0;
}
