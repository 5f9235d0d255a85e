// SPDX-License-Identifier: GPL-2.0
/*
 * What m6tctl follow does next about a device, by what it knows of it and what
 * it sees. A look at a device is one step after the other until there is nothing
 * left but to wait; what has come of a step is seen when the next one is asked for.
 */
#include "ctl/follow/decide.h"

/* Those that come behind what an attachment needs. */
#define DECIDE_REST	((1u << STEP_BIND) | (1u << STEP_UP) | \
			 (1u << STEP_ROUTE) | (1u << STEP_ASK) | \
			 (1u << STEP_HUSH))

/* What has come of the last step. */
static struct step decide_done(struct facts *facts, const struct view *view)
{
	struct step step = attach_done(facts, view);

	if (step.kind != STEP_WAIT)
		return step;
	if (view->did.kind == STEP_ASK && view->err)
		search_failed(facts, view->now);
	return keep_done(facts, view);
}

/* A device that is to be made, or the attachment of a mobile node. */
static struct step decide_first(struct facts *facts, const struct view *view)
{
	/* Once for each look: the time until the next one is known by then. */
	if (view->done & (DECIDE_REST | 1u << STEP_GIVE_UP))
		return step_wait(-1);
	if (facts->make && facts->conf->link[0] &&
	    !(view->looked & LOOK_BELOW))
		return step_look(LOOK_BELOW);
	if (make_is_due(facts))
		return make_decide(facts, view);
	if (facts->made && view->listed && view->there != facts->made)
		return step_of(STEP_GONE);

	return view->seen ? attach_decide(facts, view) : step_wait(-1);
}

/* It has just come to be: all else is decided once it has been listed. */
static bool decide_is_new(const struct facts *facts, const struct view *view)
{
	return facts->made &&
	       (step_taken(view, STEP_TAKE) || step_taken(view, STEP_MAKE));
}

/**
 * follow_decide - what is to be done next
 * @facts: what is known of a device; changed to what is known by now
 * @view: what is seen of it, and what has come of the last step
 *
 * Return: the step; %STEP_WAIT ends the look.
 */
struct step follow_decide(struct facts *facts, const struct view *view)
{
	struct step step, rest;

	step = decide_done(facts, view);
	if (step.kind != STEP_WAIT)
		return step;
	step = decide_first(facts, view);
	if (step.kind != STEP_WAIT)
		return step;

	rest = keep_decide(facts, view);
	if (rest.kind != STEP_WAIT || decide_is_new(facts, view))
		return step_sooner(rest, step.ms);
	step = step_sooner(step, rest.ms);
	return step_sooner(search_decide(facts, view), step.ms);
}
