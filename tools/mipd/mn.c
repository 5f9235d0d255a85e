// SPDX-License-Identifier: GPL-2.0
/*
 * What a mobile node does (RFC 6275 11.7 and 11.8, RFC 5555 4.4). No system call,
 * clock or output.
 */
#include <string.h>

#include "mipd/mn.h"

static struct mn_action *mn_add(struct mn_out *out, enum mn_act act)
{
	struct mn_action *action = &out->actions[out->count++];

	memset(action, 0, sizeof(*action));
	action->act = act;
	return action;
}

/**
 * mn_same_coa - whether two care-of addresses are the same
 * @a: one of them
 * @b: the other one
 *
 * Return: true if they are.
 */
bool mn_same_coa(const struct mn_coa *a, const struct mn_coa *b)
{
	return a->link == b->link && a->kind == b->kind &&
	       a->addr.s_addr == b->addr.s_addr &&
	       !memcmp(&a->addr6, &b->addr6, sizeof(a->addr6));
}

/* Is it on its home link, or about to return there? */
static bool mn_is_at_home(const struct mn *mn)
{
	return mn->target.kind == MN_HOME_LINK;
}

static struct mn_coa *mn_find(struct mn *mn, const struct mn_coa *coa)
{
	unsigned int i;

	for (i = 0; i < mn->count; i++)
		if (mn_same_coa(&mn->coas[i], coa))
			return &mn->coas[i];

	return NULL;
}

/* Up to a tenth earlier, so that mobile nodes that started together do not stay in
 * step. The generator is that of POSIX' rand().
 */
static int64_t mn_jitter(struct mn *mn, int64_t ms)
{
	mn->seed = mn->seed * 1103515245 + 12345;
	return ms - ms / 10 * (mn->seed >> 16 & 0x7fff) / 0x8000;
}

static bool mn_is_bound(const struct mn *mn, int64_t now)
{
	return mn->bound_until > now;
}

/* @ms before the end of the binding, or at most @part twelfths of it. */
static int64_t mn_before_end(const struct mn *mn, int64_t ms, unsigned int part)
{
	int64_t most = mn->granted * part / 12;

	return mn->granted && most < ms ? most : ms;
}

/* Is there no time left to wait for an answer from a better care-of address? */
static bool mn_must_return(const struct mn *mn, int64_t now)
{
	return mn->pending && mn->has_active && mn_is_bound(mn, now) &&
	       mn->bound_until - now <= mn_before_end(mn, MN_RETURN, 3);
}

/* Earliest time of the next update by the rate limit; 0: at once. */
static int64_t mn_rate(const struct mn *mn, int64_t now)
{
	int64_t oldest = mn->times[0];

	return oldest && now < oldest + 1000 ? oldest + 1000 : 0;
}

static void mn_keep_sent(struct mn *mn, int64_t now)
{
	memmove(mn->times, mn->times + 1,
		sizeof(mn->times) - sizeof(mn->times[0]));
	mn->times[MN_RATE - 1] = now;
	if (mn->sents == MN_SENT)
		memmove(mn->sent, mn->sent + 1,
			--mn->sents * sizeof(mn->sent[0]));
	mn->sent[mn->sents++] = (struct mn_sent){ mn->seq, now };
}

/* ESP does not protect the home address option, nor the outer IPv6 source, so the
 * care-of address is in the update (RFC 6275 11.7.1). There is no NAT, so no UDP.
 */
static void mn_put_coa(const struct mn *mn, struct mh_bu *bu)
{
	const struct mn_coa *coa = &mn->target;

	switch (coa->kind) {
	case MN_IPV4:
		bu->has_coa4 = true;
		bu->coa4 = coa->addr;
		bu->flags |= mn->udp ? MH_BU_UDP : 0;
		break;
	case MN_IPV6:
		bu->has_coa = true;
		bu->coa = coa->addr6;
		break;
	default:
		break;
	}
}

static void mn_put_update(struct mn *mn, uint16_t lifetime,
			  struct mn_out *out)
{
	struct mh_bu *bu = &mn_add(out, MN_SEND)->bu;

	bu->seq = ++mn->seq;
	bu->flags = MH_BU_ACK | MH_BU_HOME;
	bu->lifetime = lifetime;
	mn_put_coa(mn, bu);
	if (!mn->home4.s_addr || !lifetime)
		return;
	bu->home4.given = true;
	bu->home4.len = 32;
	bu->home4.addr = mn->home4;
}

/* Wait for an acknowledgment: for each care-of address twice as long each time, even
 * if others are tried in between.
 */
static void mn_back_off(struct mn *mn, int64_t now)
{
	struct mn_coa *coa = mn_find(mn, &mn->target) ?: &mn->target;
	int64_t back;

	if (!coa->interval)
		coa->interval = mn_is_bound(mn, now) ? MN_AGAIN : MN_FIRST;
	mn->due = now + coa->interval;
	if (mn->pending && mn->has_active && mn_is_bound(mn, now) &&
	    !mn_must_return(mn, now)) {
		back = mn->bound_until - mn_before_end(mn, MN_RETURN, 3);
		if (back < mn->due)
			mn->due = back;
	}
	coa->interval *= 2;
	if (coa->interval > MN_SLOWEST)
		coa->interval = MN_SLOWEST;
}

static void mn_send(struct mn *mn, int64_t now, struct mn_out *out)
{
	bool end = mn->state == MN_DEREGISTERING || mn_is_at_home(mn);
	uint16_t lifetime = end ? 0 : mn->lifetime;

	mn->due = mn_rate(mn, now);
	if (mn->due)
		return;
	mn_put_update(mn, lifetime, out);
	mn_keep_sent(mn, now);
	mn->tries++;
	mn_back_off(mn, now);
}

/* Send signalling from a care-of address. Payload stays where it is until the home
 * agent has accepted the address.
 */
static void mn_slot(struct mn *mn, const struct mn_coa *coa,
		    struct mn_out *out)
{
	bool pending = coa->kind != MN_HOME_LINK &&
		       (!mn->has_active || !mn_same_coa(&mn->active, coa));

	if (pending && (!mn->pending || !mn_same_coa(&mn->target, coa)))
		mn_add(out, MN_SLOT)->coa = *coa;
	if (!pending && mn->pending)
		mn_add(out, MN_NO_SLOT);
	mn->pending = pending;
}

/* The home address is on its home link only while it is used there: the home agent
 * would find a duplicate of it.
 */
static void mn_change_link(struct mn *mn, const struct mn_coa *coa,
			   struct mn_out *out)
{
	if (mn_same_coa(&mn->target, coa))
		return;
	if (mn_is_at_home(mn))
		mn_add(out, MN_NOT_AT_HOME)->coa = mn->target;
	if (coa->kind == MN_HOME_LINK)
		mn_add(out, MN_AT_HOME)->coa = *coa;
}

static void mn_aim(struct mn *mn, const struct mn_coa *coa, struct mn_out *out)
{
	mn_change_link(mn, coa, out);
	mn_slot(mn, coa, out);
	if (!mn_same_coa(&mn->target, coa))
		mn->sents = 0;
	mn->target = *coa;
	mn->tries = 0;
}

static void mn_register(struct mn *mn, const struct mn_coa *coa, int64_t now,
			struct mn_out *out)
{
	mn_aim(mn, coa, out);
	mn->state = MN_REGISTERING;
	mn_send(mn, now, out);
}

/* The active care-of address, if it still exists. */
static const struct mn_coa *mn_used(struct mn *mn)
{
	return mn->has_active ? mn_find(mn, &mn->active) : NULL;
}

/* There is no address to send from. The binding may outlast that. */
static void mn_lose(struct mn *mn, struct mn_out *out)
{
	const struct mn_coa none = { .link = 0 };

	mn_change_link(mn, &none, out);
	if (mn->pending)
		mn_add(out, MN_NO_SLOT);
	mn->pending = false;
	mn->sents = 0;
	mn->due = 0;
	mn->state = MN_NO_COA;
	mn->target = none;
}

static bool mn_is_ending(const struct mn *mn)
{
	return mn->state == MN_DEREGISTERING || mn->state == MN_ENDED;
}

static void mn_keep_coas(struct mn *mn, const struct mn_coa *coas,
			 unsigned int count)
{
	struct mn_coa next[MN_COAS];
	const struct mn_coa *old;
	unsigned int i;

	if (count > MN_COAS)
		count = MN_COAS;
	for (i = 0; i < count; i++) {
		old = mn_find(mn, &coas[i]);
		next[i] = coas[i];
		next[i].interval = old ? old->interval : 0;
	}

	memcpy(mn->coas, next, count * sizeof(next[0]));
	mn->count = count;
}

/**
 * mn_coas - care-of addresses were added, removed, or their order has changed
 * @mn: the mobile node
 * @coas: all of them, the most preferred first
 * @count: number of them
 * @now: the time, ms
 * @out: what is to be done, added to
 */
void mn_coas(struct mn *mn, const struct mn_coa *coas, unsigned int count,
	     int64_t now, struct mn_out *out)
{
	bool better = count && (!mn->count ||
				!mn_same_coa(&coas[0], &mn->coas[0]));

	mn_keep_coas(mn, coas, count);
	if (mn_is_ending(mn))
		return;
	if (!count) {
		mn_lose(mn, out);
		return;
	}
	/* It need not be the first, if that was not answered. */
	if (!better && mn_find(mn, &mn->target))
		return;
	/* A better one, from which there was no answer, was removed. */
	if (mn->state == MN_BOUND && mn_same_coa(&mn->coas[0], &mn->active) &&
	    mn_is_bound(mn, now))
		return;

	mn_register(mn, &mn->coas[0], now, out);
}

/**
 * mn_slots - compare with the kernel, as another program may have changed it
 * @mn: the mobile node
 * @active: there is an active care-of address
 * @pending: there is a pending one
 * @now: the time, ms
 * @out: what is to be done, added to
 */
void mn_slots(struct mn *mn, bool active, bool pending, int64_t now,
	      struct mn_out *out)
{
	bool same = mn->has_active <= active && mn->pending <= pending;

	mn->has_active &= active;
	mn->pending &= pending;
	if (same || !mn->count || mn_is_ending(mn) || mn_is_at_home(mn))
		return;
	mn_register(mn, mn_find(mn, &mn->target) ?: &mn->coas[0], now, out);
}

static bool mn_take_sent(const struct mn *mn, uint16_t seq, int64_t *at)
{
	unsigned int i;

	for (i = 0; i < mn->sents; i++) {
		if (mn->sent[i].seq != seq)
			continue;
		*at = mn->sent[i].at;
		return true;
	}

	return false;
}

/* The granted lifetime, in ms, but no longer than was asked for. */
static int64_t mn_lifetime(const struct mn *mn, const struct mh_ba *ba)
{
	uint16_t units = ba->lifetime < mn->lifetime ? ba->lifetime :
						       mn->lifetime;

	return units * MH_UNIT * 1000LL;
}

/* ms from one binding update to the next; early enough to try a better care-of address
 * than the one in use.
 */
static int64_t mn_refresh(struct mn *mn, const struct mh_ba *ba)
{
	int64_t ms = mn_lifetime(mn, ba) * 8 / 10;
	int64_t other = (int64_t)ba->advice * MH_UNIT * 1000;

	if (ba->has_advice && other && other < ms)
		ms = other;
	if (ba->has_nat && ba->refresh != MH_NO_REFRESH) {
		other = (ba->refresh ?: MN_NAT_REFRESH) * 1000LL;
		ms = other < ms ? other : ms;
	}
	other = mn->granted - mn_before_end(mn, MN_BETTER, 6);
	if (mn->count && !mn_same_coa(&mn->active, &mn->coas[0]) && other < ms)
		ms = other;

	return mn_jitter(mn, ms);
}

static enum m6t_encap mn_encap(const struct mn *mn, const struct mh_ba *ba)
{
	if (mn->target.kind == MN_IPV6)
		return M6T_ENCAP_IP6;
	if (mn->udp ||
	    (ba->has_nat && (ba->udp || ba->refresh != MH_NO_REFRESH)))
		return M6T_ENCAP_UDP4;
	return M6T_ENCAP_IP4;
}

static void mn_set_home4(struct mn *mn, struct in_addr addr,
			 struct mn_out *out)
{
	if (mn->hoa4.s_addr == addr.s_addr)
		return;
	if (mn->hoa4.s_addr)
		mn_add(out, MN_NO_HOME4)->addr4 = mn->hoa4;
	if (addr.s_addr)
		mn_add(out, MN_HOME4)->addr4 = addr;
	mn->hoa4 = addr;
}

static void mn_down(struct mn *mn, struct mn_out *out)
{
	struct in_addr none = { 0 };

	mn_set_home4(mn, none, out);
	if (mn->bound_until)
		mn_add(out, MN_DOWN);
	mn->bound_until = 0;
}

static void mn_forget_back_off(struct mn *mn)
{
	unsigned int i;

	for (i = 0; i < mn->count; i++)
		mn->coas[i].interval = 0;
	mn->target.interval = 0;
	mn->tries = 0;
	mn->sents = 0;
}

static void mn_accepted(struct mn *mn, const struct mh_ba *ba, int64_t sent,
			int64_t now, struct mn_out *out)
{
	struct mn_action *action = mn_add(out, MN_COMMIT);
	struct in_addr none = { 0 };
	bool granted;

	action->ms = 2 * (now - sent);
	if (action->ms < MN_LINGER)
		action->ms = MN_LINGER;
	action->encap = mn_encap(mn, ba);
	mn->active = mn->target;
	mn->has_active = true;
	mn->pending = false;
	if (!mn->bound_until)
		mn_add(out, MN_UP);

	granted = mn->home4.s_addr && ba->home4.given &&
		  ba->home4.status == MH4_ACCEPTED;
	mn_set_home4(mn, granted ? ba->home4.addr : none, out);
	mn->state = MN_BOUND;
	mn->granted = mn_lifetime(mn, ba);
	mn->bound_until = sent + mn->granted;
	mn->due = sent + mn_refresh(mn, ba);
	mn_forget_back_off(mn);
}

/* There is no binding any more, or the home agent had none (RFC 6275 11.5.5). */
static void mn_returned(struct mn *mn, struct mn_out *out)
{
	mn_add(out, MN_RETURNED)->coa = mn->target;
	mn_down(mn, out);
	mn_forget_back_off(mn);
	mn->state = MN_HOME;
	mn->due = 0;
}

/* Ask again, but rarely; payload continues from where it is. */
static void mn_rejected(struct mn *mn, const struct mh_ba *ba, int64_t now,
			struct mn_out *out)
{
	if (mn->pending)
		mn_add(out, MN_NO_SLOT);
	mn->pending = false;
	if (ba->status == MH_NOT_HOME_AGENT)
		mn_down(mn, out);
	mn->state = MN_REJECTED;
	mn->status = ba->status;
	mn->sents = 0;
	mn->due = now + mn_jitter(mn, MN_SLOWEST);
}

static void mn_ended(struct mn *mn, struct mn_out *out)
{
	if (mn_is_at_home(mn))
		mn_add(out, MN_NOT_AT_HOME)->coa = mn->target;
	mn_down(mn, out);
	mn->state = MN_ENDED;
	mn->due = 0;
}

/* The home agent knows a later sequence number, e.g. from before a restart. */
static void mn_adopt(struct mn *mn, uint16_t seq, int64_t now,
		     struct mn_out *out)
{
	if (mh_seq_after(mn->seq, seq))
		return;
	mn->seq = seq;
	mn->sents = 0;
	mn_send(mn, now, out);
}

static bool mn_is_unbound(const struct mh_ba *ba)
{
	return ba->status < MH_UNSPECIFIED || ba->status == MH_NOT_HOME_AGENT;
}

/**
 * mn_ba - a binding acknowledgment was received, and its protection verified
 * @mn: the mobile node
 * @ba: the acknowledgment
 * @now: the time, ms
 * @out: what is to be done, added to
 */
void mn_ba(struct mn *mn, const struct mh_ba *ba, int64_t now,
	   struct mn_out *out)
{
	int64_t sent;

	if (mn->state != MN_REGISTERING && mn->state != MN_DEREGISTERING)
		return;
	if (ba->status == MH_BAD_SEQUENCE) {
		mn_adopt(mn, ba->seq, now, out);
		return;
	}
	if (!mn_take_sent(mn, ba->seq, &sent))
		return;
	if (ba->status == MH_NO_UDP && !mn->udp)
		return;

	if (mn->state == MN_DEREGISTERING)
		mn_ended(mn, out);
	else if (mn_is_at_home(mn) && mn_is_unbound(ba))
		mn_returned(mn, out);
	else if (ba->status < MH_UNSPECIFIED && ba->lifetime)
		mn_accepted(mn, ba, sent, now, out);
	else
		mn_rejected(mn, ba, now, out);
}

static bool mn_has_tried(const struct mn *mn, const struct mn_coa *coa)
{
	return mn->tries >= MN_TRIES ||
	       (mn->tries && coa->interval == MN_SLOWEST);
}

/* After some tries, return to the one in use, or try all in turn. */
static const struct mn_coa *mn_another(struct mn *mn, int64_t now)
{
	const struct mn_coa *coa = mn_find(mn, &mn->target);

	if (!coa)
		return &mn->coas[0];
	if (mn_must_return(mn, now) && mn_used(mn))
		return mn_used(mn);
	if (!mn_has_tried(mn, coa))
		return coa;
	if ((mn->pending || mn_is_at_home(mn)) && mn_is_bound(mn, now) &&
	    mn_used(mn))
		return mn_used(mn);
	return &mn->coas[(coa - mn->coas + 1) % mn->count];
}

/* Try a better one again, if there is time left to return to the one in use. */
static const struct mn_coa *mn_first(struct mn *mn, int64_t now)
{
	const struct mn_coa *used = mn_used(mn);

	if (used && mn_is_bound(mn, now) &&
	    mn->bound_until - now < mn_before_end(mn, MN_SPARE, 4))
		return used;
	return &mn->coas[0];
}

static void mn_again(struct mn *mn, int64_t now, struct mn_out *out)
{
	const struct mn_coa *coa = mn_another(mn, now);

	if (!mn_same_coa(coa, &mn->target)) {
		mn_register(mn, coa, now, out);
		return;
	}
	/* The kernel may have refused it. */
	mn_slot(mn, coa, out);
	mn_send(mn, now, out);
}

static void mn_give_up(struct mn *mn, int64_t now, struct mn_out *out)
{
	if (mn->tries < MN_TRIES)
		mn_send(mn, now, out);
	else
		mn_ended(mn, out);
}

/**
 * mn_traffic - payload has been sent or received, or not
 * @mn: the mobile node
 * @rx: packets received since some time, other than signalling
 * @tx: packets sent, likewise
 * @now: the time, ms
 * @out: what is to be done, added to
 *
 * If nothing is received although something is sent, a NAT may have lost its mapping,
 * or the home agent the binding. An update costs little, and repairs both. A single
 * packet may be the last one of a connection; and as the peer may simply not answer,
 * the next update is sent after twice the time, until something is received.
 */
void mn_traffic(struct mn *mn, uint64_t rx, uint64_t tx, int64_t now,
		struct mn_out *out)
{
	bool sent = tx > mn->tx;

	if (rx != mn->rx || mn->state != MN_BOUND || !mn->unanswered)
		mn->again = 0;
	else if (sent && !mn->again)
		mn->again = now;
	if (rx != mn->rx || !mn->patience)
		mn->patience = MN_PATIENCE;
	if (rx != mn->rx || mn->state != MN_BOUND)
		mn->unanswered = 0;
	else if (sent && !mn->unanswered)
		mn->unanswered = now;
	mn->rx = rx;
	mn->tx = tx;
	if (!mn->again || now - mn->again < MN_ANSWER ||
	    now - mn->unanswered < mn->patience)
		return;

	mn->unanswered = 0;
	mn->again = 0;
	if (mn->patience < MN_PATIENCE_MAX)
		mn->patience *= 2;
	mn_register(mn, mn_used(mn) ?: &mn->coas[0], now, out);
}

/**
 * mn_timer - time has passed
 * @mn: the mobile node; nothing happens before mn_next()
 * @now: the time, ms
 * @out: what is to be done, added to
 */
void mn_timer(struct mn *mn, int64_t now, struct mn_out *out)
{
	if (mn->bound_until && mn->bound_until <= now)
		mn_down(mn, out);
	if (!mn->due || mn->due > now)
		return;

	switch (mn->state) {
	case MN_BOUND:
	case MN_REJECTED:
		mn_register(mn, mn_first(mn, now), now, out);
		break;
	case MN_REGISTERING:
		mn_again(mn, now, out);
		break;
	case MN_DEREGISTERING:
		mn_give_up(mn, now, out);
		break;
	default:
		mn->due = 0;
		break;
	}
}

/**
 * mn_next - when mn_timer() is due
 * @mn: the mobile node
 *
 * Return: the time, ms; 0: never.
 */
int64_t mn_next(const struct mn *mn)
{
	if (!mn->due || (mn->bound_until && mn->bound_until < mn->due))
		return mn->bound_until ?: mn->due;
	return mn->due;
}

/**
 * mn_stop - deregister, and end
 * @mn: the mobile node
 * @now: the time, ms
 * @out: what is to be done, added to
 *
 * It has ended when its state is %MN_ENDED.
 */
void mn_stop(struct mn *mn, int64_t now, struct mn_out *out)
{
	if (mn_is_ending(mn))
		return;
	if (!mn_is_bound(mn, now) || !mn->count) {
		mn_ended(mn, out);
		return;
	}

	mn_aim(mn, mn_used(mn) ?: &mn->coas[0], out);
	mn_forget_back_off(mn);
	mn->state = MN_DEREGISTERING;
	mn_send(mn, now, out);
}
