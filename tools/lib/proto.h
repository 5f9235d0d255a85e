/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Constants of the tunnel protocol, the same as in the kernel.
 */
#ifndef M6T_LIB_PROTO_H
#define M6T_LIB_PROTO_H

#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <linux/if_ether.h>

/* Default port of a gateway. */
#define M6T_PORT	3544

/* Port of a home agent of DSMIPv6 (RFC 5555). */
#define M6T_PORT_DSMIP	4191

/* Bytes of headers that the tunnel adds to an IPv6 packet. */
#define M6T_HEADROOM							\
	((unsigned int)(sizeof(struct iphdr) + sizeof(struct udphdr)))

/* MTU of a device: default for Ethernet, minimum of IPv6, maximum in IPv4. */
#define M6T_MTU		(ETH_DATA_LEN - M6T_HEADROOM)
#define M6T_MTU_MIN	1280
#define M6T_MTU_MAX	(IP_MAXPACKET - M6T_HEADROOM)

/* Largest weight of an IPv4 prefix. */
#define M6T_WEIGHT_MAX	16777216

/* fe80::1, to which keepalives are sent and from which they are answered. */
#define M6T_KEEPALIVE_ADDR						\
	{ .s6_addr = { 0xfe, 0x80, [15] = 1 } }

#endif /* M6T_LIB_PROTO_H */
