// SPDX-License-Identifier: GPL-2.0
/* The nonce of a proof of return routability (G17). */

#include <linux/ktime.h>

#include "m6t_binding.h"
#include "gw/m6t_proof.h"

/* A nonce is valid in the period in which it was made, and in the next one. A period
 * has 2^33 ns, that is 8.6 s.
 */
#define M6T_PROOF_PERIOD_BITS	33

static __be32 m6t_proof_hash(const siphash_key_t *key,
			     const struct m6t_binding *b, u32 period)
{
	struct {
		struct in6_addr addr;
		struct m6t_endpoint ep;
		u32 period;
	} __aligned(SIPHASH_ALIGNMENT) in = {
		.addr = b->obj.addr,
		.ep = b->ep,
		.period = period,
	};

	static_assert(sizeof(in) == 32);
	return (__force __be32)(u32)siphash(&in, sizeof(in), key);
}

static u32 m6t_proof_period(void)
{
	return ktime_get_coarse_ns() >> M6T_PROOF_PERIOD_BITS;
}

/**
 * m6t_proof_nonce() - get the nonce to ask a mobile node for
 * @key: secret of the gateway
 * @b: its binding
 *
 * Context: any, under RCU.
 * Return: identifier and sequence number of an echo request.
 */
__be32 m6t_proof_nonce(const siphash_key_t *key, const struct m6t_binding *b)
{
	return m6t_proof_hash(key, b, m6t_proof_period());
}

/**
 * m6t_proof_check() - check if a packet returns a nonce
 * @key: secret of the gateway
 * @b: binding that the packet belongs to
 * @skb: whole inner packet for which m6t_proof_may_be() is true
 *
 * Context: softirq, under RCU.
 * Return: true for an echo reply with the nonce that was sent to this endpoint a
 * moment ago.
 */
bool m6t_proof_check(const siphash_key_t *key, const struct m6t_binding *b,
		     const struct sk_buff *skb)
{
	const struct icmp6hdr *icmp6h;
	struct icmp6hdr buf;
	__be32 nonce;
	u32 period;

	icmp6h = skb_header_pointer(skb, sizeof(struct ipv6hdr), sizeof(buf),
				    &buf);
	if (!icmp6h || icmp6h->icmp6_type != ICMPV6_ECHO_REPLY ||
	    icmp6h->icmp6_code)
		return false;
	nonce = icmp6h->icmp6_dataun.un_data32[0];
	period = m6t_proof_period();
	return nonce == m6t_proof_hash(key, b, period) ||
	       nonce == m6t_proof_hash(key, b, period - 1);
}
