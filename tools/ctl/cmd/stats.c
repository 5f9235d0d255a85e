// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl stats
 */
#include <inttypes.h>
#include <stdio.h>
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/macros.h"
#include "lib/names.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "lib/stat_names.h"

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

	for (i = 0; i < ARRAY_SIZE(stat_names); i++) {
		if (!stat_names[i])
			continue;
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
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_stats(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct device dev;
	struct nlmsghdr *nlh;
	bool follows = false;
	int status;
	int err;

	status = words_device(command, &dev, false, argc, argv);
	if (status)
		return status;
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
