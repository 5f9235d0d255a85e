// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl binding
 */
#include <stdio.h>
#include <arpa/inet.h>
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/endpoint.h"
#include "ctl/filter.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/names.h"
#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

/* s: 65535 units of four seconds (RFC 6275, 6.1.7) */
#define BINDING_LIFETIME_MAX	262140

static int binding_show(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct filter filter;
	enum print_table table = PRINT_TABLE_NONE;
	int status;
	int err;

	status = filter_parse(command, &filter, false, argc, argv);
	if (status)
		return status;
	status = genl_open(&genl);
	if (status)
		return status;

	filter_put(genl_request(&genl, M6T_CMD_BINDING_GET, true), &filter);
	err = genl_talk(&genl, print_binding, &table);
	if (err)
		status = genl_fail(&genl, err, &filter.dev, "bindings");
	else if (genl.nl.torn)
		status = fail(STATUS_REFUSED,
			      "the table grew during the dump: bindings may be listed twice, try again");
	print_finish(status);
	genl_close(&genl);
	return status;
}

/* Attributes of a binding to be added. */
struct binding {
	struct in6_addr addr;
	struct device dev;
	struct endpoint remote;
	struct endpoint local;
	struct in_addr hoa4;
	uint8_t kind;
	struct range lifetime;	/* s; 0: a static binding of a gateway */
};

static bool binding_is_ip6(const struct binding *binding)
{
	return !IN6_IS_ADDR_UNSPECIFIED(&binding->remote.addr6);
}

static void binding_put(struct nlmsghdr *nlh, const struct binding *binding)
{
	const struct endpoint *local = &binding->local;

	if (binding_is_ip6(binding)) {
		mnl_attr_put(nlh, M6T_A_REMOTE6, sizeof(binding->remote.addr6),
			     &binding->remote.addr6);
	} else {
		mnl_attr_put_u32(nlh, M6T_A_REMOTE,
				 binding->remote.addr.s_addr);
		mnl_attr_put_u16(nlh, M6T_A_PORT, htons(binding->remote.port));
	}
	if (local->given)
		mnl_attr_put_u32(nlh, M6T_A_LOCAL, local->addr.s_addr);
	if (local->port)
		mnl_attr_put_u16(nlh, M6T_A_LOCAL_PORT, htons(local->port));
	if (binding->hoa4.s_addr)
		mnl_attr_put_u32(nlh, M6T_A_HOA4, binding->hoa4.s_addr);
	if (binding->kind)
		mnl_attr_put_u8(nlh, M6T_A_ENCAP, binding->kind);
	if (binding->lifetime.value)
		mnl_attr_put_u64(nlh, M6T_A_EXPIRES,
				 binding->lifetime.value * 1000);
}

/*
 * Send a request about the binding of @addr on @dev; @binding: its attributes,
 * or NULL.
 */
static int binding_talk(uint8_t cmd, const struct device *dev,
			const struct in6_addr *addr,
			const struct binding *binding, nl_cb cb, void *arg)
{
	static struct genl genl;
	char text[INET6_ADDRSTRLEN];
	struct nlmsghdr *nlh;
	int status;
	int err;

	status = genl_open(&genl);
	if (status)
		return status;

	nlh = genl_request(&genl, cmd, false);
	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);
	mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(*addr), addr);
	if (binding)
		binding_put(nlh, binding);
	err = genl_talk(&genl, cb, arg);
	if (err)
		status = genl_fail(&genl, err, dev,
				   inet_ntop(AF_INET6, addr, text,
					     sizeof(text)));
	print_finish(status);
	genl_close(&genl);
	return status;
}

/* "get" and "del": a command about one binding, by its address. */
static int binding_one(const struct command *command, int argc, char **argv,
		       uint8_t cmd, nl_cb cb)
{
	struct in6_addr addr;
	struct device dev;
	struct word words[] = {
		{ .what = "IPV6", .parse = word_address, .to = &addr,
		  .required = true },
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &dev, .required = true },
		{ .what = NULL }
	};
	enum print_table table = PRINT_TABLE_NONE;
	int status;

	status = words_parse(command, words, argc, argv);
	if (status)
		return status;

	return binding_talk(cmd, &dev, &addr, NULL, cb, &table);
}

static int binding_get(const struct command *command, int argc, char **argv)
{
	return binding_one(command, argc, argv, M6T_CMD_BINDING_GET,
			   print_binding);
}

static int binding_del(const struct command *command, int argc, char **argv)
{
	return binding_one(command, argc, argv, M6T_CMD_BINDING_DEL, NULL);
}

/* Only a home agent's bindings have a lifetime, hoa4 and kind. */
static int binding_check(struct binding *binding)
{
	bool ip6 = binding_is_ip6(binding);
	bool wants_ip6;

	if (ip6 && !binding->kind)
		binding->kind = M6T_ENCAP_IP6;
	wants_ip6 = binding->kind == M6T_ENCAP_IP6;
	if (ip6 != wants_ip6)
		return fail(STATUS_USAGE,
			    "kind is wrong: expected ip6 with an IPv6 address, and only with that");
	if (!binding->lifetime.value && (binding->hoa4.s_addr || binding->kind))
		return fail(STATUS_USAGE,
			    "%s needs \"lifetime SEC\", as it is for mode dsmip-ha only",
			    binding->kind ? "kind" : "hoa4");
	if (binding->lifetime.value && binding->local.given)
		return fail(STATUS_USAGE,
			    "local is for mode gw only: expected it without lifetime");
	if (binding->lifetime.value && !binding->kind)
		binding->kind = M6T_ENCAP_UDP4;

	return STATUS_DONE;
}

static int binding_add(const struct command *command, int argc, char **argv)
{
	struct binding binding = {
		.remote = { .need_port = true, .may_be_ip6 = true },
		.local = { .may_be_any = true },
		.lifetime = { .min = 1, .max = BINDING_LIFETIME_MAX },
	};
	struct word words[] = {
		{ .what = "IPV6", .parse = word_address, .to = &binding.addr,
		  .required = true },
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &binding.dev, .required = true },
		{ .name = "remote", .what = "{IPV4:PORT|IPV6}", .required = true,
		  .parse = word_endpoint, .to = &binding.remote },
		{ .name = "local", .what = "IPV4[:PORT]",
		  .parse = word_endpoint, .to = &binding.local },
		{ .name = "hoa4", .what = "IPV4", .parse = word_ipv4,
		  .to = &binding.hoa4 },
		{ .name = "kind", .what = "{udp4|ip4|ip6}", .parse = word_kind,
		  .to = &binding.kind },
		{ .name = "lifetime", .what = "SEC", .parse = word_range,
		  .to = &binding.lifetime },
		{ .what = NULL }
	};
	int status;

	status = words_parse(command, words, argc, argv) ?:
		 binding_check(&binding);
	if (status)
		return status;

	return binding_talk(binding.lifetime.value ? M6T_CMD_BIND :
						     M6T_CMD_BINDING_ADD,
			    &binding.dev, &binding.addr, &binding, NULL, NULL);
}

static void binding_flushed(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	uint32_t *count = arg;

	genl_attrs(nlh, tb);
	*count = nl_u32(tb[M6T_A_COUNT]);
}

static int binding_flush(const struct command *command, int argc,
			 char **argv)
{
	static struct genl genl;
	struct filter filter;
	uint32_t count = 0;
	int status;
	int err;

	status = filter_parse(command, &filter, true, argc, argv);
	if (status)
		return status;
	status = genl_open(&genl);
	if (status)
		return status;

	filter_put(genl_request(&genl, M6T_CMD_BINDING_FLUSH, false),
		   &filter);
	err = genl_talk(&genl, binding_flushed, &count);
	if (err) {
		status = genl_fail(&genl, err, &filter.dev, filter.dev.name);
	} else if (options.json) {
		json_begin();
		json_open(NULL, '{');
		json_string("dev", filter.dev.name);
		json_number("flushed", count);
		json_close('}');
	} else {
		printf("flushed %u\n", count);
	}
	print_finish(status);
	genl_close(&genl);
	return status;
}

#define FILTER	"[state {temporary|active|static}] [prefix IPV6/LEN] [remote IPV4[:PORT]]"

static const struct command binding_commands[] = {
	{ "show", binding_show, "[dev NAME] " FILTER,
	  "a table: device, IPv6 address, IPv4 address and port of the mobile node,\n"
	  "      own address and port, state, time since the last packet, time left,\n"
	  "      packets and bytes from (RX) and to (TX) the mobile node;\n"
	  "      for mode dsmip-ha: device, home addresses, kind of outer headers, IPv4\n"
	  "      address and port, time left, the last signalling and its age, packets" },
	{ "count", cmd_count, "[dev NAME] " FILTER,
	  "number of bindings in each state" },
	{ "get", binding_get, "IPV6 dev NAME", "one binding" },
	{ "add", binding_add,
	  "IPV6 remote {IPV4:PORT|IPV6} [local IPV4[:PORT]] [[hoa4 IPV4] [kind {udp4|ip4|ip6}] lifetime SEC] dev NAME",
	  "add a static binding, which never expires; for mode dsmip-ha: bind a\n"
	  "      home address for a time" },
	{ "del", binding_del, "IPV6 dev NAME", "delete one binding" },
	{ "flush", binding_flush, "dev NAME " FILTER,
	  "delete all bindings, or those that match" },
	{ "save", cmd_save, "dev NAME",
	  "print active and static bindings, one per line" },
	{ "restore", cmd_restore, "dev NAME",
	  "add the bindings that save printed, from standard input" },
	{ NULL, NULL, NULL, NULL }
};

/**
 * cmd_binding - bindings of gateways and home agents
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_binding(const struct command *command, int argc, char **argv)
{
	(void)command;
	return command_run(binding_commands, "binding ", argc, argv);
}
