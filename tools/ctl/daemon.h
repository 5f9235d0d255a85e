/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Continue in the background.
 */
#ifndef M6T_DAEMON_H
#define M6T_DAEMON_H

#include <stdbool.h>

bool daemon_begin(int *status, int lock);
void daemon_tell(int status);

#endif /* M6T_DAEMON_H */
