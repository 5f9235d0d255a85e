// SPDX-License-Identifier: GPL-2.0
/*
 * The choice among several addresses and ports of a gateway: the one that has
 * worked in this network before, then the next one whenever one stays silent.
 */
#include <string.h>

#include "ctl/follow/decide.h"

/* ms since the first probe or packet, after which a candidate is silent. */
#define GATEWAY_PROBED	3000
#define GATEWAY_SENT	5000
/* Number of probes, and ms between them. */
#define GATEWAY_PROBES	3
#define GATEWAY_PROBE	1000
/* ms, the longest wait after a round in which all were silent. */
#define GATEWAY_PAUSE_MAX	300000
/* ms between looks at the counters until a packet was sent, first and last
 * interval. No event reports that, and an idle host should sleep.
 */
#define GATEWAY_LOOK	1000
#define GATEWAY_LOOK_MAX	16000
/* Number of attempts to resolve the next hop, and ms between them. */
#define GATEWAY_HOPS	10
#define GATEWAY_HOP	10

static struct endpoint gateway_of(const struct node *node)
{
	return (struct endpoint){ .addr = node->gateway, .port = node->port };
}

static bool gateway_in_use(const struct facts *facts, const struct node *node)
{
	struct endpoint endpoint = gateways_at(facts, facts->gateways.at);

	return endpoint.addr.s_addr == node->gateway.s_addr &&
	       endpoint.port == node->port;
}

static struct step gateway_next(const struct facts *facts)
{
	unsigned int next = facts->gateways.at + 1;

	return step_move(STEP_MOVE, next % gateways_count(facts));
}

/**
 * gateway_start - start a round, with what has worked in this network
 * @facts: about the device
 * @view: this look at it, with a path
 *
 * Return: a step to take or wait for while the network is not identified yet.
 */
struct step gateway_start(struct facts *facts, const struct view *view)
{
	struct gateways *gw = &facts->gateways;

	if (gateways_count(facts) > 1) {
		if (step_taken(view, STEP_FIND_HOP))
			return step_wait(GATEWAY_HOP);
		if (!(view->looked & LOOK_NETWORK))
			return step_look(LOOK_NETWORK);
		if (view->hop_unknown && gw->neighbours++ < GATEWAY_HOPS)
			return step_of(STEP_FIND_HOP);
		/* Which ports pass depends on the network; which addresses do,
		 * does not.
		 */
		gw->at -= gw->at % facts->conf->port_count;
		if (view->worked)
			gateways_use(facts, &view->best);
	}

	gw->neighbours = 0;
	gateways_rewind(gw);
	return step_wait(-1);
}

/* There is no path to the address in use: find one that has a path. */
static struct step gateway_reach(struct facts *facts, const struct view *view)
{
	struct endpoint other = {
		.addr = view->other, .port = view->node.port,
	};

	facts->gateways.moved = false;
	if (!(view->looked & LOOK_OTHERS))
		return step_look(LOOK_OTHERS);
	if (!view->reach || !gateways_use(facts, &other))
		return step_wait(-1);
	return step_move(STEP_MOVE, facts->gateways.at);
}

/**
 * gateway_enter - choose a candidate when the network is a new one
 * @facts: about the device
 * @view: this look at it
 *
 * Return: the next step; step_ends() if nothing else is to be decided now.
 */
struct step gateway_enter(struct facts *facts, const struct view *view)
{
	struct endpoint now = gateway_of(&view->node);
	struct step step;

	if (!gateways_count(facts))
		return step_wait(-1);
	if (!view->path.exists)
		return gateway_reach(facts, view);
	/* An attachment that existed before this process is kept. */
	if (view->node.attached && !facts->path.exists) {
		gateways_use(facts, &now);
		return step_wait(-1);
	}
	if (facts->gateways.moved || path_same(&facts->path, &view->path))
		return step_wait(-1);

	step = gateway_start(facts, view);
	if (step_ends(&step) || gateway_in_use(facts, &view->node))
		return step;
	return step_move(STEP_MOVE, facts->gateways.at);
}

/* Begin to observe an attachment. */
static void gateway_begin(struct facts *facts, const struct view *view)
{
	struct gateways *gw = &facts->gateways;
	bool first = addr_same(&gw->addr, &in6addr_any);

	/* The kernel reports only once per attachment that the gateway was
	 * heard, which may have happened before this process started.
	 */
	gw->doubt = first && (gw->doubt || !facts->make);
	gw->addr = facts->addr;
	if (gw->state == GATEWAY_HEARD)
		gw->state = GATEWAY_UNHEARD;
	gw->probes = 0;
	gw->since = -1;
	gw->look = GATEWAY_LOOK;
	if (view->counted) {
		gw->rx = view->rx;
		gw->tx = view->tx;
	}
	/* The name has just been looked up to create the device. */
	if (!gw->moved && !(first && facts->search.asked))
		search_want(facts, view->now);
	gw->moved = false;
}

static struct step gateway_is_heard(struct facts *facts)
{
	gateways_rewind(&facts->gateways);
	facts->gateways.state = GATEWAY_HEARD;
	search_heard(facts);
	if (gateways_count(facts) < 2 || !facts->path.exists)
		return step_wait(-1);

	return step_of(STEP_REMEMBER);
}

/* Use the next candidate or, after a whole round, wait. */
static struct step gateway_is_silent(struct facts *facts,
				     const struct view *view)
{
	struct gateways *gw = &facts->gateways;
	struct step step;

	gw->silent++;
	if (gw->silent < gateways_count(facts))
		return gateway_next(facts);

	step = step_wait(gw->pause);
	gw->silent = 0;
	gw->state = GATEWAY_RESTING;
	gw->resume = view->now + gw->pause;
	gw->pause *= 2;
	if (gw->pause > GATEWAY_PAUSE_MAX)
		gw->pause = GATEWAY_PAUSE_MAX;
	return step;
}

/* Wait for the gateway; it is silent @limit ms after the first packet. */
static struct step gateway_wait(struct facts *facts, const struct view *view,
				int limit)
{
	struct gateways *gw = &facts->gateways;
	int64_t left = gw->since + limit - view->now;

	/* If the event may have been missed, check for received packets. */
	if (gw->doubt && !(view->looked & LOOK_COUNTERS))
		return step_look(LOOK_COUNTERS);
	if (gw->doubt && view->counted && view->rx != gw->rx)
		return gateway_is_heard(facts);
	if (gateways_count(facts) < 2)
		return step_wait(-1);
	if (left <= 0)
		return gateway_is_silent(facts, view);
	return step_wait(left);
}

static struct step gateway_probe(struct facts *facts, const struct view *view)
{
	struct gateways *gw = &facts->gateways;
	int64_t left = 0;
	struct step step;

	if (gw->since < 0)
		gw->since = view->now;
	if (gw->probes < GATEWAY_PROBES)
		left = gw->since + gw->probes * GATEWAY_PROBE - view->now;
	if (gw->probes < GATEWAY_PROBES && left <= 0 &&
	    !step_taken(view, STEP_PROBE))
		return step_of(STEP_PROBE);

	step = gateway_wait(facts, view, GATEWAY_PROBED);
	if (gw->probes < GATEWAY_PROBES)
		step = step_sooner(step, left > 0 ? left : 0);
	return step;
}

/* Without probes: find out if any packet was sent. */
static struct step gateway_look(struct facts *facts, const struct view *view)
{
	struct gateways *gw = &facts->gateways;
	struct step step = step_wait(gw->look);

	if (gw->since >= 0)
		return gateway_wait(facts, view, GATEWAY_SENT);
	if (!(view->looked & LOOK_COUNTERS))
		return step_look(LOOK_COUNTERS);
	if (view->counted && view->tx != gw->tx) {
		gw->since = view->now;
		return step_wait(GATEWAY_SENT);
	}

	gw->look *= 2;
	if (gw->look > GATEWAY_LOOK_MAX)
		gw->look = GATEWAY_LOOK_MAX;
	return step;
}

/**
 * gateway_watch - observe the gateway on the current attachment
 * @facts: about the device, whose interface has its desired state
 * @view: this look at it
 *
 * Return: the next step.
 */
struct step gateway_watch(struct facts *facts, const struct view *view)
{
	struct endpoint endpoint = gateway_of(&view->node);
	struct gateways *gw = &facts->gateways;

	if (!gateways_count(facts) || !view->node.attached)
		return step_wait(-1);
	/* Another program may have set an endpoint that the file does not
	 * contain.
	 */
	if (!gateways_use(facts, &endpoint))
		return step_wait(-1);
	if (!addr_same(&gw->addr, &facts->addr)) {
		if (!(view->looked & LOOK_COUNTERS))
			return step_look(LOOK_COUNTERS);
		gateway_begin(facts, view);
	}
	if (gw->state == GATEWAY_HEARD)
		return step_wait(-1);
	if (addr_same(&gw->heard, &gw->addr))
		return gateway_is_heard(facts);

	/* The addresses may be wrong: from a captive portal, or an outdated
	 * record.
	 */
	search_again(facts);
	if (gw->state == GATEWAY_RESTING && view->now < gw->resume)
		return step_wait(gw->resume - view->now);
	if (gw->state == GATEWAY_RESTING) {
		gw->state = GATEWAY_UNHEARD;
		return gateway_next(facts);
	}
	if (!addr_same(&facts->conf->probe, &in6addr_any))
		return gateway_probe(facts, view);
	return gateways_count(facts) < 2 ? step_wait(-1) :
					   gateway_look(facts, view);
}
