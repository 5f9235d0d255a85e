// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl follow: devices that are renamed, and devices that were named by an
 * alternative name.
 */
#include <unistd.h>
#include <linux/rtnetlink.h>

#include "ctl/follow/follow.h"

/* Return: false if another process follows the device under the new name. */
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
 * alias_find - find a followed device that has another name by now
 * @follow: all devices
 * @nlh: a message about a link
 * @name: the link's own name, which no followed device has
 *
 * A device created from a file is excluded, as it must have the file's name.
 *
 * Return: the device, renamed to @name, or NULL.
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
