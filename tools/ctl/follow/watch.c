// SPDX-License-Identifier: GPL-2.0
/*
 * The sources of messages that wake up m6tctl follow.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

#include "ctl/follow/follow.h"

#define NSEC_PER_SEC	INT64_C(1000000000)
#define WATCH_YEAR	(365 * 24 * 3600)

/* Messages about everything that may change the path to a gateway or, with
 * IPv6, the interface of a device. When IPv6 is enabled again, the only message
 * is about a multicast route.
 */
static const int watch_groups[] = {
	RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE,
	RTNLGRP_IPV4_RULE, RTNLGRP_NEXTHOP,
	RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,
};

/**
 * watch_open - open the rtnetlink sockets, and the pipe for names
 * @follow: to be filled
 *
 * Return: an enum status; an error was printed.
 */
int watch_open(struct follow *follow)
{
	int status;
	size_t i;

	status = rtnl_open(&follow->rtnl);
	if (status)
		return status;
	status = nl_open(&follow->links, NETLINK_ROUTE);
	if (status)
		return status;
	for (i = 0; i < ARRAY_SIZE(watch_groups); i++) {
		status = nl_join(&follow->links, watch_groups[i]);
		if (status)
			return status;
	}
	if (pipe2(follow->names, O_CLOEXEC | O_NONBLOCK))
		return fail(STATUS_REFUSED, "cannot open a pipe: %s",
			    strerror(errno));

	return STATUS_DONE;
}

/**
 * watch_events - open the sockets of the m6t family, or open them again
 * @follow: to be filled
 *
 * The family exists only while the module is loaded: without a device there may
 * be nothing to open, and sockets that are open may belong to a module that was
 * unloaded.
 *
 * Return: an enum status; an error was printed.
 */
int watch_events(struct follow *follow)
{
	int status;

	watch_no_events(follow);
	status = genl_open(&follow->genl);
	if (status)
		return status;
	status = genl_open(&follow->events);
	if (status) {
		genl_close(&follow->genl);
		return status;
	}

	follow->has_genl = true;
	return nl_join(&follow->events.nl, follow->events.events);
}

/**
 * watch_no_events - close the sockets of the m6t family
 * @follow: the sockets, which may be closed already
 */
void watch_no_events(struct follow *follow)
{
	if (!follow->has_genl)
		return;

	genl_close(&follow->genl);
	genl_close(&follow->events);
	follow->has_genl = false;
}

/* Return: length of the next message, 0 if there is none; sets @told if some
 * were lost.
 */
static int watch_receive(struct nl *nl, bool *told)
{
	int fd = mnl_socket_get_fd(nl->sock);
	int len;

	do {
		len = recv(fd, &nl->buf, sizeof(nl->buf), MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS)
			*told = true;
	} while (len < 0 && (errno == ENOBUFS || errno == EINTR));

	return len < 0 ? 0 : len;
}

/* Note a change on a device; 0: possibly on any. */
static void watch_touched(struct follow *follow, uint32_t ifindex)
{
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next)
		if (!ifindex || dev->dev.ifindex == ifindex ||
		    dev->facts.made == ifindex)
			follow_touched(follow, dev);
}

/* A route with a nexthop object does not always name its devices, and a
 * multipath route may use any.
 */
static void watch_route(struct follow *follow, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[RTA_NH_ID + 1];

	nl_attrs(nlh, sizeof(struct rtmsg), tb, RTA_NH_ID);
	if (tb[RTA_OIF])
		watch_touched(follow, nl_u32(tb[RTA_OIF]));
	else if (tb[RTA_NH_ID] || tb[RTA_MULTIPATH])
		watch_touched(follow, 0);
}

/*
 * The header of each message begins with its address family. Return: true if it
 * may be about the path to a gateway.
 */
static bool watch_link(struct follow *follow, const struct nlmsghdr *nlh)
{
	const void *header = mnl_nlmsg_get_payload(nlh);
	const struct ifinfomsg *ifi = header;
	const struct ifaddrmsg *ifa = header;
	bool is_ipv6 = ifi->ifi_family == AF_INET6;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		watch_touched(follow, ifi->ifi_index);
		return true;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		if (is_ipv6)
			watch_touched(follow, ifa->ifa_index);
		return !is_ipv6;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		if (is_ipv6)
			watch_route(follow, nlh);
		return !is_ipv6;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		/* Routes that use it are removed without a separate message. */
		watch_touched(follow, 0);
		return true;
	default:
		return true;
	}
}

/**
 * watch_links_told - read all rtnetlink messages
 * @follow: the sockets
 *
 * Return: true if one of them, or a lost one, may be about the path to a
 * gateway.
 */
bool watch_links_told(struct follow *follow)
{
	const struct nlmsghdr *nlh;
	bool told = false;
	bool lost = false;
	int len;

	while ((len = watch_receive(&follow->links, &lost)) > 0) {
		nlh = &follow->links.buf.nlh;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			told |= watch_link(follow, nlh);
	}
	if (lost)
		watch_touched(follow, 0);

	return told || lost;
}

/* Return: true if it matters that the device's gateway was heard. */
static bool watch_heard(struct follow *follow, uint32_t ifindex,
			const struct in6_addr *addr)
{
	struct follow_dev *dev = follow->devs;

	while (dev && dev->dev.ifindex != ifindex)
		dev = dev->next;

	return dev && addr && facts_heard(&dev->facts, addr);
}

/* Return: true if it is about an attachment that is followed. */
static bool watch_event(struct follow *follow, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[M6T_A_MAX + 1];
	const struct in6_addr *addr;

	if (nlh->nlmsg_type != follow->events.family ||
	    genlh->cmd != M6T_CMD_EVENT)
		return false;

	genl_attrs(nlh, tb);
	addr = nl_bytes(tb[M6T_A_ADDRESS], sizeof(*addr));
	switch (nl_u8(tb[M6T_A_EVENT])) {
	case M6T_EVENT_ATTACHED:
	case M6T_EVENT_DETACHED:
		return true;
	case M6T_EVENT_REACHABLE:
		return watch_heard(follow, nl_u32(tb[M6T_A_IFINDEX]), addr);
	default:
		return false;
	}
}

/**
 * watch_events_told - read all events
 * @follow: the sockets
 *
 * Return: true if one of them, or a lost one, may be about an attachment.
 */
bool watch_events_told(struct follow *follow)
{
	const struct nlmsghdr *nlh;
	struct follow_dev *dev;
	bool told = false;
	bool lost = false;
	int len;

	if (!follow->has_genl)
		return false;

	while ((len = watch_receive(&follow->events.nl, &lost)) > 0) {
		nlh = &follow->events.nl.buf.nlh;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			if (watch_event(follow, nlh))
				told = true;
	}
	for (dev = follow->devs; lost && dev; dev = dev->next)
		facts_lost(&dev->facts);

	return told || lost;
}

static int64_t watch_time(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

/**
 * watch_slept - check if the host was asleep since the last call
 * @follow: stores the total
 *
 * Return: true if it was, for a second or more.
 */
bool watch_slept(struct follow *follow)
{
	int64_t slept = watch_time(CLOCK_BOOTTIME) -
			watch_time(CLOCK_MONOTONIC);
	bool more = slept - follow->slept >= NSEC_PER_SEC;

	follow->slept = slept;
	return more;
}

/**
 * watch_clock_arm - wait for the next time that the clock is set
 * @fd: from watch_clock(); its pending event is consumed
 */
void watch_clock_arm(int fd)
{
	struct itimerspec far = { .it_value.tv_sec = 0 };
	uint64_t times;

	/* The read fails if the clock was set, which is all the information
	 * there is.
	 */
	if (read(fd, &times, sizeof(times)) < 0)
		times = 0;
	far.it_value.tv_sec = time(NULL) + WATCH_YEAR;
	timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far,
			NULL);
}

/**
 * watch_clock - open a file that becomes readable when the clock is set
 *
 * Resuming from sleep sets it, too.
 *
 * Return: the file; negative: none, so only messages wake us up.
 */
int watch_clock(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd >= 0)
		watch_clock_arm(fd);
	return fd;
}

/**
 * watch_signals - open a file that becomes readable when the program is to end
 * @reload: also on SIGHUP
 *
 * Return: the file; negative on failure, an error was printed.
 */
int watch_signals(bool reload)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	if (reload)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		fail(STATUS_REFUSED, "cannot wait for signals: %s",
		     strerror(errno));

	return fd;
}

/**
 * watch_signal - get the next signal that has arrived
 * @fd: from watch_signals()
 *
 * Return: its number; 0: none.
 */
int watch_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;

	return info.ssi_signo;
}
