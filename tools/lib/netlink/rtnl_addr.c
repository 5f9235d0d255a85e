// SPDX-License-Identifier: GPL-2.0
/*
 * The IPv6 addresses of a device, by rtnetlink.
 */
#include <errno.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"
#include "lib/netlink/rtnl_addr.h"
#include "lib/netlink/rtnl_list.h"
#include "lib/text.h"

static struct nlmsghdr *rtnl_addr_request(struct rtnl *rtnl, uint16_t type,
					  uint16_t flags, uint32_t ifindex,
					  uint8_t len)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));

	ifa->ifa_family = AF_INET6;
	ifa->ifa_prefixlen = len;
	ifa->ifa_index = ifindex;
	return nlh;
}

/* Collect addresses of the device inside the prefix. */
static void rtnl_collect_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct rtnl_item item = { .len = ifa->ifa_prefixlen };
	const struct in6_addr *addr;
	struct rtnl_list *list = arg;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	addr = nl_bytes(tb[tb[IFA_LOCAL] ? IFA_LOCAL : IFA_ADDRESS],
			sizeof(*addr));
	if (ifa->ifa_index != list->ifindex || !addr ||
	    !text_prefix6_has(list->prefix, addr))
		return;

	item.addr = *addr;
	item.flags = tb[IFA_FLAGS] ? nl_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	rtnl_list_add(list, &item);
}

/**
 * rtnl_addr_list - list the addresses of a device inside a prefix
 * @rtnl: the connection
 * @list: the device and the prefix; the caller frees its items
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_addr_list(struct rtnl *rtnl, struct rtnl_list *list)
{
	int err;

	rtnl_addr_request(rtnl, RTM_GETADDR, NLM_F_DUMP, list->ifindex, 0);
	err = rtnl_dump(rtnl, rtnl_collect_addr, rtnl_list_forget, list);

	return err ? err : list->failed ? -ENOMEM : 0;
}

static bool rtnl_is_addr(const struct rtnl_item *item,
			 const struct in6_addr *addr)
{
	return addr && !memcmp(&item->addr, addr, sizeof(*addr));
}

/* An address that will expire, or is deprecated, is not good enough. */
static bool rtnl_addr_is_whole(const struct rtnl_item *item)
{
	return (item->flags & (IFA_F_PERMANENT | IFA_F_DEPRECATED)) ==
	       IFA_F_PERMANENT;
}

/**
 * rtnl_addr_add - give a device an address
 * @rtnl: the connection
 * @list: the addresses of the device
 * @addr: the address; left as it is if it already exists
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_addr_add(struct rtnl *rtnl, const struct rtnl_list *list,
		  const struct in6_addr *addr)
{
	uint32_t flags = IFA_F_PERMANENT | IFA_F_NODAD | IFA_F_NOPREFIXROUTE;
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	for (i = 0; i < list->used; i++)
		if (rtnl_is_addr(&list->items[i], addr) &&
		    rtnl_addr_is_whole(&list->items[i]))
			return 0;

	rtnl->what = "cannot add the address";
	nlh = rtnl_addr_request(rtnl, RTM_NEWADDR,
				NLM_F_CREATE | NLM_F_REPLACE, list->ifindex,
				128);
	mnl_attr_put(nlh, IFA_LOCAL, sizeof(*addr), addr);
	mnl_attr_put(nlh, IFA_ADDRESS, sizeof(*addr), addr);
	mnl_attr_put_u32(nlh, IFA_FLAGS, flags);

	err = rtnl_change(rtnl, 0);
	/* Older kernels give no message for this. */
	if (err == -EACCES)
		rtnl->what = "cannot add the address: IPv6 is disabled on this device";
	return err;
}

/**
 * rtnl_addr_clean - delete the addresses of a list
 * @rtnl: the connection
 * @list: the list
 * @keep: keep this one; may be NULL
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_addr_clean(struct rtnl *rtnl, const struct rtnl_list *list,
		    const struct in6_addr *keep)
{
	const struct rtnl_item *item;
	struct nlmsghdr *nlh;
	size_t i;
	int err;

	rtnl->what = "cannot delete an address";
	for (i = 0; i < list->used; i++) {
		item = &list->items[i];
		if (rtnl_is_addr(item, keep))
			continue;
		nlh = rtnl_addr_request(rtnl, RTM_DELADDR, 0, list->ifindex,
					item->len);
		mnl_attr_put(nlh, IFA_LOCAL, sizeof(item->addr), &item->addr);
		err = rtnl_change(rtnl, -EADDRNOTAVAIL);
		if (err)
			return err;
	}

	return 0;
}
