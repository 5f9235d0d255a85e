// SPDX-License-Identifier: GPL-2.0
/*
 * The m6t devices of this host, and the attachment of a mobile node.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/check/check.h"
#include "ctl/check/device.h"
#include "ctl/check/report.h"
#include "ctl/check/target.h"
#include "ctl/node.h"
#include "lib/netlink/genl.h"
#include "lib/names.h"
#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"
#include "lib/say.h"

/**
 * struct link - a device as rtnetlink reports it
 * @up: it is up
 * @mtu: its MTU
 * @received: packets received
 */
struct link {
	bool up;
	uint32_t mtu;
	uint64_t received;
};

static void devices_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct devices *devices = arg;
	struct device *dev;

	genl_attrs(nlh, tb);
	dev = realloc(devices->devs, (devices->used + 1) * sizeof(*dev));
	if (!dev) {
		devices->failed = true;
		return;
	}
	devices->devs = dev;
	dev += devices->used++;
	dev->ifindex = nl_u32(tb[M6T_A_IFINDEX]);
	snprintf(dev->name, sizeof(dev->name), "%s",
		 nl_string(tb[M6T_A_IFNAME]));
}

/**
 * devices_get - list the m6t devices of this netns
 * @devices: to be filled; the caller frees the list
 *
 * Return: an enum status; an error was printed.
 */
int devices_get(struct devices *devices)
{
	const struct device all = { .ifindex = 0 };
	static struct genl genl;
	int status;
	int err;

	memset(devices, 0, sizeof(*devices));
	/* genl_open() would report that again. */
	if (!check_module_is_loaded())
		return STATUS_DONE;
	status = genl_open(&genl);
	if (status)
		return status;
	err = genl_device_get(&genl, &all, devices_keep, devices);
	if (err)
		status = nl_fail(&genl.nl, err, "devices");
	else if (devices->failed)
		status = fail(STATUS_REFUSED, "devices: out of memory");
	genl_close(&genl);
	return status;
}

static void device_link_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_STATS64 + 1];
	struct rtnl_link_stats64 stats;
	struct link *link = arg;

	nl_attrs(nlh, sizeof(*ifi), tb, IFLA_STATS64);
	link->up = ifi->ifi_flags & IFF_UP;
	link->mtu = nl_u32(tb[IFLA_MTU]);
	if (!tb[IFLA_STATS64] ||
	    mnl_attr_get_payload_len(tb[IFLA_STATS64]) <
	    sizeof(stats.rx_packets))
		return;
	memcpy(&stats.rx_packets, mnl_attr_get_payload(tb[IFLA_STATS64]),
	       sizeof(stats.rx_packets));
	link->received = stats.rx_packets;
}

static bool device_link(const struct device *dev, struct link *link)
{
	static struct rtnl rtnl;
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int err;

	memset(link, 0, sizeof(*link));
	if (rtnl_open(&rtnl))
		return false;
	nlh = rtnl_request(&rtnl, RTM_GETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = dev->ifindex;
	err = rtnl_talk(&rtnl, device_link_keep, link);
	rtnl_close(&rtnl);
	return !err;
}

static void device_keep_keepalive(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct target *target = arg;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_SETTINGS], conf, IFLA_M6T_MAX);
	target->keepalive = nl_u32(conf[IFLA_M6T_KEEPALIVE]);
}

/**
 * device_target - the gateway that a mobile node of this host uses
 * @dev: the device
 * @target: to be filled
 *
 * Return: false if it is not a mobile node or no longer exists.
 */
bool device_target(const struct device *dev, struct target *target)
{
	static struct genl genl;
	struct link link;
	int err;

	memset(target, 0, sizeof(*target));
	target->self = *dev;
	if (genl_open(&genl))
		return false;
	err = node_get(&genl, dev, &target->node) ?:
	      genl_device_get(&genl, dev, device_keep_keepalive, target);
	genl_close(&genl);
	if (err || target->node.mode != M6T_MODE_MN ||
	    !device_link(dev, &link))
		return false;

	target->ports[0] = target->node.port;
	target->n_ports = 1;
	target->mtu = link.mtu;
	return true;
}

static void device_count_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *stats[M6T_STAT_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	uint64_t *count = arg;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_STATS], stats, M6T_STAT_MAX);
	*count += nl_u64(stats[M6T_STAT_RX_KEEPALIVE]);
}

/* The link does not count replies to keepalives. */
static uint64_t device_keepalives(const struct device *dev)
{
	static struct genl genl;
	struct nlmsghdr *nlh;
	uint64_t count = 0;

	if (genl_open(&genl))
		return 0;
	nlh = genl_request(&genl, M6T_CMD_STATS_GET, false);
	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	genl_talk(&genl, device_count_keep, &count);
	genl_close(&genl);
	return count;
}

/* What is missing of the address and the default route, or NULL. */
static const char *device_lacks(const struct target *target)
{
	const struct in6_addr nobody = {
		.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }
	};
	const struct in6_addr *addr = &target->node.addr;
	uint32_t link = route6_link(addr, NULL);

	/* The route to a local address uses lo, others do not. */
	if (!link || link == target->self.ifindex ||
	    link != if_nametoindex("lo"))
		return "its address is not on the device";
	if (route6_link(target->has_to ? &target->to : &nobody, addr) !=
	    target->self.ifindex)
		return "no IPv6 route from its address goes through it";
	return NULL;
}

static void device_attached(const struct target *target,
			    const struct link *link)
{
	uint64_t heard = link->received + device_keepalives(&target->self);
	const char *lacks = device_lacks(target);
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &target->node.addr, addr, sizeof(addr));
	if (lacks)
		report("attachment", CHECK_WARNING,
		       "attached as %s, but %s: m6tctl attach dev %s, or use m6tctl follow",
		       addr, lacks, target->self.name);
	else if (heard)
		report("attachment", CHECK_OK,
		       "attached as %s; %" PRIu64 " packets received from the gateway",
		       addr, heard);
	else
		report("attachment", CHECK_OK,
		       "attached as %s; nothing received from the gateway yet",
		       addr);
}

/**
 * check_attachment - is a mobile node attached, with its address in place?
 * @target: the gateway that its device uses
 */
void check_attachment(const struct target *target)
{
	const char *name = target->self.name;
	struct link link;

	if (!device_link(&target->self, &link))
		report("attachment", CHECK_FAILED, "%s no longer exists", name);
	else if (!link.up)
		report("attachment", CHECK_FAILED,
		       "%s is down: ip link set %s up", name, name);
	else if (!target->node.attached)
		report("attachment", CHECK_FAILED,
		       "%s is not attached: m6tctl attach dev %s, or use m6tctl follow",
		       name, name);
	else
		device_attached(target, &link);
}
