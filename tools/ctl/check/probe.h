/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mobile node in user space.
 */
#ifndef M6T_PROBE_H
#define M6T_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#include "ctl/check/target.h"
#include "lib/proto.h"

#define PROBE_NONCE	8
#define PROBE_MIN	(40 + 8 + PROBE_NONCE)
/* An ICMPv6 error about a packet of this size is not larger. */
#define PROBE_ERROR	M6T_MTU_MIN
#define PROBE_MAX	M6T_MTU

/**
 * struct probe - a mobile node in user space: a socket and an address
 * @fd: its socket
 * @src: its address, in the /80
 * @spread: each echo request has another source address, @src with its number
 *	in the last byte, as each may be answered only once per second
 * @dst: destination of its echo requests
 * @hops: hop limit of its echo requests
 * @id: of its echo requests
 * @nonce: content of its echo requests
 */
struct probe {
	int fd;
	struct in6_addr src;
	bool spread;
	struct in6_addr dst;
	uint8_t hops;
	uint16_t id;
	uint8_t nonce[PROBE_NONCE];
};

int probe_open(struct probe *probe, const struct target *target,
	       uint16_t port);
void probe_close(struct probe *probe);
int probe_echo(struct probe *probe, uint16_t seq, size_t size);
int probe_keepalive(struct probe *probe);

#endif /* M6T_PROBE_H */
