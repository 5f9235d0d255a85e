/* SPDX-License-Identifier: GPL-2.0 */
/* Receiving over IPv6 for a device of DSMIPv6. */
#ifndef M6T_MOBILE6_H
#define M6T_MOBILE6_H

struct m6t_dev;

int m6t_mobile6_add(struct m6t_dev *m6t);
void m6t_mobile6_del(struct m6t_dev *m6t);
int m6t_mobile6_init(void);
void m6t_mobile6_exit(void);

#endif /* M6T_MOBILE6_H */
