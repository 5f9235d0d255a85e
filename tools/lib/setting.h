/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of a device: their names, ranges and printed forms, shared by
 * the plugin of ip and m6tctl.
 */
#ifndef M6T_SETTING_H
#define M6T_SETTING_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/m6t.h>
#include <linux/netlink.h>

/* Room for the longest setting: a full list of the longest prefixes. */
#define SETTING_TEXT_MAX	1024

/* Room for a list of all modes in a sentence. */
#define SETTING_ONLY_MAX	64

/* Bit of a role in the modes of a setting. */
#define SETTING_MODE(mode)	(1 << (mode))

/**
 * enum setting_kind - how a setting is written and sent
 * @SETTING_CHOICE: u8, one of a few names
 * @SETTING_U32: u32, a number
 * @SETTING_U8: u8, a number
 * @SETTING_BE16: be16, a port
 * @SETTING_IPV4: be32, an address
 * @SETTING_LINK: u32, the name of a device
 * @SETTING_TTL: u8, a number or "inherit"
 * @SETTING_TOS: u8, a number without ECN bits or "inherit"
 * @SETTING_MARK: u32, a number, printed in hexadecimal
 * @SETTING_PORTS: nest of be16
 * @SETTING_PREFIX6: nest of struct m6t_prefix6
 * @SETTING_HOST6: the same, a length of 128 may be omitted
 * @SETTING_ADDR6: the same, an address without a length
 * @SETTING_PREFIX4: nest of struct m6t_prefix4
 * @SETTING_ADDR4: the same, an address without a length
 * @SETTING_WEIGHT4: nest of struct m6t_weight4
 */
enum setting_kind {
	SETTING_CHOICE,
	SETTING_U32,
	SETTING_U8,
	SETTING_BE16,
	SETTING_IPV4,
	SETTING_LINK,
	SETTING_TTL,
	SETTING_TOS,
	SETTING_MARK,
	SETTING_PORTS,
	SETTING_PREFIX6,
	SETTING_HOST6,
	SETTING_ADDR6,
	SETTING_PREFIX4,
	SETTING_ADDR4,
	SETTING_WEIGHT4,
};

/**
 * struct setting - one setting
 * @word: its name, in commands and in JSON
 * @attr: its attribute, enum m6t_setting
 * @kind: how it is written and sent
 * @modes: SETTING_MODE() bits of the roles that have it
 * @single: SETTING_MODE() bits of the roles whose list has one entry only
 * @min: smallest number
 * @max: largest number; of a list: maximum number of entries
 * @unit: unit of a number, for the help text
 * @choices: names of the values of a %SETTING_CHOICE, by value, NULL at the end
 * @optional: a zero or an empty list means that it is not set
 * @fallback: the kernel's default, as typed; NULL: none
 */
struct setting {
	const char *word;
	uint16_t attr;
	uint8_t kind;
	uint8_t modes;
	uint8_t single;
	uint32_t min;
	uint32_t max;
	const char *unit;
	const char *const *choices;
	bool optional;
	const char *fallback;
};

/**
 * struct setting_sink - a JSON writer
 * @number: write a number; the key is NULL in an array
 * @string: write a string; NULL: write null
 * @boolean: write true or false
 * @open: open an array
 * @close: close it
 * @ifname: name of an underlay device, NULL if it has none
 * @arg: passed to each of them
 */
struct setting_sink {
	void (*number)(void *arg, const char *key, uint64_t value);
	void (*string)(void *arg, const char *key, const char *value);
	void (*boolean)(void *arg, const char *key, bool value);
	void (*open)(void *arg, const char *key);
	void (*close)(void *arg, const char *key);
	const char *(*ifname)(void *arg, uint32_t ifindex);
	void *arg;
};

/**
 * struct setting_value - the payload of a setting's attribute
 * @len: its length
 * @data: the payload, with room for a full list of the longest entries
 */
struct setting_value {
	size_t len;
	uint8_t data[M6T_MAX_PREFIXES *
		     (NLA_HDRLEN + sizeof(struct m6t_prefix6))];
};

/**
 * struct setting_tool - callbacks of setting_parse() into the calling tool
 * @refuse: print an error, one sentence of @word followed by @format, without a
 *	full stop; setting_parse() returns its result
 * @ifindex: index of an underlay device; 0: no such device
 * @arg: passed to @refuse
 */
struct setting_tool {
	int (*refuse)(void *arg, const char *word, const char *format,
		      va_list args);
	uint32_t (*ifindex)(const char *name);
	void *arg;
};

extern const struct setting setting_table[];
extern const size_t setting_count;
extern const char *const setting_mode_words[];

const struct setting *setting_find(const char *word);
const struct setting *setting_of(uint16_t attr, uint8_t mode);
uint32_t setting_default(uint16_t attr, uint8_t mode);
uint8_t setting_modes(const char *word);
const char *setting_only(uint8_t modes, char *buf);
bool setting_is_list(const struct setting *set);
bool setting_is_switch(const struct setting *set);
bool setting_is_single(const struct setting *set, uint8_t mode);

/* setting_print.c */
bool setting_is_set(const struct setting *set, const void *data, size_t len);
void setting_to_text(const struct setting *set, const void *data, size_t len,
		     const struct setting_sink *sink, char *buf, size_t size);
void setting_to_json(const struct setting *set, const char *key, bool single,
		     const void *data, size_t len,
		     const struct setting_sink *sink);

/* setting_parse.c */
int setting_parse(const struct setting_tool *tool, const struct setting *set,
		  const char *arg, struct setting_value *value);

#endif /* M6T_SETTING_H */
