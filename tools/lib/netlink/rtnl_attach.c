// SPDX-License-Identifier: GPL-2.0
/*
 * The address and the default route of a mobile node, by rtnetlink.
 *
 * Other programs use the same address and route: a mobility daemon takes the
 * address as a sign of movement and sets its own metric on the route. So
 * nothing is replaced that is already right, and nothing is left behind.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_addr.h"
#include "lib/netlink/rtnl_attach.h"
#include "lib/netlink/rtnl_list.h"
#include "lib/netlink/rtnl_route.h"

/**
 * rtnl_attach - give a device its new address and a default route
 * @rtnl: the connection; its @changed is set if anything changed
 * @ifindex: the device
 * @addr: the address
 * @prefix: the prefix whose other addresses are stale
 * @metric: of a default route that is to be added
 *
 * The new address is added before the old one is removed, so that a listener
 * never sees the device without one.
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_attach(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, const struct m6t_prefix6 *prefix,
		uint32_t metric)
{
	struct rtnl_list list = { .ifindex = ifindex, .prefix = prefix };
	int err;

	rtnl->changed = false;
	rtnl->what = "cannot list the addresses";
	err = rtnl_addr_list(rtnl, &list);
	if (err)
		goto out;
	err = rtnl_addr_add(rtnl, &list, addr);
	if (err)
		goto out;
	err = rtnl_route_add(rtnl, ifindex, metric);
	if (err)
		goto out;
	err = rtnl_addr_clean(rtnl, &list, addr);

out:
	free(list.items);
	return err;
}

/**
 * rtnl_detach - remove a device's addresses and default routes
 * @rtnl: the connection; its @changed is set if anything changed
 * @ifindex: the device
 * @prefix: the prefix of the addresses
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_detach(struct rtnl *rtnl, uint32_t ifindex,
		const struct m6t_prefix6 *prefix)
{
	struct rtnl_list list = { .ifindex = ifindex, .prefix = prefix };
	int err;

	rtnl->changed = false;
	rtnl->what = "cannot list the addresses";
	err = rtnl_addr_list(rtnl, &list);
	if (err)
		goto out;
	err = rtnl_addr_clean(rtnl, &list, NULL);
	if (err)
		goto out;
	err = rtnl_route_clean(rtnl, ifindex);

out:
	free(list.items);
	return err;
}
