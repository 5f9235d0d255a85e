// SPDX-License-Identifier: GPL-2.0
/*
 * The settings of a device: the table.
 */
#include <stdio.h>
#include <string.h>

#include "lib/macros.h"
#include "lib/proto.h"
#include "lib/setting.h"
#include "lib/text.h"

#define GW	SETTING_MODE(M6T_MODE_GW)
#define MN	SETTING_MODE(M6T_MODE_MN)
#define DSMIP_HA	SETTING_MODE(M6T_MODE_DSMIP_HA)
#define DSMIP_MN	SETTING_MODE(M6T_MODE_DSMIP_MN)
#define DSMIP	(DSMIP_HA | DSMIP_MN)
#define ANY	(GW | MN | DSMIP)

static const char *const switch_words[] = { "off", "on", NULL };
static const char *const df_words[] = { "unset", "set", "inherit", NULL };
static const char *const encap_words[] = { "auto", "udp", NULL };

/* No role has the value 0: an empty name, which cannot be typed. */
const char *const setting_mode_words[] = {
	"", "gw", "mn", "dsmip-ha", "dsmip-mn", NULL
};

/* In the order of output; ranges as in <linux/m6t.h>. An attribute whose name
 * or default depends on the mode has several rows.
 */
const struct setting setting_table[] = {
	{ .word = "mode", .attr = IFLA_M6T_MODE,
	  .kind = SETTING_CHOICE, .modes = ANY,
	  .choices = setting_mode_words },
	{ .word = "prefix", .attr = IFLA_M6T_PREFIXES,
	  .kind = SETTING_PREFIX6, .modes = GW | MN, .single = MN,
	  .min = 1, .max = M6T_MAX_PREFIXES },
	{ .word = "gateway", .attr = IFLA_M6T_GATEWAY,
	  .kind = SETTING_IPV4, .modes = MN },
	{ .word = "ha", .attr = IFLA_M6T_HOME_AGENTS,
	  .fallback = "none",
	  .kind = SETTING_HOST6, .modes = GW | DSMIP, .single = DSMIP,
	  .max = M6T_MAX_HOME_AGENTS, .optional = true },
	{ .word = "ha4", .attr = IFLA_M6T_HA4,
	  .kind = SETTING_IPV4, .modes = DSMIP },
	{ .word = "home", .attr = IFLA_M6T_PREFIXES,
	  .kind = SETTING_PREFIX6, .modes = DSMIP_HA,
	  .min = 1, .max = M6T_MAX_PREFIXES },
	{ .word = "home4", .attr = IFLA_M6T_PREFIXES4,
	  .fallback = "none",
	  .kind = SETTING_PREFIX4, .modes = DSMIP_HA,
	  .max = M6T_MAX_PREFIXES4, .optional = true },
	{ .word = "hoa", .attr = IFLA_M6T_PREFIXES,
	  .kind = SETTING_ADDR6, .modes = DSMIP_MN, .single = DSMIP_MN,
	  .min = 1, .max = 1 },
	{ .word = "hoa4", .attr = IFLA_M6T_PREFIXES4,
	  .fallback = "none",
	  .kind = SETTING_ADDR4, .modes = DSMIP_MN, .single = DSMIP_MN,
	  .max = 1, .optional = true },
	{ .word = "encap", .attr = IFLA_M6T_ENCAP,
	  .fallback = "auto",
	  .kind = SETTING_CHOICE, .modes = DSMIP_MN,
	  .choices = encap_words },
	{ .word = "local", .attr = IFLA_M6T_LOCAL,
	  .fallback = "any",
	  .kind = SETTING_IPV4, .modes = GW | MN,
	  .optional = true },
	{ .word = "port", .attr = IFLA_M6T_PORTS,
	  .fallback = __stringify(M6T_PORT),
	  .kind = SETTING_PORTS, .modes = GW | MN, .single = MN,
	  .min = 1, .max = M6T_MAX_PORTS },
	{ .word = "port", .attr = IFLA_M6T_PORTS,
	  .fallback = __stringify(M6T_PORT_DSMIP),
	  .kind = SETTING_PORTS, .modes = DSMIP, .single = DSMIP,
	  .min = 1, .max = 1 },
	{ .word = "max-bindings", .attr = IFLA_M6T_MAX_BINDINGS,
	  .fallback = "65536",
	  .kind = SETTING_U32, .modes = GW | DSMIP_HA,
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
	  .kind = SETTING_BE16, .modes = MN | DSMIP_MN,
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
	{ .word = "ipsec", .attr = IFLA_M6T_IPSEC,
	  .fallback = "on",
	  .kind = SETTING_CHOICE, .modes = DSMIP,
	  .choices = switch_words },
	{ .word = "dev", .attr = IFLA_M6T_LINK,
	  .fallback = "any",
	  .kind = SETTING_LINK, .modes = ANY,
	  .optional = true },
	{ .word = "ttl", .attr = IFLA_M6T_TTL,
	  .fallback = "64",
	  .kind = SETTING_TTL, .modes = ANY,
	  .min = 1, .max = 255 },
	{ .word = "tos", .attr = IFLA_M6T_TOS,
	  .fallback = "inherit",
	  .kind = SETTING_TOS, .modes = ANY,
	  .max = 252 },
	{ .word = "df", .attr = IFLA_M6T_DF,
	  .fallback = "unset",
	  .kind = SETTING_CHOICE, .modes = ANY,
	  .choices = df_words },
	{ .word = "udpcsum", .attr = IFLA_M6T_UDP_CSUM,
	  .fallback = "on",
	  .kind = SETTING_CHOICE, .modes = ANY,
	  .choices = switch_words },
	{ .word = "fwmark", .attr = IFLA_M6T_FWMARK,
	  .fallback = "0",
	  .kind = SETTING_MARK, .modes = ANY,
	  .max = UINT32_MAX, .optional = true },
};

const size_t setting_count = ARRAY_SIZE(setting_table);

/**
 * setting_find - find a setting by its name
 * @word: its name as typed; it cannot be abbreviated, so that new settings
 *	break no script
 *
 * Return: the setting, the first of several; or NULL.
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
 * @mode: enum m6t_mode; a mode that does not have it: the first of several
 *
 * Return: the setting, or NULL.
 */
const struct setting *setting_of(uint16_t attr, uint8_t mode)
{
	const struct setting *first = NULL;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		if (setting_table[i].attr != attr)
			continue;
		if (setting_table[i].modes & SETTING_MODE(mode))
			return &setting_table[i];
		if (!first)
			first = &setting_table[i];
	}

	return first;
}

/**
 * setting_default - a mode's default of a number
 * @attr: enum m6t_setting, of one that has a default
 * @mode: enum m6t_mode
 *
 * Return: the value.
 */
uint32_t setting_default(uint16_t attr, uint8_t mode)
{
	uint64_t number = 0;

	text_number(setting_of(attr, mode)->fallback, UINT32_MAX, &number);
	return number;
}

/**
 * setting_modes - get the modes that have an option
 * @word: its name
 *
 * Return: SETTING_MODE() bits.
 */
uint8_t setting_modes(const char *word)
{
	uint8_t modes = 0;
	size_t i;

	for (i = 0; i < setting_count; i++)
		if (!strcmp(setting_table[i].word, word))
			modes |= setting_table[i].modes;

	return modes;
}

/**
 * setting_only - say which modes have an option
 * @modes: SETTING_MODE() bits, at least one
 * @buf: room for %SETTING_ONLY_MAX bytes: the end of a sentence
 *
 * Return: @buf.
 */
const char *setting_only(uint8_t modes, char *buf)
{
	size_t len = snprintf(buf, SETTING_ONLY_MAX, "is for mode");
	const char *before = " ";
	uint8_t mode;

	for (mode = M6T_MODE_GW; setting_mode_words[mode]; mode++) {
		if (!(modes & SETTING_MODE(mode)))
			continue;
		modes &= ~SETTING_MODE(mode);
		len += snprintf(buf + len, SETTING_ONLY_MAX - len, "%s%s",
				before, setting_mode_words[mode]);
		before = modes & (modes - 1) ? ", " : " or ";
	}
	snprintf(buf + len, SETTING_ONLY_MAX - len, " only");

	return buf;
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

/**
 * setting_is_single - whether a list has just one entry
 * @set: the setting
 * @mode: enum m6t_mode
 *
 * Return: true if it has, in this mode.
 */
bool setting_is_single(const struct setting *set, uint8_t mode)
{
	return set->single & SETTING_MODE(mode);
}
