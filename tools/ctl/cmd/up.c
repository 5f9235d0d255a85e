// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl up
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/conf/conf.h"
#include "ctl/daemon.h"
#include "ctl/follow/follow.h"
#include "ctl/link.h"
#include "ctl/lock.h"
#include "ctl/print.h"
#include "lib/json.h"
#include "lib/notify.h"
#include "lib/netlink/rtnl.h"
#include "lib/say.h"

static struct follow follow;
static bool up_is_ready;

/* How a device is, for people. */
static void up_describe(const struct follow_dev *dev, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	if (!dev->made && dev->waiting[0]) {
		snprintf(text, size, "waiting: %s", dev->waiting);
	} else if (!dev->made) {
		snprintf(text, size, "asking for %.80s", dev->conf->host);
	} else if (dev->conf->mode == M6T_MODE_GW) {
		snprintf(text, size, "gateway");
	} else if (!dev->settled || IN6_IS_ADDR_UNSPECIFIED(&dev->addr)) {
		snprintf(text, size, "not attached");
	} else {
		inet_ntop(AF_INET6, &dev->addr, addr, sizeof(addr));
		snprintf(text, size, "attached, address %s", addr);
	}
}

/* After each look: is there news for those who started us? */
static void up_tell(struct follow *all)
{
	static char last[256];
	const struct follow_dev *dev = all->devs;
	char text[200], state[256];
	bool ready = !up_is_ready && make_settled(all, dev);

	up_describe(dev, text, sizeof(text));
	if (ready && dev->waiting[0])
		fail(STATUS_DONE, "%s: %s", dev->dev.name, dev->waiting);
	snprintf(state, sizeof(state), "%sSTATUS=%s", ready ? "READY=1\n" : "",
		 text);
	if (strcmp(state, last))
		notify(state);
	strcpy(last, state);
	if (!ready)
		return;

	up_is_ready = true;
	daemon_tell(STATUS_DONE);
}

/* Lock the device, which tells whether somebody is at work on it. */
static int up_begin(struct conf *conf, struct follow_dev **dev)
{
	int err = follow_dev_new(&follow, conf->name, true, dev);

	if (err == -EWOULDBLOCK && lock_owner(conf->name))
		return fail(STATUS_REFUSED,
			    "%s is up already: \"m6tctl down %s\" is allowed",
			    conf->name, conf->name);
	if (err)
		return lock_fail(err, conf->name);

	(*dev)->conf = conf;
	(*dev)->make = true;
	if (conf->mode == M6T_MODE_MN && !conf->host[0])
		gateways_set(*dev, &conf->gateway, 1);
	name_want(*dev);
	return STATUS_DONE;
}

/* A gateway needs nobody to look after it. */
static int up_once(struct follow_dev *dev)
{
	struct link_state link;
	int status;
	int err;

	status = rtnl_open(&follow.rtnl);
	if (status)
		return status;

	err = link_get(&follow.rtnl, dev->dev.name, dev->conf, &link);
	if (err)
		status = rtnl_fail(&follow.rtnl, err);
	else if (link.same && link.up)
		status = fail(STATUS_REFUSED,
			      "%s is up already: \"m6tctl down %s\" is allowed",
			      dev->dev.name, dev->dev.name);
	else
		status = make_sync(&follow, dev);
	if (!status && !dev->made)
		status = fail(STATUS_REFUSED, "%s: %s", dev->conf->path,
			      dev->waiting);

	rtnl_close(&follow.rtnl);
	return status;
}

static int up_stay(struct follow_dev *dev, bool foreground)
{
	int status;

	if (!foreground && daemon_begin(&status, dev->lock))
		return status;

	lock_sign(dev->lock);
	/* Nothing is printed yet: this only chooses one line an event. */
	json_flush_line();
	follow.tell = up_tell;
	status = follow_run(&follow);
	if (!status)
		status = make_end(&follow, dev);
	notify("STOPPING=1");
	daemon_tell(status);
	return status;
}

static int up_words(const struct command *command, int argc, char **argv,
		    bool *foreground)
{
	if (!argc)
		return fail(STATUS_USAGE, "%s needs \"NAME\": \"%s %s\" is allowed",
			    command->name, command->name, command->usage);
	*foreground = argc > 1 && !strcmp(argv[1], "foreground");
	if (argc > 1 + *foreground)
		return fail(STATUS_USAGE,
			    "unknown word \"%s\": \"%s %s\" is allowed",
			    argv[1 + *foreground], command->name,
			    command->usage);

	return STATUS_DONE;
}

/* A lock or a pipe in the place of one of them would be lost to /dev/null. */
static void up_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/**
 * cmd_up - make a device as its file says, and keep it right
 * @command: the command
 * @argc: number of words
 * @argv: the words
 *
 * Return: an enum status.
 */
int cmd_up(const struct command *command, int argc, char **argv)
{
	struct conf *conf = malloc(sizeof(*conf));
	struct follow_dev *dev;
	bool foreground = false;
	int status;

	if (!conf)
		return fail(STATUS_REFUSED, "out of memory");
	up_standard_files();
	status = up_words(command, argc, argv, &foreground);
	if (!status)
		status = conf_load(argv[0], conf);
	if (!status)
		status = up_begin(conf, &dev);
	if (status)
		return status;

	if (conf->mode == M6T_MODE_GW && !foreground)
		status = up_once(dev);
	else
		status = up_stay(dev, foreground);
	if (!foreground)
		print_finish(status);

	return status;
}
