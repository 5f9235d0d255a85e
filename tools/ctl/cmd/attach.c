// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl attach
 */
#include <errno.h>
#include <stdio.h>
#include <arpa/inet.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/node.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/names.h"
#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_attach.h"
#include "lib/netlink/rtnl_route.h"
#include "lib/say.h"

/* If the answer was lost for lack of memory, the outcome is not known: return
 * the node's current state.
 */
static int attach_ask(const struct device *dev, const uint8_t *id,
		      struct node *node)
{
	static struct genl genl;
	int status;
	int err;

	status = genl_open(&genl);
	if (status)
		return status;

	err = node_attach(&genl, dev, id, node);
	if (err)
		status = genl_fail(&genl, err, dev, dev->name);
	else if (!node->attached)
		status = fail(STATUS_REFUSED,
			      "%s: the kernel reported no address",
			      dev->name);
	if (err == -ENOBUFS && node_get(&genl, dev, node))
		node->attached = false;

	genl_close(&genl);
	return status;
}

/* Without its address on the interface, an attachment is worse than none. */
static void attach_undo(struct rtnl *rtnl, const struct device *dev,
			const struct node *node)
{
	static struct genl genl;

	rtnl_detach(rtnl, dev->ifindex, &node->prefix);
	if (genl_open(&genl))
		return;
	node_detach(&genl, dev);
	genl_close(&genl);
}

static int attach_put(const struct device *dev, const struct node *node)
{
	static struct rtnl rtnl;
	int status;
	int err;

	status = rtnl_open(&rtnl);
	if (status)
		return status;

	err = rtnl_attach(&rtnl, dev->ifindex, &node->addr, &node->prefix,
			  RTNL_METRIC);
	if (err) {
		status = rtnl_fail(&rtnl, err);
		attach_undo(&rtnl, dev, node);
	}

	rtnl_close(&rtnl);
	return status;
}

static void attach_print(const struct device *dev, const struct node *node)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &node->addr, text, sizeof(text));
	if (!options.json) {
		printf("%s: address %s source port %u\n", dev->name, text,
		       node->sport);
		return;
	}

	json_begin();
	json_open(NULL, '{');
	json_string("dev", dev->name);
	json_string("address", text);
	json_number("sport", node->sport);
	json_close('}');
	json_end();
}

/**
 * cmd_attach - give a mobile node a new address and a new socket
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_attach(const struct command *command, int argc, char **argv)
{
	uint8_t id[M6T_ID_LEN];
	struct node node = {};
	struct device dev;
	struct word words[] = {
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &dev, .required = true },
		{ .name = "id", .what = "HEX48", .parse = word_id, .to = id },
		{ .what = NULL }
	};
	int status;
	int put;

	status = words_parse(command, words, argc, argv);
	if (status)
		return status;
	status = attach_ask(&dev, words[1].given ? id : NULL, &node);
	/* If it is attached, address and route must be there in any case. */
	put = node.attached ? attach_put(&dev, &node) : STATUS_DONE;
	status = status ?: put;
	if (status)
		return status;

	attach_print(&dev, &node);
	return STATUS_DONE;
}
