/* SPDX-License-Identifier: GPL-2.0 */
/*
 * m6tctl follow: what its files share.
 *
 * Nothing is derived from the content of messages. Each one only says that
 * something has changed, and then all is looked at anew, so a message that
 * was lost costs nothing.
 */
#ifndef M6T_FOLLOW_H
#define M6T_FOLLOW_H

#include <sys/types.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/endpoint.h"
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
#include "lib/resolve.h"
#include "lib/netlink/rtnl_attach.h"
#include "lib/netlink/rtnl_route.h"
#include "lib/say.h"
#include "lib/text.h"

/* Addresses that one name may have; more are left out. */
#define NAME_ADDRS	RESOLVE_ADDRS
/* Room for what a network is known by. */
#define NETWORK_KEY	64

/**
 * struct name - the search for the addresses of a gateway's name
 * @wanted: they are to be asked for
 * @unheard: only because nobody is heard at the addresses known
 * @failed: the last answer was that there are none
 * @asked: there has been an answer, whatever it was
 * @pid: the process that asks; 0: none does
 * @started: when it, or the one before, began, ms
 * @due: when to ask, ms
 * @retry: how long to wait after a failure, ms
 */
struct name {
	bool wanted;
	bool unheard;
	bool failed;
	bool asked;
	pid_t pid;
	int64_t started;
	int64_t due;
	int retry;
};

/**
 * struct gateways - addresses and ports that a gateway may be reached by
 * @addrs: the addresses; with each port of the file they are the candidates
 * @count: how many addresses
 * @at: the candidate that is in use
 * @silent: how many were silent since the last one that was not
 * @pause: how long to wait after a round in which all were silent, ms
 * @resume: when that is over, ms; negative: no such wait
 * @neighbours: how often the next hop was asked for
 * @moved: the next attachment is because we chose another candidate
 * @addr: address of the attachment that is observed
 * @heard: address of the last attachment on which the gateway was heard
 * @good: it was heard on the attachment that is observed
 * @doubt: it may have been heard without our knowing
 * @probes: how many probes were sent
 * @since: when the first one was, or when anything was first sent; ms;
 *	negative: nothing was sent
 * @look: how long until the next look at the counters, ms
 * @rx: packets received when the observation began
 * @tx: packets sent, other than keepalives, when it began
 */
struct gateways {
	struct in_addr addrs[NAME_ADDRS];
	unsigned int count;
	unsigned int at;
	unsigned int silent;
	int pause;
	int64_t resume;
	unsigned int neighbours;
	bool moved;
	struct in6_addr addr;
	struct in6_addr heard;
	bool good;
	bool doubt;
	unsigned int probes;
	int64_t since;
	int look;
	uint64_t rx;
	uint64_t tx;
};

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
 * @moved: the host was asleep, so an attachment means nothing any more
 * @settled: the interface has @addr and a default route, or neither
 * @left: somebody else detached it; so it stays until the way changes
 * @failing: a sentence about what does not work has been printed
 * @addr: address of the attachment, unspecified where it is detached
 * @look: when to see whether others have changed that, ms; negative: they have
 *	not
 * @said: when it was last printed that they have, ms; 0: never
 * @node: settings at that time
 * @path: the way at that time
 * @there: its index when it is of type m6t, of whatever mode; 0: it is not there
 * @metric: of its default route, if the user said so; else 0
 * @conf: its file, if it was made from one, or NULL
 * @read: whether there is a file has been seen
 * @make: make it from its file
 * @made: its index, once that is done
 * @below: index of the underlay device at that time; 0: any
 * @refused: index of an underlay device that it could not be bound to; 0: none
 * @waiting: why that is not done yet, for people
 * @name: the search for addresses of its gateway
 * @gateways: what the search has found
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
	bool moved;
	bool settled;
	bool left;
	bool failing;
	struct in6_addr addr;
	int64_t look;
	int64_t said;
	struct node node;
	struct path path;
	uint32_t there;
	uint32_t metric;
	struct conf *conf;
	bool read;
	bool make;
	uint32_t made;
	uint32_t below;
	uint32_t refused;
	char waiting[128];
	struct name name;
	struct gateways gateways;
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
	void (*tell)(struct follow *follow);
};

/* follow_loop.c */
int64_t follow_now(void);
void follow_plan(struct follow *follow, int64_t ms);
void follow_touched(struct follow *follow, struct follow_dev *dev);
bool follow_is_due(struct follow *follow, const struct follow_dev *dev);
void follow_looked(struct follow_dev *dev, bool right);
int follow_run(struct follow *follow);

/* follow_make.c */
int make_sync(struct follow *follow, struct follow_dev *dev);
int make_keep(struct follow *follow, struct follow_dev *dev);
int make_check(const struct follow_dev *dev);
bool make_settled(struct follow *follow, const struct follow_dev *dev);
void make_reload(struct follow *follow, struct follow_dev *dev);
int make_end(struct follow *follow, struct follow_dev *dev);
void make_adopt(struct follow *follow, struct follow_dev *dev);

/* follow_name.c */
void name_want(struct follow_dev *dev);
void name_again(struct follow_dev *dev);
void name_heard(struct follow_dev *dev);
void name_sync(struct follow *follow, struct follow_dev *dev);
void name_stop(struct follow_dev *dev);
void name_changed(struct follow *follow);
bool name_told(struct follow *follow);

/* follow_gateway.c */
void gateways_set(struct follow_dev *dev, const struct in_addr *addrs,
		  unsigned int count);
void gateways_found(struct follow *follow, struct follow_dev *dev,
		    const struct in_addr *addrs, unsigned int count);
bool gateways_get(const struct follow_dev *dev, struct endpoint *endpoint);
bool gateways_use(struct follow_dev *dev, const struct endpoint *endpoint);
int gateways_first(struct follow *follow, struct follow_dev *dev);
int gateways_enter(struct follow *follow, struct follow_dev *dev,
		   struct node *node, struct path *path);
int gateways_watch(struct follow *follow, struct follow_dev *dev,
		   const struct node *node);
bool gateways_heard(struct follow *follow, uint32_t ifindex,
		    const struct in6_addr *addr);
void gateways_doubt(struct follow *follow);

/* follow_probe.c */
void follow_probe(const struct follow_dev *dev);

/* follow_network.c */
int network_key(struct rtnl *rtnl, const struct path *path, char *key);
void network_ask(struct rtnl *rtnl, const struct path *path);
bool network_recall(const char *name, const char *key,
		    struct endpoint *endpoint);
void network_remember(const char *name, const char *key,
		      const struct endpoint *endpoint);

/* follow_dev.c */
int follow_dev_new(struct follow *follow, const char *name, bool named,
		   struct follow_dev **made);
struct follow_dev *follow_dev_find(struct follow *follow, const char *name);
int follow_dev_list(struct follow *follow, bool *fresh);
int follow_dev_sync(struct follow *follow, struct follow_dev *dev);
void follow_dev_say_gateway(const struct follow_dev *dev,
			    const struct endpoint *endpoint);

/* follow_alias.c */
struct follow_dev *alias_find(struct follow *follow, const struct nlmsghdr *nlh,
			      const char *name);

/* follow_watch.c */
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
