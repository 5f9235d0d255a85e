// SPDX-License-Identifier: GPL-2.0
/*
 * Events in the world of decide_world.c, by name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide.h"

static void have_file(int ports)
{
	struct in_addr addr = { .s_addr = 1 };
	struct conf *conf = &world.dev->conf;

	conf->mode = M6T_MODE_MN;
	conf->port_count = ports;
	conf->ports[0] = 3544;
	conf->ports[1] = 4500;
	world.dev->facts.conf = conf;
	gateways_set(&world.dev->facts, &addr, 1);
}

static void have_name(int unused)
{
	struct in_addr none = { .s_addr = 0 };

	(void)unused;
	strcpy(world.dev->conf.host, "gw.example");
	gateways_set(&world.dev->facts, &none, 0);
	search_want(&world.dev->facts, world.now);
}

static void have_probe(int unused)
{
	(void)unused;
	world.dev->conf.probe.s6_addr[0] = 0x20;
}

static void have_link(int unused)
{
	(void)unused;
	strcpy(world.dev->conf.link, "later");
}

static void be_gateway(int unused)
{
	(void)unused;
	world.dev->conf.mode = M6T_MODE_GW;
}

static void be_made(int unused)
{
	(void)unused;
	world.dev->facts.make = true;
}

static void be_created(int unused)
{
	(void)unused;
	world_create(world.dev);
}

static void be_deleted(int unused)
{
	(void)unused;
	world.dev->ifindex = 0;
	if (!world.dev->facts.made)
		facts_forget(&world.dev->facts);
}

static void go_up(int up)
{
	world.dev->up = up;
	facts_touched(&world.dev->facts, world.now);
}

static void be_foreign(int foreign)
{
	world.dev->node.foreign = foreign;
}

static void be_attached(int unused)
{
	(void)unused;
	world_attach(world.dev);
}

static void be_detached(int unused)
{
	(void)unused;
	world.dev->node.attached = false;
}

static void be_set_to(int port)
{
	world.dev->node.port = port;
	if (world.dev->node.attached)
		world_attach(world.dev);
}

static void be_taken(int unused)
{
	(void)unused;
	world.dev->on = 0;
	facts_touched(&world.dev->facts, world.now);
}

static void lose_route(int unused)
{
	(void)unused;
	world.dev->routed = false;
	facts_touched(&world.dev->facts, world.now);
}

static void be_touched(int unused)
{
	(void)unused;
	facts_touched(&world.dev->facts, world.now);
}

static void be_found(int number)
{
	world.dev->on = number;
	world.dev->routed = number;
}

static void lose_links(int unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < world.count; i++)
		facts_touched(&world.devs[i].facts, world.now);
}

static void lose_events(int unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < world.count; i++)
		facts_lost(&world.devs[i].facts);
}

static void be_heard(int unused)
{
	(void)unused;
	facts_heard(&world.dev->facts, &world.dev->node.addr);
}

static void sleep_(int unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; i < world.count; i++)
		world.devs[i].facts.slept = true;
}

static void way_to_all(int way)
{
	unsigned int i;

	for (i = 1; i < WORLD_ADDRS; i++)
		world.ways[i] = way;
}

/* Address and path in one number. */
static void way_to(int both)
{
	world.ways[both / 10] = both % 10;
}

static void plug(int unused)
{
	(void)unused;
	world.downs++;
}

static void below(int ifindex)
{
	world.below = ifindex;
}

static void hop_unknown(int unknown)
{
	world.hop_unknown = unknown;
}

/* Address and port in one number. */
static void worked(int both)
{
	world.best.addr.s_addr = both / 10000;
	world.best.port = both % 10000;
}

static void receive(int packets)
{
	world.rx += packets;
}

static void send_(int packets)
{
	world.tx += packets;
}

static void count_nothing(int uncounted)
{
	world.uncounted = uncounted;
}

static void list_nothing(int unlisted)
{
	world.unlisted = unlisted;
}

static void keep_quiet(int quiet)
{
	world.keeps_quiet = quiet;
}

/* One address per digit; none: the lookup fails. */
static void answer(int digits)
{
	struct resolve_answer answer = { .error = !digits };

	for (; digits; digits /= 10)
		answer.addrs[answer.count++].s_addr = digits % 10;
	search_answered(&world.dev->facts, world.now, &answer);
}

static void be_renamed(int unused)
{
	(void)unused;
	search_forget(&world.dev->facts);
	search_want(&world.dev->facts, world.now);
}

static void renew(int unused)
{
	(void)unused;
	if (search_renew(&world.dev->facts, world.now))
		world_say("stop");
}

static void pass(int ms)
{
	world.now += ms;
}

static void use_dev(int which)
{
	world.dev = &world.devs[which - 1];
	if (world.count < (unsigned int)which)
		world.count = which;
}

static void allow(int unused)
{
	(void)unused;
	memset(world.refuses, 0, sizeof(world.refuses));
	memset(world.refuses_look, 0, sizeof(world.refuses_look));
}

static const struct {
	const char *word;
	void (*happens)(int number);
} events[] = {
	{ "file", have_file }, { "name", have_name },
	{ "with probe", have_probe }, { "with link", have_link },
	{ "gateway", be_gateway }, { "make", be_made },
	{ "created", be_created }, { "deleted", be_deleted },
	{ "up", go_up }, { "foreign", be_foreign },
	{ "attached", be_attached }, { "detached", be_detached },
	{ "port", be_set_to }, { "taken", be_taken },
	{ "route taken", lose_route }, { "renamed", be_renamed },
	{ "touched", be_touched }, { "has address", be_found },
	{ "links lost", lose_links }, { "events lost", lose_events },
	{ "heard", be_heard }, { "slept", sleep_ }, { "way", way_to_all },
	{ "way to", way_to }, { "plugged", plug }, { "link", below },
	{ "hop unknown", hop_unknown }, { "worked", worked },
	{ "received", receive }, { "sent", send_ },
	{ "uncounted", count_nothing }, { "unlisted", list_nothing },
	{ "quiet", keep_quiet }, { "answer", answer }, { "renew", renew },
	{ "pass", pass }, { "dev", use_dev }, { "allow", allow },
};

/* "refuse STEP ERRNO", and of %STEP_LOOK "refuse PART ERRNO". */
static bool world_refuse(const char *event)
{
	unsigned int kind, part;
	char word[32];
	int err;

	if (sscanf(event, "refuse %u %d", &part, &err) == 2) {
		world.refuses_look[part] = -err;
		return true;
	}
	if (sscanf(event, "refuse %31s %d", word, &err) != 2)
		return false;
	for (kind = 0; kind < STEP_COUNT; kind++)
		if (!strcmp(word, step_words[kind]))
			world.refuses[kind] = -err;
	return true;
}

static void world_happen(const char *event)
{
	size_t i, len = strcspn(event, "0123456789");
	int number = strtol(event + len, NULL, 10);

	if (world_refuse(event))
		return;
	while (len && event[len - 1] == ' ')
		len--;
	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (strlen(events[i].word) == len &&
		    !strncmp(events[i].word, event, len)) {
			events[i].happens(number);
			return;
		}
	world_say("unknown event:");
	world_say(event);
}

/**
 * world_after - cause events, and let the follower look at all devices
 * @what: the events
 *
 * Return: as world_look().
 */
const char *world_after(const char *what)
{
	char copy[256], *event, *rest = copy;

	world.said[0] = '\0';
	snprintf(copy, sizeof(copy), "%s", what);
	while ((event = strsep(&rest, ";"))) {
		event += strspn(event, " ");
		if (*event)
			world_happen(event);
	}

	return world_look();
}
