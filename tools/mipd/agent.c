// SPDX-License-Identifier: GPL-2.0
/*
 * A home agent: executes what was decided for each home address.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <ell/ell.h>

#include "lib/macros.h"
#include "lib/say.h"
#include "mipd/ha.h"
#include "mipd/home/home.h"
#include "mipd/home/own.h"
#include "mipd/mipd.h"
#include "mipd/route.h"
#include "mipd/xfrm.h"

#define AGENT_SWEEP	5	/* s */

/* Maximum number of lines of the file of sequence numbers, beyond four for each mobile
 * node.
 */
#define AGENT_LINES	1000

/**
 * struct agent_node - a mobile node
 * @ha: its state; the home address is the first member, by which nodes are sorted
 * @routed: there is a route to its home address
 */
struct agent_node {
	struct ha_node ha;
	bool routed;
};

/**
 * struct agent - a home agent
 * @conf: what is the same for all home addresses
 * @home: the home link, if there is one
 * @nodes: mobile nodes, by home address
 * @count: number of @nodes
 * @stranger: stands for all home addresses that are not theirs
 * @asking: nodes in the order in which their duplicate address detection ends
 * @probe: for the first of @asking
 * @sweep: for timeouts that nothing else notices
 * @io: advertisements on the home link
 * @own: notifications about IPv4 addresses of this host
 * @own_io: the same
 */
struct agent {
	struct ha_conf conf;
	struct home_link home;
	struct agent_node *nodes;
	size_t count;
	struct agent_node stranger;
	struct l_queue *asking;
	struct l_timeout *probe;
	struct l_timeout *sweep;
	struct l_io *io;
	struct nl own;
	struct l_io *own_io;
};

static struct agent agent;

static int agent_compare(const void *a, const void *b)
{
	const struct agent_node *one = a, *two = b;

	return memcmp(&one->ha.hoa, &two->ha.hoa, sizeof(one->ha.hoa));
}

static struct agent_node *agent_find_in(struct agent_node *nodes, size_t count,
					const struct in6_addr *hoa)
{
	const struct agent_node key = { .ha.hoa = *hoa };

	return count ? bsearch(&key, nodes, count, sizeof(key), agent_compare) :
		       NULL;
}

static struct agent_node *agent_find(const struct in6_addr *hoa)
{
	return agent_find_in(agent.nodes, agent.count, hoa);
}

/* The file keeps the last number of each mobile node. */
static void agent_keep_seq(struct mipd *mipd, const struct agent_node *node)
{
	size_t i;

	seq_put(&mipd->seq, &node->ha.hoa, node->ha.seq);
	if (mipd->seq.lines < 4 * agent.count + AGENT_LINES)
		return;

	seq_begin(&mipd->seq);
	for (i = 0; i < agent.count; i++)
		if (agent.nodes[i].ha.has_seq)
			seq_put(&mipd->seq, &agent.nodes[i].ha.hoa,
				agent.nodes[i].ha.seq);
	seq_end(&mipd->seq);
}

/* The device itself has no address: with this source, an IKE daemon finds that packets
 * from the home agent's address use the device.
 */
static void agent_route6(struct mipd *mipd, const struct agent_node *node,
			 bool add)
{
	mipd_warn(mipd, route_host6(&mipd->rtnl, mipd->ifindex, &node->ha.hoa,
				    &mipd->ha, add));
}

static void agent_route(struct mipd *mipd, struct agent_node *node, bool add)
{
	agent_route6(mipd, node, add);
	node->routed = add;
}

/* An answer is sent through the device, even to a node that is not bound; to one that
 * is at home, on the home link.
 */
static void agent_answer(struct mipd *mipd, struct agent_node *node,
			 const struct ha_action *action)
{
	bool routed = node->routed || outer_link(&action->outer);
	const struct mh mh = { .type = MH_BA, .ba = action->ba };
	int err;

	if (!routed)
		agent_route(mipd, node, true);
	err = socket_send(mipd->fd, &mipd->ha, &node->ha.hoa, &action->outer,
			  &mh);
	if (err)
		fail(STATUS_DONE,
		     "%s: cannot send a binding acknowledgment: %s",
		     mipd->name, strerror(-err));
	if (action->ba.status >= MH_UNSPECIFIED)
		report_refusal(mipd, &node->ha.hoa, &action->outer,
			       action->ba.status);
	if (!routed)
		agent_route(mipd, node, false);
}

static void agent_home(struct mipd *mipd, struct agent_node *node, bool add)
{
	agent_route(mipd, node, add);
	if (agent.conf.home_link)
		mipd_warn(mipd, home_defend6(&agent.home, &mipd->rtnl,
					     &node->ha.hoa, add));
}

static void agent_home4(struct mipd *mipd, struct in_addr addr, bool add)
{
	mipd_warn(mipd, route_host4(&mipd->rtnl, mipd->ifindex, addr, add));
	if (agent.conf.home_link)
		mipd_warn(mipd, home_defend4(&agent.home, &mipd->rtnl, addr,
					     add));
}

static void agent_unbind(struct mipd *mipd, const struct agent_node *node)
{
	int err = kernel_unbind(&mipd->kernel, &node->ha.hoa);

	/* The device may have been removed, with all bindings. */
	if (err && err != -ENODEV)
		kernel_fail(&mipd->kernel, err, "cannot end a binding");
}

static void agent_linger(struct mipd *mipd, const struct agent_node *node)
{
	if (kernel_linger(&mipd->kernel, &node->ha.hoa, HA_GRACE))
		agent_unbind(mipd, node);
}

/* Everything but %HA_BIND. */
static void agent_act(struct mipd *mipd, struct agent_node *node,
		      const struct ha_action *action)
{
	switch (action->act) {
	case HA_ANSWER:
		agent_answer(mipd, node, action);
		break;
	case HA_UNBIND:
		agent_unbind(mipd, node);
		break;
	case HA_LINGER:
		agent_linger(mipd, node);
		break;
	case HA_ASK:
		home_ask(&agent.home, &node->ha.hoa);
		break;
	case HA_HOME:
	case HA_NO_HOME:
		agent_home(mipd, node, action->act == HA_HOME);
		break;
	default:
		agent_home4(mipd, action->addr4, action->act == HA_HOME4);
		break;
	}
}

static bool agent_bind(struct mipd *mipd, struct agent_node *node,
		       const struct ha_action *action)
{
	int err = kernel_bind(&mipd->kernel, &node->ha.hoa, &action->bind,
			      &action->outer);

	if (err)
		kernel_fail(&mipd->kernel, err, "cannot bind a home address");
	return !err;
}

static void agent_do(struct mipd *mipd, struct agent_node *node,
		     const struct ha_out *out)
{
	struct ha_out instead = { .count = 0 };
	unsigned int i;

	for (i = 0; i < out->count; i++) {
		if (out->actions[i].act != HA_BIND) {
			agent_act(mipd, node, &out->actions[i]);
			continue;
		}
		if (agent_bind(mipd, node, &out->actions[i]))
			continue;
		ha_refused(&node->ha, &agent.conf, out, &instead);
		break;
	}
	/* These do not include another %HA_BIND. */
	for (i = 0; i < instead.count; i++)
		agent_act(mipd, node, &instead.actions[i]);
}

static void agent_arm(struct l_timeout **timeout, int64_t ms,
		      l_timeout_notify_cb_t cb, void *arg)
{
	if (ms < 1)
		ms = 1;
	if (*timeout)
		l_timeout_modify_ms(*timeout, ms);
	else
		*timeout = l_timeout_create_ms(ms, cb, arg, NULL);
}

static void agent_tick(struct mipd *mipd, struct agent_node *node)
{
	struct ha_out out = { .count = 0 };

	ha_timer(&node->ha, &agent.conf, mipd_now(), &out);
	agent_do(mipd, node, &out);
}

/* Duplicate address detection takes the same time for all, so that they end in the
 * order in which they began.
 */
static void agent_probed(struct l_timeout *timeout, void *arg)
{
	struct agent_node *node;
	struct mipd *mipd = arg;

	while ((node = l_queue_peek_head(agent.asking))) {
		if (node->ha.ends > mipd_now()) {
			l_timeout_modify_ms(timeout,
					    node->ha.ends - mipd_now());
			return;
		}
		l_queue_pop_head(agent.asking);
		agent_tick(mipd, node);
	}
}

static void agent_swept(struct l_timeout *timeout, void *arg)
{
	int64_t now = mipd_now();
	size_t i;

	for (i = 0; i < agent.count; i++)
		if (agent.nodes[i].ha.state != HA_PROBING &&
		    agent.nodes[i].ha.state != HA_NONE &&
		    agent.nodes[i].ha.ends <= now)
			agent_tick(arg, &agent.nodes[i]);
	l_timeout_modify(timeout, AGENT_SWEEP);
}

static void agent_update(struct mipd *mipd, struct agent_node *node,
			 const struct ha_update *update)
{
	bool asked = node->ha.state == HA_PROBING;
	struct ha_out out = { .count = 0 };
	bool had_seq = node->ha.has_seq;
	uint16_t seq = node->ha.seq;

	ha_update(&node->ha, &agent.conf, update, mipd_now(), &out);
	if (node->ha.seq != seq || node->ha.has_seq != had_seq)
		agent_keep_seq(mipd, node);
	agent_do(mipd, node, &out);
	if (asked && node->ha.state != HA_PROBING)
		l_queue_remove(agent.asking, node);
	if (asked || node->ha.state != HA_PROBING)
		return;

	l_queue_push_tail(agent.asking, node);
	if (l_queue_length(agent.asking) == 1)
		agent_arm(&agent.probe, node->ha.ends - mipd_now(),
			  agent_probed, mipd);
}

/* Refuse a home address that is not configured; only without IPsec, when anyone may
 * ask.
 */
static void agent_stranger(struct mipd *mipd, const struct packet *packet,
			   const struct ha_update *update)
{
	struct ha_out out = { .count = 0 };
	uint8_t status = ha_is_home(&agent.conf, &packet->from) ?
			 MH_PROHIBITED : MH_NOT_HOME_SUBNET;

	if (!ha_may_answer(&agent.stranger.ha, mipd_now()))
		return;
	ha_reject(update, status, &out);
	agent_do(mipd, &agent.stranger, &out);
}

/* Answer a malformed header, through the same route as other answers. */
static void agent_fault(struct mipd *mipd, struct agent_node *node,
			const struct packet *packet, enum mh_fault fault)
{
	bool routed = node->routed || outer_link(&packet->outer);

	if (fault == MH_SILENCE || !ha_may_answer(&node->ha, mipd_now()))
		return;
	if (!routed)
		agent_route(mipd, node, true);
	fault_answer(mipd->fd, packet, fault);
	if (!routed)
		agent_route(mipd, node, false);
}

/* The device adds its option to whatever it lets through (D9). What a mobile node at
 * home sends does not come through the device, so no option of that is to be believed;
 * the device only sees to it that an SA of its source has protected it.
 */
static bool agent_origin(const struct mipd *mipd, struct packet *packet)
{
	if (packet->ifindex == mipd->ifindex)
		return packet->has_outer;

	packet->has_outer = true;
	packet->outer = (struct outer){
		.ip6 = true,
		.v6 = { .remote = packet->from, .local = packet->to,
			.link = htonl(packet->ifindex) },
	};
	return agent_find(&packet->from);
}

static void agent_packet(struct mipd *mipd, struct packet *packet)
{
	struct agent_node *node = agent_find(&packet->from);
	struct ha_update update;
	enum mh_fault fault;
	struct mh mh;

	if (!agent_origin(mipd, packet) || (!node && mipd->ipsec) ||
	    memcmp(&packet->to, &mipd->ha, sizeof(mipd->ha)))
		return;
	agent.stranger.ha.hoa = packet->from;
	fault = mh_decode(packet->data, packet->len, &mh);
	if (fault) {
		agent_fault(mipd, node ?: &agent.stranger, packet, fault);
		return;
	}
	if (mh.type != MH_BU)
		return;

	update.bu = mh.bu;
	update.outer = packet->outer;
	if (node)
		agent_update(mipd, node, &update);
	else
		agent_stranger(mipd, packet, &update);
}

/* Events may be late, and the home address may be bound again. */
static void agent_check(struct mipd *mipd, struct agent_node *node)
{
	struct ha_out out = { .count = 0 };
	bool bound = true;

	if (node->ha.state != HA_BOUND ||
	    kernel_is_bound(&mipd->kernel, &node->ha.hoa, &bound) || bound)
		return;
	ha_unbound(&node->ha, &agent.conf, &out);
	agent_do(mipd, node, &out);
}

static void agent_event(struct mipd *mipd, const struct kernel_event *event)
{
	struct agent_node *node;
	size_t i;

	/* Some were lost. */
	if (!event) {
		for (i = 0; i < agent.count; i++)
			agent_check(mipd, &agent.nodes[i]);
		return;
	}
	if (event->event != M6T_EVENT_UNBOUND)
		return;
	node = agent_find(&event->hoa);
	if (node)
		agent_check(mipd, node);
}

static void agent_conflict(const struct in6_addr *addr, void *arg)
{
	struct agent_node *node = agent_find(addr);
	struct ha_out out = { .count = 0 };

	if (!node)
		return;
	ha_conflict(&node->ha, &agent.conf, &out);
	agent_do(arg, node, &out);
	if (out.count)
		l_queue_remove(agent.asking, node);
}

static bool agent_neighbour(struct l_io *io, void *arg)
{
	(void)io;
	home_receive(&agent.home, agent_conflict, arg);
	return true;
}

static void agent_set_node(struct ha_node *node, const struct conf_node *conf)
{
	node->hoa = conf->hoa;
	node->fixed4 = conf->hoa4;
	node->any4 = conf->pool;
	node->max_lifetime = conf->lifetime;
}

static void agent_reserve_one(struct in_addr addr, void *arg)
{
	(void)arg;
	pool_reserve(&agent.conf.pool, addr);
}

/* Reserve the addresses that belong to a mobile node or to this host. */
static void agent_reserve(struct mipd *mipd, const struct conf_dsmip *dsmip)
{
	size_t i;

	if (!dsmip->pool4.len)
		return;
	pool_reserve_none(&agent.conf.pool);
	for (i = 0; i < dsmip->node_count; i++)
		if (dsmip->nodes[i].hoa4.s_addr)
			pool_reserve(&agent.conf.pool, dsmip->nodes[i].hoa4);
	mipd_warn(mipd, own_addresses(&mipd->rtnl, agent_reserve_one, NULL));
}

static bool agent_readdressed(struct l_io *io, void *arg)
{
	struct mipd *mipd = arg;

	own_drain(&agent.own, l_io_get_fd(io));
	agent_reserve(mipd, &mipd->conf->dsmip);
	return true;
}

static int agent_watch(struct mipd *mipd)
{
	int status = own_open(&agent.own);

	if (status)
		return status;
	agent.own_io = l_io_new(mnl_socket_get_fd(agent.own.sock));
	l_io_set_read_handler(agent.own_io, agent_readdressed, mipd, NULL);
	return STATUS_DONE;
}

static void agent_set_homes(const struct conf *conf)
{
	const struct setting_value *homes = &conf->value[IFLA_M6T_PREFIXES];
	unsigned int *count = &agent.conf.home_count;
	size_t at = 0;

	for (*count = 0; *count < ARRAY_SIZE(agent.conf.homes); ++*count)
		if (!conf_prefix(homes, &at, &agent.conf.homes[*count]))
			break;
}

static int agent_make(struct mipd *mipd, const struct conf *conf)
{
	const struct conf_dsmip *dsmip = &conf->dsmip;
	size_t i;

	agent_set_homes(conf);
	agent.conf.max_lifetime = dsmip->lifetime;
	agent.conf.replays = conf->keys[0];
	if (dsmip->pool4.len && !pool_init(&agent.conf.pool, &dsmip->pool4))
		return fail(STATUS_REFUSED, "out of memory");
	agent.nodes = calloc(dsmip->node_count + 1, sizeof(*agent.nodes));
	if (!agent.nodes)
		return fail(STATUS_REFUSED, "out of memory");

	agent.count = dsmip->node_count;
	for (i = 0; i < agent.count; i++)
		agent_set_node(&agent.nodes[i].ha, &dsmip->nodes[i]);
	agent_reserve(mipd, dsmip);
	return STATUS_DONE;
}

static void agent_read_seq(const struct in6_addr *hoa, uint16_t seq, void *arg)
{
	struct agent_node *node = agent_find(hoa);

	(void)arg;
	if (!node)
		return;
	node->ha.has_seq = true;
	node->ha.seq = seq;
}

/* @arg: a queue, as no other request can be sent while they are read. */
static void agent_read_binding(const struct kernel_binding *binding, void *arg)
{
	l_queue_push_tail(arg, l_memdup(binding, sizeof(*binding)));
}

/* End a binding whose mobile node is no longer configured. */
static void agent_restore(struct mipd *mipd,
			  const struct kernel_binding *binding)
{
	struct agent_node *node = agent_find(&binding->hoa);
	struct ha_out out = { .count = 0 };

	if (!node) {
		kernel_unbind(&mipd->kernel, &binding->hoa);
		return;
	}
	if (node->ha.state != HA_NONE)
		return;
	ha_restore(&node->ha, &agent.conf, node->ha.seq, binding->hoa4,
		   mipd_now() + binding->expires, &out);
	agent_do(mipd, node, &out);
}

static int agent_restore_all(struct mipd *mipd)
{
	struct l_queue *found = l_queue_new();
	struct kernel_binding *binding;
	int err;

	seq_read(&mipd->seq, agent_read_seq, NULL);
	err = kernel_bindings(&mipd->kernel, agent_read_binding, found);
	while ((binding = l_queue_pop_head(found))) {
		if (!err)
			agent_restore(mipd, binding);
		l_free(binding);
	}
	l_queue_destroy(found, NULL);
	return err ? kernel_fail(&mipd->kernel, err,
				 "cannot read the bindings") : STATUS_DONE;
}

static int agent_protected(struct mipd *mipd, const struct conf *conf)
{
	const struct xfrm_asked asked = {
		.name = mipd->name, .ha = mipd->ha, .agent = true,
		.nodes = conf->dsmip.nodes, .count = conf->dsmip.node_count,
		.keys = conf->keys,
	};

	return mipd_protected(mipd, conf, &asked);
}

static int agent_start_home(struct mipd *mipd)
{
	const char *name = mipd->conf->dsmip.home_link;
	int status;

	if (!name[0])
		return STATUS_DONE;
	status = home_open(&agent.home, name, &mipd->rtnl);
	if (status)
		return status;

	agent.conf.home_link = true;
	mipd->home = agent.home.ifindex;
	agent.io = l_io_new(agent.home.fd);
	l_io_set_read_handler(agent.io, agent_neighbour, mipd, NULL);
	return STATUS_DONE;
}

static int agent_start(struct mipd *mipd)
{
	int status;

	agent.asking = l_queue_new();
	status = agent_protected(mipd, mipd->conf) ?:
		 agent_watch(mipd) ?: agent_make(mipd, mipd->conf) ?:
		 agent_start_home(mipd) ?: agent_restore_all(mipd);
	if (status)
		return status;

	agent.sweep = l_timeout_create(AGENT_SWEEP, agent_swept, mipd, NULL);
	return STATUS_DONE;
}

/* Stop forwarding to a mobile node. */
static void agent_leave(struct mipd *mipd, struct agent_node *node)
{
	struct ha_out out = { .count = 0 };

	if (node->ha.state == HA_BOUND)
		agent_unbind(mipd, node);
	ha_unbound(&node->ha, &agent.conf, &out);
	agent_do(mipd, node, &out);
	l_queue_remove(agent.asking, node);
}

/* Nodes that stay keep their state. */
static void agent_take_over(struct mipd *mipd, struct agent_node *old,
			    size_t count)
{
	struct agent_node *node;
	struct ha_node conf;
	size_t i;

	for (i = 0; i < count; i++) {
		node = agent_find(&old[i].ha.hoa);
		if (!node) {
			/* It may belong to another mobile node now. */
			old[i].ha.lease4.s_addr = 0;
			agent_leave(mipd, &old[i]);
			continue;
		}
		conf = node->ha;
		*node = old[i];
		node->ha.fixed4 = conf.fixed4;
		node->ha.any4 = conf.any4;
		node->ha.max_lifetime = conf.max_lifetime;
		/* It may have left the pool, or belong to another mobile node. */
		if (node->ha.lease4.s_addr &&
		    !pool_claim(&agent.conf.pool, node->ha.lease4))
			node->ha.lease4.s_addr = 0;
		if (l_queue_remove(agent.asking, &old[i]))
			l_queue_push_tail(agent.asking, node);
	}
}

static int agent_check_conf(struct mipd *mipd, const struct conf *conf)
{
	const char *home_link = mipd->conf->dsmip.home_link;

	if (strcmp(conf->dsmip.home_link, home_link))
		return fail(STATUS_REFUSED,
			    "%s: home-link cannot change while the device is up: expected %s",
			    conf->path, home_link[0] ? home_link : "none");

	return agent_protected(mipd, conf);
}

static int agent_reload(struct mipd *mipd, struct conf *conf)
{
	struct agent_node *nodes = agent.nodes;
	struct pool pool = agent.conf.pool;
	size_t count = agent.count;
	int status;

	memset(&agent.conf.pool, 0, sizeof(agent.conf.pool));
	status = agent_make(mipd, conf);
	if (status) {
		agent.nodes = nodes;
		agent.conf.pool = pool;
		return status;
	}
	agent_take_over(mipd, nodes, count);
	pool_exit(&pool);
	free(nodes);
	return STATUS_DONE;
}

static void agent_stop(struct mipd *mipd)
{
	(void)mipd;
	mipd_quit();
}

static void agent_free(struct mipd *mipd, bool undo)
{
	size_t i;

	for (i = 0; undo && i < agent.count; i++)
		agent_leave(mipd, &agent.nodes[i]);
	l_timeout_remove(agent.probe);
	l_timeout_remove(agent.sweep);
	l_io_destroy(agent.io);
	l_io_destroy(agent.own_io);
	if (agent.own.sock)
		nl_close(&agent.own);
	if (agent.conf.home_link && undo)
		home_close(&agent.home, &mipd->rtnl);
	l_queue_destroy(agent.asking, NULL);
	pool_exit(&agent.conf.pool);
	free(agent.nodes);
}

/* Routes were removed with the link; home addresses are still bound. */
static void agent_up(struct mipd *mipd)
{
	const struct agent_node *node;
	size_t i;

	for (i = 0; i < agent.count; i++) {
		node = &agent.nodes[i];
		if (node->routed)
			agent_route6(mipd, node, true);
		if (node->ha.hoa4.s_addr)
			mipd_warn(mipd, route_host4(&mipd->rtnl, mipd->ifindex,
						    node->ha.hoa4, true));
	}
}

const struct role agent_role = {
	.start = agent_start,
	.check = agent_check_conf,
	.reload = agent_reload,
	.packet = agent_packet,
	.event = agent_event,
	.up = agent_up,
	.stop = agent_stop,
	.free = agent_free,
};
