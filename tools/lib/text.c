// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers, addresses and prefixes, from text and to text.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "lib/text.h"

/**
 * text_number - read a decimal number, or a hexadecimal one after 0x
 * @text: nothing but the number; no sign, no space, no octal
 * @max: largest valid number
 * @number: receives the number
 *
 * Return: true, or false with @number untouched.
 */
bool text_number(const char *text, uint64_t max, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	unsigned long long value;
	char *end;

	/* strtoull() would accept a sign, a space or a second 0x. */
	if (!isxdigit((unsigned char)digits[0]) ||
	    (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')))
		return false;

	errno = 0;
	value = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || end == digits || *end || value > max)
		return false;

	*number = value;
	return true;
}

/**
 * text_endpoint - read IPV4:PORT, or IPV4 alone
 * @text: nothing but the endpoint
 * @need_port: refuse an address without a port
 * @addr: receives the address
 * @port: receives the port, host order; 0 without one
 *
 * Return: true, or false for anything else, port 0 included.
 */
bool text_endpoint(const char *text, bool need_port, struct in_addr *addr,
		   uint16_t *port)
{
	const char *colon = strchr(text, ':');
	char host[INET_ADDRSTRLEN];
	uint64_t number = 0;
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';

	if (inet_pton(AF_INET, host, addr) != 1)
		return false;
	if (colon ? !text_number(colon + 1, UINT16_MAX, &number) || !number :
		    need_port)
		return false;

	*port = number;
	return true;
}

/**
 * text_ipv4_is_host - whether an IPv4 address can belong to a host
 * @addr: the address
 *
 * Return: false for 0.0.0.0, multicast and broadcast, which the kernel would
 * refuse.
 */
bool text_ipv4_is_host(struct in_addr addr)
{
	uint32_t host = ntohl(addr.s_addr);

	return host != INADDR_ANY && !IN_MULTICAST(host) &&
	       host != INADDR_BROADCAST;
}

/* Clear the bits after the first @len ones; return whether any was set. */
static bool text_mask(uint8_t *bytes, unsigned int size, unsigned int len)
{
	bool cleared = false;
	unsigned int i;

	for (i = 0; i < size; i++) {
		unsigned int keep = len > i * 8 ? len - i * 8 : 0;
		uint8_t mask = keep >= 8 ? 0xff : (uint8_t)(0xff00 >> keep);

		cleared |= bytes[i] & ~mask;
		bytes[i] &= mask;
	}

	return cleared;
}

/*
 * Read ADDRESS[/LEN] of @family into @addr and @len; @implied is the length of
 * an address without one, or negative if one is required.
 */
static enum text_fault text_prefix(const char *text, int family, int implied,
				   void *addr, uint8_t *len)
{
	unsigned int size = family == AF_INET6 ? 16 : 4;
	const char *slash = strchr(text, '/');
	size_t host_len = slash ? (size_t)(slash - text) : strlen(text);
	char host[INET6_ADDRSTRLEN];
	uint64_t number = implied;

	if (host_len >= sizeof(host))
		return TEXT_SYNTAX;
	memcpy(host, text, host_len);
	host[host_len] = '\0';

	if (inet_pton(family, host, addr) != 1)
		return TEXT_SYNTAX;
	if (!slash && implied < 0)
		return TEXT_NO_LENGTH;
	if (slash && !text_number(slash + 1, UINT32_MAX, &number))
		return TEXT_SYNTAX;
	if (number > size * 8)
		return TEXT_LENGTH;

	*len = number;
	return text_mask(addr, size, number) ? TEXT_HOST_BITS : TEXT_OK;
}

/**
 * text_prefix6 - read an IPv6 prefix
 * @text: IPV6/LEN, or IPV6 if @implied allows it
 * @implied: length of a prefix without one, or -1: not allowed
 * @prefix: receives the prefix, with its host bits cleared
 *
 * Return: %TEXT_OK, or what is wrong.
 */
enum text_fault text_prefix6(const char *text, int implied,
			     struct m6t_prefix6 *prefix)
{
	enum text_fault fault;

	memset(prefix, 0, sizeof(*prefix));
	fault = text_prefix(text, AF_INET6, implied, &prefix->addr,
			    &prefix->len);
	if (fault == TEXT_OK && !prefix->len)
		return TEXT_LENGTH;

	return fault;
}

/**
 * text_prefix4 - read an IPv4 prefix
 * @text: IPV4/LEN, or IPV4 if @implied allows it
 * @implied: length of a prefix without one, or -1: not allowed
 * @prefix: receives the prefix, with its host bits cleared
 *
 * Return: %TEXT_OK, or what is wrong.
 */
enum text_fault text_prefix4(const char *text, int implied,
			     struct m6t_prefix4 *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	return text_prefix(text, AF_INET, implied, &prefix->addr,
			   &prefix->len);
}

/**
 * text_from_prefix6 - write an IPv6 prefix
 * @prefix: what to write
 * @host: omit the length of a /128
 * @buf: room for %TEXT_PREFIX_MAX bytes
 * @size: size of @buf
 *
 * Return: @buf.
 */
const char *text_from_prefix6(const struct m6t_prefix6 *prefix, bool host,
			      char *buf, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &prefix->addr, addr, sizeof(addr));
	if (host && prefix->len == 128)
		snprintf(buf, size, "%s", addr);
	else
		snprintf(buf, size, "%s/%u", addr, prefix->len);

	return buf;
}

/**
 * text_from_prefix4 - write an IPv4 prefix
 * @prefix: what to write
 * @buf: room for %TEXT_PREFIX_MAX bytes
 * @size: size of @buf
 *
 * Return: @buf.
 */
const char *text_from_prefix4(const struct m6t_prefix4 *prefix, char *buf,
			      size_t size)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &prefix->addr, addr, sizeof(addr));
	snprintf(buf, size, "%s/%u", addr, prefix->len);

	return buf;
}

/**
 * text_prefix6_is_global - whether a prefix is valid for a tunnel
 * @prefix: the prefix
 *
 * Return: false for one of multicast, link-local, loopback, v4-mapped or
 * v4-compatible addresses, as the kernel would refuse it.
 */
bool text_prefix6_is_global(const struct m6t_prefix6 *prefix)
{
	const struct in6_addr *addr = &prefix->addr;

	return !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_LINKLOCAL(addr) &&
	       !IN6_IS_ADDR_UNSPECIFIED(addr) && !IN6_IS_ADDR_LOOPBACK(addr) &&
	       !IN6_IS_ADDR_V4MAPPED(addr) && !IN6_IS_ADDR_V4COMPAT(addr);
}

/**
 * text_prefix6_has - whether an address is inside a prefix
 * @prefix: the prefix
 * @addr: the address
 *
 * Return: true if it is.
 */
bool text_prefix6_has(const struct m6t_prefix6 *prefix,
		      const struct in6_addr *addr)
{
	struct in6_addr copy = *addr;

	text_mask(copy.s6_addr, sizeof(copy.s6_addr), prefix->len);
	return !memcmp(&copy, &prefix->addr, sizeof(copy));
}
