/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire: constants and parsers without state. One UDP datagram over IPv4
 * holds exactly one IPv6 packet (W1), so there is no header of our own.
 */
#ifndef M6T_PROTO_H
#define M6T_PROTO_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <linux/m6t.h>

/* Default port of a gateway (G1). */
#define M6T_PORT	3544

/* Bytes that the tunnel puts before an IPv6 packet. */
#define M6T_HEADROOM	(sizeof(struct iphdr) + sizeof(struct udphdr))
#define M6T_MTU		(ETH_DATA_LEN - M6T_HEADROOM)
#define M6T_MTU_MAX	(IP_MAX_MTU - M6T_HEADROOM)

/* fe80::1, whom keepalives are sent to and come back from (N6, N7, G9). */
#define M6T_KEEPALIVE_ADDR						\
	{ { .u6_addr8 = { 0xfe, 0x80, [15] = 1 } } }

/**
 * struct m6t_endpoint - the IPv4 side of a binding or of one datagram
 * @remote: peer's IPv4 address, as seen behind its NAT
 * @local: own IPv4 address; 0: any
 * @port: peer's UDP port
 * @local_port: own UDP port
 *
 * All in network byte order.
 */
struct m6t_endpoint {
	__be32 remote;
	__be32 local;
	__be16 port;
	__be16 local_port;
};

/**
 * m6t_endpoint_match() - does a datagram belong to a binding?
 * @bound: endpoint of the binding; a static one may leave the local address open
 * @seen: endpoint of the datagram
 *
 * Return: true if every part is the same (G8, G9).
 */
static inline bool m6t_endpoint_match(const struct m6t_endpoint *bound,
				      const struct m6t_endpoint *seen)
{
	return bound->remote == seen->remote && bound->port == seen->port &&
	       bound->local_port == seen->local_port &&
	       (bound->local == seen->local || !bound->local);
}

/**
 * m6t_proto_check() - is this one whole IPv6 packet? (W5)
 * @ip6h: IPv6 header, all of it readable
 * @len: bytes of the datagram from @ip6h on
 *
 * A jumbogram says payload length 0 and means a hop-by-hop option; it cannot
 * travel in UDP over IPv4.
 *
 * Return: 0 or what is wrong with it.
 */
static inline enum m6t_stat m6t_proto_check(const struct ipv6hdr *ip6h,
					    unsigned int len)
{
	if (ip6h->version != 6)
		return M6T_STAT_RX_BAD_VERSION;
	if (ntohs(ip6h->payload_len) + sizeof(*ip6h) != len)
		return M6T_STAT_RX_BAD_LENGTH;
	if (!ip6h->payload_len && ip6h->nexthdr == NEXTHDR_HOP)
		return M6T_STAT_RX_BAD_LENGTH;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_proto_empty() - does the packet consist of its IPv6 header alone?
 * @ip6h: IPv6 header
 *
 * Return: true for the shape of keepalives and their replies [M 2.3].
 */
static inline bool m6t_proto_empty(const struct ipv6hdr *ip6h)
{
	return !ip6h->payload_len && ip6h->nexthdr == NEXTHDR_NONE;
}

/**
 * m6t_addr_is_keepalive() - is this the address keepalives go to?
 * @addr: IPv6 address
 *
 * Return: true for fe80::1.
 */
static inline bool m6t_addr_is_keepalive(const struct in6_addr *addr)
{
	static const struct in6_addr keepalive = M6T_KEEPALIVE_ADDR;

	return ipv6_addr_equal(addr, &keepalive);
}

/**
 * m6t_addr_is_global() - may this address stand in a tunnelled packet? (G3)
 * @addr: IPv6 address
 *
 * Return: true for unicast addresses of global scope (RFC 4193 ones too);
 * false for multicast, link-local, loopback, unspecified, v4-mapped and
 * v4-compatible ones.
 */
static inline bool m6t_addr_is_global(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	return (type & IPV6_ADDR_UNICAST) &&
	       !(type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK |
			 IPV6_ADDR_MAPPED | IPV6_ADDR_COMPATv4));
}

/**
 * m6t_addr4_is_usable() - may this be an address of either end?
 * @addr: IPv4 address, network byte order
 *
 * Return: false for 0.0.0.0, multicast and broadcast. The rest of 0.0.0.0/8 are
 * ordinary unicast addresses to the stack.
 */
static inline bool m6t_addr4_is_usable(__be32 addr)
{
	return !ipv4_is_zeronet(addr) && !ipv4_is_multicast(addr) &&
	       !ipv4_is_lbcast(addr);
}

/**
 * m6t_prefix6_match() - is an address inside one of some prefixes?
 * @prefix: the prefixes
 * @n: how many
 * @addr: IPv6 address
 *
 * Return: true if one of them holds it.
 */
static inline bool m6t_prefix6_match(const struct m6t_prefix6 *prefix,
				     unsigned int n,
				     const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (ipv6_prefix_equal(&prefix[i].addr, addr, prefix[i].len))
			return true;
	return false;
}

#endif /* M6T_PROTO_H */
