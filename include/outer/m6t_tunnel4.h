/* SPDX-License-Identifier: GPL-2.0 */
/* IPv4 without UDP, protocols 4 and 41. */
#ifndef M6T_TUNNEL4_H
#define M6T_TUNNEL4_H

struct m6t_dev;

void m6t_tunnel4_add(struct m6t_dev *m6t);
void m6t_tunnel4_del(struct m6t_dev *m6t);
int m6t_tunnel4_init(void);
void m6t_tunnel4_exit(void);

#endif /* M6T_TUNNEL4_H */
