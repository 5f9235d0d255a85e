// SPDX-License-Identifier: GPL-2.0
/*
 * A file that is being read: its words, and errors about them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_words.h"
#include "lib/say.h"

/**
 * conf_vrefuse - print a one-sentence error
 * @arg: the &struct conf_reader
 * @word: its beginning
 * @format: the rest, without a full stop
 * @args: its arguments
 *
 * Return: an enum status.
 */
int conf_vrefuse(void *arg, const char *word, const char *format,
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

/**
 * conf_next - cut the next word out of the text
 * @reader: the reader
 *
 * Return: the word; NULL at the end of the text.
 */
char *conf_next(struct conf_reader *reader)
{
	char *at = reader->text;
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
	reader->text = at;
	if (!*at)
		return word;
	word = memmove(word - 1, word, at - word);
	at[-1] = '\0';
	return word;
}

/**
 * conf_rest - cut out the rest of the line
 * @reader: the reader
 * @word: the option on this line
 * @rest: room for %CONF_LINE_MAX bytes
 *
 * Return: an enum status; an error was printed.
 */
int conf_rest(struct conf_reader *reader, const char *word, char *rest)
{
	size_t len = strcspn(reader->text, "#\n");

	if (len >= CONF_LINE_MAX)
		return conf_refuse(reader, word,
				   "has a line that is too long: expected at most %u bytes",
				   CONF_LINE_MAX - 1);

	memcpy(rest, reader->text, len);
	rest[len] = '\0';
	reader->text += len;
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
