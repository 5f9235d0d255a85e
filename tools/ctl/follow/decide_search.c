// SPDX-License-Identifier: GPL-2.0
/*
 * When m6tctl follow asks for the addresses of a gateway's name: before a device
 * is made, and at each attachment.
 */
#include "ctl/follow/decide.h"

/* ms: the first wait after a failure, and the longest. */
#define SEARCH_RETRY		1000
#define SEARCH_RETRY_MAX	60000
/* ms: not sooner than this after an answer, as it may well be right. */
#define SEARCH_AGAIN		10000
/* ms: a process that has no answer by then has met a network that is gone. */
#define SEARCH_LIMIT		30000
/* ms: however often the network changes, it is not asked more often. */
#define SEARCH_REST		1000

static void search_retry_later(struct search *search)
{
	search->retry *= 2;
	if (search->retry > SEARCH_RETRY_MAX)
		search->retry = SEARCH_RETRY_MAX;
}

/**
 * search_want - ask for the name of a device's gateway, soon
 * @facts: of the device, which has a file; without a name in it nothing is wanted
 * @now: the time, ms
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
 * search_again - ask once more in a while: nobody is heard at the addresses known
 * @facts: of the device, which has a file
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
 * search_heard - somebody is heard: do not ask for others, nor hear of them
 * @facts: of the device
 */
void search_heard(struct facts *facts)
{
	if (facts->search.what == SEARCH_OTHERS)
		facts->search.what = SEARCH_NOTHING;
}

/**
 * search_forget - it is another name by now, whose process has been stopped
 * @facts: of the device
 */
void search_forget(struct facts *facts)
{
	facts->search.what = SEARCH_NOTHING;
	facts->search.asking = false;
	facts->search.asked = false;
}

/**
 * search_failed - there was no answer, or none with an address
 * @facts: of the device
 * @now: the time, ms
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
 * search_answered - there is an answer
 * @facts: of the device
 * @now: the time, ms
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
 * search_renew - the network has changed: what failed may succeed now
 * @facts: of the device
 * @now: the time, ms
 *
 * Return: true where the process that asks is to be stopped.
 */
bool search_renew(struct facts *facts, int64_t now)
{
	struct search *search = &facts->search;
	int64_t soonest = search->started + SEARCH_REST;
	bool stop;

	if (search->what == SEARCH_NOTHING)
		return false;

	/* It may have asked a server that it cannot reach. */
	stop = search->asking && now >= soonest;
	if (stop)
		search->asking = false;
	if (!search->asking && search->due > soonest)
		search->due = soonest;
	return stop;
}

/**
 * search_decide - ask if it is time to
 * @facts: of the device
 * @view: this look at it
 *
 * Return: what is to be done.
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
