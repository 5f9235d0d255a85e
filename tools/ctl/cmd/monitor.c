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

static void event_json(uint64_t time, const char *name,
		       const struct nlattr **tb)
{
	json_open(NULL, '{');
	json_seconds("time", time);
	json_string("dev", tb[M6T_A_IFNAME] ? nl_string(tb[M6T_A_IFNAME]) :
					      NULL);
	json_string("event", name);
	if (tb[M6T_A_ADDRESS])
		json_ipv6("address", tb[M6T_A_ADDRESS]);
	if (tb[M6T_A_REMOTE])
		json_ipv4("remote", tb[M6T_A_REMOTE]);
	if (tb[M6T_A_PORT])
		json_port("port", tb[M6T_A_PORT]);
	if (tb[M6T_A_LOCAL])
		json_ipv4("local", tb[M6T_A_LOCAL]);
	if (tb[M6T_A_LOCAL_PORT])
		json_port("local_port", tb[M6T_A_LOCAL_PORT]);
	if (nl_u8(tb[M6T_A_STATE]))
		json_string("state", print_state(nl_u8(tb[M6T_A_STATE])));
	if (tb[M6T_A_SPORT])
		json_port("sport", tb[M6T_A_SPORT]);
	if (tb[M6T_A_PRESSED])
		json_boolean("pressed", nl_u8(tb[M6T_A_PRESSED]));
	if (tb[M6T_A_LOST])
		json_number("lost", nl_u32(tb[M6T_A_LOST]));
	json_close('}');
}

static void event_time_text(uint64_t time)
{
	time_t seconds = time / 1000000000;
	char clock[16] = "-";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	printf("%s.%03u", clock, (unsigned int)(time % 1000000000 / 1000000));
}

static void event_text(uint64_t time, const char *name,
		       const struct nlattr **tb)
{
	char buf[INET6_ADDRSTRLEN];

	event_time_text(time);
	if (tb[M6T_A_IFNAME])
		printf(" %s", nl_string(tb[M6T_A_IFNAME]));
	printf(" %s", name);
	if (tb[M6T_A_ADDRESS]) {
		print_ipv6(tb[M6T_A_ADDRESS], buf, sizeof(buf));
		printf(" %s", buf);
	}
	if (tb[M6T_A_REMOTE]) {
		print_endpoint(tb[M6T_A_REMOTE], tb[M6T_A_PORT], buf,
			       sizeof(buf));
		printf(" remote %s", buf);
	}
	if (tb[M6T_A_LOCAL]) {
		print_endpoint(tb[M6T_A_LOCAL], tb[M6T_A_LOCAL_PORT], buf,
			       sizeof(buf));
		printf(" local %s", buf);
	}
	if (nl_u8(tb[M6T_A_STATE]))
		printf(" state %s", print_state(nl_u8(tb[M6T_A_STATE])));
	if (tb[M6T_A_SPORT])
		printf(" sport %u", nl_be16(tb[M6T_A_SPORT]));
	if (tb[M6T_A_PRESSED])
		printf(" %s", nl_u8(tb[M6T_A_PRESSED]) ? "begins" : "ends");
	if (tb[M6T_A_LOST])
		printf(" lost %u", nl_u32(tb[M6T_A_LOST]));
	putchar('\n');
}

/* One line, flushed at once: the reader may be a program that acts on it. */
static void event_print(uint64_t time, const char *name,
			const struct nlattr **tb)
{
	if (options.json)
		event_json(time, name, tb);
	else
		event_text(time, name, tb);
	json_flush_line();
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

	event_print(tb[M6T_A_TIME] ? nl_u64(tb[M6T_A_TIME]) : event_now(),
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
	event_print(event_now(), "lost", tb);
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
