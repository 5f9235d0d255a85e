// SPDX-License-Identifier: GPL-2.0
/*
 * Parse the arguments of a command, by a table that the command provides.
 */
#include <inttypes.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/command.h"
#include "ctl/endpoint.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/names.h"
#include "lib/say.h"
#include "lib/text.h"

static struct word *words_find(struct word *words, const char *name)
{
	for (; words->what; words++)
		if (words->name && !strcmp(words->name, name))
			return words;

	return NULL;
}

static int words_missing(const struct command *command,
			 const struct word *words)
{
	for (; words->what; words++) {
		if (!words->required || words->given)
			continue;
		return command_wrong(command, "%s needs \"%s%s%s\"",
				     command->name,
				     words->name ? words->name : "",
				     words->name ? " " : "", words->what);
	}

	return STATUS_DONE;
}

/* Take one option and its value from *@argv, and advance it. */
static int words_take(const struct command *command, struct word *words,
		      int *argc, char ***argv)
{
	struct word *word = words_find(words, **argv);
	int step = word && !*word->what ? 1 : 2;

	/* An unknown argument is the value without a name, if there is one. */
	if (!word && words->what && !words->name && !words->given) {
		word = words;
		step = 1;
	}
	if (!word)
		return command_wrong(command, "unknown argument \"%s\"",
				     **argv);
	if (word->given)
		return fail(STATUS_USAGE,
			    "%s is given more than once", word->name);
	if (*argc < step)
		return fail(STATUS_USAGE,
			    "%s has no value: expected %s %s",
			    word->name, word->name, word->what);

	word->given = true;
	*argc -= step;
	*argv += step;
	return word->parse(word, (*argv)[-1]);
}

static int words_look_up(const struct word *word)
{
	struct device *dev = word->to;

	dev->ifindex = names_find(dev->typed, dev->name);
	if (dev->ifindex)
		return STATUS_DONE;

	return fail(STATUS_ABSENT, "no such device \"%s\" (see \"%s\")",
		    dev->typed,
		    strcmp(word->name, "link") ? "m6tctl show" : "ip link");
}

/**
 * words_parse - parse the arguments of a command
 * @command: the command, for its usage
 * @words: table of its arguments, ended by an empty one
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status; an error was printed.
 */
int words_parse(const struct command *command, struct word *words, int argc,
		char **argv)
{
	int status;

	while (argc > 0) {
		status = words_take(command, words, &argc, &argv);
		if (status)
			return status;
	}
	status = words_missing(command, words);
	if (status)
		return status;

	/* Wrong usage is reported first, no matter which devices exist. */
	for (; words->what && !status; words++)
		if (words->given && words->parse == word_device)
			status = words_look_up(words);

	return status;
}

/**
 * word_device - read a name of a device, which words_parse() looks up
 * @word: its @to is a &struct device
 * @arg: the name
 *
 * Return: an enum status; an error was printed.
 */
int word_device(const struct word *word, const char *arg)
{
	struct device *dev = word->to;

	if (!*arg || strlen(arg) >= NAMES_MAX || strchr(arg, '/'))
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected 1 to %u characters other than /",
			    word->name, arg, NAMES_MAX - 1);

	dev->typed = arg;
	return STATUS_DONE;
}

/**
 * words_device - read "dev NAME", if there are no other arguments
 * @command: the command, for its usage
 * @dev: to be filled; index 0: not given
 * @required: it must be given
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status; an error was printed.
 */
int words_device(const struct command *command, struct device *dev,
		 bool required, int argc, char **argv)
{
	struct word words[] = {
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = dev, .required = required },
		{ .what = NULL }
	};

	dev->ifindex = 0;
	return words_parse(command, words, argc, argv);
}

/**
 * word_address - read an IPv6 address
 * @word: its @to is a struct in6_addr
 * @arg: the address
 *
 * Return: an enum status; an error was printed.
 */
int word_address(const struct word *word, const char *arg)
{
	if (inet_pton(AF_INET6, arg, word->to) != 1)
		return fail(STATUS_USAGE,
			    "address \"%s\" is wrong: expected an IPv6 address",
			    arg);

	return STATUS_DONE;
}

/**
 * word_prefix - read an IPv6 prefix, or an address as a prefix of 128 bits
 * @word: its @to is a &struct m6t_prefix6
 * @arg: the prefix
 *
 * Return: an enum status; an error was printed.
 */
int word_prefix(const struct word *word, const char *arg)
{
	char right[TEXT_PREFIX_MAX];
	struct m6t_prefix6 *prefix = word->to;

	switch (text_prefix6(arg, 128, prefix)) {
	case TEXT_OK:
		return STATUS_DONE;
	case TEXT_HOST_BITS:
		return fail(STATUS_USAGE,
			    "prefix \"%s\" has bits set beyond its length: expected %s",
			    arg, text_from_prefix6(prefix, false, right,
						   sizeof(right)));
	case TEXT_LENGTH:
		return fail(STATUS_USAGE,
			    "prefix \"%s\" has a wrong length: expected 1 to 128",
			    arg);
	default:
		return fail(STATUS_USAGE,
			    "prefix \"%s\" is wrong: expected IPV6/LEN",
			    arg);
	}
}

static int word_address_check(const struct word *word, struct endpoint *end,
			      const char *arg)
{
	const struct in6_addr *addr = &end->addr6;

	if (IN6_IS_ADDR_UNSPECIFIED(addr) || IN6_IS_ADDR_MULTICAST(addr) ||
	    IN6_IS_ADDR_LINKLOCAL(addr) || IN6_IS_ADDR_LOOPBACK(addr))
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected the global address of a host",
			    word->name ? word->name : "address", arg);

	end->given = true;
	return STATUS_DONE;
}

/**
 * word_endpoint - read an IPv4 address and a port, or an IPv6 address
 * @word: its @to is a &struct endpoint
 * @arg: the endpoint
 *
 * Return: an enum status; an error was printed.
 */
int word_endpoint(const struct word *word, const char *arg)
{
	struct endpoint *end = word->to;

	if (end->may_be_ip6 && inet_pton(AF_INET6, arg, &end->addr6) == 1)
		return word_address_check(word, end, arg);
	if (!text_endpoint(arg, end->need_port, &end->addr, &end->port))
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected %s with a port of 1 to 65535",
			    word->name ? word->name : "address", arg,
			    word->what);
	/* In a filter, zero would match all. */
	if (!text_ipv4_is_host(end->addr) &&
	    (end->addr.s_addr || !end->may_be_any))
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected the address of a host",
			    word->name ? word->name : "address", arg);

	end->given = true;
	return STATUS_DONE;
}

/**
 * word_ipv4 - read the IPv4 address of a host
 * @word: its @to is a struct in_addr
 * @arg: the address
 *
 * Return: an enum status; an error was printed.
 */
int word_ipv4(const struct word *word, const char *arg)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, arg, &addr) != 1 || !text_ipv4_is_host(addr))
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected the IPv4 address of a host",
			    word->name ? word->name : "address", arg);

	*(struct in_addr *)word->to = addr;
	return STATUS_DONE;
}

/**
 * word_kind - read a kind of outer headers
 * @word: its @to is a uint8_t, for an enum m6t_encap
 * @arg: the kind
 *
 * Return: an enum status; an error was printed.
 */
int word_kind(const struct word *word, const char *arg)
{
	uint8_t kind;

	for (kind = M6T_ENCAP_UDP4; print_kinds[kind]; kind++) {
		if (strcmp(print_kinds[kind], arg))
			continue;
		*(uint8_t *)word->to = kind;
		return STATUS_DONE;
	}

	return fail(STATUS_USAGE,
		    "%s \"%s\" is wrong: expected udp4, ip4 or ip6", word->name,
		    arg);
}

/**
 * word_range - read a number of a range
 * @word: its @to is a &struct range
 * @arg: the number, decimal or after 0x hexadecimal
 *
 * Return: an enum status; an error was printed.
 */
int word_range(const struct word *word, const char *arg)
{
	struct range *range = word->to;
	uint64_t number;

	if (!text_number(arg, range->max, &number) || number < range->min)
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected %" PRIu64 " to %" PRIu64,
			    word->name, arg, range->min, range->max);

	range->value = number;
	return STATUS_DONE;
}

/**
 * word_state - read the state of a binding
 * @word: its @to is a uint8_t
 * @arg: the state
 *
 * Return: an enum status; an error was printed.
 */
int word_state(const struct word *word, const char *arg)
{
	uint8_t state;

	for (state = M6T_BINDING_TEMPORARY; print_states[state]; state++) {
		if (!strcmp(print_states[state], arg)) {
			*(uint8_t *)word->to = state;
			return STATUS_DONE;
		}
	}

	return fail(STATUS_USAGE,
		    "state \"%s\" is wrong: expected temporary, active or static",
		    arg);
}

/**
 * word_u16 - read a number of 16 bits
 * @word: its @to is a uint16_t
 * @arg: the number, decimal or after 0x hexadecimal
 *
 * Return: an enum status; an error was printed.
 */
int word_u16(const struct word *word, const char *arg)
{
	uint64_t number;

	if (!text_number(arg, UINT16_MAX, &number))
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected 0 to 65535 or 0x0 to 0xffff",
			    word->name, arg);

	*(uint16_t *)word->to = number;
	return STATUS_DONE;
}

/**
 * word_metric - read the metric of a route
 * @word: its @to is a uint32_t
 * @arg: the number, not 0, which means the default to the kernel
 *
 * Return: an enum status; an error was printed.
 */
int word_metric(const struct word *word, const char *arg)
{
	uint64_t number;

	if (!text_number(arg, UINT32_MAX, &number) || !number)
		return fail(STATUS_USAGE,
			    "%s \"%s\" is wrong: expected 1 to %u",
			    word->name, arg, UINT32_MAX);

	*(uint32_t *)word->to = number;
	return STATUS_DONE;
}

/* Value of a hexadecimal digit, or -1. */
static int word_digit(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit | 0x20) : NULL;

	/* The bit that folds case also maps control characters to digits. */
	return at && (digit >= '0') ? (int)(at - digits) : -1;
}

/**
 * word_id - read the last 48 bits of an address
 * @word: its @to has %M6T_ID_LEN bytes
 * @arg: 12 hexadecimal digits; colons between them are ignored
 *
 * Return: an enum status; an error was printed.
 */
int word_id(const struct word *word, const char *arg)
{
	static const uint8_t anycast[M6T_ID_LEN];
	uint8_t id[M6T_ID_LEN] = { 0 };
	unsigned int digits = 0;
	const char *at;

	for (at = arg; *at; at++) {
		/* Between digits: not first, last or doubled. */
		if (*at == ':' && digits && at[1] && at[1] != ':')
			continue;
		if (word_digit(*at) < 0 || digits == 2 * M6T_ID_LEN)
			break;
		id[digits / 2] |= word_digit(*at) << (digits % 2 ? 0 : 4);
		digits++;
	}
	if (*at || digits != 2 * M6T_ID_LEN)
		return fail(STATUS_USAGE,
			    "id \"%s\" is wrong: expected 12 hexadecimal digits",
			    arg);
	if (!memcmp(id, anycast, sizeof(id)))
		return fail(STATUS_USAGE,
			    "id \"%s\" is wrong: expected an id other than zero",
			    arg);

	memcpy(word->to, id, sizeof(id));
	return STATUS_DONE;
}

/**
 * word_flag - take an option without a value
 * @word: its @what is empty, its @to is a bool
 * @arg: the option itself
 *
 * Return: an enum status.
 */
int word_flag(const struct word *word, const char *arg)
{
	(void)arg;
	*(bool *)word->to = true;
	return STATUS_DONE;
}
