// SPDX-License-Identifier: GPL-2.0
/*
 * The file of a device, m6t.conf(5): the options of "ip link add ... type m6t",
 * and a few more.
 */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_dsmip.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/macros.h"
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

#define GW		SETTING_MODE(M6T_MODE_GW)
#define MN		SETTING_MODE(M6T_MODE_MN)
#define DSMIP_HA	SETTING_MODE(M6T_MODE_DSMIP_HA)
#define DSMIP_MN	SETTING_MODE(M6T_MODE_DSMIP_MN)

/* Options that must be in the file. */
static const struct {
	uint16_t attr;
	uint8_t modes;
	const char *what;
} conf_required[] = {
	{ IFLA_M6T_PREFIXES, GW | MN,
	  "IPV6/LEN, or IPV6/80 on a mobile node" },
	{ IFLA_M6T_GATEWAY, MN, "an IPv4 address or a DNS name" },
	{ IFLA_M6T_HOME_AGENTS, DSMIP_HA | DSMIP_MN, "an IPv6 address" },
	{ IFLA_M6T_HA4, DSMIP_HA | DSMIP_MN, "an IPv4 address" },
	{ IFLA_M6T_PREFIXES, DSMIP_HA, "IPV6/LEN" },
	{ IFLA_M6T_PREFIXES, DSMIP_MN, "an IPv6 address" },
};

/* Options of other modes. */
static int conf_check_words(struct conf_reader *reader,
			    const struct conf *conf)
{
	char only[SETTING_ONLY_MAX];
	unsigned int i;
	uint8_t modes;

	for (i = 0; i < CONF_WORDS; i++) {
		reader->line = reader->given[i];
		if (!reader->line)
			continue;
		modes = conf_modes(reader->word[i]);
		if (!(modes & SETTING_MODE(conf->mode)))
			return conf_refuse(reader, reader->word[i], "%s",
					   setting_only(modes, only));
	}

	return STATUS_DONE;
}

static int conf_check_required(struct conf_reader *reader,
			       const struct conf *conf)
{
	uint16_t attr;
	size_t i;

	reader->line = 0;
	for (i = 0; i < ARRAY_SIZE(conf_required); i++) {
		attr = conf_required[i].attr;
		if (!(conf_required[i].modes & SETTING_MODE(conf->mode)) ||
		    reader->given[attr])
			continue;
		return conf_refuse(reader, setting_of(attr, conf->mode)->word,
				   "is missing: expected %s",
				   conf_required[i].what);
	}

	return STATUS_DONE;
}

/* What is not in the file has a default. */
static int conf_fill(struct conf_reader *reader, struct conf *conf)
{
	const struct setting *set;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		if (reader->given[set->attr] || !set->fallback ||
		    !(set->modes & SETTING_MODE(conf->mode)) ||
		    set->kind == SETTING_LINK)
			continue;
		if (conf_parse(reader, set, set->fallback,
			       &conf->value[set->attr]))
			return STATUS_USAGE;
	}

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

	reader->line = reader->given[IFLA_M6T_PREFIXES];
	memcpy(&prefix, value->data + NLA_HDRLEN, sizeof(prefix));
	if (value->len != NLA_HDRLEN + sizeof(prefix) ||
	    prefix.len != M6T_MN_PREFIX_LEN)
		return conf_refuse(reader, "prefix",
				   "is wrong: expected exactly one of length /80, as a mobile node chooses the other 48 bits at random");
	conf_ports(conf);
	return STATUS_DONE;
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

	reader->line = reader->given[IFLA_M6T_HOME_AGENTS];
	agents = &conf->value[IFLA_M6T_HOME_AGENTS];
	while (conf_prefix(agents, &at, &agent))
		if (conf_overlaps(&conf->value[IFLA_M6T_PREFIXES], &agent))
			return conf_refuse(reader, "ha",
					   "is wrong: expected home agents outside the device's own prefixes");

	return STATUS_DONE;
}

/* Likewise. A gateway may have lists of them. */
static int conf_check_dsmip(struct conf_reader *reader, struct conf *conf)
{
	const struct setting_value *agents, *ports;
	struct m6t_prefix6 agent = { .len = 0 };
	size_t at = 0;

	agents = &conf->value[IFLA_M6T_HOME_AGENTS];
	reader->line = reader->given[IFLA_M6T_HOME_AGENTS];
	conf_prefix(agents, &at, &agent);
	if (agent.len != 128 || at != agents->len)
		return conf_refuse(reader, "ha",
				   "is wrong: expected exactly one IPv6 address");
	ports = &conf->value[IFLA_M6T_PORTS];
	reader->line = reader->given[IFLA_M6T_PORTS];
	if (ports->len != NLA_HDRLEN + NLA_ALIGN(sizeof(uint16_t)))
		return conf_refuse(reader, "port",
				   "is wrong: expected exactly one");

	return conf_check_agent(reader, conf);
}

static int conf_check(struct conf_reader *reader, struct conf *conf)
{
	int status;

	reader->line = 0;
	if (!reader->given[IFLA_M6T_MODE])
		return conf_refuse(reader, "mode",
				   "is missing: expected gw, mn, dsmip-ha or dsmip-mn");
	conf->mode = conf->value[IFLA_M6T_MODE].data[0];
	status = conf_check_words(reader, conf) ?:
		 conf_check_required(reader, conf) ?: conf_fill(reader, conf);
	if (status)
		return status;

	switch (conf->mode) {
	case M6T_MODE_GW:
		return conf_check_gateway(reader, conf);
	case M6T_MODE_MN:
		return conf_check_mobile(reader, conf);
	default:
		return conf_check_dsmip(reader, conf);
	}
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
