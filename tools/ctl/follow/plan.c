// SPDX-License-Identifier: GPL-2.0
/*
 * When m6tctl follow looks at all devices.
 */
#include <time.h>

#include "ctl/follow/follow.h"

/**
 * follow_now - get the current time
 *
 * Return: ms, since an arbitrary point in time.
 */
int64_t follow_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/**
 * follow_plan - look at all devices no later than after some time
 * @follow: all devices
 * @ms: that time
 */
void follow_plan(struct follow *follow, int64_t ms)
{
	int64_t due = follow_now() + ms;

	if (follow->due < 0 || due < follow->due)
		follow->due = due;
}

/**
 * follow_plan_retry - try again later, as something was refused
 * @follow: all devices
 */
void follow_plan_retry(struct follow *follow)
{
	follow_plan(follow, follow->retry);
	follow->failed = true;
}

/**
 * follow_touched - note that others may have changed the interface of a device
 * @follow: all devices
 * @dev: the device
 */
void follow_touched(struct follow *follow, struct follow_dev *dev)
{
	struct facts *facts = &dev->facts;
	int64_t now;

	/* Already planned. Avoid work, as there may be thousands of
	 * messages.
	 */
	if (facts->look >= 0 && follow->due >= 0 &&
	    follow->due <= facts->look)
		return;

	now = follow_now();
	facts_touched(facts, now);
	follow_plan(follow, facts_are_due(facts, now) ?
				    FOLLOW_SETTLE : facts_left(facts, now));
}
