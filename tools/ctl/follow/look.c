// SPDX-License-Identifier: GPL-2.0
/*
 * What m6tctl follow finds out about a device, as far as that is needed.
 */
#include <string.h>

#include "ctl/follow/follow.h"

/**
 * look_begin - begin a look at a device
 * @follow: all devices
 * @dev: the device
 * @view: to be filled with what the last listing has found
 */
void look_begin(const struct follow *follow, const struct follow_dev *dev,
		struct view *view)
{
	memset(view, 0, sizeof(*view));
	view->listed = follow->listed;
	view->there = dev->there;
	view->seen = follow->has_genl && dev->seen;
	view->up = dev->up;
}

/* The settings that a mobile node will have once it is created. */
static void look_node_of_file(const struct facts *facts, struct node *node)
{
	const struct setting_value *value = facts->conf->value;
	struct endpoint endpoint = { .port = 0 };

	memset(node, 0, sizeof(*node));
	gateways_get(facts, &endpoint);
	node->gateway = endpoint.addr;
	node->port = endpoint.port;
	node->link = conf_below(facts->conf);
	memcpy(&node->local, value[IFLA_M6T_LOCAL].data, sizeof(node->local));
	memcpy(&node->fwmark, value[IFLA_M6T_FWMARK].data,
	       sizeof(node->fwmark));
}

static int look_path(struct follow *follow, const struct follow_dev *dev,
		     struct view *view)
{
	struct node node;

	if (!make_is_due(&dev->facts))
		return path_find(&follow->rtnl, &view->node, dev->dev.ifindex,
				 &view->path);

	look_node_of_file(&dev->facts, &node);
	/* Treat an error like a missing path: then use the first candidate. */
	if (path_find(&follow->rtnl, &node, 0, &view->path))
		view->path.exists = false;
	return 0;
}

static void look_network(struct follow *follow, const struct follow_dev *dev,
			 struct view *view)
{
	char key[NETWORK_KEY];

	view->hop_unknown = network_key(&follow->rtnl, &view->path, key);
	view->worked = network_recall(dev->dev.name, key, &view->best);
}

static void look_others(struct follow *follow, const struct follow_dev *dev,
			struct view *view)
{
	const struct gateways *gw = &dev->facts.gateways;
	struct node other = view->node;
	struct path path;
	unsigned int i;

	for (i = 0; i < gw->count && !view->reach; i++) {
		other.gateway = gw->addrs[i];
		if (other.gateway.s_addr == view->node.gateway.s_addr ||
		    path_find(&follow->rtnl, &other, dev->dev.ifindex, &path))
			continue;
		view->reach = path.exists;
		view->other = other.gateway;
	}
}

/* Get the packets received, and those sent by others than the kernel itself. */
static void look_counters(struct follow *follow, const struct follow_dev *dev,
			  struct view *view)
{
	uint64_t keepalives;
	struct link_state link;

	if (link_get(&follow->rtnl, dev->dev.name, NULL, &link) ||
	    node_keepalives(&follow->genl, &dev->dev, &keepalives))
		return;

	view->counted = true;
	view->rx = link.rx;
	view->tx = link.tx - keepalives;
}

/**
 * look_at - find out more about a device
 * @follow: all devices
 * @dev: the device
 * @view: what was found in this look
 * @part: the part of the view to fill
 *
 * Return: 0, or a negative errno: of a request to genl for %LOOK_NODE, of one
 * to rtnl otherwise.
 */
int look_at(struct follow *follow, const struct follow_dev *dev,
	    struct view *view, unsigned int part)
{
	view->looked |= part;
	switch (part) {
	case LOOK_LINK:
		return link_get(&follow->rtnl, dev->dev.name, dev->facts.conf,
				&view->link);
	case LOOK_BELOW:
		view->below = conf_below(dev->facts.conf);
		return 0;
	case LOOK_NODE:
		return node_get(&follow->genl, &dev->dev, &view->node);
	case LOOK_PATH:
		return look_path(follow, dev, view);
	case LOOK_NETWORK:
		look_network(follow, dev, view);
		return 0;
	case LOOK_OTHERS:
		look_others(follow, dev, view);
		return 0;
	default:
		look_counters(follow, dev, view);
		return 0;
	}
}
