/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is checked.
 */
#ifndef M6T_TARGET_H
#define M6T_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "ctl/node.h"
#include "lib/names.h"

/**
 * struct target - a gateway as one mobile node would use it
 * @self: its device; index 0: there is none
 * @node: how it gets to the gateway
 * @ports: ports of the gateway
 * @n_ports: how many
 * @to: who is to answer behind the gateway
 * @has_to: @to was given
 * @nat: measure the NAT, too
 * @keepalive: interval, s
 * @mtu: of the device
 */
struct target {
	struct device self;
	struct node node;
	uint16_t ports[M6T_MAX_PORTS];
	unsigned int n_ports;
	struct in6_addr to;
	bool has_to;
	bool nat;
	uint32_t keepalive;
	uint32_t mtu;
};

#endif /* M6T_TARGET_H */
