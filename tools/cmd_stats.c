// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl stats
 */
#include <inttypes.h>

#include "m6tctl.h"

/* By enum m6t_stat, the same names as in "ethtool -S". */
static const char *const stat_names[] = {
	[M6T_STAT_RX_SHORT] = "rx_short",
	[M6T_STAT_RX_BAD_VERSION] = "rx_bad_version",
	[M6T_STAT_RX_BAD_LENGTH] = "rx_bad_length",
	[M6T_STAT_RX_BAD_SOURCE] = "rx_bad_source",
	[M6T_STAT_RX_BAD_DESTINATION] = "rx_bad_destination",
	[M6T_STAT_RX_MISMATCH] = "rx_mismatch",
	[M6T_STAT_RX_RATE_LIMITED] = "rx_rate_limited",
	[M6T_STAT_RX_TABLE_FULL] = "rx_table_full",
	[M6T_STAT_RX_NOT_GATEWAY] = "rx_not_gateway",
	[M6T_STAT_RX_ECN] = "rx_ecn",
	[M6T_STAT_RX_KEEPALIVE] = "rx_keepalive",
	[M6T_STAT_RX_KEEPALIVE_STRAY] = "rx_keepalive_stray",
	[M6T_STAT_TX_KEEPALIVE] = "tx_keepalive",
	[M6T_STAT_TX_NO_BINDING] = "tx_no_binding",
	[M6T_STAT_TX_BAD_SOURCE] = "tx_bad_source",
	[M6T_STAT_TX_TOO_BIG] = "tx_too_big",
	[M6T_STAT_TX_LOOP] = "tx_loop",
	[M6T_STAT_TX_NO_ROUTE] = "tx_no_route",
	[M6T_STAT_TX_CARRIER] = "tx_carrier",
	[M6T_STAT_BINDING_CREATED] = "binding_created",
	[M6T_STAT_BINDING_ACTIVATED] = "binding_activated",
	[M6T_STAT_BINDING_EXPIRED] = "binding_expired",
	[M6T_STAT_BINDING_EVICTED] = "binding_evicted",
	[M6T_STAT_ATTACH] = "attach",
	[M6T_STAT_UNREACHABLE] = "unreachable",
};

static void stats_print(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *stats[M6T_STAT_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	bool *follows = arg;
	size_t i;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_STATS], stats, M6T_STAT_MAX);

	if (options.json) {
		json_begin();
		json_open(NULL, '{');
		json_string("dev", nl_string(tb[M6T_A_IFNAME]));
	} else {
		printf("%s%s:\n", *follows ? "\n" : "",
		       nl_string(tb[M6T_A_IFNAME]));
	}
	*follows = true;

	for (i = M6T_STAT_UNSPEC + 1; i < ARRAY_SIZE(stat_names); i++) {
		if (options.json)
			json_number(stat_names[i], nl_u64(stats[i]));
		else
			printf("  %-18s %" PRIu64 "\n", stat_names[i],
			       nl_u64(stats[i]));
	}
	if (options.json)
		json_close('}');
}

/**
 * cmd_stats - print counters
 * @command: the command
 * @argc: number of words
 * @argv: the words
 *
 * Return: an enum status.
 */
int cmd_stats(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct device dev = { .ifindex = 0 };
	struct word words[] = {
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &dev },
		{ .what = NULL }
	};
	struct nlmsghdr *nlh;
	bool follows = false;
	int status;
	int err;

	status = words_parse(command, words, argc, argv);
	if (!status)
		status = genl_open(&genl);
	if (status)
		return status;

	nlh = genl_request(&genl, M6T_CMD_STATS_GET, !dev.ifindex);
	if (dev.ifindex)
		mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev.ifindex);
	err = genl_talk(&genl, stats_print, &follows);
	if (err)
		status = genl_fail(&genl, err, &dev,
				   dev.ifindex ? dev.name : "devices");
	print_finish(status);
	genl_close(&genl);
	return status;
}
