// SPDX-License-Identifier: GPL-2.0
/*
 * Create a device from a file, and change it as the file says, by rtnetlink.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>

#include "ctl/conf/conf.h"
#include "ctl/endpoint.h"
#include "ctl/link.h"
#include "lib/netlink/nl_attr.h"
#include "lib/netlink/rtnl.h"
#include "lib/setting.h"

/* Compare payloads; in a list, the types of the entries do not matter. */
static bool link_same_value(const struct setting *set,
			    const struct setting_value *value,
			    const struct nlattr *attr)
{
	const uint8_t *data = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	size_t at;

	if (len != value->len)
		return false;
	if (!setting_is_list(set))
		return !memcmp(data, value->data, len);

	for (at = 0; at + NLA_HDRLEN < len;
	     at += NLA_ALIGN(((const struct nlattr *)(data + at))->nla_len)) {
		const struct nlattr *a = (const void *)(data + at);
		const struct nlattr *b = (const void *)(value->data + at);

		if (a->nla_len != b->nla_len || a->nla_len < NLA_HDRLEN ||
		    memcmp(a + 1, b + 1, a->nla_len - NLA_HDRLEN))
			return false;
	}

	return true;
}

/* Whether the file of a mobile node allows the endpoint. */
static bool link_same_endpoint(const struct conf *conf,
			       const struct endpoint *endpoint)
{
	unsigned int i;

	if (!conf->host[0] && conf->gateway.s_addr != endpoint->addr.s_addr)
		return false;
	for (i = 0; i < conf->port_count; i++)
		if (conf->ports[i] == endpoint->port)
			return true;

	return false;
}

/* The device does not have the other settings as written: it has an index
 * instead of the link's name, and the address and port in use.
 */
static bool link_is_as_written(const struct conf *conf,
			       const struct setting *set)
{
	return (set->modes & SETTING_MODE(conf->mode)) &&
	       set->attr != IFLA_M6T_LINK && set->attr != IFLA_M6T_GATEWAY &&
	       (set->attr != IFLA_M6T_PORTS || conf->mode != M6T_MODE_MN);
}

/* A removed link has no name any more, so it is assumed to be the file's. */
static bool link_same_below(const struct conf *conf, uint32_t ifindex)
{
	char name[IFNAMSIZ];

	if (!conf->link[0] || !ifindex)
		return !conf->link[0] && !ifindex;
	return ifindex == conf_below(conf) || !if_indextoname(ifindex, name);
}

static bool link_same(const struct conf *conf, const struct nlattr **data,
		      const struct endpoint *endpoint)
{
	const struct setting *set;
	size_t i;

	if (!link_same_below(conf, nl_u32(data[IFLA_M6T_LINK])) ||
	    nl_u8(data[IFLA_M6T_MODE]) != conf->mode)
		return false;
	if (conf->mode == M6T_MODE_MN && !link_same_endpoint(conf, endpoint))
		return false;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		if (!link_is_as_written(conf, set))
			continue;
		if (!data[set->attr] ||
		    !link_same_value(set, &conf->value[set->attr],
				     data[set->attr]))
			return false;
	}

	return true;
}

static void link_keep_endpoint(const struct nlattr **data,
			       struct endpoint *endpoint)
{
	const struct nlattr *port;

	endpoint->addr.s_addr = nl_u32(data[IFLA_M6T_GATEWAY]);
	if (!data[IFLA_M6T_PORTS])
		return;
	mnl_attr_for_each_nested(port, data[IFLA_M6T_PORTS])
		endpoint->port = nl_be16(port);
}

struct link_asked {
	const struct conf *conf;
	struct link_state *link;
};

static void link_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *data[IFLA_M6T_MAX + 1];
	const struct link_asked *asked = arg;
	struct link_state *link = asked->link;
	struct rtnl_link_stats64 stats;

	nl_attrs(nlh, sizeof(*ifi), tb, IFLA_MAX);
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	link->ifindex = ifi->ifi_index;
	snprintf(link->name, sizeof(link->name), "%s",
		 nl_string(tb[IFLA_IFNAME]));
	link->up = ifi->ifi_flags & IFF_UP;
	link->ours = !strcmp(nl_string(info[IFLA_INFO_KIND]), M6T_GENL_NAME);
	if (!link->ours)
		return;

	nl_nested(info[IFLA_INFO_DATA], data, IFLA_M6T_MAX);
	link_keep_endpoint(data, &link->endpoint);
	link->below = nl_u32(data[IFLA_M6T_LINK]);
	if (asked->conf)
		link->same = (!asked->conf->mtu ||
			      nl_u32(tb[IFLA_MTU]) == asked->conf->mtu) &&
			     link_same(asked->conf, data, &link->endpoint);
	if (!tb[IFLA_STATS64])
		return;
	/* Older kernels have fewer counters. */
	memset(&stats, 0, sizeof(stats));
	memcpy(&stats, mnl_attr_get_payload(tb[IFLA_STATS64]),
	       mnl_attr_get_payload_len(tb[IFLA_STATS64]) < sizeof(stats) ?
	       mnl_attr_get_payload_len(tb[IFLA_STATS64]) : sizeof(stats));
	link->rx = stats.rx_packets;
	link->tx = stats.tx_packets;
}

/**
 * link_get - read the state of a device
 * @rtnl: the connection
 * @name: name of the device
 * @conf: to compare with, may be NULL
 * @link: to be filled, even if there is no such device
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_get(struct rtnl *rtnl, const char *name, const struct conf *conf,
	     struct link_state *link)
{
	struct link_asked asked = { .conf = conf, .link = link };
	struct nlmsghdr *nlh;
	int err;

	memset(link, 0, sizeof(*link));
	rtnl->what = "cannot read the device";
	nlh = rtnl_request(rtnl, RTM_GETLINK, 0);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	err = rtnl_talk(rtnl, link_keep, &asked);
	return err == -ENODEV ? 0 : err;
}

static void link_put_endpoint(struct nlmsghdr *nlh,
			      const struct endpoint *endpoint)
{
	struct nlattr *list;

	mnl_attr_put_u32(nlh, IFLA_M6T_GATEWAY, endpoint->addr.s_addr);
	list = mnl_attr_nest_start(nlh, IFLA_M6T_PORTS);
	mnl_attr_put_u16(nlh, 1, htons(endpoint->port));
	mnl_attr_nest_end(nlh, list);
}

static void link_put_settings(struct nlmsghdr *nlh, const struct conf *conf)
{
	const struct setting_value *value;
	const struct setting *set;
	uint32_t below;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		value = &conf->value[set->attr];
		if (!link_is_as_written(conf, set))
			continue;
		mnl_attr_put(nlh, set->attr |
			     (setting_is_list(set) ? NLA_F_NESTED : 0),
			     value->len, value->data);
	}
	/* A missing link leaves the setting as it was until it comes back. */
	below = conf_below(conf);
	if (below || !conf->link[0])
		mnl_attr_put_u32(nlh, IFLA_M6T_LINK, below);
}

static void link_put_info(struct nlmsghdr *nlh, const struct conf *conf,
			  const struct conf *old,
			  const struct endpoint *endpoint)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	struct nlattr *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, M6T_GENL_NAME);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	if (conf)
		link_put_settings(nlh, conf);
	if (old && old->mtu && !conf->mtu)
		mnl_attr_put_u8(nlh, IFLA_M6T_MTU_AUTO, 1);
	if (endpoint)
		link_put_endpoint(nlh, endpoint);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

/* Setting any MTU would stop the device from following its underlay. */
static void link_put_mtu(struct nlmsghdr *nlh, const struct conf *conf)
{
	if (conf->mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, conf->mtu);
}

static struct nlmsghdr *link_request(struct rtnl *rtnl, uint16_t type,
				     uint16_t flags, uint32_t ifindex,
				     uint32_t set)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_index = ifindex;
	ifi->ifi_flags = set;
	ifi->ifi_change = set;
	return nlh;
}

/**
 * link_add - create a device as its file says, and set it up
 * @rtnl: the connection
 * @conf: the file
 * @endpoint: gateway and port; NULL: it is not a mobile node
 *
 * A single request, which does everything or nothing.
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_add(struct rtnl *rtnl, const struct conf *conf,
	     const struct endpoint *endpoint)
{
	struct nlmsghdr *nlh;

	/* Do not create it without the link. */
	rtnl->what = conf->name;
	if (conf->link[0] && !conf_below(conf))
		return -ENODEV;
	nlh = link_request(rtnl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0,
			   IFF_UP);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, conf->name);
	link_put_mtu(nlh, conf);
	link_put_info(nlh, conf, NULL, endpoint);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * link_change - change a device to what its file says
 * @rtnl: the connection
 * @ifindex: the device
 * @conf: the file
 * @old: the file as it was before; NULL: it is the same
 * @endpoint: gateway and port of a mobile node; NULL: keep them
 *
 * Return: 0, or a negative errno for rtnl_fail(), and nothing has changed.
 */
int link_change(struct rtnl *rtnl, uint32_t ifindex, const struct conf *conf,
		const struct conf *old, const struct endpoint *endpoint)
{
	struct nlmsghdr *nlh;

	rtnl->what = conf->name;
	nlh = link_request(rtnl, RTM_NEWLINK, 0, ifindex, 0);
	link_put_mtu(nlh, conf);
	link_put_info(nlh, conf, old, endpoint);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * link_move - let a mobile node use another gateway or port
 * @rtnl: the connection
 * @ifindex: the device
 * @endpoint: gateway and port
 *
 * If it is attached, the kernel attaches again.
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_move(struct rtnl *rtnl, uint32_t ifindex,
	      const struct endpoint *endpoint)
{
	struct nlmsghdr *nlh;

	rtnl->what = "cannot change the gateway";
	nlh = link_request(rtnl, RTM_NEWLINK, 0, ifindex, 0);
	link_put_info(nlh, NULL, NULL, endpoint);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * link_up - set a device up
 * @rtnl: the connection
 * @ifindex: the device
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_up(struct rtnl *rtnl, uint32_t ifindex)
{
	rtnl->what = "cannot set the device up";
	link_request(rtnl, RTM_NEWLINK, 0, ifindex, IFF_UP);
	return rtnl_talk(rtnl, NULL, NULL);
}

/**
 * link_del - delete a device
 * @rtnl: the connection
 * @ifindex: the device, which may have been removed
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int link_del(struct rtnl *rtnl, uint32_t ifindex)
{
	int err;

	rtnl->what = "cannot delete the device";
	link_request(rtnl, RTM_DELLINK, 0, ifindex, 0);
	err = rtnl_talk(rtnl, NULL, NULL);
	return err == -ENODEV ? 0 : err;
}
