// SPDX-License-Identifier: GPL-2.0
/*
 * Report the state of a mobile node: an event for "m6tctl monitor", a line on
 * standard output, and the state for the service manager.
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
	[MN_HOME] = "home",
	[MN_DEREGISTERING] = "deregistering",
	[MN_ENDED] = "ended",
};

/* Events of states; changes of the binding are reported by report_binding(). */
static const enum m6t_event report_events[] = {
	[MN_NO_COA] = M6T_EVENT_UNREACHABLE,
	[MN_REGISTERING] = M6T_EVENT_REGISTERING,
	[MN_REJECTED] = M6T_EVENT_REJECTED,
	[MN_HOME] = M6T_EVENT_HOME,
	[MN_ENDED] = M6T_EVENT_UNSPEC,
};

/* What was reported last. */
static struct {
	enum mn_state state;
	struct mn_coa coa;
	struct mn_coa active;
	int64_t bound_until;
} reported;

static void report_json(const char *dev, const char *event, const char *addr,
			const char *link)
{
	struct timespec now;

	/* Nothing is printed by the first call: it only selects one line per
	 * event.
	 */
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
	if (link)
		printf(" link %s", link);
	if (addr)
		printf(" local %s", addr);
	putchar('\n');
	fflush(stdout);
}

static void report_status(const char *event, const char *addr)
{
	char text[96];

	snprintf(text, sizeof(text), "STATUS=%s%s%s", event,
		 addr ? ", care-of address " : "", addr ? addr : "");
	notify(text);
}

/* The event for a change of the binding; 0: none. */
static enum m6t_event report_binding(const struct mn *mn)
{
	if (!mn->bound_until && reported.bound_until)
		return M6T_EVENT_DEREGISTERED;
	if (mn->state != MN_BOUND || mn->bound_until == reported.bound_until)
		return M6T_EVENT_UNSPEC;
	if (!reported.bound_until)
		return M6T_EVENT_REGISTERED;
	return mn_same_coa(&mn->active, &reported.active) ?
	       M6T_EVENT_REFRESHED : M6T_EVENT_MOVED;
}

static void report_event(struct mipd *mipd, const struct mn *mn,
			 enum m6t_event event)
{
	struct kernel_report report = { .event = event };

	if (!event)
		return;
	if (event == M6T_EVENT_REJECTED)
		report.status = mn->status;
	if (event != M6T_EVENT_DEREGISTERED && mn->target.link)
		report.coa = &mn->target;
	if (mn->state == MN_BOUND && mn->bound_until > mipd_now())
		report.expires = mn->bound_until - mipd_now();
	kernel_report(&mipd->kernel, &report);
}

static void report_state(struct mipd *mipd, const struct mn *mn)
{
	char text[INET6_ADDRSTRLEN], name[IFNAMSIZ];
	const struct mn_coa *coa = &mn->target;
	const char *addr = NULL, *link = NULL;

	if (coa->link)
		link = if_indextoname(coa->link, name);
	if (coa->link && coa->kind == MN_IPV4)
		addr = inet_ntop(AF_INET, &coa->addr, text, sizeof(text));
	if (coa->link && coa->kind == MN_IPV6)
		addr = inet_ntop(AF_INET6, &coa->addr6, text, sizeof(text));
	if (options.json)
		report_json(mipd->name, report_words[mn->state], addr, link);
	else
		report_text(mipd->name, report_words[mn->state], addr, link);
	report_status(report_words[mn->state], addr);
	report_event(mipd, mn, report_events[mn->state]);
}

/**
 * report_known - do not report the state that a predecessor has left
 * @mn: the mobile node
 */
void report_known(const struct mn *mn)
{
	reported.active = mn->active;
	reported.bound_until = mn->bound_until;
}

/**
 * report_mobile - report the state of a mobile node, if it has changed
 * @mipd: the daemon
 * @mn: the mobile node
 */
void report_mobile(struct mipd *mipd, const struct mn *mn)
{
	bool changed = mn->state != reported.state ||
		       !mn_same_coa(&mn->target, &reported.coa);

	report_event(mipd, mn, report_binding(mn));
	reported.active = mn->active;
	reported.bound_until = mn->bound_until;
	/* A refresh changes nothing. */
	if (!changed || (mn->state == MN_REGISTERING && !mn->pending &&
			 mn->bound_until))
		return;

	reported.state = mn->state;
	reported.coa = mn->target;
	report_state(mipd, mn);
}

/**
 * report_refusal - report that a home agent has refused a binding update
 * @mipd: the daemon
 * @hoa: the home address
 * @outer: where the update came from
 * @status: enum mh_status
 */
void report_refusal(struct mipd *mipd, const struct in6_addr *hoa,
		    const struct outer *outer, uint8_t status)
{
	const struct kernel_report report = {
		.event = M6T_EVENT_REJECTED, .hoa = hoa, .outer = outer,
		.status = status,
	};

	kernel_report(&mipd->kernel, &report);
}
