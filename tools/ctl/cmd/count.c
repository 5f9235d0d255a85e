// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl binding count
 *
 * Without a filter, the numbers are those that each gateway or home agent
 * reports itself; with one, the kernel lists the matching bindings and we count
 * them. In both cases each device gets a line, even if there is nothing to
 * count.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/filter.h"
#include "ctl/print.h"
#include "lib/netlink/genl.h"
#include "lib/json.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

/* Index for the bindings of a home agent, which have no state. */
#define TALLY_BOUND	M6T_BINDING_DEAD

struct tally {
	char dev[IFNAMSIZ];
	uint32_t ifindex;
	bool bound;	/* its bindings have no states */
	uint32_t count[M6T_BINDING_STATIC + 1];
};

struct tallies {
	struct tally *list;
	size_t used;
	bool open;	/* no filter: use the devices' own numbers */
	bool mobile;	/* a device without bindings was found */
	bool failed;
};

static struct tally *tally_add(struct tallies *all)
{
	struct tally *list;

	list = realloc(all->list, (all->used + 1) * sizeof(*list));
	if (!list) {
		all->failed = true;
		return NULL;
	}

	all->list = list;
	memset(&list[all->used], 0, sizeof(*list));
	return &list[all->used++];
}

static void tally_numbers(struct tally *tally, const struct nlattr **tb)
{
	tally->count[TALLY_BOUND] = nl_u32(tb[M6T_A_BOUND]);
	tally->count[M6T_BINDING_TEMPORARY] = nl_u32(tb[M6T_A_TEMPORARY]);
	tally->count[M6T_BINDING_ACTIVE] = nl_u32(tb[M6T_A_ACTIVE]);
	tally->count[M6T_BINDING_STATIC] = nl_u32(tb[M6T_A_STATIC]);
}

static void tally_device(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *conf[IFLA_M6T_MAX + 1];
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct tallies *all = arg;
	struct tally *tally;
	uint8_t mode;

	genl_attrs(nlh, tb);
	nl_nested(tb[M6T_A_SETTINGS], conf, IFLA_M6T_MAX);
	mode = nl_u8(conf[IFLA_M6T_MODE]);
	if (mode != M6T_MODE_GW && mode != M6T_MODE_DSMIP_HA) {
		all->mobile = true;
		return;
	}

	tally = tally_add(all);
	if (!tally)
		return;
	snprintf(tally->dev, sizeof(tally->dev), "%s",
		 nl_string(tb[M6T_A_IFNAME]));
	tally->ifindex = nl_u32(tb[M6T_A_IFINDEX]);
	tally->bound = mode == M6T_MODE_DSMIP_HA;
	if (all->open)
		tally_numbers(tally, tb);
}

static void tally_binding(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct tallies *all = arg;
	uint8_t state;
	size_t i;

	genl_attrs(nlh, tb);
	state = nl_u8(tb[M6T_A_STATE]);
	if (state > M6T_BINDING_STATIC)
		return;
	for (i = 0; i < all->used; i++)
		if (all->list[i].ifindex == nl_u32(tb[M6T_A_IFINDEX]))
			all->list[i].count[state]++;
}

static void tally_forget(void *arg)
{
	struct tallies *all = arg;
	size_t i;

	for (i = 0; i < all->used; i++)
		memset(all->list[i].count, 0, sizeof(all->list[i].count));
}

/* Return: @count. */
static uint32_t tally_print_state(const char *name, uint32_t count)
{
	if (options.json)
		json_number(name, count);
	else
		printf(" %s %u", name, count);

	return count;
}

static void tally_print(const struct tally *tally)
{
	uint32_t total = 0;
	uint8_t state;

	if (options.json) {
		json_begin();
		json_open(NULL, '{');
		json_string("dev", tally->dev);
	} else {
		printf("%s:", tally->dev);
	}
	if (tally->bound)
		total = tally_print_state("bound", tally->count[TALLY_BOUND]);
	for (state = M6T_BINDING_TEMPORARY;
	     !tally->bound && print_states[state]; state++)
		total += tally_print_state(print_states[state],
					   tally->count[state]);
	if (options.json) {
		json_number("total", total);
		json_close('}');
	} else {
		printf(" total %u\n", total);
	}
}

static int tally_bindings(struct genl *genl, const struct filter *filter,
			  struct tallies *all)
{
	if (all->open)
		return 0;

	filter_put(genl_request(genl, M6T_CMD_BINDING_GET, true), filter);
	return genl_dump(genl, tally_binding, tally_forget, all);
}

static int tally_fetch(struct genl *genl, const struct filter *filter,
		       struct tallies *all)
{
	int err;

	all->open = filter_is_open(filter);
	err = genl_device_get(genl, &filter->dev, tally_device, all) ?:
	      tally_bindings(genl, filter, all);
	if (err)
		return genl_fail(genl, err, &filter->dev, "bindings");
	if (all->failed)
		return fail(STATUS_REFUSED, "bindings: %s", strerror(ENOMEM));
	if (filter->dev.ifindex && all->mobile)
		return fail_plain(STATUS_REFUSED, GENL_NO_BINDINGS);

	return STATUS_DONE;
}

/**
 * cmd_count - print how many bindings are in each state
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_count(const struct command *command, int argc, char **argv)
{
	static struct genl genl;
	struct tallies all = { .list = NULL };
	struct filter filter;
	int status;
	size_t i;

	status = filter_parse(command, &filter, false, argc, argv);
	if (status)
		return status;
	status = genl_open(&genl);
	if (status)
		return status;

	status = tally_fetch(&genl, &filter, &all);
	for (i = 0; !status && i < all.used; i++)
		tally_print(&all.list[i]);
	print_finish(status);
	free(all.list);
	genl_close(&genl);
	return status;
}
