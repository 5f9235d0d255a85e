/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parse numbers, addresses and prefixes, and print them. The parsers print no
 * errors, so that each tool can print its own.
 */
#ifndef M6T_TEXT_H
#define M6T_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <linux/m6t.h>

/* Room for any prefix, and for any IPv4 address with a port. */
#define TEXT_PREFIX_MAX		(INET6_ADDRSTRLEN + 4)
#define TEXT_ENDPOINT_MAX	(INET_ADDRSTRLEN + 6)

/**
 * enum text_fault - what is wrong with a prefix
 * @TEXT_OK: nothing
 * @TEXT_SYNTAX: not an address, or its length is not a number
 * @TEXT_NO_LENGTH: an address, but a length was required
 * @TEXT_LENGTH: its length is out of range
 * @TEXT_HOST_BITS: bits are set beyond its length; they were cleared
 */
enum text_fault {
	TEXT_OK,
	TEXT_SYNTAX,
	TEXT_NO_LENGTH,
	TEXT_LENGTH,
	TEXT_HOST_BITS,
};

bool text_number(const char *text, uint64_t max, uint64_t *number);
bool text_endpoint(const char *text, bool need_port, struct in_addr *addr,
		   uint16_t *port);
bool text_ipv4_is_host(struct in_addr addr);
enum text_fault text_prefix6(const char *text, int implied,
			     struct m6t_prefix6 *prefix);
enum text_fault text_prefix4(const char *text, int implied,
			     struct m6t_prefix4 *prefix);
const char *text_from_prefix6(const struct m6t_prefix6 *prefix, bool host,
			      char *buf, size_t size);
const char *text_from_prefix4(const struct m6t_prefix4 *prefix, char *buf,
			      size_t size);
bool text_prefix6_is_global(const struct m6t_prefix6 *prefix);
bool text_prefix6_has(const struct m6t_prefix6 *prefix,
		      const struct in6_addr *addr);

#endif /* M6T_TEXT_H */
