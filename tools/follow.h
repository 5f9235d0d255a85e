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

#include "m6tctl.h"

/**
 * struct path - the IPv4 way to a gateway
 * @exists: there is one; the rest holds only then
 * @link: index of the link that it leaves by
 * @name: name of that link
 * @downs: how often that link has lost its carrier: it may have been plugged
 *	in elsewhere since
 * @local: IPv4 address that it leaves from
 * @family: of the next hop; 0: the gateway is on the link
 * @via: address of the next hop
 */
struct path {
	bool exists;
	uint32_t link;
	char name[IFNAMSIZ];
	uint32_t downs;
	struct in_addr local;
	uint8_t family;
	uint8_t via[sizeof(struct in6_addr)];
};

/**
 * struct follow_dev - a device to follow
 * @next: the next one
 * @dev: its name, and its index while it is there
 * @named: the user named it, so it stays when the device goes
 * @gateway: it is of type m6t, but no mobile node
 * @start: index that its name had at the start, whatever it was
 * @lock: a file that nobody else has locked, see watch_lock()
 * @seen: it was in the last listing
 * @up: it is up
 * @moved: the host was asleep, so an attachment means nothing any more
 * @settled: @addr is on the interface
 * @left: somebody else detached it; so it stays until the way changes
 * @failing: a sentence about what does not work has been printed
 * @addr: address of the attachment
 * @node: settings at that time
 * @path: the way at that time
 */
struct follow_dev {
	struct follow_dev *next;
	struct device dev;
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
	struct node node;
	struct path path;
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
};

/* follow_path.c */
int path_find(struct rtnl *rtnl, const struct node *node, uint32_t self,
	      struct path *path);
bool path_same(const struct path *a, const struct path *b);

/* follow_dev.c */
int follow_dev_new(struct follow *follow, const char *name, bool named,
		   struct follow_dev **made);
struct follow_dev *follow_dev_find(struct follow *follow, const char *name);
int follow_dev_list(struct follow *follow, bool *fresh);
int follow_dev_sync(struct follow *follow, struct follow_dev *dev);

/* follow_watch.c */
int watch_open(struct follow *follow);
int watch_events(struct follow *follow);
void watch_no_events(struct follow *follow);
bool watch_links_told(struct follow *follow);
bool watch_events_told(struct follow *follow);
bool watch_slept(struct follow *follow);
int watch_clock(void);
void watch_clock_arm(int fd);
int watch_signals(void);
int watch_lock(const char *name);
int watch_lock_fail(int err, const char *who);

#endif /* M6T_FOLLOW_H */
