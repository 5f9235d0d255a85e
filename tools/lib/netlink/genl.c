// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family "m6t".
 */
#include <errno.h>
#include <string.h>
#include <linux/genetlink.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/genl.h"
#include "lib/names.h"
#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

static void genl_keep_group(struct genl *genl, const struct nlattr *groups)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups) {
		nl_nested(group, tb, CTRL_ATTR_MCAST_GRP_MAX);
		if (!strcmp(nl_string(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			    M6T_GENL_MCGRP_EVENTS))
			genl->events = nl_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static void genl_keep_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct genl *genl = arg;

	nl_attrs(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX);
	if (tb[CTRL_ATTR_FAMILY_ID])
		genl->family = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		genl_keep_group(genl, tb[CTRL_ATTR_MCAST_GROUPS]);
}

static struct nlmsghdr *genl_header(struct genl *genl, uint16_t family,
				    uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(&genl->req);
	struct genlmsghdr *genlh;

	nlh->nlmsg_type = family;
	genlh = mnl_nlmsg_put_extra_header(nlh, sizeof(*genlh));
	genlh->cmd = cmd;
	genlh->version = version;

	return nlh;
}

/**
 * genl_open - open a socket and find the family
 * @genl: to be filled
 *
 * Return: an enum status; an error was printed.
 */
int genl_open(struct genl *genl)
{
	struct nlmsghdr *nlh;
	int status;
	int err;

	status = nl_open(&genl->nl, NETLINK_GENERIC);
	if (status)
		return status;

	genl->family = 0;
	genl->events = 0;
	nlh = genl_header(genl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, M6T_GENL_NAME);
	err = nl_talk(&genl->nl, nlh, genl_keep_family, genl);
	if (!err && genl->family)
		return STATUS_DONE;

	if (!err || err == -ENOENT)
		status = fail(STATUS_REFUSED,
			      "the m6t module is not loaded: try modprobe m6t");
	else
		status = nl_fail(&genl->nl, err, "cannot find the m6t family");
	nl_close(&genl->nl);
	return status;
}

/**
 * genl_close - close what genl_open() opened
 * @genl: the connection
 */
void genl_close(struct genl *genl)
{
	nl_close(&genl->nl);
}

/**
 * genl_request - begin a request
 * @genl: the connection; it holds one request at a time
 * @cmd: the command
 * @dump: request a dump
 *
 * Return: the request, for attributes to be added.
 */
struct nlmsghdr *genl_request(struct genl *genl, uint8_t cmd, bool dump)
{
	struct nlmsghdr *nlh = genl_header(genl, genl->family, cmd,
					   M6T_GENL_VERSION);

	nlh->nlmsg_flags = dump ? NLM_F_DUMP : 0;
	return nlh;
}

/**
 * genl_talk - send the request that genl_request() began
 * @genl: the connection
 * @cb: called for each answer, may be NULL
 * @arg: passed to @cb
 *
 * Return: 0, or a negative errno for nl_fail().
 */
int genl_talk(struct genl *genl, nl_cb cb, void *arg)
{
	return nl_talk(&genl->nl, &genl->req.nlh, cb, arg);
}

/**
 * genl_dump - send the request for a dump, see nl_dump()
 * @genl: the connection
 * @cb: called for each answer
 * @forget: called before another try
 * @arg: passed to both
 *
 * Return: 0, or a negative errno for genl_fail().
 */
int genl_dump(struct genl *genl, nl_cb cb, void (*forget)(void *arg),
	      void *arg)
{
	return nl_dump(&genl->nl, &genl->req.nlh, cb, forget, arg);
}

static bool genl_is_about(const struct genl *genl, uint8_t cmd)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(&genl->req.nlh);

	return genlh->cmd == cmd;
}

/**
 * genl_fail - print why the kernel refused
 * @genl: the connection
 * @err: the negative errno of genl_talk()
 * @dev: the device that the request named; NULL or index 0: none
 * @what: what was requested, in case the kernel gave no message
 *
 * Names the device, as the kernel's message is about an ifindex.
 *
 * Return: the enum status that belongs to @err.
 */
int genl_fail(const struct genl *genl, int err, const struct device *dev,
	      const char *what)
{
	if (err == -ENODEV && dev && dev->ifindex)
		return fail(STATUS_ABSENT,
			    "%s is not a device of type m6t (see \"m6tctl show\")",
			    dev->name);

	/* Older kernels send no message if they refuse a dump. */
	if (err == -EOPNOTSUPP && !genl->nl.extack[0] &&
	    genl_is_about(genl, M6T_CMD_BINDING_GET))
		return fail_plain(STATUS_REFUSED, GENL_NO_BINDINGS);

	return nl_fail(&genl->nl, err, what);
}

/**
 * genl_device_get - get one device or all of them
 * @genl: the connection
 * @dev: the device; index 0: all
 * @cb: called for each
 * @arg: passed to @cb
 *
 * Return: 0, or a negative errno for nl_fail().
 */
int genl_device_get(struct genl *genl, const struct device *dev, nl_cb cb,
		    void *arg)
{
	struct nlmsghdr *nlh;

	nlh = genl_request(genl, M6T_CMD_DEV_GET, !dev->ifindex);
	if (dev->ifindex)
		mnl_attr_put_u32(nlh, M6T_A_IFINDEX, dev->ifindex);

	return genl_talk(genl, cb, arg);
}

/**
 * genl_attrs - index the attributes of a message of the family by type
 * @nlh: the message
 * @tb: %M6T_A_MAX + 1 entries, NULL for those that are absent
 */
void genl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb)
{
	nl_attrs(nlh, GENL_HDRLEN, tb, M6T_A_MAX);
}

/**
 * genl_prefix - the one prefix of a mobile node
 * @nest: its %IFLA_M6T_PREFIXES, may be NULL
 * @prefix: receives the prefix
 *
 * Return: true, or false if there is none, with @prefix untouched.
 */
bool genl_prefix(const struct nlattr *nest, struct m6t_prefix6 *prefix)
{
	const struct nlattr *entry;
	const void *bytes;

	if (!nest)
		return false;
	mnl_attr_for_each_nested(entry, nest) {
		bytes = nl_bytes(entry, sizeof(*prefix));
		if (!bytes)
			continue;
		memcpy(prefix, bytes, sizeof(*prefix));
		return true;
	}

	return false;
}
