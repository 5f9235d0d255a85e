// SPDX-License-Identifier: GPL-2.0
/* The commands about bindings: get, add, delete, flush. */

#include <net/genetlink.h>

#include "m6t.h"
#include "m6t_netlink.h"

/* Under RCU: write the binding of an address. */
static int m6t_nl_binding_get(struct sk_buff *msg, struct m6t_dev *m6t,
			      const struct in6_addr *addr, bool privileged)
{
	struct m6t_state *state = m6t_dev_bindings(m6t);
	struct m6t_binding *b;

	if (!state)
		return m6t_nl_node_get(msg, m6t, addr, privileged);
	b = m6t_state_lookup(state, addr);
	return b ? m6t_nl_fill_binding(msg, state, b, privileged) : -ENOENT;
}

/**
 * m6t_nl_binding_get_doit() - reply with the binding of an address
 * @skb: the command's message
 * @info: the command
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_binding_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct in6_addr *addr = m6t_nl_address(info);
	struct m6t_dev *m6t = m6t_nl_dev(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (IS_ERR(addr))
		return PTR_ERR(addr);
	msg = m6t_nl_reply_new(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!msg)
		return -ENOMEM;
	rcu_read_lock();
	err = m6t_nl_fill_name(msg, m6t->dev) ?:
	      m6t_nl_binding_get(msg, m6t, addr,
				 netlink_net_capable(skb, CAP_NET_ADMIN));
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		return err == -ENOENT ? m6t_nl_no_binding(info) : err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int m6t_nl_filter_check(struct nlattr **attrs,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *prefix = attrs[M6T_A_PREFIX];
	struct nlattr *remote = attrs[M6T_A_REMOTE];
	struct nlattr *port = attrs[M6T_A_PORT];

	if (prefix && ((struct m6t_prefix6 *)nla_data(prefix))->len > 128) {
		NL_SET_ERR_MSG_ATTR(extack, prefix,
				    "m6t: prefix must have a length of 0 to 128");
		return -EINVAL;
	}
	/* Zero means all in a filter, which is not what the sender intended. */
	if (remote && !nla_get_in_addr(remote)) {
		NL_SET_ERR_MSG_ATTR(extack, remote,
				    "m6t: remote must not be 0.0.0.0, omit it to match all bindings");
		return -EINVAL;
	}
	if (port && !nla_get_be16(port)) {
		NL_SET_ERR_MSG_ATTR(extack, port,
				    "m6t: port must be 1 to 65535, omit it to match all bindings");
		return -EINVAL;
	}
	return 0;
}

/* @attrs have passed m6t_nl_filter_check(). */
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
 * struct m6t_nl_dump - arguments of the walk of a dump of bindings
 * @skb: message to fill
 * @cb: the dump
 * @m6t: device
 * @state: its binding table
 * @privileged: the reader may see remote addresses
 */
struct m6t_nl_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct m6t_dev *m6t;
	struct m6t_state *state;
	bool privileged;
};

/* Begin one message of a dump; NULL if there is no room. */
static void *m6t_nl_dump_begin(struct m6t_nl_dump *dump)
{
	struct netlink_callback *cb = dump->cb;
	struct m6t_nl_place *place = (void *)cb->ctx;
	void *hdr;

	hdr = genlmsg_put(dump->skb, NETLINK_CB(cb->skb).portid,
			  cb->nlh->nlmsg_seq, &m6t_nl_family, NLM_F_MULTI,
			  M6T_CMD_BINDING_GET);
	if (!hdr)
		return NULL;
	cb->seq = place->walk.buckets;
	genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int m6t_nl_dump_end(struct m6t_nl_dump *dump, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(dump->skb, hdr);
	else
		genlmsg_end(dump->skb, hdr);
	return err;
}

static int m6t_nl_dump_binding(const struct m6t_binding *b, void *arg)
{
	struct m6t_nl_dump *dump = arg;
	void *hdr = m6t_nl_dump_begin(dump);

	if (!hdr)
		return -EMSGSIZE;
	return m6t_nl_dump_end(dump, hdr,
			       m6t_nl_fill_name(dump->skb, dump->m6t->dev) ?:
			       m6t_nl_fill_binding(dump->skb, dump->state, b,
						   dump->privileged));
}

static int m6t_nl_dump_node(const struct m6t_node *node, void *arg)
{
	struct m6t_nl_dump *dump = arg;
	void *hdr = m6t_nl_dump_begin(dump);

	if (!hdr)
		return -EMSGSIZE;
	return m6t_nl_dump_end(dump, hdr,
			       m6t_nl_fill_name(dump->skb, dump->m6t->dev) ?:
			       m6t_nl_fill_node(dump->skb, node,
						dump->privileged));
}

static int m6t_nl_dump_bindings(struct m6t_nl_dump *dump,
				struct net_device *dev,
				const struct m6t_filter *filter)
{
	struct m6t_nl_place *place = (void *)dump->cb->ctx;

	dump->m6t = netdev_priv(dev);
	dump->state = m6t_dev_bindings(dump->m6t);
	if (m6t_dev_nodes(dump->m6t))
		return m6t_nodes_walk(m6t_dev_nodes(dump->m6t), &place->walk,
				      filter, m6t_nl_dump_node, dump);
	if (!dump->state)
		return 0;
	return m6t_state_walk(dump->state, &place->walk, filter,
			      m6t_nl_dump_binding, dump);
}

/**
 * m6t_nl_binding_get_start() - begin a dump of bindings
 * @cb: the dump
 *
 * Filters by remote address would disclose it, so they need privileges, too.
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_binding_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = m6t_genl_dump_attrs(cb);
	struct net_device *dev;

	if ((attrs[M6T_A_REMOTE] || attrs[M6T_A_PORT]) &&
	    !netlink_net_capable(cb->skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(cb->extack,
				    attrs[M6T_A_REMOTE] ?: attrs[M6T_A_PORT],
				    "m6t: filtering by remote address or port needs CAP_NET_ADMIN");
		return -EPERM;
	}
	if (m6t_nl_filter_check(attrs, cb->extack))
		return -EINVAL;
	if (!attrs[M6T_A_IFINDEX])
		return 0;
	dev = m6t_nl_dev_get(sock_net(cb->skb->sk), attrs[M6T_A_IFINDEX],
			     M6T_NL_BINDINGS, cb->extack);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	dev_put(dev);
	return 0;
}

/* From its first binding on, the device with this ifindex or the next one. */
static void m6t_nl_place_begin(struct netlink_callback *cb, u32 ifindex)
{
	struct m6t_nl_place *place = (void *)cb->ctx;

	place->ifindex = ifindex;
	memset(&place->walk, 0, sizeof(place->walk));
	cb->prev_seq = 0;
}

/**
 * m6t_nl_binding_get_dumpit() - fill one message of a dump of bindings
 * @skb: the message
 * @cb: the dump, which has only its position between two messages
 *
 * Context: process.
 * Return: bytes in the message, 0 at the end, or an error.
 */
int m6t_nl_binding_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
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
	while (!err && (dev = m6t_nl_dev_next(sock_net(skb->sk),
					      max(place->ifindex, only)))) {
		/* The last one was removed. */
		if (place->ifindex != dev->ifindex)
			m6t_nl_place_begin(cb, dev->ifindex);
		if (!only || only == dev->ifindex)
			err = m6t_nl_dump_bindings(&dump, dev, &filter);
		if (!err)
			m6t_nl_place_begin(cb, only ? (u32)INT_MAX + 1 :
						      (u32)dev->ifindex + 1);
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

/* Get the state of a binding to add, and what was saved of it. */
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
				    "m6t: the state of an added binding must be active or static");
		return -EINVAL;
	}
	past->idle = min_t(u64, ms, U64_MAX / NSEC_PER_MSEC) * NSEC_PER_MSEC;
	past->rx_packets = m6t_nl_past_u64(attrs[M6T_A_RX_PACKETS]);
	past->rx_bytes = m6t_nl_past_u64(attrs[M6T_A_RX_BYTES]);
	past->tx_packets = m6t_nl_past_u64(attrs[M6T_A_TX_PACKETS]);
	past->tx_bytes = m6t_nl_past_u64(attrs[M6T_A_TX_BYTES]);
	past->proven = attrs[M6T_A_PROVEN] && nla_get_u8(attrs[M6T_A_PROVEN]);
	return 0;
}

static int m6t_nl_add_refused(struct genl_info *info, int err)
{
	struct nlattr **attrs = info->attrs;

	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[M6T_A_ADDRESS],
				    "m6t: the address is already bound to this endpoint");
		break;
	case -EADDRINUSE:
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[M6T_A_ADDRESS],
				    "m6t: the address is bound to another endpoint, delete that binding first");
		break;
	case -ETIME:
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[M6T_A_IDLE],
				    "m6t: the binding has been idle for longer than active-timeout");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack,
			       "m6t: the table is full, raise max-bindings or delete a binding");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(info->extack,
			       "m6t: no memory for a binding, of the host or of the memory cgroup that created the device");
		break;
	}
	return err;
}

/**
 * m6t_nl_binding_add_doit() - add a static binding, or one that was saved (G13)
 * @skb: the command's message
 * @info: the command
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_binding_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct in6_addr *addr = m6t_nl_address(info);
	struct m6t_dev *m6t = m6t_nl_dev(info);
	struct m6t_binding_past past;
	enum m6t_binding_state kind;
	struct m6t_endpoint ep;
	struct m6t_binding *b;
	int err;

	if (IS_ERR(addr))
		return PTR_ERR(addr);
	err = m6t_nl_add_kind(info, &kind, &past);
	if (err)
		return err;
	err = m6t_nl_add_endpoint(info, m6t, &ep);
	if (err)
		return err;
	err = m6t_nl_add_check(info, m6t, addr, &ep);
	if (err)
		return err;

	rcu_read_lock();
	b = m6t_state_add(m6t_dev_bindings(m6t), kind, addr, &ep, &past);
	err = PTR_ERR_OR_ZERO(b);
	rcu_read_unlock();
	return m6t_nl_add_refused(info, err);
}

/**
 * m6t_nl_binding_del_doit() - delete the binding of an address (G13)
 * @skb: the command's message
 * @info: the command
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_binding_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct in6_addr *addr = m6t_nl_address(info);

	if (m6t_dev_nodes(m6t_nl_dev(info)))
		return m6t_nl_unbind_doit(skb, info);
	if (IS_ERR(addr))
		return PTR_ERR(addr);
	if (m6t_state_del(m6t_dev_bindings(m6t_nl_dev(info)), addr))
		return m6t_nl_no_binding(info);
	return 0;
}

/**
 * m6t_nl_binding_flush_doit() - delete all bindings that match (G13)
 * @skb: the command's message
 * @info: the command; the reply has their number
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_binding_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *address = info->attrs[M6T_A_ADDRESS];
	struct m6t_dev *m6t = m6t_nl_dev(info);
	struct m6t_filter filter;
	struct sk_buff *msg;
	void *hdr;
	u32 n;

	if (address) {
		NL_SET_ERR_MSG_ATTR(info->extack, address,
				    "m6t: flush takes a prefix, not an address, use BINDING_DEL to delete one binding");
		return -EINVAL;
	}
	if (m6t_nl_filter_check(info->attrs, info->extack))
		return -EINVAL;
	msg = m6t_nl_reply_new(info, NLMSG_DEFAULT_SIZE, &hdr);
	if (!msg)
		return -ENOMEM;
	m6t_nl_filter(info->attrs, &filter);
	n = m6t_dev_nodes(m6t) ?
	    m6t_nodes_flush(m6t_dev_nodes(m6t), &filter) :
	    m6t_state_flush(m6t_dev_bindings(m6t), &filter);
	if (nla_put_u32(msg, M6T_A_COUNT, n)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
