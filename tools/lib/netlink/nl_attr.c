// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of netlink messages, and their values.
 */
#include <string.h>
#include <arpa/inet.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"

static int nl_collect(const struct nlattr *attr, const struct nlattr **tb,
		      unsigned int max)
{
	if (mnl_attr_get_type(attr) <= max)
		tb[mnl_attr_get_type(attr)] = attr;

	return MNL_CB_OK;
}

/**
 * nl_attrs - index the attributes of a message by type
 * @nlh: the message
 * @offset: length of what precedes them
 * @tb: @max + 1 entries, NULL for those that are absent
 * @max: largest type; larger ones are from a newer kernel and ignored
 */
void nl_attrs(const struct nlmsghdr *nlh, size_t offset,
	      const struct nlattr **tb, unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	mnl_attr_for_each(attr, nlh, offset)
		nl_collect(attr, tb, max);
}

/**
 * nl_nested - index the attributes of a nest by type
 * @nest: the nest; NULL: without any
 * @tb: @max + 1 entries, NULL for those that are absent
 * @max: largest type
 */
void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest)
		nl_collect(attr, tb, max);
}

/**
 * nl_bytes - payload of an attribute with a fixed length
 * @attr: the attribute, may be NULL
 * @len: the length
 *
 * Return: the payload, or NULL if there is none of that length.
 */
const void *nl_bytes(const struct nlattr *attr, size_t len)
{
	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return NULL;

	return mnl_attr_get_payload(attr);
}

/**
 * nl_u8 - value of an attribute of 1 byte
 * @attr: the attribute, may be NULL
 *
 * Return: the value, or 0.
 */
uint8_t nl_u8(const struct nlattr *attr)
{
	const uint8_t *value = nl_bytes(attr, sizeof(*value));

	return value ? *value : 0;
}

/**
 * nl_be16 - value of an attribute of 2 bytes in network order
 * @attr: the attribute, may be NULL
 *
 * Return: the value in host order, or 0.
 */
uint16_t nl_be16(const struct nlattr *attr)
{
	const uint16_t *value = nl_bytes(attr, sizeof(*value));

	return value ? ntohs(*value) : 0;
}

/**
 * nl_u32 - value of an attribute of 4 bytes
 * @attr: the attribute, may be NULL
 *
 * Return: the value, or 0.
 */
uint32_t nl_u32(const struct nlattr *attr)
{
	const uint32_t *value = nl_bytes(attr, sizeof(*value));

	return value ? *value : 0;
}

/**
 * nl_u64 - value of an attribute of 8 bytes, aligned or not
 * @attr: the attribute, may be NULL
 *
 * Return: the value, or 0.
 */
uint64_t nl_u64(const struct nlattr *attr)
{
	const void *bytes = nl_bytes(attr, sizeof(uint64_t));
	uint64_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/**
 * nl_string - value of an attribute that is a string
 * @attr: the attribute, may be NULL
 *
 * Return: the string, or an empty one.
 */
const char *nl_string(const struct nlattr *attr)
{
	const char *text = attr ? mnl_attr_get_payload(attr) : "";

	if (attr && !memchr(text, '\0', mnl_attr_get_payload_len(attr)))
		return "";

	return text;
}
