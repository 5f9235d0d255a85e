// SPDX-License-Identifier: GPL-2.0
/*
 * A binding, as a line of a table and as JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <arpa/inet.h>

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

static void bound_signal_json(const struct nlattr *nest)
{
	const struct nlattr *signal[M6T_A_MAX + 1];

	if (!nest) {
		json_string("signal", NULL);
		return;
	}
	nl_nested(nest, signal, M6T_A_MAX);
	json_open("signal", '{');
	print_outer_json("remote", signal[M6T_A_REMOTE],
			 signal[M6T_A_REMOTE6]);
	json_port("port", signal[M6T_A_PORT]);
	json_number("spi", ntohl(nl_u32(signal[M6T_A_SPI])));
	json_number("age_ms", nl_u64(signal[M6T_A_AGE]));
	json_number("count", nl_u64(signal[M6T_A_SIGNALS]));
	json_close('}');
}

static void bound_json(const struct nlattr **tb)
{
	json_begin();
	json_open(NULL, '{');
	json_string("dev", nl_string(tb[M6T_A_IFNAME]));
	json_ipv6("address", tb[M6T_A_ADDRESS]);
	json_ipv4("hoa4", tb[M6T_A_HOA4]);
	json_string("kind", print_kind(nl_u8(tb[M6T_A_ENCAP])));
	print_outer_json("remote", tb[M6T_A_REMOTE], tb[M6T_A_REMOTE6]);
	json_port("port", tb[M6T_A_PORT]);
	json_number("expires_ms", nl_u64(tb[M6T_A_EXPIRES]));
	json_number("rx_packets", nl_u64(tb[M6T_A_RX_PACKETS]));
	json_number("rx_bytes", nl_u64(tb[M6T_A_RX_BYTES]));
	json_number("tx_packets", nl_u64(tb[M6T_A_TX_PACKETS]));
	json_number("tx_bytes", nl_u64(tb[M6T_A_TX_BYTES]));
	bound_signal_json(tb[M6T_A_SIGNAL]);
	json_close('}');
}

#define BOUND_COLUMNS	"%-15s %-39s %-15s %-4s %-39s %9s %-39s %-10s %9s"

static void bound_header(void)
{
	printf(BOUND_COLUMNS " %10s %12s %10s %12s\n", "DEV", "ADDRESS",
	       "HOA4", "KIND", "REMOTE", "EXPIRES", "SIGNAL", "SPI", "AGE",
	       "RX-PACKETS", "RX-BYTES", "TX-PACKETS", "TX-BYTES");
}

struct bound_signal {
	char remote[INET6_ADDRSTRLEN];
	char spi[16];
	char age[32];
};

static void bound_signal_text(const struct nlattr *nest,
			      struct bound_signal *text)
{
	const struct nlattr *signal[M6T_A_MAX + 1];

	*text = (struct bound_signal){ "-", "-", "-" };
	if (!nest)
		return;
	nl_nested(nest, signal, M6T_A_MAX);
	print_outer(signal[M6T_A_REMOTE], signal[M6T_A_PORT],
		    signal[M6T_A_REMOTE6], text->remote,
		    sizeof(text->remote));
	snprintf(text->spi, sizeof(text->spi), "0x%08x",
		 ntohl(nl_u32(signal[M6T_A_SPI])));
	print_duration(nl_u64(signal[M6T_A_AGE]), text->age,
		       sizeof(text->age));
}

static void bound_text(const struct nlattr **tb)
{
	char remote[INET6_ADDRSTRLEN];
	char address[INET6_ADDRSTRLEN];
	char hoa4[TEXT_ENDPOINT_MAX];
	struct bound_signal signal;
	char expires[32];

	print_ipv6(tb[M6T_A_ADDRESS], address, sizeof(address));
	print_endpoint(tb[M6T_A_HOA4], NULL, hoa4, sizeof(hoa4));
	print_outer(tb[M6T_A_REMOTE], tb[M6T_A_PORT], tb[M6T_A_REMOTE6],
		    remote, sizeof(remote));
	print_duration(nl_u64(tb[M6T_A_EXPIRES]), expires, sizeof(expires));
	bound_signal_text(tb[M6T_A_SIGNAL], &signal);

	printf(BOUND_COLUMNS " %10" PRIu64 " %12" PRIu64 " %10" PRIu64
	       " %12" PRIu64 "\n", nl_string(tb[M6T_A_IFNAME]), address, hoa4,
	       print_kind(nl_u8(tb[M6T_A_ENCAP])), remote, expires,
	       signal.remote, signal.spi, signal.age,
	       nl_u64(tb[M6T_A_RX_PACKETS]), nl_u64(tb[M6T_A_RX_BYTES]),
	       nl_u64(tb[M6T_A_TX_PACKETS]), nl_u64(tb[M6T_A_TX_BYTES]));
}

/* Gateways and home agents have separate tables, one after the other. */
static void binding_table(enum print_table *last, enum print_table table)
{
	if (*last == table)
		return;
	if (*last != PRINT_TABLE_NONE)
		putchar('\n');
	if (table == PRINT_TABLE_DSMIP)
		bound_header();
	else
		binding_header();
	*last = table;
}

/**
 * print_binding - print an answer to %M6T_CMD_BINDING_GET
 * @nlh: the answer
 * @arg: an &enum print_table, the table that was begun last
 */
void print_binding(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];

	genl_attrs(nlh, tb);
	if (options.json && print_is_bound(tb)) {
		bound_json(tb);
	} else if (options.json) {
		binding_json(tb);
	} else if (print_is_bound(tb)) {
		binding_table(arg, PRINT_TABLE_DSMIP);
		bound_text(tb);
	} else {
		binding_table(arg, PRINT_TABLE_GW);
		binding_text(tb);
	}
}
