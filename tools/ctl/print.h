/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output formats of several commands.
 */
#ifndef M6T_PRINT_H
#define M6T_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <net/if.h>
#include <linux/netlink.h>

/* Room for the name of a link, and for more than that. */
#define PRINT_LINK_MAX	(IFNAMSIZ + sizeof(" (gone)"))

/**
 * enum print_table - a table of bindings
 * @PRINT_TABLE_NONE: none was begun
 * @PRINT_TABLE_GW: of gateways
 * @PRINT_TABLE_DSMIP: of home agents of DSMIPv6
 */
enum print_table {
	PRINT_TABLE_NONE,
	PRINT_TABLE_GW,
	PRINT_TABLE_DSMIP,
};

extern const char *const print_states[];
extern const char *const print_kinds[];

void print_duration(uint64_t ms, char *buf, size_t size);
void print_endpoint(const struct nlattr *addr, const struct nlattr *port,
		    char *buf, size_t size);
void print_outer(const struct nlattr *addr, const struct nlattr *port,
		 const struct nlattr *addr6, char *buf, size_t size);
void print_outer_json(const char *key, const struct nlattr *addr,
		      const struct nlattr *addr6);
void print_ipv6(const struct nlattr *attr, char *buf, size_t size);
const char *print_state(uint8_t state);
const char *print_kind(uint8_t encap);
const char *print_slot(uint8_t state);
bool print_is_bound(const struct nlattr **tb);
void print_finish(int status);

/* print_device.c, print_binding.c, print_event.c: one object each, as text or
 * JSON
 */
void print_device(const struct nlmsghdr *nlh, void *arg);
void print_link(const struct nlattr *netns, uint32_t ifindex, char *buf);
void print_binding(const struct nlmsghdr *nlh, void *arg);
void print_event(uint64_t time, const char *name, const struct nlattr **tb);

#endif /* M6T_PRINT_H */
