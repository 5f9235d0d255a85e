// SPDX-License-Identifier: GPL-2.0
/*
 * The decision of m6tctl follow about the next step for a device, by what is
 * known about it and what was found in this look. A look is a sequence of steps
 * that ends with a wait; the result of a step is evaluated in the decision
 * about the next one.
 */
#include "ctl/follow/decide.h"

/* Steps that are decided after those of an attachment. */
#define DECIDE_REST	((1u << STEP_BIND) | (1u << STEP_UP) | \
			 (1u << STEP_ROUTE) | (1u << STEP_ASK) | \
			 (1u << STEP_HUSH))

/* Evaluate the result of the last step. */
static struct step decide_done(struct facts *facts, const struct view *view)
{
	struct step step = attach_done(facts, view);

	if (step.kind != STEP_WAIT)
		return step;
	if (view->did.kind == STEP_ASK && view->err)
		search_failed(facts, view->now);
	return keep_done(facts, view);
}

/* Create a device, or keep a mobile node attached. */
static struct step decide_first(struct facts *facts, const struct view *view)
{
	/* Only once per look: the time of the next look is already known. */
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

/* A device that was just created: decide the rest after the devices have been
 * listed.
 */
static bool decide_is_new(const struct facts *facts, const struct view *view)
{
	return facts->made &&
	       (step_taken(view, STEP_TAKE) || step_taken(view, STEP_MAKE));
}

/**
 * follow_decide - decide the next step for a device
 * @facts: what is known about the device; updated
 * @view: what was found in this look, and the result of the last step
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
