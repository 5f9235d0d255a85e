// SPDX-License-Identifier: GPL-2.0
/*
 * Which of several addresses and ports of a gateway a mobile node uses: what
 * worked in this network before, else the next one as long as it is silent.
 */
#include <string.h>

#include "ctl/follow/decide.h"

/* ms: a probe must have an answer by then, and anything else that was sent. */
#define GATEWAY_PROBED	3000
#define GATEWAY_SENT	5000
/* Probes, and ms between them. */
#define GATEWAY_PROBES	3
#define GATEWAY_PROBE	1000
/* ms: the longest wait after a round in vain. */
#define GATEWAY_PAUSE_MAX	300000
/* ms: how long until it is seen that something was sent, at first and at last.
 * Nothing tells of it, and a host that is idle should sleep.
 */
#define GATEWAY_LOOK	1000
#define GATEWAY_LOOK_MAX	16000
/* How often the next hop is asked for, each ms, before that is given up. */
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
 * gateway_start - begin anew, with what worked in this network
 * @facts: of the device
 * @view: this look at it, with a path
 *
 * Return: a step that ends as long as it is not known which network this is.
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
		/* Which ports pass is the network's, not which addresses. */
		gw->at -= gw->at % facts->conf->port_count;
		if (view->worked)
			gateways_use(facts, &view->best);
	}

	gw->neighbours = 0;
	gateways_rewind(gw);
	return step_wait(-1);
}

/* No path to the one in use: is there one to another? */
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
 * gateway_enter - choose, where the network is a new one
 * @facts: of the device
 * @view: this look at it
 *
 * Return: what is to be done; it ends where nothing else is to be done now.
 */
struct step gateway_enter(struct facts *facts, const struct view *view)
{
	struct endpoint now = gateway_of(&view->node);
	struct step step;

	if (!gateways_count(facts))
		return step_wait(-1);
	if (!view->path.exists)
		return gateway_reach(facts, view);
	/* An attachment that was there before us is kept. */
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

/* An attachment that has not been observed. */
static void gateway_begin(struct facts *facts, const struct view *view)
{
	struct gateways *gw = &facts->gateways;
	bool first = addr_same(&gw->addr, &in6addr_any);

	/* Before us, the gateway may have been heard, which is told but once. */
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
	/* To make the device it has been asked for just now. */
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

/* The next candidate, or after a whole round a wait. */
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

/* The time at which silence counts is @limit after the first packet. */
static struct step gateway_wait(struct facts *facts, const struct view *view,
				int limit)
{
	struct gateways *gw = &facts->gateways;
	int64_t left = gw->since + limit - view->now;

	/* Something may have come in, where events do not say so. */
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

/* Without a probe: has anybody sent anything? */
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
 * gateway_watch - see how the attachment fares
 * @facts: of the device, whose interface is as it must be
 * @view: this look at it
 *
 * Return: what is to be done.
 */
struct step gateway_watch(struct facts *facts, const struct view *view)
{
	struct endpoint endpoint = gateway_of(&view->node);
	struct gateways *gw = &facts->gateways;

	if (!gateways_count(facts) || !view->node.attached)
		return step_wait(-1);
	/* Somebody else may have set it, and to what the file does not name. */
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

	/* A portal, or a record that is out of date, may have told them. */
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
