/* SPDX-License-Identifier: GPL-2.0 */
/*
 * m6tctl follow: what its files share.
 *
 * Nothing is derived from the content of messages. Each one only says that
 * something has changed, and then all is looked at anew, so a message that
 * was lost costs nothing. What is done then is decided in decide.c, from what
 * look.c sees, and done by act.c.
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

/* Room for what a network is known by. */
#define NETWORK_KEY	64
/* ms: messages come in bursts; look when one should be over. */
#define FOLLOW_SETTLE	15

/**
 * struct follow_dev - a device to follow
 * @next: the next one
 * @dev: its name, and its index while it is there
 * @typed: the name that the user named it by; NULL: it has none
 * @named: the user named it, so it stays when the device goes
 * @gateway: it is of type m6t, but no mobile node
 * @start: index that its name had at the start, whatever it was
 * @lock: a file that nobody else has locked, see lock_take()
 * @seen: it was in the last listing
 * @up: it is up
 * @there: its index when it is of type m6t, of whatever mode; 0: it is not there
 * @metric: of its default route, if the user said so; else 0
 * @read: whether there is a file has been seen
 * @asker: the process that asks for its gateway's name; 0: none does
 * @facts: what is known of it
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
 * struct follow - all of it
 * @all: follow every mobile node
 * @lock: for @all, as in &struct follow_dev
 * @devs: the devices
 * @rtnl: for requests
 * @links: for messages of rtnetlink
 * @has_genl: @genl and @events are open: there is a device
 * @genl: for requests
 * @events: for events
 * @slept: how long the host has been asleep, ns
 * @names: a pipe for the answers of those who look for names
 * @due: when to look at all, ms; negative: no need
 * @listen: when to read messages of @links again, ms
 * @retry: how long to wait before what was refused is tried again, ms
 * @failed: something was refused
 * @listed: the last listing of the devices is complete
 * @tell: called after each look at all, where devices are made from files; else
 *	NULL
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
