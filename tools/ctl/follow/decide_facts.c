// SPDX-License-Identifier: GPL-2.0
/*
 * How messages change what is known about a device.
 */
#include <string.h>

#include "ctl/follow/decide.h"

/* ms from a change by others until the device is checked. They may be about to
 * replace what they have removed; and however often they remove it, it is not
 * restored more often than this.
 */
#define FACTS_REST	250

/**
 * facts_forget - reset the facts, because the device is another one or was
 *	removed
 * @facts: about the device; those of a device created from a file are kept
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
 * facts_touched - note that others may have changed the interface
 * @facts: about the device
 * @now: ms, current time
 */
void facts_touched(struct facts *facts, int64_t now)
{
	if (facts->look < 0)
		facts->look = now + FACTS_REST;
}

/**
 * facts_are_due - check if it is time to look at the interface
 * @facts: about the device
 * @now: ms, current time
 *
 * Return: true if others may have changed it, long enough ago.
 */
bool facts_are_due(const struct facts *facts, int64_t now)
{
	return facts->look >= 0 && facts->look <= now;
}

/**
 * facts_left - get the time until the interface is to be checked
 * @facts: about the device, which is not due
 * @now: ms, current time
 *
 * Return: ms; negative: others have not changed it.
 */
int64_t facts_left(const struct facts *facts, int64_t now)
{
	return facts->look < 0 ? -1 : facts->look - now;
}

/**
 * facts_looked - note that the interface has been checked
 * @facts: about the device
 * @now: ms, current time
 * @right: it has its desired state; otherwise try again, but not at once
 */
void facts_looked(struct facts *facts, int64_t now, bool right)
{
	facts->look = right ? -1 : now + FACTS_REST;
}

/**
 * facts_lost - note that an event was lost
 * @facts: about any device
 *
 * It may have reported that the gateway was heard: restart the observation, and
 * check the counter of received packets, too.
 */
void facts_lost(struct facts *facts)
{
	facts->gateways.doubt = true;
	facts->gateways.since = -1;
	facts->gateways.probes = 0;
}

/**
 * facts_heard - note the event that the gateway was heard
 * @facts: about the device
 * @addr: address of the attachment
 *
 * Return: true if that matters.
 */
bool facts_heard(struct facts *facts, const struct in6_addr *addr)
{
	if (!facts->conf)
		return false;
	facts->gateways.heard = *addr;
	return true;
}

/**
 * addr_same - compare two addresses
 * @a: one
 * @b: the other
 *
 * Return: true if they are the same.
 */
bool addr_same(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * path_same - compare two paths
 * @a: one
 * @b: the other
 *
 * Return: true if both exist and look the same to a NAT.
 */
bool path_same(const struct path *a, const struct path *b)
{
	return a->exists && b->exists && a->link == b->link &&
	       a->downs == b->downs && a->local.s_addr == b->local.s_addr &&
	       a->family == b->family &&
	       !memcmp(a->via, b->via, sizeof(a->via));
}
