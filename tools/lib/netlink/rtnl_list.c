// SPDX-License-Identifier: GPL-2.0
/*
 * What a dump of addresses or routes found.
 */
#include <stdlib.h>

#include "lib/netlink/rtnl_list.h"

/**
 * rtnl_list_add - one more item
 * @list: where; its @failed is set where there is no memory
 * @item: it is copied
 */
void rtnl_list_add(struct rtnl_list *list, const struct rtnl_item *item)
{
	struct rtnl_item *items;

	items = realloc(list->items, (list->used + 1) * sizeof(*items));
	if (!items) {
		list->failed = true;
		return;
	}

	list->items = items;
	items[list->used++] = *item;
}

/**
 * rtnl_list_forget - what was found does not count
 * @arg: the list
 */
void rtnl_list_forget(void *arg)
{
	struct rtnl_list *list = arg;

	list->used = 0;
}
