// SPDX-License-Identifier: GPL-2.0
/*
 * A device that is made from a file, or taken over.
 */
#include <errno.h>
#include <string.h>

#include "ctl/follow/follow.h"

/**
 * make_take - see whether a device that is there is the file's
 * @dev: what is to be made
 * @link: what is there, perhaps because one of us has died
 *
 * Return: an enum status, with a sentence printed.
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

/* What may pass: it is waited for. */
static bool make_may_pass(const struct facts *facts, struct view *view,
			  int err)
{
	/* At the start of the system there may be no addresses yet. */
	if (err == -EADDRNOTAVAIL)
		return true;
	if (err != -ENODEV || !facts->conf->link[0])
		return false;

	/* It may have gone just now. */
	view->below = conf_below(facts->conf);
	return !view->below;
}

/* A gateway's. Return: an enum status, with a sentence printed. */
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
	/* All or nothing: the next try would meet it. */
	link_del(&follow->rtnl, ifindex);
	return status;
}

/**
 * make_new - make a device
 * @follow: where
 * @dev: the device
 * @view: changed to what is there
 * @early: set to a negative errno where it is too early
 *
 * Return: an enum status, with a sentence printed: there is no hope.
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
 * make_end - delete a device that was made
 * @follow: where
 * @dev: the device
 *
 * Return: an enum status, with a sentence printed.
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
