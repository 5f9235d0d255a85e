/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes of netlink messages.
 */
#ifndef M6T_NL_ATTR_H
#define M6T_NL_ATTR_H

#include <stddef.h>
#include <stdint.h>
#include <libmnl/libmnl.h>

void nl_attrs(const struct nlmsghdr *nlh, size_t offset,
	      const struct nlattr **tb, unsigned int max);
void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       unsigned int max);
uint8_t nl_u8(const struct nlattr *attr);
uint16_t nl_be16(const struct nlattr *attr);
uint32_t nl_u32(const struct nlattr *attr);
uint64_t nl_u64(const struct nlattr *attr);
const char *nl_string(const struct nlattr *attr);
const void *nl_bytes(const struct nlattr *attr, size_t len);

#endif /* M6T_NL_ATTR_H */
