// SPDX-License-Identifier: GPL-2.0
/*
 * Output formats of several commands.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/m6t.h>

#include "ctl/print.h"
#include "lib/json.h"
#include "lib/macros.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

/* By enum m6t_binding_state; a dead binding is never reported. */
const char *const print_states[] = {
	"", "temporary", "active", "static", NULL
};

/* By enum m6t_encap. */
const char *const print_kinds[] = { "", "udp4", "ip4", "ip6", NULL };

/* By enum m6t_slot_state. */
static const char *const print_slots[] = {
	"", "active", "pending", "lingering", NULL
};

/**
 * print_state - name of the state of a binding
 * @state: enum m6t_binding_state
 *
 * Return: the name.
 */
const char *print_state(uint8_t state)
{
	return state < ARRAY_SIZE(print_states) - 1 ? print_states[state] :
						      "?";
}

/**
 * print_kind - name of a kind of outer headers
 * @encap: enum m6t_encap
 *
 * Return: the name.
 */
const char *print_kind(uint8_t encap)
{
	return encap && encap < ARRAY_SIZE(print_kinds) - 1 ?
	       print_kinds[encap] : "?";
}

/**
 * print_slot - name of the state of a care-of address
 * @state: enum m6t_slot_state
 *
 * Return: the name.
 */
const char *print_slot(uint8_t state)
{
	return state && state < ARRAY_SIZE(print_slots) - 1 ?
	       print_slots[state] : "?";
}

/**
 * print_duration - write a duration as seconds with one decimal
 * @ms: the duration in milliseconds
 * @buf: the buffer
 * @size: size of @buf
 */
void print_duration(uint64_t ms, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu64 ".%us", ms / 1000,
		 (unsigned int)(ms % 1000 / 100));
}

/**
 * print_endpoint - write IPV4:PORT
 * @addr: be32; absent: "-", 0: any
 * @port: be16; absent or 0: left out
 * @buf: room for %TEXT_ENDPOINT_MAX bytes
 * @size: size of @buf
 */
void print_endpoint(const struct nlattr *addr, const struct nlattr *port,
		    char *buf, size_t size)
{
	const struct in_addr *ipv4 = nl_bytes(addr, sizeof(*ipv4));
	char host[INET_ADDRSTRLEN] = "any";

	if (!ipv4) {
		snprintf(buf, size, "-");
		return;
	}
	if (ipv4->s_addr)
		inet_ntop(AF_INET, ipv4, host, sizeof(host));
	if (nl_be16(port))
		snprintf(buf, size, "%s:%u", host, nl_be16(port));
	else
		snprintf(buf, size, "%s", host);
}

/**
 * print_ipv6 - write an IPv6 address
 * @attr: the address; absent: "-"
 * @buf: room for INET6_ADDRSTRLEN bytes
 * @size: size of @buf
 */
void print_ipv6(const struct nlattr *attr, char *buf, size_t size)
{
	const struct in6_addr *addr = nl_bytes(attr, sizeof(*addr));

	if (!addr || !inet_ntop(AF_INET6, addr, buf, size))
		snprintf(buf, size, "-");
}

/**
 * print_outer - write an outer address, of IPv4 with its port
 * @addr: be32, as for print_endpoint()
 * @port: be16, as for print_endpoint()
 * @addr6: IPv6 address, given instead
 * @buf: room for INET6_ADDRSTRLEN bytes
 * @size: size of @buf
 */
void print_outer(const struct nlattr *addr, const struct nlattr *port,
		 const struct nlattr *addr6, char *buf, size_t size)
{
	if (addr6)
		print_ipv6(addr6, buf, size);
	else
		print_endpoint(addr, port, buf, size);
}

/**
 * print_outer_json - write an outer address, without its port
 * @key: its key
 * @addr: be32; absent: null
 * @addr6: IPv6 address, given instead
 */
void print_outer_json(const char *key, const struct nlattr *addr,
		      const struct nlattr *addr6)
{
	if (addr6)
		json_ipv6(key, addr6);
	else
		json_ipv4(key, addr);
}

/**
 * print_is_bound - whether a binding belongs to a home agent of DSMIPv6
 * @tb: attributes of the binding
 *
 * Return: false for one of a gateway, which is always UDP.
 */
bool print_is_bound(const struct nlattr **tb)
{
	return tb[M6T_A_ENCAP];
}

/**
 * print_finish - end the output of a command
 * @status: its outcome
 *
 * In JSON that is one complete array, even if a listing was interrupted, but
 * nothing at all after an error without anything to list.
 */
void print_finish(int status)
{
	if (!options.json)
		return;
	if (status == STATUS_DONE)
		json_begin();
	if (json_begun())
		json_end();
}
