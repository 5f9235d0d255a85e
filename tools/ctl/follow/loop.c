// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl follow: wait until something has changed, and look at all devices.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "ctl/follow/follow.h"
#include "lib/notify.h"

/* ms until what was refused is tried again, first and last interval. */
#define FOLLOW_RETRY	1000
#define FOLLOW_RETRY_MAX	60000

enum follow_fd {
	FOLLOW_SIGNALS,
	FOLLOW_NAMES,
	FOLLOW_CLOCK,
	FOLLOW_LINKS,
	FOLLOW_EVENTS,
	FOLLOW_FDS,
};

/* After a look at all devices: increase the wait if something has failed. */
static void follow_set_retry(struct follow *follow)
{
	follow->retry = follow->failed ? follow->retry * 2 : FOLLOW_RETRY;
	if (follow->retry > FOLLOW_RETRY_MAX)
		follow->retry = FOLLOW_RETRY_MAX;
	follow->failed = false;
}

static bool follow_has_device(const struct follow *follow)
{
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next)
		if (dev->seen)
			return true;

	return false;
}

/*
 * List the devices and open the sockets to listen to them. Return: an enum
 * status; transient failures are retried later and are not errors.
 */
static int follow_list(struct follow *follow)
{
	bool fresh = false;
	int status;
	int err;

	err = follow_dev_list(follow, &fresh);
	follow->listed = !err;
	if (err) {
		rtnl_fail(&follow->rtnl, err);
		follow_plan_retry(follow);
		return STATUS_DONE;
	}
	if (!follow_has_device(follow)) {
		watch_no_events(follow);
		return STATUS_DONE;
	}
	if (!fresh && follow->has_genl)
		return STATUS_DONE;

	status = watch_events(follow);
	if (!status || follow->has_genl)
		return status;
	/* The module may have been unloaded meanwhile. */
	follow_plan_retry(follow);
	return STATUS_DONE;
}

static int follow_keep_locks(struct follow *follow)
{
	struct follow_dev *dev;
	int status;

	if (follow->all) {
		status = lock_keep(&follow->lock, "", false);
		if (status)
			return status;
	}
	for (dev = follow->devs; dev; dev = dev->next) {
		status = lock_keep(&dev->lock, dev->dev.name, dev->facts.make);
		if (status)
			return status;
	}

	return STATUS_DONE;
}

/* Look at the devices that are still to be created, or at all others. */
static int follow_act_on(struct follow *follow, bool make)
{
	struct follow_dev *dev;
	int status;

	for (dev = follow->devs; dev; dev = dev->next) {
		if (make_is_due(&dev->facts) != make)
			continue;
		status = follow_act(follow, dev);
		if (status)
			return status;
	}

	return STATUS_DONE;
}

/* Look at all devices and do what they need. Return: an enum status. */
static int follow_sync(struct follow *follow)
{
	int status;

	follow->due = -1;
	follow->listed = false;
	status = follow_keep_locks(follow);
	if (status)
		return status;
	/* Create devices before listing them. */
	status = follow_act_on(follow, true);
	if (status)
		return status;
	status = follow_list(follow);
	if (status)
		return status;
	status = follow_act_on(follow, false);
	if (status)
		return status;

	follow_set_retry(follow);
	if (follow->tell)
		follow->tell(follow);
	return STATUS_DONE;
}

/* ms until @due; negative: never. */
static int follow_left(int64_t due)
{
	int64_t left = due - follow_now();

	if (due < 0)
		return -1;

	return left > 0 ? left : 0;
}

static void follow_wake(struct follow *follow, const struct pollfd *fds)
{
	struct follow_dev *dev;
	bool told;

	if (fds[FOLLOW_CLOCK].revents)
		watch_clock_arm(fds[FOLLOW_CLOCK].fd);
	told = !follow_left(follow->listen) && watch_links_told(follow);
	if (fds[FOLLOW_LINKS].revents)
		follow->listen = follow_now() + FOLLOW_SETTLE;
	if (told)
		name_changed(follow);
	told |= watch_events_told(follow);
	told |= name_told(follow);
	if (watch_slept(follow)) {
		for (dev = follow->devs; dev; dev = dev->next)
			dev->facts.slept = true;
		told = true;
	}
	if (told)
		follow_plan(follow, FOLLOW_SETTLE);
}

/*
 * Wait until there is something to do. Messages that follow others closely are
 * read together after a while, rather than one at a time.
 */
static int follow_wait(struct follow *follow, struct pollfd *fds)
{
	int timeout = follow_left(follow->due);
	int deaf = follow_left(follow->listen);

	fds[FOLLOW_LINKS].fd = mnl_socket_get_fd(follow->links.sock);
	fds[FOLLOW_EVENTS].fd = follow->has_genl ?
		mnl_socket_get_fd(follow->events.nl.sock) : -1;
	if (deaf) {
		fds[FOLLOW_LINKS].fd = -1;
		if (timeout < 0 || deaf < timeout)
			timeout = deaf;
	}

	return poll(fds, FOLLOW_FDS, timeout);
}

/* SIGHUP, which is handled only if devices are created from files. */
static void follow_reload(struct follow *follow)
{
	struct follow_dev *dev;

	notify("RELOADING=1");
	for (dev = follow->devs; dev; dev = dev->next)
		if (dev->facts.make)
			reload_file(follow, dev);
	notify("READY=1");
	follow_plan(follow, 0);
}

/* Return: true if the program is to end. */
static bool follow_signals(struct follow *follow, int fd)
{
	int number;

	while ((number = watch_signal(fd))) {
		if (number != SIGHUP)
			return true;
		follow_reload(follow);
	}

	return false;
}

static int follow_loop(struct follow *follow, struct pollfd *fds)
{
	int status;

	while (!ferror(stdout)) {
		if (follow_wait(follow, fds) < 0 && errno != EINTR)
			return fail(STATUS_REFUSED, "cannot wait: %s",
				    strerror(errno));

		if (follow_signals(follow, fds[FOLLOW_SIGNALS].fd))
			return STATUS_DONE;
		follow_wake(follow, fds);
		if (follow_left(follow->due))
			continue;
		status = follow_sync(follow);
		if (status)
			return status;
	}

	return fail(STATUS_REFUSED, "cannot write: %s", strerror(errno));
}

static int follow_mistaken(const struct follow_dev *dev)
{
	if (dev->gateway)
		return fail_plain(STATUS_REFUSED,
				  "m6t: only a device of mode mn can attach");

	return fail(STATUS_ABSENT,
		    "%s is not a device of type m6t (see \"m6tctl show\")",
		    dev->dev.name);
}

/* The first look: a name that belongs to another type of device is an error. */
static int follow_first(struct follow *follow)
{
	struct follow_dev *dev;
	int status;

	watch_slept(follow);
	/* Compare before and after, as the device may be created just now. */
	for (dev = follow->devs; dev; dev = dev->next)
		dev->start = if_nametoindex(dev->dev.name);
	status = follow_sync(follow);
	if (status)
		return status;
	for (dev = follow->devs; dev; dev = dev->next)
		if (!dev->seen && !dev->facts.make && dev->start &&
		    dev->start == if_nametoindex(dev->dev.name))
			return follow_mistaken(dev);

	return STATUS_DONE;
}

/**
 * follow_run - follow devices until a signal arrives
 * @follow: the devices; all other members are set here
 *
 * Return: an enum status; %STATUS_DONE after a signal.
 */
int follow_run(struct follow *follow)
{
	struct pollfd fds[FOLLOW_FDS];
	int status;
	int i;

	for (i = 0; i < FOLLOW_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FOLLOW_SIGNALS].fd = watch_signals(!!follow->tell);
	if (fds[FOLLOW_SIGNALS].fd < 0)
		return STATUS_REFUSED;
	fds[FOLLOW_CLOCK].fd = watch_clock();

	/* Listen before looking, so that changes in between are reported. */
	follow->due = -1;
	follow->retry = FOLLOW_RETRY;
	status = watch_open(follow);
	if (status)
		return status;
	fds[FOLLOW_NAMES].fd = follow->names[0];
	status = follow_first(follow);
	if (status)
		return status;

	return follow_loop(follow, fds);
}
