// SPDX-License-Identifier: GPL-2.0
/*
 * The options of a file, each checked on its own.
 */
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_dsmip.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/names.h"
#include "lib/proto.h"
#include "lib/say.h"
#include "lib/setting.h"
#include "lib/text.h"

#define CONF_LABEL_MAX	63	/* of a DNS name */

static uint32_t conf_ifindex(const char *name)
{
	return names_find(name, NULL);
}

/**
 * conf_parse - read the value of a setting
 * @reader: the reader
 * @set: the setting
 * @arg: the value, as typed
 * @value: an empty one, for the payload
 *
 * Return: an enum status; an error was printed.
 */
int conf_parse(struct conf_reader *reader, const struct setting *set,
	       const char *arg, struct setting_value *value)
{
	const struct setting_tool tool = {
		.refuse = conf_vrefuse,
		.ifindex = conf_ifindex,
		.arg = reader,
	};

	return setting_parse(&tool, set, arg, value);
}

static bool conf_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Labels of letters, digits, - and _, with a letter among them. */
static bool conf_is_host(const char *host)
{
	bool letters = false;
	size_t label = 0;
	const char *at;

	for (at = host; *at; at++) {
		letters |= conf_is_letter(*at);
		if ((*at == '.' || *at == '-') && !label)
			return false;
		if (*at != '.' && *at != '-' && *at != '_' &&
		    !conf_is_letter(*at) && !(*at >= '0' && *at <= '9'))
			return false;
		label = *at == '.' ? 0 : label + 1;
		if (label > CONF_LABEL_MAX)
			return false;
	}

	return letters && at - host <= CONF_NAME_MAX;
}

static int conf_take_gateway(struct conf_reader *reader, struct conf *conf,
			     const char *arg)
{
	if (inet_pton(AF_INET, arg, &conf->gateway) == 1) {
		if (text_ipv4_is_host(conf->gateway))
			return STATUS_DONE;
		return conf_refuse(reader, "gateway",
				   "\"%s\" is wrong: expected the IPv4 address of a host, or a DNS name",
				   arg);
	}
	if (!conf_is_host(arg))
		return conf_refuse(reader, "gateway",
				   "\"%s\" is wrong: expected an IPv4 address or a DNS name",
				   arg);

	strcpy(conf->host, arg);
	return STATUS_DONE;
}

static int conf_take_link(struct conf_reader *reader, struct conf *conf,
			  const char *arg)
{
	conf->link[0] = '\0';
	if (!strcmp(arg, "any"))
		return STATUS_DONE;
	if (!conf_is_ifname(arg, strlen(arg), NAMES_MAX))
		return conf_refuse(reader, "dev",
				   "\"%s\" is wrong: expected the name of a device, or any",
				   arg);

	strcpy(conf->link, arg);
	return STATUS_DONE;
}

static int conf_take_metric(struct conf_reader *reader, struct conf *conf,
			    const char *arg)
{
	uint64_t number;

	if (!text_number(arg, UINT32_MAX, &number) || !number)
		return conf_refuse(reader, "metric",
				   "\"%s\" is wrong: expected 1 to %u", arg,
				   UINT32_MAX);

	conf->metric = number;
	return STATUS_DONE;
}

static int conf_take_mtu(struct conf_reader *reader, struct conf *conf,
			 const char *arg)
{
	uint64_t number = 0;

	if (strcmp(arg, "auto") &&
	    (!text_number(arg, M6T_MTU_MAX, &number) || number < M6T_MTU_MIN))
		return conf_refuse(reader, "mtu",
				   "\"%s\" is wrong: expected %u to %u, or auto",
				   arg, M6T_MTU_MIN, M6T_MTU_MAX);

	conf->mtu = number;
	return STATUS_DONE;
}

static int conf_take_probe(struct conf_reader *reader, struct conf *conf,
			   const char *arg)
{
	struct m6t_prefix6 prefix = { .len = 128 };

	if (inet_pton(AF_INET6, arg, &prefix.addr) != 1 ||
	    !text_prefix6_is_global(&prefix))
		return conf_refuse(reader, "probe",
				   "\"%s\" is wrong: expected a global unicast IPv6 address",
				   arg);

	conf->probe = prefix.addr;
	return STATUS_DONE;
}

static int conf_take_keys(struct conf_reader *reader, struct conf *conf)
{
	unsigned int line = reader->line;
	const char *keys = conf_next(reader);

	if (keys && keys[0] == '/' && strlen(keys) < sizeof(conf->keys)) {
		snprintf(conf->keys, sizeof(conf->keys), "%s", keys);
		return STATUS_DONE;
	}
	reader->line = line;
	return conf_refuse(reader, "ipsec manual",
			   "has no file: expected an absolute path");
}

/* How signalling is protected; the device only knows whether it must be. */
static int conf_take_ipsec(struct conf_reader *reader, struct conf *conf,
			   const char *arg)
{
	struct setting_value *value = &conf->value[IFLA_M6T_IPSEC];

	value->len = 1;
	value->data[0] = strcmp(arg, "none") != 0;
	if (!strcmp(arg, "manual"))
		return conf_take_keys(reader, conf);
	if (value->data[0] && strcmp(arg, "ike"))
		return conf_refuse(reader, "ipsec",
				   "\"%s\" is wrong: expected manual FILE, ike or none",
				   arg);

	return STATUS_DONE;
}

#define CONF_MN		SETTING_MODE(M6T_MODE_MN)
#define CONF_DSMIP_HA	SETTING_MODE(M6T_MODE_DSMIP_HA)
#define CONF_DSMIP_MN	SETTING_MODE(M6T_MODE_DSMIP_MN)
#define CONF_DSMIP	(CONF_DSMIP_HA | CONF_DSMIP_MN)
#define CONF_ANY	(SETTING_MODE(M6T_MODE_GW) | CONF_MN | CONF_DSMIP)

/**
 * struct conf_extra - an option that ip(8) does not have, or that has more
 *	values here
 * @word: its name
 * @which: its attribute, or one of CONF_WORD_*
 * @modes: SETTING_MODE() bits of the modes that have it
 * @take: read its value, the first word of which is @arg
 */
struct conf_extra {
	const char *word;
	unsigned int which;
	uint8_t modes;
	int (*take)(struct conf_reader *reader, struct conf *conf,
		    const char *arg);
};

static const struct conf_extra conf_extras[] = {
	{ "gateway", IFLA_M6T_GATEWAY, CONF_MN, conf_take_gateway },
	{ "dev", IFLA_M6T_LINK, CONF_ANY, conf_take_link },
	{ "ipsec", IFLA_M6T_IPSEC, CONF_DSMIP, conf_take_ipsec },
	{ "mtu", CONF_WORD_MTU, CONF_ANY, conf_take_mtu },
	{ "metric", CONF_WORD_METRIC, CONF_MN, conf_take_metric },
	{ "probe", CONF_WORD_PROBE, CONF_MN, conf_take_probe },
	{ "mn", CONF_WORD_NODE, CONF_DSMIP_HA, conf_take_node },
	{ "mn-file", CONF_WORD_NODE_FILE, CONF_DSMIP_HA, conf_take_node_file },
	{ "home-link", CONF_WORD_HOME_LINK, CONF_DSMIP_HA,
	  conf_take_home_link },
	{ "pool4", CONF_WORD_POOL4, CONF_DSMIP_HA, conf_take_pool4 },
	{ "max-lifetime", CONF_WORD_LIFETIME, CONF_DSMIP_HA,
	  conf_take_lifetime },
	{ "lifetime", CONF_WORD_LIFETIME, CONF_DSMIP_MN, conf_take_lifetime },
	{ "link", CONF_WORD_UPLINK, CONF_DSMIP_MN, conf_take_uplink },
};

static const struct conf_extra *conf_extra(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conf_extras); i++)
		if (!strcmp(conf_extras[i].word, word))
			return &conf_extras[i];

	return NULL;
}

/**
 * conf_modes - the modes that have an option
 * @word: the option
 *
 * Return: SETTING_MODE() bits; 0: unknown.
 */
uint8_t conf_modes(const char *word)
{
	const struct conf_extra *extra = conf_extra(word);

	return extra ? extra->modes : setting_modes(word);
}

/* Note an option, once for each attribute. */
static int conf_see(struct conf_reader *reader, unsigned int which,
		    const char *word)
{
	const char *other = reader->word[which];

	if (!other) {
		reader->given[which] = reader->line;
		reader->word[which] = word;
		return STATUS_DONE;
	}
	if (which == CONF_WORD_NODE || which == CONF_WORD_UPLINK)
		return STATUS_DONE;
	if (!strcmp(other, word))
		return conf_refuse(reader, word, "is given more than once");

	return conf_refuse(reader, word,
			   "is another mode's name for %s: expected only one of them",
			   other);
}

static int conf_take(struct conf_reader *reader, struct conf *conf,
		     const char *word)
{
	const struct conf_extra *extra = conf_extra(word);
	const struct setting *set = setting_find(word);
	unsigned int line = reader->line;
	unsigned int which;
	const char *arg;
	int status;

	if (!extra && !set)
		return conf_refuse(reader, "unknown option",
				   "\"%s\" (see m6t.conf(5))", word);
	which = extra ? extra->which : set->attr;
	status = conf_see(reader, which, word);
	if (status)
		return status;
	arg = conf_next(reader);
	if (!arg) {
		reader->line = line;
		return conf_refuse(reader, word,
				   "has no value (see m6t.conf(5))");
	}

	return extra ? extra->take(reader, conf, arg) :
		       conf_parse(reader, set, arg, &conf->value[set->attr]);
}

/**
 * conf_words - read the options of a file
 * @reader: the file; the lines of the options are noted
 * @conf: receives the values
 * @text: the file, with a byte before it that may be written to; to be kept as
 *	long as the reader
 *
 * Return: an enum status; an error was printed.
 */
int conf_words(struct conf_reader *reader, struct conf *conf, char *text)
{
	const char *word;
	int status;

	reader->line = 1;
	reader->text = text;
	while ((word = conf_next(reader))) {
		status = conf_take(reader, conf, word);
		if (status)
			return status;
	}

	return STATUS_DONE;
}
