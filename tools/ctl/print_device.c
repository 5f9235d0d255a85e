// SPDX-License-Identifier: GPL-2.0
/*
 * A device, as text and as JSON.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <net/if.h>
#include <libmnl/libmnl.h>

#include "ctl/print.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/macros.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl_link.h"
#include "lib/say.h"
#include "lib/setting.h"
#include "lib/text.h"

/* Where to look up names of underlay devices. */
struct underlay {
	bool foreign;	/* in another netns */
	int32_t nsid;	/* id of that netns; -1: it has none here */
	char name[PRINT_LINK_MAX];
};

static const char *const device_roles[] = {
	[M6T_MODE_GW] = "gateway",
	[M6T_MODE_MN] = "mobile node",
	[M6T_MODE_DSMIP_HA] = "DSMIPv6 home agent",
	[M6T_MODE_DSMIP_MN] = "DSMIPv6 mobile node",
};

/* Return: 0, or a negative errno; -ENODEV: there is no such device. */
static int device_find(struct underlay *underlay, uint32_t ifindex)
{
	if (!underlay->foreign)
		return if_indextoname(ifindex, underlay->name) ? 0 : -ENODEV;
	if (underlay->nsid < 0)
		return -EACCES;
	return rtnl_ifname(underlay->nsid, ifindex, underlay->name);
}

/* Without a name, or permission to see it, use the form of ip(8). */
static const char *device_ifname(void *arg, uint32_t ifindex)
{
	struct underlay *underlay = arg;
	int err = device_find(underlay, ifindex);

	if (err)
		snprintf(underlay->name, sizeof(underlay->name), "if%u%s",
			 ifindex,
			 err == -ENODEV && !options.json ? " (gone)" : "");
	return underlay->name;
}

static void device_underlay(struct underlay *underlay,
			    const struct nlattr *netns)
{
	underlay->foreign = netns;
	underlay->nsid = nl_u32(netns);
}

/**
 * print_link - write the name of a link below a device
 * @netns: %M6T_A_NETNS_UNDERLAY of the device, may be NULL
 * @ifindex: index of the link, not 0
 * @buf: room for %PRINT_LINK_MAX bytes
 */
void print_link(const struct nlattr *netns, uint32_t ifindex, char *buf)
{
	struct underlay underlay;

	device_underlay(&underlay, netns);
	snprintf(buf, PRINT_LINK_MAX, "%s", device_ifname(&underlay, ifindex));
}

static void device_number(void *arg, const char *key, uint64_t value)
{
	(void)arg;
	json_number(key, value);
}

static void device_string(void *arg, const char *key, const char *value)
{
	(void)arg;
	json_string(key, value);
}

static void device_boolean(void *arg, const char *key, bool value)
{
	(void)arg;
	json_boolean(key, value);
}

static void device_open(void *arg, const char *key)
{
	(void)arg;
	json_open(key, '[');
}

static void device_close(void *arg, const char *key)
{
	(void)arg;
	(void)key;
	json_close(']');
}

/*
 * The key of a setting. A list of a gateway is a plural; "dev" is the device
 * itself; "sport" is the port in use, fixed or not.
 */
static const char *device_key(const struct setting *set, uint8_t mode)
{
	if (set->attr == IFLA_M6T_PREFIXES && mode == M6T_MODE_GW)
		return "prefixes";
	if (set->attr == IFLA_M6T_PORTS && mode == M6T_MODE_GW)
		return "ports";
	if (set->attr == IFLA_M6T_LINK)
		return "link";
	if (set->attr == IFLA_M6T_SPORT)
		return "fixed-sport";

	return set->word;
}

/* Check if a setting of the role has no value, which is printed as null. */
static bool device_setting_is_null(const struct setting *set, bool single,
				   const struct nlattr *attr)
{
	if (setting_is_list(set))
		return single && (!attr || !mnl_attr_get_payload_len(attr));
	if (!attr)
		return true;

	return set->kind == SETTING_BE16 &&
	       !setting_is_set(set, mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr));
}

/* Print every setting of the role, even those that were not sent. */
static void device_setting_json(const struct setting *set, uint8_t mode,
				const struct nlattr *attr,
				const struct setting_sink *sink)
{
	bool single = setting_is_single(set, mode);
	const char *key = device_key(set, mode);

	if (device_setting_is_null(set, single, attr))
		json_string(key, NULL);
	else
		setting_to_json(set, key, single,
				attr ? mnl_attr_get_payload(attr) : NULL,
				attr ? mnl_attr_get_payload_len(attr) : 0,
				sink);
}

static void device_settings_json(const struct nlattr **tb,
				 const struct nlattr **conf,
				 const struct setting_sink *sink)
{
	uint8_t mode = nl_u8(conf[IFLA_M6T_MODE]);
	const struct setting *set;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		if (set->modes & SETTING_MODE(mode))
			device_setting_json(set, mode, conf[set->attr], sink);
		if (set->attr != IFLA_M6T_MODE)
			continue;
		if (tb[M6T_A_NETNS_UNDERLAY])
			json_signed("netns_underlay",
				    (int32_t)nl_u32(tb[M6T_A_NETNS_UNDERLAY]));
		else
			json_string("netns_underlay", NULL);
	}
}

static void device_bindings_json(const struct nlattr **tb)
{
	json_open("bindings", '{');
	json_number("temporary", nl_u32(tb[M6T_A_TEMPORARY]));
	json_number("active", nl_u32(tb[M6T_A_ACTIVE]));
	json_number("unproven", nl_u32(tb[M6T_A_UNPROVEN]));
	json_number("static", nl_u32(tb[M6T_A_STATIC]));
	json_close('}');
	json_boolean("pressed", nl_u8(tb[M6T_A_PRESSED]));
}

static void device_bound_json(const struct nlattr **tb)
{
	json_open("bindings", '{');
	json_number("bound", nl_u32(tb[M6T_A_BOUND]));
	json_close('}');
}

static void device_slot_json(const struct nlattr **slot,
			     const struct setting_sink *sink)
{
	uint32_t link = nl_u32(slot[M6T_A_LINK]);

	json_open(NULL, '{');
	json_string("state", print_slot(nl_u8(slot[M6T_A_SLOT])));
	print_outer_json("local", slot[M6T_A_LOCAL], slot[M6T_A_LOCAL6]);
	json_port("local_port", slot[M6T_A_LOCAL_PORT]);
	json_string("kind", print_kind(nl_u8(slot[M6T_A_ENCAP])));
	json_string("link", link ? sink->ifname(sink->arg, link) : NULL);
	json_close('}');
}

static void device_slots_json(const struct nlattr **tb,
			      const struct setting_sink *sink)
{
	const struct nlattr *slot[M6T_A_MAX + 1];
	const struct nlattr *nest;

	json_open("slots", '[');
	if (tb[M6T_A_SLOTS])
		mnl_attr_for_each_nested(nest, tb[M6T_A_SLOTS]) {
			nl_nested(nest, slot, M6T_A_MAX);
			device_slot_json(slot, sink);
		}
	json_close(']');
}

static void device_json(const struct nlattr **tb, const struct nlattr **conf,
			const struct setting_sink *sink)
{
	json_begin();
	json_open(NULL, '{');
	json_string("dev", nl_string(tb[M6T_A_IFNAME]));
	device_settings_json(tb, conf, sink);
	json_boolean("attached", nl_u8(tb[M6T_A_ATTACHED]));
	json_ipv6("address", tb[M6T_A_ADDRESS]);
	json_port("sport", tb[M6T_A_SPORT]);
	switch (nl_u8(conf[IFLA_M6T_MODE])) {
	case M6T_MODE_GW:
		device_bindings_json(tb);
		break;
	case M6T_MODE_DSMIP_HA:
		device_bound_json(tb);
		break;
	case M6T_MODE_DSMIP_MN:
		device_slots_json(tb, sink);
		break;
	}
	json_close('}');
}

static void device_line(const char *name, const char *value,
			const char *unit)
{
	printf("  %-18s %s%s%s\n", name, value, unit ? " " : "",
	       unit ? unit : "");
}

static void device_netns_text(int32_t nsid)
{
	if (nsid < 0)
		device_line("netns of underlay", "unknown", NULL);
	else
		printf("  %-18s %d\n", "netns of underlay", nsid);
}

static void device_bindings_text(const struct nlattr **tb)
{
	printf("  %-18s %u temporary, %u active (%u unproven), %u static%s\n",
	       "bindings", nl_u32(tb[M6T_A_TEMPORARY]),
	       nl_u32(tb[M6T_A_ACTIVE]), nl_u32(tb[M6T_A_UNPROVEN]),
	       nl_u32(tb[M6T_A_STATIC]),
	       nl_u8(tb[M6T_A_PRESSED]) ? ", under pressure" : "");
}

static void device_slot_text(const struct nlattr **slot,
			     const struct setting_sink *sink)
{
	uint32_t link = nl_u32(slot[M6T_A_LINK]);
	char local[INET6_ADDRSTRLEN];

	print_outer(slot[M6T_A_LOCAL], slot[M6T_A_LOCAL_PORT],
		    slot[M6T_A_LOCAL6], local, sizeof(local));
	printf("  %-18s %s %s local %s%s%s\n", "slot",
	       print_slot(nl_u8(slot[M6T_A_SLOT])),
	       print_kind(nl_u8(slot[M6T_A_ENCAP])), local,
	       link ? " link " : "", link ? sink->ifname(sink->arg, link) : "");
}

static void device_slots_text(const struct nlattr **tb,
			      const struct setting_sink *sink)
{
	const struct nlattr *slot[M6T_A_MAX + 1];
	const struct nlattr *nest;

	if (!tb[M6T_A_SLOTS])
		return;
	mnl_attr_for_each_nested(nest, tb[M6T_A_SLOTS]) {
		nl_nested(nest, slot, M6T_A_MAX);
		device_slot_text(slot, sink);
	}
}

static void device_state_text(const struct nlattr **tb, uint8_t mode,
			      const struct setting_sink *sink)
{
	char buf[INET6_ADDRSTRLEN];

	device_line("attached", nl_u8(tb[M6T_A_ATTACHED]) ? "yes" : "no",
		    NULL);
	if (tb[M6T_A_ADDRESS]) {
		print_ipv6(tb[M6T_A_ADDRESS], buf, sizeof(buf));
		device_line("address", buf, NULL);
	}
	if (nl_be16(tb[M6T_A_SPORT]))
		printf("  %-18s %u\n", "source port",
		       nl_be16(tb[M6T_A_SPORT]));
	if (tb[M6T_A_NETNS_UNDERLAY])
		device_netns_text(nl_u32(tb[M6T_A_NETNS_UNDERLAY]));
	if (mode == M6T_MODE_GW)
		device_bindings_text(tb);
	else if (mode == M6T_MODE_DSMIP_HA)
		printf("  %-18s %u bound\n", "bindings",
		       nl_u32(tb[M6T_A_BOUND]));
	else if (mode == M6T_MODE_DSMIP_MN)
		device_slots_text(tb, sink);
}

static const char *device_role(uint8_t mode)
{
	return mode && mode < ARRAY_SIZE(device_roles) ? device_roles[mode] :
	       "of an unknown mode";
}

static void device_text(const struct nlattr **tb, const struct nlattr **conf,
			const struct setting_sink *sink)
{
	uint8_t mode = nl_u8(conf[IFLA_M6T_MODE]);
	char buf[SETTING_TEXT_MAX];
	const struct setting *set;
	const struct nlattr *attr;
	size_t i;

	printf("%s: %s\n", nl_string(tb[M6T_A_IFNAME]), device_role(mode));
	device_state_text(tb, mode, sink);
	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		attr = conf[set->attr];
		if (!attr || set->attr == IFLA_M6T_MODE ||
		    set != setting_of(set->attr, mode) ||
		    !setting_is_set(set, mnl_attr_get_payload(attr),
				    mnl_attr_get_payload_len(attr)))
			continue;
		setting_to_text(set, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr), sink, buf,
				sizeof(buf));
		device_line(set->word, buf, set->unit);
	}
}

/**
 * print_device - print an answer to %M6T_CMD_DEV_GET
 * @nlh: the answer
 * @arg: a bool, whether another device was printed before
 */
void print_device(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct underlay underlay;
	const struct setting_sink sink = {
		.number = device_number,
		.string = device_string,
		.boolean = device_boolean,
		.open = device_open,
		.close = device_close,
		.ifname = device_ifname,
		.arg = &underlay,
	};
	bool *follows = arg;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_SETTINGS], conf, IFLA_M6T_MAX);
	device_underlay(&underlay, tb[M6T_A_NETNS_UNDERLAY]);

	if (options.json) {
		device_json(tb, conf, &sink);
		return;
	}
	if (*follows)
		putchar('\n');
	*follows = true;
	device_text(tb, conf, &sink);
}
