// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of ip(8) for links of type m6t: arguments to attributes.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ip/link_m6t.h"
#include "lib/macros.h"
#include "lib/setting.h"

/* The part of ip's request that a plugin may fill. */
#define LINK_REQUEST_MAX	1024

/* Print a one-sentence error. Return: -1, as ip expects. */
static int link_vrefuse(void *arg, const char *word, const char *format,
			va_list args)
{
	(void)arg;
	fprintf(stderr, "m6t: %s ", word);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	return -1;
}

static __printf(2, 3) int link_refuse(const char *word, const char *format,
				      ...)
{
	va_list args;
	int ret;

	va_start(args, format);
	ret = link_vrefuse(NULL, word, format, args);
	va_end(args);
	return ret;
}

static uint32_t link_ifindex(const char *name)
{
	return ll_name_to_index(name);
}

static const struct setting_tool link_tool = {
	.refuse = link_vrefuse,
	.ifindex = link_ifindex,
};

/* A setting that can be requested, but is not reported. */
static const char *const link_mtu_words[] = { "", "auto", NULL };
static const struct setting link_mtu = {
	.word = "mtu", .attr = IFLA_M6T_MTU_AUTO, .kind = SETTING_CHOICE,
	.choices = link_mtu_words,
};

static const struct setting *link_find(const char *word)
{
	return strcmp(word, link_mtu.word) ? setting_find(word) : &link_mtu;
}

/* Append an attribute to the request; ip's helper would print two lines. */
static int link_put(struct nlmsghdr *n, const struct setting *set,
		    const struct setting_value *value)
{
	size_t start = NLMSG_ALIGN(n->nlmsg_len);
	size_t end = start + RTA_SPACE(value->len);
	struct rtattr *attr = (struct rtattr *)((char *)n + start);

	if (end > LINK_REQUEST_MAX)
		return link_refuse(set->word,
				   "does not fit into the single message that ip sends: set it with a later \"ip link set NAME type m6t %s ...\"",
				   set->word);

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
	struct setting_value value = { .len = 0 };

	if (!arg)
		return link_refuse(set->word,
				   "has no value (see \"ip link help m6t\")");

	return setting_parse(&link_tool, set, arg, &value) ? -1 :
	       link_put(n, set, &value);
}

/* Note that an option was given, at most once for each attribute. */
static int link_see(const struct setting **seen, const struct setting *set)
{
	const struct setting *other = seen[set->attr];

	seen[set->attr] = set;
	if (!other)
		return 0;
	if (other == set)
		return link_refuse(set->word, "is given more than once");

	return link_refuse(set->word,
			   "is another mode's name for %s: expected only one of them",
			   other->word);
}

/* The kernel cannot distinguish options that have the same attribute. */
static int link_check_words(const struct setting *const *seen, uint8_t mode)
{
	char only[SETTING_ONLY_MAX];
	uint8_t modes;
	size_t i;

	for (i = 0; mode && i <= IFLA_M6T_MAX; i++) {
		if (!seen[i])
			continue;
		modes = setting_modes(seen[i]->word);
		if ((modes & SETTING_MODE(mode)) ||
		    !(setting_of(i, mode)->modes & SETTING_MODE(mode)))
			continue;
		return link_refuse(seen[i]->word, "%s",
				   setting_only(modes, only));
	}

	return 0;
}

/* Get the mode from the arguments; any unknown one counts as not given. */
static uint8_t link_mode(int argc, char **argv)
{
	uint8_t mode;

	for (; argc > 1; argc -= 2, argv += 2) {
		if (strcmp(argv[0], "mode"))
			continue;
		for (mode = M6T_MODE_GW; setting_mode_words[mode]; mode++)
			if (!strcmp(argv[1], setting_mode_words[mode]))
				return mode;
	}

	return M6T_MODE_UNSPEC;
}

/**
 * link_parse - parse_opt of &struct link_util
 * @lu: not used
 * @argc: number of arguments
 * @argv: the arguments after "type m6t", all of them for us
 * @n: request to add the attributes to; nothing is sent on failure
 *
 * Return: 0, or -1 after printing one sentence.
 */
int link_parse(struct link_util *lu, int argc, char **argv,
	       struct nlmsghdr *n)
{
	const struct setting *seen[IFLA_M6T_MAX + 1] = { NULL };
	uint8_t mode = link_mode(argc, argv);
	const struct setting *set;

	(void)lu;
	for (; argc > 0; argc -= 2, argv += 2) {
		if (!strcmp(*argv, "help")) {
			link_usage(stderr);
			return -1;
		}

		set = link_find(*argv);
		if (!set)
			return link_refuse("unknown argument",
					   "\"%s\" (see \"ip link help m6t\")",
					   *argv);
		if (link_see(seen, set) ||
		    link_parse_word(set, argc > 1 ? argv[1] : NULL, n))
			return -1;
	}

	return link_check_words(seen, mode);
}
