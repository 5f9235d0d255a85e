/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mobile node as the kernel reports it, and its attachment.
 */
#ifndef M6T_NODE_H
#define M6T_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "lib/netlink/genl.h"
#include "lib/names.h"

/**
 * struct node - a mobile node
 * @mode: enum m6t_mode; the rest is valid for a mobile node only
 * @foreign: its socket is in another netns
 * @prefix: its /80
 * @gateway: IPv4 address of the gateway
 * @port: UDP port of the gateway
 * @local: IPv4 address that the socket is bound to; 0: none
 * @fixed_sport: UDP port that the socket is bound to; 0: a new one each time
 * @link: index of the underlay device; 0: any
 * @fwmark: mark of outer packets
 * @attached: it is attached
 * @addr: its address while attached
 * @sport: its UDP port while attached
 */
struct node {
	uint8_t mode;
	bool foreign;
	struct m6t_prefix6 prefix;
	struct in_addr gateway;
	uint16_t port;
	struct in_addr local;
	uint16_t fixed_sport;
	uint32_t link;
	uint32_t fwmark;
	bool attached;
	struct in6_addr addr;
	uint16_t sport;
};

int node_get(struct genl *genl, const struct device *dev, struct node *node);
int node_attach(struct genl *genl, const struct device *dev,
		const uint8_t *id, struct node *node);
int node_detach(struct genl *genl, const struct device *dev);
int node_keepalives(struct genl *genl, const struct device *dev,
		    uint64_t *count);

#endif /* M6T_NODE_H */
