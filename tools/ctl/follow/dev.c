// SPDX-License-Identifier: GPL-2.0
/*
 * The devices that m6tctl follow keeps attached, and what each needs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "ctl/follow/follow.h"

/* ms: that others take what was put back is printed no more often. */
#define DEV_SAID	60000

/**
 * follow_dev_find - find a device by its name
 * @follow: where
 * @name: the name
 *
 * Return: the device, or NULL.
 */
struct follow_dev *follow_dev_find(struct follow *follow, const char *name)
{
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next)
		if (!strcmp(dev->dev.name, name))
			return dev;

	return NULL;
}

/**
 * follow_dev_new - begin to follow a device
 * @follow: where
 * @name: the name of the device, which need not be there
 * @named: go on when the device goes
 * @made: the device
 *
 * Return: 0, or a negative errno; -EWOULDBLOCK: somebody else follows it.
 */
int follow_dev_new(struct follow *follow, const char *name, bool named,
		   struct follow_dev **made)
{
	struct follow_dev *dev = calloc(1, sizeof(*dev));
	int err;

	if (!dev)
		return -ENOMEM;
	dev->lock = lock_take(name);
	if (dev->lock < 0) {
		err = dev->lock;
		free(dev);
		return err;
	}

	snprintf(dev->dev.name, sizeof(dev->dev.name), "%s", name);
	dev->named = named;
	dev->next = follow->devs;
	follow->devs = dev;
	*made = dev;
	return 0;
}

/* Another device of that name, or none: nothing is known of it. */
static void dev_forget(struct follow_dev *dev, uint32_t ifindex)
{
	dev->dev.ifindex = ifindex;
	dev->moved = false;
	dev->settled = false;
	dev->left = false;
	dev->failing = false;
	dev->path.exists = false;
	dev->addr = in6addr_any;
	dev->look = 0;
	if (dev->make)
		return;
	name_stop(dev);
	free(dev->conf);
	dev->conf = NULL;
	dev->read = false;
	memset(&dev->name, 0, sizeof(dev->name));
	memset(&dev->gateways, 0, sizeof(dev->gateways));
}

/* Of devices that are not there only the named ones stay. */
static void dev_sweep(struct follow *follow)
{
	struct follow_dev **at = &follow->devs;
	struct follow_dev *dev;

	while ((dev = *at)) {
		/* Another one may have the name that the user typed. */
		if (!dev->seen && dev->dev.ifindex && dev->typed)
			follow_plan(follow, 0);
		/* A gateway that we made is there without having been seen. */
		if (!dev->seen && (!dev->made || dev->there != dev->made))
			dev_forget(dev, 0);
		if (dev->seen || dev->named) {
			at = &dev->next;
			continue;
		}
		*at = dev->next;
		close(dev->lock);
		free(dev);
	}
}

/* Mode of a link of type m6t, 0 of any other. */
static uint8_t dev_mode(const struct nlattr *linkinfo)
{
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *data[IFLA_M6T_MAX + 1];

	nl_nested(linkinfo, info, IFLA_INFO_MAX);
	if (strcmp(nl_string(info[IFLA_INFO_KIND]), M6T_GENL_NAME))
		return M6T_MODE_UNSPEC;

	nl_nested(info[IFLA_INFO_DATA], data, IFLA_M6T_MAX);
	return nl_u8(data[IFLA_M6T_MODE]);
}

struct dev_listing {
	struct follow *follow;
	bool fresh;
	int err;
};

static void dev_keep_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_LINKINFO + 1];
	struct dev_listing *listing = arg;
	struct follow_dev *dev;
	const char *name;
	uint8_t mode;
	int err = 0;

	nl_attrs(nlh, sizeof(*ifi), tb, IFLA_LINKINFO);
	mode = dev_mode(tb[IFLA_LINKINFO]);
	if (!mode)
		return;

	name = nl_string(tb[IFLA_IFNAME]);
	dev = follow_dev_find(listing->follow, name);
	if (dev)
		dev->there = ifi->ifi_index;
	if (mode != M6T_MODE_MN) {
		if (dev)
			dev->gateway = true;
		return;
	}
	if (!dev)
		dev = alias_find(listing->follow, nlh, name);
	if (!dev && listing->follow->all)
		err = follow_dev_new(listing->follow, name, false, &dev);
	/* What others follow is left to them. */
	if (err && err != -EWOULDBLOCK)
		listing->err = err;
	if (!dev)
		return;

	if (dev->dev.ifindex != (uint32_t)ifi->ifi_index) {
		dev_forget(dev, ifi->ifi_index);
		listing->fresh = true;
	}
	dev->seen = true;
	dev->up = ifi->ifi_flags & IFF_UP;
}

/**
 * follow_dev_list - see which devices there are
 * @follow: where
 * @fresh: set to whether there is one that was not there before
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int follow_dev_list(struct follow *follow, bool *fresh)
{
	struct dev_listing listing = { .follow = follow };
	struct follow_dev *dev;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	int err;

	for (dev = follow->devs; dev; dev = dev->next) {
		dev->seen = false;
		dev->there = 0;
	}

	/* Only a wish: a kernel without the module lists all links. */
	follow->rtnl.what = "cannot list the devices";
	nlh = rtnl_request(&follow->rtnl, RTM_GETLINK, NLM_F_DUMP);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, M6T_GENL_NAME);
	mnl_attr_nest_end(nlh, nest);
	err = rtnl_dump(&follow->rtnl, dev_keep_link, NULL, &listing);
	if (!err)
		err = listing.err;
	if (err)
		return err;

	dev_sweep(follow);
	for (dev = follow->devs; dev; dev = dev->next)
		if (dev->seen && !dev->make && !dev->read)
			make_adopt(follow, dev);
	*fresh = listing.fresh;
	return 0;
}

static void dev_say_path(const struct path *path)
{
	char local[INET_ADDRSTRLEN];
	char via[INET6_ADDRSTRLEN] = "";

	inet_ntop(AF_INET, &path->local, local, sizeof(local));
	if (path->family)
		inet_ntop(path->family, path->via, via, sizeof(via));
	if (!options.json) {
		printf(" link %s local %s", path->name, local);
		if (*via)
			printf(" via %s", via);
		return;
	}

	json_string("link", path->name);
	json_string("local", local);
	if (*via)
		json_string("via", via);
}

/* One line, at once: the reader may be a program that acts on it. */
static void dev_say_begin(const struct follow_dev *dev, const char *event)
{
	struct timespec now;

	if (!options.json) {
		printf("%s: %s", dev->dev.name, event);
		return;
	}

	clock_gettime(CLOCK_REALTIME, &now);
	json_open(NULL, '{');
	json_seconds("time", now.tv_sec * UINT64_C(1000000000) + now.tv_nsec);
	json_string("dev", dev->dev.name);
	json_string("event", event);
}

static void dev_say_end(void)
{
	if (options.json)
		json_close('}');
	else
		putchar('\n');
	json_flush_line();
}

static void dev_say(const struct follow_dev *dev, const char *event,
		    const struct in6_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	dev_say_begin(dev, event);
	if (addr) {
		inet_ntop(AF_INET6, addr, text, sizeof(text));
		if (options.json)
			json_string("address", text);
		else
			printf(" address %s", text);
		if (dev->path.exists)
			dev_say_path(&dev->path);
	}
	dev_say_end();
}

/**
 * follow_dev_say_gateway - tell that another gateway or port is used
 * @dev: the device
 * @endpoint: the gateway and its port
 */
void follow_dev_say_gateway(const struct follow_dev *dev,
			    const struct endpoint *endpoint)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &endpoint->addr, text, sizeof(text));
	dev_say_begin(dev, "gateway");
	if (options.json) {
		json_string("gateway", text);
		json_number("port", endpoint->port);
	} else {
		printf(" %s port %u", text, endpoint->port);
	}
	dev_say_end();
}

static uint32_t dev_metric(const struct follow_dev *dev)
{
	if (dev->metric)
		return dev->metric;

	return dev->conf ? dev->conf->metric : RTNL_METRIC;
}

static void dev_say_restored(struct follow_dev *dev)
{
	int64_t now = follow_now();

	if (dev->said && now - dev->said < DEV_SAID)
		return;
	dev->said = now;
	dev_say(dev, "restored", &dev->addr);
}

/* Where it is detached: neither address nor default route. */
static int dev_clear(struct follow *follow, struct follow_dev *dev,
		     const struct node *node)
{
	bool same = IN6_IS_ADDR_UNSPECIFIED(&dev->addr);
	bool was_clear = same && dev->settled;
	int err;

	if (same && !follow_is_due(follow, dev))
		return dev->settled ? 0 : -EAGAIN;

	err = rtnl_detach(&follow->rtnl, dev->dev.ifindex, &node->prefix);
	dev->settled = !err;
	follow_looked(dev, !err);
	if (err)
		return err;

	dev->addr = in6addr_any;
	if (!same || node->attached || (follow->rtnl.changed && !was_clear))
		dev_say(dev, "detached", NULL);
	return 0;
}

/* Where it is attached: its address, a default route, and nothing old. */
static int dev_settle(struct follow *follow, struct follow_dev *dev,
		      const struct node *node)
{
	bool same = !memcmp(&dev->addr, &node->addr, sizeof(dev->addr));
	bool was_settled = same && dev->settled;
	int err;

	if (same && !follow_is_due(follow, dev))
		return dev->settled ? 0 : -EAGAIN;

	dev->addr = node->addr;
	err = rtnl_attach(&follow->rtnl, dev->dev.ifindex, &node->addr,
			  &node->prefix, dev_metric(dev));
	dev->settled = !err;
	follow_looked(dev, !err);
	if (err)
		return err;

	if (follow->rtnl.changed && was_settled)
		dev_say_restored(dev);
	else if (follow->rtnl.changed)
		dev_say(dev, "attached", &node->addr);
	return 0;
}

/* These settings make the kernel attach anew by itself when they change. */
static bool dev_same_place(const struct node *a, const struct node *b)
{
	return a->gateway.s_addr == b->gateway.s_addr &&
	       a->local.s_addr == b->local.s_addr && a->link == b->link &&
	       a->fixed_sport == b->fixed_sport && a->port == b->port;
}

/* Whether a mobile node that has a way needs an attachment. */
static bool dev_must_attach(const struct follow_dev *dev,
			    const struct node *node, const struct path *path)
{
	if (!node->attached || dev->moved)
		return !dev->left;

	return dev->path.exists && !path_same(&dev->path, path) &&
	       dev_same_place(&dev->node, node);
}

/* A way is there. Return: 0, or a negative errno, of a request to @nl. */
static int dev_go(struct follow *follow, struct follow_dev *dev,
		  struct node *node, const struct path *path,
		  const struct nl **nl)
{
	int err;

	/* On the same way as before: it was neither us nor the kernel. */
	dev->left = !node->attached && path_same(&dev->path, path) &&
		    (dev->left || !IN6_IS_ADDR_UNSPECIFIED(&dev->addr));
	if (dev_must_attach(dev, node, path)) {
		*nl = &follow->genl.nl;
		err = node_attach(&follow->genl, &dev->dev, NULL, node);
		if (err)
			return err;
	}

	*nl = &follow->rtnl.nl;
	dev->moved = false;
	dev->node = *node;
	dev->path = *path;
	return node->attached ? dev_settle(follow, dev, node) :
				dev_clear(follow, dev, node);
}

/* There is no way. Return: as dev_go(). */
static int dev_stay(struct follow *follow, struct follow_dev *dev,
		    const struct node *node, const struct nl **nl)
{
	int err;

	dev->moved = false;
	dev->left = false;
	dev->path.exists = false;
	if (node->attached) {
		*nl = &follow->genl.nl;
		err = node_detach(&follow->genl, &dev->dev);
		if (err)
			return err;
	}

	*nl = &follow->rtnl.nl;
	return dev_clear(follow, dev, node);
}

/* Print why, once. */
static int dev_fail(struct follow *follow, struct follow_dev *dev,
		    const struct nl *nl, int err)
{
	/* Gone or down in the meantime: a message says so, too. */
	if (err == -ENODEV || err == -ENETDOWN)
		return 0;

	if (!dev->failing && nl == &follow->rtnl.nl)
		rtnl_fail(&follow->rtnl, err);
	else if (!dev->failing)
		nl_fail(nl, err, dev->dev.name);
	dev->failing = true;
	return err;
}

/**
 * follow_dev_sync - see what a device needs, and do it
 * @follow: where
 * @dev: the device, which was in the last listing
 *
 * Where the socket is in another netns, the ways from there are not known:
 * the device is as the kernel or somebody else attaches it.
 *
 * Return: 0, or a negative errno: a sentence is printed, try again later.
 */
int follow_dev_sync(struct follow *follow, struct follow_dev *dev)
{
	const struct nl *nl = &follow->genl.nl;
	struct path path = { .exists = false };
	struct node node;
	int err;

	err = node_get(&follow->genl, &dev->dev, &node);
	if (!err && !node.foreign && dev->up) {
		nl = &follow->rtnl.nl;
		err = path_find(&follow->rtnl, &node, dev->dev.ifindex, &path);
	}
	if (!err && !node.foreign && dev->up)
		err = gateways_enter(follow, dev, &node, &path);
	if (err == -EAGAIN)
		return 0;
	if (err)
		return dev_fail(follow, dev, nl, err);

	if (dev->up && (path.exists || (node.foreign && node.attached)))
		err = dev_go(follow, dev, &node, &path, &nl);
	else
		err = dev_stay(follow, dev, &node, &nl);
	if (!err) {
		nl = &follow->rtnl.nl;
		err = gateways_watch(follow, dev, &node);
	}
	if (err == -EAGAIN)
		return 0;
	if (err)
		return dev_fail(follow, dev, nl, err);

	dev->failing = false;
	return 0;
}
