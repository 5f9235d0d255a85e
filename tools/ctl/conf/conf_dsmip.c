// SPDX-License-Identifier: GPL-2.0
/*
 * Options of a file for the protocol module of DSMIPv6.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_dsmip.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/say.h"
#include "lib/text.h"

/* Length of a name that is short enough; 0 if it is not. */
static bool conf_is_link(const char *name)
{
	return conf_is_ifname(name, strlen(name), IFNAMSIZ);
}

/**
 * conf_take_home_link - read "home-link IFNAME"
 * @reader: the reader
 * @conf: receives the name
 * @arg: the name
 *
 * Return: an enum status; an error was printed.
 */
int conf_take_home_link(struct conf_reader *reader, struct conf *conf,
			const char *arg)
{
	if (!conf_is_link(arg))
		return conf_refuse(reader, "home-link",
				   "\"%s\" is wrong: expected the name of a device",
				   arg);

	strcpy(conf->dsmip.home_link, arg);
	return STATUS_DONE;
}

/**
 * conf_take_pool4 - read "pool4 IPV4/LEN"
 * @reader: the reader
 * @conf: receives the prefix
 * @arg: the prefix
 *
 * Return: an enum status; an error was printed.
 */
int conf_take_pool4(struct conf_reader *reader, struct conf *conf,
		    const char *arg)
{
	struct m6t_prefix4 *pool = &conf->dsmip.pool4;

	if (text_prefix4(arg, 32, pool) != TEXT_OK ||
	    pool->len < CONF_POOL_LEN)
		return conf_refuse(reader, "pool4",
				   "\"%s\" is wrong: expected IPV4/LEN with a length of %u to 32 and no bits set beyond it",
				   arg, CONF_POOL_LEN);

	return STATUS_DONE;
}

/**
 * conf_take_lifetime - read "lifetime SEC" or "max-lifetime SEC"
 * @reader: the reader
 * @conf: receives the number
 * @arg: the number
 *
 * Return: an enum status; an error was printed.
 */
int conf_take_lifetime(struct conf_reader *reader, struct conf *conf,
		       const char *arg)
{
	uint64_t number;

	if (!text_number(arg, CONF_LIFETIME_MAX, &number) ||
	    number < CONF_LIFETIME_MIN)
		return conf_refuse(reader, reader->word[CONF_WORD_LIFETIME],
				   "\"%s\" is wrong: expected %u to %u (s)",
				   arg, CONF_LIFETIME_MIN, CONF_LIFETIME_MAX);

	conf->dsmip.lifetime = number;
	return STATUS_DONE;
}

/* The metric of a link is its position in the file, unless it is given. */
static int conf_link_metric(struct conf_reader *reader, char *rest,
			    struct conf_link *link)
{
	char *save = NULL;
	const char *word = strtok_r(rest, CONF_SPACE, &save);
	const char *arg = word ? strtok_r(NULL, CONF_SPACE, &save) : NULL;
	uint64_t number;

	if (!word)
		return STATUS_DONE;
	if (strcmp(word, "metric") || strtok_r(NULL, CONF_SPACE, &save))
		return conf_refuse(reader, "link",
				   "%s is wrong: expected link IFNAME [metric N]",
				   link->name);
	if (!arg || !text_number(arg, UINT32_MAX, &number))
		return conf_refuse(reader, "link",
				   "%s has a wrong metric: expected 0 to %u",
				   link->name, UINT32_MAX);

	link->metric = number;
	return STATUS_DONE;
}

/**
 * conf_take_uplink - read "link IFNAME [metric N]"
 * @reader: the reader
 * @conf: receives the link
 * @arg: the name
 *
 * Return: an enum status; an error was printed.
 */
int conf_take_uplink(struct conf_reader *reader, struct conf *conf,
		     const char *arg)
{
	struct conf_dsmip *dsmip = &conf->dsmip;
	char rest[CONF_LINE_MAX];
	struct conf_link *link;
	unsigned int i;

	if (!conf_is_link(arg))
		return conf_refuse(reader, "link",
				   "\"%s\" is wrong: expected the name of a device",
				   arg);
	for (i = 0; i < dsmip->link_count; i++)
		if (!strcmp(dsmip->links[i].name, arg))
			return conf_refuse(reader, "link",
					   "%s is given more than once", arg);
	if (dsmip->link_count == CONF_LINKS)
		return conf_refuse(reader, "link",
				   "is given too often: expected at most %u",
				   CONF_LINKS);

	link = &dsmip->links[dsmip->link_count];
	strcpy(link->name, arg);
	link->metric = dsmip->link_count++;
	return conf_rest(reader, "link", rest) ?:
	       conf_link_metric(reader, rest, link);
}

/**
 * conf_check_agent - check what depends on several options
 * @reader: the reader
 * @conf: the file
 *
 * Return: an enum status; an error was printed.
 */
int conf_check_agent(struct conf_reader *reader, struct conf *conf)
{
	if (!conf->dsmip.lifetime)
		conf->dsmip.lifetime = CONF_LIFETIME;
	return conf_nodes_check(reader, conf);
}

/**
 * conf_dsmip_free - free what conf_load() has allocated for these options
 * @conf: the file
 */
void conf_dsmip_free(struct conf *conf)
{
	free(conf->dsmip.nodes);
	conf->dsmip.nodes = NULL;
	conf->dsmip.node_count = 0;
}
