// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl: show and change m6t devices. Options and the commands.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "lib/say.h"

#define NETNS_DIR	"/var/run/netns/"

static const struct command commands[] = {
	{ "show", cmd_show, "[dev NAME]",
	  "devices, role, settings, attachment" },
	{ "binding", cmd_binding, "COMMAND",
	  "bindings of gateways and home agents; see \"m6tctl binding help\"" },
	{ "slot", cmd_slot, "COMMAND",
	  "care-of addresses of DSMIPv6; see \"m6tctl slot help\"" },
	{ "attach", cmd_attach, "dev NAME [id HEX48]",
	  "get a new random address and a new socket" },
	{ "detach", cmd_detach, "dev NAME",
	  "remove address, default route and socket" },
	{ "up", cmd_up, "NAME [foreground]",
	  "create a device from its file and manage it" },
	{ "down", cmd_down, "NAME", "stop \"up\" and delete the device" },
	{ "follow", cmd_follow, "[dev NAME [metric N]]...",
	  "stay and keep mobile nodes attached as IPv4 changes" },
	{ "monitor", cmd_monitor, "[dev NAME]", "print events as they occur" },
	{ "stats", cmd_stats, "[dev NAME]", "all counters, by name" },
	{ "metrics", cmd_metrics, "[dev NAME]",
	  "state and counters as OpenMetrics text" },
	{ "prefix", cmd_prefix, "COMMAND",
	  "prefixes to use; see \"m6tctl prefix help\"" },
	{ "ipsec", cmd_ipsec, "NAME {manual FILE|charon}",
	  "print the IPsec policies that a DSMIPv6 device needs" },
	{ "check", cmd_check,
	  "[[dev] NAME | gateway IPV4 [port PORT[,PORT...]] [prefix IPV6/80]] [to IPV6] [nat]",
	  "why there is no connection" },
	{ NULL, NULL, NULL, NULL }
};

static int enter_netns(const char *name)
{
	char path[256];
	int err;
	int fd;

	if (!*name || strchr(name, '/') || strlen(name) > 200)
		return fail(STATUS_USAGE,
			    "netns \"%s\" is wrong: expected a name from \"ip netns list\"",
			    name);

	snprintf(path, sizeof(path), NETNS_DIR "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return fail(STATUS_ABSENT,
			    "netns \"%s\" does not exist (see \"ip netns list\")",
			    name);
	if (fd < 0)
		return fail(STATUS_REFUSED, "cannot open netns \"%s\": %s",
			    name, strerror(errno));

	err = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (err)
		return fail(STATUS_REFUSED,
			    "cannot enter netns \"%s\": %s", name,
			    strerror(err));

	return STATUS_DONE;
}

/* @word: the last argument that getopt has processed, or part of the next. */
static int option_unknown(const char *word)
{
	char letter[] = { '-', optopt, '\0' };

	return fail(STATUS_USAGE,
		    "unknown option \"%s\": expected -j, -p, -n NETNS, -h, --help, -V or --version",
		    strncmp(word, "--", 2) ? letter : word);
}

/* Flush standard output; a failure is an error. */
static int finish(int status)
{
	bool failed = fflush(stdout) || ferror(stdout);

	/* A full disk must not look like success. */
	if (failed && !status)
		return fail(STATUS_REFUSED, "cannot write to standard output");

	return status;
}

static int parse_options(int argc, char **argv, const char **netns)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:jpn:hV", longs,
				  NULL)) != -1) {
		switch (opt) {
		case 'p':
			options.pretty = true;
			options.json = true;
			break;
		case 'j':
			options.json = true;
			break;
		case 'n':
			*netns = optarg;
			break;
		case 'h':
			command_help(commands, "");
			exit(finish(STATUS_DONE));
		case 'V':
			puts("m6tctl " M6T_VERSION);
			exit(finish(STATUS_DONE));
		case ':':
			return fail(STATUS_USAGE,
				    "option -%c has no value: expected the name of a netns",
				    optopt);
		default:
			return option_unknown(argv[optind - 1]);
		}
	}

	return STATUS_DONE;
}

int main(int argc, char **argv)
{
	static char output[65536];
	const char *netns = NULL;
	int status;

	options.program = "m6tctl";
	/* A million bindings are some 180 MB; keep a terminal line-buffered. */
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, output, _IOFBF, sizeof(output));

	status = parse_options(argc, argv, &netns);
	if (status)
		return status;
	if (netns) {
		status = enter_netns(netns);
		if (status)
			return status;
	}

	return finish(command_run(commands, "", argc - optind,
				  argv + optind));
}
