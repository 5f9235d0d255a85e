/* SPDX-License-Identifier: GPL-2.0 */
/* Registration of the link type. */
#ifndef M6T_DEVICE_H
#define M6T_DEVICE_H

int m6t_device_init(void);
void m6t_device_exit(void);

#endif /* M6T_DEVICE_H */
