// SPDX-License-Identifier: GPL-2.0
/*
 * A home agent or mobile node of DSMIPv6 on this host: what prevents its
 * signalling or payload?
 */
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <libmnl/libmnl.h>

#include "ctl/check/check.h"
#include "ctl/check/dsmip.h"
#include "ctl/check/report.h"
#include "ctl/lock.h"
#include "lib/netlink/genl.h"
#include "lib/netlink/nl_attr.h"

static void dsmip_keep_homes(struct dsmip *dsmip, const struct nlattr *nest)
{
	const struct nlattr *entry;
	const void *bytes;

	if (!nest)
		return;
	mnl_attr_for_each_nested(entry, nest) {
		bytes = nl_bytes(entry, sizeof(*dsmip->homes));
		if (bytes && dsmip->n_homes < M6T_MAX_PREFIXES)
			memcpy(&dsmip->homes[dsmip->n_homes++], bytes,
			       sizeof(*dsmip->homes));
	}
}

static void dsmip_keep_slot(struct dsmip_slot *to, const struct nlattr **slot)
{
	const struct in6_addr *addr6 =
		nl_bytes(slot[M6T_A_LOCAL6], sizeof(*addr6));

	to->family = addr6 ? AF_INET6 : AF_INET;
	if (addr6)
		to->addr6 = *addr6;
	else
		to->addr.s_addr = nl_u32(slot[M6T_A_LOCAL]);
	to->link = nl_u32(slot[M6T_A_LINK]);
}

static void dsmip_keep_slots(struct dsmip *dsmip, const struct nlattr *nest)
{
	const struct nlattr *slot[M6T_A_MAX + 1];
	const struct nlattr *entry;

	if (!nest)
		return;
	mnl_attr_for_each_nested(entry, nest) {
		nl_nested(entry, slot, M6T_A_MAX);
		/* A lingering one only receives and needs no routes. */
		if (nl_u8(slot[M6T_A_SLOT]) == M6T_SLOT_LINGERING ||
		    dsmip->n_slots == DSMIP_SLOTS)
			continue;
		dsmip_keep_slot(&dsmip->slots[dsmip->n_slots++], slot);
	}
}

static void dsmip_keep_agent(struct dsmip *dsmip, const struct nlattr **conf)
{
	const struct nlattr *agents = conf[IFLA_M6T_HOME_AGENTS];
	const struct nlattr *ports = conf[IFLA_M6T_PORTS];
	const struct nlattr *entry;
	const void *bytes;

	dsmip->ha4.s_addr = nl_u32(conf[IFLA_M6T_HA4]);
	if (agents)
		mnl_attr_for_each_nested(entry, agents) {
			bytes = nl_bytes(entry, sizeof(struct m6t_prefix6));
			if (bytes)
				memcpy(&dsmip->ha, bytes, sizeof(dsmip->ha));
		}
	if (ports)
		mnl_attr_for_each_nested(entry, ports)
			dsmip->port = nl_be16(entry);
}

static void dsmip_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct dsmip *dsmip = arg;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_SETTINGS], conf, IFLA_M6T_MAX);
	dsmip->agent = nl_u8(conf[IFLA_M6T_MODE]) == M6T_MODE_DSMIP_HA;
	dsmip->open = nl_u8(tb[M6T_A_ATTACHED]);
	dsmip->foreign = tb[M6T_A_NETNS_UNDERLAY];
	dsmip->ipsec = nl_u8(conf[IFLA_M6T_IPSEC]);
	dsmip->home4 = conf[IFLA_M6T_PREFIXES4] &&
		       mnl_attr_get_payload_len(conf[IFLA_M6T_PREFIXES4]);
	dsmip_keep_agent(dsmip, conf);
	dsmip_keep_homes(dsmip, conf[IFLA_M6T_PREFIXES]);
	dsmip_keep_slots(dsmip, tb[M6T_A_SLOTS]);
}

static bool dsmip_get(const struct device *dev, struct dsmip *dsmip)
{
	static struct genl genl;
	int err;

	memset(dsmip, 0, sizeof(*dsmip));
	dsmip->self = *dev;
	if (genl_open(&genl))
		return false;
	err = genl_device_get(&genl, dev, dsmip_keep, dsmip);
	genl_close(&genl);
	if (!err && !dsmip->agent && dsmip->n_homes)
		dsmip->at_home = dsmip_link_of(AF_INET6, &dsmip->homes[0].addr,
					       dev->ifindex);
	return !err;
}

static void dsmip_daemon(const struct dsmip *dsmip)
{
	const char *name = dsmip->self.name;

	if (lock_owner(name))
		report("daemon", CHECK_OK, "its protocol module is running");
	else
		report("daemon", CHECK_WARNING,
		       "its protocol module is not running, so no binding is refreshed: m6tctl up %s, or systemctl start m6t@%s",
		       name, name);
}

static void dsmip_sockets(const struct dsmip *dsmip)
{
	const char *name = dsmip->self.name;
	char link[IFNAMSIZ] = "?";

	if (dsmip->at_home) {
		if_indextoname(dsmip->at_home, link);
		report("socket", CHECK_OK,
		       "it is at home, on %s, and needs no care-of address",
		       link);
		return;
	}
	if (dsmip->agent ? dsmip->open : dsmip->n_slots)
		report("socket", CHECK_OK, "its sockets are open");
	else if (dsmip->agent)
		report("socket", CHECK_FAILED,
		       "its socket is not open: ip link set %s up, and see dmesg if that fails",
		       name);
	else
		report("socket", CHECK_FAILED,
		       "it has no care-of address: see whether a link of its file has an IPv6 or IPv4 address, and a route to the home agent");
}

/* Check the addresses of a home agent, and the links that have them. */
static void dsmip_agent(const struct dsmip *dsmip)
{
	char name[IFNAMSIZ], ha[INET6_ADDRSTRLEN];
	uint32_t link = dsmip_link_of(AF_INET6, &dsmip->ha, 0);

	if (link && if_indextoname(link, name)) {
		/* Without a home link, no proxy is needed. */
		report("home-link", CHECK_OK, "it is %s", name);
		dsmip_host(dsmip, strcmp(name, "lo") ? name : NULL);
		return;
	}
	inet_ntop(AF_INET6, &dsmip->ha, ha, sizeof(ha));
	report("home-link", CHECK_FAILED,
	       "no link has the address %s, so this host does not receive binding updates: ip -6 addr add %s/64 dev HOME-LINK",
	       ha, ha);
	dsmip_host(dsmip, NULL);
}

/**
 * check_dsmip - check a device of mode dsmip-ha or dsmip-mn
 * @dev: its device
 */
void check_dsmip(const struct device *dev)
{
	struct traffic traffic = { .n_ports = 1 };
	struct dsmip dsmip;

	if (!dsmip_get(dev, &dsmip)) {
		report("socket", CHECK_FAILED, "%s no longer exists", dev->name);
		return;
	}
	dsmip_daemon(&dsmip);
	dsmip_sockets(&dsmip);
	check_ipv6(dev->name);
	if (dsmip.agent)
		dsmip_agent(&dsmip);
	dsmip_route(&dsmip);
	dsmip_xfrm(&dsmip);
	if (dsmip.foreign) {
		report("firewall", CHECK_SKIPPED,
		       "its sockets are in another netns: check there (ip netns exec NETNS nft list ruleset)");
		return;
	}
	traffic.gateway = dsmip.agent;
	traffic.ports = &dsmip.port;
	check_firewall(&traffic);
}
