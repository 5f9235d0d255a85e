/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file of a device: where it is, and its text.
 */
#ifndef M6T_CONF_FILE_H
#define M6T_CONF_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a file: the keys of 100,000 mobile nodes. */
#define CONF_SIZE	(32u << 20)
#define CONF_SPACE	" \t\r\n"

bool conf_is_ifname(const char *name, size_t len, size_t max);
int conf_name(const char *arg, char *name);
int conf_file_find(const char *arg, char *path);
bool conf_exists(const char *name);
int conf_file_read(const char *path, char *text);

#endif /* M6T_CONF_FILE_H */
