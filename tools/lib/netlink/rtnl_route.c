// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 routes through a device, by rtnetlink.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_link.h"
#include "lib/netlink/rtnl_list.h"
#include "lib/netlink/rtnl_route.h"

static struct nlmsghdr *rtnl_route_request(struct rtnl *rtnl, uint16_t type,
					   uint16_t flags, uint32_t table,
					   struct rtmsg **rtm)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);

	*rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(**rtm));
	(*rtm)->rtm_family = AF_INET6;
	if (table == RT_TABLE_MAIN)
		(*rtm)->rtm_table = RT_TABLE_MAIN;
	/* The kernel refuses to dump a table that has not been created yet. */
	else if (!(flags & NLM_F_DUMP))
		mnl_attr_put_u32(nlh, RTA_TABLE, table);
	return nlh;
}

/* Collect a hop of a route if it uses the device. */
static void rtnl_collect_hop(struct rtnl_list *list, struct rtnl_item *item,
			     uint32_t ifindex, const struct nlattr *gateway)
{
	const struct in6_addr *addr = nl_bytes(gateway, sizeof(*addr));

	if (ifindex != list->ifindex)
		return;

	item->has_gateway = addr;
	if (addr)
		item->addr = *addr;
	rtnl_list_add(list, item);
}

static void rtnl_collect_hops(struct rtnl_list *list, struct rtnl_item *item,
			      const struct nlattr *hops)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(hops);
	int left = mnl_attr_get_payload_len(hops);
	const struct nlattr *gateway, *attr;

	while (RTNH_OK(hop, left)) {
		gateway = NULL;
		mnl_attr_for_each_payload((const void *)RTNH_DATA(hop),
					  hop->rtnh_len - RTNH_LENGTH(0))
			if (mnl_attr_get_type(attr) == RTA_GATEWAY)
				gateway = attr;
		rtnl_collect_hop(list, item, hop->rtnh_ifindex, gateway);
		left -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

/* Whether it is a route of the list's table to the list's destination. */
static bool rtnl_route_is_meant(const struct rtnl_list *list,
				const struct rtmsg *rtm,
				const struct nlattr **tb)
{
	const struct in6_addr *dst = nl_bytes(tb[RTA_DST], sizeof(*dst));
	uint32_t table = tb[RTA_TABLE] ? nl_u32(tb[RTA_TABLE]) :
					 rtm->rtm_table;
	uint8_t len = list->prefix ? list->prefix->len : 0;

	if (rtm->rtm_dst_len != len || rtm->rtm_src_len ||
	    table != list->table || rtm->rtm_type != RTN_UNICAST ||
	    rtm->rtm_flags & RTM_F_CLONED)
		return false;

	return !len || (dst && !memcmp(dst, &list->prefix->addr, sizeof(*dst)));
}

/* Collect the hops through the device of all matching routes. */
static void rtnl_collect_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	struct rtnl_list *list = arg;
	struct rtnl_item item = { .protocol = rtm->rtm_protocol };

	nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX);
	if (!rtnl_route_is_meant(list, rtm, tb))
		return;

	item.metric = nl_u32(tb[RTA_PRIORITY]);
	item.nexthop = nl_u32(tb[RTA_NH_ID]);
	/* With nexthop_compat_mode 0, the message has no hops; but the dump
	 * has only routes of the device.
	 */
	if (item.nexthop)
		rtnl_list_add(list, &item);
	else if (tb[RTA_MULTIPATH])
		rtnl_collect_hops(list, &item, tb[RTA_MULTIPATH]);
	else
		rtnl_collect_hop(list, &item, nl_u32(tb[RTA_OIF]),
				 tb[RTA_GATEWAY]);
}

static int rtnl_dump_routes(struct rtnl *rtnl, struct rtnl_list *list)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	int err;

	nlh = rtnl_route_request(rtnl, RTM_GETROUTE, NLM_F_DUMP, list->table,
				 &rtm);
	mnl_attr_put_u32(nlh, RTA_OIF, list->ifindex);
	err = rtnl_dump(rtnl, rtnl_collect_route, rtnl_list_forget, list);

	return err ? err : list->failed ? -ENOMEM : 0;
}

/**
 * rtnl_has_route - whether a route of the main table uses a device
 * @rtnl: the connection
 * @ifindex: the device
 * @to: destination of the route
 * @has: set to the answer
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_has_route(struct rtnl *rtnl, uint32_t ifindex,
		   const struct m6t_prefix6 *to, bool *has)
{
	struct rtnl_list list = {
		.ifindex = ifindex, .table = RT_TABLE_MAIN, .prefix = to,
	};
	int err = rtnl_dump_routes(rtnl, &list);

	*has = list.used;
	free(list.items);
	return err;
}

static int rtnl_route_new(struct rtnl *rtnl, uint32_t ifindex, uint32_t table,
			  uint32_t metric)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	/* Not exclusive: another device may have a route of that metric. */
	nlh = rtnl_route_request(rtnl, RTM_NEWROUTE, NLM_F_CREATE, table,
				 &rtm);
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, metric);

	return rtnl_change(rtnl, -EEXIST);
}

/**
 * rtnl_route_add - give a device a default route
 * @rtnl: the connection
 * @ifindex: the device; an existing default route is left as it is
 * @metric: of the route
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_route_add(struct rtnl *rtnl, uint32_t ifindex, uint32_t metric)
{
	struct rtnl_list list = { .ifindex = ifindex };
	int err;

	err = rtnl_link_table(rtnl, ifindex, &list.table);
	if (err)
		return err;

	rtnl->what = "cannot add the default route";
	err = rtnl_dump_routes(rtnl, &list);
	free(list.items);
	if (err || list.used)
		return err;

	return rtnl_route_new(rtnl, ifindex, list.table, metric);
}

/*
 * Without its gateway, all hops of a route would be deleted, even those through
 * other devices. A nexthop object is not ours to delete, as it may be a group;
 * the kernel removes the device from it once the carrier is off.
 */
static int rtnl_route_del(struct rtnl *rtnl, const struct rtnl_list *list,
			  const struct rtnl_item *item)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	if (item->nexthop)
		return 0;

	nlh = rtnl_route_request(rtnl, RTM_DELROUTE, 0, list->table, &rtm);
	rtm->rtm_scope = RT_SCOPE_NOWHERE;
	rtm->rtm_protocol = item->protocol;
	mnl_attr_put_u32(nlh, RTA_OIF, list->ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, item->metric);
	if (item->has_gateway)
		mnl_attr_put(nlh, RTA_GATEWAY, sizeof(item->addr), &item->addr);

	return rtnl_change(rtnl, -ESRCH);
}

/**
 * rtnl_route_clean - delete a device's default routes
 * @rtnl: the connection
 * @ifindex: the device
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_route_clean(struct rtnl *rtnl, uint32_t ifindex)
{
	struct rtnl_list list = { .ifindex = ifindex };
	size_t i;
	int err;

	err = rtnl_link_table(rtnl, ifindex, &list.table);
	if (err)
		return err;

	rtnl->what = "cannot delete a default route";
	err = rtnl_dump_routes(rtnl, &list);
	if (err)
		goto out;
	for (i = 0; i < list.used; i++) {
		err = rtnl_route_del(rtnl, &list, &list.items[i]);
		if (err)
			break;
	}

out:
	free(list.items);
	return err;
}

/**
 * rtnl_metric - change the metric of a device's default route
 * @rtnl: the connection
 * @ifindex: the device
 * @from: its metric; a route with another one is left as it is
 * @to: its new metric
 *
 * The new route is added before the old one is deleted.
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_metric(struct rtnl *rtnl, uint32_t ifindex, uint32_t from,
		uint32_t to)
{
	struct rtnl_list list = { .ifindex = ifindex };
	const struct rtnl_item *found = NULL;
	size_t i;
	int err;

	err = rtnl_link_table(rtnl, ifindex, &list.table);
	if (err)
		return err;

	rtnl->what = "cannot change the metric of the default route";
	err = rtnl_dump_routes(rtnl, &list);
	if (err)
		goto out;
	for (i = 0; i < list.used; i++)
		if (list.items[i].metric == from && !list.items[i].nexthop)
			found = &list.items[i];
	if (!found || from == to)
		goto out;
	err = rtnl_route_new(rtnl, ifindex, list.table, to);
	if (err)
		goto out;
	err = rtnl_route_del(rtnl, &list, found);

out:
	free(list.items);
	return err;
}
