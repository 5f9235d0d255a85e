// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl check: why does it not connect?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/check/check.h"
#include "ctl/check/device.h"
#include "ctl/check/report.h"
#include "ctl/check/rules.h"
#include "ctl/check/source.h"
#include "ctl/check/target.h"
#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/proto.h"
#include "lib/say.h"
#include "lib/text.h"

static int word_gateway(const struct word *word, const char *arg)
{
	struct in_addr *addr = word->to;

	if (inet_pton(AF_INET, arg, addr) != 1 || !text_ipv4_is_host(*addr))
		return fail(STATUS_USAGE,
			    "gateway \"%s\" is wrong: expected the IPv4 address of a host",
			    arg);

	return STATUS_DONE;
}

/* PORT[,PORT...] */
static int word_ports(const struct word *word, const char *arg)
{
	struct target *target = word->to;
	const char *at = arg;
	uint64_t number;
	char port[8];
	size_t len;

	target->n_ports = 0;
	do {
		len = strcspn(at, ",");
		snprintf(port, sizeof(port), "%.*s", (int)len, at);
		if (len >= sizeof(port) ||
		    !text_number(port, UINT16_MAX, &number) || !number ||
		    target->n_ports == M6T_MAX_PORTS)
			return fail(STATUS_USAGE,
				    "port \"%s\" is wrong: expected 1 to %u ports of 1 to 65535, separated by commas",
				    arg, M6T_MAX_PORTS);
		target->ports[target->n_ports++] = number;
		at += len;
	} while (*at++);

	return STATUS_DONE;
}

static int word_mn_prefix(const struct word *word, const char *arg)
{
	struct m6t_prefix6 *prefix = word->to;
	int status = word_prefix(word, arg);

	if (status)
		return status;
	if (prefix->len != M6T_MN_PREFIX_LEN ||
	    !text_prefix6_is_global(prefix))
		return fail(STATUS_USAGE,
			    "prefix \"%s\" is wrong: expected the /80 of a mobile node",
			    arg);

	return STATUS_DONE;
}

static int word_host(const struct word *word, const char *arg)
{
	struct m6t_prefix6 host = { .len = 128 };

	if (inet_pton(AF_INET6, arg, &host.addr) != 1 ||
	    !text_prefix6_is_global(&host))
		return fail(STATUS_USAGE,
			    "to \"%s\" is wrong: expected the IPv6 address of a home agent",
			    arg);

	memcpy(word->to, &host.addr, sizeof(host.addr));
	return STATUS_DONE;
}

/* The name of a device may stand alone. */
static int check_name(struct word *words, int *argc, char ***argv)
{
	const struct word *word;

	if (!*argc)
		return STATUS_DONE;
	for (word = words; word->what; word++)
		if (!strcmp(word->name, **argv))
			return STATUS_DONE;

	words[0].given = true;
	(*argc)--;
	return words[0].parse(words, *(*argv)++);
}

/* @only: the only device to check; index 0: all. */
static int check_parse(const struct command *command, struct target *target,
		       struct device *only, int argc, char **argv)
{
	struct word words[] = {
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = only },
		{ .name = "gateway", .what = "IPV4", .parse = word_gateway,
		  .to = &target->node.gateway },
		{ .name = "port", .what = "PORT[,PORT...]",
		  .parse = word_ports, .to = target },
		{ .name = "prefix", .what = "IPV6/80",
		  .parse = word_mn_prefix, .to = &target->node.prefix },
		{ .name = "to", .what = "IPV6", .parse = word_host,
		  .to = &target->to },
		{ .name = "nat", .what = "", .parse = word_flag,
		  .to = &target->nat },
		{ .what = NULL }
	};
	int status;

	status = check_name(words, &argc, &argv) ?:
		 words_parse(command, words, argc, argv);
	if (status)
		return status;
	if (!words[1].given && (words[2].given || words[3].given))
		return command_wrong(command, "%s needs \"gateway IPV4\"",
				     words[2].given ? "port" : "prefix");
	if (words[0].given && words[1].given)
		return command_wrong(command,
				     "a gateway is probed without a device: expected either");

	target->has_to = words[4].given;
	if (!target->n_ports)
		target->ports[target->n_ports++] = M6T_PORT;
	target->node.port = target->ports[0];
	target->mtu = M6T_MTU;
	return STATUS_DONE;
}

/* All that a mobile node needs, from here to the gateway and beyond. */
static void check_way(const struct target *target,
		      const struct devices *devices)
{
	const struct traffic traffic = {
		.ports = target->ports, .n_ports = target->n_ports,
	};
	unsigned int port;

	check_firewall(&traffic);
	if (!check_route(target, devices->devs, devices->used)) {
		report("gateway", CHECK_SKIPPED, "there is no route to it");
		return;
	}
	if (!check_output(target))
		return;
	port = check_gateway(target);
	if (port)
		check_mtu(target, port);
	if (target->nat && port)
		check_nat(target, port);
}

static void check_node(struct target *target, const struct target *asked,
		       const struct devices *devices)
{
	target->to = asked->to;
	target->has_to = asked->has_to;
	target->nat = asked->nat;
	check_ipv6(target->self.name);
	check_attachment(target);
	if (target->node.foreign)
		report("gateway", CHECK_SKIPPED,
		       "its sockets are in another netns: m6tctl -n NETNS check gateway IPV4 there");
	else
		check_way(target, devices);
}

static void check_devices(const struct target *asked, uint32_t only,
			  const struct devices *devices)
{
	struct target target;
	size_t i;

	for (i = 0; i < devices->used; i++) {
		if (only && only != devices->devs[i].ifindex)
			continue;
		report_about(devices->devs[i].name);
		if (device_target(&devices->devs[i], &target))
			check_node(&target, asked, devices);
		else if (target.node.mode > M6T_MODE_MN)
			check_dsmip(&devices->devs[i]);
		else
			check_own(&devices->devs[i]);
	}
	report_about(NULL);
}

/**
 * cmd_check - find out why there is no connection
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_check(const struct command *command, int argc, char **argv)
{
	struct target target = { .mtu = 0 };
	struct device only = { .ifindex = 0 };
	struct devices devices;
	int status;

	status = check_parse(command, &target, &only, argc, argv);
	if (status)
		return status;

	source_prepare();
	check_module();
	check_kernel();
	check_boot();
	status = devices_get(&devices);
	if (status) {
		free(devices.devs);
		print_finish(status);
		return status;
	}
	if (target.node.gateway.s_addr) {
		check_ipv6(NULL);
		check_way(&target, &devices);
	} else if (devices.used) {
		check_devices(&target, only.ifindex, &devices);
	} else {
		check_ipv6(NULL);
		report("gateway", CHECK_SKIPPED,
		       "there is no m6t device: expected \"check gateway IPV4 prefix IPV6/80\"");
	}
	free(devices.devs);
	return report_verdict();
}
