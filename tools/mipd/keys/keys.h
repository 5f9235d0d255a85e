/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Manual keys: add what is missing of what "m6tctl ipsec NAME manual FILE" prints.
 */
#ifndef M6T_MIPD_KEYS_H
#define M6T_MIPD_KEYS_H

#include <netinet/in.h>

struct conf;

int keys_add(const struct conf *conf, const struct in6_addr *ha);

#endif /* M6T_MIPD_KEYS_H */
