// SPDX-License-Identifier: GPL-2.0
/*
 * Create a device from its file, or take over an existing one.
 */
#include <errno.h>
#include <string.h>

#include "ctl/follow/follow.h"

/**
 * make_take - check if an existing device matches the file
 * @dev: the device to be created
 * @link: the existing one, perhaps left behind by a process that was killed
 *
 * Return: an enum status; an error was printed.
 */
int make_take(const struct follow_dev *dev, const struct link_state *link)
{
	const char *name = dev->dev.name;

	if (strcmp(link->name, name))
		return fail(STATUS_REFUSED,
			    "%s is an alternative name of %s: expected the name of no other device",
			    name, link->name);
	if (!link->ours)
		return fail(STATUS_REFUSED,
			    "%s exists already and is not a device of type m6t: expected another name",
			    name);
	if (!link->same)
		return fail(STATUS_REFUSED,
			    "%s exists already with settings other than those of %s (delete it with \"m6tctl down %s\")",
			    name, dev->facts.conf->path, name);

	return STATUS_DONE;
}

/* Check if a failure is transient, so that it makes sense to wait. */
static bool make_may_pass(const struct facts *facts, struct view *view,
			  int err)
{
	/* At boot there may be no addresses yet. */
	if (err == -EADDRNOTAVAIL)
		return true;
	if (err != -ENODEV || !facts->conf->link[0])
		return false;

	/* The link may have been removed just now. */
	view->below = conf_below(facts->conf);
	return !view->below;
}

/* Add the routes of a gateway. Return: an enum status; an error was printed. */
static int make_routes(struct follow *follow, const struct facts *facts,
		       uint32_t ifindex)
{
	int status;
	int err;

	if (make_is_mobile(facts))
		return STATUS_DONE;

	err = link_routes_add(&follow->rtnl, ifindex, facts->conf);
	if (!err)
		return STATUS_DONE;

	status = rtnl_fail(&follow->rtnl, err);
	/* All or nothing: the next attempt would find the device. */
	link_del(&follow->rtnl, ifindex);
	return status;
}

/**
 * make_new - create a device
 * @follow: all devices
 * @dev: the device
 * @view: updated with the new device
 * @early: set to a negative errno if it cannot be created yet
 *
 * Return: an enum status; an error was printed, and retrying would not help.
 */
int make_new(struct follow *follow, const struct follow_dev *dev,
	     struct view *view, int *early)
{
	const struct facts *facts = &dev->facts;
	struct rtnl *rtnl = &follow->rtnl;
	struct endpoint endpoint;
	int err;

	*early = 0;
	gateways_get(facts, &endpoint);
	err = link_add(rtnl, facts->conf,
		       make_is_mobile(facts) ? &endpoint : NULL);
	if (err && make_may_pass(facts, view, err)) {
		*early = err;
		return STATUS_DONE;
	}
	if (err)
		return rtnl_fail(rtnl, err);
	err = link_get(rtnl, dev->dev.name, NULL, &view->link);
	if (err)
		return rtnl_fail(rtnl, err);

	return make_routes(follow, facts, view->link.ifindex);
}

/**
 * make_end - delete a device that was created
 * @follow: all devices
 * @dev: the device
 *
 * Return: an enum status; an error was printed.
 */
int make_end(struct follow *follow, struct follow_dev *dev)
{
	int err;

	name_stop(dev);
	if (!dev->facts.made)
		return STATUS_DONE;
	err = link_del(&follow->rtnl, dev->facts.made);
	return err ? rtnl_fail(&follow->rtnl, err) : STATUS_DONE;
}
