// SPDX-License-Identifier: GPL-2.0
/*
 * Does the gateway answer, on each of its ports? All are asked at once.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include "ctl/check/answer.h"
#include "ctl/check/check.h"
#include "ctl/check/probe.h"
#include "ctl/check/report.h"
#include "ctl/check/target.h"
#include "ctl/check/wait.h"

#define GATEWAY_TRIES	3
#define GATEWAY_WAIT	1000000000ull	/* ns, for each try */

/**
 * struct asked - results of probing the gateway
 * @probes: one for each port
 * @target: the gateway
 * @sent: time of sending, by port and try
 * @took: ns from probe to answer
 * @answers: the answers; of kind %ANSWER_NONE while there is none
 * @errors: the last ICMP error for each port, likewise
 * @err: why a port could not be probed, a negative errno
 */
struct asked {
	struct probe probes[M6T_MAX_PORTS];
	const struct target *target;
	uint64_t sent[M6T_MAX_PORTS][GATEWAY_TRIES];
	uint64_t took[M6T_MAX_PORTS];
	struct answer answers[M6T_MAX_PORTS];
	struct answer errors[M6T_MAX_PORTS];
	int err[M6T_MAX_PORTS];
};

/* No further answer is expected from this port. */
static bool gateway_is_done(const struct asked *asked, unsigned int i)
{
	return asked->answers[i].kind || asked->errors[i].kind ||
	       asked->err[i];
}

static bool gateway_heard(unsigned int i, const struct answer *answer,
			  void *arg)
{
	struct asked *asked = arg;
	unsigned int n;

	if (answer->kind == ANSWER_ICMP) {
		asked->errors[i] = *answer;
	} else if (!asked->answers[i].kind && answer->seq < GATEWAY_TRIES &&
		   asked->sent[i][answer->seq] &&
		   answer->kind != ANSWER_KEEPALIVE) {
		asked->answers[i] = *answer;
		asked->took[i] = wait_now() - asked->sent[i][answer->seq];
	}
	for (n = 0; n < asked->target->n_ports; n++)
		if (!gateway_is_done(asked, n))
			return false;
	return true;
}

/* Before return routability is proven, a gateway sends no error larger than the
 * packet that caused it. A small echo passes a path that drops large packets.
 */
static void gateway_send(struct asked *asked, unsigned int i,
			 unsigned int try)
{
	size_t size = asked->target->has_to && try % 2 ? PROBE_MIN :
							 PROBE_ERROR;

	if (gateway_is_done(asked, i))
		return;
	asked->sent[i][try] = wait_now();
	asked->err[i] = probe_echo(&asked->probes[i], try, size);
	/* An earlier ICMP error is reported like this. */
	if (asked->err[i] == -ECONNREFUSED || asked->err[i] == -EHOSTUNREACH)
		asked->err[i] = 0;
}

static void gateway_ask(struct asked *asked)
{
	unsigned int n = asked->target->n_ports;
	unsigned int try;
	unsigned int i;
	bool left = true;

	for (i = 0; i < n; i++) {
		asked->err[i] = probe_open(&asked->probes[i], asked->target,
					   asked->target->ports[i]);
		if (asked->err[i])
			asked->probes[i].fd = -1;
	}
	for (try = 0; left && try < GATEWAY_TRIES; try++) {
		for (i = 0; i < n; i++)
			gateway_send(asked, i, try);
		left = false;
		for (i = 0; i < n; i++)
			left |= !gateway_is_done(asked, i);
		if (left)
			wait_answers(asked->probes, n,
				     wait_now() + GATEWAY_WAIT, gateway_heard,
				     asked);
	}
	for (i = 0; i < n; i++)
		if (asked->probes[i].fd >= 0)
			probe_close(&asked->probes[i]);
}

/* The gateway works, but has no route to the home agent. */
static const char *gateway_but(const struct target *target,
			       const struct answer *answer)
{
	if (answer->kind == ANSWER_ECHO || !target->has_to)
		return NULL;
	switch (answer->type) {
	case ICMP6_DST_UNREACH:
		return "but cannot reach it";
	case ICMP6_TIME_EXCEEDED:
		return "but the route to it has a loop";
	default:
		return "but rejects packets to it";
	}
}

static void gateway_answered(const struct asked *asked, unsigned int i)
{
	const struct answer *answer = &asked->answers[i];
	uint64_t us = asked->took[i] / 1000;
	char from[INET6_ADDRSTRLEN];
	char to[INET6_ADDRSTRLEN];
	const char *but;

	inet_ntop(AF_INET6, &answer->from6, from, sizeof(from));
	inet_ntop(AF_INET6, &asked->target->to, to, sizeof(to));
	but = gateway_but(asked->target, answer);
	if (but)
		report("gateway", CHECK_FAILED,
		       "port %u works, %s: %s reports %s as unreachable (ICMPv6 type %u code %u)",
		       asked->target->ports[i], but, from, to, answer->type,
		       answer->code);
	else
		report("gateway", CHECK_OK,
		       "port %u: %s answers after %" PRIu64 ".%03u ms",
		       asked->target->ports[i], from, us / 1000,
		       (unsigned int)(us % 1000));
}

static const char *gateway_icmp(const struct answer *answer)
{
	if (answer->type != ICMP_DEST_UNREACH)
		return answer->type == ICMP_TIME_EXCEEDED ?
		       "the route to the gateway has a loop" :
		       "it is rejected on the path";
	switch (answer->code) {
	case ICMP_PORT_UNREACH:
		return "nothing listens there, or a firewall rejects it";
	case ICMP_HOST_UNREACH:
	case ICMP_HOST_UNKNOWN:
		return "the gateway cannot be reached";
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
		return "there is no route to the gateway from there";
	case ICMP_PKT_FILTERED:
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
		return "a firewall forbids it";
	default:
		return "it cannot be reached";
	}
}

static void gateway_refused(const struct asked *asked, unsigned int i,
			    enum check_result result)
{
	const struct answer *answer = &asked->errors[i];
	char from[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &answer->from, from, sizeof(from));
	report("gateway", result,
	       "port %u is refused: %s, reported by %s (ICMP type %u code %u)",
	       asked->target->ports[i], gateway_icmp(answer), from,
	       answer->type, answer->code);
}

static void gateway_silent(const struct asked *asked, unsigned int i,
			   enum check_result result)
{
	uint16_t port = asked->target->ports[i];
	char to[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &asked->target->to, to, sizeof(to));
	if (!asked->target->node.prefix.len)
		report("gateway", CHECK_SKIPPED,
		       "no answer on port %u, as for any sender outside the gateway's prefixes: name yours (prefix IPV6/80)",
		       port);
	else if (asked->target->has_to)
		report("gateway", result,
		       "no answer on port %u: the network or a firewall filters it, or the gateway does not accept the prefix or %s, or %s does not answer",
		       port, to, to);
	else
		report("gateway", result,
		       "no answer on port %u: the network or a firewall filters it, or the prefix is not one of the gateway's; a gateway with a list of home agents (ha) answers only when one of them is named (to IPV6)",
		       port);
}

static void gateway_unasked(const struct asked *asked, unsigned int i,
			    enum check_result result)
{
	int err = asked->err[i];
	uint16_t port = asked->target->ports[i];

	if (err == -EPERM && asked->target->node.fwmark)
		report("gateway", CHECK_SKIPPED,
		       "port %u: using fwmark %#x needs CAP_NET_ADMIN",
		       port, asked->target->node.fwmark);
	else if (err == -EPERM)
		report("gateway", result,
		       "port %u: the firewall of this host drops packets to it",
		       port);
	else
		report("gateway", result, "port %u cannot be probed: %s", port,
		       strerror(-err));
}

/**
 * check_gateway - does the gateway answer?
 * @target: the gateway
 *
 * Return: the first port that works, or 0.
 */
unsigned int check_gateway(const struct target *target)
{
	struct asked asked = { .target = target };
	enum check_result result = CHECK_FAILED;
	unsigned int port = 0;
	unsigned int i;

	gateway_ask(&asked);
	/* One port is enough. */
	for (i = target->n_ports; i--;)
		if (asked.answers[i].kind &&
		    !gateway_but(target, &asked.answers[i]))
			port = target->ports[i];
	if (port)
		result = CHECK_WARNING;
	for (i = 0; i < target->n_ports; i++) {
		if (asked.answers[i].kind)
			gateway_answered(&asked, i);
		else if (asked.errors[i].kind)
			gateway_refused(&asked, i, result);
		else if (asked.err[i])
			gateway_unasked(&asked, i, result);
		else
			gateway_silent(&asked, i, result);
	}

	return port;
}
