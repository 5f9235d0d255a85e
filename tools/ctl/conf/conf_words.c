// SPDX-License-Identifier: GPL-2.0
/*
 * The options of a file, each checked by itself.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/names.h"
#include "lib/proto.h"
#include "lib/say.h"
#include "lib/setting.h"
#include "lib/text.h"

#define CONF_LABEL_MAX	63	/* of a DNS name */

/* Print a one-sentence error. Return: an enum status. */
static int conf_vrefuse(void *arg, const char *word, const char *format,
			va_list args)
{
	const struct conf_reader *reader = arg;
	char sentence[1024];

	vsnprintf(sentence, sizeof(sentence), format, args);
	if (!reader->line)
		return fail(STATUS_USAGE, "%s: %s %s", reader->path, word,
			    sentence);

	return fail(STATUS_USAGE, "%s:%u: %s %s", reader->path, reader->line,
		    word, sentence);
}

/**
 * conf_refuse - print a one-sentence error
 * @reader: the reader
 * @word: its beginning
 * @format: the rest, without a full stop
 *
 * Return: an enum status.
 */
int conf_refuse(struct conf_reader *reader, const char *word,
		const char *format, ...)
{
	va_list args;
	int status;

	va_start(args, format);
	status = conf_vrefuse(reader, word, format, args);
	va_end(args);
	return status;
}

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

/* Cut the next word out of the text; NULL at its end. */
static char *conf_next(struct conf_reader *reader, char **text)
{
	char *at = *text;
	char *word;

	for (; *at && (strchr(CONF_SPACE, *at) || *at == '#'); at++) {
		if (*at == '#')
			at += strcspn(at, "\n");
		if (!*at)
			break;
		if (*at == '\n')
			reader->line++;
	}
	if (!*at)
		return NULL;

	word = at;
	at += strcspn(at, CONF_SPACE "#");
	/* Leave the end of the line or the comment for the next call. */
	*text = at;
	if (!*at)
		return word;
	word = memmove(word - 1, word, at - word);
	at[-1] = '\0';
	return word;
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

/* Find an option: its attribute, or one of CONF_WORD_*; 0: unknown. */
static unsigned int conf_word(const char *word)
{
	const struct setting *set = setting_find(word);

	if (set)
		return set->attr;
	if (!strcmp(word, "mtu"))
		return CONF_WORD_MTU;
	if (!strcmp(word, "metric"))
		return CONF_WORD_METRIC;
	if (!strcmp(word, "probe"))
		return CONF_WORD_PROBE;

	return 0;
}

static int conf_take(struct conf_reader *reader, struct conf *conf,
		     unsigned int which, const char *word, const char *arg)
{
	switch (which) {
	case CONF_WORD_MTU:
		return conf_take_mtu(reader, conf, arg);
	case CONF_WORD_METRIC:
		return conf_take_metric(reader, conf, arg);
	case CONF_WORD_PROBE:
		return conf_take_probe(reader, conf, arg);
	case IFLA_M6T_GATEWAY:
		return conf_take_gateway(reader, conf, arg);
	case IFLA_M6T_LINK:
		return conf_take_link(reader, conf, arg);
	default:
		return conf_parse(reader, setting_find(word), arg,
				  &conf->value[which]);
	}
}

/**
 * conf_words - read the options of a file
 * @reader: the file; the lines of the options are noted
 * @conf: receives the values
 * @text: the file, with a byte before it that may be written to
 *
 * Return: an enum status; an error was printed.
 */
int conf_words(struct conf_reader *reader, struct conf *conf, char *text)
{
	unsigned int which;
	char *word, *arg;
	int status;

	reader->line = 1;
	while ((word = conf_next(reader, &text))) {
		which = conf_word(word);
		if (!which)
			return conf_refuse(reader, "unknown option",
					   "\"%s\" (see m6t.conf(5))",
					   word);
		if (reader->given[which])
			return conf_refuse(reader, word,
					   "is given more than once");
		reader->given[which] = reader->line;
		arg = conf_next(reader, &text);
		if (!arg) {
			reader->line = reader->given[which];
			return conf_refuse(reader, word,
					   "has no value (see m6t.conf(5))");
		}
		status = conf_take(reader, conf, which, word, arg);
		if (status)
			return status;
	}

	return STATUS_DONE;
}
