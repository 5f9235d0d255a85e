/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Return routability (G17): a nonce that only the receiver at an endpoint can know.
 * It is the identifier and sequence number of an echo request, so that any IPv6
 * stack returns it, and a keyed hash, so that nothing needs to be stored.
 */
#ifndef M6T_PROOF_H
#define M6T_PROOF_H

#include <linux/icmpv6.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>

#include "m6t_proto.h"

struct m6t_binding;

/* Bytes of IPv6 of an echo request or reply that has no data. */
#define M6T_PROOF_LEN	(sizeof(struct ipv6hdr) + sizeof(struct icmp6hdr))

/**
 * m6t_proof_may_be() - check if a packet has the size of a proof
 * @ip6h: IPv6 header
 *
 * Return: true if m6t_proof_check() is to be called.
 */
static inline bool m6t_proof_may_be(const struct ipv6hdr *ip6h)
{
	return ip6h->payload_len == htons(sizeof(struct icmp6hdr)) &&
	       ip6h->nexthdr == NEXTHDR_ICMP;
}

__be32 m6t_proof_nonce(const siphash_key_t *key, const struct m6t_binding *b);
bool m6t_proof_check(const siphash_key_t *key, const struct m6t_binding *b,
		     const struct sk_buff *skb);

#endif /* M6T_PROOF_H */
