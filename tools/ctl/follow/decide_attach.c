// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a mobile node is attached, and what its interface has.
 */
#include <errno.h>

#include "ctl/follow/decide.h"

/* ms: that others take what was put back is printed no more often. */
#define ATTACH_SAID	60000

/* It has been looked for, and there is none. */
static bool attach_has_no_path(const struct view *view)
{
	return (view->looked & LOOK_PATH) && !view->path.exists;
}

/* These settings make the kernel attach anew by itself when they change. */
static bool attach_same_place(const struct node *a, const struct node *b)
{
	return a->gateway.s_addr == b->gateway.s_addr &&
	       a->local.s_addr == b->local.s_addr && a->link == b->link &&
	       a->fixed_sport == b->fixed_sport && a->port == b->port;
}

/* Whether a mobile node that has a path needs an attachment. */
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

/* The interface is to have neither address nor default route. */
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

/* The interface is to have its address, a default route, and nothing old. */
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

	/* On the same path as before: it was neither us nor the kernel. */
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

/* There is none. */
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

/* What is to be seen, and whether it is another network. */
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
 * @facts: of the device
 * @view: this look at it
 *
 * Where the socket is in another netns, the paths from there are not known: the
 * device is as the kernel or somebody else attaches it.
 *
 * Return: what is to be done.
 */
struct step attach_decide(struct facts *facts, const struct view *view)
{
	struct step step, watch;

	/* The kernel attaches it by itself. */
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
	/* The path was to another address than the one that it moved to. */
	if (facts->gateways.moved && step_taken(view, STEP_MOVE))
		step = step_sooner(step, 0);
	if (step.kind != STEP_WAIT || !facts->settled)
		return step;

	watch = gateway_watch(facts, view);
	if (watch.kind == STEP_WAIT)
		facts->failing = false;
	return step_sooner(watch, step.ms);
}

/* Print why, once. */
static struct step attach_refused(struct facts *facts, int err)
{
	bool again = facts->failing;

	/* Gone or down in the meantime: a message says so, too. */
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
	/* It was but a try. */
	if (attach_has_no_path(view))
		return step_wait(-1);
	return attach_refused(facts, view->err);
}

static struct step attach_left(struct facts *facts, const struct view *view)
{
	facts->gateways.gone = false;
	if (!view->err)
		return attach_moved(facts, view);

	/* It goes on with the one in use, until the next answer. */
	return step_sooner(step_give_up(true, false), 0);
}

/**
 * attach_done - see what has come of a step
 * @facts: of the device
 * @view: this look at it
 *
 * Return: what is to be done because of that.
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
