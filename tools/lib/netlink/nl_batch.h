/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink requests that are sent together.
 */
#ifndef M6T_NL_BATCH_H
#define M6T_NL_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl.h"

/* Requests that are sent together. Their answers are received together, each
 * into an equal part of the buffer.
 */
#define NL_BATCH	64
#define NL_BATCH_BYTES	16384

/**
 * struct nl_batch - requests that are sent together
 * @nl: the socket
 * @n: how many there are
 * @max: most that there may be
 * @len: bytes of them
 * @room: most bytes that there may be
 * @buf: the requests
 */
struct nl_batch {
	struct nl *nl;
	unsigned int n;
	unsigned int max;
	size_t len;
	size_t room;
	union {
		struct nlmsghdr nlh;
		char bytes[NL_BATCH_BYTES];
	} buf;
};

typedef int (*nl_refused_cb)(unsigned int i, int err, void *arg);

void nl_batch_begin(struct nl_batch *batch, struct nl *nl);
bool nl_batch_put(struct nl_batch *batch, const struct nlmsghdr *request);
int nl_batch_talk(struct nl_batch *batch, nl_refused_cb refused, void *arg);

#endif /* M6T_NL_BATCH_H */
