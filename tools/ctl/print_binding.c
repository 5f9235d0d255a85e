// SPDX-License-Identifier: GPL-2.0
/*
 * A binding, as a line of a table and as JSON.
 */
#include <inttypes.h>
#include <stdio.h>

#include "ctl/print.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "lib/text.h"

static void binding_json(const struct nlattr **tb)
{
	json_begin();
	json_open(NULL, '{');
	json_string("dev", nl_string(tb[M6T_A_IFNAME]));
	json_ipv6("address", tb[M6T_A_ADDRESS]);
	json_ipv4("remote", tb[M6T_A_REMOTE]);
	json_port("port", tb[M6T_A_PORT]);
	json_ipv4("local", tb[M6T_A_LOCAL]);
	json_port("local_port", tb[M6T_A_LOCAL_PORT]);
	json_string("state", print_state(nl_u8(tb[M6T_A_STATE])));
	json_boolean("proven", nl_u8(tb[M6T_A_PROVEN]));
	json_number("idle_ms", nl_u64(tb[M6T_A_IDLE]));
	if (tb[M6T_A_EXPIRES])
		json_number("expires_ms", nl_u64(tb[M6T_A_EXPIRES]));
	else
		json_string("expires_ms", NULL);
	json_number("rx_packets", nl_u64(tb[M6T_A_RX_PACKETS]));
	json_number("rx_bytes", nl_u64(tb[M6T_A_RX_BYTES]));
	json_number("tx_packets", nl_u64(tb[M6T_A_TX_PACKETS]));
	json_number("tx_bytes", nl_u64(tb[M6T_A_TX_BYTES]));
	json_close('}');
}

#define BINDING_COLUMNS	"%-15s %-39s %-21s %-21s %-9s %-8s %9s %9s"

static void binding_header(void)
{
	printf(BINDING_COLUMNS " %10s %12s %10s %12s\n", "DEV", "ADDRESS",
	       "REMOTE", "LOCAL", "STATE", "PROOF", "IDLE", "EXPIRES",
	       "RX-PACKETS", "RX-BYTES", "TX-PACKETS", "TX-BYTES");
}

/* Only active bindings need one. */
static const char *binding_proof(const struct nlattr **tb)
{
	if (nl_u8(tb[M6T_A_STATE]) != M6T_BINDING_ACTIVE)
		return "-";
	return nl_u8(tb[M6T_A_PROVEN]) ? "proven" : "unproven";
}

static void binding_text(const struct nlattr **tb)
{
	char address[INET6_ADDRSTRLEN];
	char remote[TEXT_ENDPOINT_MAX];
	char local[TEXT_ENDPOINT_MAX];
	char expires[32] = "never";
	char idle[32];

	print_ipv6(tb[M6T_A_ADDRESS], address, sizeof(address));
	print_endpoint(tb[M6T_A_REMOTE], tb[M6T_A_PORT], remote,
		       sizeof(remote));
	print_endpoint(tb[M6T_A_LOCAL], tb[M6T_A_LOCAL_PORT], local,
		       sizeof(local));
	print_duration(nl_u64(tb[M6T_A_IDLE]), idle, sizeof(idle));
	if (tb[M6T_A_EXPIRES])
		print_duration(nl_u64(tb[M6T_A_EXPIRES]), expires,
			       sizeof(expires));

	printf(BINDING_COLUMNS " %10" PRIu64 " %12" PRIu64 " %10" PRIu64
	       " %12" PRIu64 "\n", nl_string(tb[M6T_A_IFNAME]), address,
	       remote, local, print_state(nl_u8(tb[M6T_A_STATE])),
	       binding_proof(tb), idle, expires,
	       nl_u64(tb[M6T_A_RX_PACKETS]),
	       nl_u64(tb[M6T_A_RX_BYTES]), nl_u64(tb[M6T_A_TX_PACKETS]),
	       nl_u64(tb[M6T_A_TX_BYTES]));
}

/**
 * print_binding - print an answer to %M6T_CMD_BINDING_GET
 * @nlh: the answer
 * @arg: a bool, whether the header of the table was printed
 */
void print_binding(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	bool *header = arg;

	genl_attrs(nlh, tb);
	if (options.json) {
		binding_json(tb);
		return;
	}
	if (!*header)
		binding_header();
	*header = true;
	binding_text(tb);
}
