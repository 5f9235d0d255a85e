// SPDX-License-Identifier: GPL-2.0
/*
 * The largest packet that passes unfragmented in both directions. All sizes are
 * tried at once, in coarse steps first.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include "ctl/check/answer.h"
#include "ctl/check/check.h"
#include "ctl/check/probe.h"
#include "ctl/check/report.h"
#include "ctl/check/target.h"
#include "ctl/check/wait.h"
#include "lib/proto.h"

#define MTU_STEP	8
#define MTU_SIZES	((PROBE_MAX - M6T_MTU_MIN) / MTU_STEP + 1)
#define MTU_TRIES	2
#define MTU_WAIT	1000000000ull	/* ns, for each try */

/**
 * struct sizes - the sizes to try
 * @size: bytes of IPv6; the index is the number of the echo request
 * @passed: the echo came back
 * @n: number of sizes
 * @told: the ICMP error, if any
 */
struct sizes {
	unsigned int size[MTU_SIZES];
	bool passed[MTU_SIZES];
	unsigned int n;
	struct answer told;
};

static bool mtu_heard(unsigned int index, const struct answer *answer,
		      void *arg)
{
	struct sizes *sizes = arg;
	unsigned int i;

	(void)index;
	if (answer->kind == ANSWER_ICMP && answer->mtu)
		sizes->told = *answer;
	if (answer->kind == ANSWER_ECHO && answer->seq < sizes->n &&
	    answer->size == sizes->size[answer->seq])
		sizes->passed[answer->seq] = true;
	/* Do not wait for sizes that are known not to pass. */
	for (i = 0; i < sizes->n; i++)
		if (!sizes->passed[i] &&
		    (!sizes->told.mtu ||
		     sizes->size[i] + M6T_HEADROOM <= sizes->told.mtu))
			return false;
	return true;
}

/* Return: the largest size that came back, or 0. */
static unsigned int mtu_try(struct probe *probe, struct sizes *sizes)
{
	unsigned int best = 0;
	unsigned int try;
	unsigned int i;

	memset(sizes->passed, 0, sizeof(sizes->passed));
	for (try = 0; try < MTU_TRIES; try++) {
		for (i = 0; i < sizes->n; i++)
			if (!sizes->passed[i])
				probe_echo(probe, i, sizes->size[i]);
		wait_answers(probe, 1, wait_now() + MTU_WAIT, mtu_heard,
			     sizes);
		if (sizes->passed[sizes->n - 1])
			break;
	}
	for (i = 0; i < sizes->n; i++)
		if (sizes->passed[i])
			best = sizes->size[i];

	return best;
}

static void mtu_fill(struct sizes *sizes, unsigned int from, unsigned int to,
		     unsigned int step)
{
	sizes->n = 0;
	for (; from <= to && sizes->n < MTU_SIZES; from += step)
		sizes->size[sizes->n++] = from;
}

static unsigned int mtu_find(struct probe *probe, unsigned int most,
			     struct sizes *sizes)
{
	unsigned int best;
	unsigned int finest;
	unsigned int end;

	mtu_fill(sizes, M6T_MTU_MIN, most, MTU_STEP);
	if (sizes->size[sizes->n - 1] != most)
		sizes->size[sizes->n++] = most;
	best = mtu_try(probe, sizes);
	if (!best || best == most)
		return best;

	end = best + MTU_STEP - 1;
	mtu_fill(sizes, best + 1, end < most ? end : most, 1);
	finest = mtu_try(probe, sizes);
	return finest ? finest : best;
}

static void mtu_report(const struct target *target, unsigned int best,
		       unsigned int most, const struct answer *told)
{
	char who[CHECK_TEXT] = "no router reports it";
	char from[INET_ADDRSTRLEN];

	if (told->kind && !told->from.s_addr) {
		snprintf(who, sizeof(who), "reported by this host");
	} else if (told->kind) {
		inet_ntop(AF_INET, &told->from, from, sizeof(from));
		snprintf(who, sizeof(who), "reported by %s", from);
	}
	if (best == most)
		report("mtu", CHECK_OK,
		       "packets of %u bytes pass unfragmented", best);
	else if (!best)
		report("mtu", CHECK_WARNING,
		       "not even packets of %u bytes pass unfragmented (%s): the path must let IPv4 fragments pass",
		       M6T_MTU_MIN, who);
	else
		report("mtu", CHECK_WARNING,
		       "packets of %u bytes pass unfragmented, those of %u do not (%s): where IPv4 fragments do not pass either, ip link set %s mtu %u, at both ends",
		       best, most, who,
		       target->self.ifindex ? target->self.name : "DEVICE",
		       best);
}

/**
 * check_mtu - does the path carry the MTU of the device?
 * @target: the gateway, with the home agent that answers
 * @port: a port that works
 */
void check_mtu(const struct target *target, uint16_t port)
{
	unsigned int most = target->mtu < PROBE_MAX ? target->mtu : PROBE_MAX;
	int df = IP_PMTUDISC_PROBE;
	struct sizes sizes = { .n = 0 };
	struct probe probe;
	unsigned int best;

	if (!target->has_to) {
		report("mtu", CHECK_SKIPPED,
		       "the path MTU can be measured only if a home agent answers: name one (to IPV6)");
		return;
	}
	if (probe_open(&probe, target, port))
		return;
	if (setsockopt(probe.fd, IPPROTO_IP, IP_MTU_DISCOVER, &df,
		       sizeof(df))) {
		report("mtu", CHECK_SKIPPED, "cannot set DF: %s",
		       strerror(errno));
	} else {
		best = mtu_find(&probe, most, &sizes);
		mtu_report(target, best, most, &sizes.told);
	}
	probe_close(&probe);
}
