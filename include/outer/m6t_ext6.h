/* SPDX-License-Identifier: GPL-2.0 */
/* Insertion and removal of IPv6 extension headers. */
#ifndef M6T_EXT6_H
#define M6T_EXT6_H

#include <linux/skbuff.h>

void *m6t_ext6_push(struct sk_buff *skb, u8 nexthdr, unsigned int len);
int m6t_ext6_pull(struct sk_buff *skb, unsigned int len);

#endif /* M6T_EXT6_H */
