// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions about the creation of a device from its file, and its maintenance.
 */
#include <errno.h>

#include "ctl/follow/decide.h"

/**
 * make_is_mobile - check if a device is a mobile node
 * @facts: about the device, which has a file
 *
 * Return: true if so.
 */
bool make_is_mobile(const struct facts *facts)
{
	return facts->conf->mode == M6T_MODE_MN;
}

/**
 * make_is_due - check if a device is still to be created
 * @facts: about the device
 *
 * Return: true if so.
 */
bool make_is_due(const struct facts *facts)
{
	return facts->make && !facts->made;
}

/* Wait for its underlay device, if that does not exist yet. */
static struct step make_below(struct facts *facts, const struct view *view)
{
	if (!facts->conf->link[0] || view->below)
		return step_of(STEP_MAKE);

	facts->waiting = MAKE_WANTS_LINK;
	return step_wait(-1);
}

/* Choose the gateway of a mobile node, as far as that is possible before. */
static struct step make_gateway(struct facts *facts, const struct view *view)
{
	struct step step;

	if (!gateways_count(facts)) {
		if (facts->search.asked)
			facts->waiting = MAKE_WANTS_ADDRESS;
		return step_wait(-1);
	}
	if (!(view->looked & LOOK_PATH))
		return step_look(LOOK_PATH);
	if (!view->path.exists)
		return step_of(STEP_MAKE);

	step = gateway_start(facts, view);
	return step_ends(&step) ? step : step_of(STEP_MAKE);
}

/**
 * make_decide - decide whether to create a device
 * @facts: about the device, which does not exist yet
 * @view: this look at it
 *
 * Return: the next step.
 */
struct step make_decide(struct facts *facts, const struct view *view)
{
	struct step step;

	if (step_taken(view, STEP_MAKE))
		return step_wait(-1);
	if (!(view->looked & LOOK_LINK))
		return step_look(LOOK_LINK);
	if (view->link.ifindex)
		return step_of(STEP_TAKE);

	step = make_below(facts, view);
	if (step.kind != STEP_MAKE || !make_is_mobile(facts))
		return step;
	return make_gateway(facts, view);
}

/* The setting contains the index of the underlay device, the file its name. */
static bool keep_must_bind(const struct facts *facts, const struct view *view)
{
	return facts->conf->link[0] && view->below &&
	       view->below != facts->below;
}

/**
 * keep_decide - decide what to restore on a device that was created
 * @facts: about the device
 * @view: this look at it
 *
 * Return: the next step.
 */
struct step keep_decide(struct facts *facts, const struct view *view)
{
	struct step step = step_wait(-1);

	if (!facts->made)
		return step;
	if (keep_must_bind(facts, view) && !step_taken(view, STEP_BIND))
		return step_of(STEP_BIND);
	if (step_taken(view, STEP_TAKE) && !view->link.up &&
	    !step_taken(view, STEP_UP))
		return step_of(STEP_UP);

	/* Look again at once, as the binding may change the path. */
	if (step_taken(view, STEP_BIND) && view->below == facts->below)
		step.ms = 0;
	if (make_is_mobile(facts) || step_taken(view, STEP_ROUTE))
		return step;
	if (facts_are_due(facts, view->now))
		return step_of(STEP_ROUTE);
	return step_sooner(step, facts_left(facts, view->now));
}

static void keep_taken(struct facts *facts, const struct view *view)
{
	const struct link_state *link = &view->link;

	if (make_is_mobile(facts) && !gateways_use(facts, &link->endpoint)) {
		gateways_set(facts, &link->endpoint.addr, 1);
		gateways_use(facts, &link->endpoint);
	}
	facts->gateways.gone = false;
	facts->gateways.doubt = true;
	facts->made = link->ifindex;
	facts->below = link->below;
	facts->waiting = MAKE_NO_REASON;
}

static void keep_made(struct facts *facts, const struct view *view)
{
	/* Both may happen at boot; the link may also vanish just now. */
	if (view->err == -EADDRNOTAVAIL)
		facts->waiting = MAKE_WANTS_LOCAL;
	else if (view->err)
		facts->waiting = MAKE_WANTS_LINK;
	if (view->err)
		return;

	facts->gateways.gone = false;
	facts->made = view->link.ifindex;
	facts->below = view->below;
	facts->waiting = MAKE_NO_REASON;
	/* It was created with its routes. */
	if (!make_is_mobile(facts))
		facts_looked(facts, view->now, true);
}

static struct step keep_bound(struct facts *facts, const struct view *view)
{
	bool again = view->below == facts->refused;

	facts->refused = view->err ? view->below : 0;
	if (view->err)
		return step_give_up(!again, true);

	facts->below = view->below;
	return step_wait(-1);
}

static struct step keep_routed(struct facts *facts, const struct view *view)
{
	bool again = facts->failing;
	/* Removed or set down: a message will report when that changes. */
	bool right = !view->err || view->err == -ENETDOWN ||
		     view->err == -ENODEV;

	facts_looked(facts, view->now, right);
	facts->failing = !right;
	return right ? step_wait(-1) : step_give_up(!again, true);
}

/**
 * keep_done - evaluate the result of a step
 * @facts: about the device
 * @view: this look at it
 *
 * Return: the step that follows from it.
 */
struct step keep_done(struct facts *facts, const struct view *view)
{
	switch (view->did.kind) {
	case STEP_TAKE:
		keep_taken(facts, view);
		return step_wait(-1);
	case STEP_MAKE:
		keep_made(facts, view);
		return step_wait(-1);
	case STEP_BIND:
		return keep_bound(facts, view);
	case STEP_ROUTE:
		return keep_routed(facts, view);
	default:
		return step_wait(-1);
	}
}
