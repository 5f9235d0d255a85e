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
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl_link.h"
#include "lib/say.h"
#include "lib/setting.h"

/* Where to look up names of underlay devices. */
struct underlay {
	bool foreign;	/* in another netns */
	int32_t nsid;	/* id of that netns; -1: it has none here */
	char name[IFNAMSIZ + sizeof(" (gone)")];
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
static const char *device_key(const struct setting *set, bool mobile)
{
	switch (set->attr) {
	case IFLA_M6T_PREFIXES:
		return mobile ? set->word : "prefixes";
	case IFLA_M6T_PORTS:
		return mobile ? set->word : "ports";
	case IFLA_M6T_LINK:
		return "link";
	case IFLA_M6T_SPORT:
		return "fixed-sport";
	default:
		return set->word;
	}
}

static void device_setting_json(const struct setting *set, bool mobile,
				const struct nlattr *attr,
				const struct setting_sink *sink)
{
	const char *key = device_key(set, mobile);
	const void *data = attr ? mnl_attr_get_payload(attr) : NULL;
	size_t len = attr ? mnl_attr_get_payload_len(attr) : 0;
	bool unset = !setting_is_set(set, data, len);

	/* Print every setting of the role, even those that were not sent. */
	if (!setting_is_list(set) && (!attr || (unset &&
						set->kind == SETTING_BE16)))
		json_string(key, NULL);
	else
		setting_to_json(set, key, mobile && attr, data, len, sink);
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

static void device_json(const struct nlattr **tb, const struct nlattr **conf,
			const struct setting_sink *sink)
{
	uint8_t mode = nl_u8(conf[IFLA_M6T_MODE]);
	bool mobile = mode == M6T_MODE_MN;
	const struct setting *set;
	size_t i;

	json_begin();
	json_open(NULL, '{');
	json_string("dev", nl_string(tb[M6T_A_IFNAME]));
	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		if (set->modes & SETTING_MODE(mode))
			device_setting_json(set, mobile, conf[set->attr],
					    sink);
		if (set->attr != IFLA_M6T_MODE)
			continue;
		if (tb[M6T_A_NETNS_UNDERLAY])
			json_signed("netns_underlay",
				    (int32_t)nl_u32(tb[M6T_A_NETNS_UNDERLAY]));
		else
			json_string("netns_underlay", NULL);
	}
	json_boolean("attached", nl_u8(tb[M6T_A_ATTACHED]));
	json_ipv6("address", tb[M6T_A_ADDRESS]);
	json_port("sport", tb[M6T_A_SPORT]);
	if (mode == M6T_MODE_GW)
		device_bindings_json(tb);
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

static void device_state_text(const struct nlattr **tb, bool mobile)
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
	if (!mobile)
		device_bindings_text(tb);
}

static void device_text(const struct nlattr **tb, const struct nlattr **conf,
			const struct setting_sink *sink)
{
	bool mobile = nl_u8(conf[IFLA_M6T_MODE]) == M6T_MODE_MN;
	char buf[SETTING_TEXT_MAX];
	const struct setting *set;
	const struct nlattr *attr;
	size_t i;

	printf("%s: %s\n", nl_string(tb[M6T_A_IFNAME]),
	       mobile ? "mobile node" : "gateway");
	device_state_text(tb, mobile);
	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		attr = conf[set->attr];
		if (!attr || set->attr == IFLA_M6T_MODE ||
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
	struct underlay underlay = { .foreign = false };
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
	underlay.foreign = tb[M6T_A_NETNS_UNDERLAY];
	underlay.nsid = nl_u32(tb[M6T_A_NETNS_UNDERLAY]);

	if (options.json) {
		device_json(tb, conf, &sink);
		return;
	}
	if (*follows)
		putchar('\n');
	*follows = true;
	device_text(tb, conf, &sink);
}
