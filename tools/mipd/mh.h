/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mobility headers: binding updates, acknowledgments and errors, to bytes and
 * back (RFC 6275 6.1, RFC 5555 3).
 */
#ifndef M6T_MH_H
#define M6T_MH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

/* Next header of IPv6. */
#define MH_PROTOCOL	135

/* Maximum length by the length field, and of those that are sent. */
#define MH_MAX		2048
#define MH_ROOM		80

/* A lifetime's unit, in seconds; at the same time that of refresh advice. */
#define MH_UNIT		4

/* NAT detection: no refresh is needed. */
#define MH_NO_REFRESH	UINT32_MAX

enum mh_type {
	MH_BU = 5,
	MH_BA = 6,
	MH_BE = 7,
};

/* Flags of a binding update. */
#define MH_BU_ACK	0x80	/* A: acknowledge it */
#define MH_BU_HOME	0x40	/* H: to a home agent */
#define MH_BU_LINK	0x20	/* L */
#define MH_BU_KEY	0x10	/* K: key management follows movements */
#define MH_BU_UDP	0x01	/* F: force UDP encapsulation */

/* Flags of a binding acknowledgment. */
#define MH_BA_KEY	0x80	/* K */

/**
 * enum mh_status - of a binding acknowledgment; 128 and more: rejected
 */
enum mh_status {
	MH_ACCEPTED = 0,
	MH_PREFIX_DISCOVERY = 1,
	MH_UNSPECIFIED = 128,
	MH_PROHIBITED = 129,
	MH_NO_RESOURCES = 130,
	MH_NOT_HOME = 131,
	MH_NOT_HOME_SUBNET = 132,
	MH_NOT_HOME_AGENT = 133,
	MH_DUPLICATE = 134,
	MH_BAD_SEQUENCE = 135,
	MH_TYPE_CHANGED = 139,
	MH_NO_UDP = 144,
	MH_BAD_COA = 174,
};

/**
 * enum mh_status4 - of an IPv4 address acknowledgment
 */
enum mh_status4 {
	MH4_ACCEPTED = 0,
	MH4_UNSPECIFIED = 128,
	MH4_PROHIBITED = 129,
	MH4_INCORRECT = 130,
	MH4_INVALID = 131,
	MH4_NONE = 132,
	MH4_PREFIX = 133,
};

/* Status of a binding error: its type is not known. */
#define MH_BE_UNKNOWN	2

/**
 * struct mh_home4 - an IPv4 home address, asked for or acknowledged
 * @given: there is one
 * @prefix: a mobile router asks for a prefix (P); only in binding updates
 * @status: enum mh_status4; only in acknowledgments
 * @len: prefix length, 0 to 63 as received
 * @addr: the address; 0.0.0.0: any
 */
struct mh_home4 {
	bool given;
	bool prefix;
	uint8_t status;
	uint8_t len;
	struct in_addr addr;
};

/**
 * struct mh_bu - a binding update
 * @seq: sequence number
 * @flags: %MH_BU_ACK and so on
 * @lifetime: in units of %MH_UNIT; 0: deregistration
 * @has_coa: @coa is given
 * @coa: alternate care-of address
 * @home4: IPv4 home address
 * @has_coa4: @coa4 is given
 * @coa4: IPv4 care-of address
 */
struct mh_bu {
	uint16_t seq;
	uint8_t flags;
	uint16_t lifetime;
	bool has_coa;
	struct in6_addr coa;
	struct mh_home4 home4;
	bool has_coa4;
	struct in_addr coa4;
};

/**
 * struct mh_ba - a binding acknowledgment
 * @status: enum mh_status
 * @flags: %MH_BA_KEY
 * @seq: of the binding update
 * @lifetime: granted, in units of %MH_UNIT
 * @has_advice: @advice is given
 * @advice: when to refresh, in units of %MH_UNIT
 * @home4: IPv4 home address
 * @has_nat: @udp and @refresh are given
 * @udp: payload must be in UDP (F)
 * @refresh: of NAT mappings, in seconds; 0: ignore; or %MH_NO_REFRESH
 */
struct mh_ba {
	uint8_t status;
	uint8_t flags;
	uint16_t seq;
	uint16_t lifetime;
	bool has_advice;
	uint16_t advice;
	struct mh_home4 home4;
	bool has_nat;
	bool udp;
	uint32_t refresh;
};

/**
 * struct mh_be - a binding error
 * @status: 1: unknown binding for home address option, or %MH_BE_UNKNOWN
 * @home: the home address, or ::
 */
struct mh_be {
	uint8_t status;
	struct in6_addr home;
};

/**
 * struct mh - a mobility header
 * @type: enum mh_type, which selects one of the others
 * @bu: binding update
 * @ba: binding acknowledgment
 * @be: binding error
 */
struct mh {
	uint8_t type;
	union {
		struct mh_bu bu;
		struct mh_ba ba;
		struct mh_be be;
	};
};

/**
 * enum mh_fault - the fault of a received header, which decides the answer
 * @MH_OK: nothing
 * @MH_SILENCE: no answer: it is truncated, or an option is malformed
 * @MH_BAD_PROTOCOL: parameter problem at %MH_AT_PROTOCOL
 * @MH_BAD_LENGTH: parameter problem at %MH_AT_LENGTH
 * @MH_BAD_TYPE: binding error %MH_BE_UNKNOWN
 */
enum mh_fault {
	MH_OK,
	MH_SILENCE,
	MH_BAD_PROTOCOL,
	MH_BAD_LENGTH,
	MH_BAD_TYPE,
};

/* Offsets for parameter problems. */
#define MH_AT_PROTOCOL	0
#define MH_AT_LENGTH	1

enum mh_fault mh_decode(const uint8_t *data, size_t len, struct mh *mh);
size_t mh_encode(const struct mh *mh, uint8_t *data);
bool mh_seq_after(uint16_t seq, uint16_t last);

#endif /* M6T_MH_H */
