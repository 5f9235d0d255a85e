// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl up
 */
#define _GNU_SOURCE
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
#include "lib/setting.h"

/* ms, longest time for which the caller waits for a name. */
#define UP_PATIENCE	5000

#define UP_MODULE	"m6tmipd"

static struct follow follow;
static bool up_is_ready;

/* Why a device does not exist yet; empty if that is not known. */
static void up_waiting(const struct facts *facts, char *text, size_t size)
{
	text[0] = '\0';
	switch (facts->waiting) {
	case MAKE_WANTS_LINK:
		snprintf(text, size, "dev %.80s does not exist yet",
			 facts->conf->link);
		break;
	case MAKE_WANTS_ADDRESS:
		snprintf(text, size, "gateway %.80s does not resolve yet",
			 facts->conf->host);
		break;
	case MAKE_WANTS_LOCAL:
		snprintf(text, size,
			 "local is not an address of this host yet");
		break;
	default:
		break;
	}
}

/* Describe the state of a device, for the service manager. */
static void up_describe(const struct facts *facts, char *text, size_t size)
{
	char waiting[128], addr[INET6_ADDRSTRLEN];

	up_waiting(facts, waiting, sizeof(waiting));
	if (!facts->made && waiting[0]) {
		snprintf(text, size, "waiting: %s", waiting);
	} else if (!facts->made) {
		snprintf(text, size, "resolving %.80s", facts->conf->host);
	} else if (facts->conf->mode == M6T_MODE_GW) {
		snprintf(text, size, "gateway");
	} else if (!facts->settled || facts->state != FOLLOW_ATTACHED) {
		snprintf(text, size, "not attached");
	} else {
		inet_ntop(AF_INET6, &facts->addr, addr, sizeof(addr));
		snprintf(text, size, "attached, address %s", addr);
	}
}

/* Check if a device exists, or if it is clear that this will take longer. */
static bool up_has_settled(struct follow *all, const struct facts *facts)
{
	int64_t left;

	if (facts->made || facts->waiting != MAKE_NO_REASON)
		return true;
	if (!facts->search.asking)
		return false;

	left = facts->search.started + UP_PATIENCE - follow_now();
	if (left > 0)
		follow_plan(all, left);
	return left <= 0;
}

/* After each look: report news to the service manager and the parent. */
static void up_tell(struct follow *all)
{
	static char last[256];
	const struct follow_dev *dev = all->devs;
	bool ready = !up_is_ready && up_has_settled(all, &dev->facts);
	char text[200], waiting[128], state[256];

	up_waiting(&dev->facts, waiting, sizeof(waiting));
	if (ready && waiting[0])
		fail(STATUS_DONE, "%s: %s", dev->dev.name, waiting);
	up_describe(&dev->facts, text, sizeof(text));
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

/* Lock the device; this fails if another process manages it. */
static int up_begin(struct conf *conf, struct follow_dev **dev)
{
	int err = follow_dev_new(&follow, conf->name, true, dev);
	struct facts *facts;

	if (err == -EWOULDBLOCK && lock_owner(conf->name))
		return fail(STATUS_REFUSED,
			    "%s is already up (stop it with \"m6tctl down %s\")",
			    conf->name, conf->name);
	if (err)
		return lock_fail(err, conf->name);

	facts = &(*dev)->facts;
	facts->conf = conf;
	facts->make = true;
	if (conf->mode == M6T_MODE_MN && !conf->host[0])
		gateways_set(facts, &conf->gateway, 1);
	search_want(facts, follow_now());
	return STATUS_DONE;
}

/* Return: an enum status; an error was printed. */
static int up_make(struct follow_dev *dev)
{
	struct link_state link;
	char waiting[128];
	int status;
	int err;

	err = link_get(&follow.rtnl, dev->dev.name, dev->facts.conf, &link);
	if (err)
		return rtnl_fail(&follow.rtnl, err);
	if (link.same && link.up)
		return fail(STATUS_REFUSED,
			    "%s is already up (stop it with \"m6tctl down %s\")",
			    dev->dev.name, dev->dev.name);

	status = follow_act(&follow, dev);
	if (status || dev->facts.made)
		return status;
	up_waiting(&dev->facts, waiting, sizeof(waiting));
	return fail(STATUS_REFUSED, "%s: %s", dev->facts.conf->path, waiting);
}

/* A gateway needs no process to maintain it. */
static int up_once(struct follow_dev *dev)
{
	int status = rtnl_open(&follow.rtnl);

	if (status)
		return status;

	status = up_make(dev);
	rtnl_close(&follow.rtnl);
	return status;
}

/* Maintain a device until the program is to end, then delete it. */
static int up_run(struct follow_dev *dev)
{
	int status = follow_run(&follow);

	return status ? status : make_end(&follow, dev);
}

static int up_stay(struct follow_dev *dev, bool foreground)
{
	int status;

	if (!foreground && daemon_begin(&status, dev->lock))
		return status;

	lock_sign(dev->lock);
	/* Nothing is printed yet: this only selects one line per event. */
	json_flush_line();
	follow.tell = up_tell;
	status = up_run(dev);
	notify("STOPPING=1");
	daemon_tell(status);
	return status;
}

static int up_words(const struct command *command, int argc, char **argv,
		    bool *foreground)
{
	if (!argc)
		return command_wrong(command, "%s needs \"NAME\"",
				     command->name);
	*foreground = argc > 1 && !strcmp(argv[1], "foreground");
	if (argc > 1 + *foreground)
		return command_wrong(command, "unknown argument \"%s\"",
				     argv[1 + *foreground]);

	return STATUS_DONE;
}

/* Execute the protocol module, which is in the directory of this program. */
static int up_module(const struct conf *conf, bool foreground)
{
	char *word = foreground ? "foreground" : NULL;
	char *const argv[] = {
		UP_MODULE, options.json ? "-j" : (char *)conf->path,
		options.json ? (char *)conf->path : word,
		options.json ? word : NULL, NULL
	};
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));
	char *slash = len > 0 ? memrchr(path, '/', len) : NULL;

	if (!slash || slash + sizeof("/" UP_MODULE) > path + sizeof(path))
		return fail(STATUS_REFUSED, "cannot find " UP_MODULE);
	strcpy(slash + 1, UP_MODULE);
	execv(path, argv);
	if (errno == ENOENT)
		return fail(STATUS_REFUSED,
			    "%s: mode %s needs a protocol module: expected %s, which is built where libell is installed",
			    conf->path, setting_mode_words[conf->mode], path);

	return fail(STATUS_REFUSED, "%s: %s", path, strerror(errno));
}

/* Otherwise a lock or a pipe could get the number of a standard file that was
 * closed, and would later be redirected to /dev/null.
 */
static void up_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* The file of the device; the caller frees it. Return: an enum status. */
static int up_load(const char *name, struct conf **conf)
{
	int status;

	*conf = malloc(sizeof(**conf));
	if (!*conf)
		return fail(STATUS_REFUSED, "out of memory");

	status = conf_load(name, *conf);
	if (status)
		free(*conf);
	return status;
}

/* Make the device; the file is part of it from then on. */
static int up_device(struct conf *conf, bool foreground)
{
	struct follow_dev *dev;
	int status = up_begin(conf, &dev);

	if (status) {
		free(conf);
		return status;
	}

	if (conf->mode == M6T_MODE_GW && !foreground)
		status = up_once(dev);
	else
		status = up_stay(dev, foreground);
	if (!foreground)
		print_finish(status);

	return status;
}

/**
 * cmd_up - create a device from its file, and maintain it
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_up(const struct command *command, int argc, char **argv)
{
	bool foreground = false;
	struct conf *conf;
	int status;

	up_standard_files();
	status = up_words(command, argc, argv, &foreground);
	if (status)
		return status;
	status = up_load(argv[0], &conf);
	if (status)
		return status;
	if (conf->mode == M6T_MODE_GW || conf->mode == M6T_MODE_MN)
		return up_device(conf, foreground);

	status = up_module(conf, foreground);
	free(conf);
	return status;
}
