/* SPDX-License-Identifier: GPL-2.0 */
/* Packets of the module itself: keepalives, replies to them, and proofs. */
#ifndef M6T_OWN_H
#define M6T_OWN_H

#include <linux/in6.h>

#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;

bool m6t_own_keepalive(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       const struct in6_addr *saddr,
		       const struct in6_addr *daddr,
		       const struct m6t_endpoint *ep);
void m6t_own_echo(struct m6t_dev *m6t, const struct m6t_config *cfg,
		  const struct in6_addr *saddr, const struct in6_addr *daddr,
		  __be32 nonce, const struct m6t_endpoint *ep);

#endif /* M6T_OWN_H */
