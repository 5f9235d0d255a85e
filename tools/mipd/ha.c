// SPDX-License-Identifier: GPL-2.0
/*
 * What a home agent does for one home address (RFC 6275 9.5 and 10.3, RFC 5555 4). No
 * system call, clock or output.
 */
#include <string.h>

#include "lib/text.h"
#include "mipd/ha.h"

static struct ha_action *ha_add(struct ha_out *out, enum ha_act act)
{
	struct ha_action *action = &out->actions[out->count++];

	memset(action, 0, sizeof(*action));
	action->act = act;
	return action;
}

static struct mh_ba *ha_answer(struct ha_out *out,
			       const struct ha_update *update, uint8_t status)
{
	struct ha_action *action = ha_add(out, HA_ANSWER);

	action->outer = update->outer;
	action->ba.status = status;
	action->ba.seq = update->bu.seq;
	return &action->ba;
}

/**
 * ha_reject - answer a binding update with a status
 * @update: the update
 * @status: enum mh_status
 * @out: what is to be done
 */
void ha_reject(const struct ha_update *update, uint8_t status,
	       struct ha_out *out)
{
	ha_answer(out, update, status);
}

/* Replace an IPv4 home address; either may be 0. */
static void ha_set_home4(struct ha_node *node, struct in_addr addr,
			 struct ha_out *out)
{
	if (node->hoa4.s_addr == addr.s_addr)
		return;
	if (node->hoa4.s_addr)
		ha_add(out, HA_NO_HOME4)->addr4 = node->hoa4;
	if (addr.s_addr)
		ha_add(out, HA_HOME4)->addr4 = addr;
	node->hoa4 = addr;
}

static void ha_drop_lease(struct ha_node *node, struct ha_conf *conf)
{
	if (node->lease4.s_addr)
		pool_put(&conf->pool, node->lease4);
	node->lease4.s_addr = 0;
}

/* The mobile node keeps its address as long as its sequence number, unless the address
 * was reserved.
 */
static bool ha_lease(struct ha_node *node, struct ha_conf *conf,
		     struct in_addr wanted)
{
	if (pool_is_reserved(&conf->pool, node->lease4))
		ha_drop_lease(node, conf);
	if (!wanted.s_addr && node->lease4.s_addr)
		return true;
	if (!wanted.s_addr)
		return pool_take(&conf->pool, &node->lease4);
	if (wanted.s_addr == node->lease4.s_addr)
		return true;
	if (!pool_claim(&conf->pool, wanted))
		return false;

	ha_drop_lease(node, conf);
	node->lease4 = wanted;
	return true;
}

static uint8_t ha_pool4(struct ha_node *node, struct ha_conf *conf,
			struct in_addr *addr)
{
	if (!ha_lease(node, conf, *addr))
		return addr->s_addr ? MH4_INCORRECT : MH4_NONE;
	*addr = node->lease4;
	return MH4_ACCEPTED;
}

/* May the mobile node have the IPv4 home address that it asks for? */
static uint8_t ha_check4(struct ha_node *node, struct ha_conf *conf,
			 const struct mh_home4 *asked, struct in_addr *addr)
{
	*addr = asked->addr;
	if (asked->prefix)
		return MH4_PREFIX;
	if (addr->s_addr && (asked->len != 32 || !text_ipv4_is_host(*addr)))
		return MH4_INVALID;
	if (node->any4)
		return ha_pool4(node, conf, addr);
	if (!node->fixed4.s_addr)
		return MH4_PROHIBITED;
	if (addr->s_addr && addr->s_addr != node->fixed4.s_addr)
		return MH4_INCORRECT;

	*addr = node->fixed4;
	return MH4_ACCEPTED;
}

static void ha_home4(struct ha_node *node, struct ha_conf *conf,
		     const struct mh_bu *bu, struct mh_home4 *ack)
{
	struct in_addr addr;

	memset(ack, 0, sizeof(*ack));
	if (!bu->home4.given)
		return;
	ack->given = true;
	ack->len = 32;
	ack->status = ha_check4(node, conf, &bu->home4, &addr);
	ack->addr = addr;
}

/* In units of four seconds, at least one. */
static uint16_t ha_lifetime(const struct ha_node *node,
			    const struct ha_conf *conf, uint16_t asked)
{
	uint32_t max = conf->max_lifetime;

	if (node->max_lifetime && node->max_lifetime < max)
		max = node->max_lifetime;
	max = max < MH_UNIT ? 1 : max / MH_UNIT;
	return asked < max ? asked : max;
}

/* IPsec protects the content of the update, but not the outer source (RFC 6275 11.7.1).
 */
static struct in6_addr ha_coa(const struct ha_update *update)
{
	return update->bu.has_coa ? update->bu.coa : update->outer.v6.remote;
}

/**
 * ha_is_home - whether an address is one of the home network
 * @conf: what is the same for all
 * @addr: the address
 *
 * Return: true if it is.
 */
bool ha_is_home(const struct ha_conf *conf, const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < conf->home_count; i++)
		if (text_prefix6_has(&conf->homes[i], addr))
			return true;

	return false;
}

/* A home address as a care-of address of another one would be a loop. */
static bool ha_is_reachable(const struct ha_conf *conf,
			    const struct ha_update *update)
{
	const struct in6_addr addr = ha_coa(update), *coa = &addr;

	if (!update->outer.ip6)
		return true;
	return !IN6_IS_ADDR_UNSPECIFIED(coa) && !IN6_IS_ADDR_LOOPBACK(coa) &&
	       !IN6_IS_ADDR_MULTICAST(coa) && !IN6_IS_ADDR_LINKLOCAL(coa) &&
	       !IN6_IS_ADDR_V4MAPPED(coa) && !ha_is_home(conf, coa);
}

static bool ha_is_from_home(const struct ha_node *node,
			    const struct ha_update *update)
{
	const struct in6_addr coa = ha_coa(update);

	return update->outer.ip6 &&
	       !memcmp(&coa, &node->hoa, sizeof(node->hoa));
}

/* The home address as care-of address is the same as no lifetime (RFC 6275 9.5.1). */
static bool ha_is_end(const struct ha_node *node,
		      const struct ha_update *update)
{
	return !update->bu.lifetime || ha_is_from_home(node, update);
}

/* A mobile node that does not report its own care-of address may be behind a NAT. */
static bool ha_has_nat(const struct ha_update *update)
{
	return !update->outer.ip6 &&
	       (!update->bu.has_coa4 ||
		update->bu.coa4.s_addr != update->outer.v4.remote);
}

static uint8_t ha_encap(const struct ha_update *update)
{
	if (update->outer.ip6)
		return M6T_ENCAP_IP6;
	if (ha_has_nat(update) || update->bu.flags & MH_BU_UDP)
		return M6T_ENCAP_UDP4;
	return M6T_ENCAP_IP4;
}

static void ha_tell_nat(struct mh_ba *ba, const struct ha_update *update)
{
	if (update->outer.ip6)
		return;
	ba->has_nat = true;
	ba->udp = ha_has_nat(update) || update->bu.flags & MH_BU_UDP;
	ba->refresh = ha_has_nat(update) ? HA_NAT_REFRESH : MH_NO_REFRESH;
}

static void ha_set_seq(struct ha_node *node, uint16_t seq)
{
	node->has_seq = true;
	node->seq = seq;
}

/* The binding precedes its acknowledgment, as a mobile node that has received it may
 * send at once.
 */
static void ha_accept(struct ha_node *node, struct ha_conf *conf,
		      const struct ha_update *update, int64_t now,
		      struct ha_out *out)
{
	uint16_t lifetime = ha_lifetime(node, conf, update->bu.lifetime);
	struct in_addr none = { 0 };
	struct ha_action *action;
	struct mh_home4 home4;
	struct mh_ba *ba;
	bool granted;

	out->before = *node;
	ha_home4(node, conf, &update->bu, &home4);
	granted = home4.given && home4.status == MH4_ACCEPTED;
	action = ha_add(out, HA_BIND);
	action->outer = update->outer;
	action->bind.hoa4 = granted ? home4.addr : none;
	action->bind.ms = (uint64_t)lifetime * MH_UNIT * 1000;
	action->bind.encap = ha_encap(update);
	if (update->outer.ip6)
		action->bind.coa = ha_coa(update);

	if (node->state != HA_BOUND)
		ha_add(out, HA_HOME);
	ha_set_home4(node, granted ? home4.addr : none, out);
	ba = ha_answer(out, update, MH_ACCEPTED);
	ba->lifetime = lifetime;
	ba->home4 = home4;
	ha_tell_nat(ba, update);

	node->state = HA_BOUND;
	ha_set_seq(node, update->bu.seq);
	node->ends = now + (int64_t)lifetime * MH_UNIT * 1000;
}

/* Its addresses are no longer reached through this host. */
static void ha_leave(struct ha_node *node, struct ha_out *out)
{
	struct in_addr none = { 0 };

	if (node->state == HA_BOUND)
		ha_add(out, HA_NO_HOME);
	ha_set_home4(node, none, out);
}

static void ha_forget(struct ha_node *node, struct ha_conf *conf)
{
	ha_drop_lease(node, conf);
	node->state = HA_NONE;
	node->ends = 0;
}

/* Repeated ones are answered alike, as the acknowledgment may have been lost. A mobile
 * node that has returned home sends through the tunnel until it has that.
 */
static void ha_deregister(struct ha_node *node,
			  const struct ha_update *update, int64_t now,
			  struct ha_out *out)
{
	if (node->state == HA_NONE) {
		ha_answer(out, update, MH_NOT_HOME_AGENT);
		return;
	}

	if (node->state == HA_BOUND)
		ha_add(out, ha_is_from_home(node, update) ? HA_LINGER :
							    HA_UNBIND);
	ha_leave(node, out);
	ha_tell_nat(ha_answer(out, update, MH_ACCEPTED), update);
	node->state = HA_DEAD;
	ha_set_seq(node, update->bu.seq);
	node->ends = now + HA_TOMBSTONE;
}

static void ha_register(struct ha_node *node, struct ha_conf *conf,
			const struct ha_update *update, int64_t now,
			struct ha_out *out)
{
	if (!ha_is_reachable(conf, update)) {
		ha_answer(out, update, MH_BAD_COA);
		return;
	}
	if (node->state == HA_BOUND || !conf->home_link) {
		ha_accept(node, conf, update, now, out);
		return;
	}

	node->waiting = *update;
	ha_set_seq(node, update->bu.seq);
	if (node->state == HA_PROBING)
		return;
	ha_add(out, HA_ASK);
	node->state = HA_PROBING;
	node->ends = now + HA_PROBE;
}

/* Without a binding any sequence number is new (RFC 6275 9.5.1). But if IPsec does not
 * detect replays, an attacker could replay a recorded update to bind the home address
 * again after the binding has ended: then the number outlives the binding.
 */
static bool ha_is_old(const struct ha_node *node, const struct ha_conf *conf,
		      uint16_t seq)
{
	bool known = node->state != HA_NONE || (conf->replays && node->has_seq);

	return known && !mh_seq_after(seq, node->seq);
}

/* A mobile node that sends more than it may must not keep others from being served; nor
 * may replays, which anyone can send, keep it from being served itself.
 */
static bool ha_is_paced(int64_t *came, int64_t now)
{
	if (*came < now)
		*came = now;
	if (*came - now > (HA_BURST - 1) * HA_PACE)
		return false;
	*came += HA_PACE;
	return true;
}

/**
 * ha_may_answer - whether one more refusal may be answered
 * @node: the mobile node; those that are not configured share one
 * @now: the time, ms
 *
 * Return: false if there were too many.
 */
bool ha_may_answer(struct ha_node *node, int64_t now)
{
	return ha_is_paced(&node->refused, now);
}

/**
 * ha_update - a binding update was received
 * @node: the mobile node
 * @conf: what is the same for all
 * @update: the update
 * @now: the time, ms
 * @out: what is to be done, added to
 */
void ha_update(struct ha_node *node, struct ha_conf *conf,
	       const struct ha_update *update, int64_t now,
	       struct ha_out *out)
{
	ha_timer(node, conf, now, out);
	if (!(update->bu.flags & MH_BU_HOME)) {
		/* A home agent is not a correspondent node. */
		if (node->state == HA_BOUND && ha_may_answer(node, now))
			ha_answer(out, update, MH_TYPE_CHANGED);
		return;
	}
	if (ha_is_old(node, conf, update->bu.seq)) {
		if (ha_may_answer(node, now))
			ha_answer(out, update, MH_BAD_SEQUENCE)->seq =
				node->seq;
		return;
	}
	if (!ha_is_paced(&node->taken, now))
		return;

	if (ha_is_end(node, update))
		ha_deregister(node, update, now, out);
	else
		ha_register(node, conf, update, now, out);
}

/**
 * ha_timer - time has passed
 * @node: the mobile node; nothing happens before its @ends
 * @conf: what is the same for all
 * @now: the time, ms
 * @out: what is to be done, added to
 */
void ha_timer(struct ha_node *node, struct ha_conf *conf, int64_t now,
	      struct ha_out *out)
{
	if (node->state == HA_NONE || now < node->ends)
		return;
	if (node->state == HA_PROBING) {
		ha_accept(node, conf, &node->waiting, now, out);
		return;
	}
	/* The kernel has ended it, or is about to: this is for its clock. */
	if (node->state == HA_BOUND)
		ha_add(out, HA_UNBIND);
	ha_leave(node, out);
	ha_forget(node, conf);
}

/**
 * ha_conflict - another host on the home link has the home address
 * @node: the mobile node
 * @conf: what is the same for all
 * @out: what is to be done, added to
 */
void ha_conflict(struct ha_node *node, struct ha_conf *conf,
		 struct ha_out *out)
{
	if (node->state != HA_PROBING)
		return;
	ha_answer(out, &node->waiting, MH_DUPLICATE);
	ha_forget(node, conf);
}

/**
 * ha_unbound - its binding is no longer in the kernel, for whatever reason
 * @node: the mobile node
 * @conf: what is the same for all
 * @out: what is to be done, added to
 */
void ha_unbound(struct ha_node *node, struct ha_conf *conf,
		struct ha_out *out)
{
	if (node->state != HA_BOUND)
		return;
	ha_leave(node, out);
	ha_forget(node, conf);
}

/* Restore the former state, except for the sequence number: the update must not be
 * accepted later.
 */
static void ha_return(struct ha_node *node, struct ha_conf *conf,
		      const struct ha_node *before)
{
	if (node->lease4.s_addr != before->lease4.s_addr) {
		ha_drop_lease(node, conf);
		if (before->lease4.s_addr &&
		    pool_claim(&conf->pool, before->lease4))
			node->lease4 = before->lease4;
	}
	node->state = before->state;
	node->hoa4 = before->hoa4;
	node->ends = before->ends;
}

/**
 * ha_refused - the kernel has refused the binding
 * @node: the mobile node
 * @conf: what is the same for all
 * @from: what was to be done, of which nothing after %HA_BIND was
 * @out: what is to be done instead
 *
 * An existing binding continues (RFC 6275 9.5.1).
 */
void ha_refused(struct ha_node *node, struct ha_conf *conf,
		const struct ha_out *from, struct ha_out *out)
{
	const struct ha_node *before = &from->before;
	unsigned int i;

	if (before->state == HA_BOUND || before->state == HA_DEAD) {
		ha_return(node, conf, before);
	} else {
		ha_add(out, HA_UNBIND);
		ha_leave(node, out);
		ha_forget(node, conf);
	}
	for (i = 0; i < from->count; i++) {
		if (from->actions[i].act != HA_ANSWER)
			continue;
		out->actions[out->count] = from->actions[i];
		memset(&out->actions[out->count].ba, 0, sizeof(struct mh_ba));
		out->actions[out->count].ba.status = MH_NO_RESOURCES;
		out->actions[out->count++].ba.seq = from->actions[i].ba.seq;
	}
}

/**
 * ha_restore - a binding was found in the kernel
 * @node: the mobile node
 * @conf: what is the same for all
 * @seq: its last sequence number
 * @hoa4: its IPv4 home address, or 0.0.0.0
 * @ends: when it ends, ms
 * @out: what is to be done, added to
 */
void ha_restore(struct ha_node *node, struct ha_conf *conf, uint16_t seq,
		struct in_addr hoa4, int64_t ends, struct ha_out *out)
{
	if (node->any4 && hoa4.s_addr && pool_claim(&conf->pool, hoa4))
		node->lease4 = hoa4;
	ha_add(out, HA_HOME);
	ha_set_home4(node, hoa4, out);
	node->state = HA_BOUND;
	ha_set_seq(node, seq);
	node->ends = ends;
}
