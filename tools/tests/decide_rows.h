/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Abbreviations for the tables of single decisions: facts, views and steps.
 */
#ifndef M6T_TEST_DECIDE_ROWS_H
#define M6T_TEST_DECIDE_ROWS_H

#include <errno.h>

#include "decide.h"

#define NOW	500000

extern struct conf one;
extern struct conf two;
extern struct conf probed;
extern struct conf named;
extern struct conf linked;
extern struct conf gateway;
extern struct conf gateway_linked;

#define ADDR(n)		{ .s6_addr = { [0] = 0xfd, [15] = n } }
#define PATH(n)		{ .exists = true, .link = n, .local = { 1 } }
#define SETTINGS	.gateway = { 1 }, .port = 3544
#define NODE(n)		{ SETTINGS, .attached = true, .addr = ADDR(n) }
#define NODE_OF(g, p)	{ .gateway = { g }, .port = p,			\
			  .attached = true, .addr = ADDR(1) }
#define NO_NODE		{ SETTINGS }

/* Facts about a device that is attached, detached, or not looked at yet. */
#define ATTACHED	.state = FOLLOW_ATTACHED, .addr = ADDR(1),	\
			.settled = true, .look = -1, .node = NODE(1),	\
			.path = PATH(1)
#define DETACHED	.settled = true, .look = -1
#define LEFT		DETACHED, .state = FOLLOW_LEFT, .node = NO_NODE, \
			.path = PATH(1)
/* The same, with candidates, on an attachment that is observed. */
#define CHOICE(c, ...)	.conf = &(c), .gateways = {			\
				.addrs = { { 1 }, { 2 } }, .count = 2,	\
				.pause = 5000, __VA_ARGS__ }
#define OBSERVED(c, ...) ATTACHED, CHOICE(c, .addr = ADDR(1), .since = -1, \
					  .look = 1000, __VA_ARGS__)

#define SEEN		.now = NOW, .listed = true, .there = 3,		\
			.seen = true, .up = true
#define LOOKED		SEEN, .looked = LOOK_NODE | LOOK_PATH
#define TAKEN(k)	.done = 1u << STEP_##k, .did = STEP(k)
#define STEP(k)		{ .kind = STEP_##k, .ms = -1 }
#define WAIT(n)		{ .kind = STEP_WAIT, .ms = n }
#define NOTHING		WAIT(-1)
#define LOOK(part)	{ .kind = STEP_LOOK, .ms = -1, .look = LOOK_##part }
#define SAY(e)		{ .kind = STEP_SAY, .ms = -1, .event = EVENT_##e }
#define MOVE(n)		{ .kind = STEP_MOVE, .ms = -1, .at = n }
#define GIVE_UP(s, r)	{ .kind = STEP_GIVE_UP, .ms = -1, .say = s, .retry = r }
#define AFTER(...)	true, { __VA_ARGS__ }

#endif /* M6T_TEST_DECIDE_ROWS_H */
