/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words to those who started us: a service manager, or a shell that waits.
 */
#ifndef M6T_NOTIFY_H
#define M6T_NOTIFY_H

#include <stdbool.h>

/* notify.c */
void notify(const char *state);

/* daemon.c */
bool daemon_begin(int *status, int lock);
void daemon_tell(int status);

#endif /* M6T_NOTIFY_H */
