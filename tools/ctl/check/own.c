// SPDX-License-Identifier: GPL-2.0
/*
 * A gateway of this host: does it forward, and may mobile nodes reach it?
 */
#include <string.h>
#include <net/if.h>
#include <libmnl/libmnl.h>

#include "ctl/check/check.h"
#include "ctl/check/report.h"
#include "ctl/check/rules.h"
#include "ctl/check/source.h"
#include "lib/netlink/genl.h"
#include "lib/names.h"
#include "lib/netlink/nl_attr.h"
#include "lib/text.h"

/**
 * struct gate - a gateway of this host
 * @self: its device
 * @open: its sockets are open
 * @foreign: its sockets are in another netns
 * @local: IPv4 address that it listens on; 0: any
 * @link: index of the underlay device; 0: any
 * @ports: ports that it listens on
 * @n_ports: number of ports
 * @prefixes: of its mobile nodes
 * @n_prefixes: number of prefixes
 * @temporary: number of temporary bindings
 * @active: number of active bindings
 * @unproven: number of those that are not proven
 * @statics: number of static bindings
 * @max: maximum number of bindings
 * @pressure: percent of @max at which it comes under pressure; 0: always
 * @pressed: the table is under pressure
 * @agents: home agents
 * @n_agents: number of home agents; 0: any
 */
struct gate {
	struct device self;
	bool open;
	bool foreign;
	struct in_addr local;
	uint32_t link;
	uint16_t ports[M6T_MAX_PORTS];
	unsigned int n_ports;
	struct m6t_prefix6 prefixes[M6T_MAX_PREFIXES];
	unsigned int n_prefixes;
	uint32_t temporary;
	uint32_t active;
	uint32_t unproven;
	uint32_t statics;
	uint32_t max;
	uint8_t pressure;
	bool pressed;
	struct m6t_prefix6 agents[M6T_MAX_HOME_AGENTS];
	unsigned int n_agents;
};

static unsigned int own_prefixes(const struct nlattr *nest,
				 struct m6t_prefix6 *list, unsigned int max)
{
	const struct nlattr *entry;
	unsigned int n = 0;
	const void *bytes;

	if (!nest)
		return 0;
	mnl_attr_for_each_nested(entry, nest) {
		bytes = nl_bytes(entry, sizeof(*list));
		if (bytes && n < max)
			memcpy(&list[n++], bytes, sizeof(*list));
	}
	return n;
}

static void own_keep_table(struct gate *gate, const struct nlattr **tb,
			   const struct nlattr **conf)
{
	gate->temporary = nl_u32(tb[M6T_A_TEMPORARY]);
	gate->active = nl_u32(tb[M6T_A_ACTIVE]);
	gate->unproven = nl_u32(tb[M6T_A_UNPROVEN]);
	gate->statics = nl_u32(tb[M6T_A_STATIC]);
	gate->max = nl_u32(conf[IFLA_M6T_MAX_BINDINGS]);
	gate->pressure = nl_u8(conf[IFLA_M6T_PRESSURE]);
	gate->pressed = nl_u8(tb[M6T_A_PRESSED]);
}

static void own_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	const struct nlattr *port;
	struct gate *gate = arg;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_SETTINGS], conf, IFLA_M6T_MAX);
	own_keep_table(gate, tb, conf);
	gate->open = nl_u8(tb[M6T_A_ATTACHED]);
	gate->foreign = tb[M6T_A_NETNS_UNDERLAY];
	gate->local.s_addr = nl_u32(conf[IFLA_M6T_LOCAL]);
	gate->link = nl_u32(conf[IFLA_M6T_LINK]);
	gate->n_prefixes = own_prefixes(conf[IFLA_M6T_PREFIXES],
					gate->prefixes, M6T_MAX_PREFIXES);
	gate->n_agents = own_prefixes(conf[IFLA_M6T_HOME_AGENTS],
				      gate->agents, M6T_MAX_HOME_AGENTS);
	if (!conf[IFLA_M6T_PORTS])
		return;
	mnl_attr_for_each_nested(port, conf[IFLA_M6T_PORTS])
		if (gate->n_ports < M6T_MAX_PORTS)
			gate->ports[gate->n_ports++] = nl_be16(port);
}

static bool own_get(const struct device *dev, struct gate *gate)
{
	static struct genl genl;
	int err;

	memset(gate, 0, sizeof(*gate));
	gate->self = *dev;
	if (genl_open(&genl))
		return false;
	err = genl_device_get(&genl, dev, own_keep, gate);
	genl_close(&genl);
	return !err;
}

static void own_forwarding(void)
{
	long on = source_number("/proc/sys/net/ipv6/conf/all/forwarding");

	if (on == 1)
		report("forwarding", CHECK_OK, "IPv6 is forwarded");
	else if (!on)
		report("forwarding", CHECK_FAILED,
		       "IPv6 is not forwarded: sysctl -w net.ipv6.conf.all.forwarding=1");
	else
		report("forwarding", CHECK_SKIPPED,
		       "whether IPv6 is forwarded is not known");
}

/* An address in a prefix that this host itself is unlikely to have. */
static struct in6_addr own_somebody(const struct m6t_prefix6 *prefix)
{
	struct in6_addr addr = prefix->addr;

	if (prefix->len <= 120)
		addr.s6_addr[15] = 0xfe;
	return addr;
}

/* Return: the number of prefixes that are not routed to the device. */
static unsigned int own_routes(const struct gate *gate)
{
	char prefix[TEXT_PREFIX_MAX];
	unsigned int wrong = 0;
	struct in6_addr addr;
	unsigned int i;

	for (i = 0; i < gate->n_prefixes; i++) {
		addr = own_somebody(&gate->prefixes[i]);
		if (route6_link(&addr, NULL) == gate->self.ifindex)
			continue;
		wrong++;
		text_from_prefix6(&gate->prefixes[i], false, prefix,
				  sizeof(prefix));
		report("route", CHECK_FAILED,
		       "%s is not routed to %s: ip -6 route add %s dev %s",
		       prefix, gate->self.name, prefix, gate->self.name);
	}
	return wrong;
}

/* Return: the number of home agents without a route. */
static unsigned int own_agents(const struct gate *gate)
{
	char agent[TEXT_PREFIX_MAX];
	unsigned int wrong = 0;
	unsigned int i;

	for (i = 0; i < gate->n_agents; i++) {
		if (route6_link(&gate->agents[i].addr, NULL))
			continue;
		wrong++;
		text_from_prefix6(&gate->agents[i], true, agent,
				  sizeof(agent));
		report("route", CHECK_WARNING,
		       "there is no IPv6 route to the home agent %s", agent);
	}
	return wrong;
}

/* New bindings find room while others can be evicted for them. */
static void own_table(const struct gate *gate)
{
	uint64_t total = (uint64_t)gate->temporary + gate->active +
			 gate->statics;
	const char *name = gate->self.name;

	if (total >= gate->max && !gate->temporary && !gate->unproven)
		report("bindings", CHECK_FAILED,
		       "the table of %s is full of %u proven and %u static bindings, which are not evicted for new mobile nodes unless an IPv4 source has more than its share: raise max-bindings, and give a large NAT a weight",
		       name, gate->active, gate->statics);
	else if (gate->pressed && gate->pressure)
		report("bindings", CHECK_WARNING,
		       "the table of %s is %u %% full, %u of its %u active bindings are unproven, and mobile nodes are asked for proofs: if this is not an attack, raise max-bindings, and give a large NAT a weight",
		       name, (unsigned int)(100 * total / gate->max),
		       gate->unproven, gate->active);
	else
		report("bindings", CHECK_OK, "%u of %u are in use",
		       (unsigned int)total, gate->max);
}

static void own_filter(const struct gate *gate)
{
	char link[IFNAMSIZ] = "all";
	long strict;

	if (gate->link && !if_indextoname(gate->link, link))
		return;
	strict = source_number("/proc/sys/net/ipv4/conf/%s/rp_filter", link);
	if (strict < 1)
		strict = source_number("/proc/sys/net/ipv4/conf/all/rp_filter");
	if (strict == 1)
		report("rp_filter", CHECK_WARNING,
		       "rp_filter is strict: packets of mobile nodes are dropped if the route back uses another link; with more than one link, sysctl -w net.ipv4.conf.%s.rp_filter=2",
		       link);
}

/* If they are in another netns, so is the link to which they are bound. */
static void own_sockets(const struct gate *gate)
{
	if (!gate->foreign && !check_link("gateway", &gate->self, gate->link))
		return;
	if (gate->open)
		report("gateway", CHECK_OK, "its sockets are open");
	else
		report("gateway", CHECK_FAILED,
		       "its sockets are not open: ip link set %s up, and see dmesg if that fails",
		       gate->self.name);
}

/**
 * check_own - check a gateway of this host
 * @dev: its device
 */
void check_own(const struct device *dev)
{
	struct traffic traffic = { .gateway = true };
	struct gate gate;

	if (!own_get(dev, &gate)) {
		report("gateway", CHECK_FAILED, "%s no longer exists", dev->name);
		return;
	}
	own_sockets(&gate);
	check_ipv6(dev->name);
	own_forwarding();
	if (!own_routes(&gate) && !own_agents(&gate))
		report("route", CHECK_OK,
		       "the prefixes are routed to %s, and there are routes to the home agents",
		       dev->name);
	own_table(&gate);
	if (gate.foreign) {
		report("firewall", CHECK_SKIPPED,
		       "its sockets are in another netns: check there (ip netns exec NETNS nft list ruleset)");
		return;
	}
	own_filter(&gate);
	traffic.ports = gate.ports;
	traffic.n_ports = gate.n_ports;
	check_firewall(&traffic);
}
