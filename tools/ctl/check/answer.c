// SPDX-License-Identifier: GPL-2.0
/*
 * Parse the answer to a probe. Every field is checked, as any host may send
 * anything to its port.
 */
#include <string.h>
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>

#include "ctl/check/answer.h"
#include "ctl/check/probe.h"
#include "lib/proto.h"

#define ANSWER_HEADERS	(sizeof(struct ip6_hdr) + sizeof(struct icmp6_hdr))

static uint32_t answer_sum(const uint8_t *bytes, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	if (i < len)
		sum += bytes[i] << 8;
	return sum;
}

/**
 * answer_checksum - compute the checksum of ICMPv6
 * @packet: an IPv6 header and an ICMPv6 message
 * @len: bytes of both
 *
 * Return: the value for the checksum field if that is 0, else 0 if it is right.
 */
uint16_t answer_checksum(const uint8_t *packet, size_t len)
{
	size_t payload = len - sizeof(struct ip6_hdr);
	uint32_t sum = payload + IPPROTO_ICMPV6;

	sum = answer_sum(packet + 8, 32, sum);
	sum = answer_sum(packet + sizeof(struct ip6_hdr), payload, sum);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

/* The address that a probe sends request @seq from. */
static bool answer_is_ours(const struct probe *probe,
			   const struct in6_addr *addr, uint16_t seq)
{
	struct in6_addr src = probe->src;

	if (probe->spread)
		src.s6_addr[15] ^= seq;
	return IN6_ARE_ADDR_EQUAL(&src, addr);
}

/* Exactly one IPv6 packet (W5). */
static bool answer_is_whole(const uint8_t *data, size_t len,
			    struct ip6_hdr *ip6)
{
	if (len < sizeof(*ip6))
		return false;
	memcpy(ip6, data, sizeof(*ip6));
	return ip6->ip6_vfc >> 4 == 6 &&
	       ntohs(ip6->ip6_plen) + sizeof(*ip6) == len;
}

static bool answer_keepalive(const struct probe *probe,
			     const struct ip6_hdr *ip6)
{
	static const struct in6_addr from = M6T_KEEPALIVE_ADDR;

	return !ip6->ip6_plen && ip6->ip6_nxt == IPPROTO_NONE &&
	       IN6_ARE_ADDR_EQUAL(&ip6->ip6_src, &from) &&
	       IN6_ARE_ADDR_EQUAL(&ip6->ip6_dst, &probe->src);
}

/* Is @data, perhaps truncated, an echo message of this probe? */
static bool answer_echo(const struct probe *probe, const uint8_t *data,
			size_t len, uint8_t type, uint16_t *seq)
{
	struct icmp6_hdr icmp6;

	if (len < sizeof(icmp6) + PROBE_NONCE)
		return false;
	memcpy(&icmp6, data, sizeof(icmp6));
	*seq = ntohs(icmp6.icmp6_seq);
	return icmp6.icmp6_type == type && !icmp6.icmp6_code &&
	       ntohs(icmp6.icmp6_id) == probe->id &&
	       !memcmp(data + sizeof(icmp6), probe->nonce, PROBE_NONCE);
}

/* An error quotes the packet that caused it. */
static bool answer_error(const struct probe *probe, const struct ip6_hdr *ip6,
			 const uint8_t *data, size_t len,
			 struct answer *answer)
{
	struct icmp6_hdr icmp6;
	struct ip6_hdr quoted;

	if (len < sizeof(icmp6) + sizeof(quoted))
		return false;
	memcpy(&icmp6, data, sizeof(icmp6));
	memcpy(&quoted, data + sizeof(icmp6), sizeof(quoted));
	data += sizeof(icmp6) + sizeof(quoted);
	len -= sizeof(icmp6) + sizeof(quoted);
	if (icmp6.icmp6_type & ICMP6_INFOMSG_MASK ||
	    quoted.ip6_nxt != IPPROTO_ICMPV6 ||
	    !answer_echo(probe, data, len, ICMP6_ECHO_REQUEST, &answer->seq) ||
	    !answer_is_ours(probe, &quoted.ip6_src, answer->seq) ||
	    !answer_is_ours(probe, &ip6->ip6_dst, answer->seq) ||
	    !IN6_ARE_ADDR_EQUAL(&quoted.ip6_dst, &probe->dst))
		return false;

	answer->kind = ANSWER_ICMP6;
	answer->type = icmp6.icmp6_type;
	answer->code = icmp6.icmp6_code;
	if (icmp6.icmp6_type == ICMP6_PACKET_TOO_BIG)
		answer->mtu = ntohl(icmp6.icmp6_mtu);
	return true;
}

/**
 * answer_read - is this an answer to a probe?
 * @probe: the probe
 * @data: one datagram from the gateway
 * @len: bytes of it
 * @answer: to be filled
 *
 * Return: true if every field is right.
 */
bool answer_read(const struct probe *probe, const uint8_t *data, size_t len,
		 struct answer *answer)
{
	struct ip6_hdr ip6;

	memset(answer, 0, sizeof(*answer));
	if (!answer_is_whole(data, len, &ip6))
		return false;
	answer->from6 = ip6.ip6_src;
	answer->size = len;
	if (answer_keepalive(probe, &ip6)) {
		answer->kind = ANSWER_KEEPALIVE;
		return true;
	}
	if (ip6.ip6_nxt != IPPROTO_ICMPV6 || len < ANSWER_HEADERS ||
	    answer_checksum(data, len))
		return false;

	data += sizeof(ip6);
	len -= sizeof(ip6);
	if (!answer_echo(probe, data, len, ICMP6_ECHO_REPLY, &answer->seq))
		return answer_error(probe, &ip6, data, len, answer);
	if (!answer_is_ours(probe, &ip6.ip6_dst, answer->seq) ||
	    !IN6_ARE_ADDR_EQUAL(&ip6.ip6_src, &probe->dst))
		return false;
	answer->kind = ANSWER_ECHO;
	return true;
}
