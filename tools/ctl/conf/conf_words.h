/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read the options of a file.
 */
#ifndef M6T_CONF_WORDS_H
#define M6T_CONF_WORDS_H

#include <stdarg.h>

#include "ctl/conf/conf.h"
#include "lib/macros.h"
#include "lib/setting.h"

/* Size of the rest of a line. */
#define CONF_LINE_MAX	512

/* Options of a file that ip(8) does not have. */
enum conf_word {
	CONF_WORD_MTU = IFLA_M6T_MAX + 1,
	CONF_WORD_METRIC,
	CONF_WORD_PROBE,
	CONF_WORD_NODE,
	CONF_WORD_NODE_FILE,
	CONF_WORD_HOME_LINK,
	CONF_WORD_POOL4,
	CONF_WORD_LIFETIME,
	CONF_WORD_UPLINK,
	CONF_WORDS,
};

/**
 * struct conf_reader - a file that is being read
 * @path: its name
 * @line: the line to be named in an error; 0: none
 * @text: the rest of its text
 * @given: line of each option; 0: not given
 * @word: name of each option that was given
 */
struct conf_reader {
	const char *path;
	unsigned int line;
	char *text;
	unsigned int given[CONF_WORDS];
	const char *word[CONF_WORDS];
};

__printf(3, 0) int conf_vrefuse(void *arg, const char *word,
				const char *format, va_list args);
__printf(3, 4) int conf_refuse(struct conf_reader *reader, const char *word,
			       const char *format, ...);
int conf_parse(struct conf_reader *reader, const struct setting *set,
	       const char *arg, struct setting_value *value);
char *conf_next(struct conf_reader *reader);
int conf_rest(struct conf_reader *reader, const char *word, char *rest);
uint8_t conf_modes(const char *word);
int conf_words(struct conf_reader *reader, struct conf *conf, char *text);

#endif /* M6T_CONF_WORDS_H */
