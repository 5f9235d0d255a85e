// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl prefix: generate prefixes. Works without the module.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/words.h"
#include "lib/json.h"
#include "lib/say.h"
#include "lib/text.h"

#define ULA_FIRST_BYTE	0xfd	/* RFC 4193, locally assigned */
#define SITE_LEN	48

static int prefix_print(const struct m6t_prefix6 *prefix)
{
	char text[TEXT_PREFIX_MAX];

	text_from_prefix6(prefix, false, text, sizeof(text));
	if (options.json) {
		json_begin();
		json_open(NULL, '{');
		json_string("prefix", text);
		json_close('}');
		json_end();
	} else {
		puts(text);
	}

	return STATUS_DONE;
}

/* 40 random bits after fd (RFC 4193 3.2.1; its hash is only a substitute for
 * a good random source).
 */
static int prefix_ula(const struct command *command, int argc, char **argv)
{
	struct m6t_prefix6 prefix = { .len = SITE_LEN };
	struct word none[] = { { .what = NULL } };
	int status;

	status = words_parse(command, none, argc, argv);
	if (status)
		return status;

	prefix.addr.s6_addr[0] = ULA_FIRST_BYTE;
	if (getrandom(&prefix.addr.s6_addr[1], SITE_LEN / 8 - 1, 0) !=
	    SITE_LEN / 8 - 1)
		return fail(STATUS_REFUSED, "cannot get random numbers: %s",
			    strerror(errno));

	return prefix_print(&prefix);
}

/* 48 bits of the site, 16 of the subnet, 16 of the mobile node. */
static int prefix_mn(const struct command *command, int argc, char **argv)
{
	char text[TEXT_PREFIX_MAX];
	struct m6t_prefix6 prefix;
	uint16_t subnet;
	uint16_t id;
	struct word words[] = {
		{ .what = "ULA/48", .parse = word_prefix, .to = &prefix,
		  .required = true },
		{ .name = "subnet", .what = "N", .parse = word_u16,
		  .to = &subnet, .required = true },
		{ .name = "id", .what = "N", .parse = word_u16, .to = &id,
		  .required = true },
		{ .what = NULL }
	};
	int status;

	status = words_parse(command, words, argc, argv);
	if (status)
		return status;
	if (prefix.len != SITE_LEN)
		return fail(STATUS_USAGE,
			    "prefix of length %u is wrong: expected a length of %u, as in \"m6tctl prefix ula\"",
			    prefix.len, SITE_LEN);
	if (!text_prefix6_is_global(&prefix))
		return fail(STATUS_USAGE,
			    "prefix \"%s\" is wrong: expected global unicast addresses, as in \"m6tctl prefix ula\"",
			    text_from_prefix6(&prefix, false, text,
					      sizeof(text)));

	prefix.len = M6T_MN_PREFIX_LEN;
	prefix.addr.s6_addr[6] = subnet >> 8;
	prefix.addr.s6_addr[7] = subnet & 0xff;
	prefix.addr.s6_addr[8] = id >> 8;
	prefix.addr.s6_addr[9] = id & 0xff;

	return prefix_print(&prefix);
}

static const struct command prefix_commands[] = {
	{ "ula", prefix_ula, "", "a random /48 (RFC 4193)" },
	{ "mn", prefix_mn, "ULA/48 subnet N id N",
	  "the /80 of a mobile node" },
	{ NULL, NULL, NULL, NULL }
};

/**
 * cmd_prefix - generate and print a prefix
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_prefix(const struct command *command, int argc, char **argv)
{
	(void)command;
	return command_run(prefix_commands, "prefix ", argc, argv);
}
