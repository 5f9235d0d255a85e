// SPDX-License-Identifier: GPL-2.0
/*
 * The devices that m6tctl follow keeps attached.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "ctl/follow/follow.h"

/**
 * follow_dev_find - find a device by its name
 * @follow: all devices
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
 * follow_dev_new - start to follow a device
 * @follow: all devices
 * @name: the name of the device, which need not exist
 * @named: keep following it if it is removed
 * @made: set to the device
 *
 * Return: 0, or a negative errno; -EWOULDBLOCK: another process follows it.
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

/* Reset a device, because the name belongs to another one now, or to none. */
static void dev_forget(struct follow_dev *dev, uint32_t ifindex)
{
	dev->dev.ifindex = ifindex;
	if (!dev->facts.make) {
		name_stop(dev);
		free(dev->facts.conf);
		dev->read = false;
	}
	facts_forget(&dev->facts);
}

/* Drop devices that no longer exist, except the named ones. */
static void dev_sweep(struct follow *follow)
{
	struct follow_dev **at = &follow->devs;
	struct follow_dev *dev;

	while ((dev = *at)) {
		/* Another device may have the name that the user typed. */
		if (!dev->seen && dev->dev.ifindex && dev->typed)
			follow_plan(follow, 0);
		/* A gateway that we created exists, although it is
		 * never seen.
		 */
		if (!dev->seen &&
		    (!dev->facts.made || dev->there != dev->facts.made))
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

/* Mode of a link of type m6t; 0 for any other link. */
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
	/* Devices that other processes follow are left to them. */
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
 * follow_dev_list - find out which devices exist
 * @follow: all devices
 * @fresh: set to true if there is a new one
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

	/* The filter is only a hint: a kernel without the module lists all
	 * links.
	 */
	follow->rtnl.what = "cannot list the devices";
	nlh = rtnl_request(&follow->rtnl, RTM_GETLINK, NLM_F_DUMP);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, M6T_GENL_NAME);
	mnl_attr_nest_end(nlh, nest);
	err = rtnl_dump(&follow->rtnl, dev_keep_link, NULL, &listing);
	if (err)
		return err;
	if (listing.err)
		return listing.err;

	dev_sweep(follow);
	for (dev = follow->devs; dev; dev = dev->next)
		if (dev->seen && !dev->facts.make && !dev->read)
			reload_first(follow, dev);
	*fresh = listing.fresh;
	return 0;
}
