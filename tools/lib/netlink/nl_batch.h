/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Batches of netlink requests.
 */
#ifndef M6T_NL_BATCH_H
#define M6T_NL_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl.h"

/* Maximum number of requests in a batch. Their answers are received together,
 * each into an equal part of the buffer.
 */
#define NL_BATCH	64
#define NL_BATCH_BYTES	16384

/**
 * struct nl_batch - a batch of requests
 * @nl: the socket
 * @n: number of requests
 * @max: maximum of @n
 * @len: bytes of requests
 * @room: maximum of @len
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
