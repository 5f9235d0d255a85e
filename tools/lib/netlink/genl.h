/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family "m6t".
 */
#ifndef M6T_GENL_H
#define M6T_GENL_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "lib/names.h"
#include "lib/netlink/nl.h"

/* Why a device has no bindings, as the kernel says it. */
#define GENL_NO_BINDINGS						\
	"m6t: only a device of mode gw or dsmip-ha has bindings"

/**
 * struct genl - a connection to the m6t family
 * @nl: the socket
 * @family: number of the family
 * @events: number of its multicast group
 * @req: the request being built
 */
struct genl {
	struct nl nl;
	uint16_t family;
	uint32_t events;
	union nl_request req;
};

int genl_open(struct genl *genl);
void genl_close(struct genl *genl);
struct nlmsghdr *genl_request(struct genl *genl, uint8_t cmd, bool dump);
int genl_talk(struct genl *genl, nl_cb cb, void *arg);
int genl_dump(struct genl *genl, nl_cb cb, void (*forget)(void *arg),
	      void *arg);
int genl_fail(const struct genl *genl, int err, const struct device *dev,
	      const char *what);
int genl_device_get(struct genl *genl, const struct device *dev, nl_cb cb,
		    void *arg);
void genl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb);
bool genl_prefix(const struct nlattr *nest, struct m6t_prefix6 *prefix);

#endif /* M6T_GENL_H */
