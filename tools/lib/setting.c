// SPDX-License-Identifier: GPL-2.0
/*
 * The settings of a device: the table.
 */
#include <string.h>

#include "lib/macros.h"
#include "lib/proto.h"
#include "lib/setting.h"
#include "lib/text.h"

#define GW	SETTING_MODE(M6T_MODE_GW)
#define MN	SETTING_MODE(M6T_MODE_MN)

static const char *const switch_words[] = { "off", "on", NULL };
static const char *const df_words[] = { "unset", "set", "inherit", NULL };

/* No role has the value 0: an empty word, which cannot be typed. */
const char *const setting_mode_words[] = { "", "gw", "mn", NULL };

/* In the order of output; ranges as in <linux/m6t.h>. */
const struct setting setting_table[] = {
	{ .word = "mode", .attr = IFLA_M6T_MODE,
	  .kind = SETTING_CHOICE, .modes = GW | MN,
	  .choices = setting_mode_words },
	{ .word = "prefix", .attr = IFLA_M6T_PREFIXES,
	  .kind = SETTING_PREFIX6, .modes = GW | MN,
	  .min = 1, .max = M6T_MAX_PREFIXES },
	{ .word = "gateway", .attr = IFLA_M6T_GATEWAY,
	  .kind = SETTING_IPV4, .modes = MN },
	{ .word = "ha", .attr = IFLA_M6T_HOME_AGENTS,
	  .fallback = "none",
	  .kind = SETTING_HOST6, .modes = GW,
	  .max = M6T_MAX_HOME_AGENTS, .optional = true },
	{ .word = "local", .attr = IFLA_M6T_LOCAL,
	  .fallback = "any",
	  .kind = SETTING_IPV4, .modes = GW | MN,
	  .optional = true },
	{ .word = "port", .attr = IFLA_M6T_PORTS,
	  .fallback = __stringify(M6T_PORT),
	  .kind = SETTING_PORTS, .modes = GW | MN,
	  .min = 1, .max = M6T_MAX_PORTS },
	{ .word = "max-bindings", .attr = IFLA_M6T_MAX_BINDINGS,
	  .fallback = "65536",
	  .kind = SETTING_U32, .modes = GW,
	  .min = 1, .max = 16777216 },
	{ .word = "temp-timeout", .attr = IFLA_M6T_TEMP_TIMEOUT,
	  .fallback = "2000",
	  .kind = SETTING_U32, .modes = GW,
	  .min = 10, .max = 60000, .unit = "ms" },
	{ .word = "active-timeout", .attr = IFLA_M6T_ACTIVE_TIMEOUT,
	  .fallback = "120",
	  .kind = SETTING_U32, .modes = GW,
	  .min = 5, .max = 86400, .unit = "s" },
	{ .word = "rate", .attr = IFLA_M6T_RATE,
	  .fallback = "16",
	  .kind = SETTING_U32, .modes = GW,
	  .max = 1000000, .unit = "a second" },
	{ .word = "burst", .attr = IFLA_M6T_BURST,
	  .fallback = "64",
	  .kind = SETTING_U32, .modes = GW,
	  .min = 1, .max = 1000000 },
	{ .word = "exempt", .attr = IFLA_M6T_EXEMPTS,
	  .fallback = "none",
	  .kind = SETTING_PREFIX4, .modes = GW,
	  .max = M6T_MAX_EXEMPTS, .optional = true },
	{ .word = "pressure", .attr = IFLA_M6T_PRESSURE,
	  .fallback = "50",
	  .kind = SETTING_U8, .modes = GW,
	  .max = 100, .unit = "% of max-bindings" },
	{ .word = "weight", .attr = IFLA_M6T_WEIGHTS,
	  .fallback = "none",
	  .kind = SETTING_WEIGHT4, .modes = GW,
	  .max = M6T_MAX_WEIGHTS, .optional = true },
	{ .word = "hairpin", .attr = IFLA_M6T_HAIRPIN,
	  .fallback = "off",
	  .kind = SETTING_CHOICE, .modes = GW,
	  .choices = switch_words },
	{ .word = "sport", .attr = IFLA_M6T_SPORT,
	  .fallback = "0",
	  .kind = SETTING_BE16, .modes = MN,
	  .max = UINT16_MAX, .optional = true },
	{ .word = "keepalive", .attr = IFLA_M6T_KEEPALIVE,
	  .fallback = "30",
	  .kind = SETTING_U32, .modes = MN,
	  .max = 3600, .unit = "s" },
	{ .word = "keepalive-retries", .attr = IFLA_M6T_KEEPALIVE_RETRIES,
	  .fallback = "3",
	  .kind = SETTING_U8, .modes = MN,
	  .min = 1, .max = 20 },
	{ .word = "rotate", .attr = IFLA_M6T_ROTATE,
	  .fallback = "on",
	  .kind = SETTING_CHOICE, .modes = MN,
	  .choices = switch_words },
	{ .word = "dev", .attr = IFLA_M6T_LINK,
	  .fallback = "any",
	  .kind = SETTING_LINK, .modes = GW | MN,
	  .optional = true },
	{ .word = "ttl", .attr = IFLA_M6T_TTL,
	  .fallback = "64",
	  .kind = SETTING_TTL, .modes = GW | MN,
	  .min = 1, .max = 255 },
	{ .word = "tos", .attr = IFLA_M6T_TOS,
	  .fallback = "inherit",
	  .kind = SETTING_TOS, .modes = GW | MN,
	  .max = 252 },
	{ .word = "df", .attr = IFLA_M6T_DF,
	  .fallback = "unset",
	  .kind = SETTING_CHOICE, .modes = GW | MN,
	  .choices = df_words },
	{ .word = "udpcsum", .attr = IFLA_M6T_UDP_CSUM,
	  .fallback = "on",
	  .kind = SETTING_CHOICE, .modes = GW | MN,
	  .choices = switch_words },
	{ .word = "fwmark", .attr = IFLA_M6T_FWMARK,
	  .fallback = "0",
	  .kind = SETTING_MARK, .modes = GW | MN,
	  .max = UINT32_MAX, .optional = true },
};

const size_t setting_count = ARRAY_SIZE(setting_table);

/**
 * setting_find - find a setting by its name
 * @word: as typed; no abbreviations, so that new settings break no script
 *
 * Return: the setting, or NULL.
 */
const struct setting *setting_find(const char *word)
{
	size_t i;

	for (i = 0; i < setting_count; i++)
		if (!strcmp(setting_table[i].word, word))
			return &setting_table[i];

	return NULL;
}

/**
 * setting_of - find the setting of an attribute
 * @attr: enum m6t_setting
 *
 * Return: the setting, or NULL.
 */
const struct setting *setting_of(uint16_t attr)
{
	size_t i;

	for (i = 0; i < setting_count; i++)
		if (setting_table[i].attr == attr)
			return &setting_table[i];

	return NULL;
}

/**
 * setting_default - the kernel's default of a number
 * @attr: enum m6t_setting, of one that has a default
 *
 * Return: the value.
 */
uint32_t setting_default(uint16_t attr)
{
	uint64_t number = 0;

	text_number(setting_of(attr)->fallback, UINT32_MAX, &number);
	return number;
}

/**
 * setting_is_list - whether a setting is sent as a nest
 * @set: the setting
 *
 * Return: true if it is.
 */
bool setting_is_list(const struct setting *set)
{
	return set->kind >= SETTING_PORTS;
}

/**
 * setting_is_switch - whether a setting is on or off
 * @set: the setting
 *
 * Return: true if it is.
 */
bool setting_is_switch(const struct setting *set)
{
	return set->choices == switch_words;
}
