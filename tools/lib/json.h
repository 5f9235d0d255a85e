/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Write JSON to standard output.
 */
#ifndef M6T_JSON_H
#define M6T_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/netlink.h>

void json_begin(void);
void json_end(void);
bool json_begun(void);
void json_flush_line(void);
void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_number(const char *key, uint64_t value);
void json_signed(const char *key, int64_t value);
void json_seconds(const char *key, uint64_t ns);
void json_boolean(const char *key, bool value);
void json_string(const char *key, const char *value);
void json_ipv4(const char *key, const struct nlattr *attr);
void json_ipv6(const char *key, const struct nlattr *attr);
void json_port(const char *key, const struct nlattr *attr);

#endif /* M6T_JSON_H */
