/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of the decisions of m6tctl follow, which need neither a kernel nor a
 * clock.
 */
#ifndef M6T_TEST_DECIDE_H
#define M6T_TEST_DECIDE_H

#include "../ctl/follow/decide.h"

/**
 * struct row - one decision
 * @name: what it tests
 * @facts: what is known before
 * @view: what was found
 * @step: the expected step
 * @changes: the facts change to @after; otherwise they must not change
 * @after: the expected facts
 */
struct row {
	const char *name;
	struct facts facts;
	struct view view;
	struct step step;
	bool changes;
	struct facts after;
};

/**
 * struct look - events, and the look at a device that follows
 * @events: the events, see decide_events.c
 * @steps: all steps expected in the look
 */
struct look {
	const char *events;
	const char *steps;
};

/* Maximum number of looks in one sequence. */
#define ORDER_LOOKS	16

/**
 * struct order - a sequence of events
 * @name: what it tests
 * @looks: the looks, in order
 */
struct order {
	const char *name;
	struct look looks[ORDER_LOOKS];
};

#define WORLD_DEVS	2
#define WORLD_ADDRS	5	/* number 0 is not used */
#define WORLD_STEPS	40	/* a look with more steps is endless */

/**
 * struct world_dev - a device
 * @facts: what the follower knows about it
 * @conf: its file, if it has one
 * @ifindex: its index; 0: it does not exist
 * @up: it is up
 * @node: settings and attachment
 * @on: number of the address on its interface; 0: none
 * @routed: a default route leads through it
 * @due: ms, when the follower looks at it again; negative: no need to
 */
struct world_dev {
	struct facts facts;
	struct conf conf;
	uint32_t ifindex;
	bool up;
	struct node node;
	unsigned int on;
	bool routed;
	int64_t due;
};

/**
 * struct world - state outside of the devices
 * @devs: the devices
 * @dev: the one that the events are about
 * @count: number of devices
 * @now: ms, current time
 * @addrs: the last address that was assigned
 * @indexes: the last index that was assigned
 * @ways: paths to the gateways; 0: there is none
 * @downs: number of times that their links have lost the carrier
 * @unlisted: listing the devices fails
 * @below: index of the underlay device of files
 * @hop_unknown: the next hop is not resolved
 * @best: the endpoint that has worked; port 0: none
 * @uncounted: reading the counters fails
 * @keeps_quiet: the kernel reports no address when it attaches
 * @rx: packets received
 * @tx: packets sent
 * @refuses: errors by step
 * @refuses_look: errors by part of the view
 * @said: steps of the follower in this look
 */
struct world {
	struct world_dev devs[WORLD_DEVS];
	struct world_dev *dev;
	unsigned int count;
	int64_t now;
	unsigned int addrs;
	unsigned int indexes;
	unsigned int ways[WORLD_ADDRS];
	uint32_t downs;
	bool unlisted;
	uint32_t below;
	bool hop_unknown;
	struct endpoint best;
	bool uncounted;
	bool keeps_quiet;
	uint64_t rx;
	uint64_t tx;
	int refuses[STEP_COUNT];
	int refuses_look[LOOK_COUNTERS + 1];
	char said[1024];
};

extern struct world world;
extern const char *const step_words[STEP_COUNT];

extern const struct row rows_attach[];
extern const unsigned int n_rows_attach;
extern const struct row rows_gateway[];
extern const unsigned int n_rows_gateway;
extern const struct order attachments[];
extern const unsigned int n_attachments;
extern const struct order gateways[];
extern const unsigned int n_gateways;

/* decide_report.c */
void test_report(bool ok, const char *what, const char *name);
unsigned int test_failed(void);

/* decide_messages.c */
void test_messages(void);

/* decide_world.c */
void world_begin(void);
void world_say(const char *what);
void world_create(struct world_dev *dev);
void world_attach(struct world_dev *dev);
const char *world_look(void);

/* decide_events.c */
const char *world_after(const char *events);

#endif /* M6T_TEST_DECIDE_H */
