// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions about when to look up the name of a gateway: before a device is
 * created, and at each attachment.
 */
#include "ctl/follow/decide.h"

/* ms, the first wait after a failure, and the longest one. */
#define SEARCH_RETRY		1000
#define SEARCH_RETRY_MAX	60000
/* ms, the shortest wait after an answer, which may well be right. */
#define SEARCH_AGAIN		10000
/* ms after which a process is aborted: its network has probably disappeared. */
#define SEARCH_LIMIT		30000
/* ms, the shortest interval between two lookups, however often the network
 * changes.
 */
#define SEARCH_REST		1000

static void search_retry_later(struct search *search)
{
	search->retry *= 2;
	if (search->retry > SEARCH_RETRY_MAX)
		search->retry = SEARCH_RETRY_MAX;
}

/**
 * search_want - look up the name of a device's gateway soon
 * @facts: about the device, which has a file; if that has no name, nothing
 *	happens
 * @now: ms, current time
 */
void search_want(struct facts *facts, int64_t now)
{
	struct search *search = &facts->search;

	if (!facts->conf->host[0])
		return;

	search->what = SEARCH_GATEWAY;
	search->due = now;
	search->retry = SEARCH_RETRY;
	if (search->asked && search->due < search->started + SEARCH_REST)
		search->due = search->started + SEARCH_REST;
}

/**
 * search_again - look up the name again later, as the gateway is silent at the
 *	known addresses
 * @facts: about the device, which has a file
 */
void search_again(struct facts *facts)
{
	struct search *search = &facts->search;

	if (!facts->conf->host[0] || search->what != SEARCH_NOTHING)
		return;

	if (search->retry < SEARCH_AGAIN)
		search->retry = SEARCH_AGAIN;
	search->what = SEARCH_OTHERS;
	search->due = search->started + search->retry;
	search_retry_later(search);
}

/**
 * search_heard - stop looking for other addresses, as the gateway was heard
 * @facts: about the device
 */
void search_heard(struct facts *facts)
{
	if (facts->search.what == SEARCH_OTHERS)
		facts->search.what = SEARCH_NOTHING;
}

/**
 * search_forget - reset the lookup, because the name has changed; the process
 *	was stopped
 * @facts: about the device
 */
void search_forget(struct facts *facts)
{
	facts->search.what = SEARCH_NOTHING;
	facts->search.asking = false;
	facts->search.asked = false;
}

/**
 * search_failed - handle a lookup that has found no address
 * @facts: about the device
 * @now: ms, current time
 */
void search_failed(struct facts *facts, int64_t now)
{
	struct search *search = &facts->search;

	search->asking = false;
	search->asked = true;
	search->due = now + search->retry;
	search_retry_later(search);
}

/**
 * search_answered - handle the answer of a lookup
 * @facts: about the device
 * @now: ms, current time
 * @answer: the answer
 */
void search_answered(struct facts *facts, int64_t now,
		     const struct resolve_answer *answer)
{
	struct search *search = &facts->search;

	if (answer->error) {
		search_failed(facts, now);
		return;
	}

	search->asking = false;
	search->asked = true;
	search->what = SEARCH_NOTHING;
	gateways_found(facts, answer->addrs, answer->count);
}

/**
 * search_renew - retry soon, as the network has changed and the lookup may
 *	succeed now
 * @facts: about the device
 * @now: ms, current time
 *
 * Return: true if the running process must be stopped.
 */
bool search_renew(struct facts *facts, int64_t now)
{
	struct search *search = &facts->search;
	int64_t soonest = search->started + SEARCH_REST;
	bool stop;

	if (search->what == SEARCH_NOTHING)
		return false;

	/* It may wait for a server that is no longer reachable. */
	stop = search->asking && now >= soonest;
	if (stop)
		search->asking = false;
	if (!search->asking && search->due > soonest)
		search->due = soonest;
	return stop;
}

/**
 * search_decide - start or abort a lookup if it is time to
 * @facts: about the device
 * @view: this look at it
 *
 * Return: the next step.
 */
struct step search_decide(struct facts *facts, const struct view *view)
{
	struct search *search = &facts->search;

	if (search->asking && search->what == SEARCH_NOTHING) {
		search->asking = false;
		return step_of(STEP_HUSH);
	}
	if (search->asking && view->now - search->started >= SEARCH_LIMIT) {
		search_failed(facts, view->now);
		return step_of(STEP_HUSH);
	}
	if (search->asking)
		return step_wait(search->started + SEARCH_LIMIT - view->now);
	if (search->what == SEARCH_NOTHING)
		return step_wait(-1);
	if (view->now < search->due)
		return step_wait(search->due - view->now);

	search->started = view->now;
	search->asking = true;
	return step_of(STEP_ASK);
}
