// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl follow: devices that get another name, and devices that were named by an
 * alternative one.
 */
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "ctl/follow/follow.h"

/* Return: false where somebody else follows the device of the new name. */
static bool alias_rename(struct follow_dev *dev, const char *name)
{
	int lock = lock_take(name);

	if (lock < 0)
		return false;

	close(dev->lock);
	dev->lock = lock;
	snprintf(dev->dev.name, sizeof(dev->dev.name), "%s", name);
	return true;
}

/**
 * alias_find - find a device that has not the name by which it is followed
 * @follow: where
 * @nlh: a message about the link
 * @name: its own name, which no device that is followed has
 *
 * One that is made from a file has the name of that.
 *
 * Return: the device, which has that name from now on, or NULL.
 */
struct follow_dev *alias_find(struct follow *follow, const struct nlmsghdr *nlh,
			      const char *name)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next) {
		if (dev->facts.make)
			continue;
		if (dev->dev.ifindex ?
		    dev->dev.ifindex == (uint32_t)ifi->ifi_index :
		    dev->typed && names_has(nlh, dev->typed))
			return alias_rename(dev, name) ? dev : NULL;
	}

	return NULL;
}
