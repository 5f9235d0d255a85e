/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * m6t: IPv6 for Mobile IPv6 nodes in IPv4-only networks, behind any NAT.
 *
 * Interface between user space and the kernel: the attributes of a link of type
 * "m6t" (rtnetlink), and the generic netlink family "m6t", described by
 * Documentation/netlink/specs/m6t.yaml.
 *
 * Ids in parentheses, such as (G8), are requirements: see
 * Documentation/conformance.rst.
 */
#ifndef _UAPI_LINUX_M6T_H
#define _UAPI_LINUX_M6T_H

#include <linux/types.h>
#include <linux/in6.h>

#define M6T_GENL_NAME		"m6t"
#define M6T_GENL_VERSION	1
#define M6T_GENL_MCGRP_EVENTS	"events"

/* Maximum number of entries in each list of a device. */
#define M6T_MAX_PORTS		16
#define M6T_MAX_PREFIXES	16
#define M6T_MAX_HOME_AGENTS	16
#define M6T_MAX_EXEMPTS		16
#define M6T_MAX_WEIGHTS		16
#define M6T_MAX_PREFIXES4	16

/* Random part of a mobile node's address in bytes, and its prefix in bits. */
#define M6T_ID_LEN		6
#define M6T_MN_PREFIX_LEN	80

/**
 * enum m6t_mode - the role of a device, fixed when it is created
 * @M6T_MODE_UNSPEC: never valid
 * @M6T_MODE_GW: tunnel gateway
 * @M6T_MODE_MN: mobile node
 * @M6T_MODE_DSMIP_HA: home agent of Dual Stack Mobile IPv6 (RFC 5555)
 * @M6T_MODE_DSMIP_MN: mobile node of Dual Stack Mobile IPv6
 */
enum m6t_mode {
	M6T_MODE_UNSPEC,
	M6T_MODE_GW,
	M6T_MODE_MN,
	M6T_MODE_DSMIP_HA,
	M6T_MODE_DSMIP_MN,
};

/**
 * enum m6t_encap - kinds of outer headers (D2)
 * @M6T_ENCAP_UNSPEC: never valid
 * @M6T_ENCAP_UDP4: UDP in IPv4
 * @M6T_ENCAP_IP4: IPv4 without UDP: protocol 41 or 4
 * @M6T_ENCAP_IP6: IPv6: protocol 41 or 4; ESP is not wrapped but has the care-of address
 *	in its IPv6 header, as in RFC 3776
 */
enum m6t_encap {
	M6T_ENCAP_UNSPEC,
	M6T_ENCAP_UDP4,
	M6T_ENCAP_IP4,
	M6T_ENCAP_IP6,
};

/**
 * enum m6t_slot_state - what a mobile node uses a care-of address for (D5)
 * @M6T_SLOT_UNSPEC: never valid
 * @M6T_SLOT_ACTIVE: payload; signalling too, while there is no pending one
 * @M6T_SLOT_PENDING: signalling, until the home agent has accepted it
 * @M6T_SLOT_LINGERING: nothing more is sent from it, but it still receives
 */
enum m6t_slot_state {
	M6T_SLOT_UNSPEC,
	M6T_SLOT_ACTIVE,
	M6T_SLOT_PENDING,
	M6T_SLOT_LINGERING,
};

/* Destination option between a home agent's device and its protocol module, never on
 * the network: where a binding update came from, where to send an acknowledgment
 * (D6). One of the numbers for experiments, class "skip over" (RFC 4727). Its length
 * distinguishes outer IPv4 (struct m6t_opt_outer) from outer IPv6 (struct m6t_opt_outer6).
 */
#define M6T_OPT_OUTER		0x1e

/**
 * struct m6t_opt_outer - value of the option %M6T_OPT_OUTER
 * @remote: IPv4 address of the mobile node or its NAT, network byte order
 * @port: UDP port at that address, network byte order
 * @local: IPv4 address of the home agent, network byte order
 * @local_port: UDP port of the home agent, network byte order
 */
struct m6t_opt_outer {
	__be32 remote;
	__be16 port;
	__be32 local;
	__be16 local_port;
} __attribute__((packed));

/**
 * struct m6t_opt_outer6 - value of the option %M6T_OPT_OUTER, IPv6
 * @remote: care-of address of the mobile node, network byte order
 * @local: IPv6 address of the home agent, network byte order
 * @link: ifindex of the link of a mobile node that is at home, network byte order: its
 *	binding update had no home address option and its acknowledgment must not have a
 *	routing header, and @remote is the home address. 0: it is away: both have them
 */
struct m6t_opt_outer6 {
	struct in6_addr remote;
	struct in6_addr local;
	__be32 link;
} __attribute__((packed));

/**
 * enum m6t_df - the DF bit of outer packets (W3)
 * @M6T_DF_UNSET: clear
 * @M6T_DF_SET: set
 * @M6T_DF_INHERIT: set, because routers never fragment the inner IPv6 packet
 */
enum m6t_df {
	M6T_DF_UNSET,
	M6T_DF_SET,
	M6T_DF_INHERIT,
};

/* IFLA_M6T_TTL and IFLA_M6T_TOS: copy the value from the inner packet. */
#define M6T_TTL_INHERIT		0
#define M6T_TOS_INHERIT		1

/**
 * struct m6t_prefix6 - an IPv6 prefix; the host bits must be zero
 * @addr: network byte order
 * @len: bits, 1 to 128
 * @pad: zero
 */
struct m6t_prefix6 {
	struct in6_addr addr;
	__u8 len;
	__u8 pad[3];
};

/**
 * struct m6t_prefix4 - an IPv4 prefix; the host bits must be zero
 * @addr: network byte order
 * @len: bits, 0 to 32
 * @pad: zero
 */
struct m6t_prefix4 {
	__be32 addr;
	__u8 len;
	__u8 pad[3];
};

/**
 * struct m6t_weight4 - how many single IPv4 sources a prefix counts as (G18); the
 *	host bits must be zero
 * @addr: network byte order
 * @weight: 1 to 16777216
 * @len: bits, 0 to 32
 * @pad: zero
 */
struct m6t_weight4 {
	__be32 addr;
	__u32 weight;
	__u8 len;
	__u8 pad[3];
};

/**
 * enum m6t_setting - configuration of a device
 *
 * The attributes inside IFLA_INFO_DATA of a link and inside %M6T_A_SETTINGS. A
 * list is a nest whose entries are read in order, whatever their attribute type.
 *
 * @IFLA_M6T_UNSPEC: never sent
 * @IFLA_M6T_MODE: u8, &enum m6t_mode
 * @IFLA_M6T_PREFIXES: nest of &struct m6t_prefix6; one /80 on a mobile node
 *	(N1), 1 to %M6T_MAX_PREFIXES on a gateway (G3); DSMIPv6 home agent: prefixes
 *	of the home addresses, mobile node: its home address, a /128 (D1)
 * @IFLA_M6T_HOME_AGENTS: gateway: nest of &struct m6t_prefix6, the home agents
 *	to accept (G3); empty or absent: any global unicast address; DSMIPv6: the
 *	home agent's address, exactly one /128
 * @IFLA_M6T_LOCAL: be32, IPv4 address to bind to; 0: any
 * @IFLA_M6T_PORTS: nest of be16; ports to listen on (gateway, G1), or the
 *	gateway's port, exactly one (mobile node); DSMIPv6: the home agent's port,
 *	exactly one
 * @IFLA_M6T_MAX_BINDINGS: gateway: u32, 1 to 16777216 (G12); likewise DSMIPv6 home
 *	agent
 * @IFLA_M6T_TEMP_TIMEOUT: gateway: u32, ms, 10 to 60000 (G5)
 * @IFLA_M6T_ACTIVE_TIMEOUT: gateway: u32, s, 5 to 86400 (G7)
 * @IFLA_M6T_RATE: gateway: u32, new bindings per second and IPv4 source, at most
 *	1000000; 0: no limit (G11)
 * @IFLA_M6T_BURST: gateway: u32, new bindings at once per IPv4 source, 1 to
 *	1000000 (G11)
 * @IFLA_M6T_EXEMPTS: gateway: nest of &struct m6t_prefix4, IPv4 sources that are
 *	not rate-limited (G11)
 * @IFLA_M6T_HAIRPIN: gateway: u8, 0 or 1, forward between mobile nodes of this
 *	device (G15)
 * @IFLA_M6T_GATEWAY: mobile node: be32, IPv4 address of the gateway (N1)
 * @IFLA_M6T_SPORT: mobile node: be16, local UDP port; 0: a new one for each
 *	attachment (N3); likewise DSMIPv6 mobile node, for each care-of address
 * @IFLA_M6T_KEEPALIVE: mobile node: u32, s, 0 (off) to 3600 (N6)
 * @IFLA_M6T_KEEPALIVE_RETRIES: mobile node: u8, 1 to 20 (N8)
 * @IFLA_M6T_ROTATE: mobile node: u8, 0 or 1, attach again when the gateway is
 *	unreachable (N8)
 * @IFLA_M6T_LINK: u32, ifindex of the underlay device in the netns of the sockets
 *	(N11); 0: any
 * @IFLA_M6T_TTL: u8, %M6T_TTL_INHERIT or a value (W6)
 * @IFLA_M6T_TOS: u8, %M6T_TOS_INHERIT or a value with ECN bits of 0 (W6)
 * @IFLA_M6T_DF: u8, &enum m6t_df (W3)
 * @IFLA_M6T_UDP_CSUM: u8, 0 or 1, outer UDP checksum (W4)
 * @IFLA_M6T_FWMARK: u32, mark of outer packets; 0: the mark of the inner packet,
 *	or no mark if the device is in a different netns than its sockets
 * @IFLA_M6T_PAD: alignment
 * @IFLA_M6T_MTU_AUTO: u8, 1, only in requests: drop an MTU that was set, and let
 *	the device's MTU follow its underlay again (W2)
 * @IFLA_M6T_PRESSURE: gateway: u8, percent of @IFLA_M6T_MAX_BINDINGS, 0 to 100: from
 *	that number of bindings on, mobile nodes are asked for a proof that they receive
 *	at their endpoint (G17)
 * @IFLA_M6T_WEIGHTS: gateway: nest of &struct m6t_weight4, IPv4 prefixes that count
 *	as one source, or as many single ones, in a full table (G18)
 * @IFLA_M6T_HA4: DSMIPv6: be32, IPv4 address of the home agent
 * @IFLA_M6T_PREFIXES4: DSMIPv6: nest of &struct m6t_prefix4, prefixes of the IPv4
 *	home addresses; mobile node: its IPv4 home address, a /32, or none (D11)
 * @IFLA_M6T_ENCAP: DSMIPv6 mobile node: u8, 0: as RFC 5555 says, 1: always UDP,
 *	which the protocol module asks for in binding updates (D10)
 * @IFLA_M6T_IPSEC: DSMIPv6: u8, 1: signalling must be protected by ESP, 0: it may be in
 *	clear, and anyone can redirect the traffic of others (D9)
 */
enum m6t_setting {
	IFLA_M6T_UNSPEC,
	IFLA_M6T_MODE,
	IFLA_M6T_PREFIXES,
	IFLA_M6T_HOME_AGENTS,
	IFLA_M6T_LOCAL,
	IFLA_M6T_PORTS,
	IFLA_M6T_MAX_BINDINGS,
	IFLA_M6T_TEMP_TIMEOUT,
	IFLA_M6T_ACTIVE_TIMEOUT,
	IFLA_M6T_RATE,
	IFLA_M6T_BURST,
	IFLA_M6T_EXEMPTS,
	IFLA_M6T_HAIRPIN,
	IFLA_M6T_GATEWAY,
	IFLA_M6T_SPORT,
	IFLA_M6T_KEEPALIVE,
	IFLA_M6T_KEEPALIVE_RETRIES,
	IFLA_M6T_ROTATE,
	IFLA_M6T_LINK,
	IFLA_M6T_TTL,
	IFLA_M6T_TOS,
	IFLA_M6T_DF,
	IFLA_M6T_UDP_CSUM,
	IFLA_M6T_FWMARK,
	IFLA_M6T_PAD,
	IFLA_M6T_MTU_AUTO,
	IFLA_M6T_PRESSURE,
	IFLA_M6T_WEIGHTS,
	IFLA_M6T_HA4,
	IFLA_M6T_PREFIXES4,
	IFLA_M6T_ENCAP,
	IFLA_M6T_IPSEC,

	/* private: */
	__IFLA_M6T_MAX,
	IFLA_M6T_MAX = __IFLA_M6T_MAX - 1
};

/**
 * enum m6t_stat - the counters of a device, u64 attributes of %M6T_A_STATS
 *
 * Each dropped packet increments exactly one of them.
 *
 * @M6T_STAT_UNSPEC: never sent
 * @M6T_STAT_RX_SHORT: received: too short for an IPv6 header (W5)
 * @M6T_STAT_RX_BAD_VERSION: received: IP version is not 6 (W5)
 * @M6T_STAT_RX_BAD_LENGTH: received: not exactly one IPv6 packet, or a
 *	jumbogram (W5)
 * @M6T_STAT_RX_BAD_SOURCE: received: IPv6 source outside the prefixes or not
 *	usable as a source, or UDP source port 0 (G3)
 * @M6T_STAT_RX_BAD_DESTINATION: received: IPv6 destination not accepted (G3, G15,
 *	N9), or outer destination is broadcast or multicast
 * @M6T_STAT_RX_MISMATCH: received: source is bound to another endpoint (G8)
 * @M6T_STAT_RX_RATE_LIMITED: received: too many new bindings from one IPv4
 *	source (G11)
 * @M6T_STAT_RX_TABLE_FULL: received: no room for a new binding (G12)
 * @M6T_STAT_RX_NOT_GATEWAY: received: not from the gateway's address and port
 *	(N9)
 * @M6T_STAT_RX_ECN: received: outer CE on an inner packet that is not
 *	ECN-capable (W6)
 * @M6T_STAT_RX_KEEPALIVE: received and consumed: keepalives (gateway, G9) or
 *	replies to them (mobile node, N7)
 * @M6T_STAT_RX_KEEPALIVE_STRAY: received: keepalive without a matching active
 *	binding, or reply to an old address (G9)
 * @M6T_STAT_TX_KEEPALIVE: sent: keepalives or replies to them
 * @M6T_STAT_TX_NO_BINDING: transmit: no binding for the destination (G10)
 * @M6T_STAT_TX_BAD_SOURCE: transmit: source outside the /80 (N10), or not a
 *	whole IPv6 packet
 * @M6T_STAT_TX_TOO_BIG: transmit: larger than the MTU of the tunnel or path (B3)
 * @M6T_STAT_TX_LOOP: transmit: the IPv4 route leads into the tunnel itself, or
 *	tunnels are nested too deeply (B4)
 * @M6T_STAT_TX_NO_ROUTE: transmit: no IPv4 route, or out of memory
 * @M6T_STAT_TX_CARRIER: transmit: not attached
 * @M6T_STAT_BINDING_CREATED: bindings created (G4, G13)
 * @M6T_STAT_BINDING_ACTIVATED: bindings that became active (G6)
 * @M6T_STAT_BINDING_EXPIRED: bindings that expired (G5, G7)
 * @M6T_STAT_BINDING_EVICTED: bindings evicted for new ones (G12, G17, G18)
 * @M6T_STAT_ATTACH: attachments (N2)
 * @M6T_STAT_UNREACHABLE: times the gateway stopped answering (N8)
 * @M6T_STAT_PAD: alignment
 * @M6T_STAT_RX_PROOF: received and consumed: answers that prove a binding (G17)
 * @M6T_STAT_TX_PROOF: sent: echo requests that ask for a proof (G17)
 * @M6T_STAT_BINDING_PROVEN: bindings that were proven (G17)
 * @M6T_STAT_RX_NO_BINDING: received: the inner source is a home address that is not
 *	bound (D8)
 * @M6T_STAT_RX_UNPROTECTED: received: signalling that is not protected by ESP (D9)
 * @M6T_STAT_RX_BAD_SA: received: ESP of a security association that belongs to
 *	another home address (D9)
 * @M6T_STAT_RX_BAD_HEADER: received: extension headers that hide what follows, or
 *	that only the home agent itself may add (D6, D9); malformed home address options
 *	and routing headers (D16, D21)
 * @M6T_STAT_RX_SIGNAL: received: protected signalling (D5, D6)
 * @M6T_STAT_TX_SIGNAL: sent: protected signalling (D5)
 * @M6T_STAT_TX_UNPROTECTED: transmit: signalling that is not protected by ESP (D9)
 */
enum m6t_stat {
	M6T_STAT_UNSPEC,
	M6T_STAT_RX_SHORT,
	M6T_STAT_RX_BAD_VERSION,
	M6T_STAT_RX_BAD_LENGTH,
	M6T_STAT_RX_BAD_SOURCE,
	M6T_STAT_RX_BAD_DESTINATION,
	M6T_STAT_RX_MISMATCH,
	M6T_STAT_RX_RATE_LIMITED,
	M6T_STAT_RX_TABLE_FULL,
	M6T_STAT_RX_NOT_GATEWAY,
	M6T_STAT_RX_ECN,
	M6T_STAT_RX_KEEPALIVE,
	M6T_STAT_RX_KEEPALIVE_STRAY,
	M6T_STAT_TX_KEEPALIVE,
	M6T_STAT_TX_NO_BINDING,
	M6T_STAT_TX_BAD_SOURCE,
	M6T_STAT_TX_TOO_BIG,
	M6T_STAT_TX_LOOP,
	M6T_STAT_TX_NO_ROUTE,
	M6T_STAT_TX_CARRIER,
	M6T_STAT_BINDING_CREATED,
	M6T_STAT_BINDING_ACTIVATED,
	M6T_STAT_BINDING_EXPIRED,
	M6T_STAT_BINDING_EVICTED,
	M6T_STAT_ATTACH,
	M6T_STAT_UNREACHABLE,
	M6T_STAT_PAD,
	M6T_STAT_RX_PROOF,
	M6T_STAT_TX_PROOF,
	M6T_STAT_BINDING_PROVEN,
	M6T_STAT_RX_NO_BINDING,
	M6T_STAT_RX_UNPROTECTED,
	M6T_STAT_RX_BAD_SA,
	M6T_STAT_RX_BAD_HEADER,
	M6T_STAT_RX_SIGNAL,
	M6T_STAT_TX_SIGNAL,
	M6T_STAT_TX_UNPROTECTED,

	/* private: */
	__M6T_STAT_MAX,
	M6T_STAT_MAX = __M6T_STAT_MAX - 1
};

/**
 * enum m6t_binding_state - the state of a binding
 * @M6T_BINDING_DEAD: never sent; unlinked and about to be freed
 * @M6T_BINDING_TEMPORARY: created by a packet of the mobile node (G4)
 * @M6T_BINDING_ACTIVE: answered by its home agent (G6)
 * @M6T_BINDING_STATIC: added by an administrator, never expires (G13)
 */
enum m6t_binding_state {
	M6T_BINDING_DEAD,
	M6T_BINDING_TEMPORARY,
	M6T_BINDING_ACTIVE,
	M6T_BINDING_STATIC,
};

/**
 * enum m6t_event - what happened, %M6T_A_EVENT of %M6T_CMD_EVENT (G14)
 * @M6T_EVENT_UNSPEC: never sent
 * @M6T_EVENT_BINDING_NEW: a binding was created
 * @M6T_EVENT_BINDING_ACTIVE: a binding became active
 * @M6T_EVENT_BINDING_EXPIRED: a binding expired
 * @M6T_EVENT_BINDING_DELETED: an administrator deleted, flushed or replaced a
 *	binding
 * @M6T_EVENT_BINDING_EVICTED: a binding was evicted for a new one
 * @M6T_EVENT_MISMATCH: a packet came from a different endpoint than the one its
 *	IPv6 source is bound to (G8); reports the endpoint of the packet
 * @M6T_EVENT_RATE_LIMITED: a packet was dropped by the rate limit of its IPv4
 *	source (G11)
 * @M6T_EVENT_TABLE_FULL: a packet was dropped, no room for a new binding (G12)
 * @M6T_EVENT_ATTACHED: the mobile node attached: new address, new socket
 * @M6T_EVENT_DETACHED: the mobile node detached
 * @M6T_EVENT_UNREACHABLE: the gateway stopped answering keepalives (N8)
 * @M6T_EVENT_REACHABLE: the gateway was heard for the first time since it
 *	stopped answering, or since the attachment
 * @M6T_EVENT_LOST: too many events: %M6T_A_LOST of them were held back, and no
 *	later event has reported that
 * @M6T_EVENT_BINDING_PROVEN: the mobile node has shown that it receives at the
 *	endpoint of an active binding (G17)
 * @M6T_EVENT_PRESSURE: the table came under pressure, or no longer is (G17);
 *	reports %M6T_A_PRESSED
 * @M6T_EVENT_SIGNAL: DSMIPv6 home agent: signalling was received; reports the home
 *	address, the outer addresses and ports, and the SPI (D6)
 * @M6T_EVENT_BOUND: DSMIPv6 home agent: a home address was bound, or bound again
 * @M6T_EVENT_UNBOUND: DSMIPv6 home agent: a binding ended; %M6T_A_EXPIRES is 0 if its
 *	lifetime was over (D7)
 * @M6T_EVENT_SLOT: DSMIPv6 mobile node: a care-of address got another state; without
 *	%M6T_A_SLOT, it is no longer in use
 * @M6T_EVENT_REGISTERING: reported by the protocol module, like all that follow, with
 *	%M6T_CMD_REPORT: DSMIPv6 mobile node: it asks for a binding
 * @M6T_EVENT_REGISTERED: it is bound; %M6T_A_EXPIRES: for how long
 * @M6T_EVENT_REFRESHED: it is bound for longer, at the same care-of address
 * @M6T_EVENT_MOVED: it is bound at another care-of address
 * @M6T_EVENT_REJECTED: DSMIPv6 mobile node: the home agent has refused, with
 *	%M6T_A_STATUS; DSMIPv6 home agent: it has refused %M6T_A_ADDRESS
 * @M6T_EVENT_DEREGISTERED: DSMIPv6 mobile node: it is not bound any more
 * @M6T_EVENT_HOME: DSMIPv6 mobile node: it is on its home link, %M6T_A_LINK, and uses
 *	its home addresses there
 */
enum m6t_event {
	M6T_EVENT_UNSPEC,
	M6T_EVENT_BINDING_NEW,
	M6T_EVENT_BINDING_ACTIVE,
	M6T_EVENT_BINDING_EXPIRED,
	M6T_EVENT_BINDING_DELETED,
	M6T_EVENT_BINDING_EVICTED,
	M6T_EVENT_MISMATCH,
	M6T_EVENT_RATE_LIMITED,
	M6T_EVENT_TABLE_FULL,
	M6T_EVENT_ATTACHED,
	M6T_EVENT_DETACHED,
	M6T_EVENT_UNREACHABLE,
	M6T_EVENT_REACHABLE,
	M6T_EVENT_LOST,
	M6T_EVENT_BINDING_PROVEN,
	M6T_EVENT_PRESSURE,
	M6T_EVENT_SIGNAL,
	M6T_EVENT_BOUND,
	M6T_EVENT_UNBOUND,
	M6T_EVENT_SLOT,
	M6T_EVENT_REGISTERING,
	M6T_EVENT_REGISTERED,
	M6T_EVENT_REFRESHED,
	M6T_EVENT_MOVED,
	M6T_EVENT_REJECTED,
	M6T_EVENT_DEREGISTERED,
	M6T_EVENT_HOME,
};

/**
 * enum m6t_cmd - commands of the generic netlink family
 *
 * All requests but dumps name a device by %M6T_A_IFINDEX. Changes need
 * CAP_NET_ADMIN in the network namespace of the device; without it, remote
 * addresses and ports are left out of replies.
 *
 * @M6T_CMD_UNSPEC: never sent
 * @M6T_CMD_DEV_GET: do: one device; dump: all devices of the network namespace
 * @M6T_CMD_STATS_GET: do: %M6T_A_STATS of one device; dump: of all devices
 * @M6T_CMD_BINDING_GET: do: the binding of %M6T_A_ADDRESS; dump: the bindings
 *	of one device, or of all, that match the given %M6T_A_STATE,
 *	%M6T_A_PREFIX, %M6T_A_REMOTE and %M6T_A_PORT; the last two must not be 0
 * @M6T_CMD_BINDING_ADD: add a binding of %M6T_A_ADDRESS to %M6T_A_REMOTE and
 *	%M6T_A_PORT, with optional %M6T_A_LOCAL and %M6T_A_LOCAL_PORT. It is
 *	static unless %M6T_A_STATE says otherwise; that must not be temporary.
 *	To restore a saved binding, add %M6T_A_IDLE, %M6T_A_RX_PACKETS,
 *	%M6T_A_RX_BYTES, %M6T_A_TX_PACKETS, %M6T_A_TX_BYTES and
 *	%M6T_A_PROVEN. It replaces a temporary binding of the address and, if
 *	static, an active one with the same endpoint. Otherwise fails with EEXIST
 *	if the address is already bound to this endpoint, and with EADDRINUSE if
 *	it is bound to another
 * @M6T_CMD_BINDING_DEL: delete the binding of %M6T_A_ADDRESS
 * @M6T_CMD_BINDING_FLUSH: delete all matching bindings (for the filter, see
 *	%M6T_CMD_BINDING_GET); replies with %M6T_A_COUNT
 * @M6T_CMD_ATTACH: mobile node: take a new address and a new socket; %M6T_A_ID
 *	sets the last 48 bits of the address; replies like %M6T_CMD_DEV_GET
 * @M6T_CMD_DETACH: mobile node: close the socket, drop the address, carrier off
 * @M6T_CMD_EVENT: sent to the group "events", never received by the kernel
 * @M6T_CMD_BIND: DSMIPv6 home agent: bind the home address %M6T_A_ADDRESS and, if
 *	given, the IPv4 home address %M6T_A_HOA4, to %M6T_A_REMOTE, %M6T_A_PORT and
 *	%M6T_A_ENCAP for %M6T_A_EXPIRES ms; replaces its binding if there is one.
 *	%M6T_A_LOCAL_PORT: own UDP port, by default the first that the device listens
 *	on. With %M6T_A_REMOTE6 instead of %M6T_A_REMOTE, the encapsulation is
 *	%M6T_ENCAP_IP6, and there are no ports. Fails with EADDRINUSE if the IPv4 home
 *	address is bound with another home address
 * @M6T_CMD_UNBIND: DSMIPv6 home agent: end the binding of %M6T_A_ADDRESS
 * @M6T_CMD_SLOT: DSMIPv6 mobile node: send signalling from the care-of address
 *	%M6T_A_LOCAL of the link %M6T_A_LINK (0 or absent: any), with payload in
 *	%M6T_A_ENCAP once it is active. With %M6T_A_LOCAL6 instead of %M6T_A_LOCAL, the
 *	encapsulation is %M6T_ENCAP_IP6, and the default link is that of the address. It
 *	becomes the pending one and replaces that if there is one; without either address,
 *	only ends that. Replies like %M6T_CMD_DEV_GET
 * @M6T_CMD_COMMIT: DSMIPv6 mobile node: the pending care-of address becomes active
 *	and the active one lingers for %M6T_A_LINGER ms (default 500); without a
 *	pending one, only changes the active one's %M6T_A_ENCAP, if given, which cannot
 *	change from IPv4 to IPv6 or back. Replies like %M6T_CMD_DEV_GET
 * @M6T_CMD_REPORT: DSMIPv6: send the event %M6T_A_EVENT of the protocol module to the
 *	group "events": one from %M6T_EVENT_REGISTERING on, or
 *	%M6T_EVENT_UNREACHABLE if there is no care-of address; with %M6T_A_ADDRESS,
 *	%M6T_A_REMOTE, %M6T_A_PORT, %M6T_A_LOCAL, %M6T_A_REMOTE6, %M6T_A_LOCAL6,
 *	%M6T_A_LINK, %M6T_A_STATUS and %M6T_A_EXPIRES as given. Changes nothing
 */
enum m6t_cmd {
	M6T_CMD_UNSPEC,
	M6T_CMD_DEV_GET,
	M6T_CMD_STATS_GET,
	M6T_CMD_BINDING_GET,
	M6T_CMD_BINDING_ADD,
	M6T_CMD_BINDING_DEL,
	M6T_CMD_BINDING_FLUSH,
	M6T_CMD_ATTACH,
	M6T_CMD_DETACH,
	M6T_CMD_EVENT,
	M6T_CMD_BIND,
	M6T_CMD_UNBIND,
	M6T_CMD_SLOT,
	M6T_CMD_COMMIT,
	M6T_CMD_REPORT,

	/* private: */
	__M6T_CMD_MAX,
	M6T_CMD_MAX = __M6T_CMD_MAX - 1
};

/**
 * enum m6t_attr - attributes of the generic netlink family
 * @M6T_A_UNSPEC: never sent
 * @M6T_A_IFINDEX: u32, the device
 * @M6T_A_IFNAME: string, its name; only in replies and events
 * @M6T_A_SETTINGS: nest of &enum m6t_setting
 * @M6T_A_NETNS_UNDERLAY: s32, id of the netns of the sockets, which is that of
 *	@M6T_A_LINK, too, as seen from the netns of the requester or event, -1 if it
 *	has none there; absent if the sockets are in the netns of the device
 * @M6T_A_ATTACHED: u8, 0 or 1, mobile node: has an address and a socket; gateway:
 *	its sockets are open
 * @M6T_A_ADDRESS: struct in6_addr: of a mobile node or of a binding; the home address of
 *	DSMIPv6
 * @M6T_A_SPORT: be16, UDP port of a mobile node's socket, which is that of the active
 *	care-of address; absent if that is one of IPv6
 * @M6T_A_TEMPORARY: u32, number of temporary bindings
 * @M6T_A_ACTIVE: u32, number of active bindings
 * @M6T_A_STATIC: u32, number of static bindings
 * @M6T_A_STATE: u8, &enum m6t_binding_state
 * @M6T_A_REMOTE: be32, IPv4 address that datagrams come from and go to; needs
 *	CAP_NET_ADMIN
 * @M6T_A_PORT: be16, UDP port at that address; needs CAP_NET_ADMIN
 * @M6T_A_LOCAL: be32, the gateway's IPv4 address in a binding, 0: any
 * @M6T_A_LOCAL_PORT: be16, the gateway's UDP port in a binding
 * @M6T_A_IDLE: u64, ms since the last packet in either direction
 * @M6T_A_EXPIRES: u64, ms until the binding expires if it stays idle; absent
 *	for static ones
 * @M6T_A_RX_PACKETS: u64, packets from the mobile node
 * @M6T_A_RX_BYTES: u64, bytes of IPv6 from the mobile node
 * @M6T_A_TX_PACKETS: u64, packets to the mobile node
 * @M6T_A_TX_BYTES: u64, bytes of IPv6 to the mobile node
 * @M6T_A_PREFIX: struct m6t_prefix6, filter: bindings with an address inside
 * @M6T_A_ID: %M6T_ID_LEN bytes, last 48 bits of an address
 * @M6T_A_COUNT: u32, number of bindings flushed
 * @M6T_A_STATS: nest of &enum m6t_stat
 * @M6T_A_EVENT: u8, &enum m6t_event
 * @M6T_A_TIME: u64, time of an event, ns since 1970 (CLOCK_REALTIME)
 * @M6T_A_LOST: u32, events of this device held back since the previous one,
 *	because there were too many; sent within a second, by %M6T_EVENT_LOST if
 *	no other event follows
 * @M6T_A_PAD: alignment
 * @M6T_A_PROVEN: u8, 0 or 1: the mobile node has shown that it receives at the
 *	endpoint of its binding (G17)
 * @M6T_A_UNPROVEN: u32, number of active bindings that are not proven
 * @M6T_A_PRESSED: u8, 0 or 1, gateway: its table is under pressure (G17)
 * @M6T_A_ENCAP: u8, &enum m6t_encap, of the payload of a binding or slot
 * @M6T_A_HOA4: be32, IPv4 home address of a binding; absent if it has none
 * @M6T_A_SIGNAL: nest, the last signalling of a bound home address: %M6T_A_REMOTE,
 *	%M6T_A_PORT or %M6T_A_REMOTE6, %M6T_A_SPI, %M6T_A_AGE, %M6T_A_SIGNALS; absent
 *	if there was none; needs CAP_NET_ADMIN. For administrators only; it does not
 *	affect forwarding
 * @M6T_A_SPI: be32, Security Parameters Index
 * @M6T_A_AGE: u64, ms since the last signalling
 * @M6T_A_SIGNALS: u64, number of packets
 * @M6T_A_BOUND: u32, number of bindings of a DSMIPv6 home agent
 * @M6T_A_SLOTS: nest of nests, the care-of addresses of a DSMIPv6 mobile node, with
 *	%M6T_A_SLOT, %M6T_A_LOCAL and %M6T_A_LOCAL_PORT or %M6T_A_LOCAL6,
 *	%M6T_A_ENCAP and %M6T_A_LINK
 * @M6T_A_SLOT: u8, &enum m6t_slot_state
 * @M6T_A_LINK: u32, ifindex of a link in the netns of the sockets, 0: any
 * @M6T_A_LINGER: u64, ms, 0 to 60000
 * @M6T_A_STATUS: u8, status of a binding acknowledgment [RFC 6275, 6.1.8]
 * @M6T_A_REMOTE6: struct in6_addr, IPv6 care-of address, instead of %M6T_A_REMOTE and
 *	%M6T_A_PORT; needs CAP_NET_ADMIN
 * @M6T_A_LOCAL6: struct in6_addr, own IPv6 address, instead of %M6T_A_LOCAL and
 *	%M6T_A_LOCAL_PORT: the home agent's in a binding, the care-of address in a slot
 */
enum m6t_attr {
	M6T_A_UNSPEC,
	M6T_A_IFINDEX,
	M6T_A_IFNAME,
	M6T_A_SETTINGS,
	M6T_A_NETNS_UNDERLAY,
	M6T_A_ATTACHED,
	M6T_A_ADDRESS,
	M6T_A_SPORT,
	M6T_A_TEMPORARY,
	M6T_A_ACTIVE,
	M6T_A_STATIC,
	M6T_A_STATE,
	M6T_A_REMOTE,
	M6T_A_PORT,
	M6T_A_LOCAL,
	M6T_A_LOCAL_PORT,
	M6T_A_IDLE,
	M6T_A_EXPIRES,
	M6T_A_RX_PACKETS,
	M6T_A_RX_BYTES,
	M6T_A_TX_PACKETS,
	M6T_A_TX_BYTES,
	M6T_A_PREFIX,
	M6T_A_ID,
	M6T_A_COUNT,
	M6T_A_STATS,
	M6T_A_EVENT,
	M6T_A_TIME,
	M6T_A_LOST,
	M6T_A_PAD,
	M6T_A_PROVEN,
	M6T_A_UNPROVEN,
	M6T_A_PRESSED,
	M6T_A_ENCAP,
	M6T_A_HOA4,
	M6T_A_SIGNAL,
	M6T_A_SPI,
	M6T_A_AGE,
	M6T_A_SIGNALS,
	M6T_A_BOUND,
	M6T_A_SLOTS,
	M6T_A_SLOT,
	M6T_A_LINK,
	M6T_A_LINGER,
	M6T_A_STATUS,
	M6T_A_REMOTE6,
	M6T_A_LOCAL6,

	/* private: */
	__M6T_A_MAX,
	M6T_A_MAX = __M6T_A_MAX - 1
};

#endif /* _UAPI_LINUX_M6T_H */
