/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Send and receive mobility headers.
 */
#ifndef M6T_MIPD_SOCKET_H
#define M6T_MIPD_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#include "mipd/mh.h"
#include "mipd/wire/outer.h"

/**
 * struct packet - a received mobility header
 * @from: its IPv6 source
 * @to: its IPv6 destination
 * @ifindex: the device that received it; 0: unknown
 * @has_outer: @outer is given, by the device only
 * @outer: outer addresses and ports
 * @len: length of @data
 * @data: the header
 */
struct packet {
	struct in6_addr from;
	struct in6_addr to;
	uint32_t ifindex;
	bool has_outer;
	struct outer outer;
	size_t len;
	uint8_t data[MH_MAX];
};

int socket_open(void);
bool socket_receive(int fd, struct packet *packet);
int socket_send(int fd, const struct in6_addr *from, const struct in6_addr *to,
		const struct outer *outer, const struct mh *mh);
int socket_parameter_problem(const struct packet *packet, uint32_t offset);

/* fault.c */
void fault_answer(int fd, const struct packet *packet, enum mh_fault fault);

#endif /* M6T_MIPD_SOCKET_H */
