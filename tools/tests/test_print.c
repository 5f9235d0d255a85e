// SPDX-License-Identifier: GPL-2.0
/*
 * Print messages about devices of DSMIPv6 as m6tctl does, without a kernel.
 *
 *   test_print {text|json} {home-agent|mobile-node|bindings|events}
 */
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/genetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/print.h"
#include "lib/json.h"
#include "lib/netlink/genl.h"
#include "lib/say.h"

static union {
	struct nlmsghdr nlh;
	char bytes[4096];
} message;

/* Begin a message about a device. */
static struct nlmsghdr *test_begin(void)
{
	struct nlmsghdr *nlh;

	memset(&message, 0, sizeof(message));
	nlh = mnl_nlmsg_put_header(&message);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, 7);
	mnl_attr_put_strz(nlh, M6T_A_IFNAME, "m6t0");
	return nlh;
}

static void test_ipv4(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	mnl_attr_put_u32(nlh, type, inet_addr(text));
}

static void test_ipv6(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	struct in6_addr addr;

	inet_pton(AF_INET6, text, &addr);
	mnl_attr_put(nlh, type, sizeof(addr), &addr);
}

static void test_endpoint(struct nlmsghdr *nlh, const char *addr,
			  uint16_t port)
{
	test_ipv4(nlh, M6T_A_REMOTE, addr);
	mnl_attr_put_u16(nlh, M6T_A_PORT, htons(port));
}

/* A list of one prefix. */
static void test_prefix6(struct nlmsghdr *nlh, uint16_t type,
			 const char *text, uint8_t len)
{
	struct nlattr *list = mnl_attr_nest_start(nlh, type);
	struct m6t_prefix6 prefix = { .len = len };

	inet_pton(AF_INET6, text, &prefix.addr);
	mnl_attr_put(nlh, 1, sizeof(prefix), &prefix);
	mnl_attr_nest_end(nlh, list);
}

/* A list of one prefix; NULL: of none. */
static void test_prefix4(struct nlmsghdr *nlh, const char *text, uint8_t len)
{
	struct nlattr *list = mnl_attr_nest_start(nlh, IFLA_M6T_PREFIXES4);
	struct m6t_prefix4 prefix = { .len = len };

	if (text) {
		prefix.addr = inet_addr(text);
		mnl_attr_put(nlh, 1, sizeof(prefix), &prefix);
	}
	mnl_attr_nest_end(nlh, list);
}

/* Settings that both modes have. */
static void test_common(struct nlmsghdr *nlh, uint8_t mode)
{
	struct nlattr *ports;

	mnl_attr_put_u8(nlh, IFLA_M6T_MODE, mode);
	test_prefix6(nlh, IFLA_M6T_HOME_AGENTS, "2001:db8::1", 128);
	test_ipv4(nlh, IFLA_M6T_HA4, "192.0.2.1");
	ports = mnl_attr_nest_start(nlh, IFLA_M6T_PORTS);
	mnl_attr_put_u16(nlh, 1, htons(4191));
	mnl_attr_nest_end(nlh, ports);
	mnl_attr_put_u8(nlh, IFLA_M6T_IPSEC, 1);
	mnl_attr_put_u32(nlh, IFLA_M6T_LINK, 0);
	mnl_attr_put_u8(nlh, IFLA_M6T_TTL, 64);
	mnl_attr_put_u8(nlh, IFLA_M6T_TOS, M6T_TOS_INHERIT);
	mnl_attr_put_u8(nlh, IFLA_M6T_DF, M6T_DF_UNSET);
	mnl_attr_put_u8(nlh, IFLA_M6T_UDP_CSUM, 1);
	mnl_attr_put_u32(nlh, IFLA_M6T_FWMARK, 0);
}

static void test_home_agent(void)
{
	struct nlmsghdr *nlh = test_begin();
	struct nlattr *conf = mnl_attr_nest_start(nlh, M6T_A_SETTINGS);
	bool follows = false;

	test_common(nlh, M6T_MODE_DSMIP_HA);
	test_prefix6(nlh, IFLA_M6T_PREFIXES, "2001:db8:1::", 64);
	test_prefix4(nlh, "10.0.0.0", 8);
	mnl_attr_put_u32(nlh, IFLA_M6T_MAX_BINDINGS, 5);
	mnl_attr_nest_end(nlh, conf);
	mnl_attr_put_u8(nlh, M6T_A_ATTACHED, 1);
	mnl_attr_put_u32(nlh, M6T_A_BOUND, 3);
	print_device(nlh, &follows);
}

static void test_slot(struct nlmsghdr *nlh, uint8_t state, const char *local,
		      uint8_t encap, uint32_t link)
{
	struct nlattr *slot = mnl_attr_nest_start(nlh, 1);

	mnl_attr_put_u8(nlh, M6T_A_SLOT, state);
	test_ipv4(nlh, M6T_A_LOCAL, local);
	mnl_attr_put_u16(nlh, M6T_A_LOCAL_PORT, htons(40000 + state));
	mnl_attr_put_u8(nlh, M6T_A_ENCAP, encap);
	mnl_attr_put_u32(nlh, M6T_A_LINK, link);
	mnl_attr_nest_end(nlh, slot);
}

static void test_slot6(struct nlmsghdr *nlh, uint8_t state, const char *local)
{
	struct nlattr *slot = mnl_attr_nest_start(nlh, 1);

	mnl_attr_put_u8(nlh, M6T_A_SLOT, state);
	test_ipv6(nlh, M6T_A_LOCAL6, local);
	mnl_attr_put_u8(nlh, M6T_A_ENCAP, M6T_ENCAP_IP6);
	mnl_attr_put_u32(nlh, M6T_A_LINK, if_nametoindex("lo"));
	mnl_attr_nest_end(nlh, slot);
}

static void test_mobile_node(void)
{
	struct nlmsghdr *nlh = test_begin();
	struct nlattr *nest = mnl_attr_nest_start(nlh, M6T_A_SETTINGS);
	bool follows = false;

	test_common(nlh, M6T_MODE_DSMIP_MN);
	test_prefix6(nlh, IFLA_M6T_PREFIXES, "2001:db8:1::5", 128);
	test_prefix4(nlh, NULL, 0);
	mnl_attr_put_u8(nlh, IFLA_M6T_ENCAP, 1);
	mnl_attr_put_u16(nlh, IFLA_M6T_SPORT, 0);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u8(nlh, M6T_A_ATTACHED, 1);
	test_ipv6(nlh, M6T_A_ADDRESS, "2001:db8:1::5");
	mnl_attr_put_u16(nlh, M6T_A_SPORT, htons(40001));
	nest = mnl_attr_nest_start(nlh, M6T_A_SLOTS);
	test_slot(nlh, M6T_SLOT_ACTIVE, "198.51.100.1", M6T_ENCAP_UDP4,
		  if_nametoindex("lo"));
	test_slot(nlh, M6T_SLOT_PENDING, "203.0.113.1", M6T_ENCAP_IP4, 0);
	test_slot6(nlh, M6T_SLOT_LINGERING, "2001:db8:9::1");
	mnl_attr_nest_end(nlh, nest);
	print_device(nlh, &follows);
}

/* What a home agent sees of a mobile node, if the reader may see it. */
static void test_seen(struct nlmsghdr *nlh, uint8_t encap)
{
	bool ip6 = encap == M6T_ENCAP_IP6;
	struct nlattr *signal;

	test_ipv4(nlh, M6T_A_HOA4, "10.0.0.5");
	if (ip6)
		test_ipv6(nlh, M6T_A_REMOTE6, "2001:db8:9::1");
	else
		test_endpoint(nlh, "198.51.100.1", 40001);
	signal = mnl_attr_nest_start(nlh, M6T_A_SIGNAL);
	if (ip6)
		test_ipv6(nlh, M6T_A_REMOTE6, "2001:db8:9::2");
	else
		test_endpoint(nlh, "203.0.113.1", 40002);
	mnl_attr_put_u32(nlh, M6T_A_SPI, htonl(0x101));
	mnl_attr_put_u64(nlh, M6T_A_AGE, 1700);
	mnl_attr_put_u64(nlh, M6T_A_SIGNALS, 9);
	mnl_attr_nest_end(nlh, signal);
}

static void test_bound(enum print_table *table, uint8_t encap, bool all)
{
	struct nlmsghdr *nlh = test_begin();

	test_ipv6(nlh, M6T_A_ADDRESS, "2001:db8:1::5");
	mnl_attr_put_u8(nlh, M6T_A_ENCAP, encap);
	mnl_attr_put_u64(nlh, M6T_A_EXPIRES, 60500);
	mnl_attr_put_u64(nlh, M6T_A_RX_PACKETS, 1);
	mnl_attr_put_u64(nlh, M6T_A_RX_BYTES, 2);
	mnl_attr_put_u64(nlh, M6T_A_TX_PACKETS, 3);
	mnl_attr_put_u64(nlh, M6T_A_TX_BYTES, 4);
	if (all)
		test_seen(nlh, encap);
	print_binding(nlh, table);
}

/* One of a gateway, and three of a home agent: with and without privilege. */
static void test_bindings(void)
{
	enum print_table table = PRINT_TABLE_NONE;
	struct nlmsghdr *nlh = test_begin();

	test_ipv6(nlh, M6T_A_ADDRESS, "fd00:1::5");
	mnl_attr_put_u8(nlh, M6T_A_STATE, M6T_BINDING_ACTIVE);
	print_binding(nlh, &table);
	test_bound(&table, M6T_ENCAP_UDP4, true);
	test_bound(&table, M6T_ENCAP_IP6, true);
	test_bound(&table, M6T_ENCAP_UDP4, false);
}

static void test_event(const char *name, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[M6T_A_MAX + 1];

	genl_attrs(nlh, tb);
	print_event(0, name, tb);
}

static void test_event_slot(bool used)
{
	struct nlmsghdr *nlh = test_begin();

	mnl_attr_put_u8(nlh, M6T_A_EVENT, M6T_EVENT_SLOT);
	test_ipv4(nlh, M6T_A_LOCAL, "198.51.100.1");
	mnl_attr_put_u16(nlh, M6T_A_LOCAL_PORT, htons(40001));
	mnl_attr_put_u32(nlh, M6T_A_LINK, if_nametoindex("lo"));
	if (used) {
		mnl_attr_put_u8(nlh, M6T_A_SLOT, M6T_SLOT_LINGERING);
		mnl_attr_put_u8(nlh, M6T_A_ENCAP, M6T_ENCAP_IP4);
	}
	test_event("slot", nlh);
}

static void test_event_module(uint8_t event, const char *name)
{
	struct nlmsghdr *nlh = test_begin();

	mnl_attr_put_u8(nlh, M6T_A_EVENT, event);
	test_ipv4(nlh, M6T_A_LOCAL, "198.51.100.1");
	mnl_attr_put_u32(nlh, M6T_A_LINK, if_nametoindex("lo"));
	if (event == M6T_EVENT_REJECTED)
		mnl_attr_put_u8(nlh, M6T_A_STATUS, 134);
	else
		mnl_attr_put_u64(nlh, M6T_A_EXPIRES, 12000);
	test_event(name, nlh);
}

static void test_event_module6(uint8_t event, const char *name)
{
	struct nlmsghdr *nlh = test_begin();

	mnl_attr_put_u8(nlh, M6T_A_EVENT, event);
	if (event == M6T_EVENT_REJECTED) {
		test_ipv6(nlh, M6T_A_ADDRESS, "2001:db8:1::5");
		test_ipv6(nlh, M6T_A_REMOTE6, "2001:db8:9::1");
		mnl_attr_put_u8(nlh, M6T_A_STATUS, 174);
	} else {
		mnl_attr_put_u32(nlh, M6T_A_LINK, if_nametoindex("lo"));
	}
	if (event == M6T_EVENT_MOVED)
		test_ipv6(nlh, M6T_A_LOCAL6, "2001:db8:9::1");
	test_event(name, nlh);
}

static void test_events(void)
{
	struct nlmsghdr *nlh = test_begin();

	json_flush_line();
	mnl_attr_put_u8(nlh, M6T_A_EVENT, M6T_EVENT_SIGNAL);
	test_ipv6(nlh, M6T_A_ADDRESS, "2001:db8:1::5");
	test_endpoint(nlh, "203.0.113.1", 40002);
	mnl_attr_put_u32(nlh, M6T_A_SPI, htonl(0x80000101));
	test_event("signal", nlh);
	nlh = test_begin();
	mnl_attr_put_u8(nlh, M6T_A_EVENT, M6T_EVENT_UNBOUND);
	test_ipv6(nlh, M6T_A_ADDRESS, "2001:db8:1::5");
	test_ipv4(nlh, M6T_A_HOA4, "10.0.0.5");
	mnl_attr_put_u8(nlh, M6T_A_ENCAP, M6T_ENCAP_UDP4);
	mnl_attr_put_u64(nlh, M6T_A_EXPIRES, 0);
	test_event("unbound", nlh);
	nlh = test_begin();
	mnl_attr_put_u8(nlh, M6T_A_EVENT, M6T_EVENT_BINDING_ACTIVE);
	test_ipv6(nlh, M6T_A_ADDRESS, "fd00:1::5");
	mnl_attr_put_u8(nlh, M6T_A_STATE, M6T_BINDING_ACTIVE);
	mnl_attr_put_u64(nlh, M6T_A_EXPIRES, 2000);
	test_event("binding-active", nlh);
	test_event_slot(true);
	test_event_slot(false);
	test_event_module(M6T_EVENT_REGISTERED, "registered");
	test_event_module(M6T_EVENT_REJECTED, "rejected");
	test_event_module6(M6T_EVENT_REJECTED, "rejected");
	test_event_module6(M6T_EVENT_MOVED, "moved");
	test_event_module6(M6T_EVENT_HOME, "home");
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "home-agent", test_home_agent },
	{ "mobile-node", test_mobile_node },
	{ "bindings", test_bindings },
	{ "events", test_events },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 3)
		return 2;
	options.json = !strcmp(argv[1], "json");
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (strcmp(tests[i].name, argv[2]))
			continue;
		tests[i].run();
		if (strcmp(argv[2], "events"))
			print_finish(STATUS_DONE);
		return 0;
	}

	return 2;
}
