// SPDX-License-Identifier: GPL-2.0
/*
 * A mobile node as the kernel reports it, and its attachment.
 */
#include <string.h>
#include <libmnl/libmnl.h>

#include "ctl/node.h"
#include "lib/netlink/genl.h"
#include "lib/names.h"
#include "lib/netlink/nl_attr.h"

static void node_settings(const struct nlattr *nest, struct node *node)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *port;

	nl_nested(nest, conf, IFLA_M6T_MAX);
	node->mode = nl_u8(conf[IFLA_M6T_MODE]);
	node->gateway.s_addr = nl_u32(conf[IFLA_M6T_GATEWAY]);
	node->local.s_addr = nl_u32(conf[IFLA_M6T_LOCAL]);
	node->link = nl_u32(conf[IFLA_M6T_LINK]);
	node->fwmark = nl_u32(conf[IFLA_M6T_FWMARK]);
	node->fixed_sport = nl_be16(conf[IFLA_M6T_SPORT]);
	genl_prefix(conf[IFLA_M6T_PREFIXES], &node->prefix);
	if (!conf[IFLA_M6T_PORTS])
		return;
	mnl_attr_for_each_nested(port, conf[IFLA_M6T_PORTS])
		node->port = nl_be16(port);
}

static void node_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	const struct in6_addr *addr;
	struct node *node = arg;

	genl_attrs(nlh, tb);
	node_settings(tb[M6T_A_SETTINGS], node);
	node->foreign = tb[M6T_A_NETNS_UNDERLAY];
	addr = nl_bytes(tb[M6T_A_ADDRESS], sizeof(*addr));
	if (!addr || !node->prefix.len)
		return;

	node->addr = *addr;
	node->sport = nl_be16(tb[M6T_A_SPORT]);
	node->attached = true;
}

/**
 * node_get - get the state of a mobile node
 * @genl: the connection
 * @dev: the device
 * @node: to be filled
 *
 * Return: 0, or a negative errno for nl_fail().
 */
int node_get(struct genl *genl, const struct device *dev, struct node *node)
{
	memset(node, 0, sizeof(*node));
	return genl_device_get(genl, dev, node_keep, node);
}

/**
 * node_attach - get a new address and a new socket
 * @genl: the connection
 * @dev: the device
 * @id: the last 48 bits of the address, NULL: random ones
 * @node: to be filled; not attached if the kernel reported no address
 *
 * Return: 0, or a negative errno for nl_fail().
 */
int node_attach(struct genl *genl, const struct device *dev,
		const uint8_t *id, struct node *node)
{
	struct nlmsghdr *nlh = genl_request(genl, M6T_CMD_ATTACH, false);

	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	if (id)
		mnl_attr_put(nlh, M6T_A_ID, M6T_ID_LEN, id);

	memset(node, 0, sizeof(*node));
	return genl_talk(genl, node_keep, node);
}

/**
 * node_detach - remove the address and the socket
 * @genl: the connection
 * @dev: the device
 *
 * Return: 0, or a negative errno for nl_fail().
 */
int node_detach(struct genl *genl, const struct device *dev)
{
	struct nlmsghdr *nlh = genl_request(genl, M6T_CMD_DETACH, false);

	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	return genl_talk(genl, NULL, NULL);
}

static void node_keep_keepalives(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *stats[M6T_STAT_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_STATS], stats, M6T_STAT_MAX);
	*(uint64_t *)arg = nl_u64(stats[M6T_STAT_TX_KEEPALIVE]);
}

/**
 * node_keepalives - get the number of keepalives sent
 * @genl: the connection
 * @dev: the device
 * @count: set to the number
 *
 * Return: 0, or a negative errno for nl_fail().
 */
int node_keepalives(struct genl *genl, const struct device *dev,
		    uint64_t *count)
{
	struct nlmsghdr *nlh = genl_request(genl, M6T_CMD_STATS_GET, false);

	*count = 0;
	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	return genl_talk(genl, node_keep_keepalives, count);
}
