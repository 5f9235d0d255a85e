/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output formats of several commands.
 */
#ifndef M6T_PRINT_H
#define M6T_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>

extern const char *const print_states[];

void print_duration(uint64_t ms, char *buf, size_t size);
void print_endpoint(const struct nlattr *addr, const struct nlattr *port,
		    char *buf, size_t size);
void print_ipv6(const struct nlattr *attr, char *buf, size_t size);
const char *print_state(uint8_t state);
void print_finish(int status);

/* print_device.c, print_binding.c: one object each, as text or JSON */
void print_device(const struct nlmsghdr *nlh, void *arg);
void print_binding(const struct nlmsghdr *nlh, void *arg);

#endif /* M6T_PRINT_H */
