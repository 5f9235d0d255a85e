// SPDX-License-Identifier: GPL-2.0
/*
 * The mobile nodes of a home agent: one on each line of its file, or of a separate
 * file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/stat.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_dsmip.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/say.h"
#include "lib/text.h"

static int conf_node_home4(struct conf_reader *reader, struct conf_node *node,
			   const char *arg)
{
	node->pool = arg && !strcmp(arg, "pool");
	if (node->pool)
		return STATUS_DONE;
	if (!arg || inet_pton(AF_INET, arg, &node->hoa4) != 1 ||
	    !text_ipv4_is_host(node->hoa4))
		return conf_refuse(reader, "mn",
				   "has a wrong hoa4: expected the IPv4 address of a host, or pool");

	return STATUS_DONE;
}

static int conf_node_lifetime(struct conf_reader *reader,
			      struct conf_node *node, const char *arg)
{
	uint64_t number;

	if (!arg || !text_number(arg, CONF_LIFETIME_MAX, &number) ||
	    number < CONF_LIFETIME_MIN)
		return conf_refuse(reader, "mn",
				   "has a wrong lifetime: expected %u to %u (s)",
				   CONF_LIFETIME_MIN, CONF_LIFETIME_MAX);

	node->lifetime = number;
	return STATUS_DONE;
}

/* The options of a mobile node; each at most once, as the last one would count. */
static int conf_node_options(struct conf_reader *reader, char *rest,
			     struct conf_node *node)
{
	const char *word;
	char *save = NULL;
	int status = 0;

	for (word = strtok_r(rest, CONF_SPACE, &save); word && !status;
	     word = strtok_r(NULL, CONF_SPACE, &save)) {
		if (!strcmp(word, "hoa4") && !node->pool && !node->hoa4.s_addr)
			status = conf_node_home4(reader, node,
						 strtok_r(NULL, CONF_SPACE,
							  &save));
		else if (!strcmp(word, "lifetime") && !node->lifetime)
			status = conf_node_lifetime(reader, node,
						    strtok_r(NULL, CONF_SPACE,
							     &save));
		else
			status = conf_refuse(reader, "mn",
					     "has \"%s\" in a wrong place: expected mn HOA [hoa4 {IPV4|pool}] [lifetime SEC]",
					     word);
	}

	return status;
}

static struct conf_node *conf_node_new(struct conf_dsmip *dsmip)
{
	struct conf_node *nodes = dsmip->nodes;

	/* A power of two: the array is full. */
	if (!(dsmip->node_count & (dsmip->node_count - 1)))
		nodes = reallocarray(nodes, 2 * dsmip->node_count + 1,
				     sizeof(*nodes));
	if (!nodes)
		return NULL;

	dsmip->nodes = nodes;
	memset(&nodes[dsmip->node_count], 0, sizeof(*nodes));
	return &nodes[dsmip->node_count++];
}

static int conf_node_add(struct conf_reader *reader, struct conf *conf,
			 const char *arg, char *rest)
{
	struct m6t_prefix6 prefix = { .len = 128 };
	struct conf_node *node;

	if (inet_pton(AF_INET6, arg, &prefix.addr) != 1 ||
	    !text_prefix6_is_global(&prefix))
		return conf_refuse(reader, "mn",
				   "\"%s\" is wrong: expected a global unicast IPv6 address",
				   arg);
	node = conf_node_new(&conf->dsmip);
	if (!node)
		return fail(STATUS_REFUSED, "out of memory");

	node->hoa = prefix.addr;
	return conf_node_options(reader, rest, node);
}

/**
 * conf_take_node - read "mn HOA [hoa4 {IPV4|pool}] [lifetime SEC]"
 * @reader: the reader
 * @conf: receives the mobile node
 * @arg: its home address
 *
 * Return: an enum status; an error was printed.
 */
int conf_take_node(struct conf_reader *reader, struct conf *conf,
		   const char *arg)
{
	char rest[CONF_LINE_MAX];

	return conf_rest(reader, "mn", rest) ?:
	       conf_node_add(reader, conf, arg, rest);
}

/* Each line is what follows "mn" in the file of a device. */
static int conf_node_line(struct conf_reader *reader, struct conf *conf,
			  char *line)
{
	char *save = NULL;
	char *arg;

	line[strcspn(line, "#\n")] = '\0';
	arg = strtok_r(line, CONF_SPACE, &save);
	return arg ? conf_node_add(reader, conf, arg, save) : STATUS_DONE;
}

static int conf_node_lines(struct conf_reader *reader, struct conf *conf,
			   FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	int status = 0;

	for (reader->line = 1; !status && getline(&line, &size, file) > 0;
	     reader->line++)
		status = conf_node_line(reader, conf, line);

	free(line);
	return status;
}

static int conf_node_open(const char *path, FILE **file)
{
	struct stat stat;

	*file = fopen(path, "re");
	if (!*file)
		return fail(STATUS_REFUSED, "%s: %s", path, strerror(errno));
	if (fstat(fileno(*file), &stat) || !S_ISREG(stat.st_mode) ||
	    (!geteuid() && (stat.st_uid || stat.st_mode & 0022))) {
		fclose(*file);
		return fail(STATUS_REFUSED,
			    "%s cannot be trusted: expected a regular file that only root may write to",
			    path);
	}

	return STATUS_DONE;
}

/**
 * conf_take_node_file - read "mn-file FILE", and the file
 * @reader: the reader
 * @conf: receives the mobile nodes
 * @arg: the name of the file
 *
 * Return: an enum status; an error was printed.
 */
int conf_take_node_file(struct conf_reader *reader, struct conf *conf,
			const char *arg)
{
	struct conf_reader other = { .path = arg };
	FILE *file;
	int status;

	if (arg[0] != '/')
		return conf_refuse(reader, "mn-file",
				   "\"%s\" is wrong: expected an absolute path",
				   arg);
	status = conf_node_open(arg, &file);
	if (status)
		return status;

	status = conf_node_lines(&other, conf, file);
	fclose(file);
	return status;
}

static int conf_node_compare(const void *a, const void *b)
{
	const struct conf_node *one = a, *two = b;

	return memcmp(&one->hoa, &two->hoa, sizeof(one->hoa));
}

static bool conf_node_is_home(const struct conf *conf,
			      const struct conf_node *node)
{
	struct m6t_prefix6 prefix;
	size_t at = 0;

	while (conf_prefix(&conf->value[IFLA_M6T_PREFIXES], &at, &prefix))
		if (text_prefix6_has(&prefix, &node->hoa))
			return true;

	return false;
}

static bool conf_home4_has(const struct conf *conf, struct in_addr addr,
			   uint8_t len)
{
	const struct setting_value *value = &conf->value[IFLA_M6T_PREFIXES4];
	struct m6t_prefix4 prefix;
	size_t at;

	for (at = 0; at < value->len;
	     at += NLA_HDRLEN + NLA_ALIGN(sizeof(prefix))) {
		memcpy(&prefix, value->data + at + NLA_HDRLEN, sizeof(prefix));
		if (prefix.len <= len &&
		    (!prefix.len || !((ntohl(prefix.addr) ^
				       ntohl(addr.s_addr)) >>
				      (32 - prefix.len))))
			return true;
	}

	return false;
}

static int conf_node_check(struct conf_reader *reader, const struct conf *conf,
			   const struct conf_node *node)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &node->hoa, addr, sizeof(addr));
	if (!conf_node_is_home(conf, node))
		return conf_refuse(reader, "mn",
				   "%s is wrong: expected an address inside home",
				   addr);
	if (node->pool && !conf->dsmip.pool4.len)
		return conf_refuse(reader, "mn",
				   "%s has hoa4 pool: expected pool4, too",
				   addr);
	if (node->hoa4.s_addr && !conf_home4_has(conf, node->hoa4, 32))
		return conf_refuse(reader, "mn",
				   "%s has a wrong hoa4: expected an address inside home4",
				   addr);
	if (node != conf->dsmip.nodes && !conf_node_compare(node, node - 1))
		return conf_refuse(reader, "mn", "%s is given more than once",
				   addr);

	return STATUS_DONE;
}

static int conf_home4_compare(const void *a, const void *b)
{
	const struct in_addr *one = a, *two = b;

	if (one->s_addr == two->s_addr)
		return 0;
	return one->s_addr < two->s_addr ? -1 : 1;
}

/* Two mobile nodes with the same IPv4 home address would take it from each
 * other.
 */
static int conf_home4_check(struct conf_reader *reader,
			    const struct conf_dsmip *dsmip)
{
	struct in_addr *addrs = calloc(dsmip->node_count + 1, sizeof(*addrs));
	char text[INET_ADDRSTRLEN];
	size_t i, count = 0;
	int status = 0;

	if (!addrs)
		return fail(STATUS_REFUSED, "out of memory");
	for (i = 0; i < dsmip->node_count; i++)
		if (dsmip->nodes[i].hoa4.s_addr)
			addrs[count++] = dsmip->nodes[i].hoa4;
	qsort(addrs, count, sizeof(*addrs), conf_home4_compare);
	for (i = 1; i < count && !status; i++)
		if (addrs[i].s_addr == addrs[i - 1].s_addr)
			status = conf_refuse(reader, "mn",
					     "hoa4 %s is given more than once",
					     inet_ntop(AF_INET, &addrs[i],
						       text, sizeof(text)));

	free(addrs);
	return status;
}

/**
 * conf_nodes_check - sort the mobile nodes, and check them
 * @reader: the reader
 * @conf: the file
 *
 * Return: an enum status; an error was printed.
 */
int conf_nodes_check(struct conf_reader *reader, struct conf *conf)
{
	struct conf_dsmip *dsmip = &conf->dsmip;
	size_t i;
	int status;

	reader->line = 0;
	if (dsmip->pool4.len &&
	    !conf_home4_has(conf, (struct in_addr){ dsmip->pool4.addr },
			    dsmip->pool4.len))
		return conf_refuse(reader, "pool4",
				   "is wrong: expected a prefix inside home4");
	if (!dsmip->node_count)
		return STATUS_DONE;
	qsort(dsmip->nodes, dsmip->node_count, sizeof(*dsmip->nodes),
	      conf_node_compare);
	for (i = 0; i < dsmip->node_count; i++) {
		status = conf_node_check(reader, conf, &dsmip->nodes[i]);
		if (status)
			return status;
	}

	return conf_home4_check(reader, dsmip);
}
