/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink: a socket, requests and their answers.
 */
#ifndef M6T_NL_H
#define M6T_NL_H

#include <stdbool.h>
#include <stdint.h>
#include <libmnl/libmnl.h>

/* The largest datagram of a dump. */
#define NL_BUFFER	32768
/* Larger than any request of ours. */
#define NL_REQUEST	2048

/* Memory for messages, aligned as required. */
union nl_buffer {
	struct nlmsghdr nlh;
	char bytes[NL_BUFFER];
};

union nl_request {
	struct nlmsghdr nlh;
	char bytes[NL_REQUEST];
};

typedef void (*nl_cb)(const struct nlmsghdr *nlh, void *arg);

/**
 * struct nl - a netlink socket
 * @sock: the socket
 * @seq: number of the last request
 * @portid: its netlink port
 * @torn: the last dump was inconsistent
 * @extack: the kernel's message about the last error, or empty
 * @buf: receive buffer
 */
struct nl {
	struct mnl_socket *sock;
	uint32_t seq;
	uint32_t portid;
	bool torn;
	char extack[256];
	union nl_buffer buf;
};

int nl_open(struct nl *nl, int bus);
void nl_receive_room(const struct nl *nl, int size);
int nl_join(const struct nl *nl, int group);
void nl_close(struct nl *nl);
int nl_ack(struct nl *nl, const struct nlmsghdr *nlh);
int nl_talk(struct nl *nl, struct nlmsghdr *request, nl_cb cb, void *arg);
int nl_dump(struct nl *nl, struct nlmsghdr *request, nl_cb cb,
	    void (*forget)(void *arg), void *arg);
int nl_fail(const struct nl *nl, int err, const char *what);

#endif /* M6T_NL_H */
