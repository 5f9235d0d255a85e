// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a mobile node: a line on standard output, and the state for the
 * service manager.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <arpa/inet.h>
#include <net/if.h>

#include "lib/json.h"
#include "lib/notify.h"
#include "lib/say.h"
#include "mipd/mipd.h"

static const char *const report_words[] = {
	[MN_NO_COA] = "unreachable",
	[MN_REGISTERING] = "registering",
	[MN_BOUND] = "registered",
	[MN_REJECTED] = "rejected",
	[MN_DEREGISTERING] = "deregistering",
	[MN_ENDED] = "ended",
};

static void report_json(const char *dev, const char *event, const char *addr,
			const char *link)
{
	struct timespec now;

	/* Nothing is printed by the first one: it chooses one line an event. */
	json_flush_line();
	clock_gettime(CLOCK_REALTIME, &now);
	json_open(NULL, '{');
	json_seconds("time", now.tv_sec * UINT64_C(1000000000) + now.tv_nsec);
	json_string("dev", dev);
	json_string("event", event);
	json_string("local", addr);
	json_string("link", link);
	json_close('}');
	json_flush_line();
}

static void report_text(const char *dev, const char *event, const char *addr,
			const char *link)
{
	printf("%s: %s", dev, event);
	if (addr)
		printf(" link %s local %s", link ? link : "?", addr);
	putchar('\n');
	fflush(stdout);
}

static void report_status(const char *event, const char *addr)
{
	char text[64];

	snprintf(text, sizeof(text), "STATUS=%s%s%s", event,
		 addr ? ", care-of address " : "", addr ? addr : "");
	notify(text);
}

/**
 * report_mobile - report a change of a mobile node's state, if there is one
 * @dev: name of the device
 * @mn: the mobile node
 */
void report_mobile(const char *dev, const struct mn *mn)
{
	static enum mn_state state = MN_NO_COA;
	static struct mn_coa coa;
	char text[INET_ADDRSTRLEN], name[IFNAMSIZ];
	const char *addr = NULL, *link = NULL;

	/* A refresh changes nothing. */
	if (mn->state == MN_REGISTERING && !mn->pending && mn->bound_until)
		return;
	if (mn->state == state && mn->target.link == coa.link &&
	    mn->target.addr.s_addr == coa.addr.s_addr)
		return;
	state = mn->state;
	coa = mn->target;
	if (coa.link) {
		addr = inet_ntop(AF_INET, &coa.addr, text, sizeof(text));
		link = if_indextoname(coa.link, name);
	}

	if (options.json)
		report_json(dev, report_words[state], addr, link);
	else
		report_text(dev, report_words[state], addr, link);
	report_status(report_words[state], addr);
}
