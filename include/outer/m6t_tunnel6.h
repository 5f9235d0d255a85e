/* SPDX-License-Identifier: GPL-2.0 */
/* Receiving over IPv6: protocols 4 and 41, home addresses, and ESP. */
#ifndef M6T_TUNNEL6_H
#define M6T_TUNNEL6_H

#include <linux/list.h>
#include <linux/skbuff.h>

struct m6t_dev;
struct m6t_outer;

void m6t_tunnel6_add(struct m6t_dev *m6t);
void m6t_tunnel6_del(struct m6t_dev *m6t);
struct list_head *m6t_tunnel6_devs(const struct net *net);
void m6t_tunnel6_outer(const struct sk_buff *skb, struct m6t_outer *outer);
bool m6t_tunnel6_is_refused(const struct sk_buff *skb, u8 type, int offset,
			    __be32 info, u16 *mtu);
int m6t_tunnel6_init(void);
void m6t_tunnel6_exit(void);

#endif /* M6T_TUNNEL6_H */
