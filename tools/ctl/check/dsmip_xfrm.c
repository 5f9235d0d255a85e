// SPDX-License-Identifier: GPL-2.0
/*
 * IPsec policies and security associations of a home agent or mobile node of DSMIPv6.
 * Of each problem, the first one found is reported.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <libmnl/libmnl.h>

#include "ctl/check/dsmip.h"
#include "ctl/check/report.h"
#include "lib/macros.h"
#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "lib/text.h"

#define XFRM_MH		135

/* Comparing more of them with each other takes too long. */
#define XFRM_MOST	4096

#define XFRM_BLOCK							\
	"ip xfrm policy add dir in src ::/0 dst ::/0 proto 135 "	\
	"action block priority 9000"

#define XFRM_TEXT	(2 * INET6_ADDRSTRLEN + 32)

/**
 * struct xfrm_rule - a policy
 * @info: the policy
 * @tmpl: its first template, if it has one
 * @has_tmpl: it has one
 */
struct xfrm_rule {
	struct xfrm_userpolicy_info info;
	struct xfrm_user_tmpl tmpl;
	bool has_tmpl;
};

/**
 * struct xfrm_found - all policies and security associations
 * @dsmip: the device
 * @rules: policies
 * @n_rules: number of policies
 * @states: security associations
 * @n_states: number of security associations
 * @more: there are more, or no memory for them
 */
struct xfrm_found {
	const struct dsmip *dsmip;
	struct xfrm_rule *rules;
	size_t n_rules;
	struct xfrm_usersa_info *states;
	size_t n_states;
	bool more;
};

static void *xfrm_room(struct xfrm_found *found, void *list, size_t n,
		       size_t size)
{
	void *more = n < XFRM_MOST ? realloc(list, (n + 1) * size) : NULL;

	found->more |= !more;
	return more;
}

/* Policies with a mark or an interface are for something else. */
static void xfrm_keep_rule(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[XFRMA_MAX + 1];
	struct xfrm_found *found = arg;
	struct xfrm_rule *rule;

	nl_attrs(nlh, sizeof(rule->info), tb, XFRMA_MAX);
	if (tb[XFRMA_MARK] || tb[XFRMA_IF_ID])
		return;
	rule = xfrm_room(found, found->rules, found->n_rules, sizeof(*rule));
	if (!rule)
		return;
	found->rules = rule;
	rule += found->n_rules++;
	memcpy(&rule->info, mnl_nlmsg_get_payload(nlh), sizeof(rule->info));
	rule->has_tmpl = tb[XFRMA_TMPL] &&
			 mnl_attr_get_payload_len(tb[XFRMA_TMPL]) >=
			 sizeof(rule->tmpl);
	if (rule->has_tmpl)
		memcpy(&rule->tmpl, mnl_attr_get_payload(tb[XFRMA_TMPL]),
		       sizeof(rule->tmpl));
}

static void xfrm_keep_state(const struct nlmsghdr *nlh, void *arg)
{
	struct xfrm_found *found = arg;
	struct xfrm_usersa_info *state;

	state = xfrm_room(found, found->states, found->n_states,
			  sizeof(*state));
	if (!state)
		return;
	found->states = state;
	memcpy(&state[found->n_states++], mnl_nlmsg_get_payload(nlh),
	       sizeof(*state));
}

static int xfrm_dump(struct nl *nl, uint16_t type, size_t header, nl_cb cb,
		     struct xfrm_found *found)
{
	union nl_request req;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(&req);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, header);
	return nl_dump(nl, nlh, cb, NULL, found);
}

static bool xfrm_is_there(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int xfrm_read(struct xfrm_found *found)
{
	static struct nl nl;
	int err;

	if (nl_open(&nl, NETLINK_XFRM))
		return -EIO;
	err = xfrm_dump(&nl, XFRM_MSG_GETPOLICY,
			sizeof(struct xfrm_userpolicy_id), xfrm_keep_rule,
			found) ?:
	      xfrm_dump(&nl, XFRM_MSG_GETSA, sizeof(struct xfrm_usersa_id),
			xfrm_keep_state, found);
	nl_close(&nl);
	return err;
}

/* ---- what they mean */

static bool xfrm_is_home(const struct dsmip *dsmip, const void *addr)
{
	struct in6_addr home;
	unsigned int i;

	memcpy(&home, addr, sizeof(home));
	for (i = 0; i < dsmip->n_homes; i++)
		if (text_prefix6_has(&dsmip->homes[i], &home))
			return memcmp(&home, &dsmip->ha, sizeof(home));

	return false;
}

static bool xfrm_inside(const xfrm_address_t *net, unsigned int len,
			const xfrm_address_t *part, unsigned int part_len)
{
	struct m6t_prefix6 prefix = { .len = len };
	struct in6_addr addr;

	memcpy(&prefix.addr, net, sizeof(prefix.addr));
	memcpy(&addr, part, sizeof(addr));
	return len <= part_len && (!len || text_prefix6_has(&prefix, &addr));
}

/* Are both addresses of @one inside those of @all? */
static bool xfrm_covers(const struct xfrm_selector *all,
			const struct xfrm_selector *one)
{
	return all->family == one->family &&
	       xfrm_inside(&all->saddr, all->prefixlen_s, &one->saddr,
			   one->prefixlen_s) &&
	       xfrm_inside(&all->daddr, all->prefixlen_d, &one->daddr,
			   one->prefixlen_d);
}

static bool xfrm_is_block(const struct xfrm_rule *rule)
{
	const struct xfrm_selector *sel = &rule->info.sel;

	return rule->info.action == XFRM_POLICY_BLOCK &&
	       rule->info.dir == XFRM_POLICY_IN && sel->family == AF_INET6 &&
	       sel->proto == XFRM_MH && !sel->prefixlen_s && !sel->prefixlen_d &&
	       !sel->sport_mask && !sel->dport_mask && !sel->ifindex;
}

/* For mobility headers between a home address and the home agent. */
static bool xfrm_is_signal(const struct xfrm_found *found,
			   const struct xfrm_rule *rule)
{
	const struct xfrm_selector *sel = &rule->info.sel;
	const struct dsmip *dsmip = found->dsmip;

	if (sel->family != AF_INET6 || sel->proto != XFRM_MH || !rule->has_tmpl)
		return false;
	if (!memcmp(&sel->daddr, &dsmip->ha, sizeof(dsmip->ha)))
		return xfrm_is_home(dsmip, &sel->saddr);
	return !memcmp(&sel->saddr, &dsmip->ha, sizeof(dsmip->ha)) &&
	       xfrm_is_home(dsmip, &sel->daddr);
}

/* A security association between a home address and the home agent. */
static bool xfrm_is_ours(const struct xfrm_found *found,
			 const struct xfrm_usersa_info *state)
{
	const struct dsmip *dsmip = found->dsmip;

	if (state->family != AF_INET6 || state->id.proto != IPPROTO_ESP)
		return false;
	if (!memcmp(&state->id.daddr, &dsmip->ha, sizeof(dsmip->ha)))
		return xfrm_is_home(dsmip, &state->saddr);
	return !memcmp(&state->saddr, &dsmip->ha, sizeof(dsmip->ha)) &&
	       xfrm_is_home(dsmip, &state->id.daddr);
}

/* As ip(8) names it. */
static const char *xfrm_text(const struct xfrm_rule *rule, char *text)
{
	static const char *const dirs[] = { "in", "out", "fwd" };
	const struct xfrm_selector *sel = &rule->info.sel;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

	inet_ntop(sel->family, &sel->saddr, src, sizeof(src));
	inet_ntop(sel->family, &sel->daddr, dst, sizeof(dst));
	snprintf(text, XFRM_TEXT, "src %s/%u dst %s/%u dir %s", src,
		 sel->prefixlen_s, dst, sel->prefixlen_d,
		 rule->info.dir < ARRAY_SIZE(dirs) ? dirs[rule->info.dir] : "?");
	return text;
}

/* ---- problems; each returns true if it has reported one */

static bool xfrm_no_block(const struct xfrm_found *found)
{
	size_t i;

	for (i = 0; i < found->n_rules; i++)
		if (xfrm_is_block(&found->rules[i]))
			return false;
	report("policy", CHECK_FAILED,
	       "unprotected mobility headers are accepted: " XFRM_BLOCK);
	return true;
}

static bool xfrm_no_demand(const struct xfrm_found *found)
{
	size_t i;

	for (i = 0; i < found->n_rules; i++)
		if (found->rules[i].info.dir == XFRM_POLICY_IN &&
		    xfrm_is_signal(found, &found->rules[i]))
			return false;
	report("policy", CHECK_WARNING,
	       "no policy requires ESP for mobility headers, so none is accepted: have IKE negotiate it, or run what m6tctl ipsec %s manual FILE prints",
	       found->dsmip->self.name);
	return true;
}

/* The selector has the type in place of the port of other protocols. */
static bool xfrm_has_type(const struct xfrm_found *found)
{
	const struct xfrm_selector *sel;
	char text[XFRM_TEXT];
	size_t i;

	for (i = 0; i < found->n_rules; i++) {
		sel = &found->rules[i].info.sel;
		if (sel->family != AF_INET6 || sel->proto != XFRM_MH ||
		    (!sel->sport_mask && !sel->dport_mask))
			continue;
		report("policy", CHECK_FAILED,
		       "the policy \"%s\" selects a type of mobility header, which does not work on any kernel: replace it by the same without \"type\"",
		       xfrm_text(&found->rules[i], text));
		return true;
	}
	return false;
}

/* Does @all take precedence over @signal? */
static bool xfrm_takes(const struct xfrm_rule *all,
		       const struct xfrm_rule *signal)
{
	return all->info.dir == signal->info.dir &&
	       (!all->info.sel.proto || xfrm_is_block(all)) &&
	       !all->info.sel.sport_mask && !all->info.sel.dport_mask &&
	       all->info.priority <= signal->info.priority &&
	       xfrm_covers(&all->info.sel, &signal->info.sel);
}

static bool xfrm_taken(const struct xfrm_found *found,
		       const struct xfrm_rule *signal)
{
	char text[XFRM_TEXT], mh[XFRM_TEXT];
	const struct xfrm_rule *all;
	size_t i;

	for (i = 0; i < found->n_rules; i++) {
		all = &found->rules[i];
		if (all == signal || !xfrm_takes(all, signal))
			continue;
		report("policy", CHECK_FAILED,
		       "the policy \"%s\" of priority %u takes precedence over \"%s proto 135\" of priority %u: give the latter a lower number",
		       xfrm_text(all, text), all->info.priority,
		       xfrm_text(signal, mh), signal->info.priority);
		return true;
	}
	return false;
}

static bool xfrm_catches_all(const struct xfrm_found *found)
{
	size_t i;

	for (i = 0; i < found->n_rules; i++)
		if (xfrm_is_signal(found, &found->rules[i]) &&
		    xfrm_taken(found, &found->rules[i]))
			return true;

	return false;
}

/* Is it for payload that the home agent decrypts and forwards? */
static bool xfrm_is_payload(const struct xfrm_found *found,
			    const struct xfrm_rule *rule)
{
	const struct dsmip *dsmip = found->dsmip;

	return rule->has_tmpl && rule->tmpl.mode == XFRM_MODE_TUNNEL &&
	       rule->tmpl.family == AF_INET6 &&
	       !memcmp(&rule->tmpl.id.daddr, &dsmip->ha, sizeof(dsmip->ha)) &&
	       xfrm_is_home(dsmip, &rule->tmpl.saddr);
}

static bool xfrm_is_forwarded(const struct xfrm_found *found,
			      const struct xfrm_rule *in)
{
	const struct xfrm_rule *rule;
	size_t i;

	for (i = 0; i < found->n_rules; i++) {
		rule = &found->rules[i];
		if (rule->info.dir == XFRM_POLICY_FWD &&
		    xfrm_covers(&rule->info.sel, &in->info.sel))
			return true;
	}
	return false;
}

static bool xfrm_no_forward(const struct xfrm_found *found)
{
	char text[XFRM_TEXT];
	size_t i;

	for (i = 0; found->dsmip->agent && i < found->n_rules; i++) {
		if (found->rules[i].info.dir != XFRM_POLICY_IN ||
		    !xfrm_is_payload(found, &found->rules[i]) ||
		    xfrm_is_forwarded(found, &found->rules[i]))
			continue;
		report("policy", CHECK_FAILED,
		       "the policy \"%s\" has no counterpart for forwarded packets, which are dropped: add the same with \"dir fwd\"",
		       xfrm_text(&found->rules[i], text));
		return true;
	}
	return false;
}

/* Transport mode does not compare addresses: without either of them, only the device
 * keeps a mobile node from impersonating another one.
 */
static bool xfrm_no_selector(const struct xfrm_found *found)
{
	const struct xfrm_usersa_info *state;
	size_t i;

	for (i = 0; i < found->n_states; i++) {
		state = &found->states[i];
		if (!xfrm_is_ours(found, state) || state->reqid ||
		    state->mode != XFRM_MODE_TRANSPORT || state->sel.prefixlen_s)
			continue;
		report("sa", CHECK_FAILED,
		       "the security association with SPI 0x%08x has neither a selector nor a reqid, so it matches the policy of any mobile node: add it as m6tctl ipsec %s manual FILE prints",
		       ntohl(state->id.spi), found->dsmip->self.name);
		return true;
	}
	return false;
}

static bool xfrm_one_family(const struct xfrm_found *found)
{
	const struct xfrm_usersa_info *state;
	size_t i;

	for (i = 0; found->dsmip->home4 && i < found->n_states; i++) {
		state = &found->states[i];
		if (!xfrm_is_ours(found, state) ||
		    state->mode != XFRM_MODE_TUNNEL ||
		    state->flags & XFRM_STATE_AF_UNSPEC)
			continue;
		report("sa", CHECK_WARNING,
		       "the security association with SPI 0x%08x carries IPv6 payload only: add \"flag af-unspec\" for IPv4",
		       ntohl(state->id.spi));
		return true;
	}
	return false;
}

static bool (*const xfrm_problems[])(const struct xfrm_found *found) = {
	xfrm_no_block, xfrm_no_demand, xfrm_has_type, xfrm_catches_all,
	xfrm_no_forward, xfrm_no_selector, xfrm_one_family,
};

static void xfrm_judge(const struct xfrm_found *found)
{
	bool bad = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(xfrm_problems); i++)
		bad |= xfrm_problems[i](found);
	if (!bad)
		report("policy", CHECK_OK, "mobility headers are protected");
	if (found->more)
		report("policy", CHECK_SKIPPED,
		       "there are more than %u policies or security associations, and the rest was not checked",
		       XFRM_MOST);
}

/**
 * dsmip_xfrm - check IPsec
 * @dsmip: the device
 */
void dsmip_xfrm(const struct dsmip *dsmip)
{
	struct xfrm_found found = { .dsmip = dsmip };
	int err;

	if (!dsmip->ipsec) {
		report("ipsec", CHECK_WARNING,
		       "it is off, so anyone can redirect the traffic of mobile nodes: ip link set %s type m6t ipsec on",
		       dsmip->self.name);
		return;
	}
	if (!xfrm_is_there()) {
		report("ipsec", CHECK_FAILED,
		       "this kernel has no IPsec, so no packet counts as signalling: load the module xfrm_user, or use a kernel with CONFIG_XFRM_USER and CONFIG_INET6_ESP");
		return;
	}
	err = xfrm_read(&found);
	if (err)
		report("ipsec", CHECK_SKIPPED,
		       "cannot read policies and security associations: %s",
		       strerror(-err));
	else
		xfrm_judge(&found);
	free(found.rules);
	free(found.states);
}
