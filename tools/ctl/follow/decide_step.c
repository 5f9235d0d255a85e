// SPDX-License-Identifier: GPL-2.0
/*
 * Steps, as those who decide put them together.
 */
#include "ctl/follow/decide.h"

/**
 * step_taken - whether a step has been taken in this look
 * @view: the look
 * @kind: the step
 *
 * Return: true when it has, whatever came of it.
 */
bool step_taken(const struct view *view, enum step_kind kind)
{
	return view->done & (1u << kind);
}

/**
 * step_of - a step that needs no more than its kind
 * @kind: the kind
 *
 * Return: the step.
 */
struct step step_of(enum step_kind kind)
{
	return (struct step){ .kind = kind, .ms = -1 };
}

/**
 * step_wait - there is nothing to be done
 * @ms: for how long; negative: until something is reported
 *
 * Return: the step.
 */
struct step step_wait(int64_t ms)
{
	return (struct step){ .kind = STEP_WAIT, .ms = ms };
}

/**
 * step_look - more must be seen
 * @part: the part of the view
 *
 * Return: the step.
 */
struct step step_look(unsigned int part)
{
	return (struct step){ .kind = STEP_LOOK, .ms = -1, .look = part };
}

/**
 * step_move - use another candidate
 * @kind: %STEP_MOVE or %STEP_LEAVE
 * @at: the candidate
 *
 * Return: the step.
 */
struct step step_move(enum step_kind kind, unsigned int at)
{
	return (struct step){ .kind = kind, .ms = -1, .at = at };
}

/**
 * step_say - print an event
 * @event: the event
 *
 * Return: the step.
 */
struct step step_say(enum event event)
{
	return (struct step){ .kind = STEP_SAY, .ms = -1, .event = event };
}

/**
 * step_give_up - what was tried last was refused
 * @say: print why
 * @retry: try again in a while
 *
 * Return: the step.
 */
struct step step_give_up(bool say, bool retry)
{
	return (struct step){
		.kind = STEP_GIVE_UP, .ms = -1, .say = say, .retry = retry,
	};
}

/**
 * step_sooner - the same step, but look again sooner
 * @step: the step
 * @ms: when; negative: no need to
 *
 * Return: the step, with the sooner one of both times.
 */
struct step step_sooner(struct step step, int64_t ms)
{
	if (ms >= 0 && (step.ms < 0 || ms < step.ms))
		step.ms = ms;
	return step;
}

/**
 * step_ends - whether nothing else of its part is to be decided now
 * @step: what was decided
 *
 * Return: true when there is something to be done, or to be waited for.
 */
bool step_ends(const struct step *step)
{
	return step->kind != STEP_WAIT || step->ms >= 0;
}
