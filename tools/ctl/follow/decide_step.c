// SPDX-License-Identifier: GPL-2.0
/*
 * Construction of steps.
 */
#include "ctl/follow/decide.h"

/**
 * step_taken - check if a step was taken in this look
 * @view: the look
 * @kind: the step
 *
 * Return: true if so, whatever its result.
 */
bool step_taken(const struct view *view, enum step_kind kind)
{
	return view->done & (1u << kind);
}

/**
 * step_of - create a step that consists of its kind only
 * @kind: the kind
 *
 * Return: the step.
 */
struct step step_of(enum step_kind kind)
{
	return (struct step){ .kind = kind, .ms = -1 };
}

/**
 * step_wait - do nothing
 * @ms: duration; negative: until a message arrives
 *
 * Return: the step.
 */
struct step step_wait(int64_t ms)
{
	return (struct step){ .kind = STEP_WAIT, .ms = ms };
}

/**
 * step_look - find out more
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
 * step_give_up - handle the failure of the last step
 * @say: print the reason
 * @retry: try again later
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
 * step_sooner - change a step so that the next look is not later than a time
 * @step: the step
 * @ms: ms until then; negative: no need to look
 *
 * Return: the step, with the earlier of the two times.
 */
struct step step_sooner(struct step step, int64_t ms)
{
	if (ms >= 0 && (step.ms < 0 || ms < step.ms))
		step.ms = ms;
	return step;
}

/**
 * step_ends - check if nothing else of this part is to be decided now
 * @step: what was decided
 *
 * Return: true if there is something to do or to wait for.
 */
bool step_ends(const struct step *step)
{
	return step->kind != STEP_WAIT || step->ms >= 0;
}
