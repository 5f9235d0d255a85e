/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outer headers: where a packet came from or is sent to, and how it is sent.
 */
#ifndef M6T_OUTER_H
#define M6T_OUTER_H

#include <linux/skbuff.h>

#include "m6t_path.h"
#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;

/**
 * enum m6t_encap - kinds of outer headers
 * @M6T_ENCAP_UDP4: UDP in IPv4
 */
enum m6t_encap {
	M6T_ENCAP_UDP4 = 1,
};

/**
 * struct m6t_outer - the outer headers of one packet
 * @encap: &enum m6t_encap
 * @dsfield: TOS byte; received packets only
 * @v4: addresses and ports
 *
 * Lives on the stack while a packet is handled.
 */
struct m6t_outer {
	u8 encap;
	u8 dsfield;
	struct m6t_endpoint v4;
};

/**
 * m6t_encap_overhead() - get the size of the outer headers
 * @encap: &enum m6t_encap
 *
 * Return: bytes.
 */
static inline unsigned int m6t_encap_overhead(u8 encap)
{
	return M6T_HEADROOM;
}

enum m6t_stat m6t_outer4_xmit(struct m6t_dev *m6t,
			      const struct m6t_config *cfg,
			      struct sk_buff *skb,
			      const struct m6t_endpoint *ep,
			      const struct m6t_path *path);

#endif /* M6T_OUTER_H */
