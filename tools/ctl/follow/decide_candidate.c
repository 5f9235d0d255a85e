// SPDX-License-Identifier: GPL-2.0
/*
 * The candidates: each address of a gateway with each of its ports.
 */
#include <string.h>

#include "ctl/follow/decide.h"

/* ms, the wait after the first round in which all were silent. */
#define GATEWAY_PAUSE	5000

/**
 * gateways_count - get the number of candidates
 * @facts: about the device
 *
 * Return: their number.
 */
unsigned int gateways_count(const struct facts *facts)
{
	return facts->conf ? facts->gateways.count * facts->conf->port_count :
			     0;
}

/**
 * gateways_at - get a candidate; all ports of one address precede the next
 *	address
 * @facts: about the device
 * @at: its index
 *
 * Return: its address and port.
 */
struct endpoint gateways_at(const struct facts *facts, unsigned int at)
{
	const struct conf *conf = facts->conf;

	return (struct endpoint){
		.addr = facts->gateways.addrs[at / conf->port_count],
		.port = conf->ports[at % conf->port_count],
	};
}

/**
 * gateways_get - get the candidate to use
 * @facts: about the device
 * @endpoint: to be filled
 *
 * Return: false if no address is known yet.
 */
bool gateways_get(const struct facts *facts, struct endpoint *endpoint)
{
	if (!gateways_count(facts))
		return false;
	*endpoint = gateways_at(facts, facts->gateways.at);
	return true;
}

/**
 * gateways_use - select the candidate to use
 * @facts: about the device
 * @endpoint: its address and port
 *
 * Return: false if there is no such candidate.
 */
bool gateways_use(struct facts *facts, const struct endpoint *endpoint)
{
	unsigned int count = gateways_count(facts);
	struct endpoint other;
	unsigned int i;

	for (i = 0; i < count; i++) {
		other = gateways_at(facts, i);
		if (other.addr.s_addr != endpoint->addr.s_addr ||
		    other.port != endpoint->port)
			continue;
		facts->gateways.at = i;
		return true;
	}

	return false;
}

/**
 * gateways_rewind - forget which candidates were silent
 * @gw: the candidates
 */
void gateways_rewind(struct gateways *gw)
{
	gw->silent = 0;
	gw->pause = GATEWAY_PAUSE;
	if (gw->state == GATEWAY_RESTING)
		gw->state = GATEWAY_UNHEARD;
}

/**
 * gateways_set - replace the addresses
 * @facts: about the device
 * @addrs: the addresses
 * @count: number of addresses
 */
void gateways_set(struct facts *facts, const struct in_addr *addrs,
		  unsigned int count)
{
	memmove(facts->gateways.addrs, addrs, count * sizeof(*addrs));
	facts->gateways.count = count;
	facts->gateways.at = 0;
	gateways_rewind(&facts->gateways);
}

/**
 * gateways_found - apply the addresses that a lookup of the gateway's name has
 *	found
 * @facts: about the device
 * @addrs: the addresses
 * @count: number of addresses, at least one
 *
 * A device that uses one of them keeps it.
 */
void gateways_found(struct facts *facts, const struct in_addr *addrs,
		    unsigned int count)
{
	struct gateways was = facts->gateways;
	struct endpoint endpoint;
	bool known = gateways_get(facts, &endpoint);

	gateways_set(facts, addrs, count);
	if (!known)
		return;
	if (gateways_use(facts, &endpoint)) {
		/* Continue the round, or the wait after it. */
		facts->gateways.silent = was.silent;
		facts->gateways.pause = was.pause;
		facts->gateways.state = was.state;
		return;
	}
	/* Keep the port, as the network lets it through. */
	endpoint.addr = addrs[0];
	gateways_use(facts, &endpoint);
	facts->gateways.gone = true;
}
