/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A home agent or mobile node of DSMIPv6 on this host.
 */
#ifndef M6T_CHECK_DSMIP_H
#define M6T_CHECK_DSMIP_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "lib/names.h"

/* Maximum number of care-of addresses: pending, active, lingering. */
#define DSMIP_SLOTS	3

/**
 * struct dsmip_slot - a care-of address
 * @family: AF_INET or AF_INET6
 * @addr: the address, if it is IPv4
 * @addr6: the address, if it is IPv6
 * @link: its link; 0: any
 */
struct dsmip_slot {
	int family;
	struct in_addr addr;
	struct in6_addr addr6;
	uint32_t link;
};

/**
 * struct dsmip - a device of mode dsmip-ha or dsmip-mn
 * @self: the device
 * @agent: it is a home agent
 * @open: its sockets are open
 * @foreign: its sockets are in another netns
 * @ipsec: signalling must be protected
 * @ha: the home agent
 * @ha4: IPv4 address of the home agent
 * @port: UDP port of the home agent
 * @homes: home addresses: the prefixes of a home agent, or the one of a mobile node
 * @n_homes: number of @homes
 * @home4: there are IPv4 home addresses
 * @slots: mobile node: its care-of addresses
 * @n_slots: number of @slots
 * @at_home: mobile node: the link that it is at home on; 0: it is away
 */
struct dsmip {
	struct device self;
	bool agent;
	bool open;
	bool foreign;
	bool ipsec;
	struct in6_addr ha;
	struct in_addr ha4;
	uint16_t port;
	struct m6t_prefix6 homes[M6T_MAX_PREFIXES];
	unsigned int n_homes;
	bool home4;
	struct dsmip_slot slots[DSMIP_SLOTS];
	unsigned int n_slots;
	uint32_t at_home;
};

/* dsmip_host.c */
void dsmip_host(const struct dsmip *dsmip, const char *home_link);

/* dsmip_route.c */
uint32_t dsmip_link_of(int family, const void *addr, uint32_t but);
void dsmip_route(const struct dsmip *dsmip);

/* dsmip_xfrm.c */
void dsmip_xfrm(const struct dsmip *dsmip);

#endif /* M6T_CHECK_DSMIP_H */
