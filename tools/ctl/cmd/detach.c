// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl detach
 */
#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/node.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/names.h"
#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_attach.h"

/* Get the prefix, then detach: if the kernel refuses, nothing changes. */
static int detach_ask(const struct device *dev, struct node *node)
{
	static struct genl genl;
	int status;
	int err;

	status = genl_open(&genl);
	if (status)
		return status;

	err = node_get(&genl, dev, node) ?: node_detach(&genl, dev);
	if (err)
		status = genl_fail(&genl, err, dev, dev->name);

	genl_close(&genl);
	return status;
}

static int detach_clean(const struct device *dev, const struct node *node)
{
	static struct rtnl rtnl;
	int status;
	int err;

	status = rtnl_open(&rtnl);
	if (status)
		return status;

	err = rtnl_detach(&rtnl, dev->ifindex, &node->prefix);
	if (err)
		status = rtnl_fail(&rtnl, err);

	rtnl_close(&rtnl);
	return status;
}

/**
 * cmd_detach - remove a mobile node's address, route and socket
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_detach(const struct command *command, int argc, char **argv)
{
	struct device dev;
	struct node node;
	int status;

	status = words_device(command, &dev, true, argc, argv);
	if (status)
		return status;
	status = detach_ask(&dev, &node);
	if (status)
		return status;
	/* A length of 0 would match every address of the device. */
	if (node.prefix.len)
		status = detach_clean(&dev, &node);
	print_finish(status);

	return status;
}
