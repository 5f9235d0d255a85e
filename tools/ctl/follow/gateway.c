// SPDX-License-Identifier: GPL-2.0
/*
 * Which of several addresses and ports of a gateway a mobile node uses: what
 * worked in this network before, else the next one as long as it is silent.
 */
#include <errno.h>
#include <string.h>

#include "ctl/follow/follow.h"

/* ms: a probe must have an answer by then, and anything else that was sent. */
#define GATEWAY_PROBED	3000
#define GATEWAY_SENT	5000
/* Probes, and ms between them. */
#define GATEWAY_PROBES	3
#define GATEWAY_PROBE	1000
/* ms: the wait after a round in vain, at first and at last. */
#define GATEWAY_PAUSE	5000
#define GATEWAY_PAUSE_MAX	300000
/* ms: how long until it is seen that something was sent, at first and at last.
 * Nothing tells of it, and a host that is idle should sleep.
 */
#define GATEWAY_LOOK	1000
#define GATEWAY_LOOK_MAX	16000
/* How often the next hop is asked for, each ms, before that is given up. */
#define GATEWAY_HOPS	10
#define GATEWAY_HOP	10

static unsigned int gateway_count(const struct follow_dev *dev)
{
	return dev->conf ? dev->gateways.count * dev->conf->port_count : 0;
}

/* All ports of one address before the next address. */
static void gateway_candidate(const struct follow_dev *dev, unsigned int at,
			      struct endpoint *endpoint)
{
	memset(endpoint, 0, sizeof(*endpoint));
	endpoint->addr = dev->gateways.addrs[at / dev->conf->port_count];
	endpoint->port = dev->conf->ports[at % dev->conf->port_count];
}

static bool gateway_same(const struct endpoint *a, const struct endpoint *b)
{
	return a->addr.s_addr == b->addr.s_addr && a->port == b->port;
}

static struct endpoint gateway_of(const struct node *node)
{
	return (struct endpoint){ .addr = node->gateway, .port = node->port };
}

/**
 * gateways_get - the candidate that is to be used
 * @dev: the device
 * @endpoint: to be filled
 *
 * Return: false as long as no address is known.
 */
bool gateways_get(const struct follow_dev *dev, struct endpoint *endpoint)
{
	if (!gateway_count(dev))
		return false;
	gateway_candidate(dev, dev->gateways.at, endpoint);
	return true;
}

/**
 * gateways_use - make a candidate the one that is to be used
 * @dev: the device
 * @endpoint: its address and port
 *
 * Return: false where it is no candidate.
 */
bool gateways_use(struct follow_dev *dev, const struct endpoint *endpoint)
{
	unsigned int count = gateway_count(dev);
	struct endpoint other;
	unsigned int i;

	for (i = 0; i < count; i++) {
		gateway_candidate(dev, i, &other);
		if (!gateway_same(&other, endpoint))
			continue;
		dev->gateways.at = i;
		return true;
	}

	return false;
}

/**
 * gateways_set - these are the addresses
 * @dev: the device
 * @addrs: the addresses
 * @count: how many
 */
void gateways_set(struct follow_dev *dev, const struct in_addr *addrs,
		  unsigned int count)
{
	memmove(dev->gateways.addrs, addrs, count * sizeof(*addrs));
	dev->gateways.count = count;
	dev->gateways.at = 0;
	dev->gateways.silent = 0;
	dev->gateways.pause = GATEWAY_PAUSE;
	dev->gateways.resume = -1;
}

/* Use candidate @at. Return: 0, or a negative errno of a request to rtnl. */
static int gateway_move(struct follow *follow, struct follow_dev *dev,
			unsigned int at)
{
	struct endpoint endpoint;
	int err;

	gateway_candidate(dev, at, &endpoint);
	err = link_move(&follow->rtnl, dev->dev.ifindex, &endpoint);
	if (err)
		return err;

	dev->gateways.at = at;
	dev->gateways.moved = true;
	follow_dev_say_gateway(dev, &endpoint);
	follow_plan(follow, 0);
	return 0;
}

/**
 * gateways_found - the name of a gateway has these addresses now
 * @follow: where
 * @dev: the device
 * @addrs: the addresses
 * @count: how many, at least one
 *
 * A device that uses one of them goes on with it.
 */
void gateways_found(struct follow *follow, struct follow_dev *dev,
		    const struct in_addr *addrs, unsigned int count)
{
	struct gateways was = dev->gateways;
	struct endpoint endpoint;
	bool known = gateways_get(dev, &endpoint);
	int err;

	gateways_set(dev, addrs, count);
	if (known && gateways_use(dev, &endpoint)) {
		/* The round goes on, and so does a wait. */
		dev->gateways.silent = was.silent;
		dev->gateways.pause = was.pause;
		dev->gateways.resume = was.resume;
		return;
	}
	if (!known || !dev->dev.ifindex)
		return;
	/* The same port, as it got through. */
	endpoint.addr = addrs[0];
	gateways_use(dev, &endpoint);
	err = gateway_move(follow, dev, dev->gateways.at);
	if (err)
		rtnl_fail(&follow->rtnl, err);
}

/* Begin anew, with what worked in this network. Return: true, or false: it is
 * not known yet which network this is.
 */
static bool gateway_start(struct follow *follow, struct follow_dev *dev,
			  const struct path *path)
{
	struct gateways *gw = &dev->gateways;
	struct endpoint endpoint;
	char key[NETWORK_KEY];

	if (gateway_count(dev) > 1) {
		if (network_key(&follow->rtnl, path, key) &&
		    gw->neighbours++ < GATEWAY_HOPS) {
			network_ask(&follow->rtnl, path);
			return false;
		}
		/* Which ports pass is the network's, not which addresses. */
		gw->at -= gw->at % dev->conf->port_count;
		if (network_recall(dev->dev.name, key, &endpoint))
			gateways_use(dev, &endpoint);
	}

	gw->neighbours = 0;
	gw->silent = 0;
	gw->pause = GATEWAY_PAUSE;
	gw->resume = -1;
	return true;
}

static void gateway_node(const struct follow_dev *dev, struct node *node)
{
	const struct conf *conf = dev->conf;
	struct endpoint endpoint;

	memset(node, 0, sizeof(*node));
	gateways_get(dev, &endpoint);
	node->gateway = endpoint.addr;
	node->port = endpoint.port;
	node->link = conf_below(conf);
	memcpy(&node->local, conf->value[IFLA_M6T_LOCAL].data,
	       sizeof(node->local));
	memcpy(&node->fwmark, conf->value[IFLA_M6T_FWMARK].data,
	       sizeof(node->fwmark));
}

/**
 * gateways_first - choose before the device is there
 * @follow: where
 * @dev: the device, with an address at least
 *
 * Return: 0, or -EAGAIN: ask again in a moment, which is planned.
 */
int gateways_first(struct follow *follow, struct follow_dev *dev)
{
	struct node node;
	struct path path;

	gateway_node(dev, &node);
	if (path_find(&follow->rtnl, &node, 0, &path) || !path.exists ||
	    gateway_start(follow, dev, &path))
		return 0;

	follow_plan(follow, GATEWAY_HOP);
	return -EAGAIN;
}

/* No way to the one in use: is there one to another? */
static void gateway_reach(struct follow *follow, struct follow_dev *dev,
			  const struct node *node)
{
	struct node other = *node;
	struct endpoint endpoint;
	struct path path;
	unsigned int i;

	for (i = 0; i < dev->gateways.count; i++) {
		other.gateway = dev->gateways.addrs[i];
		if (other.gateway.s_addr == node->gateway.s_addr ||
		    path_find(&follow->rtnl, &other, dev->dev.ifindex,
			      &path) || !path.exists)
			continue;
		endpoint.addr = other.gateway;
		endpoint.port = node->port;
		if (gateways_use(dev, &endpoint))
			gateway_move(follow, dev, dev->gateways.at);
		return;
	}
}

/**
 * gateways_enter - choose, where the network is a new one
 * @follow: where
 * @dev: the device
 * @node: as it is; changed to what it becomes
 * @path: its way; likewise
 *
 * Return: 0, or a negative errno of a request to rtnl; -EAGAIN: do nothing now,
 * it is planned to come back in a moment.
 */
int gateways_enter(struct follow *follow, struct follow_dev *dev,
		   struct node *node, struct path *path)
{
	struct gateways *gw = &dev->gateways;
	struct endpoint now = gateway_of(node);
	struct endpoint endpoint;
	int err;

	if (!gateway_count(dev))
		return 0;
	if (!path->exists) {
		gw->moved = false;
		gateway_reach(follow, dev, node);
		return 0;
	}
	/* An attachment that was there before us is kept. */
	if (node->attached && !dev->path.exists) {
		gateways_use(dev, &now);
		return 0;
	}
	if (gw->moved || path_same(&dev->path, path))
		return 0;

	if (!gateway_start(follow, dev, path)) {
		follow_plan(follow, GATEWAY_HOP);
		return -EAGAIN;
	}
	gateway_candidate(dev, gw->at, &endpoint);
	if (gateway_same(&endpoint, &now))
		return 0;
	err = gateway_move(follow, dev, gw->at);
	return err ? err : -EAGAIN;
}

/* Packets received, and sent by others than the kernel itself. */
static bool gateway_counters(struct follow *follow,
			     const struct follow_dev *dev, uint64_t *rx,
			     uint64_t *tx)
{
	uint64_t keepalives;
	struct link_state link;

	if (link_get(&follow->rtnl, dev->dev.name, NULL, &link) ||
	    node_keepalives(&follow->genl, &dev->dev, &keepalives))
		return false;

	*rx = link.rx;
	*tx = link.tx - keepalives;
	return true;
}

/* An attachment that has not been observed. */
static void gateway_begin(struct follow *follow, struct follow_dev *dev)
{
	struct gateways *gw = &dev->gateways;
	struct in6_addr none = IN6ADDR_ANY_INIT;
	bool first = !memcmp(&gw->addr, &none, sizeof(none));

	/* Before us, the gateway may have been heard, which is told but once. */
	gw->doubt = first && (gw->doubt || !dev->make);
	gw->addr = dev->addr;
	gw->good = false;
	gw->probes = 0;
	gw->since = -1;
	gw->look = GATEWAY_LOOK;
	gateway_counters(follow, dev, &gw->rx, &gw->tx);
	/* To make the device it has been asked for just now. */
	if (!gw->moved && !(first && dev->name.asked))
		name_want(dev);
	gw->moved = false;
}

static void gateway_is_good(struct follow *follow, struct follow_dev *dev)
{
	struct gateways *gw = &dev->gateways;
	struct endpoint endpoint;
	char key[NETWORK_KEY];

	gw->good = true;
	gw->silent = 0;
	gw->pause = GATEWAY_PAUSE;
	gw->resume = -1;
	name_heard(dev);
	if (gateway_count(dev) < 2 || !dev->path.exists)
		return;

	gateways_get(dev, &endpoint);
	network_key(&follow->rtnl, &dev->path, key);
	network_remember(dev->dev.name, key, &endpoint);
}

/* The next candidate, or after a whole round a wait. */
static int gateway_is_silent(struct follow *follow, struct follow_dev *dev)
{
	struct gateways *gw = &dev->gateways;
	unsigned int count = gateway_count(dev);

	gw->silent++;
	if (gw->silent < count)
		return gateway_move(follow, dev, (gw->at + 1) % count);

	gw->silent = 0;
	gw->resume = follow_now() + gw->pause;
	follow_plan(follow, gw->pause);
	gw->pause *= 2;
	if (gw->pause > GATEWAY_PAUSE_MAX)
		gw->pause = GATEWAY_PAUSE_MAX;
	return 0;
}

/* Whether something has come in, where events do not say so. */
static bool gateway_has_received(struct follow *follow,
				 const struct follow_dev *dev)
{
	uint64_t rx, tx;

	return dev->gateways.doubt &&
	       gateway_counters(follow, dev, &rx, &tx) &&
	       rx != dev->gateways.rx;
}

/* The time at which silence counts is @limit after the first packet. */
static int gateway_wait(struct follow *follow, struct follow_dev *dev,
			int limit)
{
	struct gateways *gw = &dev->gateways;
	int64_t left = gw->since + limit - follow_now();

	if (gateway_has_received(follow, dev)) {
		gateway_is_good(follow, dev);
		return 0;
	}
	if (gateway_count(dev) < 2)
		return 0;
	if (left <= 0)
		return gateway_is_silent(follow, dev);
	follow_plan(follow, left);
	return 0;
}

static int gateway_probe(struct follow *follow, struct follow_dev *dev)
{
	struct gateways *gw = &dev->gateways;
	int64_t now = follow_now();

	if (gw->since < 0)
		gw->since = now;
	if (gw->probes < GATEWAY_PROBES &&
	    now >= gw->since + gw->probes * GATEWAY_PROBE) {
		follow_probe(dev);
		gw->probes++;
	}
	if (gw->probes < GATEWAY_PROBES)
		follow_plan(follow, gw->since + gw->probes * GATEWAY_PROBE -
				    now);
	return gateway_wait(follow, dev, GATEWAY_PROBED);
}

/* Without a probe: has anybody sent anything? */
static int gateway_look(struct follow *follow, struct follow_dev *dev)
{
	struct gateways *gw = &dev->gateways;
	uint64_t rx, tx;

	if (gw->since >= 0)
		return gateway_wait(follow, dev, GATEWAY_SENT);
	if (gateway_counters(follow, dev, &rx, &tx) && tx != gw->tx) {
		gw->since = follow_now();
		follow_plan(follow, GATEWAY_SENT);
		return 0;
	}

	follow_plan(follow, gw->look);
	gw->look *= 2;
	if (gw->look > GATEWAY_LOOK_MAX)
		gw->look = GATEWAY_LOOK_MAX;
	return 0;
}

/**
 * gateways_watch - see how the attachment fares
 * @follow: where
 * @dev: the device
 * @node: as it is
 *
 * Return: 0, or a negative errno of a request to rtnl.
 */
int gateways_watch(struct follow *follow, struct follow_dev *dev,
		   const struct node *node)
{
	static const struct in6_addr none = IN6ADDR_ANY_INIT;
	struct endpoint endpoint = gateway_of(node);
	struct gateways *gw = &dev->gateways;
	int64_t now = follow_now();

	if (!gateway_count(dev) || !node->attached || !dev->settled)
		return 0;
	/* Somebody else may have set it, and to what the file does not name. */
	if (!gateways_use(dev, &endpoint))
		return 0;
	if (memcmp(&gw->addr, &dev->addr, sizeof(gw->addr)))
		gateway_begin(follow, dev);
	if (!gw->good && !memcmp(&gw->heard, &gw->addr, sizeof(gw->heard)))
		gateway_is_good(follow, dev);
	if (gw->good)
		return 0;

	/* A portal, or a record that is out of date, may have told them. */
	name_again(dev);
	if (gw->resume >= 0) {
		if (now < gw->resume) {
			follow_plan(follow, gw->resume - now);
			return 0;
		}
		gw->resume = -1;
		return gateway_move(follow, dev,
				    (gw->at + 1) % gateway_count(dev));
	}
	if (memcmp(&dev->conf->probe, &none, sizeof(none)))
		return gateway_probe(follow, dev);
	return gateway_count(dev) < 2 ? 0 : gateway_look(follow, dev);
}

/**
 * gateways_heard - the kernel has told that a gateway was heard
 * @follow: the devices
 * @ifindex: the device
 * @addr: address of the attachment
 *
 * Return: true where that matters.
 */
bool gateways_heard(struct follow *follow, uint32_t ifindex,
		    const struct in6_addr *addr)
{
	struct follow_dev *dev = follow->devs;

	while (dev && dev->dev.ifindex != ifindex)
		dev = dev->next;
	if (!dev || !dev->conf)
		return false;
	dev->gateways.heard = *addr;
	return true;
}

/**
 * gateways_doubt - the kernel has told something that was lost
 * @follow: the devices
 *
 * Any gateway may have been heard: begin to wait for that again, and look at
 * what is received, too.
 */
void gateways_doubt(struct follow *follow)
{
	struct follow_dev *dev;

	for (dev = follow->devs; dev; dev = dev->next) {
		dev->gateways.doubt = true;
		dev->gateways.since = -1;
		dev->gateways.probes = 0;
	}
}
