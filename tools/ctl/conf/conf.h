/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device as its file describes it, m6t.conf(5).
 */
#ifndef M6T_CONF_H
#define M6T_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <limits.h>
#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "ctl/conf/conf_dsmip.h"
#include "lib/names.h"
#include "lib/setting.h"

#define CONF_NAME_MAX	253	/* of a DNS name */

/**
 * struct conf - a device as described by its file
 * @name: name of the device
 * @path: name of the file
 * @mode: enum m6t_mode
 * @value: payloads by enum m6t_setting, with the kernel's default if not given.
 *	Those of a mobile node do not include %IFLA_M6T_GATEWAY, %IFLA_M6T_PORTS
 *	and %IFLA_M6T_LINK
 * @host: DNS name of the gateway; empty where @gateway is its address
 * @gateway: IPv4 address of the gateway
 * @link: any name of the underlay device, which need not exist; empty: any
 *	device
 * @ports: ports of a mobile node's gateway, in the order of preference
 * @port_count: number of ports
 * @mtu: of the device; 0: follow the underlay
 * @metric: of the default route
 * @keys: DSMIPv6: file with manual keys; empty: none
 * @dsmip: DSMIPv6: options for the protocol module
 * @probe: a host behind the gateway that answers pings; unspecified: none
 */
struct conf {
	char name[IFNAMSIZ];
	char path[PATH_MAX];
	uint8_t mode;
	struct setting_value value[IFLA_M6T_MAX + 1];
	char host[CONF_NAME_MAX + 1];
	struct in_addr gateway;
	char link[NAMES_MAX];
	uint16_t ports[M6T_MAX_PORTS];
	unsigned int port_count;
	uint32_t mtu;
	uint32_t metric;
	char keys[PATH_MAX];
	struct conf_dsmip dsmip;
	struct in6_addr probe;
};

int conf_load(const char *arg, struct conf *conf);
uint32_t conf_below(const struct conf *conf);
bool conf_prefix(const struct setting_value *value, size_t *at,
		 struct m6t_prefix6 *prefix);

#endif /* M6T_CONF_H */
