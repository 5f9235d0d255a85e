/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gateway that is checked.
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
 * struct target - a gateway, as one mobile node would use it
 * @self: the mobile node's device; index 0: none
 * @node: its settings, with the gateway
 * @ports: ports of the gateway
 * @n_ports: number of ports
 * @to: the home agent that answers
 * @has_to: @to was given
 * @nat: also measure the NAT
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
