/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An endpoint: an IPv4 address and a port, or an IPv6 address.
 */
#ifndef M6T_ENDPOINT_H
#define M6T_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

/**
 * struct endpoint - an IPv4 address and a UDP port, or an IPv6 address
 * @addr: the address
 * @port: the port, host order; 0: not given
 * @need_port: set before parsing: refuse an address alone
 * @may_be_any: set before parsing: accept 0.0.0.0
 * @may_be_ip6: set before parsing: accept an IPv6 address
 * @addr6: the address, if it is IPv6; else ::
 * @given: set by word_endpoint()
 */
struct endpoint {
	struct in_addr addr;
	uint16_t port;
	bool need_port;
	bool may_be_any;
	bool may_be_ip6;
	struct in6_addr addr6;
	bool given;
};

#endif /* M6T_ENDPOINT_H */
