// SPDX-License-Identifier: GPL-2.0
/*
 * How long does the NAT keep an idle mapping? Each idle time has its own mobile
 * node, so all run at once. A keepalive at the end is answered only if it
 * reaches the gateway from the same address and port. A NAT that assigns the
 * same port again is not detected, but then outgoing traffic restores the path,
 * too.
 */
#include <string.h>

#include "ctl/check/answer.h"
#include "ctl/check/check.h"
#include "ctl/check/probe.h"
#include "ctl/check/report.h"
#include "ctl/check/target.h"
#include "ctl/check/wait.h"
#include "lib/macros.h"
#include "lib/setting.h"

#define NAT_TRIES	3
#define NAT_SECOND	1000000000ull

static const unsigned int nat_idle[] = { 10, 20, 30, 45, 60, 90, 115 };

#define NAT_TIMES	ARRAY_SIZE(nat_idle)

/**
 * struct idlers - idle mobile nodes
 * @probes: one for each idle time
 * @used: when each was last used
 * @heard: an answer came
 * @want: the expected kind of answer
 * @only: wait for this one only; %NAT_TIMES: for all
 */
struct idlers {
	struct probe probes[NAT_TIMES];
	uint64_t used[NAT_TIMES];
	bool heard[NAT_TIMES];
	enum answer_kind want;
	unsigned int only;
};

static bool nat_all_heard(const struct idlers *idlers)
{
	unsigned int i;

	for (i = 0; i < NAT_TIMES; i++)
		if (!idlers->heard[i])
			return false;
	return true;
}

static bool nat_heard(unsigned int i, const struct answer *answer, void *arg)
{
	struct idlers *idlers = arg;

	if (answer->kind == idlers->want) {
		idlers->heard[i] = true;
		idlers->used[i] = wait_now();
	}
	return idlers->only < NAT_TIMES ? idlers->heard[idlers->only] :
					  nat_all_heard(idlers);
}

/* An answer from the home agent makes the bindings active. */
static bool nat_activate(struct idlers *idlers)
{
	unsigned int try;
	unsigned int i;

	idlers->want = ANSWER_ECHO;
	idlers->only = NAT_TIMES;
	for (try = 0; try < NAT_TRIES && !nat_all_heard(idlers); try++) {
		for (i = 0; i < NAT_TIMES; i++)
			if (!idlers->heard[i])
				probe_echo(&idlers->probes[i], try, PROBE_MIN);
		wait_answers(idlers->probes, NAT_TIMES,
			     wait_now() + NAT_SECOND, nat_heard, idlers);
	}
	return nat_all_heard(idlers);
}

/* Does the mapping still exist after its idle time? */
static bool nat_held(struct idlers *idlers, unsigned int i)
{
	unsigned int try;

	idlers->want = ANSWER_NONE;
	idlers->only = i;
	idlers->heard[i] = false;
	wait_answers(idlers->probes, NAT_TIMES,
		     idlers->used[i] + nat_idle[i] * NAT_SECOND, nat_heard,
		     idlers);

	idlers->want = ANSWER_KEEPALIVE;
	for (try = 0; try < NAT_TRIES && !idlers->heard[i]; try++) {
		probe_keepalive(&idlers->probes[i]);
		wait_answers(idlers->probes, NAT_TIMES,
			     wait_now() + NAT_SECOND, nat_heard, idlers);
	}
	return idlers->heard[i];
}

static void nat_report(const struct target *target, unsigned int held)
{
	uint32_t usual = setting_default(IFLA_M6T_KEEPALIVE, M6T_MODE_MN);
	uint32_t now = target->self.ifindex ? target->keepalive : usual;

	if (held == NAT_TIMES)
		report("nat", CHECK_OK,
		       "the mapping still existed after %u s without traffic, the longest time tried (or the NAT assigns the same port again): keepalive %u is short enough",
		       nat_idle[held - 1], now ? now : usual);
	else if (!held)
		report("nat", CHECK_WARNING,
		       "the mapping was lost after %u s without traffic: choose a keepalive of 5 or less",
		       nat_idle[0]);
	else
		report("nat", now && now <= nat_idle[held - 1] ?
		       CHECK_OK : CHECK_WARNING,
		       "the mapping still existed after %u s without traffic and was lost after %u s (or the gateway's active-timeout is that short): choose a keepalive of %u or less",
		       nat_idle[held - 1], nat_idle[held], nat_idle[held - 1]);
}

static void nat_measure(const struct target *target, struct idlers *idlers)
{
	unsigned int held = 0;

	if (!nat_activate(idlers)) {
		report("nat", CHECK_FAILED,
		       "not every probe was answered: some were lost, or the gateway limited their rate");
		return;
	}
	while (held < NAT_TIMES && nat_held(idlers, held))
		held++;
	nat_report(target, held);
}

/**
 * check_nat - measure how long the NAT keeps a mapping
 * @target: the gateway, with the home agent that answers
 * @port: a port that works
 */
void check_nat(const struct target *target, uint16_t port)
{
	struct idlers idlers = { .want = ANSWER_NONE };
	unsigned int open;
	int err = 0;

	if (!target->has_to) {
		report("nat", CHECK_SKIPPED,
		       "the NAT can be measured only if a home agent answers: name one (to IPV6)");
		return;
	}
	for (open = 0; open < NAT_TIMES; open++) {
		err = probe_open(&idlers.probes[open], target, port);
		if (err)
			break;
	}
	if (err)
		report("nat", CHECK_SKIPPED, "cannot measure it: %s",
		       strerror(-err));
	else
		nat_measure(target, &idlers);
	while (open)
		probe_close(&idlers.probes[--open]);
}
