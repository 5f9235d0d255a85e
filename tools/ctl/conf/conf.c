// SPDX-License-Identifier: GPL-2.0
/*
 * The file of a device, m6t.conf(5): the options of "ip link add ... type m6t",
 * and a few more.
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/names.h"
#include "lib/netlink/rtnl_route.h"
#include "lib/say.h"
#include "lib/setting.h"
#include "lib/text.h"

/**
 * conf_below - find the underlay device
 * @conf: the file
 *
 * Return: its index; 0: any, or it does not exist.
 */
uint32_t conf_below(const struct conf *conf)
{
	return conf->link[0] ? names_find(conf->link, NULL) : 0;
}

static const char *conf_only(const struct setting *set)
{
	return set->modes & SETTING_MODE(M6T_MODE_GW) ? "is for mode gw only" :
							"is for mode mn only";
}

/* Each is in the file, has a default, or belongs to the other mode. */
static int conf_fill(struct conf_reader *reader, struct conf *conf)
{
	const struct setting *set;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		reader->line = reader->given[set->attr];
		if (reader->line && !(set->modes & SETTING_MODE(conf->mode)))
			return conf_refuse(reader, set->word, conf_only(set));
		if (reader->line || !set->fallback ||
		    !(set->modes & SETTING_MODE(conf->mode)) ||
		    set->kind == SETTING_LINK)
			continue;
		if (conf_parse(reader, set, set->fallback,
			       &conf->value[set->attr]))
			return STATUS_USAGE;
	}

	reader->line = 0;
	return STATUS_DONE;
}

/* m6tctl keeps the ports of a mobile node; the device has one of them at a
 * time.
 */
static void conf_ports(struct conf *conf)
{
	struct setting_value *value = &conf->value[IFLA_M6T_PORTS];
	const struct nlattr *attr = (const void *)value->data;
	uint16_t port;

	while ((const uint8_t *)attr < value->data + value->len) {
		memcpy(&port, (const uint8_t *)attr + NLA_HDRLEN, sizeof(port));
		conf->ports[conf->port_count++] = ntohs(port);
		attr = (const void *)((const uint8_t *)attr +
				      NLA_ALIGN(attr->nla_len));
	}

	value->len = 0;
}

/* The kernel would refuse the same, but only when the device is created. */
static int conf_check_mobile(struct conf_reader *reader, struct conf *conf)
{
	const struct setting_value *value = &conf->value[IFLA_M6T_PREFIXES];
	struct m6t_prefix6 prefix;

	reader->line = 0;
	if (!reader->given[IFLA_M6T_GATEWAY])
		return conf_refuse(reader, "gateway",
				   "is missing: expected an IPv4 address or a DNS name");
	reader->line = reader->given[IFLA_M6T_PREFIXES];
	memcpy(&prefix, value->data + NLA_HDRLEN, sizeof(prefix));
	if (value->len != NLA_HDRLEN + sizeof(prefix) ||
	    prefix.len != M6T_MN_PREFIX_LEN)
		return conf_refuse(reader, "prefix",
				   "is wrong: expected exactly one of length /80, as a mobile node chooses the other 48 bits at random");
	conf_ports(conf);
	return STATUS_DONE;
}

/**
 * conf_prefix - read a list of IPv6 prefixes, one after the other
 * @value: the list
 * @at: offset of the next one, 0 at first; advanced
 * @prefix: set to the next one
 *
 * Return: false at the end of the list.
 */
bool conf_prefix(const struct setting_value *value, size_t *at,
		 struct m6t_prefix6 *prefix)
{
	if (*at >= value->len)
		return false;
	memcpy(prefix, value->data + *at + NLA_HDRLEN, sizeof(*prefix));
	*at += NLA_HDRLEN + NLA_ALIGN(sizeof(*prefix));
	return true;
}

static bool conf_overlaps(const struct setting_value *list,
			  const struct m6t_prefix6 *prefix)
{
	struct m6t_prefix6 other;
	size_t at = 0;

	while (conf_prefix(list, &at, &other))
		if (other.len < prefix->len ?
		    text_prefix6_has(&other, &prefix->addr) :
		    text_prefix6_has(prefix, &other.addr))
			return true;

	return false;
}

/* Likewise. */
static int conf_check_gateway(struct conf_reader *reader,
			      const struct conf *conf)
{
	const struct setting_value *agents;
	struct m6t_prefix6 agent;
	size_t at = 0;

	reader->line = reader->given[CONF_WORD_METRIC];
	if (reader->line)
		return conf_refuse(reader, "metric", "is for mode mn only");
	reader->line = reader->given[CONF_WORD_PROBE];
	if (reader->line)
		return conf_refuse(reader, "probe", "is for mode mn only");
	reader->line = reader->given[IFLA_M6T_HOME_AGENTS];
	agents = &conf->value[IFLA_M6T_HOME_AGENTS];
	while (conf_prefix(agents, &at, &agent))
		if (conf_overlaps(&conf->value[IFLA_M6T_PREFIXES], &agent))
			return conf_refuse(reader, "ha",
					   "is wrong: expected home agents outside the device's own prefixes");

	return STATUS_DONE;
}

static int conf_check(struct conf_reader *reader, struct conf *conf)
{
	reader->line = 0;
	if (!reader->given[IFLA_M6T_MODE])
		return conf_refuse(reader, "mode", "is missing: expected gw or mn");
	conf->mode = conf->value[IFLA_M6T_MODE].data[0];
	if (!reader->given[IFLA_M6T_PREFIXES])
		return conf_refuse(reader, "prefix",
				   "is missing: expected IPV6/LEN, or IPV6/80 on a mobile node");
	if (conf_fill(reader, conf))
		return STATUS_USAGE;

	return conf->mode == M6T_MODE_MN ? conf_check_mobile(reader, conf) :
					   conf_check_gateway(reader, conf);
}

/* @text: room for the file, and one byte before it for conf_words(). */
static int conf_read_text(struct conf_reader *reader, struct conf *conf,
			  char *text)
{
	int status;

	text[0] = ' ';
	status = conf_file_read(conf->path, text + 1);
	if (status)
		return status;
	status = conf_words(reader, conf, text);
	if (status)
		return status;

	return conf_check(reader, conf);
}

/**
 * conf_load - read the file of a device
 * @arg: name of the device; with a slash in it, of the file
 * @conf: to be filled
 *
 * Return: an enum status; an error was printed.
 */
int conf_load(const char *arg, struct conf *conf)
{
	struct conf_reader reader = { .path = conf->path };
	char *text;
	int status;

	memset(conf, 0, sizeof(*conf));
	status = conf_name(arg, conf->name);
	if (status)
		return status;
	status = conf_file_find(strchr(arg, '/') ? arg : conf->name,
				conf->path);
	if (status)
		return status;

	conf->metric = RTNL_METRIC;
	text = malloc(CONF_SIZE + 2);
	if (!text)
		return fail(STATUS_REFUSED, "out of memory");

	status = conf_read_text(&reader, conf, text);
	free(text);
	return status;
}
