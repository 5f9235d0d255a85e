// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of the generic netlink family: the list of all of them with their
 * requirements, and the handlers of those about devices.
 * Documentation/netlink/specs/m6t.yaml describes them.
 *
 * A command looks up its device in the netns of the sender's socket and holds it
 * while it runs. A dump holds no reference between two messages, only its position,
 * so a stalled reader does not keep a device alive.
 */

#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "m6t.h"
#include "m6t_event.h"
#include "m6t_netlink.h"

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
	[M6T_A_PROVEN]		= NLA_POLICY_MAX(NLA_U8, 1),
	[M6T_A_ID]		= NLA_POLICY_EXACT_LEN(M6T_ID_LEN),
	[M6T_A_ENCAP]		= NLA_POLICY_RANGE(NLA_U8, M6T_ENCAP_UDP4,
						   M6T_ENCAP_IP6),
	[M6T_A_EXPIRES]		= { .type = NLA_U64 },
	[M6T_A_HOA4]		= { .type = NLA_BE32 },
	[M6T_A_LINK]		= { .type = NLA_U32 },
	[M6T_A_LINGER]		= { .type = NLA_U64 },
	[M6T_A_EVENT]		= { .type = NLA_U8 },
	[M6T_A_STATUS]		= { .type = NLA_U8 },
	[M6T_A_REMOTE6]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[M6T_A_LOCAL6]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
};

/* The state of a dump between two messages. */
static_assert(sizeof(struct m6t_nl_place) <=
	      sizeof_field(struct netlink_callback, ctx));

typedef int (*m6t_nl_fill_t)(struct sk_buff *msg, struct m6t_dev *m6t,
			     struct net *asker);

/* Reply to a command with what @fill writes about its device; consumes @msg. */
static int m6t_nl_reply_dev(struct genl_info *info, m6t_nl_fill_t fill,
			    struct sk_buff *msg, void *hdr)
{
	if (fill(msg, m6t_nl_dev(info), genl_info_net(info))) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

static int m6t_nl_answer(struct genl_info *info, m6t_nl_fill_t fill)
{
	struct sk_buff *msg;
	void *hdr;

	msg = m6t_nl_reply_new(info, m6t_nl_dev_size(), &hdr);
	return msg ? m6t_nl_reply_dev(info, fill, msg, hdr) : -ENOMEM;
}

static int m6t_nl_dev_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return m6t_nl_answer(info, m6t_nl_fill_dev);
}

static int m6t_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return m6t_nl_answer(info, m6t_nl_fill_stats);
}

static int m6t_nl_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
			   struct net_device *dev, u8 cmd, m6t_nl_fill_t fill)
{
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &m6t_nl_family, NLM_F_MULTI, cmd);
	if (!hdr)
		return -EMSGSIZE;
	err = fill(skb, netdev_priv(dev), sock_net(skb->sk));
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static int m6t_nl_dump_devs(struct sk_buff *skb, struct netlink_callback *cb,
			    u8 cmd, m6t_nl_fill_t fill)
{
	struct m6t_nl_place *place = (void *)cb->ctx;
	struct net *net = sock_net(skb->sk);
	struct net_device *dev;
	u32 next;
	int err;

	while ((dev = m6t_nl_dev_next(net, place->ifindex))) {
		next = (u32)dev->ifindex + 1;
		err = m6t_nl_dump_dev(skb, cb, dev, cmd, fill);
		dev_put(dev);
		if (err)
			return skb->len ?: err;
		place->ifindex = next;
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

static int m6t_nl_attach(struct m6t_dev *m6t, struct genl_info *info)
{
	struct nlattr *id = info->attrs[M6T_A_ID];
	int err;

	ASSERT_RTNL();
	if (!(m6t->dev->flags & IFF_UP)) {
		NL_SET_ERR_MSG(info->extack,
			       "m6t: the device is down, bring it up first");
		return -ENETDOWN;
	}
	err = m6t->role->attach(m6t, rtnl_dereference(m6t->cfg),
				id ? nla_data(id) : NULL, info->extack);
	if (err == -EADDRINUSE && id)
		NL_SET_BAD_ATTR(info->extack, id);
	return err;
}

/* Change a device by @change, under RTNL, and reply with its state. */
static int m6t_nl_change(struct genl_info *info,
			 int (*change)(struct m6t_dev *m6t,
				       struct genl_info *info))
{
	struct m6t_dev *m6t = m6t_nl_dev(info);
	struct sk_buff *msg;
	void *hdr;
	int err;

	/* Allocate the reply first: an error must mean that nothing has changed. */
	msg = m6t_nl_reply_new(info, m6t_nl_dev_size(), &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	err = change(m6t, info);
	rtnl_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return m6t_nl_reply_dev(info, m6t_nl_fill_dev, msg, hdr);
}

static int m6t_nl_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	return m6t_nl_change(info, m6t_nl_attach);
}

static int m6t_nl_slot_doit(struct sk_buff *skb, struct genl_info *info)
{
	return m6t_nl_change(info, m6t_nl_slot);
}

static int m6t_nl_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	return m6t_nl_change(info, m6t_nl_commit);
}

static int m6t_nl_detach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct m6t_dev *m6t = m6t_nl_dev(info);

	rtnl_lock();
	m6t->role->detach(m6t);
	rtnl_unlock();
	return 0;
}

/* What is known only above the device is reported with what the device knows. */
static int m6t_nl_report_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[M6T_A_EVENT];
	u8 event = attr ? nla_get_u8(attr) : M6T_EVENT_UNSPEC;

	if (event != M6T_EVENT_UNREACHABLE &&
	    (event < M6T_EVENT_REGISTERING || event > M6T_EVENT_HOME))
		return m6t_config_refuse(info->extack, attr,
					 "m6t: only events of a protocol module can be reported");
	m6t_event_module(m6t_nl_dev(info), event, info->attrs);
	return 0;
}

/* The flags are an enum m6t_nl_need. */
static const struct genl_ops m6t_nl_ops[] = {
	{
		.cmd		= M6T_CMD_DEV_GET,
		.internal_flags	= M6T_NL_DEVICE,
		.doit		= m6t_nl_dev_get_doit,
		.dumpit		= m6t_nl_dev_get_dumpit,
	},
	{
		.cmd		= M6T_CMD_STATS_GET,
		.internal_flags	= M6T_NL_DEVICE,
		.doit		= m6t_nl_stats_get_doit,
		.dumpit		= m6t_nl_stats_get_dumpit,
	},
	{
		.cmd		= M6T_CMD_BINDING_GET,
		.internal_flags	= M6T_NL_BINDINGS,
		.doit		= m6t_nl_binding_get_doit,
		.start		= m6t_nl_binding_get_start,
		.dumpit		= m6t_nl_binding_get_dumpit,
	},
	{
		.cmd		= M6T_CMD_BINDING_ADD,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_TABLE,
		.doit		= m6t_nl_binding_add_doit,
	},
	{
		.cmd		= M6T_CMD_BINDING_DEL,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_BINDINGS,
		.doit		= m6t_nl_binding_del_doit,
	},
	{
		.cmd		= M6T_CMD_BINDING_FLUSH,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_BINDINGS,
		.doit		= m6t_nl_binding_flush_doit,
	},
	{
		.cmd		= M6T_CMD_ATTACH,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_ATTACHMENT,
		.doit		= m6t_nl_attach_doit,
	},
	{
		.cmd		= M6T_CMD_DETACH,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_ATTACHMENT,
		.doit		= m6t_nl_detach_doit,
	},
	{
		.cmd		= M6T_CMD_BIND,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_NODES,
		.doit		= m6t_nl_bind_doit,
	},
	{
		.cmd		= M6T_CMD_UNBIND,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_NODES,
		.doit		= m6t_nl_unbind_doit,
	},
	{
		.cmd		= M6T_CMD_SLOT,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_SLOTS,
		.doit		= m6t_nl_slot_doit,
	},
	{
		.cmd		= M6T_CMD_COMMIT,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_SLOTS,
		.doit		= m6t_nl_commit_doit,
	},
	{
		.cmd		= M6T_CMD_REPORT,
		.flags		= GENL_UNS_ADMIN_PERM,
		.internal_flags	= M6T_NL_MODULE,
		.doit		= m6t_nl_report_doit,
	},
};

static int m6t_nl_pre_doit(const struct m6t_genl_ops_done *ops,
			   struct sk_buff *skb, struct genl_info *info)
{
	struct net_device *dev;

	dev = m6t_nl_dev_get(genl_info_net(info), info->attrs[M6T_A_IFINDEX],
			     ops->internal_flags, info->extack);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	info->user_ptr[0] = dev;
	return 0;
}

static void m6t_nl_post_doit(const struct m6t_genl_ops_done *ops,
			     struct sk_buff *skb, struct genl_info *info)
{
	dev_put(info->user_ptr[0]);
}

/**
 * m6t_nl_init() - register the family
 *
 * Context: process.
 * Return: 0 or an error.
 */
int __init m6t_nl_init(void)
{
	m6t_nl_family.policy = m6t_nl_policy;
	m6t_nl_family.ops = m6t_nl_ops;
	m6t_nl_family.n_ops = ARRAY_SIZE(m6t_nl_ops);
	m6t_nl_family.pre_doit = m6t_nl_pre_doit;
	m6t_nl_family.post_doit = m6t_nl_post_doit;
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
