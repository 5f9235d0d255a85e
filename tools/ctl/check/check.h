/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The checks of m6tctl check.
 *
 * Each prints at least one line. Nothing is changed: no module is loaded, no
 * device is touched, and probes are sent from our own sockets with new random
 * addresses.
 */
#ifndef M6T_CHECK_H
#define M6T_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/check/rules.h"
#include "ctl/check/target.h"
#include "lib/names.h"

bool check_module_is_loaded(void);
void check_module(void);
void check_kernel(void);
bool check_ipv6(const char *dev);
void check_boot(void);
void check_firewall(const struct traffic *traffic);
bool check_output(const struct target *target);
bool check_link(const char *check, const struct device *dev, uint32_t link);
uint32_t route6_link(const struct in6_addr *addr, const struct in6_addr *from);
uint32_t route4_link(const struct in_addr *addr, const struct in_addr *from);
bool check_route(const struct target *target, const struct device *devs,
		 size_t n_devs);
void check_attachment(const struct target *target);
void check_own(const struct device *dev);
void check_dsmip(const struct device *dev);
unsigned int check_gateway(const struct target *target);
void check_mtu(const struct target *target, uint16_t port);
void check_nat(const struct target *target, uint16_t port);

#endif /* M6T_CHECK_H */
