// SPDX-License-Identifier: GPL-2.0
/*
 * Read a file of manual keys.
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_keys.h"
#include "lib/say.h"
#include "lib/text.h"

/* Hexadecimal digits of the keys: HMAC-SHA-256, AES-CBC of 128 to 256 bits. */
#define CONF_KEYS_AUTH		64
#define CONF_KEYS_ENC_MIN	32
#define CONF_KEYS_ENC_MAX	64

#define CONF_KEYS_SPI_MIN	256	/* others are reserved (RFC 4303) */

static bool conf_keys_is_key(const char *key, size_t min, size_t max)
{
	size_t len;

	if (!key || strncmp(key, "0x", 2))
		return false;
	len = strspn(key + 2, "0123456789abcdefABCDEF");
	return !key[2 + len] && len >= min && len <= max && !(len % 16);
}

static int conf_keys_compare(const void *a, const void *b)
{
	const struct conf_node *one = a, *two = b;

	return memcmp(&one->hoa, &two->hoa, sizeof(one->hoa));
}

/* Whether a home address belongs to the device. */
static bool conf_keys_are_ours(const struct conf *conf,
			       const struct in6_addr *hoa)
{
	const struct conf_node key = { .hoa = *hoa };
	struct m6t_prefix6 own;
	size_t at = 0;

	if (conf->mode != M6T_MODE_DSMIP_HA)
		return conf_prefix(&conf->value[IFLA_M6T_PREFIXES], &at,
				   &own) && text_prefix6_has(&own, hoa);
	return conf->dsmip.node_count &&
	       bsearch(&key, conf->dsmip.nodes, conf->dsmip.node_count,
		       sizeof(key), conf_keys_compare);
}

/* @text: a line, which is cut into words; false: it is wrong. */
static bool conf_keys_parse(char *text, struct conf_keys *keys, bool *empty)
{
	char *save = NULL;
	const char *word;
	uint64_t spi;

	text[strcspn(text, "#")] = '\0';
	word = strtok_r(text, CONF_SPACE, &save);
	*empty = !word;
	if (*empty)
		return true;
	if (inet_pton(AF_INET6, word, &keys->hoa) != 1)
		return false;
	word = strtok_r(NULL, CONF_SPACE, &save);
	if (!word || !text_number(word, UINT32_MAX - 1, &spi) ||
	    spi < CONF_KEYS_SPI_MIN)
		return false;
	keys->spi = spi;
	keys->auth = strtok_r(NULL, CONF_SPACE, &save);
	keys->enc = strtok_r(NULL, CONF_SPACE, &save);
	return conf_keys_is_key(keys->auth, CONF_KEYS_AUTH, CONF_KEYS_AUTH) &&
	       conf_keys_is_key(keys->enc, CONF_KEYS_ENC_MIN,
				CONF_KEYS_ENC_MAX) &&
	       !strtok_r(NULL, CONF_SPACE, &save);
}

/**
 * conf_keys_read - read the keys of the mobile nodes of a device
 * @conf: the file of the device
 * @path: the file of keys
 * @cb: called for each mobile node of the device; returns an enum status
 * @arg: passed to it
 *
 * Return: an enum status; an error was printed.
 */
int conf_keys_read(const struct conf *conf, const char *path, conf_keys_cb cb,
		   void *arg)
{
	char *text = malloc(CONF_SIZE + 1);
	struct conf_keys keys;
	unsigned int line = 0;
	char *next, *at;
	bool empty;
	int status;

	if (!text)
		return fail(STATUS_REFUSED, "out of memory");
	status = conf_file_read(path, text);
	for (at = text; !status && at; at = next) {
		next = strchr(at, '\n');
		if (next)
			*next++ = '\0';
		line++;
		if (!conf_keys_parse(at, &keys, &empty))
			status = fail(STATUS_USAGE,
				      "%s:%u: expected HOA SPI AUTHKEY ENCKEY: an IPv6 address, 256 to 4294967294, 0x and %u hexadecimal digits, 0x and 32, 48 or 64 of them",
				      path, line, CONF_KEYS_AUTH);
		else if (!empty && conf_keys_are_ours(conf, &keys.hoa))
			status = cb(&keys, arg);
	}

	free(text);
	return status;
}
