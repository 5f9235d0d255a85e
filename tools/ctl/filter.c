// SPDX-License-Identifier: GPL-2.0
/*
 * Filters of bindings: arguments to attributes; the kernel does the rest.
 */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>

#include "ctl/command.h"
#include "ctl/filter.h"
#include "ctl/words.h"

/**
 * filter_parse - read a filter
 * @command: the command, for its usage
 * @filter: to be filled
 * @need_dev: refuse a filter that names no device
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status; an error was printed.
 */
int filter_parse(const struct command *command, struct filter *filter,
		 bool need_dev, int argc, char **argv)
{
	struct word words[] = {
		{ .name = "dev", .what = "NAME", .parse = word_device,
		  .to = &filter->dev, .required = need_dev },
		{ .name = "state", .what = "{temporary|active|static}",
		  .parse = word_state, .to = &filter->state },
		{ .name = "prefix", .what = "IPV6/LEN",
		  .parse = word_prefix, .to = &filter->prefix },
		{ .name = "remote", .what = "IPV4[:PORT]",
		  .parse = word_endpoint, .to = &filter->remote },
		{ .what = NULL }
	};

	*filter = (struct filter){ .state = 0 };
	return words_parse(command, words, argc, argv);
}

/**
 * filter_is_open - whether a filter matches all bindings of its device
 * @filter: the filter
 *
 * Return: true if it does.
 */
bool filter_is_open(const struct filter *filter)
{
	return !filter->state && !filter->prefix.len && !filter->remote.given;
}

/**
 * filter_put - put a filter into a request
 * @nlh: the request
 * @filter: the filter
 */
void filter_put(struct nlmsghdr *nlh, const struct filter *filter)
{
	if (filter->dev.ifindex)
		mnl_attr_put_u32(nlh, M6T_A_IFINDEX, filter->dev.ifindex);
	if (filter->state)
		mnl_attr_put_u8(nlh, M6T_A_STATE, filter->state);
	if (filter->prefix.len)
		mnl_attr_put(nlh, M6T_A_PREFIX, sizeof(filter->prefix),
			     &filter->prefix);
	if (!filter->remote.given)
		return;
	mnl_attr_put_u32(nlh, M6T_A_REMOTE, filter->remote.addr.s_addr);
	if (filter->remote.port)
		mnl_attr_put_u16(nlh, M6T_A_PORT, htons(filter->remote.port));
}
