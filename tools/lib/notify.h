/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol of the service manager, sd_notify(3).
 */
#ifndef M6T_NOTIFY_H
#define M6T_NOTIFY_H

void notify(const char *state);

#endif /* M6T_NOTIFY_H */
