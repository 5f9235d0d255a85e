// SPDX-License-Identifier: GPL-2.0
/*
 * Shared by commands, dumps and events: the generic netlink family, the lookup of
 * devices, and how devices, counters and bindings are written into messages.
 */

#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "m6t.h"
#include "m6t_netlink.h"

static const struct genl_multicast_group m6t_nl_groups[] = {
	[M6T_NL_EVENTS] = {
		.name = M6T_GENL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* m6t_nl_init() adds the commands. */
struct genl_family m6t_nl_family __ro_after_init = {
	.name		= M6T_GENL_NAME,
	.version	= M6T_GENL_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.parallel_ops	= true,
	.maxattr	= M6T_A_MAX,
	.mcgrps		= m6t_nl_groups,
	.n_mcgrps	= ARRAY_SIZE(m6t_nl_groups),
};

static int m6t_nl_needs(const struct m6t_role *role, u8 need,
			struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *sentence;

	if (need == M6T_NL_BINDINGS && !role->bindings && !role->nodes)
		sentence = "m6t: only a device of mode gw or dsmip-ha has bindings";
	else if (need == M6T_NL_TABLE && !role->bindings)
		sentence = "m6t: only a device of mode gw has static bindings";
	else if (need == M6T_NL_NODES && !role->nodes)
		sentence = "m6t: only a device of mode dsmip-ha binds home addresses";
	else if (need == M6T_NL_SLOTS && !role->slots)
		sentence = "m6t: only a device of mode dsmip-mn has care-of addresses";
	else if (need == M6T_NL_MODULE && !role->nodes && !role->slots)
		sentence = "m6t: only a device of mode dsmip-ha or dsmip-mn has a protocol module";
	else if (need == M6T_NL_ATTACHMENT && !role->attach)
		sentence = "m6t: only a device of mode mn can attach";
	else
		return 0;
	m6t_config_refuse(extack, attr, sentence);
	return -EOPNOTSUPP;
}

/**
 * m6t_nl_dev_get() - look up the device of a command
 * @net: netns of the sender's socket
 * @attr: its ifindex, or NULL
 * @need: &enum m6t_nl_need
 * @extack: netlink extended ack, for the reason of a refusal; NULL on older kernels
 *	at the start of a dump
 *
 * Context: process.
 * Return: the device, for the caller to dev_put(), or an error.
 */
struct net_device *m6t_nl_dev_get(struct net *net, struct nlattr *attr,
				  u8 need, struct netlink_ext_ack *extack)
{
	const struct m6t_dev *m6t;
	struct net_device *dev;
	int err;

	if (!attr) {
		NL_SET_ERR_MSG(extack,
			       "m6t: ifindex is missing, expected that of a device of type m6t");
		return ERR_PTR(-EINVAL);
	}
	dev = dev_get_by_index(net, nla_get_u32(attr));
	if (!dev || !netif_is_m6t(dev)) {
		dev_put(dev);
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "m6t: no device of type m6t has this ifindex in this netns");
		return ERR_PTR(-ENODEV);
	}
	m6t = netdev_priv(dev);
	err = m6t_nl_needs(m6t->role, need, attr, extack);
	if (err) {
		dev_put(dev);
		return ERR_PTR(err);
	}
	return dev;
}

/**
 * m6t_nl_dev_next() - find the next device of a dump
 * @net: netns of the reader's socket
 * @ifindex: lowest ifindex that it may have
 *
 * Context: process.
 * Return: the device, for the caller to dev_put(), or NULL.
 */
struct net_device *m6t_nl_dev_next(struct net *net, u32 ifindex)
{
	struct net_device *dev, *best = NULL;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev)
		if (netif_is_m6t(dev) && (u32)dev->ifindex >= ifindex &&
		    (!best || dev->ifindex < best->ifindex))
			best = dev;
	dev_hold(best);
	rcu_read_unlock();
	return best;
}

/**
 * m6t_nl_address() - get the address that a command is about
 * @info: the command
 *
 * Context: process.
 * Return: the address, or -EINVAL with an extack message.
 */
struct in6_addr *m6t_nl_address(struct genl_info *info)
{
	if (info->attrs[M6T_A_ADDRESS])
		return nla_data(info->attrs[M6T_A_ADDRESS]);
	NL_SET_ERR_MSG(info->extack,
		       "m6t: address is missing, expected the IPv6 address of a binding");
	return ERR_PTR(-EINVAL);
}

/**
 * m6t_nl_no_binding() - refuse a command about an address without a binding
 * @info: the command
 *
 * Context: process.
 * Return: -ENOENT.
 */
int m6t_nl_no_binding(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_ADDRESS],
			    "m6t: there is no binding for this address");
	return -ENOENT;
}

/**
 * m6t_nl_reply_new() - begin the reply to a command
 * @info: the command
 * @size: size of its payload, bytes
 * @hdr: set to its header
 *
 * Context: process.
 * Return: the message or NULL.
 */
struct sk_buff *m6t_nl_reply_new(struct genl_info *info, size_t size,
				 void **hdr)
{
	struct sk_buff *msg = genlmsg_new(size, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &m6t_nl_family, 0, info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/**
 * m6t_nl_fill_name() - write the ifindex and name of a device
 * @msg: message
 * @dev: device
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_name(struct sk_buff *msg, const struct net_device *dev)
{
	if (nla_put_u32(msg, M6T_A_IFINDEX, dev->ifindex) ||
	    nla_put_string(msg, M6T_A_IFNAME, dev->name))
		return -EMSGSIZE;
	return 0;
}

/**
 * m6t_nl_fill_netns() - write in which netns the links below a device are
 * @msg: message
 * @m6t: device
 * @asker: netns of the reader
 * @gfp: how to allocate an id for it
 *
 * Context: any but hard interrupts, as @gfp says.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_netns(struct sk_buff *msg, const struct m6t_dev *m6t,
		      struct net *asker, gfp_t gfp)
{
	if (!m6t_dev_is_xnet(m6t))
		return 0;
	return nla_put_s32(msg, M6T_A_NETNS_UNDERLAY,
			   peernet2id_alloc(asker, m6t->net, gfp));
}

/**
 * m6t_nl_fill_dev() - write the state and settings of a device
 * @msg: message
 * @m6t: device
 * @asker: netns of the reader
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_dev(struct sk_buff *msg, struct m6t_dev *m6t,
		    struct net *asker)
{
	struct nlattr *nest;
	int err;

	if (m6t_nl_fill_name(msg, m6t->dev) ||
	    m6t_nl_fill_netns(msg, m6t, asker, GFP_KERNEL) ||
	    m6t->role->fill(m6t, msg))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, M6T_A_SETTINGS);
	if (!nest)
		return -EMSGSIZE;
	rcu_read_lock();
	err = m6t_config_fill(rcu_dereference(m6t->cfg), msg);
	rcu_read_unlock();
	if (err)
		return err;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * m6t_nl_fill_stats() - write the counters of a device
 * @msg: message
 * @m6t: device
 * @asker: netns of the reader
 *
 * Context: process.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_stats(struct sk_buff *msg, struct m6t_dev *m6t,
		      struct net *asker)
{
	struct nlattr *nest;
	enum m6t_stat stat;

	if (m6t_nl_fill_name(msg, m6t->dev))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, M6T_A_STATS);
	if (!nest)
		return -EMSGSIZE;
	for (stat = 0; stat < __M6T_STAT_MAX; stat++)
		if (m6t_stats_is_counter(stat) &&
		    nla_put_u64_64bit(msg, stat, m6t_stats_sum(m6t, stat),
				      M6T_STAT_PAD))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * m6t_nl_dev_size() - get the space for m6t_nl_fill_dev() or m6t_nl_fill_stats()
 *
 * Return: bytes, at most.
 */
size_t m6t_nl_dev_size(void)
{
	size_t stats = nla_total_size_64bit(sizeof(u64)) * __M6T_STAT_MAX;

	return nla_total_size(IFNAMSIZ) + nla_total_size(sizeof(struct in6_addr)) +
	       nla_total_size(sizeof(u32)) * 10 +
	       nla_total_size(nla_total_size(sizeof(u32)) * 6) *
	       (M6T_SLOT_LINGERING + 1) +
	       max(m6t_config_size(), stats) + nla_total_size(0);
}

static u64 m6t_nl_ms(u64 ns)
{
	return div_u64(ns, NSEC_PER_MSEC);
}

static int m6t_nl_fill_times(struct sk_buff *msg, const struct m6t_state *state,
			     const struct m6t_binding *b)
{
	u64 now = ktime_get_ns(), ends = m6t_state_ends(state, b);
	u64 used = m6t_binding_used(b);

	if (nla_put_u64_64bit(msg, M6T_A_IDLE,
			      m6t_nl_ms(now > used ? now - used : 0),
			      M6T_A_PAD))
		return -EMSGSIZE;
	if (ends == U64_MAX)
		return 0;
	return nla_put_u64_64bit(msg, M6T_A_EXPIRES,
				 m6t_nl_ms(ends > now ? ends - now : 0),
				 M6T_A_PAD);
}

static int m6t_nl_fill_half(struct sk_buff *msg, int packets, int bytes,
			    const struct m6t_binding_half *half)
{
	if (nla_put_u64_64bit(msg, packets, atomic64_read(&half->packets),
			      M6T_A_PAD) ||
	    nla_put_u64_64bit(msg, bytes, atomic64_read(&half->bytes),
			      M6T_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * m6t_nl_fill_remote() - write the remote address and port of an endpoint
 * @msg: message
 * @ep: the endpoint
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_remote(struct sk_buff *msg, const struct m6t_endpoint *ep)
{
	if (nla_put_in_addr(msg, M6T_A_REMOTE, ep->remote) ||
	    nla_put_be16(msg, M6T_A_PORT, ep->port))
		return -EMSGSIZE;
	return 0;
}

/**
 * m6t_nl_fill_local() - write the local address and port of an endpoint
 * @msg: message
 * @ep: the endpoint
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_local(struct sk_buff *msg, const struct m6t_endpoint *ep)
{
	if (nla_put_in_addr(msg, M6T_A_LOCAL, ep->local) ||
	    nla_put_be16(msg, M6T_A_LOCAL_PORT, ep->local_port))
		return -EMSGSIZE;
	return 0;
}

/**
 * m6t_nl_fill_binding() - write a binding
 * @msg: message
 * @state: its table
 * @b: the binding
 * @privileged: the reader has CAP_NET_ADMIN and may see remote addresses
 *
 * Context: under RCU.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_nl_fill_binding(struct sk_buff *msg, const struct m6t_state *state,
			const struct m6t_binding *b, bool privileged)
{
	/* Pairs with the release in m6t_state_discard(), for @was. */
	u8 kind = smp_load_acquire(&b->state) ?: b->was;

	if (nla_put_in6_addr(msg, M6T_A_ADDRESS, &b->obj.addr) ||
	    nla_put_u8(msg, M6T_A_STATE, kind) ||
	    nla_put_u8(msg, M6T_A_PROVEN, m6t_binding_is_proven(b)) ||
	    m6t_nl_fill_local(msg, &b->ep) ||
	    m6t_nl_fill_times(msg, state, b) ||
	    m6t_nl_fill_half(msg, M6T_A_RX_PACKETS, M6T_A_RX_BYTES, &b->rx) ||
	    m6t_nl_fill_half(msg, M6T_A_TX_PACKETS, M6T_A_TX_BYTES, &b->tx))
		return -EMSGSIZE;
	return privileged ? m6t_nl_fill_remote(msg, &b->ep) : 0;
}
