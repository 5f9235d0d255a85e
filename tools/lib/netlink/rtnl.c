// SPDX-License-Identifier: GPL-2.0
/*
 * Rtnetlink: requests and errors.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl.h"
#include "lib/netlink/rtnl.h"
#include "lib/say.h"

/**
 * rtnl_open - open a socket for requests
 * @rtnl: to be filled
 *
 * Return: an enum status; an error was printed.
 */
int rtnl_open(struct rtnl *rtnl)
{
	rtnl->what = "rtnetlink";
	rtnl->changed = false;
	return nl_open(&rtnl->nl, NETLINK_ROUTE);
}

/**
 * rtnl_close - close what rtnl_open() opened
 * @rtnl: the connection
 */
void rtnl_close(struct rtnl *rtnl)
{
	nl_close(&rtnl->nl);
}

/**
 * rtnl_request - begin a request
 * @rtnl: the connection; it holds one request at a time
 * @type: type of the message
 * @flags: %NLM_F_DUMP and the like
 *
 * Return: the request, for a header and attributes to be added.
 */
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type,
			      uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(&rtnl->req);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	return nlh;
}

/**
 * rtnl_talk - send the request that rtnl_request() began
 * @rtnl: the connection
 * @cb: called for each answer, may be NULL
 * @arg: passed to @cb
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_talk(struct rtnl *rtnl, nl_cb cb, void *arg)
{
	return nl_talk(&rtnl->nl, &rtnl->req.nlh, cb, arg);
}

/**
 * rtnl_dump - send the request for a dump, see nl_dump()
 * @rtnl: the connection
 * @cb: called for each answer
 * @forget: called before another try
 * @arg: passed to both
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_dump(struct rtnl *rtnl, nl_cb cb, void (*forget)(void *arg),
	      void *arg)
{
	return nl_dump(&rtnl->nl, &rtnl->req.nlh, cb, forget, arg);
}

/**
 * rtnl_fail - print why the kernel refused
 * @rtnl: the connection
 * @err: the negative errno
 *
 * Return: the enum status that belongs to @err.
 */
int rtnl_fail(const struct rtnl *rtnl, int err)
{
	const struct rtgenmsg *gen = mnl_nlmsg_get_payload(&rtnl->req.nlh);

	/* Without the IPv6 stack, the request has no handler. */
	if (err == -EOPNOTSUPP && !rtnl->nl.extack[0] &&
	    gen->rtgen_family == AF_INET6)
		return fail(STATUS_REFUSED,
			    "%s: the kernel was started without IPv6 (ipv6.disable=1)",
			    rtnl->what);

	return nl_fail(&rtnl->nl, err, rtnl->what);
}

/**
 * rtnl_change - send a request that changes something
 * @rtnl: the connection; its @changed is set if something changed
 * @harmless: the errno if it existed already, or was removed: not an error
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int rtnl_change(struct rtnl *rtnl, int harmless)
{
	int err = rtnl_talk(rtnl, NULL, NULL);

	if (err)
		return err == harmless ? 0 : err;
	rtnl->changed = true;
	return 0;
}
