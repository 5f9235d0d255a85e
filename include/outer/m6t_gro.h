/* SPDX-License-Identifier: GPL-2.0 */
/* Receive offload. */
#ifndef M6T_GRO_H
#define M6T_GRO_H

#include <linux/skbuff.h>

struct sk_buff *m6t_gro_receive(struct sock *sk, struct list_head *head,
				struct sk_buff *skb);
int m6t_gro_complete(struct sock *sk, struct sk_buff *skb, int offset);

#endif /* M6T_GRO_H */
