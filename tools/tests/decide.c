// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the decisions of m6tctl follow: the effect of messages
 * (decide_messages.c), single decisions (decide_rows_*.c), and the results of
 * sequences of events in different orders (decide_attachments.c,
 * decide_gateways.c). Prints TAP, without a plan.
 */
#include <stdio.h>
#include <string.h>

#include "decide.h"

static const char *search_differs(const struct search *a,
				  const struct search *b)
{
	if (a->what != b->what)
		return "what";
	if (a->asking != b->asking)
		return "asking";
	if (a->asked != b->asked)
		return "asked";
	if (a->started != b->started)
		return "started";
	if (a->due != b->due)
		return "due";
	if (a->retry != b->retry)
		return "retry";
	return NULL;
}

static const char *observation_differs(const struct gateways *a,
				       const struct gateways *b)
{
	if (a->state != b->state)
		return "state";
	if (!addr_same(&a->addr, &b->addr))
		return "addr";
	if (!addr_same(&a->heard, &b->heard))
		return "heard";
	if (a->doubt != b->doubt)
		return "doubt";
	if (a->probes != b->probes)
		return "probes";
	if (a->since != b->since)
		return "since";
	if (a->look != b->look)
		return "look";
	if (a->rx != b->rx)
		return "rx";
	if (a->tx != b->tx)
		return "tx";
	return NULL;
}

static const char *gateways_differ(const struct gateways *a,
				   const struct gateways *b)
{
	if (memcmp(a->addrs, b->addrs, sizeof(a->addrs)))
		return "addrs";
	if (a->count != b->count)
		return "count";
	if (a->at != b->at)
		return "at";
	if (a->gone != b->gone)
		return "gone";
	if (a->silent != b->silent)
		return "silent";
	if (a->pause != b->pause)
		return "pause";
	if (a->resume != b->resume)
		return "resume";
	if (a->neighbours != b->neighbours)
		return "neighbours";
	if (a->moved != b->moved)
		return "moved";
	return observation_differs(a, b);
}

static const char *node_differs(const struct node *a, const struct node *b)
{
	if (a->gateway.s_addr != b->gateway.s_addr)
		return "gateway";
	if (a->port != b->port)
		return "port";
	if (a->local.s_addr != b->local.s_addr)
		return "local";
	if (a->fixed_sport != b->fixed_sport)
		return "fixed_sport";
	if (a->link != b->link)
		return "link";
	if (a->attached != b->attached)
		return "attached";
	if (!addr_same(&a->addr, &b->addr))
		return "addr";
	return NULL;
}

static const char *path_differs(const struct path *a, const struct path *b)
{
	if (a->exists != b->exists)
		return "exists";
	if (!a->exists)
		return NULL;
	if (a->link != b->link)
		return "link";
	if (a->downs != b->downs)
		return "downs";
	if (a->local.s_addr != b->local.s_addr)
		return "local";
	if (a->family != b->family)
		return "family";
	if (memcmp(a->via, b->via, sizeof(a->via)))
		return "via";
	return NULL;
}

/* Compare the facts about the device and its interface. */
static const char *attachment_differs(const struct facts *a,
				      const struct facts *b)
{
	if (a->state != b->state)
		return "state";
	if (!addr_same(&a->addr, &b->addr))
		return "addr";
	if (a->settled != b->settled)
		return "settled";
	if (a->look != b->look)
		return "look";
	if (a->said != b->said)
		return "said";
	if (a->slept != b->slept)
		return "slept";
	if (a->failing != b->failing)
		return "failing";
	return NULL;
}

/* Return: the first difference, or NULL. */
static const char *facts_differ(const struct facts *a, const struct facts *b)
{
	const char *differs;

	if (a->conf != b->conf)
		return "conf";
	if (a->make != b->make)
		return "make";
	if (a->made != b->made)
		return "made";
	if (a->waiting != b->waiting)
		return "waiting";
	if (a->below != b->below)
		return "below";
	if (a->refused != b->refused)
		return "refused";
	differs = attachment_differs(a, b);
	if (!differs)
		differs = node_differs(&a->node, &b->node);
	if (!differs)
		differs = path_differs(&a->path, &b->path);
	if (!differs)
		differs = search_differs(&a->search, &b->search);
	if (!differs)
		differs = gateways_differ(&a->gateways, &b->gateways);
	return differs;
}

static const char *step_differs(const struct step *a, const struct step *b)
{
	if (a->kind != b->kind)
		return "kind";
	if (a->ms != b->ms)
		return "ms";
	if (a->look != b->look)
		return "look";
	if (a->at != b->at)
		return "at";
	if (a->state != b->state)
		return "state";
	if (a->event != b->event)
		return "event";
	if (a->say != b->say)
		return "say";
	if (a->retry != b->retry)
		return "retry";
	return NULL;
}

static void test_row(const struct row *row)
{
	const struct facts *after = row->changes ? &row->after : &row->facts;
	struct facts facts = row->facts;
	struct step step = follow_decide(&facts, &row->view);
	const char *step_is = step_differs(&step, &row->step);
	const char *facts_are = facts_differ(&facts, after);

	test_report(!step_is && !facts_are, "decide", row->name);
	if (step_is)
		printf("# step %u, %lld ms: another %s than that of step %u, %lld ms\n",
		       step.kind, (long long)step.ms, step_is, row->step.kind,
		       (long long)row->step.ms);
	if (facts_are)
		printf("# known: another %s\n", facts_are);
}

static void test_order(const struct order *order)
{
	const struct look *look = order->looks;
	const char *steps = "";

	world_begin();
	for (; look < order->looks + ORDER_LOOKS && look->events; look++) {
		steps = world_after(look->events);
		if (strcmp(steps, look->steps))
			break;
	}

	if (look == order->looks + ORDER_LOOKS || !look->events) {
		test_report(true, "order", order->name);
		return;
	}
	test_report(false, "order", order->name);
	printf("# \"%s\", number %d: expected \"%s\", but \"%s\"\n",
	       look->events, (int)(look - order->looks) + 1, look->steps,
	       steps);
}

int main(void)
{
	unsigned int i;

	test_messages();
	for (i = 0; i < n_rows_attach; i++)
		test_row(&rows_attach[i]);
	for (i = 0; i < n_rows_gateway; i++)
		test_row(&rows_gateway[i]);
	for (i = 0; i < n_attachments; i++)
		test_order(&attachments[i]);
	for (i = 0; i < n_gateways; i++)
		test_order(&gateways[i]);

	return test_failed() ? 1 : 0;
}
