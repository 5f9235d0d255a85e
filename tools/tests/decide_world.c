// SPDX-License-Identifier: GPL-2.0
/*
 * A world for m6tctl follow: one or two devices, and paths to gateways 1 to 4.
 */
#include <stdio.h>
#include <string.h>

#include "decide.h"

struct world world;

const char *const step_words[STEP_COUNT] = {
	[STEP_WAIT] = "wait", [STEP_LOOK] = "look",
	[STEP_ATTACH] = "attach", [STEP_DETACH] = "detach",
	[STEP_SETTLE] = "settle", [STEP_CLEAR] = "clear",
	[STEP_MOVE] = "move", [STEP_LEAVE] = "leave",
	[STEP_FIND_HOP] = "find-hop", [STEP_PROBE] = "probe",
	[STEP_REMEMBER] = "remember", [STEP_SAY] = "say",
	[STEP_GIVE_UP] = "give-up", [STEP_TAKE] = "take",
	[STEP_MAKE] = "make", [STEP_GONE] = "gone", [STEP_BIND] = "bind",
	[STEP_UP] = "up", [STEP_ROUTE] = "route", [STEP_ASK] = "ask",
	[STEP_HUSH] = "hush",
};

static const char *const event_words[] = {
	[EVENT_ATTACHED] = "attached", [EVENT_RESTORED] = "restored",
	[EVENT_DETACHED] = "detached", [EVENT_GATEWAY] = "gateway",
};

void world_say(const char *what)
{
	if (world.said[0])
		strcat(world.said, " ");
	strcat(world.said, what);
}

static struct in6_addr address(unsigned int number)
{
	struct in6_addr addr = { .s6_addr = { 0xfd } };

	addr.s6_addr[14] = number >> 8;
	addr.s6_addr[15] = number;
	return addr;
}

void world_attach(struct world_dev *dev)
{
	dev->node.attached = true;
	dev->node.addr = address(++world.addrs);
}

static unsigned int address_number(const struct world_dev *dev)
{
	return dev->node.addr.s6_addr[14] << 8 | dev->node.addr.s6_addr[15];
}

void world_create(struct world_dev *dev)
{
	struct endpoint endpoint = { .addr.s_addr = 1, .port = 3544 };

	memset(&dev->node, 0, sizeof(dev->node));
	gateways_get(&dev->facts, &endpoint);
	dev->node.gateway = endpoint.addr;
	dev->node.port = endpoint.port;
	dev->ifindex = ++world.indexes;
	dev->up = true;
	dev->on = 0;
	dev->routed = false;
	if (!dev->facts.make)
		facts_forget(&dev->facts);
}

/* ---- what the follower sees */

static struct path path_to(struct in_addr gateway)
{
	unsigned int way = world.ways[gateway.s_addr];

	return (struct path){
		.exists = way, .link = way, .downs = world.downs,
		.local.s_addr = way, .family = way ? AF_INET : 0,
	};
}

static void see_others(const struct world_dev *dev, struct view *view)
{
	const struct gateways *gw = &dev->facts.gateways;
	unsigned int i;

	for (i = 0; i < gw->count && !view->reach; i++) {
		view->other = gw->addrs[i];
		view->reach = path_to(view->other).exists;
	}
}

static void see_link(const struct world_dev *dev, struct link_state *link)
{
	link->ifindex = dev->ifindex;
	link->up = dev->up;
	link->below = dev->node.link;
	link->endpoint.addr = dev->node.gateway;
	link->endpoint.port = dev->node.port;
}

static void see_path(const struct world_dev *dev, struct view *view)
{
	struct endpoint endpoint = { .addr = dev->node.gateway };

	if (make_is_due(&dev->facts))
		gateways_get(&dev->facts, &endpoint);
	view->path = path_to(endpoint.addr);
}

static int see(struct world_dev *dev, struct view *view, unsigned int part)
{
	view->looked |= part;
	switch (part) {
	case LOOK_LINK:
		see_link(dev, &view->link);
		break;
	case LOOK_BELOW:
		view->below = world.below;
		break;
	case LOOK_NODE:
		view->node = dev->node;
		break;
	case LOOK_PATH:
		see_path(dev, view);
		break;
	case LOOK_NETWORK:
		view->hop_unknown = world.hop_unknown;
		view->worked = world.best.port;
		view->best = world.best;
		break;
	case LOOK_OTHERS:
		see_others(dev, view);
		break;
	default:
		view->counted = !world.uncounted;
		view->rx = world.rx;
		view->tx = world.tx;
		break;
	}

	return world.refuses_look[part];
}

/* ---- what the follower does */

static void move(struct world_dev *dev, unsigned int at)
{
	struct endpoint endpoint = gateways_at(&dev->facts, at);

	dev->node.gateway = endpoint.addr;
	dev->node.port = endpoint.port;
	if (dev->node.attached)
		world_attach(dev);
}

static void settle(struct world_dev *dev, struct view *view, unsigned int on)
{
	view->changed = dev->on != on || dev->routed != !!on;
	dev->on = on;
	dev->routed = on;
}

static void make(struct world_dev *dev, struct view *view)
{
	world_create(dev);
	if (make_is_mobile(&dev->facts))
		world_attach(dev);
	view->link.ifindex = dev->ifindex;
}

/* Apply the effects that the step has in the kernel. */
static void change(struct world_dev *dev, struct view *view,
		   const struct step *step)
{
	switch (step->kind) {
	case STEP_ATTACH:
		if (!world.keeps_quiet)
			world_attach(dev);
		view->node = dev->node;
		break;
	case STEP_DETACH:
		view->node.attached = false;
		dev->node.attached = false;
		break;
	case STEP_SETTLE:
		settle(dev, view, address_number(dev));
		break;
	case STEP_CLEAR:
		settle(dev, view, 0);
		break;
	case STEP_MOVE:
	case STEP_LEAVE:
		move(dev, step->at);
		break;
	case STEP_MAKE:
		make(dev, view);
		break;
	case STEP_BIND:
		dev->node.link = world.below;
		break;
	case STEP_UP:
		dev->up = true;
		break;
	default:
		break;
	}
}

static int act(struct world_dev *dev, struct view *view,
	       const struct step *step)
{
	if (step->kind == STEP_LOOK)
		return see(dev, view, step->look);

	view->changed = false;
	if (!world.refuses[step->kind])
		change(dev, view, step);
	return world.refuses[step->kind];
}

static void say_step(const struct world_dev *dev, const struct step *step)
{
	struct endpoint endpoint;
	char text[64];

	if (step->kind == STEP_WAIT || step->kind == STEP_LOOK)
		return;
	if (step->kind == STEP_SAY) {
		snprintf(text, sizeof(text), "+%s", event_words[step->event]);
	} else if (step->kind == STEP_MOVE || step->kind == STEP_LEAVE) {
		endpoint = gateways_at(&dev->facts, step->at);
		snprintf(text, sizeof(text), "%s:%u:%u",
			 step_words[step->kind], endpoint.addr.s_addr,
			 endpoint.port);
	} else {
		snprintf(text, sizeof(text), "%s%s%s%s",
			 step_words[step->kind],
			 step->say ? ":say" : "", step->retry ? ":retry" : "",
			 step->kind == STEP_CLEAR &&
			 step->state == FOLLOW_LEFT ? ":left" : "");
	}
	world_say(text);
}

static void plan(struct world_dev *dev, int64_t ms)
{
	if (ms >= 0 && (dev->due < 0 || world.now + ms < dev->due))
		dev->due = world.now + ms;
}

static void take_steps(struct world_dev *dev, bool listed)
{
	struct view view = {
		.now = world.now, .listed = listed && !world.unlisted,
		.there = dev->ifindex, .up = dev->up,
		.seen = listed && dev->ifindex &&
			(!dev->facts.conf || make_is_mobile(&dev->facts)),
	};
	struct step step;
	unsigned int n = 0;

	do {
		step = follow_decide(&dev->facts, &view);
		say_step(dev, &step);
		plan(dev, step.ms);
		view.err = act(dev, &view, &step);
		view.did = step;
		view.done |= 1u << step.kind;
		if (++n > WORLD_STEPS)
			world_say("and so on");
	} while (step.kind != STEP_WAIT && step.kind != STEP_GONE &&
		 n <= WORLD_STEPS);
}

static void look_at(struct world_dev *dev)
{
	char text[32];

	dev->due = -1;
	if (make_is_due(&dev->facts))
		take_steps(dev, false);
	if (!make_is_due(&dev->facts))
		take_steps(dev, true);
	if (dev->due < 0) {
		world_say("wait");
		return;
	}

	snprintf(text, sizeof(text), "wait:%lld",
		 (long long)(dev->due - world.now));
	world_say(text);
}

/**
 * world_begin - start with one device that does not exist, and no path
 */
void world_begin(void)
{
	memset(&world, 0, sizeof(world));
	world.now = 1000000;
	world.count = 1;
	world.dev = world.devs;
}

/**
 * world_look - let the follower look at all devices
 *
 * Return: the results of the events before, the steps, and the time that the
 * follower then waits.
 */
const char *world_look(void)
{
	unsigned int i;

	for (i = 0; i < world.count; i++) {
		if (i)
			world_say("|");
		look_at(&world.devs[i]);
	}

	return world.said;
}
