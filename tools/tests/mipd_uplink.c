// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the order in which care-of addresses are used.
 */
#include <string.h>
#include <arpa/inet.h>

#include "../mipd/mobile/uplink.h"
#include "mipd.h"

/**
 * struct row - care-of addresses, and their order
 * @name: name of the test
 * @by_link: links have metrics of the user's
 * @list: in words: link, kind (4, 6, h), metric, and then perhaps letters: temporary,
 *	deprecated, local, new. They are numbered from a
 * @want: the numbers in their order
 */
struct row {
	const char *name;
	bool by_link;
	const char *list[6];
	const char *want;
};

static const struct row rows[] = {
	{ "IPv6 before IPv4", false, { "1 4 1", "1 6 9" }, "ba" },
	{ "on any link", false, { "1 4 1", "2 6 9" }, "ba" },
	{ "unless the user prefers a link", true, { "1 4 1", "2 6 9" }, "ab" },
	{ "and even then on each link", true, { "1 4 1", "1 6 1", "2 6 9" },
	  "bac" },
	{ "the lowest metric first", false, { "1 6 9", "2 6 8", "3 4 1" },
	  "bac" },
	{ "home before all", true, { "1 6 1", "1 4 1", "2 h 9" }, "cab" },
	{ "also by kind", false, { "1 6 1", "1 4 1", "2 h 9" }, "cab" },
	{ "a temporary address is second", false, { "1 6 1 t", "1 6 1" },
	  "ba" },
	{ "but as good as none", false, { "1 6 1 t", "1 4 1" }, "ab" },
	{ "a deprecated address is worse", false,
	  { "1 6 1 d", "1 6 1 t", "1 4 1" }, "bca" },
	{ "a local address is worse", false, { "1 6 1 l", "1 6 1 t" }, "ba" },
	{ "the latest address is of this network", false,
	  { "1 6 1", "1 6 1 n" }, "ba" },
	{ "second addresses come after IPv4", false,
	  { "1 6 1", "1 6 1", "1 4 1" }, "acb" },
	{ "and after all other links", true,
	  { "1 6 1", "1 6 1", "2 4 9", "2 6 9" }, "adcb" },
	{ "all IPv4 addresses in turn", false, { "1 4 1", "1 4 1", "2 4 0" },
	  "cab" },
};

static struct uplink make(const char *words, unsigned int number)
{
	struct uplink uplink = { .coa.link = words[0] - '0',
				 .metric = words[4] - '0' };
	const char *more = words + 5;

	uplink.coa.kind = words[2] == '4' ? MN_IPV4 :
			  words[2] == '6' ? MN_IPV6 : MN_HOME_LINK;
	if (uplink.coa.kind == MN_IPV4)
		uplink.coa.addr.s_addr = htonl(0x0a000000 + number);
	if (uplink.coa.kind == MN_IPV6)
		uplink.coa.addr6.s6_addr[15] = number;
	uplink.temporary = strchr(more, 't');
	uplink.deprecated = strchr(more, 'd');
	uplink.local = strchr(more, 'l');
	uplink.created = strchr(more, 'n') ? 2 : 1;
	/* The gateway, which does not count, holds the number. */
	uplink.gateway.s_addr = number;
	return uplink;
}

static void test_row(const struct row *row)
{
	struct uplink list[6];
	unsigned int count, i;
	char got[7] = "";

	for (count = 0; count < 6 && row->list[count]; count++)
		list[count] = make(row->list[count], count);
	uplink_sort(list, count, row->by_link);
	for (i = 0; i < count; i++)
		got[i] = 'a' + list[i].gateway.s_addr;
	got[count] = '\0';
	test(!strcmp(got, row->want), "uplink: %s: %s, expected %s", row->name,
	     got, row->want);
}

/**
 * test_uplink - the order of care-of addresses
 */
void test_uplink(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		test_row(&rows[i]);
}
