// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl slot: the care-of addresses of a mobile node of DSMIPv6. Normally its
 * protocol module changes them; this is for administrators and tests.
 */
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/endpoint.h"
#include "ctl/node.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/names.h"
#include "lib/netlink/genl.h"
#include "lib/say.h"

#define SLOT_LINGER_MAX	60000	/* ms */

/* Arguments of a command, and which of them were given. */
struct slot {
	struct device dev;
	struct device link;
	struct endpoint local;
	struct range linger;
	bool lingers;
	uint8_t kind;
};

/* An index is valid only in the netns of the sockets, which has other links. */
static int slot_check_link(struct genl *genl, const struct slot *slot)
{
	struct node node;
	int err;

	if (!slot->link.ifindex)
		return STATUS_DONE;
	err = node_get(genl, &slot->dev, &node);
	if (err)
		return genl_fail(genl, err, &slot->dev, slot->dev.name);
	if (node.foreign)
		return fail(STATUS_REFUSED,
			    "link cannot be given: the sockets of %s are in another network namespace",
			    slot->dev.name);

	return STATUS_DONE;
}

static bool slot_is_ip6(const struct slot *slot)
{
	return !IN6_IS_ADDR_UNSPECIFIED(&slot->local.addr6);
}

static void slot_put(struct nlmsghdr *nlh, const struct slot *slot)
{
	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, slot->dev.ifindex);
	if (slot_is_ip6(slot))
		mnl_attr_put(nlh, M6T_A_LOCAL6, sizeof(slot->local.addr6),
			     &slot->local.addr6);
	else if (slot->local.given)
		mnl_attr_put_u32(nlh, M6T_A_LOCAL, slot->local.addr.s_addr);
	if (slot->link.ifindex)
		mnl_attr_put_u32(nlh, M6T_A_LINK, slot->link.ifindex);
	if (slot->kind)
		mnl_attr_put_u8(nlh, M6T_A_ENCAP, slot->kind);
	if (slot->lingers)
		mnl_attr_put_u64(nlh, M6T_A_LINGER, slot->linger.value);
}

static int slot_talk(uint8_t cmd, const struct slot *slot)
{
	static struct genl genl;
	int status;
	int err;

	status = genl_open(&genl);
	if (status)
		return status;

	status = slot_check_link(&genl, slot);
	if (!status) {
		slot_put(genl_request(&genl, cmd, false), slot);
		err = genl_talk(&genl, NULL, NULL);
		if (err)
			status = genl_fail(&genl, err, &slot->dev,
					   slot->dev.name);
	}
	print_finish(status);
	genl_close(&genl);
	return status;
}

static int slot_check(struct slot *slot)
{
	bool ip6 = slot_is_ip6(slot);
	bool wants_ip6;

	if (slot->local.port)
		return fail(STATUS_USAGE,
			    "address is wrong: expected no port, which is a setting (sport)");
	if (!slot->kind)
		slot->kind = ip6 ? M6T_ENCAP_IP6 : M6T_ENCAP_UDP4;
	wants_ip6 = slot->kind == M6T_ENCAP_IP6;
	if (ip6 != wants_ip6)
		return fail(STATUS_USAGE,
			    "kind is wrong: expected ip6 with an IPv6 address, and only with that");
	return STATUS_DONE;
}

static int slot_set(const struct command *command, int argc, char **argv)
{
	struct slot slot = { .local = { .may_be_ip6 = true } };
	struct word words[] = {
		{ .what = "{IPV4|IPV6}", .parse = word_endpoint,
		  .to = &slot.local, .required = true },
		{ .name = "link", .what = "IFNAME", .parse = word_device,
		  .to = &slot.link },
		{ .name = "kind", .what = "{udp4|ip4|ip6}", .parse = word_kind,
		  .to = &slot.kind },
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &slot.dev, .required = true },
		{ .what = NULL }
	};
	int status;

	status = words_parse(command, words, argc, argv) ?:
		 slot_check(&slot);
	return status ? status : slot_talk(M6T_CMD_SLOT, &slot);
}

static int slot_commit(const struct command *command, int argc, char **argv)
{
	struct slot slot = { .linger = { .max = SLOT_LINGER_MAX } };
	struct word words[] = {
		{ .name = "linger", .what = "MS", .parse = word_range,
		  .to = &slot.linger },
		{ .name = "kind", .what = "{udp4|ip4|ip6}", .parse = word_kind,
		  .to = &slot.kind },
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &slot.dev, .required = true },
		{ .what = NULL }
	};
	int status;

	status = words_parse(command, words, argc, argv);
	slot.lingers = words[0].given;
	return status ? status : slot_talk(M6T_CMD_COMMIT, &slot);
}

static int slot_clear(const struct command *command, int argc, char **argv)
{
	struct slot slot = { .kind = M6T_ENCAP_UNSPEC };
	int status;

	status = words_device(command, &slot.dev, true, argc, argv);
	return status ? status : slot_talk(M6T_CMD_SLOT, &slot);
}

static const struct command slot_commands[] = {
	{ "set", slot_set,
	  "{IPV4|IPV6} [link IFNAME] [kind {udp4|ip4|ip6}] dev NAME",
	  "make a care-of address pending: signalling is sent from it" },
	{ "commit", slot_commit, "[linger MS] [kind {udp4|ip4|ip6}] dev NAME",
	  "make the pending one active, and let the active one linger; without\n"
	  "      a pending one, change the kind of the active one" },
	{ "clear", slot_clear, "dev NAME", "give up the pending one" },
	{ NULL, NULL, NULL, NULL }
};

/**
 * cmd_slot - care-of addresses of a mobile node of DSMIPv6
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_slot(const struct command *command, int argc, char **argv)
{
	(void)command;
	return command_run(slot_commands, "slot ", argc, argv);
}
