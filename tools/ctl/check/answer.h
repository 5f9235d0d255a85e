/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers to a probe.
 */
#ifndef M6T_ANSWER_H
#define M6T_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#include "ctl/check/probe.h"

/**
 * enum answer_kind - kind of an answer
 * @ANSWER_NONE: nothing, or something to be ignored
 * @ANSWER_ECHO: an echo reply
 * @ANSWER_KEEPALIVE: a reply to a keepalive
 * @ANSWER_ICMP6: an ICMPv6 error about an echo request, through the gateway
 * @ANSWER_ICMP: an ICMP error about a datagram
 */
enum answer_kind {
	ANSWER_NONE,
	ANSWER_ECHO,
	ANSWER_KEEPALIVE,
	ANSWER_ICMP6,
	ANSWER_ICMP,
};

/**
 * struct answer - an answer to a probe
 * @kind: its kind
 * @seq: number of the echo request
 * @size: bytes of IPv6
 * @type: of an ICMP or ICMPv6 error
 * @code: of it
 * @mtu: reported by it
 * @from: its sender, IPv4
 * @from6: its sender, IPv6
 */
struct answer {
	enum answer_kind kind;
	uint16_t seq;
	size_t size;
	uint8_t type;
	uint8_t code;
	uint32_t mtu;
	struct in_addr from;
	struct in6_addr from6;
};

bool answer_read(const struct probe *probe, const uint8_t *data, size_t len,
		 struct answer *answer);
uint16_t answer_checksum(const uint8_t *packet, size_t len);

#endif /* M6T_ANSWER_H */
