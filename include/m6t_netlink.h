/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: what commands and events share. */
#ifndef M6T_NETLINK_H
#define M6T_NETLINK_H

#include <net/genetlink.h>

#include "m6t_state.h"

struct m6t_dev;
struct m6t_node;
struct m6t_slot;
struct m6t_slots;

/* Multicast groups, in their order. */
enum { M6T_NL_EVENTS };

/**
 * enum m6t_nl_need - what a command needs its device to have
 * @M6T_NL_DEVICE: nothing, any device will do
 * @M6T_NL_BINDINGS: bindings of any kind
 * @M6T_NL_ATTACHMENT: an attachment, or the means to begin one
 * @M6T_NL_TABLE: a binding table of static bindings
 * @M6T_NL_NODES: bound mobile nodes
 * @M6T_NL_SLOTS: care-of addresses
 * @M6T_NL_MODULE: a protocol module of DSMIPv6
 */
enum m6t_nl_need {
	M6T_NL_DEVICE = 1,
	M6T_NL_BINDINGS,
	M6T_NL_ATTACHMENT,
	M6T_NL_TABLE,
	M6T_NL_NODES,
	M6T_NL_SLOTS,
	M6T_NL_MODULE,
};

/**
 * struct m6t_nl_place - where a dump continues
 * @ifindex: lowest ifindex of the remaining devices; above INT_MAX, the highest
 *	possible one, if there are none
 * @walk: position in that device's bindings
 *
 * Stored in &netlink_callback.ctx.
 */
struct m6t_nl_place {
	u32 ifindex;
	struct m6t_walk walk;
};

/* m6t_nl.c */
extern struct genl_family m6t_nl_family;

struct net_device *m6t_nl_dev_get(struct net *net, struct nlattr *attr,
				  u8 need, struct netlink_ext_ack *extack);
struct net_device *m6t_nl_dev_next(struct net *net, u32 ifindex);
struct in6_addr *m6t_nl_address(struct genl_info *info);
int m6t_nl_no_binding(struct genl_info *info);
struct sk_buff *m6t_nl_reply_new(struct genl_info *info, size_t size,
				 void **hdr);
int m6t_nl_fill_name(struct sk_buff *msg, const struct net_device *dev);
int m6t_nl_fill_netns(struct sk_buff *msg, const struct m6t_dev *m6t,
		      struct net *asker, gfp_t gfp);
int m6t_nl_fill_dev(struct sk_buff *msg, struct m6t_dev *m6t,
		    struct net *asker);
int m6t_nl_fill_stats(struct sk_buff *msg, struct m6t_dev *m6t,
		      struct net *asker);
size_t m6t_nl_dev_size(void);
int m6t_nl_fill_remote(struct sk_buff *msg, const struct m6t_endpoint *ep);
int m6t_nl_fill_local(struct sk_buff *msg, const struct m6t_endpoint *ep);
int m6t_nl_fill_binding(struct sk_buff *msg, const struct m6t_state *state,
			const struct m6t_binding *b, bool privileged);

/* m6t_nl_binding.c */
int m6t_nl_binding_get_doit(struct sk_buff *skb, struct genl_info *info);
int m6t_nl_binding_get_start(struct netlink_callback *cb);
int m6t_nl_binding_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int m6t_nl_binding_add_doit(struct sk_buff *skb, struct genl_info *info);
int m6t_nl_binding_del_doit(struct sk_buff *skb, struct genl_info *info);
int m6t_nl_binding_flush_doit(struct sk_buff *skb, struct genl_info *info);

/* dsmip/m6t_nl_fill.c */
int m6t_nl_fill_node(struct sk_buff *msg, const struct m6t_node *node,
		     bool privileged);
int m6t_nl_fill_slot(struct sk_buff *msg, u8 state, const struct m6t_slot *slot);
int m6t_nl_fill_outer(struct sk_buff *msg, const struct m6t_outer *outer);
int m6t_nl_fill_slots(struct sk_buff *msg, const struct m6t_slots *slots);

/* dsmip/m6t_nl_node.c */
int m6t_nl_node_get(struct sk_buff *msg, struct m6t_dev *m6t,
		    const struct in6_addr *hoa, bool privileged);
int m6t_nl_bind_doit(struct sk_buff *skb, struct genl_info *info);
int m6t_nl_unbind_doit(struct sk_buff *skb, struct genl_info *info);

/* dsmip/m6t_nl_slot.c */
int m6t_nl_slot(struct m6t_dev *m6t, struct genl_info *info);
int m6t_nl_commit(struct m6t_dev *m6t, struct genl_info *info);

/* m6t_netlink.c */
int m6t_nl_init(void);
void m6t_nl_exit(void);

/**
 * m6t_nl_dev() - get the device of a command, held while it runs
 * @info: the command
 *
 * Return: the device.
 */
static inline struct m6t_dev *m6t_nl_dev(struct genl_info *info)
{
	return netdev_priv(info->user_ptr[0]);
}

#endif /* M6T_NETLINK_H */
