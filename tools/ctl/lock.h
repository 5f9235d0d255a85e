/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lock that allows one m6tctl for each device.
 */
#ifndef M6T_LOCK_H
#define M6T_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

/* For what outlives the process, but not the system. */
#define LOCK_DIR	"/run/m6t"

int lock_take(const char *name);
int lock_keep(int *fd, const char *name, bool sign);
void lock_sign(int fd);
pid_t lock_owner(const char *name);
int lock_fail(int err, const char *who);

#endif /* M6T_LOCK_H */
