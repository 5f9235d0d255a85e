// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: what user space reads, asks for and is told.
 * Documentation/netlink/specs/m6t.yaml describes it.
 *
 * A command looks its device up in the netns of the asker's socket and holds
 * it while it runs. A dump holds nothing between two messages but a place, so
 * a reader that stalls keeps no device alive.
 */

#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "m6t.h"
#include "m6t_netlink.h"

static struct genl_family m6t_nl_family;

static const struct nla_policy m6t_nl_policy[M6T_A_MAX + 1] = {
	[M6T_A_IFINDEX]		= { .type = NLA_U32 },
	[M6T_A_ADDRESS]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[M6T_A_STATE]		= NLA_POLICY_RANGE(NLA_U8,
						   M6T_BINDING_TEMPORARY,
						   M6T_BINDING_STATIC),
	[M6T_A_REMOTE]		= { .type = NLA_BE32 },
	[M6T_A_PORT]		= { .type = NLA_BE16 },
	[M6T_A_LOCAL]		= { .type = NLA_BE32 },
	[M6T_A_LOCAL_PORT]	= { .type = NLA_BE16 },
	[M6T_A_IDLE]		= { .type = NLA_U64 },
	[M6T_A_RX_PACKETS]	= { .type = NLA_U64 },
	[M6T_A_RX_BYTES]	= { .type = NLA_U64 },
	[M6T_A_TX_PACKETS]	= { .type = NLA_U64 },
	[M6T_A_TX_BYTES]	= { .type = NLA_U64 },
	[M6T_A_PREFIX]		= NLA_POLICY_EXACT_LEN(sizeof(struct m6t_prefix6)),
	[M6T_A_ID]		= NLA_POLICY_EXACT_LEN(M6T_ID_LEN),
};

/* After this long the number of events that were held back is reported. */
#define M6T_NL_LOST_DELAY	(HZ / 2)

enum { M6T_NL_EVENTS };

static const struct genl_multicast_group m6t_nl_groups[] = {
	[M6T_NL_EVENTS] = {
		.name = M6T_GENL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

/* The device that a command is for, held for the caller to dev_put(). */
static struct net_device *m6t_nl_dev_get(struct net *net,
					 struct nlattr *attr,
					 struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	if (!attr) {
		NL_SET_ERR_MSG(extack,
			       "m6t: the command needs the ifindex of a device of type m6t");
		return ERR_PTR(-EINVAL);
	}
	dev = dev_get_by_index(net, nla_get_u32(attr));
	if (dev && m6t_dev_is_m6t(dev))
		return dev;
	dev_put(dev);
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "m6t: there is no device of type m6t with this ifindex here");
	return ERR_PTR(-ENODEV);
}

static struct net_device *m6t_nl_dev(struct genl_info *info)
{
	return m6t_nl_dev_get(genl_info_net(info), info->attrs[M6T_A_IFINDEX],
			      info->extack);
}

static struct net_device *m6t_nl_dev_of(struct net *net, struct nlattr *attr,
					const struct m6t_role *role,
					const char *sentence,
					struct netlink_ext_ack *extack)
{
	struct net_device *dev = m6t_nl_dev_get(net, attr, extack);

	if (IS_ERR(dev) || ((struct m6t_dev *)netdev_priv(dev))->role == role)
		return dev;
	dev_put(dev);
	/* Older kernels have none where a dump starts. */
	if (extack)
		extack->_msg = sentence;
	NL_SET_BAD_ATTR(extack, attr);
	return ERR_PTR(-EOPNOTSUPP);
}

static struct net_device *m6t_nl_gw_get(struct net *net, struct nlattr *attr,
					struct netlink_ext_ack *extack)
{
	return m6t_nl_dev_of(net, attr, &m6t_gw_role,
			     "m6t: only a device of mode gw has bindings",
			     extack);
}

static struct net_device *m6t_nl_gw(struct genl_info *info)
{
	return m6t_nl_gw_get(genl_info_net(info), info->attrs[M6T_A_IFINDEX],
			     info->extack);
}

static struct net_device *m6t_nl_mn(struct genl_info *info)
{
	return m6t_nl_dev_of(genl_info_net(info), info->attrs[M6T_A_IFINDEX],
			     &m6t_mn_role,
			     "m6t: only a device of mode mn attaches",
			     info->extack);
}

static struct sk_buff *m6t_nl_reply_new(struct genl_info *info, size_t size,
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

static int m6t_nl_fill_name(struct sk_buff *msg, const struct net_device *dev)
{
	if (nla_put_u32(msg, M6T_A_IFINDEX, dev->ifindex) ||
	    nla_put_string(msg, M6T_A_IFNAME, dev->name))
		return -EMSGSIZE;
	return 0;
}

static int m6t_nl_fill_netns(struct sk_buff *msg, const struct m6t_dev *m6t,
			     struct net *asker)
{
	if (net_eq(m6t->net, dev_net(m6t->dev)))
		return 0;
	return nla_put_s32(msg, M6T_A_NETNS_UNDERLAY,
			   peernet2id_alloc(asker, m6t->net, GFP_KERNEL));
}

static int m6t_nl_fill_dev(struct sk_buff *msg, struct m6t_dev *m6t,
			   struct net *asker)
{
	struct nlattr *nest;
	int err;

	if (m6t_nl_fill_name(msg, m6t->dev) ||
	    m6t_nl_fill_netns(msg, m6t, asker) ||
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

static int m6t_nl_fill_stats(struct sk_buff *msg, struct m6t_dev *m6t,
			     struct net *asker)
{
	struct nlattr *nest;
	enum m6t_stat stat;

	if (m6t_nl_fill_name(msg, m6t->dev))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, M6T_A_STATS);
	if (!nest)
		return -EMSGSIZE;
	for (stat = M6T_STAT_UNSPEC + 1; stat < M6T_STAT_PAD; stat++)
		if (nla_put_u64_64bit(msg, stat, m6t_stats_sum(m6t, stat),
				      M6T_STAT_PAD))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static size_t m6t_nl_dev_size(void)
{
	size_t stats = nla_total_size_64bit(sizeof(u64)) * __M6T_STAT_MAX;

	return nla_total_size(IFNAMSIZ) + nla_total_size(sizeof(struct in6_addr)) +
	       nla_total_size(sizeof(u32)) * 8 +
	       max(m6t_config_size(), stats) + nla_total_size(0);
}

typedef int (*m6t_nl_fill_t)(struct sk_buff *msg, struct m6t_dev *m6t,
			     struct net *asker);

/* Answer a command with what @fill says of a device; the answer goes either way. */
static int m6t_nl_reply_dev(struct genl_info *info, struct net_device *dev,
			    m6t_nl_fill_t fill, struct sk_buff *msg, void *hdr)
{
	if (fill(msg, netdev_priv(dev), genl_info_net(info))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int m6t_nl_tell_dev(struct genl_info *info, struct net_device *dev,
			   m6t_nl_fill_t fill)
{
	struct sk_buff *msg;
	void *hdr;

	msg = m6t_nl_reply_new(info, m6t_nl_dev_size(), &hdr);
	return msg ? m6t_nl_reply_dev(info, dev, fill, msg, hdr) : -ENOMEM;
}

static int m6t_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev = m6t_nl_dev(info);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = m6t_nl_tell_dev(info, dev, m6t_nl_fill_dev);
	dev_put(dev);
	return err;
}

static int m6t_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev = m6t_nl_dev(info);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = m6t_nl_tell_dev(info, dev, m6t_nl_fill_stats);
	dev_put(dev);
	return err;
}

/**
 * struct m6t_nl_place - where a dump goes on
 * @ifindex: least ifindex of the devices that are left; past the greatest that
 *	there may be, INT_MAX, once there are none
 * @walk: place in that device's bindings
 */
struct m6t_nl_place {
	u32 ifindex;
	struct m6t_walk walk;
};

/* The next device of a dump, held for the caller to dev_put(), or NULL. */
static struct net_device *m6t_nl_next(struct net *net, u32 ifindex)
{
	struct net_device *dev, *best = NULL;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev)
		if (m6t_dev_is_m6t(dev) && (u32)dev->ifindex >= ifindex &&
		    (!best || dev->ifindex < best->ifindex))
			best = dev;
	dev_hold(best);
	rcu_read_unlock();
	return best;
}

static int m6t_nl_dump_devs(struct sk_buff *skb, struct netlink_callback *cb,
			    u8 cmd, m6t_nl_fill_t fill)
{
	struct m6t_nl_place *place = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	void *hdr;
	int err;

	while ((dev = m6t_nl_next(net, place->ifindex))) {
		err = -EMSGSIZE;
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, &m6t_nl_family,
				  NLM_F_MULTI, cmd);
		if (hdr) {
			err = fill(skb, netdev_priv(dev), net);
			if (err)
				genlmsg_cancel(skb, hdr);
			else
				genlmsg_end(skb, hdr);
		}
		if (!err)
			place->ifindex = (u32)dev->ifindex + 1;
		dev_put(dev);
		if (err)
			return skb->len ?: err;
	}
	return skb->len;
}

static int m6t_nl_dev_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return m6t_nl_dump_devs(skb, cb, M6T_CMD_DEV_GET, m6t_nl_fill_dev);
}

static int m6t_nl_stats_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	return m6t_nl_dump_devs(skb, cb, M6T_CMD_STATS_GET, m6t_nl_fill_stats);
}

static u64 m6t_nl_ms(u64 ns)
{
	return div_u64(ns, NSEC_PER_MSEC);
}

static int m6t_nl_fill_times(struct sk_buff *msg, const struct m6t_state *state,
			     const struct m6t_binding *b)
{
	u64 now = ktime_get_ns(), ends = m6t_state_ends(state, b);
	u64 used = m6t_state_used(b);

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

static int m6t_nl_fill_remote(struct sk_buff *msg,
			      const struct m6t_endpoint *ep)
{
	if (nla_put_in_addr(msg, M6T_A_REMOTE, ep->remote) ||
	    nla_put_be16(msg, M6T_A_PORT, ep->port))
		return -EMSGSIZE;
	return 0;
}

static int m6t_nl_fill_local(struct sk_buff *msg, const struct m6t_endpoint *ep)
{
	if (nla_put_in_addr(msg, M6T_A_LOCAL, ep->local) ||
	    nla_put_be16(msg, M6T_A_LOCAL_PORT, ep->local_port))
		return -EMSGSIZE;
	return 0;
}

/* Under RCU. Remote addresses are for those who may administer the netns. */
static int m6t_nl_fill_binding(struct sk_buff *msg, struct m6t_dev *m6t,
			       const struct m6t_binding *b, bool privileged)
{
	/* Pairs with the release in m6t_state_unlink(), for @was. */
	u8 state = smp_load_acquire(&b->state) ?: b->was;

	if (nla_put_in6_addr(msg, M6T_A_ADDRESS, &b->addr) ||
	    nla_put_u8(msg, M6T_A_STATE, state) ||
	    m6t_nl_fill_local(msg, &b->ep) ||
	    m6t_nl_fill_times(msg, &m6t->gw.state, b) ||
	    m6t_nl_fill_half(msg, M6T_A_RX_PACKETS, M6T_A_RX_BYTES, &b->rx) ||
	    m6t_nl_fill_half(msg, M6T_A_TX_PACKETS, M6T_A_TX_BYTES, &b->tx))
		return -EMSGSIZE;
	return privileged ? m6t_nl_fill_remote(msg, &b->ep) : 0;
}

static struct in6_addr *m6t_nl_address(struct genl_info *info)
{
	if (info->attrs[M6T_A_ADDRESS])
		return nla_data(info->attrs[M6T_A_ADDRESS]);
	NL_SET_ERR_MSG(info->extack, "m6t: the command needs the IPv6 address of a binding");
	return ERR_PTR(-EINVAL);
}

static int m6t_nl_no_binding(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_ADDRESS],
			    "m6t: there is no binding for this address");
	return -ENOENT;
}

static int m6t_nl_tell_binding(struct sk_buff *skb, struct genl_info *info,
			       struct m6t_dev *m6t)
{
	struct in6_addr *addr = m6t_nl_address(info);
	struct m6t_binding *b;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (IS_ERR(addr))
		return PTR_ERR(addr);
	msg = m6t_nl_reply_new(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	b = m6t_state_lookup(&m6t->gw.state, addr);
	err = !b ? -ENOENT :
	      m6t_nl_fill_name(msg, m6t->dev) ?:
	      m6t_nl_fill_binding(msg, m6t, b,
				  netlink_net_capable(skb, CAP_NET_ADMIN));
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		return err == -ENOENT ? m6t_nl_no_binding(info) : err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int m6t_nl_binding_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev = m6t_nl_gw(info);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = m6t_nl_tell_binding(skb, info, netdev_priv(dev));
	dev_put(dev);
	return err;
}

static int m6t_nl_filter_check(struct nlattr **attrs,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *prefix = attrs[M6T_A_PREFIX];
	struct nlattr *remote = attrs[M6T_A_REMOTE];
	struct nlattr *port = attrs[M6T_A_PORT];

	if (prefix && ((struct m6t_prefix6 *)nla_data(prefix))->len > 128) {
		NL_SET_ERR_MSG_ATTR(extack, prefix,
				    "m6t: a prefix has a length of 0 to 128");
		return -EINVAL;
	}
	/* Zero in a filter means all, which is never what it was given for. */
	if (remote && !nla_get_in_addr(remote)) {
		NL_SET_ERR_MSG_ATTR(extack, remote,
				    "m6t: no binding is behind 0.0.0.0, give another address or none for all");
		return -EINVAL;
	}
	if (port && !nla_get_be16(port)) {
		NL_SET_ERR_MSG_ATTR(extack, port,
				    "m6t: the port to look for must be 1 to 65535, or not be given for all");
		return -EINVAL;
	}
	return 0;
}

/* Checked before. */
static void m6t_nl_filter(struct nlattr **attrs, struct m6t_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	if (attrs[M6T_A_PREFIX])
		filter->prefix = *(struct m6t_prefix6 *)
				 nla_data(attrs[M6T_A_PREFIX]);
	if (attrs[M6T_A_REMOTE])
		filter->remote = nla_get_in_addr(attrs[M6T_A_REMOTE]);
	if (attrs[M6T_A_PORT])
		filter->port = nla_get_be16(attrs[M6T_A_PORT]);
	if (attrs[M6T_A_STATE])
		filter->state = nla_get_u8(attrs[M6T_A_STATE]);
}

/**
 * struct m6t_nl_dump - what a dump of bindings hands to its walk
 * @skb: message to fill
 * @cb: the dump
 * @m6t: gateway
 * @privileged: may see remote addresses
 */
struct m6t_nl_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct m6t_dev *m6t;
	bool privileged;
};

static int m6t_nl_dump_binding(const struct m6t_binding *b, void *arg)
{
	struct m6t_nl_dump *dump = arg;
	struct netlink_callback *cb = dump->cb;
	struct m6t_nl_place *place = (void *)cb->ctx;
	void *hdr;
	int err;

	hdr = genlmsg_put(dump->skb, NETLINK_CB(cb->skb).portid,
			  cb->nlh->nlmsg_seq, &m6t_nl_family, NLM_F_MULTI,
			  M6T_CMD_BINDING_GET);
	if (!hdr)
		return -EMSGSIZE;
	cb->seq = place->walk.buckets;
	genl_dump_check_consistent(cb, hdr);
	err = m6t_nl_fill_name(dump->skb, dump->m6t->dev) ?:
	      m6t_nl_fill_binding(dump->skb, dump->m6t, b, dump->privileged);
	if (err)
		genlmsg_cancel(dump->skb, hdr);
	else
		genlmsg_end(dump->skb, hdr);
	return err;
}

static int m6t_nl_dump_bindings(struct m6t_nl_dump *dump,
				const struct m6t_filter *filter)
{
	struct m6t_nl_place *place = (void *)dump->cb->ctx;

	if (dump->m6t->role != &m6t_gw_role)
		return 0;
	return m6t_state_walk(&dump->m6t->gw.state, &place->walk, filter,
			      m6t_nl_dump_binding, dump);
}

/* Filters by remote address would tell it, so they need privilege too. */
static int m6t_nl_binding_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = m6t_genl_dump_attrs(cb);
	struct net_device *dev;

	if ((attrs[M6T_A_REMOTE] || attrs[M6T_A_PORT]) &&
	    !netlink_net_capable(cb->skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(cb->extack, "m6t: asking by remote address needs CAP_NET_ADMIN");
		return -EPERM;
	}
	if (m6t_nl_filter_check(attrs, cb->extack))
		return -EINVAL;
	if (!attrs[M6T_A_IFINDEX])
		return 0;
	dev = m6t_nl_gw_get(sock_net(cb->skb->sk), attrs[M6T_A_IFINDEX],
			    cb->extack);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	dev_put(dev);
	return 0;
}

static int m6t_nl_binding_get_dumpit(struct sk_buff *skb,
				     struct netlink_callback *cb)
{
	struct nlattr **attrs = m6t_genl_dump_attrs(cb);
	struct m6t_nl_place *place = (void *)cb->ctx;
	struct m6t_nl_dump dump = {
		.skb = skb,
		.cb = cb,
		.privileged = netlink_net_capable(cb->skb, CAP_NET_ADMIN),
	};
	struct net_device *dev;
	struct m6t_filter filter;
	u32 only = 0;
	int err = 0;

	m6t_nl_filter(attrs, &filter);
	if (attrs[M6T_A_IFINDEX])
		only = nla_get_u32(attrs[M6T_A_IFINDEX]);
	while (!err && (dev = m6t_nl_next(sock_net(skb->sk),
					  max(place->ifindex, only)))) {
		/* Another device, maybe as the last one is gone by now. */
		if (place->ifindex != dev->ifindex) {
			memset(&place->walk, 0, sizeof(place->walk));
			cb->prev_seq = 0;
		}
		place->ifindex = dev->ifindex;
		dump.m6t = netdev_priv(dev);
		if (!only || only == dev->ifindex)
			err = m6t_nl_dump_bindings(&dump, &filter);
		if (!err)
			place->ifindex = only ? (u32)INT_MAX + 1 :
						(u32)dev->ifindex + 1;
		dev_put(dev);
	}
	return skb->len ?: err;
}

static int m6t_nl_add_remote(struct genl_info *info, struct m6t_endpoint *ep)
{
	struct nlattr *remote = info->attrs[M6T_A_REMOTE];
	struct nlattr *port = info->attrs[M6T_A_PORT];
	struct nlattr *fault = remote;

	if (remote && m6t_addr4_is_usable(nla_get_in_addr(remote)))
		fault = port;
	if (remote && port && fault == port && nla_get_be16(port)) {
		ep->remote = nla_get_in_addr(remote);
		ep->port = nla_get_be16(port);
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, fault,
			    "m6t: a static binding needs the mobile node's unicast IPv4 address and UDP port 1 to 65535");
	return -EINVAL;
}

static int m6t_nl_add_endpoint(struct genl_info *info, struct m6t_dev *m6t,
			       struct m6t_endpoint *ep)
{
	struct nlattr **attrs = info->attrs;
	const struct m6t_config *cfg;
	int err;

	err = m6t_nl_add_remote(info, ep);
	if (err)
		return err;
	rcu_read_lock();
	cfg = rcu_dereference(m6t->cfg);
	ep->local = attrs[M6T_A_LOCAL] ? nla_get_in_addr(attrs[M6T_A_LOCAL]) :
					 cfg->local;
	ep->local_port = attrs[M6T_A_LOCAL_PORT] ?
			 nla_get_be16(attrs[M6T_A_LOCAL_PORT]) : cfg->port[0];
	rcu_read_unlock();
	if (ep->local && !m6t_addr4_is_usable(ep->local)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[M6T_A_LOCAL],
				    "m6t: the local address must be a unicast IPv4 address, 0.0.0.0 for any");
		return -EINVAL;
	}
	return 0;
}

static int m6t_nl_add_check(struct genl_info *info, struct m6t_dev *m6t,
			    const struct in6_addr *addr,
			    const struct m6t_endpoint *ep)
{
	const struct m6t_config *cfg;
	bool inside, listens = false;
	unsigned int i;

	rcu_read_lock();
	cfg = rcu_dereference(m6t->cfg);
	inside = m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, addr) &&
		 m6t_addr_is_global(addr);
	for (i = 0; i < cfg->n_ports; i++)
		listens |= cfg->port[i] == ep->local_port;
	rcu_read_unlock();

	if (!inside) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_ADDRESS],
				    "m6t: the address must lie inside one of the device's prefixes");
		return -EINVAL;
	}
	if (!listens) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_LOCAL_PORT],
				    "m6t: the local port must be one that the device listens on");
		return -EINVAL;
	}
	return 0;
}

static u64 m6t_nl_past_u64(const struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

/* What a binding is to be, which was saved and is added anew. */
static int m6t_nl_add_kind(struct genl_info *info,
			   enum m6t_binding_state *kind,
			   struct m6t_binding_past *past)
{
	struct nlattr **attrs = info->attrs;
	u64 ms = m6t_nl_past_u64(attrs[M6T_A_IDLE]);

	*kind = attrs[M6T_A_STATE] ? nla_get_u8(attrs[M6T_A_STATE]) :
				     M6T_BINDING_STATIC;
	if (*kind == M6T_BINDING_TEMPORARY) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[M6T_A_STATE],
				    "m6t: a binding that is added must be active or static");
		return -EINVAL;
	}
	past->idle = min_t(u64, ms, U64_MAX / NSEC_PER_MSEC) * NSEC_PER_MSEC;
	past->rx_packets = m6t_nl_past_u64(attrs[M6T_A_RX_PACKETS]);
	past->rx_bytes = m6t_nl_past_u64(attrs[M6T_A_RX_BYTES]);
	past->tx_packets = m6t_nl_past_u64(attrs[M6T_A_TX_PACKETS]);
	past->tx_bytes = m6t_nl_past_u64(attrs[M6T_A_TX_BYTES]);
	return 0;
}

static int m6t_nl_add(struct genl_info *info, struct m6t_dev *m6t)
{
	struct in6_addr *addr = m6t_nl_address(info);
	struct m6t_binding_past past;
	enum m6t_binding_state kind;
	struct m6t_endpoint ep;
	struct m6t_binding *b;
	int err;

	if (IS_ERR(addr))
		return PTR_ERR(addr);
	err = m6t_nl_add_kind(info, &kind, &past);
	if (!err)
		err = m6t_nl_add_endpoint(info, m6t, &ep);
	if (!err)
		err = m6t_nl_add_check(info, m6t, addr, &ep);
	if (err)
		return err;

	rcu_read_lock();
	b = m6t_state_add(&m6t->gw.state, kind, addr, &ep, &past);
	err = PTR_ERR_OR_ZERO(b);
	rcu_read_unlock();
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_ADDRESS],
				    "m6t: the address is bound to this endpoint already");
	else if (err == -EADDRINUSE)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_ADDRESS],
				    "m6t: the address is bound to another endpoint, delete that binding first");
	else if (err == -ETIME)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_IDLE],
				    "m6t: the binding was idle for longer than active-timeout allows");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack,
			       "m6t: the table is full, raise max-bindings or delete a binding");
	return err;
}

static int m6t_nl_binding_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev = m6t_nl_gw(info);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = m6t_nl_add(info, netdev_priv(dev));
	dev_put(dev);
	return err;
}

static int m6t_nl_binding_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct in6_addr *addr = m6t_nl_address(info);
	struct net_device *dev;
	struct m6t_dev *m6t;
	int err;

	if (IS_ERR(addr))
		return PTR_ERR(addr);
	dev = m6t_nl_gw(info);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	m6t = netdev_priv(dev);
	err = m6t_state_del(&m6t->gw.state, addr);
	dev_put(dev);
	return err ? m6t_nl_no_binding(info) : 0;
}

static int m6t_nl_binding_flush_doit(struct sk_buff *skb,
				     struct genl_info *info)
{
	struct nlattr *address = info->attrs[M6T_A_ADDRESS];
	struct m6t_filter filter;
	struct net_device *dev;
	struct m6t_dev *m6t;
	struct sk_buff *msg;
	void *hdr;
	u32 n;

	if (address) {
		NL_SET_ERR_MSG_ATTR(info->extack, address,
				    "m6t: to flush takes a prefix, not an address; one binding is deleted by BINDING_DEL");
		return -EINVAL;
	}
	if (m6t_nl_filter_check(info->attrs, info->extack))
		return -EINVAL;
	dev = m6t_nl_gw(info);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	msg = m6t_nl_reply_new(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!msg) {
		dev_put(dev);
		return -ENOMEM;
	}
	m6t = netdev_priv(dev);
	m6t_nl_filter(info->attrs, &filter);
	n = m6t_state_flush(&m6t->gw.state, &filter);
	dev_put(dev);
	if (nla_put_u32(msg, M6T_A_COUNT, n)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int m6t_nl_attach(struct genl_info *info, struct net_device *dev)
{
	struct nlattr *id = info->attrs[M6T_A_ID];
	struct m6t_dev *m6t = netdev_priv(dev);
	struct sk_buff *msg;
	void *hdr;
	int err;

	/* What is refused must not have happened, so there must be an answer. */
	msg = m6t_nl_reply_new(info, m6t_nl_dev_size(), &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	if (!(dev->flags & IFF_UP)) {
		NL_SET_ERR_MSG(info->extack, "m6t: the device is down, set it up first");
		err = -ENETDOWN;
	} else {
		err = m6t_mn_attach(m6t, rtnl_dereference(m6t->cfg),
				    id ? nla_data(id) : NULL, info->extack);
		if (err == -EADDRINUSE && id)
			NL_SET_BAD_ATTR(info->extack, id);
	}
	rtnl_unlock();
	if (!err)
		return m6t_nl_reply_dev(info, dev, m6t_nl_fill_dev, msg, hdr);
	nlmsg_free(msg);
	return err;
}

static int m6t_nl_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev = m6t_nl_mn(info);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = m6t_nl_attach(info, dev);
	dev_put(dev);
	return err;
}

static int m6t_nl_detach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev = m6t_nl_mn(info);

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	rtnl_lock();
	m6t_mn_detach(netdev_priv(dev));
	rtnl_unlock();
	dev_put(dev);
	return 0;
}

static const struct genl_ops m6t_nl_ops[] = {
	{
		.cmd	= M6T_CMD_DEV_GET,
		.doit	= m6t_nl_dev_get_doit,
		.dumpit	= m6t_nl_dev_get_dumpit,
	},
	{
		.cmd	= M6T_CMD_STATS_GET,
		.doit	= m6t_nl_stats_get_doit,
		.dumpit	= m6t_nl_stats_get_dumpit,
	},
	{
		.cmd	= M6T_CMD_BINDING_GET,
		.doit	= m6t_nl_binding_get_doit,
		.start	= m6t_nl_binding_get_start,
		.dumpit	= m6t_nl_binding_get_dumpit,
	},
	{
		.cmd	= M6T_CMD_BINDING_ADD,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= m6t_nl_binding_add_doit,
	},
	{
		.cmd	= M6T_CMD_BINDING_DEL,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= m6t_nl_binding_del_doit,
	},
	{
		.cmd	= M6T_CMD_BINDING_FLUSH,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= m6t_nl_binding_flush_doit,
	},
	{
		.cmd	= M6T_CMD_ATTACH,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= m6t_nl_attach_doit,
	},
	{
		.cmd	= M6T_CMD_DETACH,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= m6t_nl_detach_doit,
	},
};

static struct genl_family m6t_nl_family __ro_after_init = {
	.name		= M6T_GENL_NAME,
	.version	= M6T_GENL_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.parallel_ops	= true,
	.maxattr	= M6T_A_MAX,
	.policy		= m6t_nl_policy,
	.ops		= m6t_nl_ops,
	.n_ops		= ARRAY_SIZE(m6t_nl_ops),
	.mcgrps		= m6t_nl_groups,
	.n_mcgrps	= ARRAY_SIZE(m6t_nl_groups),
};

/**
 * struct m6t_nl_event - an event's message while it is put together
 * @net: netns of the device
 * @msg: the message
 * @hdr: its header
 * @lost: how many were held back before it, as it says
 */
struct m6t_nl_event {
	struct net *net;
	struct sk_buff *msg;
	void *hdr;
	u32 lost;
};

/* Events that are not sent. Should none follow that says so, the work does. */
static void m6t_nl_lose(struct m6t_dev *m6t, u32 n)
{
	atomic_add(n, &m6t->events_lost);
	schedule_delayed_work(&m6t->lost_work, M6T_NL_LOST_DELAY);
}

/* What each event has. */
static int m6t_nl_event_new(struct m6t_dev *m6t, enum m6t_event event,
			    struct m6t_nl_event *ev)
{
	ev->net = dev_net(m6t->dev);
	ev->msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!ev->msg)
		return -ENOMEM;
	ev->hdr = genlmsg_put(ev->msg, 0, 0, &m6t_nl_family, 0, M6T_CMD_EVENT);
	if (ev->hdr && !m6t_nl_fill_name(ev->msg, m6t->dev) &&
	    !nla_put_u8(ev->msg, M6T_A_EVENT, event) &&
	    !nla_put_u64_64bit(ev->msg, M6T_A_TIME, ktime_get_real_ns(),
			       M6T_A_PAD) &&
	    (!ev->lost || !nla_put_u32(ev->msg, M6T_A_LOST, ev->lost)))
		return 0;
	nlmsg_free(ev->msg);
	return -EMSGSIZE;
}

/* Begin the message of an event; false if there is none to send. @limit: of
 * those that packets can cause, or NULL.
 */
static bool m6t_nl_event_begin(struct m6t_dev *m6t, enum m6t_event event,
			       struct ratelimit_state *limit,
			       struct m6t_nl_event *ev)
{
	if (!genl_has_listeners(&m6t_nl_family, dev_net(m6t->dev),
				M6T_NL_EVENTS))
		return false;
	ev->lost = 0;
	if (limit && !__ratelimit(limit))
		goto err_lost;
	ev->lost = atomic_xchg(&m6t->events_lost, 0);
	if (!m6t_nl_event_new(m6t, event, ev))
		return true;
err_lost:
	m6t_nl_lose(m6t, ev->lost + 1);
	return false;
}

static void m6t_nl_event_end(struct m6t_dev *m6t, struct m6t_nl_event *ev,
			     int err)
{
	if (err) {
		nlmsg_free(ev->msg);
		m6t_nl_lose(m6t, ev->lost + 1);
		return;
	}
	genlmsg_end(ev->msg, ev->hdr);
	genlmsg_multicast_netns(&m6t_nl_family, ev->net, ev->msg, 0,
				M6T_NL_EVENTS, GFP_ATOMIC);
}

/**
 * m6t_nl_event_binding() - tell of a change of a binding (G14)
 * @m6t: gateway
 * @event: what happened
 * @b: the binding
 *
 * Context: any but hard interrupts, under RCU.
 */
void m6t_nl_event_binding(struct m6t_dev *m6t, enum m6t_event event,
			  const struct m6t_binding *b)
{
	struct ratelimit_state *limit = &m6t->change_limit;
	struct m6t_nl_event ev;

	if (event == M6T_EVENT_BINDING_DELETED)
		limit = NULL;
	if (m6t_nl_event_begin(m6t, event, limit, &ev))
		m6t_nl_event_end(m6t, &ev,
				 m6t_nl_fill_binding(ev.msg, m6t, b, true));
}

/**
 * m6t_nl_event_endpoint() - tell of a packet that was refused (G8, G11, G12)
 * @m6t: gateway
 * @event: why
 * @addr: its IPv6 source
 * @ep: where it came from and went to
 *
 * Context: softirq, under RCU.
 */
void m6t_nl_event_endpoint(struct m6t_dev *m6t, enum m6t_event event,
			   const struct in6_addr *addr,
			   const struct m6t_endpoint *ep)
{
	struct m6t_nl_event ev;

	if (m6t_nl_event_begin(m6t, event, &m6t->refusal_limit, &ev))
		m6t_nl_event_end(m6t, &ev,
				 nla_put_in6_addr(ev.msg, M6T_A_ADDRESS, addr) ?:
				 m6t_nl_fill_remote(ev.msg, ep) ?:
				 m6t_nl_fill_local(ev.msg, ep));
}

/**
 * m6t_nl_event_attachment() - tell of a mobile node's attachment
 * @m6t: mobile node
 * @event: what happened
 * @att: the attachment
 *
 * Context: process with RTNL held, or softirq under RCU.
 */
void m6t_nl_event_attachment(struct m6t_dev *m6t, enum m6t_event event,
			     const struct m6t_attachment *att)
{
	struct m6t_nl_event ev;

	if (m6t_nl_event_begin(m6t, event, NULL, &ev))
		m6t_nl_event_end(m6t, &ev,
				 nla_put_in6_addr(ev.msg, M6T_A_ADDRESS,
						  &att->addr) ?:
				 nla_put_be16(ev.msg, M6T_A_SPORT,
					      att->ep.local_port));
}

/**
 * m6t_nl_lost_report() - report how many events were held back, if any
 * @m6t: device
 *
 * Where there is no memory to say so, it is tried again later.
 *
 * Context: process.
 */
void m6t_nl_lost_report(struct m6t_dev *m6t)
{
	struct m6t_nl_event ev = {
		.lost = atomic_xchg(&m6t->events_lost, 0),
	};

	if (!ev.lost)
		return;
	/* A netns that the device leaves meanwhile is freed a grace period later. */
	rcu_read_lock();
	if (m6t_nl_event_new(m6t, M6T_EVENT_LOST, &ev))
		m6t_nl_lose(m6t, ev.lost);
	else
		m6t_nl_event_end(m6t, &ev, 0);
	rcu_read_unlock();
}

static void m6t_nl_lost_work(struct work_struct *work)
{
	m6t_nl_lost_report(container_of(to_delayed_work(work), struct m6t_dev,
					lost_work));
}

/**
 * m6t_nl_lost_init() - get ready to hold events back
 * @m6t: device, which nobody can find yet
 *
 * Context: process.
 */
void m6t_nl_lost_init(struct m6t_dev *m6t)
{
	INIT_DELAYED_WORK(&m6t->lost_work, m6t_nl_lost_work);
}

/**
 * m6t_nl_lost_exit() - report nothing any more
 * @m6t: device that nobody holds any more, so no event can follow
 *
 * Context: process.
 */
void m6t_nl_lost_exit(struct m6t_dev *m6t)
{
	cancel_delayed_work_sync(&m6t->lost_work);
}

/**
 * m6t_nl_init() - register the family
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_init(void)
{
	return genl_register_family(&m6t_nl_family);
}

/**
 * m6t_nl_exit() - unregister the family; no command runs afterwards
 *
 * Context: process.
 */
void m6t_nl_exit(void)
{
	genl_unregister_family(&m6t_nl_family);
}
