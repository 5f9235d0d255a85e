// SPDX-License-Identifier: GPL-2.0
/*
 * Print a setting as text and as JSON.
 */
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/netlink.h>

#include "lib/setting.h"
#include "lib/text.h"

/* A number of 1, 2 or 4 bytes; only ports are in network order. */
static uint32_t setting_number(const struct setting *set, const void *data,
			       size_t len)
{
	uint32_t u32 = 0;
	uint16_t u16;

	if (len == sizeof(u32)) {
		memcpy(&u32, data, len);
		return u32;
	}
	if (len == sizeof(u16)) {
		memcpy(&u16, data, len);
		return set->kind == SETTING_BE16 ? ntohs(u16) : u16;
	}

	return len ? *(const uint8_t *)data : 0;
}

/**
 * setting_is_set - whether a setting is to be printed
 * @set: the setting
 * @data: payload of its attribute
 * @len: length of @data
 *
 * Return: false for an optional setting that is zero or an empty list.
 */
bool setting_is_set(const struct setting *set, const void *data, size_t len)
{
	if (!set->optional)
		return true;
	if (setting_is_list(set))
		return len > 0;

	return setting_number(set, data, len) != 0;
}

static void setting_weight(const struct m6t_weight4 *weight, char *buf,
			   size_t size)
{
	char addr[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &weight->addr, addr, sizeof(addr));
	snprintf(buf, size, "%s/%u=%u", addr, weight->len, weight->weight);
}

/* Print one entry of a list, or nothing if its size is wrong. */
static const char *setting_entry(const struct setting *set, const void *data,
				 size_t len, char *buf, size_t size)
{
	struct m6t_prefix6 prefix6;
	struct m6t_prefix4 prefix4;
	struct m6t_weight4 weight4;
	uint16_t port;

	buf[0] = '\0';
	if (set->kind == SETTING_PORTS && len == sizeof(port)) {
		memcpy(&port, data, len);
		snprintf(buf, size, "%u", ntohs(port));
	} else if (set->kind == SETTING_PREFIX4 && len == sizeof(prefix4)) {
		memcpy(&prefix4, data, len);
		text_from_prefix4(&prefix4, buf, size);
	} else if (set->kind == SETTING_ADDR4 && len == sizeof(prefix4)) {
		memcpy(&prefix4, data, len);
		inet_ntop(AF_INET, &prefix4.addr, buf, size);
	} else if (set->kind == SETTING_WEIGHT4 && len == sizeof(weight4)) {
		memcpy(&weight4, data, len);
		setting_weight(&weight4, buf, size);
	} else if (len == sizeof(prefix6)) {
		memcpy(&prefix6, data, len);
		text_from_prefix6(&prefix6, set->kind != SETTING_PREFIX6, buf,
				  size);
	}

	return buf;
}

/* The entry at @data, or NULL if @left bytes do not hold a whole one. */
static const struct nlattr *setting_attr(const void *data, size_t left)
{
	const struct nlattr *attr = data;

	if (left < sizeof(*attr) || attr->nla_len < sizeof(*attr) ||
	    attr->nla_len > left)
		return NULL;

	return attr;
}

/* Call @print for every entry of a list. */
static void setting_walk(const struct setting *set, const void *data,
			 size_t len,
			 void (*print)(void *arg, const char *entry),
			 void *arg)
{
	const struct nlattr *attr;
	char buf[TEXT_PREFIX_MAX];
	size_t step;

	while ((attr = setting_attr(data, len))) {
		print(arg, setting_entry(set, attr + 1,
					 attr->nla_len - sizeof(*attr), buf,
					 sizeof(buf)));
		step = NLA_ALIGN(attr->nla_len);
		if (step > len)
			return;
		data = (const char *)data + step;
		len -= step;
	}
}

struct text_list {
	char *buf;
	size_t size;
	size_t used;
};

static void setting_join(void *arg, const char *entry)
{
	struct text_list *list = arg;

	if (list->used >= list->size)
		return;
	list->used += snprintf(list->buf + list->used,
			       list->size - list->used, "%s%s",
			       list->used ? "," : "", entry);
}

static const char *setting_choice(const struct setting *set, uint32_t value)
{
	uint32_t i;

	for (i = 0; set->choices[i]; i++)
		if (i == value)
			return set->choices[i];

	return "?";
}

static bool setting_inherits(const struct setting *set, uint32_t value)
{
	return (set->kind == SETTING_TTL && value == M6T_TTL_INHERIT) ||
	       (set->kind == SETTING_TOS && value == M6T_TOS_INHERIT);
}

static const char *setting_ifname(const struct setting_sink *sink,
				  uint32_t ifindex)
{
	return ifindex ? sink->ifname(sink->arg, ifindex) : NULL;
}

/**
 * setting_to_text - write a setting as it is typed
 * @set: the setting
 * @data: payload of its attribute
 * @len: length of @data
 * @sink: only its ifname is used
 * @buf: room for %SETTING_TEXT_MAX bytes
 * @size: size of @buf
 */
void setting_to_text(const struct setting *set, const void *data, size_t len,
		     const struct setting_sink *sink, char *buf, size_t size)
{
	struct text_list list = { .buf = buf, .size = size };
	uint32_t value = setting_number(set, data, len);
	const char *name;

	buf[0] = '\0';
	if (setting_is_list(set)) {
		setting_walk(set, data, len, setting_join, &list);
	} else if (setting_inherits(set, value)) {
		snprintf(buf, size, "inherit");
	} else if (set->kind == SETTING_CHOICE) {
		snprintf(buf, size, "%s", setting_choice(set, value));
	} else if (set->kind == SETTING_IPV4) {
		inet_ntop(AF_INET, &value, buf, size);
	} else if (set->kind == SETTING_LINK) {
		name = setting_ifname(sink, value);
		if (name)
			snprintf(buf, size, "%s", name);
		else
			snprintf(buf, size, "if%u", value);
	} else if (set->kind == SETTING_TOS || set->kind == SETTING_MARK) {
		snprintf(buf, size, "0x%x", value);
	} else {
		snprintf(buf, size, "%u", value);
	}
}

struct json_list {
	const struct setting *set;
	const struct setting_sink *sink;
	const char *key;
};

static void setting_emit(void *arg, const char *entry)
{
	const struct json_list *list = arg;
	uint64_t port;

	if (list->set->kind == SETTING_PORTS &&
	    text_number(entry, UINT16_MAX, &port))
		list->sink->number(list->sink->arg, list->key, port);
	else
		list->sink->string(list->sink->arg, list->key, entry);
}

/* A list is an array, unless the role allows one entry only (@single). */
static void setting_list_to_json(const struct setting *set, const char *key,
				 bool single, const void *data, size_t len,
				 const struct setting_sink *sink)
{
	struct json_list list = { .set = set, .sink = sink };

	if (single) {
		list.key = key;
		setting_walk(set, data, len, setting_emit, &list);
		return;
	}

	sink->open(sink->arg, key);
	setting_walk(set, data, len, setting_emit, &list);
	sink->close(sink->arg, key);
}

/**
 * setting_to_json - write a setting as JSON
 * @set: the setting
 * @key: its key
 * @single: print the entry of a list of one, not an array; it must not be empty
 * @data: payload of its attribute
 * @len: length of @data
 * @sink: the JSON writer
 */
void setting_to_json(const struct setting *set, const char *key, bool single,
		     const void *data, size_t len,
		     const struct setting_sink *sink)
{
	uint32_t value = setting_number(set, data, len);
	char buf[INET_ADDRSTRLEN];

	if (setting_is_list(set))
		setting_list_to_json(set, key, single, data, len, sink);
	else if (setting_is_switch(set))
		sink->boolean(sink->arg, key, value != 0);
	else if (setting_inherits(set, value))
		sink->string(sink->arg, key, "inherit");
	else if (set->kind == SETTING_CHOICE)
		sink->string(sink->arg, key, setting_choice(set, value));
	else if (set->kind == SETTING_LINK)
		sink->string(sink->arg, key, setting_ifname(sink, value));
	else if (set->kind == SETTING_IPV4)
		sink->string(sink->arg, key, !value ? NULL :
			     inet_ntop(AF_INET, &value, buf, sizeof(buf)));
	else
		sink->number(sink->arg, key, value);
}
