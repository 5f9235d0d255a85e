// SPDX-License-Identifier: GPL-2.0
/*
 * Read the file of a followed device, for the first time or again.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/follow/follow.h"

/* Choose the endpoint after the file has changed: the current one, if the new
 * file contains it.
 */
static void reload_choose(struct facts *facts, const struct conf *old,
			  const struct endpoint *now)
{
	struct gateways *gw = &facts->gateways;

	if (!facts->conf->host[0])
		gateways_set(facts, &facts->conf->gateway, 1);
	else if (strcmp(facts->conf->host, old->host))
		gateways_set(facts, &now->addr, now->addr.s_addr ? 1 : 0);
	else
		gateways_set(facts, gw->addrs, gw->count);
	gateways_use(facts, now);
	gw->gone = false;
}

/* Return: 0, or a negative errno of a request to rtnl. */
static int reload_change(struct follow *follow, struct facts *facts,
			 const struct conf *old, const struct endpoint *now)
{
	struct endpoint endpoint = { .port = 0 };
	bool mobile = make_is_mobile(facts);
	int err;

	if (mobile) {
		reload_choose(facts, old, now);
		gateways_get(facts, &endpoint);
	}
	if (!facts->made)
		return 0;

	err = link_change(&follow->rtnl, facts->made, facts->conf, old,
			  mobile ? &endpoint : NULL);
	if (err)
		return err;

	facts->below = conf_below(facts->conf);
	return 0;
}

/* Return: 0, or a negative errno of a request to rtnl. */
static int reload_routes(struct follow *follow, const struct facts *facts,
			 const struct conf *old)
{
	int err;

	if (!facts->made)
		return 0;
	if (make_is_mobile(facts))
		return rtnl_metric(&follow->rtnl, facts->made, old->metric,
				   facts->conf->metric);

	err = link_routes_add(&follow->rtnl, facts->made, facts->conf);
	if (err)
		return err;
	return link_routes_del(&follow->rtnl, facts->made, old, facts->conf);
}

static int reload_read(const struct conf *old, struct conf *conf)
{
	int status = conf_load(old->path, conf);

	if (status)
		return status;
	if (conf->mode != old->mode)
		return fail(STATUS_USAGE,
			    "%s: mode cannot change while the device exists: expected the same one",
			    conf->path);
	if (strcmp(conf->link, old->link) && conf->link[0] &&
	    !conf_below(conf))
		return fail(STATUS_USAGE,
			    "%s: dev \"%s\" is wrong: expected the name of an existing device, or any",
			    conf->path, conf->link);

	return STATUS_DONE;
}

/* Return: true if the device now matches the new file. */
static bool reload_apply(struct follow *follow, struct follow_dev *dev,
			 struct conf *conf)
{
	struct link_state link = { .ifindex = 0 };
	struct facts *facts = &dev->facts;
	struct gateways gateways = facts->gateways;
	struct conf *old = facts->conf;
	int err;

	if (link_get(&follow->rtnl, dev->dev.name, NULL, &link))
		return false;

	facts->conf = conf;
	err = reload_change(follow, facts, old, &link.endpoint);
	if (!err)
		return true;

	rtnl_fail(&follow->rtnl, err);
	facts->conf = old;
	facts->gateways = gateways;
	return false;
}

/**
 * reload_file - read the file of a device again, and change the device
 * @follow: all devices
 * @dev: the device
 *
 * If the file has an error, it is printed and nothing changes.
 */
void reload_file(struct follow *follow, struct follow_dev *dev)
{
	struct facts *facts = &dev->facts;
	struct conf *old = facts->conf;
	struct conf *conf = malloc(sizeof(*conf));
	int err;

	if (!conf || reload_read(old, conf) ||
	    !reload_apply(follow, dev, conf)) {
		free(conf);
		return;
	}

	/* The device has been changed; its routes could be fixed by hand. */
	err = reload_routes(follow, facts, old);
	if (err)
		rtnl_fail(&follow->rtnl, err);
	if (strcmp(conf->host, old->host)) {
		name_stop(dev);
		search_forget(facts);
		search_want(facts, follow_now());
	}
	facts->waiting = MAKE_NO_REASON;
	free(old);
}

/* Check if an existing device matches its file. */
static bool reload_fits(struct follow *follow, struct follow_dev *dev,
			struct conf *conf)
{
	struct link_state link;

	if (conf_load(dev->dev.name, conf) || conf->mode != M6T_MODE_MN ||
	    link_get(&follow->rtnl, dev->dev.name, conf, &link) || !link.same)
		return false;

	dev->facts.conf = conf;
	gateways_set(&dev->facts, &link.endpoint.addr, 1);
	gateways_use(&dev->facts, &link.endpoint);
	return true;
}

/**
 * reload_first - find out if a device was created from a file
 * @follow: all devices
 * @dev: the device
 *
 * A device that was changed since does not count, and neither does one in
 * another netns that happens to have the same name.
 */
void reload_first(struct follow *follow, struct follow_dev *dev)
{
	struct conf *conf;

	dev->read = true;
	if (!conf_exists(dev->dev.name))
		return;

	conf = malloc(sizeof(*conf));
	if (conf && !reload_fits(follow, dev, conf))
		free(conf);
}
