// SPDX-License-Identifier: GPL-2.0
/*
 * m6tmipd: the protocol module of DSMIPv6, started by "m6tctl up".
 *
 *   m6tmipd [-j] NAME|FILE [foreground]
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/signalfd.h>
#include <ell/ell.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/daemon.h"
#include "ctl/link.h"
#include "ctl/lock.h"
#include "lib/json.h"
#include "lib/notify.h"
#include "lib/say.h"
#include "mipd/mipd.h"

/* Maximum number of packets read at once, so that timers and events do not wait. */
#define MIPD_BATCH	64

static struct mipd mipd = { .fd = -1, .seq.fd = -1 };
static bool mipd_undo = true;
static bool mipd_ending;
static bool mipd_made;
static int mipd_status;

static bool mipd_readable(struct l_io *io, void *arg)
{
	static struct packet packet;
	unsigned int i;

	(void)arg;
	for (i = 0; i < MIPD_BATCH; i++) {
		if (!socket_receive(l_io_get_fd(io), &packet))
			break;
		if (packet.ifindex == mipd.ifindex ||
		    (mipd.home && packet.ifindex == mipd.home))
			mipd.role->packet(&mipd, &packet);
	}
	return true;
}

static void mipd_event(const struct kernel_event *event, void *arg)
{
	(void)arg;
	if (event->ifindex == mipd.ifindex)
		mipd.role->event(&mipd, event);
}

static bool mipd_events(struct l_io *io, void *arg)
{
	(void)io;
	(void)arg;
	if (!kernel_events(&mipd.kernel, mipd_event, NULL))
		mipd.role->event(&mipd, NULL);
	return true;
}

/* Another program may delete the device, or set it down and up. */
static void mipd_link(const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	bool was = mipd.up;

	if ((nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK) ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi) ||
	    (uint32_t)ifi->ifi_index != mipd.ifindex ||
	    ifi->ifi_family != AF_UNSPEC)
		return;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		fail(STATUS_DONE, "%s was deleted", mipd.name);
		mipd_status = STATUS_ABSENT;
		mipd_quit();
		return;
	}

	mipd.up = ifi->ifi_flags & IFF_UP;
	if (mipd.up && !was)
		mipd.role->up(&mipd);
}

static bool mipd_links(struct l_io *io, void *arg)
{
	struct nl *nl = &mipd.links;
	const struct nlmsghdr *nlh;
	int len;

	(void)arg;
	while ((len = recv(l_io_get_fd(io), &nl->buf, sizeof(nl->buf),
			   MSG_DONTWAIT)) > 0)
		for (nlh = &nl->buf.nlh; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			mipd_link(nlh);
	return true;
}

/* The home agent's address in a file. */
static struct in6_addr mipd_ha(const struct conf *conf)
{
	struct m6t_prefix6 ha;
	size_t at = 0;

	conf_prefix(&conf->value[IFLA_M6T_HOME_AGENTS], &at, &ha);
	return ha.addr;
}

/* A file with an error changes nothing. */
static int mipd_take_over(struct conf *conf)
{
	bool ipsec = conf->value[IFLA_M6T_IPSEC].data[0];
	struct in6_addr ha = mipd_ha(conf);
	int status;
	int err;

	if (conf->mode != mipd.conf->mode)
		return fail(STATUS_REFUSED,
			    "%s: mode cannot change while the device is up: expected the same as before",
			    conf->path);
	if (ipsec != mipd.ipsec)
		return fail(STATUS_REFUSED,
			    "%s: ipsec cannot begin or end while the device is up: expected the same as before",
			    conf->path);
	/* Routes, policies and security associations are for the old one. */
	if (memcmp(&ha, &mipd.ha, sizeof(ha)))
		return fail(STATUS_REFUSED,
			    "%s: ha cannot change while the device is up: expected the same as before",
			    conf->path);
	status = mipd.role->check(&mipd, conf);
	if (status)
		return status;
	err = link_change(&mipd.rtnl, mipd.ifindex, conf, mipd.conf, NULL);
	return err ? rtnl_fail(&mipd.rtnl, err) :
		     mipd.role->reload(&mipd, conf);
}

/* Return: an enum status; an error was printed, and nothing has changed. */
static int mipd_read_again(bool *readable)
{
	struct conf *conf = l_new(struct conf, 1);
	int status = conf_load(mipd.conf->path, conf);

	*readable = !status;
	status = status ?: mipd_take_over(conf);
	if (status) {
		conf_dsmip_free(conf);
		l_free(conf);
		return status;
	}

	conf_dsmip_free(mipd.conf);
	l_free(mipd.conf);
	mipd.conf = conf;
	return STATUS_DONE;
}

static void mipd_reload(void)
{
	bool readable;

	notify("RELOADING=1");
	mipd_read_again(&readable);
	notify("READY=1");
}

/* Undo everything, and end. */
static void mipd_stop(void)
{
	/* A second request means not to wait. */
	if (mipd_ending) {
		mipd_quit();
		return;
	}
	mipd_ending = true;
	notify("STOPPING=1");
	mipd.role->stop(&mipd);
}

/* Leave everything as it is for the next process, e.g. of a newer version. If the new
 * file cannot be applied, undo everything, as the next process will start with that
 * file.
 */
static void mipd_leave(void)
{
	bool readable;

	if (!mipd_ending && mipd_read_again(&readable) && readable) {
		fail(STATUS_DONE, "%s: the new file cannot be applied, so all bindings end",
		     mipd.name);
		mipd_stop();
		return;
	}
	mipd_undo = mipd_ending;
	mipd_quit();
}

static bool mipd_signalled(struct l_io *io, void *arg)
{
	struct signalfd_siginfo info;

	(void)arg;
	if (read(l_io_get_fd(io), &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo == SIGHUP)
		mipd_reload();
	else
		mipd_leave();
	return true;
}

/* l_signal_create() takes no SIGHUP. */
static struct l_io *mipd_signals(void)
{
	struct l_io *io;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	io = l_io_new(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
	l_io_set_close_on_destroy(io, true);
	l_io_set_read_handler(io, mipd_signalled, NULL, NULL);
	return io;
}

static void mipd_signal(uint32_t signo, void *arg)
{
	(void)signo;
	(void)arg;
	mipd_stop();
}

/* Create the device, or change it to what its file says. */
static int mipd_make_link(void)
{
	struct link_state link;
	int err;

	err = link_get(&mipd.rtnl, mipd.name, mipd.conf, &link);
	if (!err && link.ifindex && !link.ours)
		return fail(STATUS_REFUSED,
			    "%s is not a device of type m6t: expected a free name",
			    mipd.name);
	mipd_made = !err && !link.ifindex;
	if (mipd_made && mipd.conf->link[0] && !conf_below(mipd.conf))
		return fail(STATUS_REFUSED, "%s: dev %s does not exist yet",
			    mipd.conf->path, mipd.conf->link);
	if (mipd_made)
		err = link_add(&mipd.rtnl, mipd.conf, NULL);
	else if (!err && !link.same)
		err = link_change(&mipd.rtnl, link.ifindex, mipd.conf, NULL,
				  NULL);
	if (!err)
		err = link_get(&mipd.rtnl, mipd.name, mipd.conf, &link);
	if (!err && !link.up)
		err = link_up(&mipd.rtnl, link.ifindex);
	if (err)
		return rtnl_fail(&mipd.rtnl, err);

	mipd.ifindex = link.ifindex;
	mipd.up = true;
	return STATUS_DONE;
}

static void mipd_set(struct conf *conf)
{
	mipd.ha = mipd_ha(conf);
	mipd.conf = conf;
	snprintf(mipd.name, sizeof(mipd.name), "%s", conf->name);
	mipd.ipsec = conf->value[IFLA_M6T_IPSEC].data[0];
	mipd.role = conf->mode == M6T_MODE_DSMIP_HA ? &agent_role :
						      &mobile_role;
}

static int mipd_open(void)
{
	int status;

	if (!mipd.ipsec)
		warn("%s: ipsec none: anyone can redirect the traffic of mobile nodes",
		     mipd.name);
	status = mipd_make_link();
	if (status)
		return status;
	status = kernel_open(&mipd.kernel, mipd.name, mipd.ifindex);
	if (status)
		return status;
	mipd.fd = socket_open();
	if (mipd.fd < 0)
		return STATUS_REFUSED;

	status = nl_open(&mipd.links, NETLINK_ROUTE);
	if (status)
		return status;

	seq_open(&mipd.seq, LOCK_DIR, mipd.name);
	return nl_join(&mipd.links, RTNLGRP_LINK);
}

static int mipd_run(void)
{
	struct l_io *signals = mipd_signals();
	struct l_io *packets = l_io_new(mipd.fd);
	struct l_io *events =
		l_io_new(mnl_socket_get_fd(mipd.kernel.events.nl.sock));
	struct l_io *links = l_io_new(mnl_socket_get_fd(mipd.links.sock));
	int ret;

	l_io_set_read_handler(packets, mipd_readable, NULL, NULL);
	l_io_set_read_handler(events, mipd_events, NULL, NULL);
	l_io_set_read_handler(links, mipd_links, NULL, NULL);
	daemon_tell(STATUS_DONE);
	notify("READY=1");
	ret = l_main_run_with_signal(mipd_signal, NULL);

	l_io_destroy(packets);
	l_io_destroy(events);
	l_io_destroy(links);
	l_io_destroy(signals);
	return ret == EXIT_SUCCESS ? mipd_status : STATUS_REFUSED;
}

static int mipd_end(void)
{
	int err;

	mipd.role->free(&mipd, mipd_undo);
	if (!mipd_undo)
		return STATUS_DONE;
	/* With manual keys, nothing else detects replays after the next start. */
	if (!mipd.conf->keys[0])
		unlink(mipd.seq.path);
	err = link_del(&mipd.rtnl, mipd.ifindex);
	return err ? rtnl_fail(&mipd.rtnl, err) : STATUS_DONE;
}

static int mipd_life(void)
{
	int status = mipd_open();

	if (status)
		return status;
	status = mipd.role->start(&mipd);
	if (status) {
		/* The device of a predecessor continues without this process. */
		mipd_undo = mipd_made;
		mipd_end();
		return status;
	}

	status = mipd_run();
	return mipd_end() ?: status;
}

/* The parent prints what "m6tctl up" does in other modes. */
static int mipd_told(int status)
{
	if (options.json && !status) {
		json_begin();
		json_end();
	}

	return status;
}

/* Inherited files stay open: only those that m6tctl has left are. */
static int mipd_begin(struct conf *conf, bool foreground)
{
	int lock = lock_take(conf->name);
	int status;

	if (lock == -EWOULDBLOCK && lock_owner(conf->name))
		return fail(STATUS_REFUSED,
			    "%s is already up (stop it with \"m6tctl down %s\")",
			    conf->name, conf->name);
	if (lock < 0)
		return lock_fail(lock, conf->name);
	if (!foreground && daemon_begin(&status, lock))
		return mipd_told(status);

	lock_sign(lock);
	status = rtnl_open(&mipd.rtnl);
	if (status)
		return status;
	if (!l_main_init())
		return fail(STATUS_REFUSED, "cannot start the event loop");
	mipd_set(conf);
	status = mipd_life();
	l_main_exit();
	daemon_tell(status);
	return status;
}

int main(int argc, char **argv)
{
	struct conf *conf = l_new(struct conf, 1);
	bool foreground;
	int status;

	options.program = "m6tmipd";
	options.json = argc > 1 && !strcmp(argv[1], "-j");
	argc -= options.json;
	argv += options.json;
	foreground = argc == 3 && !strcmp(argv[2], "foreground");
	if (argc < 2 || argc > 2 + foreground)
		return fail(STATUS_USAGE,
			    "expected NAME or FILE, and perhaps foreground (usage: m6tmipd [-j] NAME [foreground])");
	status = conf_load(argv[1], conf);
	if (status)
		return status;
	if (conf->mode != M6T_MODE_DSMIP_HA && conf->mode != M6T_MODE_DSMIP_MN)
		return fail(STATUS_USAGE,
			    "%s: mode is wrong: expected dsmip-ha or dsmip-mn",
			    conf->path);

	return mipd_begin(conf, foreground);
}
