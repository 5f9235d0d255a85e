// SPDX-License-Identifier: GPL-2.0
/*
 * The IPsec policies that protect mobility headers: without them, a binding update
 * in clear would be accepted (D9).
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "mipd/mh.h"
#include "mipd/xfrm.h"

/**
 * struct xfrm_found - what a dump has found
 * @asked: what must be protected
 * @blocked: mobility headers that no other policy takes are dropped
 * @demanded: which mobile nodes have a policy that requires ESP
 */
struct xfrm_found {
	const struct xfrm_asked *asked;
	bool blocked;
	bool *demanded;
};

static bool xfrm_has(const xfrm_address_t *prefix, unsigned int len,
		     const struct in6_addr *addr)
{
	const uint8_t *a = (const uint8_t *)prefix;
	const uint8_t *b = addr->s6_addr;
	uint8_t mask = 0xff << (8 - len % 8);

	if (len > 128 || memcmp(a, b, len / 8))
		return false;
	return !(len % 8) || !((a[len / 8] ^ b[len / 8]) & mask);
}

static bool xfrm_is_block(const struct xfrm_userpolicy_info *policy)
{
	const struct xfrm_selector *sel = &policy->sel;

	return policy->action == XFRM_POLICY_BLOCK && sel->proto == MH_PROTOCOL &&
	       !sel->prefixlen_s && !sel->prefixlen_d && !sel->ifindex &&
	       !sel->sport_mask && !sel->dport_mask;
}

/* Does the policy require ESP in transport mode? */
static bool xfrm_demands(const struct xfrm_userpolicy_info *policy,
			 const struct nlattr *attr)
{
	struct xfrm_user_tmpl tmpl;

	if (policy->action != XFRM_POLICY_ALLOW || !attr ||
	    policy->sel.proto != MH_PROTOCOL ||
	    mnl_attr_get_payload_len(attr) < sizeof(tmpl))
		return false;
	memcpy(&tmpl, mnl_attr_get_payload(attr), sizeof(tmpl));
	return tmpl.id.proto == IPPROTO_ESP && !tmpl.optional &&
	       tmpl.mode == XFRM_MODE_TRANSPORT;
}

static int xfrm_compare(const void *a, const void *b)
{
	const struct conf_node *one = a, *two = b;

	return memcmp(&one->hoa, &two->hoa, sizeof(one->hoa));
}

/* Mark the home addresses in a selector: a single one, or a whole prefix. */
static void xfrm_mark(struct xfrm_found *found, const xfrm_address_t *prefix,
		      unsigned int len)
{
	const struct xfrm_asked *asked = found->asked;
	const struct conf_node *node;
	struct conf_node key;
	size_t i;

	if (len == 128) {
		memcpy(&key.hoa, prefix, sizeof(key.hoa));
		node = bsearch(&key, asked->nodes, asked->count, sizeof(key),
			       xfrm_compare);
		if (node)
			found->demanded[node - asked->nodes] = true;
		return;
	}
	for (i = 0; i < asked->count; i++)
		if (xfrm_has(prefix, len, &asked->nodes[i].hoa))
			found->demanded[i] = true;
}

static void xfrm_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct xfrm_userpolicy_info *policy = mnl_nlmsg_get_payload(nlh);
	const struct xfrm_selector *sel = &policy->sel;
	const struct nlattr *tb[XFRMA_MAX + 1];
	struct xfrm_found *found = arg;
	bool agent = found->asked->agent;

	if (policy->dir != XFRM_POLICY_IN || sel->family != AF_INET6)
		return;
	nl_attrs(nlh, sizeof(*policy), tb, XFRMA_MAX);
	if (tb[XFRMA_MARK] || tb[XFRMA_IF_ID])
		return;
	if (xfrm_is_block(policy))
		found->blocked = true;
	if (!xfrm_demands(policy, tb[XFRMA_TMPL]) ||
	    !xfrm_has(agent ? &sel->daddr : &sel->saddr,
		      agent ? sel->prefixlen_d : sel->prefixlen_s,
		      &found->asked->ha))
		return;

	xfrm_mark(found, agent ? &sel->saddr : &sel->daddr,
		  agent ? sel->prefixlen_s : sel->prefixlen_d);
}

static int xfrm_dump(struct xfrm_found *found)
{
	union nl_request req;
	static struct nl nl;
	struct nlmsghdr *nlh;
	int status;
	int err;

	status = nl_open(&nl, NETLINK_XFRM);
	if (status)
		return status;
	nlh = mnl_nlmsg_put_header(&req);
	nlh->nlmsg_type = XFRM_MSG_GETPOLICY;
	nlh->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct xfrm_userpolicy_id));
	err = nl_dump(&nl, nlh, xfrm_keep, NULL, found);
	status = err ? nl_fail(&nl, err, "cannot read the IPsec policies") : 0;
	nl_close(&nl);
	return status;
}

static int xfrm_judge(const struct xfrm_found *found)
{
	const struct xfrm_asked *asked = found->asked;
	char hoa[INET6_ADDRSTRLEN];
	size_t i;

	if (!found->blocked)
		return fail(STATUS_REFUSED,
			    "%s: unprotected mobility headers would be accepted: expected \"ip xfrm policy add dir in src ::/0 dst ::/0 proto 135 action block priority 9000\"",
			    asked->name);
	for (i = 0; asked->keys[0] && i < asked->count; i++) {
		if (found->demanded[i])
			continue;
		inet_ntop(AF_INET6, &asked->nodes[i].hoa, hoa, sizeof(hoa));
		return fail(STATUS_REFUSED,
			    "%s: no IPsec policy requires ESP for mobility headers with %s: expected those of \"m6tctl ipsec %s manual %s\"",
			    asked->name, hoa, asked->name, asked->keys);
	}

	return STATUS_DONE;
}

/**
 * xfrm_check - check that unprotected mobility headers are not accepted
 * @asked: what must be protected
 *
 * Return: an enum status; an error was printed.
 */
int xfrm_check(const struct xfrm_asked *asked)
{
	struct xfrm_found found = { .asked = asked };
	int status;

	found.demanded = calloc(asked->count + 1, sizeof(*found.demanded));
	if (!found.demanded)
		return fail(STATUS_REFUSED, "out of memory");

	status = xfrm_dump(&found) ?: xfrm_judge(&found);
	free(found.demanded);
	return status;
}
