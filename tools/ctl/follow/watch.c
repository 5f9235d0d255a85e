// SPDX-License-Identifier: GPL-2.0
/*
 * What wakes m6tctl follow.
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

/* What may change the way to a gateway, and by IPv6 what is on a device. When IPv6
 * is enabled again, a route for multicast says so.
 */
static const int watch_groups[] = {
	RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE,
	RTNLGRP_IPV4_RULE, RTNLGRP_NEXTHOP,
	RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE,
};

/**
 * watch_open - open the sockets of rtnetlink, and the pipe for names
 * @follow: to be filled
 *
 * Return: an enum status, with a sentence printed.
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
 * watch_events - open the sockets of the m6t family, or open them anew
 * @follow: to be filled
 *
 * The family comes with the module, so there is nothing to open as long as
 * there is no device, and the one that was open may be gone.
 *
 * Return: an enum status, with a sentence printed.
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
 * @follow: they may be closed already
 */
void watch_no_events(struct follow *follow)
{
	if (!follow->has_genl)
		return;

	genl_close(&follow->genl);
	genl_close(&follow->events);
	follow->has_genl = false;
}

/* Length of the next message, 0 when there is none; told of one lost too. */
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

/* Something has changed on a device; 0: perhaps on any. */
static void watch_touched(struct follow *follow, uint32_t ifindex)
{
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next)
		if (!ifindex || dev->dev.ifindex == ifindex ||
		    dev->facts.made == ifindex)
			follow_touched(follow, dev);
}

/* By a nexthop object, it does not always say which devices it leads through,
 * and by several ways it may be any.
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
 * Each of these begins with its address family. Return: true when it may be
 * about the way to a gateway.
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
		/* With it, routes go without a message of their own. */
		watch_touched(follow, 0);
		return true;
	default:
		return true;
	}
}

/**
 * watch_links_told - read all that rtnetlink has to say
 * @follow: the sockets
 *
 * Return: true when something may be about the way to a gateway.
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

/* Return: true where it matters that the device's gateway was heard. */
static bool watch_heard(struct follow *follow, uint32_t ifindex,
			const struct in6_addr *addr)
{
	struct follow_dev *dev = follow->devs;

	while (dev && dev->dev.ifindex != ifindex)
		dev = dev->next;

	return dev && addr && facts_heard(&dev->facts, addr);
}

/* Return: true when it is about an attachment that we look after. */
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
 * Return: true when one of them, or a lost one, may be about an attachment.
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
 * watch_slept - whether the host was asleep since the last call
 * @follow: remembers
 *
 * Return: true when it was, for a second or more.
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
 * @fd: of watch_clock(); what it had to say is read
 */
void watch_clock_arm(int fd)
{
	struct itimerspec far = { .it_value.tv_sec = 0 };
	uint64_t times;

	/* It fails when the clock was set, and that is all there is to know. */
	if (read(fd, &times, sizeof(times)) < 0)
		times = 0;
	far.it_value.tv_sec = time(NULL) + WATCH_YEAR;
	timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far,
			NULL);
}

/**
 * watch_clock - a file that is readable once the clock was set
 *
 * Waking from sleep sets it.
 *
 * Return: the file; negative: there is none, so only messages wake us.
 */
int watch_clock(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd >= 0)
		watch_clock_arm(fd);
	return fd;
}

/**
 * watch_signals - a file that is readable once we are to end
 * @reload: or, by SIGHUP, to do something else
 *
 * Return: the file, negative on failure, with a sentence printed.
 */
int watch_signals(bool reload)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
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
 * watch_signal - the signal that has come
 * @fd: of watch_signals()
 *
 * Return: its number; 0: none has.
 */
int watch_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;

	return info.ssi_signo;
}
