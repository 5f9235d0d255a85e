// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what a mobile node does: events at certain times, and the resulting actions
 * as text.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "../mipd/mn.h"
#include "mipd.h"

/* Care-of addresses, by letter, of link 1, 2 and 3; of IPv6 on the same links; and
 * the home link, link 1.
 */
#define A	"a"
#define B	"b"
#define A6	"A"
#define B6	"B"
#define H	"^"

static struct mn mn;
static struct mn_out out;
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

static struct mn_coa coa_of(char letter)
{
	unsigned int link = letter == '^' ? 1 : (letter & 0x1f);
	struct mn_coa coa = { .link = link };

	coa.kind = letter == '^' ? MN_HOME_LINK :
		   letter >= 'a' ? MN_IPV4 : MN_IPV6;
	if (coa.kind == MN_IPV4)
		coa.addr.s_addr = htonl(0x0a000000 + link);
	if (coa.kind == MN_IPV6)
		coa.addr6.s6_addr[15] = link;
	return coa;
}

static char letter_of(const struct mn_coa *coa)
{
	if (coa->kind == MN_HOME_LINK)
		return '^';
	if (coa->kind == MN_IPV6)
		return 'A' - 1 + coa->addr6.s6_addr[15];
	return 'a' - 1 + (ntohl(coa->addr.s_addr) & 0xff);
}

static void say_bu(const struct mh_bu *bu)
{
	struct mn_coa coa = { .kind = MN_HOME_LINK };

	if (bu->has_coa4)
		coa = (struct mn_coa){ .addr = bu->coa4 };
	if (bu->has_coa)
		coa = (struct mn_coa){ .kind = MN_IPV6, .addr6 = bu->coa };
	say("bu %u life %u from %c%s%s%s;", bu->seq, bu->lifetime,
	    letter_of(&coa), bu->home4.given ? " hoa4" : "",
	    bu->flags & MH_BU_UDP ? " F" : "",
	    bu->has_coa && bu->has_coa4 ? " both" : "");
}

static const char *encap_of(uint8_t encap)
{
	static const char *const words[] = { "?", "udp4", "ip4", "ip6" };

	return words[encap];
}

static void say_action(const struct mn_action *action)
{
	switch (action->act) {
	case MN_SLOT:
		say("slot %c;", letter_of(&action->coa));
		break;
	case MN_NO_SLOT:
		say("no slot;");
		break;
	case MN_SEND:
		say_bu(&action->bu);
		break;
	case MN_COMMIT:
		say("commit %s %u;", encap_of(action->encap), action->ms);
		break;
	case MN_UP:
	case MN_DOWN:
		say("%s;", action->act == MN_UP ? "up" : "down");
		break;
	case MN_AT_HOME:
	case MN_NOT_AT_HOME:
		say("%chome;", action->act == MN_AT_HOME ? '+' : '-');
		break;
	case MN_RETURNED:
		say("returned;");
		break;
	default:
		say("%choa4;", action->act == MN_HOME4 ? '+' : '-');
		break;
	}
}

/* Compare the actions and the time of the next one. */
static void said(const char *want, const char *name)
{
	unsigned int i;

	did[0] = '\0';
	for (i = 0; i < out.count; i++)
		say_action(&out.actions[i]);
	if (mn_next(&mn))
		say("@%d", (int)mn_next(&mn));
	test_text(did, want, name);
	out.count = 0;
}

static void fresh(void)
{
	memset(&mn, 0, sizeof(mn));
	mn.lifetime = 15;
	mn.seq = 9;
	out.count = 0;
}

static void coas(int64_t now, const char *letters, const char *want,
		 const char *name)
{
	struct mn_coa list[MN_COAS];
	unsigned int count;

	/* With a seed of 0, the next jitter is 0. */
	for (count = 0; letters[count]; count++)
		list[count] = coa_of(letters[count]);
	mn.seed = 0;
	mn_coas(&mn, list, count, now, &out);
	said(want, name);
}

static void timer(int64_t now, const char *want, const char *name)
{
	mn.seed = 0;
	mn_timer(&mn, now, &out);
	said(want, name);
}

static void answer(int64_t now, const struct mh_ba *ba, const char *want,
		   const char *name)
{
	mn.seed = 0;
	mn_ba(&mn, ba, now, &out);
	said(want, name);
}

static void ba(int64_t now, uint8_t status, uint16_t seq, uint16_t lifetime,
	       const char *want, const char *name)
{
	struct mh_ba plain = { .status = status, .seq = seq,
			       .lifetime = lifetime };

	answer(now, &plain, want, name);
}

/* Registered at 1020, from the first of these. */
static void bound(const char *letters)
{
	struct mn_coa list[MN_COAS];
	struct mh_ba plain = { .seq = 10, .lifetime = 15 };
	unsigned int count;

	fresh();
	for (count = 0; letters[count]; count++)
		list[count] = coa_of(letters[count]);
	mn_coas(&mn, list, count, 1000, &out);
	mn_ba(&mn, &plain, 1020, &out);
	out.count = 0;
}

static void test_first(void)
{
	fresh();
	coas(1000, A, "slot a; bu 10 life 15 from a; @2500",
	     "mn: first registration");
	timer(2499, "@2500", "mn: waits 1.5 s");
	timer(2500, "bu 11 life 15 from a; @5500", "mn: then 3 s");
	timer(5500, "bu 12 life 15 from a; @11500", "mn: then 6 s");
	timer(11500, "bu 13 life 15 from a; @23500", "mn: then 12 s");
	timer(23500, "bu 14 life 15 from a; @47500", "mn: then 24 s");
	timer(47500, "bu 15 life 15 from a; @79500", "mn: then 32 s");
	timer(79500, "bu 16 life 15 from a; @111500", "mn: and so on");
	ba(79600, 0, 9, 15, "@111500", "mn: answer to none of them");
	ba(79600, 0, 15, 15, "commit ip4 64200; up; @95500",
	   "mn: answer to the last but one, whose lifetime counts");
	ba(79700, 0, 16, 15, "@95500", "mn: a second one is ignored");
}

static void test_refresh(void)
{
	struct mh_ba nat = { .seq = 10, .lifetime = 150, .has_nat = true,
			     .udp = true, .refresh = 50 };
	int64_t due;

	fresh();
	mn.lifetime = 150;
	coas(1000, A, "slot a; bu 10 life 150 from a; @2500", "mn: register");
	answer(1300, &nat, "commit udp4 600; up; @51000", "mn: behind a NAT");
	timer(51000, "bu 11 life 150 from a; @52000", "mn: waits 1 s now");
	nat.seq = 11;
	nat.refresh = 0;
	answer(51010, &nat, "commit udp4 500; @161000", "mn: by default 110 s");
	timer(161000, "bu 12 life 150 from a; @162000", "mn: refresh");
	nat.seq = 12;
	nat.udp = false;
	nat.refresh = MH_NO_REFRESH;
	answer(161010, &nat, "commit ip4 500; @641000", "mn: no NAT: 0.8");
	timer(641000, "bu 13 life 150 from a; @642000", "mn: refresh");
	nat.seq = 13;
	nat.has_advice = true;
	nat.advice = 10;
	answer(641010, &nat, "commit ip4 500; @681000", "mn: refresh advice");
	mn.seed = 12345;
	mn_timer(&mn, 681000, &out);
	nat.seq = 14;
	out.count = 0;
	mn_ba(&mn, &nat, 681000, &out);
	due = mn_next(&mn) - 681000;
	test(due > 36000 && due < 40000, "mn: with jitter: %d", (int)due);
}

static void test_move(void)
{
	bound(A);
	coas(2000, B A, "slot b; bu 11 life 15 from b; @3000",
	     "mn: a better care-of address: payload stays");
	ba(2030, 0, 11, 15, "commit ip4 500; @50000", "mn: then follows");
	coas(3000, B, "@50000", "mn: the old one goes");
	coas(4000, A, "slot a; bu 12 life 15 from a; @5000", "mn: break");
	ba(4010, 0, 11, 15, "@5000", "mn: an answer to before the movement");
	coas(4100, B A, "no slot; bu 13 life 15 from b; @5100",
	     "mn: the active one is back before the answer");
	ba(4200, 0, 13, 15, "commit ip4 500; @52100", "mn: and stays");
	coas(5000, B, "@52100", "mn: another one goes");
	coas(6000, "", "@64100", "mn: none is left");
	coas(7000, B, "bu 14 life 15 from b; @8000", "mn: it is back");
	coas(7001, "", "@64100", "mn: and gone");
	timer(64100, "down;", "mn: its binding ends");
	coas(70000, B, "bu 15 life 15 from b; @71500", "mn: a new one");
	ba(70100, 0, 15, 15, "commit ip4 500; up; @118000", "mn: is a binding");
}

static void test_rate(void)
{
	bound(A);
	coas(3000, B A, "slot b; bu 11 life 15 from b; @4000", "mn: rate: 1");
	coas(3100, A B, "no slot; bu 12 life 15 from a; @4100", "mn: rate: 2");
	coas(3200, B A, "slot b; bu 13 life 15 from b; @5200",
	     "mn: rate: 3, with the back-off of that care-of address");
	coas(3300, A B, "no slot; @4000", "mn: rate: not a fourth");
	timer(4000, "bu 14 life 15 from a; @6000", "mn: rate: a second later");
}

static void test_other(void)
{
	fresh();
	coas(1000, A B, "slot a; bu 10 life 15 from a; @2500", "mn: other: 1");
	timer(2500, "bu 11 life 15 from a; @5500", "mn: other: 2");
	timer(5500, "bu 12 life 15 from a; @11500", "mn: other: 3");
	timer(11500, "slot b; bu 13 life 15 from b; @13000",
	      "mn: other: no answer from the first");
	ba(11600, 0, 13, 15, "commit ip4 500; up; @59500", "mn: other: bound");
	timer(59500, "slot a; bu 14 life 15 from a; @60500",
	      "mn: other: tries the first again");
	timer(60500, "bu 15 life 15 from a; @62500", "mn: other: twice");
	timer(62500, "bu 16 life 15 from a; @66500", "mn: other: three times");
	timer(66500, "no slot; bu 17 life 15 from b; @67500",
	      "mn: other: returns in time");
	ba(66600, 0, 17, 15, "commit ip4 500; @114500", "mn: other: refreshed");
	coas(70000, B, "@114500", "mn: other: the first is gone");
}

/* Registered at 1000 from B for so many units, while there is no A. */
static void bound_b(uint16_t lifetime)
{
	struct mn_coa b = coa_of('b');
	struct mh_ba plain = { .seq = 10, .lifetime = lifetime };

	fresh();
	mn.lifetime = lifetime;
	mn_coas(&mn, &b, 1, 1000, &out);
	mn_ba(&mn, &plain, 1000, &out);
	out.count = 0;
}

/* A better one that has failed is tried once in each lifetime, however short, and the
 * one in use is back before the binding ends.
 */
static void test_short(void)
{
	bound_b(3);
	coas(2000, A B, "slot a; bu 11 life 3 from a; @3000", "mn: short: 1");
	timer(3000, "bu 12 life 3 from a; @5000", "mn: short: 2");
	timer(5000, "bu 13 life 3 from a; @9000", "mn: short: 3");
	timer(9000, "no slot; bu 14 life 3 from b; @10000", "mn: short: returns");
	ba(9010, 0, 14, 3, "commit ip4 500; @15000",
	   "mn: short: not only after four fifths, when no time is left");
	timer(15000, "slot a; bu 15 life 3 from a; @16000", "mn: short: again 1");
	timer(16000, "bu 16 life 3 from a; @18000", "mn: short: again 2");
	timer(18000, "no slot; bu 17 life 3 from b; @19000",
	      "mn: short: returns after two, as there is no time for three");
	ba(18010, 0, 17, 3, "commit ip4 500; @24000", "mn: short: in use");
	timer(24000, "slot a; bu 18 life 3 from a; @25000", "mn: short: again");
	ba(24010, 0, 18, 3, "commit ip4 500; @33600", "mn: short: at last");

	bound_b(1);
	coas(1500, A B, "slot a; bu 11 life 1 from a; @2500", "mn: shortest: 1");
	timer(2500, "bu 12 life 1 from a; @4000", "mn: shortest: 2");
	timer(4000, "no slot; bu 13 life 1 from b; @5000", "mn: shortest: back");
	ba(4010, 0, 13, 1, "commit ip4 500; @6000", "mn: shortest: in use");
	timer(6000, "slot a; bu 14 life 1 from a; @7000", "mn: shortest: again");
	timer(7000, "no slot; bu 15 life 1 from b; @8000", "mn: shortest: back");

	bound_b(10);
	coas(2000, A B, "slot a; bu 11 life 10 from a; @3000", "mn: 40 s: 1");
	timer(3000, "bu 12 life 10 from a; @5000", "mn: 40 s: 2");
	timer(5000, "bu 13 life 10 from a; @9000", "mn: 40 s: 3");
	timer(9000, "no slot; bu 14 life 10 from b; @10000", "mn: 40 s: back");
	ba(9010, 0, 14, 10, "commit ip4 500; @37000", "mn: 40 s: in use");
	timer(37004, "slot a; bu 15 life 10 from a; @38004",
	      "mn: 40 s: again, even if late");
}

static void traffic(int64_t now, uint64_t rx, uint64_t tx, const char *want,
		    const char *name)
{
	mn.seed = 0;
	mn_traffic(&mn, rx, tx, now, &out);
	said(want, name);
}

/* Nothing is received although something is sent: an update, but ever less often. */
static void test_traffic(void)
{
	bound(A);
	traffic(2000, 50, 70, "@49000", "mn: traffic: what was before");
	traffic(3000, 50, 71, "@49000", "mn: traffic: sent");
	traffic(4000, 51, 72, "@49000", "mn: traffic: answered");
	traffic(9900, 51, 72, "@49000", "mn: traffic: none is no reason");
	traffic(10000, 51, 73, "@49000", "mn: traffic: sent again");
	traffic(14999, 51, 73, "@49000", "mn: traffic: for less than 5 s");
	traffic(15000, 51, 73, "@49000",
		"mn: traffic: once may be the end of a conversation");
	traffic(15100, 51, 80, "@49000", "mn: traffic: sent once more");
	traffic(16099, 51, 80, "@49000", "mn: traffic: which may be answered");
	traffic(16100, 51, 81, "bu 11 life 15 from a; @17100",
		"mn: traffic: not answered for 5 s");
	traffic(16500, 51, 82, "@17100", "mn: traffic: while it waits");
	ba(16600, 0, 11, 15, "commit ip4 1000; @64100", "mn: traffic: refreshed");
	traffic(17000, 51, 83, "@64100", "mn: traffic: sent, still no answer");
	traffic(26999, 51, 90, "@64100", "mn: traffic: for less than 10 s");
	traffic(27999, 51, 91, "bu 12 life 15 from a; @28999",
		"mn: traffic: not answered for 10 s");
	ba(28100, 0, 12, 15, "commit ip4 500; @75999", "mn: traffic: refreshed");
	traffic(29000, 51, 92, "@75999", "mn: traffic: sent");
	traffic(40000, 52, 93, "@75999", "mn: traffic: answered");
	traffic(41000, 52, 94, "@75999", "mn: traffic: sent");
	traffic(42000, 52, 95, "@75999", "mn: traffic: and again");
	traffic(46000, 52, 95, "bu 13 life 15 from a; @47000",
		"mn: traffic: after an answer 5 s again");
}

static void test_rejected(void)
{
	bound(A);
	coas(3000, B A, "slot b; bu 11 life 15 from b; @4000", "mn: move");
	ba(3100, 135, 900, 0, "bu 901 life 15 from b; @5100",
	   "mn: 135: adopts the sequence and sends again");
	ba(3200, 135, 11, 0, "@5100", "mn: 135 to before that");
	ba(3300, 144, 901, 0, "@5100", "mn: 144 without F is ignored");
	ba(3400, 130, 901, 0, "no slot; @35400",
	   "mn: rejected: payload stays, seldom asks again");
	timer(35400, "slot b; bu 902 life 15 from b; @39400", "mn: asks again");
	ba(35500, 133, 902, 0, "no slot; down; @67500",
	   "mn: not its home agent: not bound");
	coas(36000, A, "bu 903 life 15 from a; @37500",
	     "mn: another care-of address: asks at once");
	ba(36100, 0, 903, 0, "@68100", "mn: a lifetime of 0 is no binding");
}

static void test_home4(void)
{
	struct mh_ba grant = { .seq = 10, .lifetime = 99,
			       .home4 = { .given = true, .len = 32 } };

	fresh();
	mn.home4.s_addr = inet_addr("198.51.100.10");
	mn.udp = true;
	grant.home4.addr = mn.home4;
	coas(1000, A, "slot a; bu 10 life 15 from a hoa4 F; @2500",
	     "mn: hoa4: is asked for");
	answer(1010, &grant, "commit udp4 500; up; +hoa4; @49000",
	       "mn: hoa4: granted; no lifetime longer than asked for");
	timer(49000, "bu 11 life 15 from a hoa4 F; @50000", "mn: refresh");
	grant.seq = 11;
	grant.home4.status = MH4_PROHIBITED;
	answer(49010, &grant, "commit udp4 500; -hoa4; @97000",
	       "mn: hoa4: no longer");
}

static void test_stop(void)
{
	bound(A);
	mn_stop(&mn, 5000, &out);
	said("bu 11 life 0 from a; @6000", "mn: stop: deregisters");
	timer(6000, "bu 12 life 0 from a; @8000", "mn: stop: again");
	coas(6500, B, "@8000", "mn: stop: goes nowhere else");
	ba(7000, 0, 12, 0, "down;", "mn: stop: acknowledged");
	test(mn.state == MN_ENDED, "mn: stop: has ended");

	bound(A);
	coas(4000, B A, "slot b; bu 11 life 15 from b; @5000", "mn: move");
	mn_stop(&mn, 5000, &out);
	said("no slot; bu 12 life 0 from a; @6000", "mn: stop: while moving");
	ba(5100, 135, 800, 0, "bu 801 life 0 from a; @7100", "mn: stop: 135");
	timer(7100, "bu 802 life 0 from a; @11100", "mn: stop: try 3");
	timer(11100, "down;", "mn: stop: unanswered");

	fresh();
	mn_stop(&mn, 5000, &out);
	said("", "mn: stop: not bound");
	test(mn.state == MN_ENDED, "mn: stop: has ended");
}

static void slots(int64_t now, bool active, bool pending, const char *want,
		  const char *name)
{
	mn.seed = 0;
	mn_slots(&mn, active, pending, now, &out);
	said(want, name);
}

static void test_slots(void)
{
	bound(A);
	slots(2000, true, false, "@49000", "mn: slots: as they should be");
	slots(2000, false, false, "slot a; bu 11 life 15 from a; @3000",
	      "mn: slots: the device was down");
	slots(2100, false, false, "slot a; bu 12 life 15 from a; @4100",
	      "mn: slots: the pending one is gone, too");
	mn.pending = false;
	timer(4100, "slot a; bu 13 life 15 from a; @8100",
	      "mn: slots: the kernel had not taken it");
	ba(4200, 0, 13, 15, "commit ip4 500; @52100", "mn: slots: bound");
	coas(5000, "", "@64100", "mn: slots: no care-of address");
	slots(5000, false, false, "@64100", "mn: slots: and none to be set");
}

/* IPv6 comes first, then IPv4; and again IPv6 as soon as it works (RFC 5555 4.4.1). */
static void test_ipv6(void)
{
	fresh();
	mn.udp = true;
	coas(1000, A6 A, "slot A; bu 10 life 15 from A; @2500",
	     "mn: ipv6: first, without F");
	timer(2500, "bu 11 life 15 from A; @5500", "mn: ipv6: twice");
	timer(5500, "bu 12 life 15 from A; @11500", "mn: ipv6: three times");
	timer(11500, "slot a; bu 13 life 15 from a F; @13000",
	      "mn: ipv6: then IPv4, of the same link");
	ba(11510, 0, 13, 15, "commit udp4 500; up; @59500", "mn: ipv6: bound");
	timer(59500, "slot A; bu 14 life 15 from A; @60500",
	      "mn: ipv6: tries IPv6 again");
	ba(59520, 0, 14, 15, "commit ip6 500; @107500", "mn: ipv6: which works");
	coas(70000, A, "slot a; bu 15 life 15 from a F; @71000",
	     "mn: ipv6: a link without IPv6");
	ba(70010, 0, 15, 15, "commit udp4 500; @118000", "mn: ipv6: and moves");
	coas(80000, B6 A, "slot B; bu 16 life 15 from B; @81000",
	     "mn: ipv6: one with");
	ba(80010, 0, 16, 15, "commit ip6 500; @128000", "mn: ipv6: moves there");
	mn_stop(&mn, 90000, &out);
	said("bu 17 life 0 from B; @91000", "mn: ipv6: deregisters");
	ba(90010, 0, 17, 0, "down;", "mn: ipv6: has ended");
}

static void test_home(void)
{
	bound(A6);
	coas(2000, H A6, "+home; bu 11 life 0 from ^; @3000",
	     "mn: home: returns, and receives where it was");
	ba(2010, 0, 11, 0, "returned; down;", "mn: home: is there");
	test(mn.state == MN_HOME, "mn: home: its state");
	slots(2020, false, false, "", "mn: home: needs no care-of address");
	timer(90000, "", "mn: home: for as long as it likes");
	coas(90000, H, "", "mn: home: the other link goes");
	coas(91000, B6, "-home; slot B; bu 12 life 15 from B; @92500",
	     "mn: home: leaves, with the back-off of a first registration");
	ba(91010, 0, 12, 15, "commit ip6 500; up; @139000",
	   "mn: home: is bound again");
	coas(92000, "", "@151000", "mn: home: out of reach");
	coas(93000, H, "+home; bu 13 life 0 from ^; @94000",
	     "mn: home: returns from nowhere");
	timer(94000, "bu 14 life 0 from ^; @96000", "mn: home: again");
	ba(94010, 133, 14, 0, "returned; down;",
	   "mn: home: the home agent knows of no binding");
	coas(95000, "", "-home;", "mn: home: the home link is gone");
	test(mn.state == MN_NO_COA, "mn: home: and nothing else is there");
}

static void test_home4_at_home(void)
{
	struct mh_ba grant = { .seq = 10, .lifetime = 15,
			       .home4 = { .given = true, .len = 32 } };

	fresh();
	mn.home4.s_addr = inet_addr("198.51.100.10");
	grant.home4.addr = mn.home4;
	coas(1000, A, "slot a; bu 10 life 15 from a hoa4; @2500", "mn: register");
	answer(1010, &grant, "commit ip4 500; up; +hoa4; @49000", "mn: bound");
	coas(2000, H A, "+home; bu 11 life 0 from ^; @3000", "mn: returns");
	ba(2010, 135, 40, 0, "bu 41 life 0 from ^; @4010",
	   "mn: home: 135, as everywhere");
	ba(2020, 0, 41, 0, "returned; -hoa4; down;",
	   "mn: home: the device has no IPv4 home address then");
}

/* A link that only looks like home, or a home agent that does not answer. */
static void test_not_home(void)
{
	bound(A6);
	coas(2000, H B6 A6, "+home; bu 11 life 0 from ^; @3000",
	     "mn: not home: 1");
	timer(3000, "bu 12 life 0 from ^; @5000", "mn: not home: 2");
	timer(5000, "bu 13 life 0 from ^; @9000", "mn: not home: 3");
	timer(9000, "-home; bu 14 life 15 from A; @10000",
	      "mn: not home: stays where it is bound");
	ba(9010, 0, 14, 15, "commit ip6 500; @57000", "mn: not home: bound");
	timer(57000, "+home; bu 15 life 0 from ^; @58000",
	      "mn: not home: tries again");
	ba(57010, 130, 15, 0, "@69000", "mn: not home: is refused");
	coas(60000, A6, "-home; bu 16 life 15 from A; @61000",
	     "mn: not home: and gone");

	bound(A);
	coas(2000, A B6, "@49000", "mn: not home: a worse one");
	coas(2000, H A, "+home; bu 11 life 0 from ^; @3000", "mn: at home");
	mn_stop(&mn, 2500, &out);
	said("-home; bu 12 life 0 from a; @3500", "mn: not home: ends");
	ba(2510, 0, 12, 0, "down;", "mn: not home: has ended");

	bound(A);
	coas(2000, H, "+home; bu 11 life 0 from ^; @3000", "mn: returns");
	ba(2010, 0, 11, 0, "returned; down;", "mn: is there");
	mn_stop(&mn, 3000, &out);
	said("-home;", "mn: home: ends");
	test(mn.state == MN_ENDED, "mn: home: has ended");
}

/* The home address is used on the home link just as long as that is the target. */
static unsigned int home_faults(const struct mn_action *action, bool *home)
{
	bool was = *home;

	if (action->act != MN_AT_HOME && action->act != MN_NOT_AT_HOME)
		return action->act == MN_SLOT && was;
	*home = action->act == MN_AT_HOME;
	return *home == was;
}

/* Whatever comes: at most three updates in a second, and a sensible timer. */
static void test_random(void)
{
	int64_t now = 1000, times[3] = { -5000, -5000, -5000 };
	unsigned int round, i, bad = 0;
	bool home = false;

	fresh();
	srandom(3);
	for (round = 0; round < 200000; round++) {
		struct mh_ba answer = { .seq = mn.seq - random() % 3,
					.lifetime = random() % 9,
					.status = random() % 4 ? 0 :
						  128 + random() % 16 };
		struct mn_coa list[3] = { coa_of("abA^"[random() % 4]),
					  coa_of('d'), coa_of('E') };

		out.count = 0;
		now += random() % 700;
		switch (random() % 4) {
		case 2:
			mn_slots(&mn, random() % 2, random() % 2, now, &out);
			break;
		case 0:
			mn_coas(&mn, list, random() % 4, now, &out);
			break;
		case 1:
			mn_ba(&mn, &answer, now, &out);
			break;
		default:
			mn_timer(&mn, now, &out);
			bad += mn_next(&mn) && mn_next(&mn) <= now;
			break;
		}
		for (i = 0; i < out.count; i++) {
			bad += home_faults(&out.actions[i], &home);
			if (out.actions[i].act != MN_SEND)
				continue;
			bad += now - times[0] < 1000;
			times[0] = times[1];
			times[1] = times[2];
			times[2] = now;
		}
		bad += out.count > MN_ACTIONS ||
		       (mn.count && !mn.due && mn.state != MN_HOME);
		bad += (mn.target.kind == MN_HOME_LINK) != home;
	}

	test(!bad, "mn: 200000 random events");
}

/**
 * test_mn - mobile node
 */
void test_mn(void)
{
	test_first();
	test_refresh();
	test_move();
	test_rate();
	test_other();
	test_short();
	test_traffic();
	test_rejected();
	test_home4();
	test_stop();
	test_slots();
	test_ipv6();
	test_home();
	test_home4_at_home();
	test_not_home();
	test_random();
}
