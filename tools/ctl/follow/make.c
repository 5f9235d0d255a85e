// SPDX-License-Identifier: GPL-2.0
/*
 * A device that is made from a file, as soon as that is possible, and changed
 * with it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/follow/follow.h"

/* ms: who waits for us waits so long for a name at most. */
#define MAKE_PATIENCE	5000

static bool make_is_mobile(const struct follow_dev *dev)
{
	return dev->conf->mode == M6T_MODE_MN;
}

/* It is there. */
static int make_done(struct follow *follow, struct follow_dev *dev,
		     uint32_t ifindex)
{
	int err;

	/* One that was there already has what make_rebind() could set. */
	if (dev->made != ifindex)
		dev->below = conf_below(dev->conf);
	dev->made = ifindex;
	dev->waiting[0] = '\0';
	if (make_is_mobile(dev))
		return STATUS_DONE;

	err = link_routes_add(&follow->rtnl, ifindex, dev->conf);
	return err ? rtnl_fail(&follow->rtnl, err) : STATUS_DONE;
}

/*
 * The underlay device came anew: the setting is an index, the file a name.
 * Return: 0, or a negative errno: a sentence is printed, try again later.
 */
static int make_rebind(struct follow *follow, struct follow_dev *dev)
{
	uint32_t below = conf_below(dev->conf);
	int err;

	if (!below || below == dev->below)
		return 0;

	err = link_change(&follow->rtnl, dev->made, dev->conf, NULL, NULL);
	if (err && below != dev->refused)
		rtnl_fail(&follow->rtnl, err);
	dev->refused = err ? below : 0;
	if (err)
		return err;

	dev->below = below;
	follow_plan(follow, 0);
	return 0;
}

/* It was there before us, perhaps because one of us has died. */
static int make_take(struct follow *follow, struct follow_dev *dev,
		     const struct link_state *link)
{
	const char *name = dev->dev.name;
	int err;

	if (strcmp(link->name, name))
		return fail(STATUS_REFUSED,
			    "%s is an alternative name of %s: expected the name of no other device",
			    name, link->name);
	if (!link->ours)
		return fail(STATUS_REFUSED,
			    "%s is there already and is no device of type m6t: another name is allowed",
			    name);
	if (!link->same)
		return fail(STATUS_REFUSED,
			    "%s is there already with other settings than those of %s: \"m6tctl down %s\" deletes it",
			    name, dev->conf->path, name);

	if (make_is_mobile(dev) && !gateways_use(dev, &link->endpoint)) {
		gateways_set(dev, &link->endpoint.addr, 1);
		gateways_use(dev, &link->endpoint);
	}
	dev->gateways.doubt = true;
	dev->made = link->ifindex;
	dev->below = link->below;
	make_rebind(follow, dev);
	if (!link->up) {
		err = link_up(&follow->rtnl, link->ifindex);
		if (err)
			return rtnl_fail(&follow->rtnl, err);
	}

	return make_done(follow, dev, link->ifindex);
}

/* What stands in the way and may pass; true when there is such a thing. */
static bool make_is_early(struct follow_dev *dev)
{
	struct endpoint endpoint;

	if (dev->conf->link[0] && !conf_below(dev->conf)) {
		snprintf(dev->waiting, sizeof(dev->waiting),
			 "dev %.80s is not there yet", dev->conf->link);
		return true;
	}
	if (!make_is_mobile(dev) || gateways_get(dev, &endpoint))
		return false;

	if (dev->name.asked)
		snprintf(dev->waiting, sizeof(dev->waiting),
			 "gateway %.80s does not resolve yet", dev->conf->host);
	return true;
}

static int make_new(struct follow *follow, struct follow_dev *dev)
{
	struct endpoint endpoint;
	struct link_state link;
	int status;
	int err;

	gateways_get(dev, &endpoint);
	err = link_add(&follow->rtnl, dev->conf,
		       make_is_mobile(dev) ? &endpoint : NULL);
	/* It went just now. */
	if (err == -ENODEV && make_is_early(dev))
		return STATUS_DONE;
	/* At the start of the system there may be no addresses yet. */
	if (err == -EADDRNOTAVAIL) {
		snprintf(dev->waiting, sizeof(dev->waiting),
			 "local is no address of this host yet");
		return STATUS_DONE;
	}
	if (!err)
		err = link_get(&follow->rtnl, dev->dev.name, NULL, &link);
	if (err)
		return rtnl_fail(&follow->rtnl, err);

	status = make_done(follow, dev, link.ifindex);
	/* All or nothing: the next try would meet it. */
	if (status)
		link_del(&follow->rtnl, link.ifindex);
	return status;
}

/* A gateway's routes, which others may have taken. Return: as make_rebind(). */
static int make_restore(struct follow *follow, struct follow_dev *dev)
{
	int err;

	if (make_is_mobile(dev) || !follow_is_due(follow, dev))
		return 0;

	err = link_routes_add(&follow->rtnl, dev->made, dev->conf);
	/* Down or gone: a message will say when that changes. */
	if (err == -ENETDOWN || err == -ENODEV)
		err = 0;
	follow_looked(dev, !err);
	if (err && !dev->failing)
		rtnl_fail(&follow->rtnl, err);
	dev->failing = err;
	return err;
}

/**
 * make_keep - keep a device that was made as its file says
 * @follow: where
 * @dev: the device
 *
 * Return: 0, or a negative errno: a sentence is printed, try again later.
 */
int make_keep(struct follow *follow, struct follow_dev *dev)
{
	int err;

	if (!dev->made)
		return 0;

	err = make_rebind(follow, dev);
	return make_restore(follow, dev) ?: err;
}

/**
 * make_sync - make a device from its file, if that is to be done
 * @follow: where
 * @dev: the device
 *
 * Return: an enum status, with a sentence printed; what may pass is waited for.
 */
int make_sync(struct follow *follow, struct follow_dev *dev)
{
	struct link_state link;
	int err;

	if (!dev->make || dev->made)
		return STATUS_DONE;

	err = link_get(&follow->rtnl, dev->dev.name, dev->conf, &link);
	if (err)
		return rtnl_fail(&follow->rtnl, err);
	if (link.ifindex)
		return make_take(follow, dev, &link);
	if (make_is_early(dev) ||
	    (make_is_mobile(dev) && gateways_first(follow, dev)))
		return STATUS_DONE;

	return make_new(follow, dev);
}

/**
 * make_check - see that a device that was made is still there
 * @dev: the device
 *
 * Return: an enum status, with a sentence printed.
 */
int make_check(const struct follow_dev *dev)
{
	if (!dev->made || dev->there == dev->made)
		return STATUS_DONE;

	return fail(STATUS_ABSENT,
		    "%s is gone: somebody has deleted it or given it another name",
		    dev->dev.name);
}

/**
 * make_settled - whether a device is there, or is known to take longer
 * @follow: where to plan another look
 * @dev: the device
 *
 * Return: true when it is.
 */
bool make_settled(struct follow *follow, const struct follow_dev *dev)
{
	int64_t left;

	if (!dev->make || dev->made || dev->waiting[0])
		return true;

	left = dev->name.started + MAKE_PATIENCE - follow_now();
	if (dev->name.pid && left > 0)
		follow_plan(follow, left);
	return dev->name.pid && left <= 0;
}

/* The endpoint that goes with a new file: the one in use, if it may stay. */
static void make_choose(struct follow_dev *dev, const struct conf *old,
			const struct endpoint *now)
{
	if (!dev->conf->host[0])
		gateways_set(dev, &dev->conf->gateway, 1);
	else if (strcmp(dev->conf->host, old->host))
		gateways_set(dev, &now->addr, now->addr.s_addr ? 1 : 0);
	else
		gateways_set(dev, dev->gateways.addrs, dev->gateways.count);
	gateways_use(dev, now);
}

/* Return: 0, or a negative errno of a request to rtnl. */
static int make_change(struct follow *follow, struct follow_dev *dev,
		       const struct conf *old, const struct endpoint *now)
{
	struct endpoint endpoint = { .port = 0 };
	int err;

	if (make_is_mobile(dev)) {
		make_choose(dev, old, now);
		gateways_get(dev, &endpoint);
	}
	if (!dev->made)
		return 0;

	err = link_change(&follow->rtnl, dev->made, dev->conf, old,
			  make_is_mobile(dev) ? &endpoint : NULL);
	if (!err)
		dev->below = conf_below(dev->conf);
	return err;
}

/* The device is changed, and its routes could be mended by hand. */
static void make_reroute(struct follow *follow, const struct follow_dev *dev,
			 const struct conf *old)
{
	int err;

	if (!dev->made)
		return;
	if (make_is_mobile(dev))
		err = rtnl_metric(&follow->rtnl, dev->made, old->metric,
				  dev->conf->metric);
	else
		err = link_routes_add(&follow->rtnl, dev->made, dev->conf);
	if (!err && !make_is_mobile(dev))
		err = link_routes_del(&follow->rtnl, dev->made, old,
				      dev->conf);
	if (err)
		rtnl_fail(&follow->rtnl, err);
}

static int make_reread(const struct follow_dev *dev, struct conf *conf)
{
	int status = conf_load(dev->conf->path, conf);

	if (status)
		return status;
	if (conf->mode != dev->conf->mode)
		return fail(STATUS_USAGE,
			    "%s: mode cannot change while the device lives: the same one is allowed",
			    conf->path);
	if (strcmp(conf->link, dev->conf->link) && conf->link[0] &&
	    !conf_below(conf))
		return fail(STATUS_USAGE,
			    "%s: dev \"%s\" is wrong: the name of a device that exists, or any, is allowed",
			    conf->path, conf->link);

	return STATUS_DONE;
}

/**
 * make_reload - read the file of a device again, and change the device
 * @follow: where
 * @dev: the device
 *
 * What is wrong with the file is said, and then all stays as it is.
 */
void make_reload(struct follow *follow, struct follow_dev *dev)
{
	struct conf *old = dev->conf;
	struct gateways gateways = dev->gateways;
	struct conf *conf = malloc(sizeof(*conf));
	struct link_state link = { .ifindex = 0 };
	int err;

	if (!conf || make_reread(dev, conf) ||
	    link_get(&follow->rtnl, dev->dev.name, NULL, &link)) {
		free(conf);
		return;
	}

	dev->conf = conf;
	err = make_change(follow, dev, old, &link.endpoint);
	if (err) {
		rtnl_fail(&follow->rtnl, err);
		dev->conf = old;
		dev->gateways = gateways;
		free(conf);
		return;
	}

	make_reroute(follow, dev, old);
	if (strcmp(conf->host, old->host)) {
		name_stop(dev);
		dev->name.wanted = false;
		dev->name.asked = false;
		name_want(dev);
	}
	dev->waiting[0] = '\0';
	free(old);
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
	if (!dev->made)
		return STATUS_DONE;
	err = link_del(&follow->rtnl, dev->made);
	return err ? rtnl_fail(&follow->rtnl, err) : STATUS_DONE;
}

/**
 * make_adopt - see whether a device that is there has been made from a file
 * @follow: where
 * @dev: the device
 *
 * A device that was changed since, or one in another netns that only has the
 * same name, is none.
 */
void make_adopt(struct follow *follow, struct follow_dev *dev)
{
	struct link_state link;

	dev->read = true;
	if (!conf_exists(dev->dev.name))
		return;
	dev->conf = malloc(sizeof(*dev->conf));
	if (!dev->conf)
		return;

	if (!conf_load(dev->dev.name, dev->conf) && make_is_mobile(dev) &&
	    !link_get(&follow->rtnl, dev->dev.name, dev->conf, &link) &&
	    link.same) {
		gateways_set(dev, &link.endpoint.addr, 1);
		gateways_use(dev, &link.endpoint);
		return;
	}

	free(dev->conf);
	dev->conf = NULL;
}
