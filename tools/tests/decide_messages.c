// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of how messages change what is known about a device.
 */
#include <string.h>

#include "decide.h"

static struct conf conf = {
	.mode = M6T_MODE_MN, .port_count = 2, .ports = { 3544, 4500 },
	.host = "gw.example",
};

/* A value in every member, as if the device existed before. */
static const struct facts full = {
	.conf = &conf, .below = 7, .state = FOLLOW_ATTACHED,
	.addr = { .s6_addr = { 1 } }, .settled = true, .look = -1, .said = 5,
	.slept = true, .failing = true, .path = { .exists = true },
	.search = { .what = SEARCH_OTHERS, .asking = true, .asked = true },
	.gateways = { .addrs = { { 1 }, { 2 } }, .count = 2, .at = 3,
		      .silent = 1, .pause = 10000, .probes = 2, .since = 9,
		      .state = GATEWAY_RESTING },
};

static bool is_forgotten(const struct facts *facts)
{
	return facts->state == FOLLOW_DETACHED && !facts->settled &&
	       !facts->look && !facts->slept && !facts->failing &&
	       !facts->path.exists && addr_same(&facts->addr, &in6addr_any);
}

static void test_forget(void)
{
	static const struct gateways none;
	struct facts facts = full;

	facts_forget(&facts);
	test_report(is_forgotten(&facts) && !facts.conf &&
		    facts.search.what == SEARCH_NOTHING &&
		    !facts.search.asking && !facts.search.asked &&
		    !memcmp(&facts.gateways, &none, sizeof(none)),
		    "message", "a device was removed: nothing is known about it");

	facts = full;
	facts.make = true;
	facts_forget(&facts);
	test_report(is_forgotten(&facts) && facts.conf == &conf &&
		    facts.search.asking && facts.gateways.count == 2,
		    "message", "one of a file: but that, and its gateways");
}

static void test_heard(void)
{
	struct in6_addr addr = { .s6_addr = { 2 } };
	struct facts facts = full;

	test_report(facts_heard(&facts, &addr) &&
		    addr_same(&facts.gateways.heard, &addr),
		    "message", "a gateway is heard");
	facts.conf = NULL;
	test_report(!facts_heard(&facts, &addr),
		    "message", "no effect on a device without a file");
}

static void test_lost(void)
{
	struct facts facts = full;

	facts_lost(&facts);
	test_report(facts.gateways.doubt && facts.gateways.since == -1 &&
		    !facts.gateways.probes,
		    "message", "one was lost: the gateway may have been heard");
}

static void test_touched(void)
{
	struct facts facts = full;
	bool right;

	facts_touched(&facts, 1000);
	right = facts.look == 1250 && !facts_are_due(&facts, 1249) &&
		facts_left(&facts, 1249) == 1 && facts_are_due(&facts, 1250);
	facts_touched(&facts, 1100);
	test_report(right && facts.look == 1250,
		    "message", "others change it, and again");
	facts.look = 0;
	facts_touched(&facts, 1000);
	test_report(!facts.look && facts_are_due(&facts, 1000),
		    "message", "it is to be looked at anyway");
}

static void test_answer(void)
{
	struct resolve_answer answer = {
		.count = 2, .addrs = { { 2 }, { 3 } },
	};
	struct facts facts = full;

	search_answered(&facts, 1000, &answer);
	test_report(facts.gateways.at == 1 && !facts.gateways.gone &&
		    facts.gateways.silent == 1 &&
		    facts.gateways.pause == 10000 &&
		    facts.gateways.state == GATEWAY_RESTING &&
		    facts.search.what == SEARCH_NOTHING &&
		    !facts.search.asking && facts.search.asked,
		    "message", "the address in use is among the answers");
	answer.addrs[0].s_addr = 4;
	answer.count = 1;
	search_answered(&facts, 1000, &answer);
	test_report(facts.gateways.at == 1 && facts.gateways.gone &&
		    !facts.gateways.silent && facts.gateways.pause == 5000 &&
		    facts.gateways.state == GATEWAY_UNHEARD,
		    "message", "it is not: the same port of another one");
	facts = (struct facts){ .conf = &conf, .gateways = { .at = 3 } };
	search_answered(&facts, 1000, &answer);
	test_report(!facts.gateways.at && !facts.gateways.gone,
		    "message", "there was none before");
}

static void test_search(void)
{
	struct facts facts = full;

	search_forget(&facts);
	test_report(facts.search.what == SEARCH_NOTHING &&
		    !facts.search.asking && !facts.search.asked,
		    "message", "the file has another name");
	search_want(&facts, 1000);
	test_report(facts.search.what == SEARCH_GATEWAY &&
		    facts.search.due == 1000,
		    "message", "it is asked for at once");
	facts.search.started = 900;
	facts.search.due = 60000;
	test_report(!search_renew(&facts, 1000) && facts.search.due == 1900,
		    "message", "the network is another one: soon again");
	facts.search.asking = true;
	test_report(!search_renew(&facts, 1899) && facts.search.asking &&
		    search_renew(&facts, 1900) && !facts.search.asking,
		    "message", "a lookup in the old one is stopped");
}

/**
 * test_messages - test all of them
 */
void test_messages(void)
{
	struct facts stale = {
		.conf = &conf,
		.gateways = { .addrs = { { 1 }, { 2 } }, .count = 1 },
	};
	struct endpoint endpoint = { .addr = { 2 }, .port = 3544 };
	struct facts facts = { .conf = &conf };

	test_forget();
	test_heard();
	test_lost();
	test_touched();
	test_answer();
	test_search();
	test_report(!gateways_use(&stale, &endpoint),
		    "message", "an address of before: no candidate");
	test_report(!gateways_get(&facts, &endpoint),
		    "message", "no address: no candidate");
}
