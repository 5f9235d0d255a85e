// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of ip(8) for links of type m6t: words to attributes.
 *
 * Checked here is what can be said of one word by itself. What needs the
 * others (roles, required ones, what may change) is for the kernel to
 * refuse, which knows them all.
 */
#include <inttypes.h>
#include <string.h>
#include <net/if.h>

#include "link_m6t.h"
#include "setting.h"
#include "text.h"

/* What ip lets a plugin fill of its request. */
#define LINK_REQUEST_MAX	1024

/* A payload under construction. */
struct link_value {
	size_t len;
	uint8_t data[M6T_MAX_PREFIXES *
		     (NLA_HDRLEN + sizeof(struct m6t_prefix6))];
};

static void link_value_put(struct link_value *value, const void *data,
			   size_t len)
{
	memcpy(value->data + value->len, data, len);
	value->len += len;
}

static void link_value_entry(struct link_value *value, const void *data,
			     size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = 1 };

	link_value_put(value, &attr, sizeof(attr));
	link_value_put(value, data, len);
	memset(value->data + value->len, 0, NLA_ALIGN(len) - len);
	value->len = NLA_ALIGN(value->len);
}

/* The refusals; each is one sentence and returns -1, as ip wants it. */
static int link_bad_number(const struct setting *set, const char *arg)
{
	const char *inherit = set->kind == SETTING_TTL ||
			      set->kind == SETTING_TOS ? ", or inherit" : "";
	const char *step = set->kind == SETTING_TOS ?
			   " in steps of 4 (the ECN bits are not yours)" : "";

	fprintf(stderr,
		"m6t: %s \"%s\" is wrong: %u to %u%s%s is allowed\n",
		set->word, arg, set->min, set->max, step, inherit);
	return -1;
}

static int link_bad_choice(const struct setting *set, const char *arg)
{
	const char *const *word = set->choices;

	/* A role has no word for 0. */
	if (!**word)
		word++;
	fprintf(stderr, "m6t: %s \"%s\" is wrong: %s", set->word, arg, *word);
	for (word++; *word; word++)
		fprintf(stderr, "%s%s", word[1] ? ", " : " or ", *word);
	fputs(" is allowed\n", stderr);
	return -1;
}

/* As the words are in the usage; only the tunnel's own needs its length. */
static const char *link_prefix_form(const struct setting *set)
{
	switch (set->kind) {
	case SETTING_PREFIX4:
		return "IPV4/LEN, or IPV4 for one address";
	case SETTING_HOST6:
		return "IPV6/LEN, or IPV6 for one address";
	default:
		return "IPV6/LEN";
	}
}

static int link_bad_prefix(const struct setting *set, const char *arg,
			   enum text_fault fault, const char *right)
{
	bool ipv4 = set->kind == SETTING_PREFIX4;

	if (fault == TEXT_HOST_BITS)
		fprintf(stderr,
			"m6t: %s \"%s\" has bits set behind its length: %s is the prefix\n",
			set->word, arg, right);
	else if (fault == TEXT_LENGTH)
		fprintf(stderr,
			"m6t: %s \"%s\" has a wrong length: %s is allowed\n",
			set->word, arg, ipv4 ? "0 to 32" : "1 to 128");
	else
		fprintf(stderr,
			"m6t: %s \"%s\" is wrong: prefixes are allowed, written %s\n",
			set->word, arg, link_prefix_form(set));
	return -1;
}

static int link_parse_number(const struct setting *set, const char *arg,
			     struct link_value *value)
{
	uint64_t number;
	uint16_t u16;
	uint32_t u32;
	uint8_t u8;

	if (!text_number(arg, set->max, &number) || number < set->min)
		return link_bad_number(set, arg);

	u8 = number;
	u16 = htons(number);
	u32 = number;
	if (set->kind == SETTING_BE16)
		link_value_put(value, &u16, sizeof(u16));
	else if (set->kind == SETTING_U32 || set->kind == SETTING_MARK)
		link_value_put(value, &u32, sizeof(u32));
	else
		link_value_put(value, &u8, sizeof(u8));
	return 0;
}

static int link_parse_field(const struct setting *set, const char *arg,
			    struct link_value *value)
{
	bool tos = set->kind == SETTING_TOS;
	uint8_t inherit = tos ? M6T_TOS_INHERIT : M6T_TTL_INHERIT;
	uint64_t number;

	if (!strcmp(arg, "inherit")) {
		link_value_put(value, &inherit, sizeof(inherit));
		return 0;
	}
	/* The two ECN bits are RFC 6040's to set. */
	if (tos && text_number(arg, set->max, &number) && (number & 3))
		return link_bad_number(set, arg);

	return link_parse_number(set, arg, value);
}

static int link_parse_choice(const struct setting *set, const char *arg,
			     struct link_value *value)
{
	uint8_t i;

	for (i = 0; *arg && set->choices[i]; i++) {
		if (!strcmp(set->choices[i], arg)) {
			link_value_put(value, &i, sizeof(i));
			return 0;
		}
	}

	return link_bad_choice(set, arg);
}

static int link_parse_ipv4(const struct setting *set, const char *arg,
			   struct link_value *value)
{
	struct in_addr addr = { .s_addr = INADDR_ANY };
	bool any = set->optional && !strcmp(arg, "any");

	if (!any && inet_pton(AF_INET, arg, &addr) != 1) {
		fprintf(stderr,
			"m6t: %s \"%s\" is wrong: an IPv4 address%s is allowed\n",
			set->word, arg, set->optional ? ", or any," : "");
		return -1;
	}

	link_value_put(value, &addr, sizeof(addr));
	return 0;
}

static int link_parse_link(const struct setting *set, const char *arg,
			   struct link_value *value)
{
	uint32_t ifindex = ll_name_to_index(arg);

	if (!ifindex && strcmp(arg, "any")) {
		fprintf(stderr,
			"m6t: %s \"%s\" is wrong: the name of a device that exists, or any, is allowed\n",
			set->word, arg);
		return -1;
	}

	link_value_put(value, &ifindex, sizeof(ifindex));
	return 0;
}

static int link_parse_port(const struct setting *set, const char *arg,
			   struct link_value *value)
{
	uint64_t number;
	uint16_t port;

	if (!text_number(arg, UINT16_MAX, &number) || !number) {
		fprintf(stderr,
			"m6t: %s \"%s\" is wrong: 1 to 65535 is allowed\n",
			set->word, arg);
		return -1;
	}

	port = htons(number);
	link_value_entry(value, &port, sizeof(port));
	return 0;
}

static int link_parse_prefix(const struct setting *set, const char *arg,
			     struct link_value *value)
{
	bool host = set->kind == SETTING_HOST6;
	char right[TEXT_PREFIX_MAX] = "";
	struct m6t_prefix4 prefix4;
	struct m6t_prefix6 prefix6;
	enum text_fault fault;

	if (set->kind == SETTING_PREFIX4) {
		fault = text_prefix4(arg, 32, &prefix4);
		text_from_prefix4(&prefix4, right, sizeof(right));
	} else {
		fault = text_prefix6(arg, host ? 128 : -1, &prefix6);
		text_from_prefix6(&prefix6, false, right, sizeof(right));
	}
	if (fault != TEXT_OK)
		return link_bad_prefix(set, arg, fault, right);

	if (set->kind == SETTING_PREFIX4)
		link_value_entry(value, &prefix4, sizeof(prefix4));
	else
		link_value_entry(value, &prefix6, sizeof(prefix6));
	return 0;
}

static unsigned int link_count(const char *list)
{
	unsigned int count = 1;

	for (; *list; list++)
		count += *list == ',';

	return count;
}

static int link_parse_list(const struct setting *set, const char *arg,
			   struct link_value *value)
{
	char entry[TEXT_PREFIX_MAX];
	size_t len;
	int err;

	if (set->optional && !strcmp(arg, "none"))
		return 0;
	if (link_count(arg) > set->max) {
		fprintf(stderr,
			"m6t: %s has %u entries: at most %u are allowed\n",
			set->word, link_count(arg), set->max);
		return -1;
	}

	for (;; arg += len + 1) {
		len = strcspn(arg, ",");
		/* Whatever is cut here was too long to be right. */
		snprintf(entry, sizeof(entry), "%.*s", (int)len, arg);
		err = set->kind == SETTING_PORTS ?
		      link_parse_port(set, entry, value) :
		      link_parse_prefix(set, entry, value);
		if (err || !arg[len])
			return err;
	}
}

static int link_parse_value(const struct setting *set, const char *arg,
			    struct link_value *value)
{
	switch (set->kind) {
	case SETTING_CHOICE:
		return link_parse_choice(set, arg, value);
	case SETTING_IPV4:
		return link_parse_ipv4(set, arg, value);
	case SETTING_LINK:
		return link_parse_link(set, arg, value);
	case SETTING_TTL:
	case SETTING_TOS:
		return link_parse_field(set, arg, value);
	default:
		return setting_is_list(set) ?
		       link_parse_list(set, arg, value) :
		       link_parse_number(set, arg, value);
	}
}

/* Append an attribute to the request; ip's own helper prints two lines. */
static int link_put(struct nlmsghdr *n, const struct setting *set,
		    const struct link_value *value)
{
	size_t start = NLMSG_ALIGN(n->nlmsg_len);
	size_t end = start + RTA_SPACE(value->len);
	struct rtattr *attr = (struct rtattr *)((char *)n + start);

	if (end > LINK_REQUEST_MAX) {
		fprintf(stderr,
			"m6t: %s does not fit into the one message that ip sends: give it with a later \"ip link set NAME type m6t %s ...\"\n",
			set->word, set->word);
		return -1;
	}

	attr->rta_type = set->attr | (setting_is_list(set) ? NLA_F_NESTED : 0);
	attr->rta_len = RTA_LENGTH(value->len);
	memset(RTA_DATA(attr), 0, end - start - RTA_LENGTH(0));
	memcpy(RTA_DATA(attr), value->data, value->len);
	n->nlmsg_len = end;
	return 0;
}

static int link_parse_word(const struct setting *set, const char *arg,
			   struct nlmsghdr *n)
{
	struct link_value value = { .len = 0 };

	if (!arg) {
		fprintf(stderr,
			"m6t: %s has no value: see \"ip link help m6t\" for the allowed ones\n",
			set->word);
		return -1;
	}

	return link_parse_value(set, arg, &value) ? -1 :
	       link_put(n, set, &value);
}

/**
 * link_parse - parse_opt of &struct link_util
 * @lu: not used
 * @argc: number of words
 * @argv: the words behind "type m6t", all of them for us
 * @n: request to add the attributes to; nothing is sent on failure
 *
 * Return: 0, or -1 after printing one sentence.
 */
int link_parse(struct link_util *lu, int argc, char **argv,
	       struct nlmsghdr *n)
{
	const struct setting *set;
	uint64_t seen = 0;
	uint64_t bit;

	(void)lu;
	for (; argc > 0; argc -= 2, argv += 2) {
		if (!strcmp(*argv, "help")) {
			link_usage(stderr);
			return -1;
		}

		set = setting_find(*argv);
		if (!set) {
			fprintf(stderr,
				"m6t: unknown word \"%s\": see \"ip link help m6t\" for the allowed ones\n",
				*argv);
			return -1;
		}

		bit = UINT64_C(1) << set->attr;
		if (seen & bit) {
			fprintf(stderr,
				"m6t: %s is given twice: once is allowed\n",
				set->word);
			return -1;
		}
		seen |= bit;

		if (link_parse_word(set, argc > 1 ? argv[1] : NULL, n))
			return -1;
	}

	return 0;
}
