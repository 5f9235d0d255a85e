// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, routes and rules, by rtnetlink. Adding an existing one and
 * deleting a missing one are not errors.
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "mipd/route.h"

/* Private tables, one for each link: far from those that are usually used. */
#define ROUTE_TABLES	0x4191000

static size_t route_size(uint8_t family)
{
	return family == AF_INET6 ? sizeof(struct in6_addr) :
				    sizeof(struct in_addr);
}

/**
 * route_table - the private table of a link
 * @ifindex: the link
 *
 * Return: number of the table.
 */
uint32_t route_table(uint32_t ifindex)
{
	return ROUTE_TABLES + ifindex;
}

static int route_talk(struct rtnl *rtnl, bool add, int gone)
{
	int err = rtnl_talk(rtnl, NULL, NULL);

	if (add)
		return err == -EEXIST ? 0 : err;
	/* The device may have been removed, with its addresses and routes. */
	return err == gone || err == -ENODEV ? 0 : err;
}

static void route_put(struct nlmsghdr *nlh, const struct route *route)
{
	size_t size = route_size(route->family);

	if (route->dst)
		mnl_attr_put(nlh, RTA_DST, size, route->dst);
	if (route->src)
		mnl_attr_put(nlh, RTA_PREFSRC, size, route->src);
	if (route->gateway.s_addr)
		mnl_attr_put_u32(nlh, RTA_GATEWAY, route->gateway.s_addr);
	if (!IN6_IS_ADDR_UNSPECIFIED(&route->gateway6))
		mnl_attr_put(nlh, RTA_GATEWAY, sizeof(route->gateway6),
			     &route->gateway6);
	if (route->metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, route->metric);
	mnl_attr_put_u32(nlh, RTA_OIF, route->ifindex);
	mnl_attr_put_u32(nlh, RTA_TABLE, route->table);
}

/**
 * route_set - add or delete a route
 * @rtnl: the connection
 * @route: the route
 * @add: add it, before one with the same destination and metric
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int route_set(struct rtnl *rtnl, const struct route *route, bool add)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	rtnl->what = add ? "cannot add a route" : "cannot delete a route";
	nlh = rtnl_request(rtnl, add ? RTM_NEWROUTE : RTM_DELROUTE,
			   add ? NLM_F_CREATE : 0);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = route->family;
	rtm->rtm_dst_len = route->len;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_type = RTN_UNICAST;
	if (!add)
		rtm->rtm_scope = RT_SCOPE_NOWHERE;
	else if (route->family == AF_INET && !route->gateway.s_addr)
		rtm->rtm_scope = RT_SCOPE_LINK;
	route_put(nlh, route);
	return route_talk(rtnl, add, -ESRCH);
}

/**
 * route_host6 - add or delete the route to an IPv6 address
 * @rtnl: the connection
 * @ifindex: the device
 * @addr: the address
 * @src: preferred source, or NULL
 * @add: add it
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int route_host6(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, const struct in6_addr *src,
		bool add)
{
	const struct route route = {
		.family = AF_INET6, .dst = addr, .len = 128, .src = src,
		.ifindex = ifindex, .table = RT_TABLE_MAIN,
	};

	return route_set(rtnl, &route, add);
}

/**
 * route_host4 - add or delete the route to an IPv4 address
 * @rtnl: the connection
 * @ifindex: the device
 * @addr: the address
 * @add: add it
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int route_host4(struct rtnl *rtnl, uint32_t ifindex, struct in_addr addr,
		bool add)
{
	const struct route route = {
		.family = AF_INET, .dst = &addr, .len = 32,
		.ifindex = ifindex, .table = RT_TABLE_MAIN,
	};

	return route_set(rtnl, &route, add);
}

static struct nlmsghdr *route_addr(struct rtnl *rtnl, uint32_t ifindex,
				   uint8_t family, const void *addr, bool add)
{
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	rtnl->what = add ? "cannot add a home address" :
			   "cannot delete a home address";
	nlh = rtnl_request(rtnl, add ? RTM_NEWADDR : RTM_DELADDR,
			   add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = family;
	ifa->ifa_prefixlen = 8 * route_size(family);
	ifa->ifa_index = ifindex;
	mnl_attr_put(nlh, IFA_LOCAL, route_size(family), addr);
	mnl_attr_put(nlh, IFA_ADDRESS, route_size(family), addr);
	return nlh;
}

/**
 * route_addr6 - add or delete a home address
 * @rtnl: the connection
 * @ifindex: the device
 * @addr: the home address
 * @add: add it, without duplicate address detection: the home agent does that
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int route_addr6(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, bool add)
{
	uint32_t flags = IFA_F_PERMANENT | IFA_F_NODAD | IFA_F_HOMEADDRESS;
	struct nlmsghdr *nlh = route_addr(rtnl, ifindex, AF_INET6, addr, add);

	if (add)
		mnl_attr_put_u32(nlh, IFA_FLAGS, flags);
	return route_talk(rtnl, add, -EADDRNOTAVAIL);
}

/**
 * route_addr4 - add or delete an IPv4 home address
 * @rtnl: the connection
 * @ifindex: the device
 * @addr: the home address
 * @add: add it
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int route_addr4(struct rtnl *rtnl, uint32_t ifindex, struct in_addr addr,
		bool add)
{
	route_addr(rtnl, ifindex, AF_INET, &addr, add);
	return route_talk(rtnl, add, -EADDRNOTAVAIL);
}

/**
 * route_rule - let packets from a care-of address use a separate table
 * @rtnl: the connection
 * @family: AF_INET or AF_INET6
 * @from: the care-of address
 * @table: the table
 * @add: add the rule, or delete it
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int route_rule(struct rtnl *rtnl, uint8_t family, const void *from,
	       uint32_t table, bool add)
{
	struct fib_rule_hdr *rule;
	struct nlmsghdr *nlh;

	rtnl->what = add ? "cannot add a rule" : "cannot delete a rule";
	nlh = rtnl_request(rtnl, add ? RTM_NEWRULE : RTM_DELRULE,
			   add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	rule = mnl_nlmsg_put_extra_header(nlh, sizeof(*rule));
	rule->family = family;
	rule->src_len = 8 * route_size(family);
	rule->action = FR_ACT_TO_TBL;
	mnl_attr_put(nlh, FRA_SRC, route_size(family), from);
	mnl_attr_put_u32(nlh, FRA_TABLE, table);
	mnl_attr_put_u32(nlh, FRA_PRIORITY, ROUTE_RULE);
	return route_talk(rtnl, add, -ENOENT);
}
