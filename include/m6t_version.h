/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of m6t: module, tools, DKMS and packages take it from here. Documents
 * that repeat it are compared by selftests/host/check-release.
 */
#ifndef M6T_VERSION_H
#define M6T_VERSION_H

#define M6T_VERSION	"1.0.0"

#endif /* M6T_VERSION_H */
