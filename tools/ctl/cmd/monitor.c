// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl monitor
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <net/if.h>
#include <linux/genetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/macros.h"
#include "lib/names.h"
#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

/* Survive a flood of bindings even if the reader is not scheduled at once. */
#define MONITOR_BUFFER	(4 << 20)

static const char *const event_names[] = {
	[M6T_EVENT_BINDING_NEW] = "binding-new",
	[M6T_EVENT_BINDING_ACTIVE] = "binding-active",
	[M6T_EVENT_BINDING_EXPIRED] = "binding-expired",
	[M6T_EVENT_BINDING_DELETED] = "binding-deleted",
	[M6T_EVENT_BINDING_EVICTED] = "binding-evicted",
	[M6T_EVENT_MISMATCH] = "mismatch",
	[M6T_EVENT_RATE_LIMITED] = "rate-limited",
	[M6T_EVENT_TABLE_FULL] = "table-full",
	[M6T_EVENT_ATTACHED] = "attached",
	[M6T_EVENT_DETACHED] = "detached",
	[M6T_EVENT_UNREACHABLE] = "unreachable",
	[M6T_EVENT_REACHABLE] = "reachable",
	[M6T_EVENT_LOST] = "lost",
	[M6T_EVENT_BINDING_PROVEN] = "binding-proven",
	[M6T_EVENT_PRESSURE] = "pressure",
	[M6T_EVENT_SIGNAL] = "signal",
	[M6T_EVENT_BOUND] = "bound",
	[M6T_EVENT_UNBOUND] = "unbound",
	[M6T_EVENT_SLOT] = "slot",
	[M6T_EVENT_REGISTERING] = "registering",
	[M6T_EVENT_REGISTERED] = "registered",
	[M6T_EVENT_REFRESHED] = "refreshed",
	[M6T_EVENT_MOVED] = "moved",
	[M6T_EVENT_REJECTED] = "rejected",
	[M6T_EVENT_DEREGISTERED] = "deregistered",
	[M6T_EVENT_HOME] = "home",
};

static const char *event_name(uint8_t event)
{
	const char *name = event < ARRAY_SIZE(event_names) ?
			   event_names[event] : NULL;

	return name ? name : "unknown";
}

static uint64_t event_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/*
 * Whether an event concerns the device: by its index, even if it was renamed,
 * or by its name if it was created again.
 */
static bool monitor_is_of(struct device *dev, const struct nlattr **tb)
{
	const char *name = nl_string(tb[M6T_A_IFNAME]);
	uint32_t ifindex = nl_u32(tb[M6T_A_IFINDEX]);
	char other[IFNAMSIZ];

	if (!dev->ifindex)
		return true;
	if (ifindex != dev->ifindex &&
	    (strcmp(name, dev->name) || if_indextoname(dev->ifindex, other)))
		return false;

	dev->ifindex = ifindex;
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	return true;
}

static void monitor_message(const struct nlmsghdr *nlh, struct device *dev)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[M6T_A_MAX + 1];

	if (genlh->cmd != M6T_CMD_EVENT)
		return;

	genl_attrs(nlh, tb);
	if (!monitor_is_of(dev, tb))
		return;

	print_event(tb[M6T_A_TIME] ? nl_u64(tb[M6T_A_TIME]) : event_now(),
		    event_name(nl_u8(tb[M6T_A_EVENT])), tb);
}

/*
 * The socket overran: the number of lost events and their devices are unknown.
 * The kernel drops all further events until the queue has been read, so report
 * the loss after that: a reader that then reads the state again misses nothing.
 */
static void monitor_overrun(const struct genl *genl, bool *overran)
{
	const struct nlattr *tb[M6T_A_MAX + 1] = { NULL };
	struct pollfd more = {
		.fd = mnl_socket_get_fd(genl->nl.sock),
		.events = POLLIN,
	};

	if (!*overran || poll(&more, 1, 0))
		return;
	print_event(event_now(), "lost", tb);
	*overran = false;
}

/* Whether this reports that the family was removed, with the module. */
static bool monitor_is_end(const struct genl *genl,
			   const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    genlh->cmd != CTRL_CMD_DELFAMILY)
		return false;

	nl_attrs(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX);
	return tb[CTRL_ATTR_FAMILY_ID] &&
	       mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]) == genl->family;
}

static int monitor_join(struct genl *genl)
{
	int status;

	nl_receive_room(&genl->nl, MONITOR_BUFFER);
	/* The controller's group has the number of the controller. */
	status = nl_join(&genl->nl, GENL_ID_CTRL);
	return status ? status : nl_join(&genl->nl, genl->events);
}

/* A device of another type would never have an event. */
static int monitor_device(struct genl *genl, const struct device *dev)
{
	int err;

	if (!dev->ifindex)
		return STATUS_DONE;
	err = genl_device_get(genl, dev, NULL, NULL);
	return err ? genl_fail(genl, err, dev, dev->name) : STATUS_DONE;
}

static int monitor_loop(struct genl *genl, struct device *dev)
{
	const struct nlmsghdr *nlh;
	bool overran = false;
	int len;

	while (!ferror(stdout)) {
		monitor_overrun(genl, &overran);
		len = mnl_socket_recvfrom(genl->nl.sock, &genl->nl.buf,
					  sizeof(genl->nl.buf));
		if (len < 0 && errno == ENOBUFS)
			overran = true;
		else if (len < 0 && errno != EINTR)
			return fail(STATUS_REFUSED,
				    "cannot receive events: %s",
				    strerror(errno));

		nlh = &genl->nl.buf.nlh;
		for (; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == genl->family)
				monitor_message(nlh, dev);
			else if (monitor_is_end(genl, nlh))
				return fail(STATUS_REFUSED,
					    "the m6t module was unloaded: load it and start again");
		}
	}

	return fail(STATUS_REFUSED, "cannot write: %s", strerror(errno));
}

static int monitor_run(struct genl *genl, struct device *dev)
{
	int status;

	/* Nothing is printed yet: this only selects one line per event. */
	json_flush_line();
	status = monitor_device(genl, dev);
	if (status)
		return status;
	status = monitor_join(genl);
	if (status)
		return status;

	return monitor_loop(genl, dev);
}

/**
 * cmd_monitor - print events until interrupted
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_monitor(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct device dev;
	int status;

	status = words_device(command, &dev, false, argc, argv);
	if (status)
		return status;
	status = genl_open(&genl);
	if (status)
		return status;

	status = monitor_run(&genl, &dev);
	genl_close(&genl);
	return status;
}
