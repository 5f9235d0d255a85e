/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rtnetlink: requests and errors.
 */
#ifndef M6T_RTNL_H
#define M6T_RTNL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/netlink/nl.h"

/**
 * struct rtnl - a connection to rtnetlink
 * @nl: the socket
 * @what: what is attempted, in case the kernel gives no message
 * @changed: the last request changed something
 * @req: the request being built
 */
struct rtnl {
	struct nl nl;
	const char *what;
	bool changed;
	union nl_request req;
};

int rtnl_open(struct rtnl *rtnl);
void rtnl_close(struct rtnl *rtnl);
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type,
			      uint16_t flags);
int rtnl_talk(struct rtnl *rtnl, nl_cb cb, void *arg);
int rtnl_dump(struct rtnl *rtnl, nl_cb cb, void (*forget)(void *arg),
	      void *arg);
int rtnl_fail(const struct rtnl *rtnl, int err);
int rtnl_change(struct rtnl *rtnl, int harmless);

#endif /* M6T_RTNL_H */
