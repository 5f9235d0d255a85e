/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of counters.
 */
#ifndef M6T_STAT_NAMES_H
#define M6T_STAT_NAMES_H

#include <linux/m6t.h>

/* By enum m6t_stat; NULL: not a counter. */
extern const char *const stat_names[M6T_STAT_MAX + 1];

#endif /* M6T_STAT_NAMES_H */
