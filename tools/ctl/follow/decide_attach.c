// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions about the attachment of a mobile node, and the address and route of
 * its interface.
 */
#include <errno.h>

#include "ctl/follow/decide.h"

/* ms, shortest interval between reports that removed things were restored. */
#define ATTACH_SAID	60000

/* A path was looked for, and there is none. */
static bool attach_has_no_path(const struct view *view)
{
	return (view->looked & LOOK_PATH) && !view->path.exists;
}

/* Compare the settings whose change makes the kernel attach by itself. */
static bool attach_same_place(const struct node *a, const struct node *b)
{
	return a->gateway.s_addr == b->gateway.s_addr &&
	       a->local.s_addr == b->local.s_addr && a->link == b->link &&
	       a->fixed_sport == b->fixed_sport && a->port == b->port;
}

/* Check if a mobile node that has a path needs a new attachment. */
static bool attach_is_needed(const struct facts *facts,
			     const struct view *view)
{
	if (step_taken(view, STEP_ATTACH))
		return false;
	if (!view->node.attached || facts->slept)
		return true;

	return facts->path.exists && !path_same(&facts->path, &view->path) &&
	       attach_same_place(&facts->node, &view->node);
}

/* Remove address and default route, if that is needed. */
static struct step attach_clear(const struct facts *facts,
				const struct view *view,
				enum follow_state state)
{
	struct step step = step_of(STEP_CLEAR);

	if (facts->state != FOLLOW_ATTACHED &&
	    !facts_are_due(facts, view->now))
		return step_wait(facts_left(facts, view->now));

	step.state = state;
	return step;
}

/* Add address and default route and remove stale ones, if that is needed. */
static struct step attach_settle(const struct facts *facts,
				 const struct view *view)
{
	if (facts->state == FOLLOW_ATTACHED &&
	    addr_same(&facts->addr, &view->node.addr) &&
	    !facts_are_due(facts, view->now))
		return step_wait(facts_left(facts, view->now));

	return step_of(STEP_SETTLE);
}

/* There is a path. */
static struct step attach_go(struct facts *facts, const struct view *view)
{
	bool left;

	/* Detached on the same path: by something else, not by us or the
	 * kernel.
	 */
	left = !view->node.attached && facts->state != FOLLOW_DETACHED &&
	       path_same(&facts->path, &view->path);
	if (!left && facts->state == FOLLOW_LEFT)
		facts->state = FOLLOW_DETACHED;
	if (!left && attach_is_needed(facts, view))
		return step_of(STEP_ATTACH);

	facts->slept = false;
	facts->node = view->node;
	facts->path = view->path;
	if (view->node.attached)
		return attach_settle(facts, view);
	return attach_clear(facts, view, left ? FOLLOW_LEFT : FOLLOW_DETACHED);
}

/* There is no path. */
static struct step attach_stay(struct facts *facts, const struct view *view)
{
	facts->slept = false;
	facts->path.exists = false;
	if (facts->state == FOLLOW_LEFT)
		facts->state = FOLLOW_DETACHED;
	if (view->node.attached)
		return step_of(STEP_DETACH);

	return attach_clear(facts, view, FOLLOW_DETACHED);
}

/* Find out what the decision needs, and whether the network is a new one. */
static struct step attach_enter(struct facts *facts, const struct view *view)
{
	if (!(view->looked & LOOK_NODE))
		return step_look(LOOK_NODE);
	if (view->node.foreign || !view->up)
		return step_wait(-1);
	if (!(view->looked & LOOK_PATH))
		return step_look(LOOK_PATH);
	if (step_taken(view, STEP_MOVE) || step_taken(view, STEP_ATTACH))
		return step_wait(-1);

	return gateway_enter(facts, view);
}

/**
 * attach_decide - decide about the attachment of a mobile node
 * @facts: about the device
 * @view: this look at it
 *
 * If the sockets are in another netns, the paths from there are not known: then
 * the device is attached by the kernel or by others only.
 *
 * Return: the next step.
 */
struct step attach_decide(struct facts *facts, const struct view *view)
{
	struct step step, watch;

	/* The kernel attaches the device by itself. */
	if (step_taken(view, STEP_MOVE) && !attach_has_no_path(view))
		return step_wait(0);
	if (facts->gateways.gone)
		return step_move(STEP_LEAVE, facts->gateways.at);

	step = attach_enter(facts, view);
	if (step_ends(&step))
		return step;
	if (view->up && (view->path.exists ||
			 (view->node.foreign && view->node.attached)))
		step = attach_go(facts, view);
	else
		step = attach_stay(facts, view);
	/* The path was looked up for the previous address of the gateway. */
	if (facts->gateways.moved && step_taken(view, STEP_MOVE))
		step = step_sooner(step, 0);
	if (step.kind != STEP_WAIT || !facts->settled)
		return step;

	watch = gateway_watch(facts, view);
	if (watch.kind == STEP_WAIT)
		facts->failing = false;
	return step_sooner(watch, step.ms);
}

/* Print the reason, once per failure. */
static struct step attach_refused(struct facts *facts, int err)
{
	bool again = facts->failing;

	/* Removed or set down meanwhile: a message will report that. */
	if (err == -ENODEV || err == -ENETDOWN)
		return step_give_up(false, false);

	facts->failing = true;
	return step_give_up(!again, true);
}

static struct step attach_settled(struct facts *facts, const struct view *view)
{
	bool before = facts->settled && facts->state == FOLLOW_ATTACHED &&
		      addr_same(&facts->addr, &view->node.addr);

	facts->state = FOLLOW_ATTACHED;
	facts->addr = view->node.addr;
	facts->settled = !view->err;
	facts_looked(facts, view->now, !view->err);
	if (view->err)
		return attach_refused(facts, view->err);
	if (!view->changed)
		return step_wait(-1);
	if (!before)
		return step_say(EVENT_ATTACHED);

	if (facts->said && view->now - facts->said < ATTACH_SAID)
		return step_wait(-1);
	facts->said = view->now;
	return step_say(EVENT_RESTORED);
}

static struct step attach_cleared(struct facts *facts, const struct view *view)
{
	bool was_attached = facts->state == FOLLOW_ATTACHED;
	bool before = facts->settled && !was_attached;

	facts->settled = !view->err;
	facts_looked(facts, view->now, !view->err);
	if (view->err)
		return attach_refused(facts, view->err);

	facts->state = view->did.state;
	facts->addr = in6addr_any;
	if (was_attached || step_taken(view, STEP_DETACH) ||
	    (view->changed && !before))
		return step_say(EVENT_DETACHED);
	return step_wait(-1);
}

static struct step attach_moved(struct facts *facts, const struct view *view)
{
	if (!view->err) {
		facts->gateways.at = view->did.at;
		facts->gateways.moved = true;
		return step_say(EVENT_GATEWAY);
	}
	/* It was only an attempt to find a path. */
	if (attach_has_no_path(view))
		return step_wait(-1);
	return attach_refused(facts, view->err);
}

static struct step attach_left(struct facts *facts, const struct view *view)
{
	facts->gateways.gone = false;
	if (!view->err)
		return attach_moved(facts, view);

	/* Keep the endpoint in use until the next answer. */
	return step_sooner(step_give_up(true, false), 0);
}

/**
 * attach_done - evaluate the result of a step
 * @facts: about the device
 * @view: this look at it
 *
 * Return: the step that follows from it.
 */
struct step attach_done(struct facts *facts, const struct view *view)
{
	switch (view->did.kind) {
	case STEP_SETTLE:
		return attach_settled(facts, view);
	case STEP_CLEAR:
		return attach_cleared(facts, view);
	case STEP_MOVE:
		return attach_moved(facts, view);
	case STEP_LEAVE:
		return attach_left(facts, view);
	case STEP_PROBE:
		facts->gateways.probes++;
		return step_wait(-1);
	case STEP_LOOK:
	case STEP_ATTACH:
	case STEP_DETACH:
		return view->err ? attach_refused(facts, view->err) :
				   step_wait(-1);
	default:
		return step_wait(-1);
	}
}
