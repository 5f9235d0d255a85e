/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The IPsec policies that protect mobility headers.
 */
#ifndef M6T_MIPD_XFRM_H
#define M6T_MIPD_XFRM_H

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>

#include "ctl/conf/conf_dsmip.h"

/**
 * struct xfrm_asked - what must be protected
 * @name: name of the device
 * @ha: the home agent
 * @nodes: the mobile nodes, sorted by home address
 * @count: number of @nodes
 * @agent: this is the home agent, not the mobile node
 * @keys: file of manual keys: policies for each mobile node must exist; empty:
 *	IKE adds them on demand
 */
struct xfrm_asked {
	const char *name;
	struct in6_addr ha;
	const struct conf_node *nodes;
	size_t count;
	bool agent;
	const char *keys;
};

int xfrm_check(const struct xfrm_asked *asked);

#endif /* M6T_MIPD_XFRM_H */
