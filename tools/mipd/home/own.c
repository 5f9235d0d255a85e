// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 addresses of this host, and the first and last ones of its networks, by
 * rtnetlink.
 */
#include <sys/socket.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "mipd/home/own.h"

struct own_asked {
	own_cb cb;
	void *arg;
};

/**
 * own_open - listen to changes
 * @nl: to be filled
 *
 * Return: an enum status; an error was printed.
 */
int own_open(struct nl *nl)
{
	int status = nl_open(nl, NETLINK_ROUTE);

	return status ?: nl_join(nl, RTNLGRP_IPV4_IFADDR);
}

/**
 * own_drain - read all notifications
 * @nl: opened by own_open()
 * @fd: its socket
 *
 * Their content does not matter, nor whether some were lost.
 */
void own_drain(struct nl *nl, int fd)
{
	while (recv(fd, &nl->buf, sizeof(nl->buf), MSG_DONTWAIT) > 0)
		;
}

static void own_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	const struct own_asked *asked = arg;
	struct in_addr addr, network, broadcast;
	uint32_t hosts;

	if (ifa->ifa_family != AF_INET || ifa->ifa_prefixlen > 32)
		return;
	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	addr.s_addr = nl_u32(tb[IFA_LOCAL]);
	asked->cb(addr, asked->arg);
	if (tb[IFA_BROADCAST]) {
		broadcast.s_addr = nl_u32(tb[IFA_BROADCAST]);
		asked->cb(broadcast, asked->arg);
	}
	/* A point-to-point link has neither (RFC 3021). */
	if (ifa->ifa_prefixlen > 30)
		return;
	hosts = htonl(UINT32_MAX >> ifa->ifa_prefixlen);
	network.s_addr = addr.s_addr & ~hosts;
	broadcast.s_addr = addr.s_addr | hosts;
	asked->cb(network, asked->arg);
	asked->cb(broadcast, asked->arg);
}

/**
 * own_addresses - list all addresses that no mobile node may have
 * @rtnl: a connection
 * @cb: called for each, perhaps more than once
 * @arg: passed to it
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int own_addresses(struct rtnl *rtnl, own_cb cb, void *arg)
{
	struct own_asked asked = { cb, arg };
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	rtnl->what = "cannot list the addresses";
	nlh = rtnl_request(rtnl, RTM_GETADDR, NLM_F_DUMP);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	return rtnl_dump(rtnl, own_keep, NULL, &asked);
}
