// SPDX-License-Identifier: GPL-2.0
/*
 * Routes of a home agent or mobile node of DSMIPv6: what must use the device does,
 * and nothing else.
 */
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/check/check.h"
#include "ctl/check/dsmip.h"
#include "ctl/check/report.h"
#include "ctl/check/source.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"

#define IPV4_CONF	"/proc/sys/net/ipv4/conf/"

/**
 * struct route_own - search for an address of this host
 * @addr: the address
 * @size: its length
 * @but: a link that does not count; 0: all do
 * @link: the link that it is on; 0: none
 */
struct route_own {
	const void *addr;
	size_t size;
	uint32_t but;
	uint32_t link;
};

/* A remote host, which only a default route leads to. */
static const struct in6_addr route_far6 = { { {
	0x20, 0x01, 0x00, 0x02, [15] = 1
} } };

static struct in_addr route_far4(void)
{
	return (struct in_addr){ htonl(0xc0586301) };	/* 192.88.99.1 */
}

static void route_own_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct route_own *own = arg;
	const void *addr;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	addr = nl_bytes(tb[tb[IFA_LOCAL] ? IFA_LOCAL : IFA_ADDRESS], own->size);
	if (addr && ifa->ifa_index != own->but &&
	    !memcmp(addr, own->addr, own->size))
		own->link = ifa->ifa_index;
}

/**
 * dsmip_link_of - which link has this address?
 * @family: its family
 * @addr: the address
 * @but: a link that does not count; 0: all do
 *
 * Return: the index of the link; 0: none has.
 */
uint32_t dsmip_link_of(int family, const void *addr, uint32_t but)
{
	struct route_own own = {
		.addr = addr, .but = but,
		.size = family == AF_INET6 ? sizeof(struct in6_addr) :
					     sizeof(struct in_addr),
	};
	static struct rtnl rtnl;
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	if (rtnl_open(&rtnl))
		return 0;
	nlh = rtnl_request(&rtnl, RTM_GETADDR, NLM_F_DUMP);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = family;
	if (rtnl_dump(&rtnl, route_own_keep, NULL, &own))
		own.link = 0;
	rtnl_close(&rtnl);
	return own.link;
}

/* Find an IPv6 default route that is only for a source; @arg is the device's index,
 * and 0 once one was found.
 */
static void route_from_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	uint32_t *link = arg;

	nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX);
	if (*link && rtm->rtm_src_len && !rtm->rtm_dst_len &&
	    nl_u32(tb[RTA_OIF]) == *link)
		*link = 0;
}

static bool route_has_from(const struct dsmip *dsmip)
{
	uint32_t link = dsmip->self.ifindex;
	static struct rtnl rtnl;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	if (rtnl_open(&rtnl))
		return false;
	nlh = rtnl_request(&rtnl, RTM_GETROUTE, NLM_F_DUMP);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = AF_INET6;
	if (rtnl_dump(&rtnl, route_from_keep, NULL, &link))
		link = 1;
	rtnl_close(&rtnl);
	return !link;
}

/* The home agent is reached through the device; all other hosts, too, as soon as
 * there is a care-of address.
 */
static bool route_up(const struct dsmip *dsmip)
{
	const char *name = dsmip->self.name;
	char ha[INET6_ADDRSTRLEN];

	if (route6_link(&dsmip->ha, NULL) != dsmip->self.ifindex) {
		inet_ntop(AF_INET6, &dsmip->ha, ha, sizeof(ha));
		report("route", CHECK_FAILED,
		       "%s, the home agent, is not reached through %s, so signalling does not use it: ip -6 route add %s dev %s",
		       ha, name, ha, name);
		return false;
	}
	if (route_has_from(dsmip)) {
		report("route", CHECK_FAILED,
		       "the default route through %s is for one source only, so packets without a source yet use another link: ip -6 route add default dev %s, without \"from\"",
		       name, name);
		return false;
	}
	if (dsmip->n_slots &&
	    route6_link(&route_far6, NULL) != dsmip->self.ifindex) {
		report("route", CHECK_WARNING,
		       "IPv6 is not sent through %s, as the mobile node is not registered or there is a better default route: see m6tctl monitor, and ip -6 route",
		       name);
		return false;
	}
	return true;
}

/* Are packets from a care-of address routed into the tunnel? Then so are those of
 * DHCP, and of the IKE that negotiates the protection of the tunnel.
 */
static bool route_slot(const struct dsmip *dsmip, const struct dsmip_slot *slot)
{
	const struct in_addr far = route_far4();
	const char *name = dsmip->self.name;
	char addr[INET6_ADDRSTRLEN];
	const char *ip = slot->family == AF_INET6 ? "ip -6" : "ip";
	uint32_t ha, others;

	if (slot->family == AF_INET6) {
		inet_ntop(AF_INET6, &slot->addr6, addr, sizeof(addr));
		ha = route6_link(&dsmip->ha, &slot->addr6);
		others = route6_link(&route_far6, &slot->addr6);
	} else {
		inet_ntop(AF_INET, &slot->addr, addr, sizeof(addr));
		ha = route4_link(&dsmip->ha4, &slot->addr);
		others = route4_link(&far, &slot->addr);
	}
	if (ha == dsmip->self.ifindex) {
		report("route", CHECK_FAILED,
		       "packets from %s to the home agent, IKE too, are routed into %s: %s rule add from %s lookup TABLE, with the default route of its link in that table",
		       addr, name, ip, addr);
		return false;
	}
	if (others == dsmip->self.ifindex) {
		report("route", CHECK_FAILED,
		       "the default route through %s also takes packets from %s, an address of another link: %s rule add from %s lookup TABLE, with the default route of its link in that table",
		       name, addr, ip, addr);
		return false;
	}
	return true;
}

/* Is the filter strict on the link, and would it drop packets from this address? */
static bool route_filter(uint32_t link, const struct in_addr *from,
			 const struct in_addr *local)
{
	long all = source_number(IPV4_CONF "all/rp_filter");
	uint32_t back = route4_link(from, local);
	char name[IFNAMSIZ];
	long own;

	if (!link || !if_indextoname(link, name))
		return true;
	own = source_number(IPV4_CONF "%s/rp_filter", name);
	if ((all > own ? all : own) != 1 || !back || back == link)
		return true;
	report("rp_filter", CHECK_FAILED,
	       "rp_filter is strict on %s, but the route back uses another link, so received packets are dropped: sysctl -w net.ipv4.conf.%s.rp_filter=2, or route by source",
	       name, name);
	return false;
}

static bool route_mobile(const struct dsmip *dsmip)
{
	bool good = route_up(dsmip);
	unsigned int i;

	for (i = 0; !dsmip->foreign && i < dsmip->n_slots; i++)
		good &= route_slot(dsmip, &dsmip->slots[i]) &&
			(dsmip->slots[i].family == AF_INET6 ||
			 route_filter(dsmip->slots[i].link, &dsmip->ha4,
				      &dsmip->slots[i].addr));
	return good;
}

/* Routes left behind by a tunnel would take packets of the home link. */
static bool route_home(const struct dsmip *dsmip)
{
	const char *name = dsmip->self.name;

	if (route6_link(&dsmip->ha, NULL) != dsmip->self.ifindex &&
	    route6_link(&route_far6, NULL) != dsmip->self.ifindex)
		return true;
	report("route", CHECK_FAILED,
	       "it is at home, but %s still has routes, so its packets are lost: ip -6 route show dev %s, and \"m6tctl down %s\" if its protocol module is not running",
	       name, name, name);
	return false;
}

/* Mobile nodes may have any address. */
static bool route_agent(const struct dsmip *dsmip)
{
	const struct in_addr far = route_far4();
	char addr[INET_ADDRSTRLEN];
	uint32_t own, by;

	if (dsmip->foreign)
		return true;
	inet_ntop(AF_INET, &dsmip->ha4, addr, sizeof(addr));
	own = dsmip_link_of(AF_INET, &dsmip->ha4, 0);
	by = route4_link(&far, &dsmip->ha4);
	if (!own) {
		report("route", CHECK_FAILED,
		       "no link has the address %s, so mobile nodes do not reach the home agent: ip addr add %s dev LINK",
		       addr, addr);
		return false;
	}
	if (!route_filter(own, &far, &dsmip->ha4))
		return false;
	if (!by || by == own)
		return true;
	report("route", CHECK_WARNING,
	       "packets from %s leave by another link than the one with this address, and many networks drop them: ip rule add from %s lookup TABLE, with the default route of its link in that table",
	       addr, addr);
	return false;
}

/**
 * dsmip_route - check routes
 * @dsmip: the device
 */
void dsmip_route(const struct dsmip *dsmip)
{
	if (dsmip->at_home) {
		if (route_home(dsmip))
			report("route", CHECK_OK, "all packets use the home link");
		return;
	}
	if (dsmip->agent ? route_agent(dsmip) : route_mobile(dsmip))
		report("route", CHECK_OK, dsmip->agent ?
		       "answers to mobile nodes use the link that has its address" :
		       "all packets use the tunnel, except those from care-of addresses");
}
