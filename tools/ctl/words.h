/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments of a command.
 */
#ifndef M6T_WORDS_H
#define M6T_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/command.h"
#include "lib/names.h"

/**
 * struct word - an option of a command, followed by a value
 * @name: its name; NULL: a value alone, which must be first in the table
 * @what: its value, as in the usage; empty: none
 * @parse: read the value into @to; returns an enum status after printing errors
 * @to: receives the value
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

/**
 * struct range - a number of a range
 * @min: set before parsing: smallest one
 * @max: set before parsing: largest one
 * @value: the number, set by word_range()
 */
struct range {
	uint64_t min;
	uint64_t max;
	uint64_t value;
};

int words_parse(const struct command *command, struct word *words, int argc,
		char **argv);
int words_device(const struct command *command, struct device *dev,
		 bool required, int argc, char **argv);
int word_device(const struct word *word, const char *arg);
int word_address(const struct word *word, const char *arg);
int word_prefix(const struct word *word, const char *arg);
int word_endpoint(const struct word *word, const char *arg);
int word_ipv4(const struct word *word, const char *arg);
int word_kind(const struct word *word, const char *arg);
int word_range(const struct word *word, const char *arg);
int word_state(const struct word *word, const char *arg);
int word_u16(const struct word *word, const char *arg);
int word_metric(const struct word *word, const char *arg);
int word_id(const struct word *word, const char *arg);
int word_flag(const struct word *word, const char *arg);

#endif /* M6T_WORDS_H */
