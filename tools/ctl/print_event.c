// SPDX-License-Identifier: GPL-2.0
/*
 * An event, as text and as JSON.
 */
#include <stdio.h>
#include <time.h>
#include <arpa/inet.h>

#include "ctl/print.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

/* A care-of address without a state is no longer in use. */
static bool event_is_slot(const struct nlattr **tb)
{
	return nl_u8(tb[M6T_A_EVENT]) == M6T_EVENT_SLOT;
}

/* Events of gateways do not show the time left. */
static bool event_shows_expires(const struct nlattr **tb)
{
	uint8_t event = nl_u8(tb[M6T_A_EVENT]);

	return tb[M6T_A_EXPIRES] &&
	       (event == M6T_EVENT_BOUND || event == M6T_EVENT_UNBOUND ||
		event >= M6T_EVENT_REGISTERING);
}

static void event_dsmip_json(const struct nlattr **tb)
{
	uint32_t link = nl_u32(tb[M6T_A_LINK]);
	char name[PRINT_LINK_MAX];

	if (tb[M6T_A_HOA4])
		json_ipv4("hoa4", tb[M6T_A_HOA4]);
	if (event_is_slot(tb))
		json_string("state", !tb[M6T_A_SLOT] ? NULL :
			    print_slot(nl_u8(tb[M6T_A_SLOT])));
	if (tb[M6T_A_ENCAP])
		json_string("kind", print_kind(nl_u8(tb[M6T_A_ENCAP])));
	if (link) {
		print_link(tb[M6T_A_NETNS_UNDERLAY], link, name);
		json_string("link", name);
	}
	if (tb[M6T_A_SPI])
		json_number("spi", ntohl(nl_u32(tb[M6T_A_SPI])));
	if (tb[M6T_A_STATUS])
		json_number("status", nl_u8(tb[M6T_A_STATUS]));
	if (event_shows_expires(tb))
		json_number("expires_ms", nl_u64(tb[M6T_A_EXPIRES]));
}

static void event_json(uint64_t time, const char *name,
		       const struct nlattr **tb)
{
	json_open(NULL, '{');
	json_seconds("time", time);
	json_string("dev", tb[M6T_A_IFNAME] ? nl_string(tb[M6T_A_IFNAME]) :
					      NULL);
	json_string("event", name);
	if (tb[M6T_A_ADDRESS])
		json_ipv6("address", tb[M6T_A_ADDRESS]);
	if (tb[M6T_A_REMOTE] || tb[M6T_A_REMOTE6])
		print_outer_json("remote", tb[M6T_A_REMOTE],
				 tb[M6T_A_REMOTE6]);
	if (tb[M6T_A_PORT])
		json_port("port", tb[M6T_A_PORT]);
	if (tb[M6T_A_LOCAL] || tb[M6T_A_LOCAL6])
		print_outer_json("local", tb[M6T_A_LOCAL], tb[M6T_A_LOCAL6]);
	if (tb[M6T_A_LOCAL_PORT])
		json_port("local_port", tb[M6T_A_LOCAL_PORT]);
	if (nl_u8(tb[M6T_A_STATE]))
		json_string("state", print_state(nl_u8(tb[M6T_A_STATE])));
	event_dsmip_json(tb);
	if (tb[M6T_A_SPORT])
		json_port("sport", tb[M6T_A_SPORT]);
	if (tb[M6T_A_PRESSED])
		json_boolean("pressed", nl_u8(tb[M6T_A_PRESSED]));
	if (tb[M6T_A_LOST])
		json_number("lost", nl_u32(tb[M6T_A_LOST]));
	json_close('}');
}

static void event_time_text(uint64_t time)
{
	time_t seconds = time / 1000000000;
	char clock[16] = "-";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	printf("%s.%03u", clock, (unsigned int)(time % 1000000000 / 1000000));
}

static void event_dsmip_text(const struct nlattr **tb)
{
	uint32_t link = nl_u32(tb[M6T_A_LINK]);
	char buf[INET6_ADDRSTRLEN];

	if (tb[M6T_A_HOA4]) {
		print_endpoint(tb[M6T_A_HOA4], NULL, buf, sizeof(buf));
		printf(" hoa4 %s", buf);
	}
	if (event_is_slot(tb))
		printf(" state %s", tb[M6T_A_SLOT] ?
		       print_slot(nl_u8(tb[M6T_A_SLOT])) : "unused");
	if (tb[M6T_A_ENCAP])
		printf(" kind %s", print_kind(nl_u8(tb[M6T_A_ENCAP])));
	if (link) {
		print_link(tb[M6T_A_NETNS_UNDERLAY], link, buf);
		printf(" link %s", buf);
	}
	if (tb[M6T_A_SPI])
		printf(" spi 0x%08x", ntohl(nl_u32(tb[M6T_A_SPI])));
	if (tb[M6T_A_STATUS])
		printf(" status %u", nl_u8(tb[M6T_A_STATUS]));
	if (event_shows_expires(tb)) {
		print_duration(nl_u64(tb[M6T_A_EXPIRES]), buf, sizeof(buf));
		printf(" expires %s", buf);
	}
}

static void event_text(uint64_t time, const char *name,
		       const struct nlattr **tb)
{
	char buf[INET6_ADDRSTRLEN];

	event_time_text(time);
	if (tb[M6T_A_IFNAME])
		printf(" %s", nl_string(tb[M6T_A_IFNAME]));
	printf(" %s", name);
	if (tb[M6T_A_ADDRESS]) {
		print_ipv6(tb[M6T_A_ADDRESS], buf, sizeof(buf));
		printf(" %s", buf);
	}
	if (tb[M6T_A_REMOTE] || tb[M6T_A_REMOTE6]) {
		print_outer(tb[M6T_A_REMOTE], tb[M6T_A_PORT],
			    tb[M6T_A_REMOTE6], buf, sizeof(buf));
		printf(" remote %s", buf);
	}
	if (tb[M6T_A_LOCAL] || tb[M6T_A_LOCAL6]) {
		print_outer(tb[M6T_A_LOCAL], tb[M6T_A_LOCAL_PORT],
			    tb[M6T_A_LOCAL6], buf, sizeof(buf));
		printf(" local %s", buf);
	}
	if (nl_u8(tb[M6T_A_STATE]))
		printf(" state %s", print_state(nl_u8(tb[M6T_A_STATE])));
	event_dsmip_text(tb);
	if (tb[M6T_A_SPORT])
		printf(" sport %u", nl_be16(tb[M6T_A_SPORT]));
	if (tb[M6T_A_PRESSED])
		printf(" %s", nl_u8(tb[M6T_A_PRESSED]) ? "begins" : "ends");
	if (tb[M6T_A_LOST])
		printf(" lost %u", nl_u32(tb[M6T_A_LOST]));
	putchar('\n');
}

/**
 * print_event - print an event
 * @time: ns since 1970
 * @name: its name
 * @tb: its attributes
 *
 * One line, flushed at once: the reader may be a program that acts on it.
 */
void print_event(uint64_t time, const char *name, const struct nlattr **tb)
{
	if (options.json)
		event_json(time, name, tb);
	else
		event_text(time, name, tb);
	json_flush_line();
}
