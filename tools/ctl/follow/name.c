// SPDX-License-Identifier: GPL-2.0
/*
 * The processes that ask for the names of gateways.
 */
#include <errno.h>

#include "ctl/follow/follow.h"

/**
 * name_ask - ask for the name of a device's gateway
 * @follow: where the answer goes
 * @dev: the device
 *
 * Return: 0, or a negative errno.
 */
int name_ask(struct follow *follow, struct follow_dev *dev)
{
	pid_t pid = resolve_start(follow->names[1], dev->facts.conf->host);

	if (pid < 0)
		return -EAGAIN;
	dev->asker = pid;
	return 0;
}

/**
 * name_stop - do not wait for an answer any more
 * @dev: the device
 */
void name_stop(struct follow_dev *dev)
{
	if (dev->asker)
		resolve_stop(dev->asker);
	dev->asker = 0;
}

/**
 * name_changed - the network has changed
 * @follow: the devices
 */
void name_changed(struct follow *follow)
{
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next)
		if (search_renew(&dev->facts, follow_now()))
			name_stop(dev);
}

static void name_answer(struct follow *follow, struct follow_dev *dev,
			const struct resolve_answer *answer)
{
	name_stop(dev);
	search_answered(&dev->facts, follow_now(), answer);
	if (dev->facts.gateways.gone)
		follow_plan(follow, 0);
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
			if (dev->asker == answer.pid)
				name_answer(follow, dev, &answer);
	}

	return told;
}
