/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet format: constants and stateless parsers. A UDP datagram over IPv4 holds
 * exactly one IPv6 packet (W1); there is no separate tunnel header.
 */
#ifndef M6T_PROTO_H
#define M6T_PROTO_H

#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <linux/m6t.h>

/* Default port of a gateway (G1), and of a home agent (RFC 5555, 8). */
#define M6T_PORT	3544
#define M6T_PORT_DSMIP	4191

/* Bytes of the outer headers. */
#define M6T_HEADROOM	(sizeof(struct iphdr) + sizeof(struct udphdr))
#define M6T_MTU		(ETH_DATA_LEN - M6T_HEADROOM)
#define M6T_MTU_MAX	(IP_MAX_MTU - M6T_HEADROOM)

/* The same for DSMIPv6: room for the largest of its formats, IPv6 in IPv6. */
#define M6T_HEADROOM_DSMIP	sizeof(struct ipv6hdr)

/* fe80::1: destination of keepalives, source of their replies (N6, N7, G9). */
#define M6T_KEEPALIVE_ADDR						\
	{ { .u6_addr8 = { 0xfe, 0x80, [15] = 1 } } }

/**
 * struct m6t_endpoint - the IPv4 side of a binding or of one datagram
 * @remote: peer's IPv4 address, as translated by its NAT
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
 * struct m6t_endpoint6 - the IPv6 side of a binding or of one packet
 * @remote: peer's IPv6 address
 * @local: own IPv6 address
 *
 * In network byte order.
 */
struct m6t_endpoint6 {
	struct in6_addr remote;
	struct in6_addr local;
};

/**
 * m6t_endpoint_match() - check if a datagram belongs to a binding
 * @bound: endpoint of the binding; a static one may leave the local address unset
 * @seen: endpoint of the datagram
 *
 * Return: true if all addresses and ports match (G8, G9).
 */
static inline bool m6t_endpoint_match(const struct m6t_endpoint *bound,
				      const struct m6t_endpoint *seen)
{
	return bound->remote == seen->remote && bound->port == seen->port &&
	       bound->local_port == seen->local_port &&
	       (bound->local == seen->local || !bound->local);
}

/**
 * m6t_proto_check() - check for one whole IPv6 packet (W5)
 * @ip6h: IPv6 header, fully readable
 * @len: bytes of the datagram from @ip6h on
 *
 * A jumbogram has payload length 0 and its length in a hop-by-hop option; it does
 * not fit into UDP over IPv4.
 *
 * Return: 0 or the reason to drop it.
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
 * m6t_proto_check4() - check for one whole IPv4 packet (D2)
 * @iph: IPv4 header without options, readable
 * @len: bytes from @iph on
 *
 * Return: 0 or the reason to drop it.
 */
static inline enum m6t_stat m6t_proto_check4(const struct iphdr *iph,
					     unsigned int len)
{
	if (iph->version != 4)
		return M6T_STAT_RX_BAD_VERSION;
	if (ntohs(iph->tot_len) != len || iph->ihl * 4 < sizeof(*iph) ||
	    iph->ihl * 4 > len)
		return M6T_STAT_RX_BAD_LENGTH;
	return M6T_STAT_UNSPEC;
}

/**
 * m6t_proto_empty() - check for a packet that is just an IPv6 header
 * @ip6h: IPv6 header
 *
 * Return: true for the format of keepalives and their replies [M 2.3].
 */
static inline bool m6t_proto_empty(const struct ipv6hdr *ip6h)
{
	return !ip6h->payload_len && ip6h->nexthdr == NEXTHDR_NONE;
}

/**
 * m6t_addr_is_keepalive() - check for the address that keepalives are sent to
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
 * m6t_addr_is_global() - check if a tunnelled packet may have this address (G3)
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
 * m6t_addr4_is_usable() - check if a tunnel end may have this address
 * @addr: IPv4 address, network byte order
 *
 * Return: false for 0.0.0.0, multicast and broadcast. To the stack, the rest of
 * 0.0.0.0/8 is ordinary unicast.
 */
static inline bool m6t_addr4_is_usable(__be32 addr)
{
	return !ipv4_is_zeronet(addr) && !ipv4_is_multicast(addr) &&
	       !ipv4_is_lbcast(addr);
}

/**
 * m6t_addr4_is_inner() - check if a tunnelled packet may have this address (D8)
 * @addr: IPv4 address, network byte order
 *
 * Return: true for unicast addresses that routers forward.
 */
static inline bool m6t_addr4_is_inner(__be32 addr)
{
	return m6t_addr4_is_usable(addr) && !ipv4_is_loopback(addr) &&
	       !ipv4_is_linklocal_169(addr);
}

/**
 * m6t_prefix4_match() - check if an address is in a list of prefixes
 * @prefix: the prefixes
 * @n: number of prefixes
 * @addr: IPv4 address, network byte order
 *
 * Return: true if it is in one of them.
 */
static inline bool m6t_prefix4_match(const struct m6t_prefix4 *prefix,
				     unsigned int n, __be32 addr)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!((prefix[i].addr ^ addr) & inet_make_mask(prefix[i].len)))
			return true;
	return false;
}

/**
 * m6t_prefix6_match() - check if an address is in a list of prefixes
 * @prefix: the prefixes
 * @n: number of prefixes
 * @addr: IPv6 address
 *
 * Return: true if it is in one of them.
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
