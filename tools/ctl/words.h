/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words behind a command.
 */
#ifndef M6T_WORDS_H
#define M6T_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/command.h"
#include "lib/names.h"

/**
 * struct word - a word of a command that is followed by a value
 * @name: the word; NULL: a value alone, which must be first in the table
 * @what: its value, as in the usage; empty: it has none
 * @parse: read the value into @to; an enum status, with a sentence printed
 * @to: where the value goes
 * @required: refuse a command without it
 * @given: set by words_parse()
 */
struct word {
	const char *name;
	const char *what;
	int (*parse)(const struct word *word, const char *arg);
	void *to;
	bool required;
	bool given;
};

int words_parse(const struct command *command, struct word *words, int argc,
		char **argv);
int words_device(const struct command *command, struct device *dev,
		 bool required, int argc, char **argv);
int word_device(const struct word *word, const char *arg);
int word_address(const struct word *word, const char *arg);
int word_prefix(const struct word *word, const char *arg);
int word_endpoint(const struct word *word, const char *arg);
int word_state(const struct word *word, const char *arg);
int word_u16(const struct word *word, const char *arg);
int word_metric(const struct word *word, const char *arg);
int word_id(const struct word *word, const char *arg);
int word_flag(const struct word *word, const char *arg);

#endif /* M6T_WORDS_H */
