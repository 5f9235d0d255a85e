// SPDX-License-Identifier: GPL-2.0
/*
 * The processes that look up the names of gateways.
 */
#include <errno.h>

#include "ctl/follow/follow.h"

/**
 * name_ask - start to look up the name of a device's gateway
 * @follow: all devices, and the pipe for the answer
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
 * name_stop - stop looking up the name of a device's gateway
 * @dev: the device
 */
void name_stop(struct follow_dev *dev)
{
	if (dev->asker)
		resolve_stop(dev->asker);
	dev->asker = 0;
}

/**
 * name_changed - look up names again if that may succeed now, as the network
 *	has changed
 * @follow: all devices
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
 * @follow: all devices, and the pipe
 *
 * Return: true if there was one.
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
