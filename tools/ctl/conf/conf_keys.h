/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of manual keys: a line for each mobile node.
 */
#ifndef M6T_CONF_KEYS_H
#define M6T_CONF_KEYS_H

#include <stdint.h>
#include <netinet/in.h>

/* Priorities of the policies: those of mobile nodes, and the one that blocks all
 * other mobility headers.
 */
#define CONF_KEYS_PRIORITY	10
#define CONF_KEYS_BLOCK		9000

#define CONF_KEYS_TRUNC		128	/* bits of HMAC-SHA-256 */

struct conf;

/**
 * struct conf_keys - the keys of a mobile node
 * @hoa: home address
 * @spi: of packets from the mobile node; the next one of those to it; also the reqid
 * @auth: key of HMAC-SHA-256, in hexadecimal, with 0x
 * @enc: key of AES-CBC, in hexadecimal, with 0x
 */
struct conf_keys {
	struct in6_addr hoa;
	uint32_t spi;
	const char *auth;
	const char *enc;
};

typedef int (*conf_keys_cb)(const struct conf_keys *keys, void *arg);

int conf_keys_read(const struct conf *conf, const char *path, conf_keys_cb cb,
		   void *arg);

#endif /* M6T_CONF_KEYS_H */
