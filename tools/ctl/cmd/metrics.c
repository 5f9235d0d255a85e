// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl metrics: OpenMetrics text. All samples of a metric must be adjacent,
 * so all devices are read before the first metric is printed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/macros.h"
#include "lib/names.h"
#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"
#include "lib/say.h"
#include "lib/setting.h"
#include "lib/stat_names.h"

/* Packets and bytes, from the link's own counters. */
enum {
	TRAFFIC_RX_PACKETS,
	TRAFFIC_TX_PACKETS,
	TRAFFIC_RX_BYTES,
	TRAFFIC_TX_BYTES,
	TRAFFIC
};

static const struct {
	const char *name;
	const char *help;
	const char *unit;
} traffic_metrics[TRAFFIC] = {
	[TRAFFIC_RX_PACKETS] = { "m6t_rx_packets",
		"IPv6 packets received from the tunnel", NULL },
	[TRAFFIC_TX_PACKETS] = { "m6t_tx_packets",
		"IPv6 packets sent into the tunnel", NULL },
	[TRAFFIC_RX_BYTES] = { "m6t_rx_bytes",
		"Bytes of IPv6 received from the tunnel", "bytes" },
	[TRAFFIC_TX_BYTES] = { "m6t_tx_bytes",
		"Bytes of IPv6 sent into the tunnel", "bytes" },
};

/**
 * struct metrics_dev - a device and its values
 * @next: the next one
 * @name: its name
 * @label: the name, escaped for a label
 * @ifindex: its index
 * @mode: enum m6t_mode
 * @attached: it has a socket
 * @bindings: number of bindings, by enum m6t_binding_state
 * @unproven: number of active bindings that are not proven
 * @pressed: the table is under pressure
 * @bound: number of bindings of a home agent
 * @slots: number of care-of addresses, by enum m6t_slot_state
 * @max_bindings: maximum number of bindings
 * @stats: counters, by enum m6t_stat
 * @traffic: packets and bytes
 */
struct metrics_dev {
	struct metrics_dev *next;
	char name[IFNAMSIZ];
	char label[2 * IFNAMSIZ];
	uint32_t ifindex;
	uint8_t mode;
	bool attached;
	uint32_t bindings[M6T_BINDING_STATIC + 1];
	uint32_t unproven;
	bool pressed;
	uint32_t bound;
	uint32_t slots[M6T_SLOT_LINGERING + 1];
	uint32_t max_bindings;
	uint64_t stats[M6T_STAT_MAX + 1];
	uint64_t traffic[TRAFFIC];
};

static struct metrics_dev *metrics;

static void metrics_label(struct metrics_dev *dev)
{
	char *to = dev->label;
	const char *from;

	for (from = dev->name; *from; from++) {
		if (*from == '"' || *from == '\\')
			*to++ = '\\';
		*to++ = *from;
	}
	*to = '\0';
}

static struct metrics_dev *metrics_find(uint32_t ifindex)
{
	struct metrics_dev *dev;

	for (dev = metrics; dev; dev = dev->next)
		if (dev->ifindex == ifindex)
			break;

	return dev;
}

static void metrics_keep_state(struct metrics_dev *dev,
			       const struct nlattr **tb)
{
	const struct nlattr *slot[M6T_A_MAX + 1];
	const struct nlattr *nest;

	dev->attached = nl_u8(tb[M6T_A_ATTACHED]);
	dev->bindings[M6T_BINDING_TEMPORARY] = nl_u32(tb[M6T_A_TEMPORARY]);
	dev->bindings[M6T_BINDING_ACTIVE] = nl_u32(tb[M6T_A_ACTIVE]);
	dev->bindings[M6T_BINDING_STATIC] = nl_u32(tb[M6T_A_STATIC]);
	dev->unproven = nl_u32(tb[M6T_A_UNPROVEN]);
	dev->pressed = nl_u8(tb[M6T_A_PRESSED]);
	dev->bound = nl_u32(tb[M6T_A_BOUND]);
	if (!tb[M6T_A_SLOTS])
		return;
	mnl_attr_for_each_nested(nest, tb[M6T_A_SLOTS]) {
		nl_nested(nest, slot, M6T_A_MAX);
		if (nl_u8(slot[M6T_A_SLOT]) < ARRAY_SIZE(dev->slots))
			dev->slots[nl_u8(slot[M6T_A_SLOT])]++;
	}
}

static void metrics_keep_dev(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct metrics_dev **end = &metrics;
	struct metrics_dev *dev;
	bool *failed = arg;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_SETTINGS], conf, IFLA_M6T_MAX);
	dev = calloc(1, sizeof(*dev));
	if (!dev) {
		*failed = true;
		return;
	}
	snprintf(dev->name, sizeof(dev->name), "%s",
		 nl_string(tb[M6T_A_IFNAME]));
	metrics_label(dev);
	dev->ifindex = nl_u32(tb[M6T_A_IFINDEX]);
	dev->mode = nl_u8(conf[IFLA_M6T_MODE]);
	metrics_keep_state(dev, tb);
	dev->max_bindings = nl_u32(conf[IFLA_M6T_MAX_BINDINGS]);
	while (*end)
		end = &(*end)->next;
	*end = dev;
}

static void metrics_keep_stats(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *stats[M6T_STAT_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct metrics_dev *dev;
	size_t i;

	(void)arg;
	genl_attrs(nlh, tb);
	dev = metrics_find(nl_u32(tb[M6T_A_IFINDEX]));
	if (!dev)
		return;
	nl_nested(tb[M6T_A_STATS], stats, M6T_STAT_MAX);
	for (i = 0; i < ARRAY_SIZE(dev->stats); i++)
		dev->stats[i] = nl_u64(stats[i]);
}

static void metrics_keep_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_STATS64 + 1];
	struct rtnl_link_stats64 stats;
	struct metrics_dev *dev;

	(void)arg;
	dev = metrics_find(ifi->ifi_index);
	nl_attrs(nlh, sizeof(*ifi), tb, IFLA_STATS64);
	if (!dev || !nl_bytes(tb[IFLA_STATS64], sizeof(stats)))
		return;
	/* It need not be aligned. */
	memcpy(&stats, mnl_attr_get_payload(tb[IFLA_STATS64]), sizeof(stats));
	dev->traffic[TRAFFIC_RX_PACKETS] = stats.rx_packets;
	dev->traffic[TRAFFIC_TX_PACKETS] = stats.tx_packets;
	dev->traffic[TRAFFIC_RX_BYTES] = stats.rx_bytes;
	dev->traffic[TRAFFIC_TX_BYTES] = stats.tx_bytes;
}

static int metrics_read_links(void)
{
	static struct rtnl rtnl;
	struct metrics_dev *dev;
	struct ifinfomsg *ifi;
	struct nlmsghdr *nlh;
	int status;

	status = rtnl_open(&rtnl);
	if (status)
		return status;
	for (dev = metrics; dev; dev = dev->next) {
		nlh = rtnl_request(&rtnl, RTM_GETLINK, 0);
		ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
		ifi->ifi_index = dev->ifindex;
		/* A device that was removed meanwhile is left at zero. */
		rtnl_talk(&rtnl, metrics_keep_link, NULL);
	}
	rtnl_close(&rtnl);
	return STATUS_DONE;
}

static int metrics_ask(struct genl *genl, uint8_t cmd,
		       const struct device *dev, nl_cb cb, void *arg)
{
	struct nlmsghdr *nlh = genl_request(genl, cmd, !dev->ifindex);
	int err;

	if (dev->ifindex)
		mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	err = genl_talk(genl, cb, arg);
	return err ? genl_fail(genl, err, dev,
			       dev->ifindex ? dev->name : "devices") :
		     STATUS_DONE;
}

static int metrics_read_family(struct genl *genl, const struct device *dev)
{
	bool failed = false;
	int status;

	status = metrics_ask(genl, M6T_CMD_DEV_GET, dev, metrics_keep_dev,
			     &failed);
	if (status)
		return status;
	if (failed)
		return fail(STATUS_REFUSED, "out of memory");

	return metrics_ask(genl, M6T_CMD_STATS_GET, dev, metrics_keep_stats,
			   NULL);
}

static int metrics_read(const struct device *dev)
{
	static struct genl genl;
	int status;

	status = genl_open(&genl);
	if (status)
		return status;
	status = metrics_read_family(&genl, dev);
	genl_close(&genl);
	return status ?: metrics_read_links();
}

static void metrics_head(const char *name, const char *type, const char *unit,
			 const char *help)
{
	printf("# TYPE %s %s\n", name, type);
	if (unit)
		printf("# UNIT %s %s\n", name, unit);
	printf("# HELP %s %s.\n", name, help);
}

static void metrics_print_devices(void)
{
	const struct metrics_dev *dev;

	/* Not of type info, which older collectors do not support. */
	metrics_head("m6t_device_info", "gauge", NULL, "Role of the device");
	for (dev = metrics; dev; dev = dev->next)
		printf("m6t_device_info{dev=\"%s\",mode=\"%s\"} 1\n",
		       dev->label, setting_mode_words[dev->mode]);
	metrics_head("m6t_attached", "gauge", NULL,
		     "Whether the device has a socket");
	for (dev = metrics; dev; dev = dev->next)
		printf("m6t_attached{dev=\"%s\"} %d\n", dev->label,
		       dev->attached);
}

static void metrics_print_states(const struct metrics_dev *dev)
{
	uint8_t state;

	if (dev->mode == M6T_MODE_DSMIP_HA)
		printf("m6t_bindings{dev=\"%s\",state=\"bound\"} %u\n",
		       dev->label, dev->bound);
	for (state = M6T_BINDING_TEMPORARY;
	     dev->mode == M6T_MODE_GW && state <= M6T_BINDING_STATIC; state++)
		printf("m6t_bindings{dev=\"%s\",state=\"%s\"} %u\n",
		       dev->label, print_state(state), dev->bindings[state]);
}

static void metrics_print_bindings(void)
{
	const struct metrics_dev *dev;

	metrics_head("m6t_bindings", "gauge", NULL, "Bindings, by state");
	for (dev = metrics; dev; dev = dev->next)
		metrics_print_states(dev);
	metrics_head("m6t_bindings_limit", "gauge", NULL,
		     "Maximum number of bindings");
	for (dev = metrics; dev; dev = dev->next)
		if (dev->mode == M6T_MODE_GW || dev->mode == M6T_MODE_DSMIP_HA)
			printf("m6t_bindings_limit{dev=\"%s\"} %u\n",
			       dev->label, dev->max_bindings);
}

static void metrics_print_slots(void)
{
	const struct metrics_dev *dev;
	uint8_t state;

	metrics_head("m6t_slots", "gauge", NULL,
		     "Care-of addresses in use, by state");
	for (dev = metrics; dev; dev = dev->next)
		for (state = M6T_SLOT_ACTIVE;
		     dev->mode == M6T_MODE_DSMIP_MN &&
		     state <= M6T_SLOT_LINGERING; state++)
			printf("m6t_slots{dev=\"%s\",state=\"%s\"} %u\n",
			       dev->label, print_slot(state),
			       dev->slots[state]);
}

static void metrics_print_pressure(void)
{
	const struct metrics_dev *dev;

	metrics_head("m6t_bindings_unproven", "gauge", NULL,
		     "Active bindings that are not proven");
	for (dev = metrics; dev; dev = dev->next)
		if (dev->mode == M6T_MODE_GW)
			printf("m6t_bindings_unproven{dev=\"%s\"} %u\n",
			       dev->label, dev->unproven);
	metrics_head("m6t_pressed", "gauge", NULL,
		     "Whether the table of bindings is under pressure");
	for (dev = metrics; dev; dev = dev->next)
		if (dev->mode == M6T_MODE_GW)
			printf("m6t_pressed{dev=\"%s\"} %d\n", dev->label,
			       dev->pressed);
}

static void metrics_print_counters(void)
{
	const struct metrics_dev *dev;
	char name[64];
	size_t i;

	for (i = 0; i < TRAFFIC; i++) {
		metrics_head(traffic_metrics[i].name, "counter",
			     traffic_metrics[i].unit, traffic_metrics[i].help);
		for (dev = metrics; dev; dev = dev->next)
			printf("%s_total{dev=\"%s\"} %" PRIu64 "\n",
			       traffic_metrics[i].name, dev->label,
			       dev->traffic[i]);
	}
	for (i = 0; i < ARRAY_SIZE(stat_names); i++) {
		if (!stat_names[i])
			continue;
		snprintf(name, sizeof(name), "m6t_%s", stat_names[i]);
		metrics_head(name, "counter", NULL,
			     "See m6tctl(8), counters");
		for (dev = metrics; dev; dev = dev->next)
			printf("%s_total{dev=\"%s\"} %" PRIu64 "\n", name,
			       dev->label, dev->stats[i]);
	}
}

/**
 * cmd_metrics - print state and counters as OpenMetrics text
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_metrics(const struct command *command, int argc, char **argv)
{
	struct device dev;
	int status;

	status = words_device(command, &dev, false, argc, argv);
	if (status)
		return status;
	status = metrics_read(&dev);
	if (status)
		return status;

	metrics_print_devices();
	metrics_print_bindings();
	metrics_print_slots();
	metrics_print_pressure();
	metrics_print_counters();
	puts("# EOF");
	return STATUS_DONE;
}
