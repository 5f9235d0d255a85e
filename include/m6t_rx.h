/* SPDX-License-Identifier: GPL-2.0 */
/* Receive path shared by all encapsulations. */
#ifndef M6T_RX_H
#define M6T_RX_H

#include <linux/skbuff.h>

#include "m6t_outer.h"

struct m6t_dev;

void m6t_rx(struct m6t_dev *m6t, struct sk_buff *skb, unsigned int hlen,
	    const struct m6t_outer *outer);
void m6t_rx6(struct m6t_dev *m6t, struct sk_buff *skb,
	     const struct m6t_outer *outer);

#endif /* M6T_RX_H */
