// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl down
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <net/if.h>
#include <sys/pidfd.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/conf/conf_file.h"
#include "ctl/link.h"
#include "ctl/lock.h"
#include "ctl/print.h"
#include "lib/netlink/rtnl.h"
#include "lib/say.h"

#define DOWN_LIMIT	10000	/* ms, for a process to exit */

/* Use a pidfd, so that a reused process ID does no harm. */
static int down_stop(const char *name, pid_t pid)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int ended = 1;

	if (end.fd < 0)
		return errno == ESRCH ? STATUS_DONE :
		       fail(STATUS_REFUSED, "%s: process %d: %s", name, pid,
			    strerror(errno));

	if (lock_owner(name) == pid) {
		if (pidfd_send_signal(end.fd, SIGTERM, NULL, 0))
			ended = errno == ESRCH ? 1 : -1;
		else
			ended = poll(&end, 1, DOWN_LIMIT);
	}
	close(end.fd);
	if (ended > 0)
		return STATUS_DONE;
	if (ended < 0)
		return fail(STATUS_REFUSED, "%s: process %d: %s", name, pid,
			    strerror(errno));

	return fail(STATUS_REFUSED,
		    "%s: process %d does not exit: kill it and try again",
		    name, pid);
}

static int down_delete_link(struct rtnl *rtnl, const char *name, bool stopped)
{
	struct link_state link;
	int err;

	err = link_get(rtnl, name, NULL, &link);
	if (err)
		return rtnl_fail(rtnl, err);
	if (link.ifindex && !link.ours)
		return fail(STATUS_ABSENT,
			    "%s is not a device of type m6t (see \"m6tctl show\")",
			    name);
	if (!link.ifindex && !stopped)
		return fail(STATUS_ABSENT,
			    "no such device \"%s\" (see \"m6tctl show\")",
			    name);
	if (!link.ifindex)
		return STATUS_DONE;

	err = link_del(rtnl, link.ifindex);
	return err ? rtnl_fail(rtnl, err) : STATUS_DONE;
}

static int down_delete(const char *name, bool stopped)
{
	static struct rtnl rtnl;
	int status;

	status = rtnl_open(&rtnl);
	if (status)
		return status;

	status = down_delete_link(&rtnl, name, stopped);
	rtnl_close(&rtnl);
	return status;
}

/**
 * cmd_down - stop "up" and delete the device
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_down(const struct command *command, int argc, char **argv)
{
	char name[IFNAMSIZ];
	int status;
	pid_t pid;

	if (argc != 1)
		return command_wrong(command,
				     "%s needs \"NAME\" and nothing else",
				     command->name);
	status = conf_name(argv[0], name);
	if (status)
		return status;

	pid = lock_owner(name);
	if (pid) {
		status = down_stop(name, pid);
		if (status)
			return status;
	}
	status = down_delete(name, pid);
	print_finish(status);

	return status;
}
