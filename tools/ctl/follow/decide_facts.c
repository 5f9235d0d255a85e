// SPDX-License-Identifier: GPL-2.0
/*
 * What messages change in what is known of a device.
 */
#include <string.h>

#include "ctl/follow/decide.h"

/* ms: how long after a change by others a device is looked at. They may be about
 * to put something of their own in the place of what they took, and however
 * often they take it, it is put back no more often than this.
 */
#define FACTS_REST	250

/**
 * facts_forget - it is another device, or none: nothing is known of it
 * @facts: of the device; of one that is made from a file, that stays
 */
void facts_forget(struct facts *facts)
{
	facts->state = FOLLOW_DETACHED;
	facts->addr = in6addr_any;
	facts->settled = false;
	facts->look = 0;
	facts->slept = false;
	facts->failing = false;
	facts->path.exists = false;
	if (facts->make)
		return;
	facts->conf = NULL;
	memset(&facts->search, 0, sizeof(facts->search));
	memset(&facts->gateways, 0, sizeof(facts->gateways));
}

/**
 * facts_touched - others may have changed what is on the device
 * @facts: of the device
 * @now: the time, ms
 */
void facts_touched(struct facts *facts, int64_t now)
{
	if (facts->look < 0)
		facts->look = now + FACTS_REST;
}

/**
 * facts_are_due - whether to look at what is on the device
 * @facts: of the device
 * @now: the time, ms
 *
 * Return: true when others may have changed it, and it is time to.
 */
bool facts_are_due(const struct facts *facts, int64_t now)
{
	return facts->look >= 0 && facts->look <= now;
}

/**
 * facts_left - when it is time to look at what is on the device
 * @facts: of the device, which is not due
 * @now: the time, ms
 *
 * Return: in how many ms; negative: others have not changed it.
 */
int64_t facts_left(const struct facts *facts, int64_t now)
{
	return facts->look < 0 ? -1 : facts->look - now;
}

/**
 * facts_looked - what is on the device has been looked at
 * @facts: of the device
 * @now: the time, ms
 * @right: it is as it must be; else it is tried again, but not at once
 */
void facts_looked(struct facts *facts, int64_t now, bool right)
{
	facts->look = right ? -1 : now + FACTS_REST;
}

/**
 * facts_lost - the kernel has reported something that was lost
 * @facts: of any device
 *
 * Its gateway may have been heard: begin to wait for that again, and look at what
 * is received, too.
 */
void facts_lost(struct facts *facts)
{
	facts->gateways.doubt = true;
	facts->gateways.since = -1;
	facts->gateways.probes = 0;
}

/**
 * facts_heard - the kernel has reported that the gateway was heard
 * @facts: of the device
 * @addr: address of the attachment
 *
 * Return: true where that matters.
 */
bool facts_heard(struct facts *facts, const struct in6_addr *addr)
{
	if (!facts->conf)
		return false;
	facts->gateways.heard = *addr;
	return true;
}

/**
 * addr_same - whether two addresses are the same
 * @a: one
 * @b: another
 *
 * Return: true when they are.
 */
bool addr_same(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * path_same - whether two paths are the same
 * @a: one
 * @b: another
 *
 * Return: true when both exist and a NAT would see no difference.
 */
bool path_same(const struct path *a, const struct path *b)
{
	return a->exists && b->exists && a->link == b->link &&
	       a->downs == b->downs && a->local.s_addr == b->local.s_addr &&
	       a->family == b->family &&
	       !memcmp(a->via, b->via, sizeof(a->via));
}
