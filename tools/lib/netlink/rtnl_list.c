// SPDX-License-Identifier: GPL-2.0
/*
 * The result of a dump of addresses or routes.
 */
#include <stdlib.h>

#include "lib/netlink/rtnl_list.h"

/**
 * rtnl_list_add - add an item
 * @list: the list; its @failed is set if out of memory
 * @item: the item, which is copied
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
 * rtnl_list_forget - discard all items
 * @arg: the list
 */
void rtnl_list_forget(void *arg)
{
	struct rtnl_list *list = arg;

	list->used = 0;
}
