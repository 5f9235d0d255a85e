/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Find devices by any of their names.
 */
#ifndef M6T_NAMES_H
#define M6T_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>
#include <linux/netlink.h>

#define NAMES_MAX	128	/* of an alternative name, with its NUL */

/**
 * struct device - a device that a user named
 * @name: its own name
 * @typed: the name that was typed, which may be an alternative one
 * @ifindex: its index; 0: no device was named
 */
struct device {
	char name[IFNAMSIZ];
	const char *typed;
	uint32_t ifindex;
};

uint32_t names_find(const char *name, char *own);
bool names_has(const struct nlmsghdr *nlh, const char *name);

#endif /* M6T_NAMES_H */
