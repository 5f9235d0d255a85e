// SPDX-License-Identifier: GPL-2.0
/*
 * A mobile node: looks for care-of addresses, and executes what was decided about them.
 */
#include <string.h>
#include <unistd.h>
#include <linux/rtnetlink.h>
#include <sys/random.h>
#include <ell/ell.h>

#include "ctl/link.h"
#include "lib/macros.h"
#include "lib/say.h"
#include "mipd/mipd.h"
#include "mipd/mn.h"
#include "mipd/mobile/homing.h"
#include "mipd/mobile/uplink.h"
#include "mipd/route.h"
#include "mipd/xfrm.h"

/* ms: a change of a link causes several messages. */
#define MOBILE_SETTLE	20

/* ms: the device gets its carrier with the first care-of address. */
#define MOBILE_CARRIER	50

/* s: how often to look whether payload is answered. */
#define MOBILE_TRAFFIC	1

/* ms: how long a binding of a predecessor is assumed to last. */
#define MOBILE_GRACE	10000

/**
 * struct mobile - a mobile node
 * @mn: its state
 * @hoa: its home address
 * @asked: where to look for care-of addresses
 * @uplinks: care-of addresses that have rules
 * @count: number of @uplinks
 * @watch: notifications of rtnetlink
 * @io: the same
 * @timer: for mn_timer()
 * @look: to look for care-of addresses
 * @traffic: to look at the traffic
 * @sent: mobility headers sent
 * @received: mobility headers received
 * @looking: it is running
 */
struct mobile {
	struct mn mn;
	struct in6_addr hoa;
	struct uplink_asked asked;
	struct uplink uplinks[MN_COAS];
	unsigned int count;
	struct nl watch;
	struct l_io *io;
	struct l_timeout *timer;
	struct l_timeout *look;
	struct l_timeout *traffic;
	uint64_t sent;
	uint64_t received;
	bool looking;
};

static struct mobile mobile;

static const int mobile_groups[] = {
	RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE,
	RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_RULE,
};

static void mobile_default6(struct mipd *mipd, bool add)
{
	const struct route route = {
		.family = AF_INET6, .ifindex = mipd->ifindex,
		.src = &mobile.hoa, .table = RT_TABLE_MAIN,
		.metric = ROUTE_METRIC6,
	};

	mipd_warn(mipd, route_set(&mipd->rtnl, &route, add));
}

/* The address is added before the route from it, and removed with it. */
static void mobile_home4(struct mipd *mipd, struct in_addr addr, bool add)
{
	const struct route route = {
		.family = AF_INET, .ifindex = mipd->ifindex, .src = &addr,
		.table = RT_TABLE_MAIN,
	};

	if (!add)
		mipd_warn(mipd, route_set(&mipd->rtnl, &route, false));
	mipd_warn(mipd, route_addr4(&mipd->rtnl, mipd->ifindex, addr, add));
	if (add)
		mipd_warn(mipd, route_set(&mipd->rtnl, &route, true));
}

/* Packets from a care-of address must not be routed through the tunnel. */
static void mobile_rule(struct mipd *mipd, const struct uplink *uplink,
			bool add)
{
	bool ip6 = uplink->coa.kind == MN_IPV6;
	const struct route route = {
		.family = ip6 ? AF_INET6 : AF_INET,
		.ifindex = uplink->coa.link,
		.gateway = uplink->gateway, .gateway6 = uplink->gateway6,
		.table = route_table(uplink->coa.link),
	};
	const void *from = ip6 ? (const void *)&uplink->coa.addr6 :
				 (const void *)&uplink->coa.addr;

	if (uplink->coa.kind == MN_HOME_LINK)
		return;
	mipd_warn(mipd, route_rule(&mipd->rtnl, route.family, from,
				   route.table, add));
	mipd_warn(mipd, route_set(&mipd->rtnl, &route, add));
}

static bool mobile_same_uplink(const struct uplink *a, const struct uplink *b)
{
	return mn_same_coa(&a->coa, &b->coa) &&
	       a->gateway.s_addr == b->gateway.s_addr &&
	       !memcmp(&a->gateway6, &b->gateway6, sizeof(a->gateway6));
}

static bool mobile_has(const struct uplink *list, unsigned int count,
		       const struct uplink *uplink)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (mobile_same_uplink(&list[i], uplink))
			return true;

	return false;
}

/* Two addresses of a link share a table: old ones are deleted first. */
static void mobile_rules(struct mipd *mipd, const struct uplink *list,
			 unsigned int count)
{
	unsigned int i;

	for (i = 0; i < mobile.count; i++)
		if (!mobile_has(list, count, &mobile.uplinks[i]))
			mobile_rule(mipd, &mobile.uplinks[i], false);
	for (i = 0; i < count; i++)
		mobile_rule(mipd, &list[i], true);
	mobile.count = count;
	if (count)
		memcpy(mobile.uplinks, list, count * sizeof(*list));
}

static void mobile_send(struct mipd *mipd, const struct mh_bu *bu)
{
	const struct mh mh = { .type = MH_BU, .bu = *bu };
	int err;

	seq_begin(&mipd->seq);
	seq_put(&mipd->seq, &mobile.hoa, bu->seq);
	seq_end(&mipd->seq);
	err = socket_send(mipd->fd, &mobile.hoa, &mipd->ha, NULL, &mh);
	if (err)
		fail(STATUS_DONE, "%s: cannot send a binding update: %s",
		     mipd->name, strerror(-err));
	else
		mobile.sent++;
}

/* The kernel drops packets until it has noticed the carrier. */
static void mobile_wait(struct mipd *mipd)
{
	unsigned int tries;

	for (tries = 0; tries < MOBILE_CARRIER; tries++) {
		if (uplink_is_up(&mipd->rtnl, mipd->ifindex))
			return;
		usleep(1000);
	}
}

/* If the home agent detects no NAT, it may send without UDP before its acknowledgment
 * has arrived.
 */
static void mobile_slot(struct mipd *mipd, const struct mn_coa *coa)
{
	uint8_t encap = mobile.mn.udp ? M6T_ENCAP_UDP4 : M6T_ENCAP_IP4;
	int err = kernel_slot(&mipd->kernel, coa, encap);

	if (!err && coa)
		mobile_wait(mipd);
	if (!err)
		return;
	kernel_fail(&mipd->kernel, err, "cannot use a care-of address");
	/* It is tried again with the next update. */
	mobile.mn.pending = false;
}

static void mobile_commit(struct mipd *mipd, const struct mn_action *action)
{
	int err = kernel_commit(&mipd->kernel, action->encap, action->ms);

	if (err)
		kernel_fail(&mipd->kernel, err,
			    "cannot move to a care-of address");
}

static void mobile_act(struct mipd *mipd, const struct mn_action *action)
{
	switch (action->act) {
	case MN_SLOT:
		mobile_slot(mipd, &action->coa);
		break;
	case MN_NO_SLOT:
		mobile_slot(mipd, NULL);
		break;
	case MN_SEND:
		mobile_send(mipd, &action->bu);
		break;
	case MN_COMMIT:
		mobile_commit(mipd, action);
		break;
	case MN_UP:
	case MN_DOWN:
		mobile_default6(mipd, action->act == MN_UP);
		break;
	case MN_AT_HOME:
		homing_begin(mipd, &mobile.hoa, action->coa.link);
		break;
	case MN_RETURNED:
		homing_done(mipd, mobile.mn.home4);
		break;
	case MN_NOT_AT_HOME:
		homing_end(mipd);
		break;
	default:
		mobile_home4(mipd, action->addr4, action->act == MN_HOME4);
		break;
	}
}

static void mobile_due(struct l_timeout *timeout, void *arg);

static void mobile_plan(struct mipd *mipd)
{
	int64_t next = mn_next(&mobile.mn);
	int64_t ms = next - mipd_now();

	if (!next)
		return;
	if (ms < 1)
		ms = 1;
	if (mobile.timer)
		l_timeout_modify_ms(mobile.timer, ms);
	else
		mobile.timer = l_timeout_create_ms(ms, mobile_due, mipd, NULL);
}

static void mobile_do(struct mipd *mipd, const struct mn_out *out)
{
	unsigned int i;

	for (i = 0; i < out->count; i++)
		mobile_act(mipd, &out->actions[i]);
	report_mobile(mipd, &mobile.mn);
	mobile_plan(mipd);
	if (mobile.mn.state == MN_ENDED)
		mipd_quit();
}

static void mobile_due(struct l_timeout *timeout, void *arg)
{
	struct mn_out out = { .count = 0 };

	(void)timeout;
	mn_timer(&mobile.mn, mipd_now(), &out);
	mobile_do(arg, &out);
}

/* The home agent is reached through the device, except on the home link. */
static int mobile_enter(struct mipd *mipd)
{
	int err = route_addr6(&mipd->rtnl, mipd->ifindex, &mobile.hoa, true);

	if (!err && !mipd->home)
		err = route_host6(&mipd->rtnl, mipd->ifindex, &mipd->ha, NULL,
				  true);
	return err ? rtnl_fail(&mipd->rtnl, err) : STATUS_DONE;
}

/* Restore what was deleted, by others or while the device was down. */
static void mobile_keep(struct mipd *mipd)
{
	mobile_enter(mipd);
	if (mobile.mn.bound_until)
		mobile_default6(mipd, true);
	if (mobile.mn.hoa4.s_addr)
		mobile_home4(mipd, mobile.mn.hoa4, true);
}

/* The device counts signalling, too. */
static void mobile_traffic(struct l_timeout *timeout, void *arg)
{
	struct mn_out out = { .count = 0 };
	struct link_state link;
	struct mipd *mipd = arg;

	l_timeout_modify(timeout, MOBILE_TRAFFIC);
	if (link_get(&mipd->rtnl, mipd->name, NULL, &link) || !link.ifindex)
		return;
	mn_traffic(&mobile.mn, link.rx - mobile.received, link.tx - mobile.sent,
		   mipd_now(), &out);
	mobile_do(mipd, &out);
}

static void mobile_look(struct mipd *mipd)
{
	struct uplink list[MN_COAS];
	struct mn_coa coas[MN_COAS];
	struct mn_out out = { .count = 0 };
	unsigned int count, i;
	int err;

	if (mipd->up)
		mobile_keep(mipd);
	err = uplink_list(&mipd->rtnl, &mobile.asked, list, &count);
	if (err) {
		mipd_warn(mipd, err);
		return;
	}
	for (i = 0; i < count; i++)
		coas[i] = list[i].coa;
	mobile_rules(mipd, list, count);
	mn_coas(&mobile.mn, coas, count, mipd_now(), &out);
	mobile_do(mipd, &out);
}

static void mobile_settled(struct l_timeout *timeout, void *arg)
{
	(void)timeout;
	mobile.looking = false;
	mobile_look(arg);
}

/* Look soon, but not later if it is called again: changes of routes that do not end,
 * e.g. by router advertisements, must not hide a change of links.
 */
static void mobile_look_soon(void)
{
	if (mobile.looking)
		return;
	mobile.looking = true;
	l_timeout_modify_ms(mobile.look, MOBILE_SETTLE);
}

static bool mobile_changed(struct l_io *io, void *arg)
{
	struct nl *nl = &mobile.watch;

	(void)arg;
	/* Their content does not matter, nor whether some were lost. */
	while (recv(l_io_get_fd(io), &nl->buf, sizeof(nl->buf),
		    MSG_DONTWAIT) > 0)
		;
	mobile_look_soon();
	return true;
}

static int mobile_watch(struct mipd *mipd)
{
	int status;
	size_t i;

	status = nl_open(&mobile.watch, NETLINK_ROUTE);
	if (status)
		return status;
	for (i = 0; i < ARRAY_SIZE(mobile_groups); i++) {
		status = nl_join(&mobile.watch, mobile_groups[i]);
		if (status)
			return status;
	}

	mobile.looking = true;
	mobile.look = l_timeout_create_ms(1, mobile_settled, mipd, NULL);
	mobile.traffic = l_timeout_create(MOBILE_TRAFFIC, mobile_traffic, mipd,
					  NULL);
	mobile.io = l_io_new(mnl_socket_get_fd(mobile.watch.sock));
	l_io_set_read_handler(mobile.io, mobile_changed, mipd, NULL);
	return STATUS_DONE;
}

static void mobile_packet(struct mipd *mipd, struct packet *packet)
{
	struct mn_out out = { .count = 0 };
	enum mh_fault fault;
	struct mh mh;

	mobile.received++;
	if (memcmp(&packet->from, &mipd->ha, sizeof(mipd->ha)) ||
	    memcmp(&packet->to, &mobile.hoa, sizeof(mobile.hoa)))
		return;
	fault = mh_decode(packet->data, packet->len, &mh);
	if (fault)
		fault_answer(mipd->fd, packet, fault);
	if (fault || mh.type != MH_BA)
		return;

	if (mh.ba.status >= MH_UNSPECIFIED && mh.ba.status != MH_BAD_SEQUENCE)
		fail(STATUS_DONE,
		     "%s: the home agent has rejected the binding with status %u",
		     mipd->name, mh.ba.status);
	mn_ba(&mobile.mn, &mh.ba, mipd_now(), &out);
	mobile_do(mipd, &out);
}

/* Care-of addresses end when the device is set down, for example. */
static void mobile_event(struct mipd *mipd, const struct kernel_event *event)
{
	struct mn_out out = { .count = 0 };
	struct kernel_slots slots;

	if ((event && event->event != M6T_EVENT_SLOT) ||
	    kernel_slots(&mipd->kernel, &slots))
		return;
	mn_slots(&mobile.mn, slots.has_active, slots.has_pending, mipd_now(),
		 &out);
	mobile_do(mipd, &out);
}

static void mobile_read_seq(const struct in6_addr *hoa, uint16_t seq, void *arg)
{
	(void)arg;
	if (!memcmp(hoa, &mobile.hoa, sizeof(*hoa)))
		mobile.mn.seq = seq;
}

static void mobile_set(const struct conf *conf)
{
	const struct conf_dsmip *dsmip = &conf->dsmip;
	struct m6t_prefix4 home4 = { .len = 0 };
	unsigned int i;

	if (conf->value[IFLA_M6T_PREFIXES4].len)
		memcpy(&home4, conf->value[IFLA_M6T_PREFIXES4].data +
		       NLA_HDRLEN, sizeof(home4));
	mobile.mn.home4.s_addr = home4.addr;
	mobile.mn.lifetime = dsmip->lifetime / MH_UNIT;
	mobile.mn.udp = conf->value[IFLA_M6T_ENCAP].data[0];
	memcpy(&mobile.asked.ha4, conf->value[IFLA_M6T_HA4].data,
	       sizeof(mobile.asked.ha4));
	mobile.asked.count = dsmip->link_count;
	for (i = 0; i < dsmip->link_count; i++) {
		strcpy(mobile.asked.confs[i].name, dsmip->links[i].name);
		mobile.asked.confs[i].metric = dsmip->links[i].metric;
	}
}

static int mobile_protected(struct mipd *mipd, const struct conf *conf)
{
	const struct conf_node node = { .hoa = mobile.hoa };
	const struct xfrm_asked asked = {
		.name = mipd->name, .ha = mipd->ha, .nodes = &node, .count = 1,
		.keys = conf->keys,
	};

	return mipd_protected(mipd, conf, &asked);
}

/* Continue what a predecessor has left, for a while. */
static int mobile_restore(struct mipd *mipd)
{
	struct mn *mn = &mobile.mn;
	struct kernel_slots slots;
	int err;

	err = homing_restore(mipd, &mobile.hoa, mn->home4);
	if (err)
		return rtnl_fail(&mipd->rtnl, err);
	err = kernel_slots(&mipd->kernel, &slots);
	if (err)
		return kernel_fail(&mipd->kernel, err,
				   "cannot read the care-of addresses");
	mn->active = slots.active;
	mn->has_active = slots.has_active;
	if (mipd->home) {
		mn->target.kind = MN_HOME_LINK;
		mn->target.link = mipd->home;
		return STATUS_DONE;
	}
	if (!mn->has_active)
		return STATUS_DONE;

	mn->bound_until = mipd_now() + MOBILE_GRACE;
	mn->hoa4 = mn->home4;
	report_known(mn);
	return STATUS_DONE;
}

static int mobile_start(struct mipd *mipd)
{
	struct m6t_prefix6 hoa;
	size_t at = 0;

	conf_prefix(&mipd->conf->value[IFLA_M6T_PREFIXES], &at, &hoa);
	mobile.hoa = hoa.addr;
	mobile.asked.hoa = hoa.addr;
	mobile.asked.ha = mipd->ha;
	mobile.asked.ifindex = mipd->ifindex;
	mobile_set(mipd->conf);
	if (getrandom(&mobile.mn.seed, sizeof(mobile.mn.seed), 0) < 0)
		mobile.mn.seed = mipd_now();
	/* Any number works: the home agent reports if it knows a later one. */
	mobile.mn.seq = mobile.mn.seed >> 16;
	seq_read(&mipd->seq, mobile_read_seq, NULL);

	return mobile_protected(mipd, mipd->conf) ?: mobile_restore(mipd) ?:
	       mobile_enter(mipd) ?: mobile_watch(mipd);
}

static bool mobile_same_prefix(const struct conf *a, const struct conf *b)
{
	const struct setting_value *one = &a->value[IFLA_M6T_PREFIXES];
	const struct setting_value *two = &b->value[IFLA_M6T_PREFIXES];

	return one->len == two->len && !memcmp(one->data, two->data, one->len);
}

static int mobile_check(struct mipd *mipd, const struct conf *conf)
{
	if (!mobile_same_prefix(conf, mipd->conf))
		return fail(STATUS_REFUSED,
			    "%s: hoa cannot change while the device is up: expected the same as before",
			    conf->path);

	return mobile_protected(mipd, conf);
}

static int mobile_reload(struct mipd *mipd, struct conf *conf)
{
	(void)mipd;
	mobile_set(conf);
	mobile_look_soon();
	return STATUS_DONE;
}

static void mobile_stop(struct mipd *mipd)
{
	struct mn_out out = { .count = 0 };

	mn_stop(&mobile.mn, mipd_now(), &out);
	mobile_do(mipd, &out);
}

/* The addresses and routes of the device are removed with it. */
static void mobile_free(struct mipd *mipd, bool undo)
{
	if (undo) {
		mobile_rules(mipd, NULL, 0);
		homing_end(mipd);
	}
	l_timeout_remove(mobile.timer);
	l_timeout_remove(mobile.look);
	l_timeout_remove(mobile.traffic);
	l_io_destroy(mobile.io);
	if (mobile.watch.sock)
		nl_close(&mobile.watch);
}

static void mobile_up(struct mipd *mipd)
{
	(void)mipd;
	mobile_look_soon();
}

const struct role mobile_role = {
	.start = mobile_start,
	.check = mobile_check,
	.reload = mobile_reload,
	.packet = mobile_packet,
	.event = mobile_event,
	.up = mobile_up,
	.stop = mobile_stop,
	.free = mobile_free,
};
