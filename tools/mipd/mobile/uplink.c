// SPDX-License-Identifier: GPL-2.0
/*
 * Care-of addresses and the home link, by rtnetlink.
 */
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "lib/text.h"
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

/**
 * struct uplink_route - the route to the home agent by a link
 * @gateway: IPv4 gateway
 * @gateway6: IPv6 gateway
 * @metric: its metric
 * @prefix: what it is for
 * @on_link: no gateway
 */
struct uplink_route {
	struct in_addr gateway;
	struct in6_addr gateway6;
	uint32_t metric;
	struct m6t_prefix6 prefix;
	bool on_link;
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

static struct uplink *uplink_add(struct uplink_found *found, uint32_t link)
{
	struct uplink *uplink;
	uint32_t metric = 0;

	if (found->count == UPLINK_MAX ||
	    !uplink_is_meant(found->asked, link, &metric))
		return NULL;
	uplink = &found->list[found->count++];
	memset(uplink, 0, sizeof(*uplink));
	uplink->coa.link = link;
	uplink->metric = metric;
	return uplink;
}

static void uplink_keep4(struct uplink_found *found, uint32_t link,
			 uint32_t flags, const struct nlattr *addr)
{
	struct uplink *uplink;

	if (flags & (IFA_F_DEPRECATED | IFA_F_TENTATIVE) || !nl_u32(addr))
		return;
	uplink = uplink_add(found, link);
	if (uplink)
		uplink->coa.addr.s_addr = nl_u32(addr);
}

/* The home address on its home link is not a care-of address. An optimistic address
 * may be used while it is tentative (RFC 4429).
 */
static bool uplink_is_usable6(const struct uplink_asked *asked, uint32_t flags,
			      const struct in6_addr *addr)
{
	if (flags & IFA_F_DADFAILED ||
	    ((flags & IFA_F_TENTATIVE) && !(flags & IFA_F_OPTIMISTIC)))
		return false;
	return memcmp(addr, &asked->hoa, sizeof(*addr));
}

static bool uplink_is_ula(const struct in6_addr *addr)
{
	return (addr->s6_addr[0] & 0xfe) == 0xfc;
}

static void uplink_keep6(struct uplink_found *found, uint32_t link,
			 uint32_t flags, const struct nlattr **tb)
{
	const struct ifa_cacheinfo *info =
		nl_bytes(tb[IFA_CACHEINFO], sizeof(*info));
	const struct in6_addr *addr =
		nl_bytes(tb[tb[IFA_LOCAL] ? IFA_LOCAL : IFA_ADDRESS],
			 sizeof(*addr));
	struct uplink *uplink;

	if (!addr || !uplink_is_usable6(found->asked, flags, addr))
		return;
	uplink = uplink_add(found, link);
	if (!uplink)
		return;
	uplink->coa.kind = MN_IPV6;
	uplink->coa.addr6 = *addr;
	uplink->temporary = flags & IFA_F_TEMPORARY;
	uplink->deprecated = flags & IFA_F_DEPRECATED;
	uplink->local = uplink_is_ula(addr) &&
			!uplink_is_ula(&found->asked->ha);
	uplink->created = info ? info->cstamp : 0;
}

/* A link may be the home link before it has an address of the home prefix. */
static void uplink_keep_link(struct uplink_found *found, uint32_t link)
{
	struct uplink *uplink;
	unsigned int i;

	for (i = 0; i < found->count; i++)
		if (found->list[i].coa.kind == MN_HOME_LINK &&
		    found->list[i].coa.link == link)
			return;
	uplink = uplink_add(found, link);
	if (uplink)
		uplink->coa.kind = MN_HOME_LINK;
}

static void uplink_keep_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	uint32_t flags;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	flags = tb[IFA_FLAGS] ? nl_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	if (ifa->ifa_family == AF_INET && ifa->ifa_scope < RT_SCOPE_LINK)
		uplink_keep4(arg, ifa->ifa_index, flags, tb[IFA_LOCAL]);
	if (ifa->ifa_family == AF_INET6 && ifa->ifa_scope < RT_SCOPE_LINK)
		uplink_keep6(arg, ifa->ifa_index, flags, tb);
	if (ifa->ifa_family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK)
		uplink_keep_link(arg, ifa->ifa_index);
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
	ifa->ifa_family = AF_UNSPEC;
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
	struct uplink_route *route = arg;
	const struct in6_addr *addr;

	nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX);
	route->metric = nl_u32(tb[RTA_PRIORITY]);
	route->on_link = !tb[RTA_GATEWAY];
	if (rtm->rtm_family == AF_INET) {
		route->gateway.s_addr = nl_u32(tb[RTA_GATEWAY]);
		return;
	}
	addr = nl_bytes(tb[RTA_GATEWAY], sizeof(*addr));
	if (addr)
		route->gateway6 = *addr;
	addr = nl_bytes(tb[RTA_DST], sizeof(*addr));
	if (addr)
		route->prefix.addr = *addr;
	route->prefix.len = rtm->rtm_dst_len;
}

/* Ask for the entry of the table: the kernel would assume a route for a link without
 * one. Not from the address, which may have one of our tables.
 */
static bool uplink_get_route(struct rtnl *rtnl, const struct uplink_asked *asked,
			     const struct mn_coa *coa,
			     struct uplink_route *route)
{
	bool ip4 = coa->kind == MN_IPV4;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	memset(route, 0, sizeof(*route));
	nlh = rtnl_request(rtnl, RTM_GETROUTE, 0);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = ip4 ? AF_INET : AF_INET6;
	rtm->rtm_dst_len = ip4 ? 32 : 128;
	rtm->rtm_flags = RTM_F_FIB_MATCH | (ip4 ? RTM_F_LOOKUP_TABLE : 0);
	if (ip4)
		mnl_attr_put_u32(nlh, RTA_DST, asked->ha4.s_addr);
	else
		mnl_attr_put(nlh, RTA_DST, sizeof(asked->ha), &asked->ha);
	mnl_attr_put_u32(nlh, RTA_OIF, coa->link);
	return !rtnl_talk(rtnl, uplink_keep_route, route);
}

/* Does the home prefix, or the part of it that is on the link, contain home agent and
 * home address? A route to the home agent alone proves nothing.
 */
static bool uplink_is_home(const struct uplink_asked *asked,
			   const struct uplink_route *route)
{
	return route->on_link && route->prefix.len && route->prefix.len < 128 &&
	       text_prefix6_has(&route->prefix, &asked->hoa);
}

/* Addresses of the home prefix are not care-of addresses: they are at home. */
static bool uplink_has_route(struct rtnl *rtnl,
			     const struct uplink_asked *asked,
			     struct uplink *uplink)
{
	struct uplink_route route;
	bool at_home;

	if (!uplink_get_route(rtnl, asked, &uplink->coa, &route))
		return false;
	at_home = uplink->coa.kind == MN_HOME_LINK;
	if (uplink->coa.kind != MN_IPV4 &&
	    at_home != uplink_is_home(asked, &route))
		return false;
	uplink->gateway = route.gateway;
	uplink->gateway6 = route.gateway6;
	if (!asked->count)
		uplink->metric = route.metric;
	return true;
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
	struct uplink all[UPLINK_MAX];
	struct uplink_found found = { .asked = asked, .list = all };
	unsigned int i, used = 0;
	int err;

	err = uplink_addrs(rtnl, &found);
	if (err)
		return err;

	for (i = 0; i < found.count; i++)
		if (uplink_is_up(rtnl, all[i].coa.link) &&
		    uplink_has_route(rtnl, asked, &all[i]))
			all[used++] = all[i];
	uplink_sort(all, used, asked->count);
	*count = used < MN_COAS ? used : MN_COAS;
	memcpy(list, all, *count * sizeof(*list));
	return 0;
}
