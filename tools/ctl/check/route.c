// SPDX-License-Identifier: GPL-2.0
/*
 * Is there an IPv4 route to the gateway, and are answers accepted where they
 * arrive?
 */
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/check/check.h"
#include "ctl/check/report.h"
#include "ctl/check/source.h"
#include "ctl/check/target.h"
#include "ctl/node.h"
#include "ctl/path.h"
#include "lib/names.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"

#define IPV4_CONF	"/proc/sys/net/ipv4/conf/"

static struct rtnl route_rtnl;

/* Without link, source and mark, as a reverse path filter looks it up. */
static uint32_t route_plain_link(const struct target *target)
{
	struct node plain = {
		.gateway = target->node.gateway,
		.port = target->node.port,
	};
	struct path path;

	if (path_find(&route_rtnl, &plain, UINT32_MAX, &path))
		return 0;
	return path.link;
}

/* A strict filter drops packets from a link that we would not send by. */
static void route_filter(const struct target *target, const struct path *path)
{
	long all = source_number(IPV4_CONF "all/rp_filter");
	long link = source_number(IPV4_CONF "%s/rp_filter", path->name);
	char other[IFNAMSIZ] = "?";
	uint32_t plain;

	if ((all > link ? all : link) != 1)
		return;
	plain = route_plain_link(target);
	if (!plain || plain == path->link)
		return;
	if_indextoname(plain, other);
	report("rp_filter", CHECK_WARNING,
	       "rp_filter is strict on %s, but the plain route to the gateway uses %s, so answers are dropped: sysctl -w net.ipv4.conf.%s.rp_filter=2",
	       path->name, other, path->name);
}

/* The tunnel itself, or another m6t device: that is a loop (B4). */
static const char *route_loop(const struct path *path,
			      const struct device *devs, size_t n_devs)
{
	size_t i;

	for (i = 0; i < n_devs; i++)
		if (path->link && devs[i].ifindex == path->link)
			return devs[i].name;

	return NULL;
}

/**
 * check_link - does the link exist to which the device is bound?
 * @check: the check that reports it if it does not
 * @dev: the device
 * @link: index of the link; 0: any
 *
 * Return: true if it does.
 */
bool check_link(const char *check, const struct device *dev, uint32_t link)
{
	char name[IFNAMSIZ];

	if (!link || if_indextoname(link, name))
		return true;
	report(check, CHECK_FAILED,
	       "\"dev\" is set to the link with index %u, which no longer exists: ip link set %s type m6t dev IFNAME, or dev any",
	       link, dev->name);
	return false;
}

static void route_absent(const struct target *target, const struct path *path,
			 const char *gateway)
{
	char link[IFNAMSIZ];

	if (!check_link("route", &target->self, target->node.link))
		return;
	if (path->link)
		report("route", CHECK_FAILED,
		       "the route to %s uses %s, which is down or has no carrier: plug it in, or ip link set %s up",
		       gateway, path->name, path->name);
	else if (target->node.link &&
		 if_indextoname(target->node.link, link))
		report("route", CHECK_FAILED,
		       "there is no IPv4 route to %s by %s, the link of \"dev\": see ip route get %s oif %s",
		       gateway, link, gateway, link);
	else
		report("route", CHECK_FAILED,
		       "there is no IPv4 route to %s: see ip route get %s",
		       gateway, gateway);
}

static void route_there(const struct path *path, const char *gateway)
{
	char local[INET_ADDRSTRLEN];
	char via[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET, &path->local, local, sizeof(local));
	if (!path->local.s_addr)
		report("route", CHECK_FAILED,
		       "the route to %s uses %s, but this host has no IPv4 address to send from",
		       gateway, path->name);
	else if (path->family &&
		 inet_ntop(path->family, path->via, via, sizeof(via)))
		report("route", CHECK_OK, "to %s by %s, from %s, via %s",
		       gateway, path->name, local, via);
	else
		report("route", CHECK_OK, "to %s by %s, from %s", gateway,
		       path->name, local);
}

/**
 * check_route - is there an IPv4 route to the gateway?
 * @target: the gateway
 * @devs: m6t devices, through which it must not go
 * @n_devs: number of devices
 *
 * Return: true if there is.
 */
bool check_route(const struct target *target, const struct device *devs,
		 size_t n_devs)
{
	char gateway[INET_ADDRSTRLEN];
	const char *loop;
	struct path path;
	int err;

	if (rtnl_open(&route_rtnl))
		return false;
	inet_ntop(AF_INET, &target->node.gateway, gateway, sizeof(gateway));
	err = path_find(&route_rtnl, &target->node, target->self.ifindex,
			&path);
	loop = route_loop(&path, devs, n_devs);
	if (err)
		report("route", CHECK_SKIPPED,
		       "cannot look up the route to %s: %s", gateway,
		       strerror(-err));
	else if (loop)
		report("route", CHECK_FAILED,
		       "the route to %s goes through the tunnel %s itself: add one by another link (ip route add %s via ROUTER)",
		       gateway, loop, gateway);
	else if (!path.exists)
		route_absent(target, &path, gateway);
	else
		route_there(&path, gateway);
	if (!err && !loop && path.exists)
		route_filter(target, &path);
	rtnl_close(&route_rtnl);
	return err || (!loop && path.exists);
}

static void route_link_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	uint32_t *link = arg;

	nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX);
	if (rtm->rtm_type == RTN_UNICAST || rtm->rtm_type == RTN_LOCAL)
		*link = nl_u32(tb[RTA_OIF]);
}

static uint32_t route_link(uint8_t family, const void *addr, const void *from)
{
	size_t size = family == AF_INET6 ? sizeof(struct in6_addr) :
					   sizeof(struct in_addr);
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;
	uint32_t link = 0;

	if (rtnl_open(&route_rtnl))
		return 0;
	nlh = rtnl_request(&route_rtnl, RTM_GETROUTE, 0);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = family;
	rtm->rtm_dst_len = 8 * size;
	mnl_attr_put(nlh, RTA_DST, size, addr);
	if (from) {
		rtm->rtm_src_len = 8 * size;
		mnl_attr_put(nlh, RTA_SRC, size, from);
	}
	if (rtnl_talk(&route_rtnl, route_link_keep, &link))
		link = 0;
	rtnl_close(&route_rtnl);
	return link;
}

/**
 * route6_link - look up the link that IPv6 uses
 * @addr: to this address
 * @from: from this one; NULL: any
 *
 * Return: its index, or 0 without a route.
 */
uint32_t route6_link(const struct in6_addr *addr, const struct in6_addr *from)
{
	return route_link(AF_INET6, addr, from);
}

/**
 * route4_link - look up the link that IPv4 uses
 * @addr: to this address
 * @from: from this one, of this host; NULL: any
 *
 * Return: its index, or 0 without a route.
 */
uint32_t route4_link(const struct in_addr *addr, const struct in_addr *from)
{
	return route_link(AF_INET, addr, from);
}
