/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read the options of a file.
 */
#ifndef M6T_CONF_WORDS_H
#define M6T_CONF_WORDS_H

#include "ctl/conf/conf.h"
#include "lib/macros.h"
#include "lib/setting.h"

/* Options of a file that ip(8) does not have. */
enum conf_word {
	CONF_WORD_MTU = IFLA_M6T_MAX + 1,
	CONF_WORD_METRIC,
	CONF_WORD_PROBE,
	CONF_WORDS,
};

/**
 * struct conf_reader - a file that is being read
 * @path: its name
 * @line: the line to be named in an error; 0: none
 * @given: line of each option; 0: not given
 */
struct conf_reader {
	const char *path;
	unsigned int line;
	unsigned int given[CONF_WORDS];
};

__printf(3, 4) int conf_refuse(struct conf_reader *reader, const char *word,
			       const char *format, ...);
int conf_parse(struct conf_reader *reader, const struct setting *set,
	       const char *arg, struct setting_value *value);
int conf_words(struct conf_reader *reader, struct conf *conf, char *text);

#endif /* M6T_CONF_WORDS_H */
