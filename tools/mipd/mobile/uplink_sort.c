// SPDX-License-Identifier: GPL-2.0
/*
 * Which care-of address is used first (RFC 6275 11.5, RFC 5555 4.4.1). No system call,
 * clock or output.
 */
#include <stdlib.h>
#include <string.h>

#include "mipd/mobile/uplink.h"

/* Compare numbers or truth values: lower ones come first. */
static int sort_number(uint32_t a, uint32_t b)
{
	return a == b ? 0 : a < b ? -1 : 1;
}

/* Home before IPv6 before IPv4. */
static int sort_kind(const struct uplink *a, const struct uplink *b)
{
	static const uint8_t order[] = {
		[MN_HOME_LINK] = 0, [MN_IPV6] = 1, [MN_IPV4] = 2,
	};

	return sort_number(order[a->coa.kind], order[b->coa.kind]);
}

/* On one link: deprecated, local and temporary addresses come last; of the others the
 * latest first, as a link that was moved to another network may still have the old
 * ones. Then any stable order.
 */
static int sort_address(const struct uplink *a, const struct uplink *b)
{
	return sort_number(a->deprecated, b->deprecated) ?:
	       sort_number(a->local, b->local) ?:
	       sort_number(a->temporary, b->temporary) ?:
	       sort_number(b->created, a->created) ?:
	       memcmp(&a->coa.addr6, &b->coa.addr6, sizeof(a->coa.addr6)) ?:
	       sort_number(ntohl(a->coa.addr.s_addr),
			   ntohl(b->coa.addr.s_addr));
}

static int sort_same_link(const void *a, const void *b)
{
	const struct uplink *one = a, *two = b;

	return sort_number(one->coa.link, two->coa.link) ?:
	       sort_kind(one, two) ?: sort_address(one, two);
}

static int sort_rest(const struct uplink *a, const struct uplink *b)
{
	return sort_number(a->coa.link, b->coa.link) ?: sort_address(a, b);
}

/* The home link comes first; further IPv6 addresses of a link come last. */
static int sort_first(const struct uplink *a, const struct uplink *b)
{
	return sort_number(a->coa.kind != MN_HOME_LINK, b->coa.kind != MN_HOME_LINK) ?:
	       sort_number(a->spare, b->spare);
}

static int sort_by_link(const void *a, const void *b)
{
	const struct uplink *one = a, *two = b;

	return sort_first(one, two) ?: sort_number(one->metric, two->metric) ?:
	       sort_kind(one, two) ?: sort_rest(one, two);
}

static int sort_by_kind(const void *a, const void *b)
{
	const struct uplink *one = a, *two = b;

	return sort_first(one, two) ?: sort_kind(one, two) ?:
	       sort_number(one->metric, two->metric) ?: sort_rest(one, two);
}

/**
 * uplink_sort - sort care-of addresses by preference
 * @list: the list
 * @count: its length
 * @by_link: metrics are the user's, so IPv4 on a better link is preferred to IPv6 on
 *	another one; else they are those of routes, which cannot be compared with those
 *	of another family
 */
void uplink_sort(struct uplink *list, unsigned int count, bool by_link)
{
	unsigned int i;

	qsort(list, count, sizeof(*list), sort_same_link);
	/* Only for IPv6: all IPv4 addresses are tried in turn. */
	for (i = 1; i < count; i++)
		list[i].spare = list[i].coa.kind == MN_IPV6 &&
				list[i - 1].coa.kind == MN_IPV6 &&
				list[i - 1].coa.link == list[i].coa.link;
	qsort(list, count, sizeof(*list), by_link ? sort_by_link : sort_by_kind);
}
