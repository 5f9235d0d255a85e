/* SPDX-License-Identifier: GPL-2.0 */
/* Signalling of DSMIPv6: how it is distinguished from payload. */
#ifndef M6T_SIGNAL_H
#define M6T_SIGNAL_H

#include <linux/skbuff.h>

#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;
struct m6t_outer;

/**
 * enum m6t_class - what an inner IPv6 packet is
 * @M6T_CLASS_PAYLOAD: payload in clear
 * @M6T_CLASS_ESP: protected payload
 * @M6T_CLASS_SIGNAL: signalling, protected unless the settings allow it in clear (D5)
 * @M6T_CLASS_UNPROTECTED: signalling in clear (D9)
 * @M6T_CLASS_BAD_SA: ESP of an SA of another source (D9)
 * @M6T_CLASS_BAD_HEADER: extension headers that hide what follows
 */
enum m6t_class {
	M6T_CLASS_PAYLOAD,
	M6T_CLASS_ESP,
	M6T_CLASS_SIGNAL,
	M6T_CLASS_UNPROTECTED,
	M6T_CLASS_BAD_SA,
	M6T_CLASS_BAD_HEADER,
};

/**
 * m6t_signal_is_sendable() - check if a packet of this host may leave it (D9)
 * @class: &enum m6t_class of the packet
 *
 * Return: false for signalling in clear, or hidden behind other headers.
 */
static inline bool m6t_signal_is_sendable(enum m6t_class class)
{
	return class <= M6T_CLASS_SIGNAL;
}

enum m6t_class m6t_signal_class(struct m6t_dev *m6t,
				const struct m6t_config *cfg,
				const struct sk_buff *skb);
enum m6t_stat m6t_signal_refusal(enum m6t_class class);
enum m6t_stat m6t_signal_vet(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     const struct sk_buff *skb);
bool m6t_signal_sa(struct m6t_dev *m6t, u32 mark, const struct in6_addr *daddr,
		   __be32 spi, struct in6_addr *saddr);
__be32 m6t_signal_spi(const struct sk_buff *skb);
enum m6t_stat m6t_signal_mark(struct sk_buff *skb,
			      const struct m6t_outer *from);
bool m6t_signal_is_marked(const struct sk_buff *skb, struct m6t_outer *to);
enum m6t_stat m6t_signal_unmark(struct sk_buff *skb,
				const struct m6t_outer *to);

#endif /* M6T_SIGNAL_H */
