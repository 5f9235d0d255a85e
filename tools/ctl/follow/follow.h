/* SPDX-License-Identifier: GPL-2.0 */
/*
 * m6tctl follow: declarations shared by its files.
 *
 * Nothing is derived from the content of messages. A message only means that
 * something has changed; then everything is looked at again, so a lost message
 * does no harm. decide.c decides what to do, by what look.c finds, and act.c
 * does it.
 */
#ifndef M6T_FOLLOW_H
#define M6T_FOLLOW_H

#include <sys/types.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/follow/decide.h"
#include "ctl/link.h"
#include "ctl/link_routes.h"
#include "ctl/lock.h"
#include "ctl/node.h"
#include "ctl/path.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/macros.h"
#include "lib/names.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl_attach.h"
#include "lib/netlink/rtnl_route.h"
#include "lib/say.h"
#include "lib/text.h"

/* Size of a network's key. */
#define NETWORK_KEY	64
/* ms; messages come in bursts, so wait until one is probably over. */
#define FOLLOW_SETTLE	15

/**
 * struct follow_dev - a followed device
 * @next: the next one
 * @dev: its name, and its index while it exists
 * @typed: the name that the user typed; NULL: none
 * @named: the user named it, so it stays in the list when it is removed
 * @gateway: it is of type m6t, but not a mobile node
 * @start: index of any device that had its name at the start
 * @lock: its lock file, see lock_take()
 * @seen: it was in the last listing
 * @up: it is up
 * @there: its index if it is of type m6t, in any mode; 0: it does not exist
 * @metric: metric of its default route, as given by the user; 0: not given
 * @read: its file was looked for
 * @asker: the process that looks up its gateway's name; 0: none
 * @facts: what is known about it
 */
struct follow_dev {
	struct follow_dev *next;
	struct device dev;
	const char *typed;
	bool named;
	bool gateway;
	uint32_t start;
	int lock;
	bool seen;
	bool up;
	uint32_t there;
	uint32_t metric;
	bool read;
	pid_t asker;
	struct facts facts;
};

/**
 * struct follow - all devices, and the sources of messages
 * @all: follow every mobile node
 * @lock: for @all, as in &struct follow_dev
 * @devs: the devices
 * @rtnl: for requests
 * @links: for rtnetlink messages
 * @has_genl: @genl and @events are open, as there is a device
 * @genl: for requests
 * @events: for events
 * @slept: ns for which the host has been asleep in total
 * @names: a pipe for the answers of the processes that look up names
 * @due: ms, when to look at all devices; negative: no need to
 * @listen: ms, when to read @links again
 * @retry: ms until what was refused is tried again
 * @failed: something was refused
 * @listed: the last listing of the devices is complete
 * @tell: called after each look at all devices, if they are created from files;
 *	else NULL
 */
struct follow {
	bool all;
	int lock;
	struct follow_dev *devs;
	struct rtnl rtnl;
	struct nl links;
	bool has_genl;
	struct genl genl;
	struct genl events;
	int64_t slept;
	int names[2];
	int64_t due;
	int64_t listen;
	int retry;
	bool failed;
	bool listed;
	void (*tell)(struct follow *follow);
};

/* plan.c */
int64_t follow_now(void);
void follow_plan(struct follow *follow, int64_t ms);
void follow_plan_retry(struct follow *follow);
void follow_touched(struct follow *follow, struct follow_dev *dev);

/* loop.c */
int follow_run(struct follow *follow);

/* look.c */
void look_begin(const struct follow *follow, const struct follow_dev *dev,
		struct view *view);
int look_at(struct follow *follow, const struct follow_dev *dev,
	    struct view *view, unsigned int part);

/* act.c */
int follow_act(struct follow *follow, struct follow_dev *dev);

/* report.c */
void report_event(const struct follow_dev *dev, enum event event);

/* make.c */
int make_take(const struct follow_dev *dev, const struct link_state *link);
int make_new(struct follow *follow, const struct follow_dev *dev,
	     struct view *view, int *early);
int make_end(struct follow *follow, struct follow_dev *dev);

/* reload.c */
void reload_file(struct follow *follow, struct follow_dev *dev);
void reload_first(struct follow *follow, struct follow_dev *dev);

/* name.c */
int name_ask(struct follow *follow, struct follow_dev *dev);
void name_stop(struct follow_dev *dev);
void name_changed(struct follow *follow);
bool name_told(struct follow *follow);

/* probe.c */
void follow_probe(const struct follow_dev *dev);

/* network.c */
int network_key(struct rtnl *rtnl, const struct path *path, char *key);
void network_ask(struct rtnl *rtnl, const struct path *path);
bool network_recall(const char *name, const char *key,
		    struct endpoint *endpoint);
void network_remember(const char *name, const char *key,
		      const struct endpoint *endpoint);

/* dev.c */
int follow_dev_new(struct follow *follow, const char *name, bool named,
		   struct follow_dev **made);
struct follow_dev *follow_dev_find(struct follow *follow, const char *name);
int follow_dev_list(struct follow *follow, bool *fresh);

/* alias.c */
struct follow_dev *alias_find(struct follow *follow, const struct nlmsghdr *nlh,
			      const char *name);

/* watch.c */
int watch_open(struct follow *follow);
int watch_events(struct follow *follow);
void watch_no_events(struct follow *follow);
bool watch_links_told(struct follow *follow);
bool watch_events_told(struct follow *follow);
bool watch_slept(struct follow *follow);
int watch_clock(void);
void watch_clock_arm(int fd);
int watch_signals(bool reload);
int watch_signal(int fd);

#endif /* M6T_FOLLOW_H */
