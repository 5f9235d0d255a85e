// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl follow
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "follow.h"

/* ms: messages come in bursts; look when one should be over. */
#define FOLLOW_SETTLE	15
/* ms: what was refused is tried again, first and last interval. */
#define FOLLOW_RETRY	1000
#define FOLLOW_RETRY_MAX	60000

enum follow_fd {
	FOLLOW_SIGNALS,
	FOLLOW_CLOCK,
	FOLLOW_LINKS,
	FOLLOW_EVENTS,
	FOLLOW_FDS,
};

static struct follow follow;
static int64_t follow_due = -1;	/* when to look at all, ms; -1: no need */
static int follow_retry = FOLLOW_RETRY;

static int64_t follow_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Look at all in so many ms, or before. */
static void follow_plan(int ms)
{
	int64_t due = follow_now() + ms;

	if (follow_due < 0 || due < follow_due)
		follow_due = due;
}

static void follow_plan_retry(void)
{
	follow_plan(follow_retry);
	follow_retry *= 2;
	if (follow_retry > FOLLOW_RETRY_MAX)
		follow_retry = FOLLOW_RETRY_MAX;
}

static bool follow_has_device(void)
{
	struct follow_dev *dev;

	for (dev = follow.devs; dev; dev = dev->next)
		if (dev->seen)
			return true;

	return false;
}

/*
 * See which devices there are and listen to them. Return: an enum status;
 * what may pass is tried again later.
 */
static int follow_list(void)
{
	bool fresh = false;
	int status;
	int err;

	err = follow_dev_list(&follow, &fresh);
	if (err) {
		rtnl_fail(&follow.rtnl, err);
		follow_plan_retry();
		return STATUS_DONE;
	}
	if (!follow_has_device()) {
		watch_no_events(&follow);
		return STATUS_DONE;
	}
	if (!fresh && follow.has_genl)
		return STATUS_DONE;

	status = watch_events(&follow);
	if (!status || follow.has_genl)
		return status;
	/* The module may have gone in the meantime. */
	follow_plan_retry();
	return STATUS_DONE;
}

/* Look at everything and do what is needed. Return: an enum status. */
static int follow_sync(void)
{
	struct follow_dev *dev;
	bool failed = false;
	int status;

	follow_due = -1;
	status = follow_list();
	if (status || !follow.has_genl)
		return status;

	for (dev = follow.devs; dev; dev = dev->next)
		if (dev->seen && follow_dev_sync(&follow, dev))
			failed = true;
	if (failed)
		follow_plan_retry();
	else if (follow_due < 0)
		follow_retry = FOLLOW_RETRY;

	return STATUS_DONE;
}

static void follow_wake(const struct pollfd *fds)
{
	struct follow_dev *dev;
	bool told;

	if (fds[FOLLOW_CLOCK].revents)
		watch_clock_arm(fds[FOLLOW_CLOCK].fd);
	told = watch_links_told(&follow);
	told |= watch_events_told(&follow);
	if (watch_slept(&follow)) {
		for (dev = follow.devs; dev; dev = dev->next)
			dev->moved = true;
		told = true;
	}
	if (told)
		follow_plan(FOLLOW_SETTLE);
}

static int follow_timeout(void)
{
	int64_t left = follow_due - follow_now();

	if (follow_due < 0)
		return -1;

	return left > 0 ? left : 0;
}

static int follow_loop(struct pollfd *fds)
{
	int status;

	while (!ferror(stdout)) {
		fds[FOLLOW_LINKS].fd = mnl_socket_get_fd(follow.links.sock);
		fds[FOLLOW_EVENTS].fd = follow.has_genl ?
			mnl_socket_get_fd(follow.events.nl.sock) : -1;
		if (poll(fds, FOLLOW_FDS, follow_timeout()) < 0 &&
		    errno != EINTR)
			return fail(STATUS_REFUSED, "cannot wait: %s",
				    strerror(errno));

		if (fds[FOLLOW_SIGNALS].revents)
			return STATUS_DONE;
		follow_wake(fds);
		if (follow_timeout())
			continue;
		status = follow_sync();
		if (status)
			return status;
	}

	return fail(STATUS_REFUSED, "cannot write: %s", strerror(errno));
}

static int follow_mistaken(const struct follow_dev *dev)
{
	if (dev->gateway)
		return fail_plain(STATUS_REFUSED,
				  "m6t: only a device of mode mn attaches");

	return fail(STATUS_ABSENT,
		    "%s is no device of type m6t: one of \"m6tctl show\" is allowed",
		    dev->dev.name);
}

/* Look for the first time: a name that something else has is a mistake. */
static int follow_first(void)
{
	struct follow_dev *dev;
	int status;

	watch_slept(&follow);
	/* Before and after: the device may come just now. */
	for (dev = follow.devs; dev; dev = dev->next)
		dev->start = if_nametoindex(dev->dev.name);
	status = follow_sync();
	for (dev = follow.devs; !status && dev; dev = dev->next)
		if (!dev->seen && dev->start &&
		    dev->start == if_nametoindex(dev->dev.name))
			status = follow_mistaken(dev);

	return status;
}

static int follow_run(void)
{
	struct pollfd fds[FOLLOW_FDS];
	int status;
	int i;

	for (i = 0; i < FOLLOW_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	fds[FOLLOW_SIGNALS].fd = watch_signals();
	if (fds[FOLLOW_SIGNALS].fd < 0)
		return STATUS_REFUSED;
	fds[FOLLOW_CLOCK].fd = watch_clock();

	/* Listen before looking: what changes in between is told. */
	status = watch_open(&follow);
	if (!status)
		status = follow_first();
	if (!status)
		status = follow_loop(fds);

	return status;
}

/* The value of one "dev": unlike elsewhere, it need not exist. */
static int follow_word(const struct word *word, const char *arg)
{
	struct device *dev = word->to;
	int status = word_device(word, arg);
	struct follow_dev *made;
	int err;

	if (status)
		return status;
	if (follow_dev_find(&follow, dev->name))
		return fail(STATUS_USAGE, "dev %s is given twice: once is allowed",
			    dev->name);
	err = follow_dev_new(&follow, dev->name, true, &made);
	return err ? watch_lock_fail(err, dev->name) : STATUS_DONE;
}

static int follow_words(const struct command *command, int argc, char **argv)
{
	int status = STATUS_DONE;
	struct device dev;

	/* Each "dev NAME" by itself, as there may be many. */
	for (; argc > 0 && !status; argc -= 2, argv += 2) {
		struct word words[] = {
			{ .name = "dev", .what = "NAME", .parse = follow_word,
			  .to = &dev },
			{ .what = NULL }
		};

		status = words_parse(command, words, argc < 2 ? argc : 2,
				     argv);
	}

	return status;
}

/**
 * cmd_follow - keep mobile nodes attached until interrupted
 * @command: the command
 * @argc: number of words
 * @argv: the words
 *
 * Return: an enum status.
 */
int cmd_follow(const struct command *command, int argc, char **argv)
{
	int status;

	status = follow_words(command, argc, argv);
	if (status)
		return status;

	follow.all = !follow.devs;
	if (follow.all) {
		follow.lock = watch_lock("");
		if (follow.lock < 0)
			return watch_lock_fail(follow.lock, "all mobile nodes");
	}

	/* Nothing is printed yet: this only chooses one line an event. */
	json_flush_line();
	return follow_run();
}
