// SPDX-License-Identifier: GPL-2.0
/*
 * When m6tctl follow asks for the addresses of a gateway's name: before a
 * device is made, and at each attachment.
 */
#include <netdb.h>

#include "ctl/follow/follow.h"

/* ms: the first wait after a failure, and the longest. */
#define NAME_RETRY	1000
#define NAME_RETRY_MAX	60000
/* ms: not sooner than this after an answer, as it may well be right. */
#define NAME_AGAIN	10000
/* ms: a process that has no answer by then has met a network that is gone. */
#define NAME_LIMIT	30000
/* ms: however often the network changes, it is not asked more often. */
#define NAME_REST	1000

/**
 * name_want - ask for the name of a device's gateway, soon
 * @dev: the device; one whose gateway has no name wants nothing
 */
void name_want(struct follow_dev *dev)
{
	struct name *name = &dev->name;

	if (!dev->conf || !dev->conf->host[0])
		return;

	name->wanted = true;
	name->unheard = false;
	name->due = follow_now();
	name->retry = NAME_RETRY;
	if (name->asked && name->due < name->started + NAME_REST)
		name->due = name->started + NAME_REST;
}

/**
 * name_again - ask once more in a while: nobody is heard at the addresses known
 * @dev: the device
 */
void name_again(struct follow_dev *dev)
{
	struct name *name = &dev->name;

	if (!dev->conf->host[0] || name->wanted || name->pid)
		return;

	if (name->retry < NAME_AGAIN)
		name->retry = NAME_AGAIN;
	name->wanted = true;
	name->unheard = true;
	name->due = name->started + name->retry;
	name->retry *= 2;
	if (name->retry > NAME_RETRY_MAX)
		name->retry = NAME_RETRY_MAX;
}

/**
 * name_heard - somebody is heard: do not ask for another, nor hear of one
 * @dev: the device
 */
void name_heard(struct follow_dev *dev)
{
	struct name *name = &dev->name;

	if (!name->unheard)
		return;

	name_stop(dev);
	name->unheard = false;
	name->wanted = false;
}

/**
 * name_stop - do not wait for an answer any more
 * @dev: the device
 */
void name_stop(struct follow_dev *dev)
{
	if (dev->name.pid)
		resolve_stop(dev->name.pid);
	dev->name.pid = 0;
}

static void name_fail(struct name *name)
{
	name->failed = true;
	name->asked = true;
	name->due = follow_now() + name->retry;
	name->retry *= 2;
	if (name->retry > NAME_RETRY_MAX)
		name->retry = NAME_RETRY_MAX;
}

/**
 * name_sync - ask if it is time to
 * @follow: where the answer goes
 * @dev: the device
 */
void name_sync(struct follow *follow, struct follow_dev *dev)
{
	struct name *name = &dev->name;
	int64_t now = follow_now();

	if (name->pid && now - name->started >= NAME_LIMIT) {
		name_stop(dev);
		name_fail(name);
	}
	if (name->wanted && !name->pid && now >= name->due) {
		name->started = now;
		name->pid = resolve_start(follow->names[1], dev->conf->host);
		if (name->pid < 0) {
			name->pid = 0;
			name_fail(name);
		}
	}

	if (name->pid)
		follow_plan(follow, name->started + NAME_LIMIT - now);
	else if (name->wanted)
		follow_plan(follow, name->due - now);
}

/**
 * name_changed - the network has changed: what failed may succeed now
 * @follow: the devices
 */
void name_changed(struct follow *follow)
{
	int64_t soonest;
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next) {
		if (!dev->name.wanted)
			continue;
		soonest = dev->name.started + NAME_REST;
		/* The one who asks may have asked whom it cannot reach. */
		if (dev->name.pid && follow_now() >= soonest)
			name_stop(dev);
		if (!dev->name.pid && dev->name.due > soonest)
			dev->name.due = soonest;
	}
}

static void name_answer(struct follow *follow, struct follow_dev *dev,
			const struct resolve_answer *answer)
{
	struct name *name = &dev->name;

	name_stop(dev);
	if (answer->error) {
		name_fail(name);
		return;
	}

	name->wanted = false;
	name->unheard = false;
	name->failed = false;
	name->asked = true;
	gateways_found(follow, dev, answer->addrs, answer->count);
}

/**
 * name_told - read the answers
 * @follow: the pipe and the devices
 *
 * Return: true when there was one.
 */
bool name_told(struct follow *follow)
{
	struct resolve_answer answer;
	struct follow_dev *dev;
	bool told = false;

	while (resolve_read(follow->names[0], &answer)) {
		told = true;
		for (dev = follow->devs; dev; dev = dev->next)
			if (dev->name.pid == answer.pid)
				name_answer(follow, dev, &answer);
	}

	return told;
}
