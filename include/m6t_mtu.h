/* SPDX-License-Identifier: GPL-2.0 */
/* The MTU of a device, which follows its underlay. */
#ifndef M6T_MTU_H
#define M6T_MTU_H

struct m6t_config;
struct m6t_dev;

unsigned int m6t_mtu_get(struct m6t_dev *m6t, const struct m6t_config *cfg);
void m6t_mtu_follow(struct m6t_dev *m6t, const struct m6t_config *cfg);

#endif /* M6T_MTU_H */
