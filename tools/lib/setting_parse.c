// SPDX-License-Identifier: GPL-2.0
/*
 * Parse a setting: from the typed text to the payload that is sent.
 *
 * Only a value by itself is checked here. What depends on other settings
 * (roles, required ones, what may change) is checked by the kernel, which knows
 * all of them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/netlink.h>

#include "lib/macros.h"
#include "lib/proto.h"
#include "lib/setting.h"
#include "lib/text.h"

static void setting_put(struct setting_value *value, const void *data,
			size_t len)
{
	memcpy(value->data + value->len, data, len);
	value->len += len;
}

static void setting_put_entry(struct setting_value *value, const void *data,
			      size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = 1 };

	setting_put(value, &attr, sizeof(attr));
	setting_put(value, data, len);
	memset(value->data + value->len, 0, NLA_ALIGN(len) - len);
	value->len = NLA_ALIGN(value->len);
}

/* Errors, each one sentence. */
static __printf(3, 4) int setting_refuse(const struct setting_tool *tool,
					 const struct setting *set,
					 const char *format, ...)
{
	va_list args;
	int ret;

	va_start(args, format);
	ret = tool->refuse(tool->arg, set->word, format, args);
	va_end(args);
	return ret;
}

static int setting_bad_number(const struct setting_tool *tool,
			      const struct setting *set, const char *arg)
{
	const char *inherit = set->kind == SETTING_TTL ||
			      set->kind == SETTING_TOS ? ", or inherit" : "";
	const char *step = set->kind == SETTING_TOS ?
			   " in steps of 4 (the tunnel sets the ECN bits)" : "";

	return setting_refuse(tool, set,
			      "\"%s\" is wrong: expected %u to %u%s%s",
			      arg, set->min, set->max, step, inherit);
}

static int setting_bad_choice(const struct setting_tool *tool,
			      const struct setting *set, const char *arg)
{
	const char *const *word = set->choices;
	char words[64];
	size_t len;

	/* There is no role 0. */
	if (!**word)
		word++;
	len = snprintf(words, sizeof(words), "%s", *word);
	for (word++; *word && len < sizeof(words); word++)
		len += snprintf(words + len, sizeof(words) - len, "%s%s",
				word[1] ? ", " : " or ", *word);
	return setting_refuse(tool, set,
			      "\"%s\" is wrong: expected %s",
			      arg, words);
}

/* As in the usage; only the prefix of the tunnel itself needs a length. */
static const char *setting_prefix_form(const struct setting *set)
{
	switch (set->kind) {
	case SETTING_PREFIX4:
		return "IPV4/LEN, or IPV4 for one address";
	case SETTING_WEIGHT4:
		return "IPV4/LEN=N, or IPV4=N for one address";
	case SETTING_HOST6:
		return "IPV6/LEN, or IPV6 for one address";
	case SETTING_ADDR6:
		return "an IPv6 address";
	case SETTING_ADDR4:
		return "the IPv4 address of a host, or none";
	default:
		return "IPV6/LEN";
	}
}

static int setting_bad_prefix(const struct setting_tool *tool,
			      const struct setting *set, const char *arg,
			      enum text_fault fault, const char *right)
{
	bool ipv4 = set->kind == SETTING_PREFIX4 ||
		    set->kind == SETTING_WEIGHT4;

	if (fault == TEXT_HOST_BITS)
		return setting_refuse(tool, set,
				      "\"%s\" has bits set beyond its length: expected %s",
				      arg, right);
	if (fault == TEXT_LENGTH)
		return setting_refuse(tool, set,
				      "\"%s\" has a wrong length: expected %s",
				      arg, ipv4 ? "0 to 32" : "1 to 128");
	return setting_refuse(tool, set,
			      "\"%s\" is wrong: expected %s",
			      arg, setting_prefix_form(set));
}

static int setting_parse_number(const struct setting_tool *tool,
				const struct setting *set, const char *arg,
				struct setting_value *value)
{
	uint64_t number;
	uint16_t u16;
	uint32_t u32;
	uint8_t u8;

	if (!text_number(arg, set->max, &number) || number < set->min)
		return setting_bad_number(tool, set, arg);

	u8 = number;
	u16 = htons(number);
	u32 = number;
	if (set->kind == SETTING_BE16)
		setting_put(value, &u16, sizeof(u16));
	else if (set->kind == SETTING_U32 || set->kind == SETTING_MARK)
		setting_put(value, &u32, sizeof(u32));
	else
		setting_put(value, &u8, sizeof(u8));
	return 0;
}

static int setting_parse_field(const struct setting_tool *tool,
			       const struct setting *set, const char *arg,
			       struct setting_value *value)
{
	bool tos = set->kind == SETTING_TOS;
	uint8_t inherit = tos ? M6T_TOS_INHERIT : M6T_TTL_INHERIT;
	uint64_t number;

	if (!strcmp(arg, "inherit")) {
		setting_put(value, &inherit, sizeof(inherit));
		return 0;
	}
	/* The two ECN bits are set as RFC 6040 says. */
	if (tos && text_number(arg, set->max, &number) && (number & 3))
		return setting_bad_number(tool, set, arg);

	return setting_parse_number(tool, set, arg, value);
}

static int setting_parse_choice(const struct setting_tool *tool,
				const struct setting *set, const char *arg,
				struct setting_value *value)
{
	uint8_t i;

	for (i = 0; *arg && set->choices[i]; i++) {
		if (!strcmp(set->choices[i], arg)) {
			setting_put(value, &i, sizeof(i));
			return 0;
		}
	}

	return setting_bad_choice(tool, set, arg);
}

static int setting_parse_ipv4(const struct setting_tool *tool,
			      const struct setting *set, const char *arg,
			      struct setting_value *value)
{
	struct in_addr addr = { .s_addr = INADDR_ANY };
	bool any = set->optional && !strcmp(arg, "any");

	if (!any && inet_pton(AF_INET, arg, &addr) != 1)
		return setting_refuse(tool, set,
				      "\"%s\" is wrong: expected an IPv4 address%s",
				      arg, set->optional ? ", or any" : "");
	/* 0.0.0.0 means "any", too. */
	if (!text_ipv4_is_host(addr) && (addr.s_addr || !set->optional))
		return setting_refuse(tool, set,
				      "\"%s\" is wrong: expected the IPv4 address of a host%s",
				      arg, set->optional ? ", or any" : "");

	setting_put(value, &addr, sizeof(addr));
	return 0;
}

static int setting_parse_link(const struct setting_tool *tool,
			      const struct setting *set, const char *arg,
			      struct setting_value *value)
{
	uint32_t ifindex = tool->ifindex(arg);

	if (!ifindex && strcmp(arg, "any"))
		return setting_refuse(tool, set,
				      "\"%s\" is wrong: expected the name of an existing device, or any",
				      arg);

	setting_put(value, &ifindex, sizeof(ifindex));
	return 0;
}

static int setting_parse_port(const struct setting_tool *tool,
			      const struct setting *set, const char *arg,
			      struct setting_value *value)
{
	uint64_t number;
	uint16_t port;

	if (!text_number(arg, UINT16_MAX, &number) || !number)
		return setting_refuse(tool, set,
				      "\"%s\" is wrong: expected 1 to 65535",
				      arg);

	port = htons(number);
	setting_put_entry(value, &port, sizeof(port));
	return 0;
}

static int setting_parse_prefix4(const struct setting_tool *tool,
				 const struct setting *set, const char *arg,
				 struct setting_value *value)
{
	char right[TEXT_PREFIX_MAX];
	struct m6t_prefix4 prefix;
	enum text_fault fault;

	fault = text_prefix4(arg, 32, &prefix);
	text_from_prefix4(&prefix, right, sizeof(right));
	if (fault != TEXT_OK)
		return setting_bad_prefix(tool, set, arg, fault, right);

	setting_put_entry(value, &prefix, sizeof(prefix));
	return 0;
}

static int setting_put_prefix6(const struct setting_tool *tool,
			       const struct setting *set, const char *arg,
			       const struct m6t_prefix6 *prefix,
			       struct setting_value *value)
{
	if (!text_prefix6_is_global(prefix))
		return setting_refuse(tool, set,
				      "\"%s\" is wrong: expected global unicast, not multicast, link-local, loopback or v4-mapped",
				      arg);

	setting_put_entry(value, prefix, sizeof(*prefix));
	return 0;
}

static int setting_parse_prefix6(const struct setting_tool *tool,
				 const struct setting *set, const char *arg,
				 struct setting_value *value)
{
	bool host = set->kind == SETTING_HOST6;
	char right[TEXT_PREFIX_MAX];
	struct m6t_prefix6 prefix;
	enum text_fault fault;

	fault = text_prefix6(arg, host ? 128 : -1, &prefix);
	text_from_prefix6(&prefix, false, right, sizeof(right));
	if (fault != TEXT_OK)
		return setting_bad_prefix(tool, set, arg, fault, right);

	return setting_put_prefix6(tool, set, arg, &prefix, value);
}

static int setting_parse_addr6(const struct setting_tool *tool,
			       const struct setting *set, const char *arg,
			       struct setting_value *value)
{
	struct m6t_prefix6 prefix = { .len = 128 };

	if (inet_pton(AF_INET6, arg, &prefix.addr) != 1)
		return setting_bad_prefix(tool, set, arg, TEXT_SYNTAX, NULL);

	return setting_put_prefix6(tool, set, arg, &prefix, value);
}

static int setting_parse_addr4(const struct setting_tool *tool,
			       const struct setting *set, const char *arg,
			       struct setting_value *value)
{
	struct m6t_prefix4 prefix = { .len = 32 };
	struct in_addr addr;

	if (inet_pton(AF_INET, arg, &addr) != 1 || !text_ipv4_is_host(addr))
		return setting_bad_prefix(tool, set, arg, TEXT_SYNTAX, NULL);

	prefix.addr = addr.s_addr;
	setting_put_entry(value, &prefix, sizeof(prefix));
	return 0;
}

static int setting_parse_weight(const struct setting_tool *tool,
				const struct setting *set, const char *arg,
				struct setting_value *value)
{
	size_t len = strcspn(arg, "=");
	char right[TEXT_PREFIX_MAX];
	char text[TEXT_PREFIX_MAX];
	struct m6t_prefix4 prefix;
	struct m6t_weight4 weight;
	enum text_fault fault;
	uint64_t number;

	if (!arg[len])
		return setting_bad_prefix(tool, set, arg, TEXT_SYNTAX, NULL);
	snprintf(text, sizeof(text), "%.*s", (int)len, arg);
	fault = text_prefix4(text, 32, &prefix);
	text_from_prefix4(&prefix, right, sizeof(right));
	if (fault != TEXT_OK)
		return setting_bad_prefix(tool, set, text, fault, right);
	if (!text_number(arg + len + 1, M6T_WEIGHT_MAX, &number) || !number)
		return setting_refuse(tool, set,
				      "\"%s\" is wrong: expected %s=N with N of 1 to %u",
				      arg, text, M6T_WEIGHT_MAX);

	memset(&weight, 0, sizeof(weight));
	weight.addr = prefix.addr;
	weight.len = prefix.len;
	weight.weight = number;
	setting_put_entry(value, &weight, sizeof(weight));
	return 0;
}

static int setting_parse_entry(const struct setting_tool *tool,
			       const struct setting *set, const char *arg,
			       struct setting_value *value)
{
	switch (set->kind) {
	case SETTING_PORTS:
		return setting_parse_port(tool, set, arg, value);
	case SETTING_WEIGHT4:
		return setting_parse_weight(tool, set, arg, value);
	case SETTING_PREFIX4:
		return setting_parse_prefix4(tool, set, arg, value);
	case SETTING_ADDR4:
		return setting_parse_addr4(tool, set, arg, value);
	case SETTING_ADDR6:
		return setting_parse_addr6(tool, set, arg, value);
	default:
		return setting_parse_prefix6(tool, set, arg, value);
	}
}

/* Two weights of one prefix contradict each other. */
static bool setting_is_same(const struct setting *set, const uint8_t *a,
			    const uint8_t *b, size_t size)
{
	struct m6t_weight4 one, two;

	if (set->kind != SETTING_WEIGHT4)
		return !memcmp(a, b, size);
	memcpy(&one, a + NLA_HDRLEN, sizeof(one));
	memcpy(&two, b + NLA_HDRLEN, sizeof(two));
	return one.addr == two.addr && one.len == two.len;
}

/* Does the entry at @last repeat an earlier one? All have the same size. */
static bool setting_is_repeated(const struct setting *set,
				const struct setting_value *value, size_t last)
{
	size_t size = value->len - last;
	size_t at;

	for (at = 0; at < last; at += size)
		if (setting_is_same(set, value->data + at, value->data + last,
				    size))
			return true;

	return false;
}

static unsigned int setting_entries(const char *list)
{
	unsigned int count = 1;

	for (; *list; list++)
		count += *list == ',';

	return count;
}

static int setting_parse_list(const struct setting_tool *tool,
			      const struct setting *set, const char *arg,
			      struct setting_value *value)
{
	char entry[TEXT_PREFIX_MAX];
	size_t last, len;
	int err;

	if (set->optional && !strcmp(arg, "none"))
		return 0;
	if (setting_entries(arg) > set->max)
		return setting_refuse(tool, set,
				      "has %u entries: expected at most %u",
				      setting_entries(arg), set->max);

	for (;; arg += len + 1) {
		len = strcspn(arg, ",");
		/* An entry that is truncated here is too long to be valid. */
		snprintf(entry, sizeof(entry), "%.*s", (int)len, arg);
		last = value->len;
		err = setting_parse_entry(tool, set, entry, value);
		if (err)
			return err;
		entry[strcspn(entry, "=")] = '\0';
		if (setting_is_repeated(set, value, last))
			return setting_refuse(tool, set,
					      "\"%s\" is given more than once",
					      entry);
		if (!arg[len])
			return 0;
	}
}

/**
 * setting_parse - read the value of a setting
 * @tool: the calling tool
 * @set: the setting
 * @arg: the value, as typed
 * @value: an empty one, for the payload
 *
 * Return: 0, or the result of @refuse of @tool.
 */
int setting_parse(const struct setting_tool *tool, const struct setting *set,
		  const char *arg, struct setting_value *value)
{
	switch (set->kind) {
	case SETTING_CHOICE:
		return setting_parse_choice(tool, set, arg, value);
	case SETTING_IPV4:
		return setting_parse_ipv4(tool, set, arg, value);
	case SETTING_LINK:
		return setting_parse_link(tool, set, arg, value);
	case SETTING_TTL:
	case SETTING_TOS:
		return setting_parse_field(tool, set, arg, value);
	default:
		return setting_is_list(set) ?
		       setting_parse_list(tool, set, arg, value) :
		       setting_parse_number(tool, set, arg, value);
	}
}
