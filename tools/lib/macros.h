/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Macros of the kernel that the C library lacks.
 */
#ifndef M6T_MACROS_H
#define M6T_MACROS_H

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define __stringify_1(x)	#x
#define __stringify(x)	__stringify_1(x)

#define __printf(a, b)	__attribute__((format(printf, a, b)))

#endif /* M6T_MACROS_H */
