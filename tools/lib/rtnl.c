// SPDX-License-Identifier: GPL-2.0
/*
 * The address and the default route of a mobile node, by rtnetlink.
 *
 * Others look at the same address and route: a mobility daemon takes the
 * address for the sign of movement and puts its own metric on the route.
 * So nothing is replaced that is already right, and nothing is left behind.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "m6tctl.h"

/* What a dump found: addresses, or routes, whose @addr is their gateway. */
struct rtnl_item {
	struct in6_addr addr;
	uint8_t len;
	uint32_t flags;
	uint32_t metric;
	uint32_t nexthop;
	uint8_t protocol;
	bool has_gateway;
};

/* Of addresses those in @prefix, of routes those to it. */
struct rtnl_list {
	uint32_t ifindex;
	uint32_t table;
	const struct m6t_prefix6 *prefix;
	struct rtnl_item *items;
	size_t used;
	bool failed;
};

static void rtnl_list_add(struct rtnl_list *list,
			  const struct rtnl_item *item)
{
	struct rtnl_item *items;

	items = realloc(list->items, (list->used + 1) * sizeof(*items));
	if (!items) {
		list->failed = true;
		return;
	}

	list->items = items;
	items[list->used++] = *item;
}

static void rtnl_list_forget(void *arg)
{
	struct rtnl_list *list = arg;

	list->used = 0;
}

/**
 * rtnl_open - open a socket for requests
 * @rtnl: to be filled
 *
 * Return: an enum status, with a sentence printed.
 */
int rtnl_open(struct rtnl *rtnl)
{
	rtnl->what = "rtnetlink";
	rtnl->changed = false;
	return nl_open(&rtnl->nl, NETLINK_ROUTE);
}

/**
 * rtnl_close - close what rtnl_open() opened
 * @rtnl: the connection
 */
void rtnl_close(struct rtnl *rtnl)
{
	nl_close(&rtnl->nl);
}

/**
 * rtnl_request - begin a request
 * @rtnl: the connection; it holds one request at a time
 * @type: type of the message
 * @flags: %NLM_F_DUMP and the like
 *
 * Return: the request, for a header and attributes to be put into.
 */
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type,
			      uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(&rtnl->req);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	return nlh;
}

/**
 * rtnl_talk - send the request that rtnl_request() began
 * @rtnl: the connection
 * @cb: called for each answer, may be NULL
 * @arg: handed to @cb
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_talk(struct rtnl *rtnl, nl_cb cb, void *arg)
{
	return nl_talk(&rtnl->nl, &rtnl->req.nlh, cb, arg);
}

/**
 * rtnl_dump - send the request for a dump, see nl_dump()
 * @rtnl: the connection
 * @cb: called for each answer
 * @forget: called before another try
 * @arg: handed to both
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_dump(struct rtnl *rtnl, nl_cb cb, void (*forget)(void *arg),
	      void *arg)
{
	return nl_dump(&rtnl->nl, &rtnl->req.nlh, cb, forget, arg);
}

/**
 * rtnl_fail - print why the kernel refused
 * @rtnl: the connection
 * @err: the negative errno
 *
 * Return: the enum status that belongs to @err.
 */
int rtnl_fail(const struct rtnl *rtnl, int err)
{
	const struct rtgenmsg *gen = mnl_nlmsg_get_payload(&rtnl->req.nlh);

	/* Nobody handles the request, as the stack was not started. */
	if (err == -EOPNOTSUPP && !rtnl->nl.extack[0] &&
	    gen->rtgen_family == AF_INET6)
		return fail(STATUS_REFUSED,
			    "%s: the kernel was started without IPv6 (ipv6.disable=1)",
			    rtnl->what);

	return nl_fail(&rtnl->nl, err, rtnl->what);
}

/* Send a change; that it was there already (or gone) is no refusal. */
static int rtnl_change(struct rtnl *rtnl, int harmless)
{
	int err = rtnl_talk(rtnl, NULL, NULL);

	if (err)
		return err == harmless ? 0 : err;
	rtnl->changed = true;
	return 0;
}

static struct nlmsghdr *rtnl_addr_request(struct rtnl *rtnl, uint16_t type,
					  uint16_t flags, uint32_t ifindex,
					  uint8_t len)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	ifa->ifa_family = AF_INET6;
	ifa->ifa_prefixlen = len;
	ifa->ifa_index = ifindex;
	return nlh;
}

static struct nlmsghdr *rtnl_route_request(struct rtnl *rtnl, uint16_t type,
					   uint16_t flags, uint32_t table,
					   struct rtmsg **rtm)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);

	*rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(**rtm));
	(*rtm)->rtm_family = AF_INET6;
	if (table == RT_TABLE_MAIN)
		(*rtm)->rtm_table = RT_TABLE_MAIN;
	/* A dump of a table that nothing has been put into yet is refused. */
	else if (!(flags & NLM_F_DUMP))
		mnl_attr_put_u32(nlh, RTA_TABLE, table);
	return nlh;
}

/* The table of the VRF that the device is in. */
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

/* Where the stack looks for the routes of the device. */
static int rtnl_find_table(struct rtnl *rtnl, struct rtnl_list *list)
{
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;

	list->table = RT_TABLE_MAIN;
	rtnl->what = "cannot ask for the device's VRF";
	nlh = rtnl_request(rtnl, RTM_GETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = list->ifindex;
	return rtnl_talk(rtnl, rtnl_keep_table, &list->table);
}

/* Addresses of the device inside the prefix. */
static void rtnl_collect_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct rtnl_item item = { .len = ifa->ifa_prefixlen };
	const struct in6_addr *addr;
	struct rtnl_list *list = arg;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	addr = nl_bytes(tb[tb[IFA_LOCAL] ? IFA_LOCAL : IFA_ADDRESS],
			sizeof(*addr));
	if (ifa->ifa_index != list->ifindex || !addr ||
	    !text_prefix6_has(list->prefix, addr))
		return;

	item.addr = *addr;
	item.flags = tb[IFA_FLAGS] ? nl_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	rtnl_list_add(list, &item);
}

/* A hop of a route: is it through the device? */
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

/* The hops through the device of all routes that are meant. */
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
	/* With nexthop_compat_mode 0 the message does not say more; but the
	 * dump is of the device's routes only.
	 */
	if (item.nexthop)
		rtnl_list_add(list, &item);
	else if (tb[RTA_MULTIPATH])
		rtnl_collect_hops(list, &item, tb[RTA_MULTIPATH]);
	else
		rtnl_collect_hop(list, &item, nl_u32(tb[RTA_OIF]),
				 tb[RTA_GATEWAY]);
}

static int rtnl_dump_addrs(struct rtnl *rtnl, struct rtnl_list *list)
{
	int err;

	rtnl_addr_request(rtnl, RTM_GETADDR, NLM_F_DUMP, list->ifindex, 0);
	err = rtnl_dump(rtnl, rtnl_collect_addr, rtnl_list_forget, list);

	return err ? err : list->failed ? -ENOMEM : 0;
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

static bool rtnl_is_addr(const struct rtnl_item *item,
			 const struct in6_addr *addr)
{
	return addr && !memcmp(&item->addr, addr, sizeof(*addr));
}

/* One that will expire, or that others are preferred to, is as good as gone. */
static bool rtnl_addr_is_whole(const struct rtnl_item *item)
{
	return (item->flags & (IFA_F_PERMANENT | IFA_F_DEPRECATED)) ==
	       IFA_F_PERMANENT;
}

static int rtnl_addr_add(struct rtnl *rtnl, const struct rtnl_list *list,
			 const struct in6_addr *addr)
{
	uint32_t flags = IFA_F_PERMANENT | IFA_F_NODAD | IFA_F_NOPREFIXROUTE;
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	for (i = 0; i < list->used; i++)
		if (rtnl_is_addr(&list->items[i], addr) &&
		    rtnl_addr_is_whole(&list->items[i]))
			return 0;

	rtnl->what = "cannot add the address";
	nlh = rtnl_addr_request(rtnl, RTM_NEWADDR,
				NLM_F_CREATE | NLM_F_REPLACE, list->ifindex,
				128);
	mnl_attr_put(nlh, IFA_LOCAL, sizeof(*addr), addr);
	mnl_attr_put(nlh, IFA_ADDRESS, sizeof(*addr), addr);
	mnl_attr_put_u32(nlh, IFA_FLAGS, flags);

	err = rtnl_change(rtnl, 0);
	/* Older kernels mean this, and do not say so. */
	if (err == -EACCES)
		rtnl->what = "cannot add the address, IPv6 is disabled on this device";
	return err;
}

/**
 * rtnl_has_route - whether a route of the main table leads through a device
 * @rtnl: the connection
 * @ifindex: the device
 * @to: destination of the route
 * @has: the answer
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

static int rtnl_route_add(struct rtnl *rtnl, uint32_t ifindex, uint32_t metric)
{
	struct rtnl_list list = { .ifindex = ifindex };
	int err;

	err = rtnl_find_table(rtnl, &list);
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
 * Without its gateway, all hops of a route would be deleted, those by other
 * devices, too. One by a nexthop object is not ours to delete, as that may be a
 * group; the kernel takes the device out of it once the carrier is off.
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

/* Delete the addresses of the list, but @keep where it is not NULL. */
static int rtnl_addr_clean(struct rtnl *rtnl, const struct rtnl_list *list,
			   const struct in6_addr *keep)
{
	const struct rtnl_item *item;
	struct nlmsghdr *nlh;
	int err = 0;
	size_t i;

	rtnl->what = "cannot delete an address";
	for (i = 0; !err && i < list->used; i++) {
		item = &list->items[i];
		if (rtnl_is_addr(item, keep))
			continue;
		nlh = rtnl_addr_request(rtnl, RTM_DELADDR, 0, list->ifindex,
					item->len);
		mnl_attr_put(nlh, IFA_LOCAL, sizeof(item->addr), &item->addr);
		err = rtnl_change(rtnl, -EADDRNOTAVAIL);
	}

	return err;
}

static int rtnl_route_clean(struct rtnl *rtnl, uint32_t ifindex)
{
	struct rtnl_list list = { .ifindex = ifindex };
	size_t i;
	int err;

	err = rtnl_find_table(rtnl, &list);
	if (err)
		return err;

	rtnl->what = "cannot delete a default route";
	err = rtnl_dump_routes(rtnl, &list);
	for (i = 0; !err && i < list.used; i++)
		err = rtnl_route_del(rtnl, &list, &list.items[i]);

	free(list.items);
	return err;
}

/**
 * rtnl_attach - give a device its new address and a default route
 * @rtnl: the connection; its @changed tells whether there was anything to do
 * @ifindex: the device
 * @addr: the address
 * @prefix: the prefix whose other addresses are stale
 * @metric: of a default route that is to be added
 *
 * The new address is there before the old one goes, so that a listener
 * never sees the device without one.
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_attach(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, const struct m6t_prefix6 *prefix,
		uint32_t metric)
{
	struct rtnl_list list = { .ifindex = ifindex, .prefix = prefix };
	int err;

	rtnl->changed = false;
	rtnl->what = "cannot list the addresses";
	err = rtnl_dump_addrs(rtnl, &list);
	if (!err)
		err = rtnl_addr_add(rtnl, &list, addr);
	if (!err)
		err = rtnl_route_add(rtnl, ifindex, metric);
	if (!err)
		err = rtnl_addr_clean(rtnl, &list, addr);

	free(list.items);
	return err;
}

/**
 * rtnl_detach - take a device's addresses and default routes away
 * @rtnl: the connection; its @changed tells whether there was anything to do
 * @ifindex: the device
 * @prefix: the prefix whose addresses are meant
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_detach(struct rtnl *rtnl, uint32_t ifindex,
		const struct m6t_prefix6 *prefix)
{
	struct rtnl_list list = { .ifindex = ifindex, .prefix = prefix };
	int err;

	rtnl->changed = false;
	rtnl->what = "cannot list the addresses";
	err = rtnl_dump_addrs(rtnl, &list);
	if (!err)
		err = rtnl_addr_clean(rtnl, &list, NULL);
	if (!err)
		err = rtnl_route_clean(rtnl, ifindex);

	free(list.items);
	return err;
}

/**
 * rtnl_metric - give a device's default route another metric
 * @rtnl: the connection
 * @ifindex: the device
 * @from: the metric that it has; one of others is left as it is
 * @to: the metric that it is to have
 *
 * The new one is there before the old one goes.
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

	err = rtnl_find_table(rtnl, &list);
	if (err)
		return err;

	rtnl->what = "cannot change the metric of the default route";
	err = rtnl_dump_routes(rtnl, &list);
	for (i = 0; i < list.used; i++)
		if (list.items[i].metric == from && !list.items[i].nexthop)
			found = &list.items[i];
	if (!err && found && from != to) {
		err = rtnl_route_new(rtnl, ifindex, list.table, to);
		if (!err)
			err = rtnl_route_del(rtnl, &list, found);
	}

	free(list.items);
	return err;
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
