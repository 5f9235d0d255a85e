// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl binding save: a gateway's bindings as lines of text, each
 *
 *   IPV6 remote IPV4:PORT local IPV4:PORT state {active|static} [proven]
 *	idle MS rx PACKETS BYTES tx PACKETS BYTES
 *
 * Temporary bindings are not saved: they live for two seconds.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <libmnl/libmnl.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/print.h"
#include "ctl/words.h"
#include "lib/netlink/genl.h"
#include "lib/names.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "lib/text.h"

static void save_print(const struct nlattr **tb)
{
	char address[INET6_ADDRSTRLEN];
	char remote[TEXT_ENDPOINT_MAX];
	char local[TEXT_ENDPOINT_MAX];

	if (nl_u8(tb[M6T_A_STATE]) == M6T_BINDING_TEMPORARY)
		return;
	print_ipv6(tb[M6T_A_ADDRESS], address, sizeof(address));
	print_endpoint(tb[M6T_A_REMOTE], tb[M6T_A_PORT], remote,
		       sizeof(remote));
	print_endpoint(tb[M6T_A_LOCAL], tb[M6T_A_LOCAL_PORT], local,
		       sizeof(local));
	printf("%s remote %s local %s state %s%s idle %" PRIu64 " rx %" PRIu64
	       " %" PRIu64 " tx %" PRIu64 " %" PRIu64 "\n", address, remote,
	       local, print_state(nl_u8(tb[M6T_A_STATE])),
	       nl_u8(tb[M6T_A_PROVEN]) ? " proven" : "",
	       nl_u64(tb[M6T_A_IDLE]), nl_u64(tb[M6T_A_RX_PACKETS]),
	       nl_u64(tb[M6T_A_RX_BYTES]), nl_u64(tb[M6T_A_TX_PACKETS]),
	       nl_u64(tb[M6T_A_TX_BYTES]));
}

/* Why bindings cannot be saved. */
struct save {
	bool hidden;	/* without privilege, there are no remote addresses */
	bool bound;	/* bindings of a home agent end with their lifetime */
};

static void save_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct save *save = arg;

	genl_attrs(nlh, tb);
	if (print_is_bound(tb))
		save->bound = true;
	else if (!tb[M6T_A_REMOTE])
		save->hidden = true;
	else
		save_print(tb);
}

static int save_end(const struct save *save, const struct genl *genl)
{
	if (save->bound)
		return fail(STATUS_REFUSED,
			    "binding save is for mode gw only: the bindings of a home agent end with their lifetime");
	if (save->hidden)
		return fail(STATUS_REFUSED,
			    "saving bindings needs CAP_NET_ADMIN: remote addresses are shown only with it");
	if (genl->nl.torn)
		return fail(STATUS_REFUSED,
			    "the table grew during the dump: bindings may be saved twice, try again");
	if (fflush(stdout))
		return fail(STATUS_REFUSED, "cannot write: %s",
			    strerror(errno));

	return STATUS_DONE;
}

/**
 * cmd_save - print the bindings of a gateway for cmd_restore()
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_save(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct device dev;
	struct nlmsghdr *nlh;
	struct save save = { .hidden = false };
	int status;
	int err;

	status = words_device(command, &dev, true, argc, argv);
	if (status)
		return status;
	status = genl_open(&genl);
	if (status)
		return status;

	nlh = genl_request(&genl, M6T_CMD_BINDING_GET, true);
	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev.ifindex);
	err = genl_talk(&genl, save_keep, &save);
	status = err ? genl_fail(&genl, err, &dev, dev.name) :
		       save_end(&save, &genl);
	genl_close(&genl);
	return status;
}
