/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The link that IPv6 uses.
 */
#ifndef M6T_ROUTE_H
#define M6T_ROUTE_H

#include <stdint.h>
#include <netinet/in.h>

uint32_t route6_link(const struct in6_addr *addr, const struct in6_addr *from);

#endif /* M6T_ROUTE_H */
