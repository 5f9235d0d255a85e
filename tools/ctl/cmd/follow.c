// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl follow
 */
#include <string.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/follow/follow.h"
#include "ctl/lock.h"
#include "ctl/words.h"
#include "lib/json.h"
#include "lib/names.h"
#include "lib/say.h"

static struct follow follow;

/* The value of one "dev": unlike elsewhere, the device need not exist. */
static int follow_word(const struct word *word, const char *arg)
{
	struct device *dev = word->to;
	int status = word_device(word, arg);

	if (status)
		return status;
	if (!names_find(arg, dev->name)) {
		/* A name too long for a device's own is an alternative one, and
		 * must exist.
		 */
		if (strlen(arg) >= sizeof(dev->name))
			return fail(STATUS_ABSENT,
				    "no such device \"%s\" (see \"m6tctl show\")",
				    arg);
		strcpy(dev->name, arg);
	}
	if (follow_dev_find(&follow, dev->name))
		return fail(STATUS_USAGE, "dev %s is given more than once",
			    arg);

	return STATUS_DONE;
}

static int follow_take(const struct device *dev)
{
	struct follow_dev *made;
	int err;

	err = follow_dev_new(&follow, dev->name, true, &made);
	if (err)
		return lock_fail(err, dev->name);

	made->typed = dev->typed;
	return STATUS_DONE;
}

/* Get the number of arguments that belong to the first device. */
static int follow_count(int argc, char **argv)
{
	int count;

	for (count = 1; count < argc && count < 4; count++)
		if (count % 2 == 0 && !strcmp(argv[count], "dev"))
			break;

	return argc < count ? argc : count;
}

static int follow_words(const struct command *command, int argc, char **argv)
{
	uint32_t metric = 0;
	struct device dev;
	int status;
	int count;

	/* Parse each "dev NAME" separately, as there may be many. */
	for (; argc > 0; argc -= count, argv += count) {
		struct word words[] = {
			{ .name = "dev", .what = "NAME", .parse = follow_word,
			  .to = &dev, .required = true },
			{ .name = "metric", .what = "N", .parse = word_metric,
			  .to = &metric },
			{ .what = NULL }
		};

		count = follow_count(argc, argv);
		status = words_parse(command, words, count, argv);
		if (status)
			return status;
		status = follow_take(&dev);
		if (status)
			return status;
		if (words[1].given)
			follow.devs->metric = metric;
	}

	return STATUS_DONE;
}

/**
 * cmd_follow - keep mobile nodes attached until interrupted
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
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
		follow.lock = lock_take("");
		if (follow.lock < 0)
			return lock_fail(follow.lock, "all mobile nodes");
	}

	/* Nothing is printed yet: this only selects one line per event. */
	json_flush_line();
	return follow_run(&follow);
}
