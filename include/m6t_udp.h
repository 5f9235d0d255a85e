/* SPDX-License-Identifier: GPL-2.0 */
/* UDP sockets over IPv4. */
#ifndef M6T_UDP_H
#define M6T_UDP_H

#include <linux/types.h>

struct m6t_config;
struct m6t_dev;
struct netlink_ext_ack;
struct sock;

int m6t_udp_link(const struct m6t_dev *m6t, u32 link,
		 struct netlink_ext_ack *extack);
struct sock *m6t_udp_open_at(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     __be32 local, __be16 port, u32 link,
			     struct netlink_ext_ack *extack);
struct sock *m6t_udp_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
			  __be16 port, struct netlink_ext_ack *extack);
void m6t_udp_close(struct sock *sk);
void m6t_udp_mark(struct sock *sk, const struct m6t_config *cfg);

#endif /* M6T_UDP_H */
