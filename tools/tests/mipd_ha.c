// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what a home agent does: updates at certain times, and the resulting
 * actions as text.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "../mipd/ha.h"
#include "mipd.h"

static struct ha_conf conf;
static struct ha_node node;
static char did[1024];

static void say(const char *format, ...)
{
	size_t used = strlen(did);
	va_list args;

	if (used)
		did[used++] = ' ';
	va_start(args, format);
	vsnprintf(did + used, sizeof(did) - used, format, args);
	va_end(args);
}

static const char *addr4(uint32_t addr)
{
	static char text[4][INET_ADDRSTRLEN];
	static unsigned int next;
	struct in_addr in = { addr };

	next = (next + 1) % 4;
	return inet_ntop(AF_INET, &in, text[next], sizeof(text[next]));
}

static const char *addr6(const struct in6_addr *addr)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(AF_INET6, addr, text, sizeof(text));
}

static const char *const encaps[] = { "?", "udp4", "ip4", "ip6" };

static void say_outer(const char *word, const struct outer *outer)
{
	const struct in6_addr remote = outer->v6.remote;

	if (!outer->ip6)
		say("%s %s:%u;", word, addr4(outer->v4.remote),
		    ntohs(outer->v4.port));
	else if (outer_link(outer))
		say("%s link %u;", word, outer_link(outer));
	else
		say("%s %s;", word, addr6(&remote));
}

static void say_ba(const struct ha_action *action)
{
	const struct mh_ba *ba = &action->ba;

	say("ba %u seq %u life %u", ba->status, ba->seq, ba->lifetime);
	if (ba->home4.given)
		say("[%u %s]", ba->home4.status,
		    addr4(ba->home4.addr.s_addr));
	if (ba->has_nat)
		say("%s%d", ba->udp ? "F" : "", (int)ba->refresh);
	say_outer("to", &action->outer);
}

/* What is not the care-of address has no effect on a binding. */
static void say_bind(const struct ha_action *action)
{
	const struct ha_bind *bind = &action->bind;

	say("bind %s", addr4(bind->hoa4.s_addr));
	if (bind->encap == M6T_ENCAP_IP6)
		say("%s", addr6(&bind->coa));
	else
		say("%s:%u", addr4(action->outer.v4.remote),
		    ntohs(action->outer.v4.port));
	say("%s %u;", encaps[bind->encap], (unsigned int)bind->ms);
}

static void say_action(const struct ha_action *action)
{
	switch (action->act) {
	case HA_BIND:
		say_bind(action);
		break;
	case HA_UNBIND:
		say("unbind;");
		break;
	case HA_LINGER:
		say("linger;");
		break;
	case HA_ANSWER:
		say_ba(action);
		break;
	case HA_ASK:
		say("ask;");
		break;
	case HA_HOME:
	case HA_NO_HOME:
		say("%chome;", action->act == HA_HOME ? '+' : '-');
		break;
	default:
		say("%chome %s;", action->act == HA_HOME4 ? '+' : '-',
		    addr4(action->addr4.s_addr));
		break;
	}
}

static void said(const struct ha_out *out)
{
	unsigned int i;

	did[0] = '\0';
	for (i = 0; i < out->count; i++)
		say_action(&out->actions[i]);
}

/* A node that no test has used; the pool has two addresses. */
static void fresh(bool home_link)
{
	static const struct m6t_prefix4 prefix = { .len = 30 };

	pool_exit(&conf.pool);
	memset(&node, 0, sizeof(node));
	conf.max_lifetime = 600;
	conf.home_link = home_link;
	conf.replays = false;
	pool_init(&conf.pool, &prefix);
	conf.pool.prefix.addr = inet_addr("198.51.100.0");
	node.fixed4.s_addr = inet_addr("203.0.113.9");
}

static struct ha_update make_update(uint16_t seq, uint16_t lifetime,
				    const char *coa4, const char *home4)
{
	struct ha_update update = {
		.bu = { .seq = seq, .lifetime = lifetime,
			.flags = MH_BU_ACK | MH_BU_HOME,
			.has_coa4 = *coa4,
			.home4 = { .given = *home4, .len = 32 } },
		.outer.v4 = { .remote = inet_addr("192.0.2.7"),
			      .port = htons(4500) },
	};

	update.bu.coa4.s_addr = *coa4 ? inet_addr(coa4) : 0;
	update.bu.home4.addr.s_addr = *home4 ? inet_addr(home4) : 0;
	return update;
}

static void give(const struct ha_update *update, int64_t now,
		 const char *want, const char *name)
{
	struct ha_out out = { 0 };

	ha_update(&node, &conf, update, now, &out);
	said(&out);
	test_text(did, want, name);
}

static void tell(int64_t now, uint16_t seq, uint16_t lifetime,
		 const char *want, const char *name)
{
	struct ha_update update = make_update(seq, lifetime, "192.0.2.7", "");

	give(&update, now, want, name);
}

static void wait_until(int64_t now, const char *want, const char *name)
{
	struct ha_out out = { 0 };

	ha_timer(&node, &conf, now, &out);
	said(&out);
	test_text(did, want, name);
}

#define TO	"to 192.0.2.7:4500;"
#define BIND	"bind 0.0.0.0 192.0.2.7:4500 "

static void test_life(void)
{
	fresh(false);
	tell(0, 9, 15, BIND "ip4 60000; +home; ba 0 seq 9 life 15 -1 " TO,
	     "ha: registration, no NAT");
	tell(0, 9, 15, "ba 135 seq 9 life 0 " TO, "ha: the same sequence");
	tell(0, 5, 0, "ba 135 seq 9 life 0 " TO, "ha: an older one");
	tell(59999, 10, 1000, BIND "ip4 600000; ba 0 seq 10 life 150 -1 " TO,
	     "ha: lengthened, at most to max-lifetime");
	tell(60000, 10 + 32767, 1,
	     BIND "ip4 4000; ba 0 seq 32777 life 1 -1 " TO,
	     "ha: 32767 ahead is new");
	wait_until(63999, "", "ha: one millisecond before its end");
	wait_until(64000, "unbind; -home;", "ha: its end");
	tell(64000, 1, 1, BIND "ip4 4000; +home; ba 0 seq 1 life 1 -1 " TO,
	     "ha: without a binding, any sequence");
	tell(70000, 1, 1, "unbind; -home; " BIND
	     "ip4 4000; +home; ba 0 seq 1 life 1 -1 " TO,
	     "ha: the same if its timer is late");
	node.max_lifetime = 3;
	tell(70001, 2, 9, BIND "ip4 4000; ba 0 seq 2 life 1 -1 " TO,
	     "ha: less than a unit is one");
}

static void test_end(void)
{
	fresh(false);
	tell(0, 1, 0, "ba 133 seq 1 life 0 " TO, "ha: deregister, unknown");
	tell(0, 1, 15, BIND "ip4 60000; +home; ba 0 seq 1 life 15 -1 " TO,
	     "ha: register");
	tell(1, 2, 0, "unbind; -home; ba 0 seq 2 life 0 -1 " TO, "ha: deregister");
	tell(2, 3, 0, "ba 0 seq 3 life 0 -1 " TO, "ha: again");
	tell(10001, 2, 9, "ba 135 seq 3 life 0 " TO, "ha: tombstone");
	wait_until(10001, "", "ha: tombstone lasts 10 s");
	wait_until(10002, "", "ha: and ends");
	tell(10002, 2, 0, "ba 133 seq 2 life 0 " TO, "ha: unknown again");
}

/* With manual keys: what was recorded before the end is of no use after it. */
static void test_replays(void)
{
	fresh(false);
	conf.replays = true;
	tell(0, 7, 1, BIND "ip4 4000; +home; ba 0 seq 7 life 1 -1 " TO,
	     "ha: replays: the first number may be any");
	tell(4000, 7, 1, "unbind; -home; ba 135 seq 7 life 0 " TO,
	     "ha: replays: not after the lifetime");
	tell(4001, 8, 1, BIND "ip4 4000; +home; ba 0 seq 8 life 1 -1 " TO,
	     "ha: replays: but the next one");
	tell(4002, 9, 0, "unbind; -home; ba 0 seq 9 life 0 -1 " TO,
	     "ha: replays: deregister");
	tell(14002, 8, 1, "ba 135 seq 9 life 0 " TO,
	     "ha: replays: not after the tombstone");
	tell(14002, 9, 0, "ba 135 seq 9 life 0 " TO,
	     "ha: replays: nor the end itself");
	tell(14002, 10, 0, "ba 133 seq 10 life 0 " TO,
	     "ha: replays: a new end of what has ended");
}

/* So many updates at once: how many had an effect, and how many an answer. */
static void flood(int64_t now, unsigned int count, bool old)
{
	unsigned int i, binds = 0, answers = 0;

	for (i = 0; i < count; i++) {
		struct ha_update update =
			make_update(node.seq + !old, 15, "192.0.2.7", "");
		struct ha_out out = { 0 };

		ha_update(&node, &conf, &update, now, &out);
		binds += out.count && out.actions[0].act == HA_BIND;
		answers += out.count;
	}
	did[0] = '\0';
	say("%u of %u", binds, answers);
}

static void test_pace(void)
{
	fresh(false);
	flood(1000, 100, false);
	test_text(did, "32 of 65", "ha: pace: at once");
	flood(1099, 100, false);
	test_text(did, "0 of 0", "ha: pace: 99 ms later");
	flood(1100, 100, true);
	test_text(did, "0 of 32", "ha: pace: replays have their own");
	flood(1100, 100, false);
	test_text(did, "1 of 2", "ha: pace: another one after 100 ms");
	flood(20000, 100, false);
	test_text(did, "32 of 64", "ha: pace: all of them again, later");
}

static void test_flags(void)
{
	struct ha_update update = make_update(1, 15, "192.0.2.7", "");

	fresh(false);
	update.bu.flags = MH_BU_ACK;
	give(&update, 0, "", "ha: not to a home agent: silence");
	tell(0, 1, 15, BIND "ip4 60000; +home; ba 0 seq 1 life 15 -1 " TO,
	     "ha: register");
	update.bu.seq = 2;
	give(&update, 0, "ba 139 seq 2 life 0 " TO, "ha: flag H has changed");
	update.bu.flags |= MH_BU_HOME | MH_BU_UDP;
	give(&update, 0, BIND "udp4 60000; ba 0 seq 2 life 15 F-1 " TO,
	     "ha: F without a NAT");
	update = make_update(3, 15, "10.0.0.2", "");
	give(&update, 0, BIND "udp4 60000; ba 0 seq 3 life 15 F110 " TO,
	     "ha: NAT");
	update = make_update(4, 15, "", "");
	give(&update, 0, BIND "udp4 60000; ba 0 seq 4 life 15 F110 " TO,
	     "ha: no IPv4 care-of address is like a NAT");
	update = make_update(5, 0, "10.0.0.2", "");
	give(&update, 0, "unbind; -home; ba 0 seq 5 life 0 F110 " TO,
	     "ha: deregister behind a NAT");
}

/* The answer to a request for an IPv4 home address, without the rest. */
static void ask4(const char *addr, const char *want, const char *name)
{
	struct ha_update update = make_update(node.seq + 1, 15, "192.0.2.7",
					      addr);
	struct ha_out out = { 0 };
	const struct mh_ba *ba;
	char text[64];

	ha_update(&node, &conf, &update, 0, &out);
	ba = &out.actions[out.count - 1].ba;
	snprintf(text, sizeof(text), "%s %u %s",
		 addr4(out.actions[0].bind.hoa4.s_addr), ba->home4.status,
		 addr4(ba->home4.addr.s_addr));
	test_text(text, want, name);
}

static void test_home4(void)
{
	struct ha_node other = { .any4 = true };
	struct in_addr addr = { inet_addr("198.51.100.1") };

	fresh(false);
	ask4("0.0.0.0", "203.0.113.9 0 203.0.113.9", "ha: hoa4: any");
	ask4("203.0.113.9", "203.0.113.9 0 203.0.113.9", "ha: hoa4: its own");
	ask4("203.0.113.8", "0.0.0.0 130 203.0.113.8", "ha: hoa4: another");
	ask4("224.0.0.1", "0.0.0.0 131 224.0.0.1", "ha: hoa4: multicast");
	node.fixed4.s_addr = 0;
	ask4("0.0.0.0", "0.0.0.0 129 0.0.0.0", "ha: hoa4: it has none");
	node.any4 = true;
	ask4("198.51.100.9", "0.0.0.0 130 198.51.100.9", "ha: hoa4: no pool's");
	ask4("198.51.100.0", "0.0.0.0 130 198.51.100.0", "ha: hoa4: network");
	ask4("0.0.0.0", "198.51.100.1 0 198.51.100.1", "ha: hoa4: from a pool");
	ask4("0.0.0.0", "198.51.100.1 0 198.51.100.1", "ha: hoa4: it stays");
	ask4("198.51.100.2", "198.51.100.2 0 198.51.100.2", "ha: hoa4: wish");
	pool_claim(&conf.pool, addr);
	ask4("198.51.100.1", "0.0.0.0 130 198.51.100.1", "ha: hoa4: taken");
	node = other;
	ask4("0.0.0.0", "0.0.0.0 132 0.0.0.0", "ha: hoa4: empty pool");
}

/* Addresses of the host, and fixed ones of other mobile nodes, are not assigned. */
static void test_reserved4(void)
{
	struct in_addr addr = { inet_addr("198.51.100.1") };

	fresh(false);
	node.fixed4.s_addr = 0;
	node.any4 = true;
	pool_reserve(&conf.pool, addr);
	ask4("198.51.100.1", "0.0.0.0 130 198.51.100.1", "ha: reserved: asked for");
	ask4("0.0.0.0", "198.51.100.2 0 198.51.100.2", "ha: reserved: not given");
	addr.s_addr = inet_addr("198.51.100.2");
	pool_reserve(&conf.pool, addr);
	ask4("198.51.100.2", "0.0.0.0 130 198.51.100.2",
	     "ha: reserved: a lease ends with the next update");
	ask4("0.0.0.0", "0.0.0.0 132 0.0.0.0", "ha: reserved: all of them");
	pool_reserve_none(&conf.pool);
	ask4("198.51.100.2", "198.51.100.2 0 198.51.100.2",
	     "ha: reserved: no longer");
	addr.s_addr = inet_addr("198.51.100.0");
	test(!pool_claim(&conf.pool, addr), "ha: reserved: never the network");
}

static void test_prefix4(void)
{
	struct ha_update update = make_update(1, 15, "192.0.2.7", "203.0.113.9");

	fresh(false);
	update.bu.home4.prefix = true;
	give(&update, 0, BIND
	     "ip4 60000; +home; ba 0 seq 1 life 15 [133 203.0.113.9] -1 " TO,
	     "ha: hoa4: no prefixes");
	update.bu.home4.prefix = false;
	update.bu.home4.len = 24;
	update.bu.seq = 2;
	give(&update, 0, BIND
	     "ip4 60000; ba 0 seq 2 life 15 [131 203.0.113.9] -1 " TO,
	     "ha: hoa4: an address with a length of 24");
}

#define BIND4	"bind 203.0.113.9 192.0.2.7:4500 "

static void test_link(void)
{
	struct ha_update with = make_update(1, 15, "192.0.2.7", "0.0.0.0");
	struct ha_out out = { 0 };

	fresh(true);
	give(&with, 0, "ask;", "ha: link: ask before the first binding");
	tell(500, 2, 15, "", "ha: link: another update while asking");
	give(&with, 600, "ba 135 seq 2 life 0 " TO, "ha: link: and an old one");
	wait_until(999, "", "ha: link: asks for a second");
	wait_until(1000, BIND "ip4 60000; +home; ba 0 seq 2 life 15 -1 " TO,
		   "ha: link: no host has it: the last update counts");
	with.bu.seq = 3;
	give(&with, 2000, BIND4
	     "ip4 60000; +home 203.0.113.9; ba 0 seq 3 life 15 [0 203.0.113.9] -1 "
	     TO, "ha: link: with an IPv4 home address");
	tell(3000, 4, 15, BIND
	     "ip4 60000; -home 203.0.113.9; ba 0 seq 4 life 15 -1 " TO,
	     "ha: link: without one again");
	with.bu.seq = 5;
	give(&with, 4000, BIND4
	     "ip4 60000; +home 203.0.113.9; ba 0 seq 5 life 15 [0 203.0.113.9] -1 "
	     TO, "ha: link: and with");
	tell(5000, 6, 0, "unbind; -home; -home 203.0.113.9; "
	     "ba 0 seq 6 life 0 -1 " TO, "ha: link: deregister");
	tell(6000, 7, 15, "ask;", "ha: link: ask again");
	ha_conflict(&node, &conf, &out);
	said(&out);
	test_text(did, "ba 134 seq 7 life 0 " TO, "ha: link: another host has it");
	tell(7000, 1, 15, "ask;", "ha: link: forgotten");
}

static void test_kernel(void)
{
	struct ha_update with = make_update(8, 15, "192.0.2.7", "0.0.0.0");
	struct in_addr hoa4 = { inet_addr("198.51.100.2") };
	struct ha_out out = { 0 }, refused = { 0 };

	fresh(true);
	node.any4 = true;
	ha_restore(&node, &conf, 7, hoa4, 5000, &out);
	said(&out);
	test_text(did, "+home; +home 198.51.100.2;", "ha: read back");
	tell(1, 7, 9, "ba 135 seq 7 life 0 " TO, "ha: with its sequence");
	give(&with, 2, "bind 198.51.100.2 192.0.2.7:4500 ip4 60000; "
	     "ba 0 seq 8 life 15 [0 198.51.100.2] -1 " TO,
	     "ha: and its address of the pool");
	out.count = 0;
	ha_unbound(&node, &conf, &out);
	said(&out);
	test_text(did, "-home; -home 198.51.100.2;", "ha: unbound by others");
	conf.home_link = false;
	out.count = 0;
	ha_update(&node, &conf, &with, 3, &out);
	ha_refused(&node, &conf, &out, &refused);
	said(&refused);
	test_text(did, "unbind; -home; -home 198.51.100.1; ba 130 seq 8 life 0 " TO, "ha: refused");
	hoa4.s_addr = inet_addr("198.51.100.1");
	test(pool_claim(&conf.pool, hoa4), "ha: gives its address back");
}

/* What the kernel does instead of the last update. */
static void refuse(struct ha_update *update, int64_t now, const char *want,
		   const char *name)
{
	struct ha_out out = { 0 }, refused = { 0 };

	ha_update(&node, &conf, update, now, &out);
	ha_refused(&node, &conf, &out, &refused);
	said(&refused);
	test_text(did, want, name);
}

/* An update that the kernel refuses leaves the binding as it is. */
static void test_refused(void)
{
	struct ha_update with = make_update(2, 15, "10.0.0.2", "198.51.100.2");
	struct ha_out out = { 0 };
	struct in_addr other = { inet_addr("198.51.100.2") };

	fresh(false);
	node.fixed4.s_addr = 0;
	node.any4 = true;
	ask4("0.0.0.0", "198.51.100.1 0 198.51.100.1", "ha: refused: bound");
	refuse(&with, 1000, "ba 130 seq 2 life 0 " TO, "ha: refused: nothing ends");
	test(pool_claim(&conf.pool, other), "ha: refused: nor does it get more");
	pool_put(&conf.pool, other);
	tell(1001, 2, 15, "ba 135 seq 2 life 0 " TO,
	     "ha: refused: it is not heard again");
	wait_until(59999, "", "ha: refused: the binding lasts as long as before");
	wait_until(60000, "unbind; -home; -home 198.51.100.1;",
		   "ha: refused: and ends");
	with.bu.seq = 3;
	refuse(&with, 60000, "unbind; -home; -home 198.51.100.2; "
	       "ba 130 seq 3 life 0 " TO, "ha: refused: not bound");
	tell(60001, 4, 15, BIND "ip4 60000; +home; ba 0 seq 4 life 15 -1 " TO,
	     "ha: refused: bound later");
	with.bu.seq = 5;
	refuse(&with, 120001, "unbind; -home; -home 198.51.100.2; "
	       "ba 130 seq 5 life 0 " TO, "ha: refused: after it has ended");
	tell(120002, 6, 15, BIND "ip4 60000; +home; ba 0 seq 6 life 15 -1 " TO,
	     "ha: refused: bound again");
	tell(120003, 7, 0, "unbind; -home; ba 0 seq 7 life 0 -1 " TO,
	     "ha: refused: deregistered");
	with.bu.seq = 8;
	refuse(&with, 120004, "ba 130 seq 8 life 0 " TO,
	       "ha: refused: when it has deregistered");
	ha_timer(&node, &conf, 130002, &out);
	test(node.state == HA_DEAD, "ha: refused: numbers are kept as long");
	ha_timer(&node, &conf, 130003, &out);
	test(node.state == HA_NONE && !out.count, "ha: refused: not longer");
}

/* An update from this IPv6 address, or from home if it is the home address, with this
 * alternate care-of address.
 */
static struct ha_update make_update6(uint16_t seq, uint16_t lifetime,
				     const char *from, const char *coa)
{
	struct ha_update update = {
		.bu = { .seq = seq, .lifetime = lifetime, .has_coa = *coa,
			.flags = MH_BU_ACK | MH_BU_HOME },
		.outer.ip6 = true,
	};
	struct in6_addr addr;

	inet_pton(AF_INET6, from, &addr);
	update.outer.v6.remote = addr;
	if (!memcmp(&addr, &node.hoa, sizeof(addr)))
		update.outer.v6.link = htonl(7);
	if (*coa)
		inet_pton(AF_INET6, coa, &update.bu.coa);
	return update;
}

static void tell6(int64_t now, uint16_t seq, uint16_t lifetime,
		  const char *from, const char *coa, const char *want,
		  const char *name)
{
	struct ha_update update = make_update6(seq, lifetime, from, coa);

	give(&update, now, want, name);
}

#define HOA	"2001:db8:2::1234"
#define COA	"2001:db8:9::7"
#define HOME	"to link 7;"

static void fresh6(bool home_link)
{
	fresh(home_link);
	inet_pton(AF_INET6, HOA, &node.hoa);
	conf.homes[0] = (struct m6t_prefix6){ .addr = node.hoa, .len = 64 };
	memset(conf.homes[0].addr.s6_addr + 8, 0, 8);
	conf.home_count = 1;
}

static void test_coa6(void)
{
	struct ha_update with;

	fresh6(false);
	tell6(0, 1, 15, COA, COA, "bind 0.0.0.0 " COA " ip6 60000; +home; "
	      "ba 0 seq 1 life 15 to " COA ";", "ha: ipv6: registration");
	tell6(1, 2, 15, COA, "", "bind 0.0.0.0 " COA " ip6 60000; "
	      "ba 0 seq 2 life 15 to " COA ";", "ha: ipv6: without option 3");
	tell6(2, 3, 15, COA, "2001:db8:9::8",
	      "bind 0.0.0.0 2001:db8:9::8 ip6 60000; "
	      "ba 0 seq 3 life 15 to " COA ";",
	      "ha: ipv6: only what IPsec protects counts");
	with = make_update6(4, 15, COA, COA);
	with.bu.home4.given = true;
	with.bu.home4.len = 32;
	with.bu.flags |= MH_BU_UDP;
	give(&with, 3, "bind 203.0.113.9 " COA " ip6 60000; "
	     "+home 203.0.113.9; ba 0 seq 4 life 15 [0 203.0.113.9] to " COA
	     ";", "ha: ipv6: with an IPv4 home address; no UDP");
	tell(4, 5, 15, "bind 0.0.0.0 192.0.2.7:4500 ip4 60000; "
	     "-home 203.0.113.9; ba 0 seq 5 life 15 -1 " TO,
	     "ha: ipv6: moves to IPv4");
	tell6(5, 6, 15, COA, COA, "bind 0.0.0.0 " COA " ip6 60000; "
	      "ba 0 seq 6 life 15 to " COA ";", "ha: ipv6: and back");
	tell6(6, 7, 0, COA, COA, "unbind; -home; ba 0 seq 7 life 0 to " COA
	      ";", "ha: ipv6: deregister from abroad");
}

/* Care-of addresses that no packet could be sent to, or that would cause a loop. */
static void test_bad_coa(void)
{
	static const char *const bad[] = {
		"::", "::1", "ff02::1", "ff0e::7", "fe80::7", "::ffff:192.0.2.7",
		"2001:db8:2::1", "2001:db8:2::99",
	};
	unsigned int i;

	fresh6(false);
	tell6(0, 1, 15, COA, COA, "bind 0.0.0.0 " COA " ip6 60000; +home; "
	      "ba 0 seq 1 life 15 to " COA ";", "ha: coa: registration");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		tell6(1, 2, 15, COA, bad[i],
		      "ba 174 seq 2 life 0 to " COA ";", bad[i]);
	test(node.state == HA_BOUND && node.ends == 60000 && node.seq == 1,
	     "ha: coa: the binding is as it was");
}

/* RFC 6275 9.5.1, 10.3.2, 11.5.5. */
static void test_return(void)
{
	struct ha_out out = { 0 };

	fresh6(true);
	tell6(0, 1, 15, COA, COA, "ask;", "ha: home: away");
	wait_until(1000, "bind 0.0.0.0 " COA " ip6 60000; +home; "
		   "ba 0 seq 1 life 15 to " COA ";", "ha: home: bound");
	tell6(2000, 1, 0, HOA, "", "ba 135 seq 1 life 0 " HOME,
	      "ha: home: an old one is answered at home");
	tell6(2000, 2, 0, HOA, "",
	      "linger; -home; ba 0 seq 2 life 0 " HOME, "ha: home: is back");
	tell6(2001, 3, 0, HOA, "", "ba 0 seq 3 life 0 " HOME,
	      "ha: home: again, as the answer was lost");
	ha_conflict(&node, &conf, &out);
	test(!out.count, "ha: home: its advertisement is no conflict");
	tell6(2002, 4, 15, COA, COA, "ask;", "ha: home: leaves at once");
	wait_until(3002, "bind 0.0.0.0 " COA " ip6 60000; +home; "
		   "ba 0 seq 4 life 15 to " COA ";", "ha: home: bound again");
	tell6(4000, 5, 15, HOA, "",
	      "linger; -home; ba 0 seq 5 life 0 " HOME,
	      "ha: home: a lifetime for the home address means nothing");
	wait_until(14000, "", "ha: home: tombstone");
	tell6(14001, 6, 0, HOA, "", "ba 133 seq 6 life 0 " HOME,
	      "ha: home: unknown");
	tell6(14002, 7, 15, COA, HOA, "ba 133 seq 7 life 0 to " COA ";",
	      "ha: home: the same by option 3");
}

/* Whatever comes: at most one answer to each update, and what is defended is
 * bound.
 */
static void test_random(void)
{
	unsigned int round, i, answers, bad = 0;
	int64_t now = 0;

	fresh6(true);
	srandom(2);
	for (round = 0; round < 100000; round++) {
		struct ha_update update =
			make_update(random() % 8, random() % 3, "10.0.0.1",
				    random() % 2 ? "0.0.0.0" : "");
		struct ha_out out = { 0 };

		if (random() % 2)
			update = make_update6(random() % 8, random() % 3,
					      random() % 4 ? COA : HOA,
					      random() % 2 ? COA : "");
		now += random() % 4000;
		node.any4 = random() % 2;
		ha_timer(&node, &conf, now, &out);
		out.count = 0;
		ha_update(&node, &conf, &update, now, &out);
		for (answers = i = 0; i < out.count; i++)
			answers += out.actions[i].act == HA_ANSWER;
		bad += answers > 1 || out.count > HA_ACTIONS;
		bad += node.state != HA_BOUND && node.hoa4.s_addr;
		bad += node.state != HA_NONE && node.ends <= now;
	}

	test(!bad, "ha: 100000 random updates");
}

/**
 * test_ha - home agent
 */
void test_ha(void)
{
	test_life();
	test_end();
	test_replays();
	test_pace();
	test_flags();
	test_home4();
	test_reserved4();
	test_prefix4();
	test_link();
	test_kernel();
	test_refused();
	test_coa6();
	test_bad_coa();
	test_return();
	test_random();
	pool_exit(&conf.pool);
}
