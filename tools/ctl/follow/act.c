// SPDX-License-Identifier: GPL-2.0
/*
 * The one place where m6tctl follow executes what was decided.
 */
#include <errno.h>

#include "ctl/follow/follow.h"

/**
 * struct act - execution of one step
 * @follow: all devices
 * @dev: the device
 * @view: what this look has found so far; updated by the step
 * @step: the step
 * @status: an enum status; if not 0, an error was printed and the program ends
 */
struct act {
	struct follow *follow;
	struct follow_dev *dev;
	struct view *view;
	struct step step;
	int status;
};

static int act_wait(struct act *act)
{
	(void)act;
	return 0;
}

static int act_look(struct act *act)
{
	int err = look_at(act->follow, act->dev, act->view, act->step.look);

	if (err && act->step.look == LOOK_LINK)
		act->status = rtnl_fail(&act->follow->rtnl, err);
	return err;
}

static int act_attach(struct act *act)
{
	return node_attach(&act->follow->genl, &act->dev->dev, NULL,
			   &act->view->node);
}

static int act_detach(struct act *act)
{
	int err = node_detach(&act->follow->genl, &act->dev->dev);

	if (!err)
		act->view->node.attached = false;
	return err;
}

static uint32_t act_metric(const struct follow_dev *dev)
{
	if (dev->metric)
		return dev->metric;

	return dev->facts.conf ? dev->facts.conf->metric : RTNL_METRIC;
}

static int act_settle(struct act *act)
{
	const struct node *node = &act->view->node;
	struct rtnl *rtnl = &act->follow->rtnl;
	int err;

	err = rtnl_attach(rtnl, act->dev->dev.ifindex, &node->addr,
			  &node->prefix, act_metric(act->dev));
	act->view->changed = rtnl->changed;
	return err;
}

static int act_clear(struct act *act)
{
	struct rtnl *rtnl = &act->follow->rtnl;
	int err;

	err = rtnl_detach(rtnl, act->dev->dev.ifindex,
			  &act->view->node.prefix);
	act->view->changed = rtnl->changed;
	return err;
}

static int act_move(struct act *act)
{
	struct endpoint endpoint = gateways_at(&act->dev->facts, act->step.at);

	return link_move(&act->follow->rtnl, act->dev->dev.ifindex, &endpoint);
}

static int act_find_hop(struct act *act)
{
	network_ask(&act->follow->rtnl, &act->view->path);
	return 0;
}

static int act_probe(struct act *act)
{
	follow_probe(act->dev);
	return 0;
}

static int act_remember(struct act *act)
{
	const struct facts *facts = &act->dev->facts;
	struct endpoint endpoint;
	char key[NETWORK_KEY];

	gateways_get(facts, &endpoint);
	network_key(&act->follow->rtnl, &facts->path, key);
	network_remember(act->dev->dev.name, key, &endpoint);
	return 0;
}

static int act_say(struct act *act)
{
	report_event(act->dev, act->step.event);
	return 0;
}

/* Print the kernel's error message, which is in the socket that was used. */
static int act_give_up(struct act *act)
{
	const struct step *did = &act->view->did;
	bool by_genl = did->kind == STEP_ATTACH || did->kind == STEP_DETACH ||
		       (did->kind == STEP_LOOK && did->look == LOOK_NODE);

	if (act->step.say && by_genl)
		nl_fail(&act->follow->genl.nl, act->view->err,
			act->dev->dev.name);
	else if (act->step.say)
		rtnl_fail(&act->follow->rtnl, act->view->err);
	if (act->step.retry)
		follow_plan_retry(act->follow);
	return 0;
}

static int act_take(struct act *act)
{
	act->status = make_take(act->dev, &act->view->link);
	return 0;
}

static int act_make(struct act *act)
{
	int early;

	act->status = make_new(act->follow, act->dev, act->view, &early);
	return early;
}

static int act_gone(struct act *act)
{
	act->status = fail(STATUS_ABSENT,
			   "%s was deleted or renamed",
			   act->dev->dev.name);
	return 0;
}

static int act_bind(struct act *act)
{
	const struct facts *facts = &act->dev->facts;

	return link_change(&act->follow->rtnl, facts->made, facts->conf, NULL,
			   NULL);
}

static int act_up(struct act *act)
{
	int err = link_up(&act->follow->rtnl, act->dev->facts.made);

	if (err)
		act->status = rtnl_fail(&act->follow->rtnl, err);
	return 0;
}

static int act_route(struct act *act)
{
	const struct facts *facts = &act->dev->facts;
	int err;

	err = link_routes_add(&act->follow->rtnl, facts->made, facts->conf);
	/* m6tctl up may not stay to try again. */
	if (err && step_taken(act->view, STEP_TAKE))
		act->status = rtnl_fail(&act->follow->rtnl, err);
	return err;
}

static int act_ask(struct act *act)
{
	return name_ask(act->follow, act->dev);
}

static int act_hush(struct act *act)
{
	name_stop(act->dev);
	return 0;
}

static int (*const acts[STEP_COUNT])(struct act *act) = {
	[STEP_WAIT] = act_wait,
	[STEP_LOOK] = act_look,
	[STEP_ATTACH] = act_attach,
	[STEP_DETACH] = act_detach,
	[STEP_SETTLE] = act_settle,
	[STEP_CLEAR] = act_clear,
	[STEP_MOVE] = act_move,
	[STEP_LEAVE] = act_move,
	[STEP_FIND_HOP] = act_find_hop,
	[STEP_PROBE] = act_probe,
	[STEP_REMEMBER] = act_remember,
	[STEP_SAY] = act_say,
	[STEP_GIVE_UP] = act_give_up,
	[STEP_TAKE] = act_take,
	[STEP_MAKE] = act_make,
	[STEP_GONE] = act_gone,
	[STEP_BIND] = act_bind,
	[STEP_UP] = act_up,
	[STEP_ROUTE] = act_route,
	[STEP_ASK] = act_ask,
	[STEP_HUSH] = act_hush,
};

/**
 * follow_act - look at a device, and do what it needs
 * @follow: all devices
 * @dev: the device
 *
 * Return: an enum status; an error was printed. Transient failures are retried
 * later and are not errors.
 */
int follow_act(struct follow *follow, struct follow_dev *dev)
{
	struct view view;
	struct act act = { .follow = follow, .dev = dev, .view = &view };

	look_begin(follow, dev, &view);
	do {
		view.now = follow_now();
		act.step = follow_decide(&dev->facts, &view);
		if (act.step.ms >= 0)
			follow_plan(follow, act.step.ms);
		view.err = acts[act.step.kind](&act);
		view.did = act.step;
		view.done |= 1u << act.step.kind;
	} while (!act.status && act.step.kind != STEP_WAIT);

	return act.status;
}
