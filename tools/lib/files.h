/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Open files of a background process.
 */
#ifndef M6T_FILES_H
#define M6T_FILES_H

#include <stddef.h>

void files_null(int fd);
void files_keep(const int *keep, size_t count);

#endif /* M6T_FILES_H */
