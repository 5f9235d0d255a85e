// SPDX-License-Identifier: GPL-2.0
/* The commands about bound mobile nodes: bind, unbind, get. */

#include <net/genetlink.h>

#include "m6t.h"
#include "m6t_netlink.h"

/* A lifetime is 16 bits in units of 4 s [RFC 6275, 6.1.7]. */
#define M6T_NL_LIFE_MAX		(U16_MAX * 4 * MSEC_PER_SEC)

/**
 * m6t_nl_node_get() - write the mobile node with a home address
 * @msg: message
 * @m6t: DSMIPv6 home agent
 * @hoa: home address
 * @privileged: the reader has CAP_NET_ADMIN and may see remote addresses
 *
 * Context: under RCU.
 * Return: 0, -ENOENT or -EMSGSIZE.
 */
int m6t_nl_node_get(struct sk_buff *msg, struct m6t_dev *m6t,
		    const struct in6_addr *hoa, bool privileged)
{
	struct m6t_node *node = m6t_nodes_lookup(m6t_dev_nodes(m6t), hoa);

	return node ? m6t_nl_fill_node(msg, node, privileged) : -ENOENT;
}

static int m6t_nl_bind_refuse(struct genl_info *info, int attr,
			      const char *sentence)
{
	return m6t_config_refuse(info->extack, info->attrs[attr], sentence);
}

static int m6t_nl_bind_home(struct genl_info *info,
			    const struct m6t_config *cfg,
			    struct m6t_node_spec *spec)
{
	struct nlattr *hoa4 = info->attrs[M6T_A_HOA4];

	spec->hoa4 = hoa4 ? nla_get_in_addr(hoa4) : 0;
	if (!m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, &spec->hoa) ||
	    !m6t_addr_is_global(&spec->hoa) ||
	    ipv6_addr_equal(&spec->hoa, &cfg->home_agent[0].addr))
		return m6t_nl_bind_refuse(info, M6T_A_ADDRESS,
					  "m6t: the home address must lie inside home and differ from ha");
	if (hoa4 && (!m6t_addr4_is_inner(spec->hoa4) ||
		     spec->hoa4 == cfg->ha4 ||
		     !m6t_prefix4_match(cfg->prefix4, cfg->n_prefixes4,
					spec->hoa4)))
		return m6t_nl_bind_refuse(info, M6T_A_HOA4,
					  "m6t: the IPv4 home address must lie inside home4 and differ from ha4");
	return 0;
}

/* With a home address as the care-of address, the tunnel would lead into itself. */
static bool m6t_nl_is_coa(const struct m6t_config *cfg, __be32 addr)
{
	return m6t_addr4_is_usable(addr) && addr != cfg->ha4 &&
	       !m6t_prefix4_match(cfg->prefix4, cfg->n_prefixes4, addr);
}

static bool m6t_nl_is_coa6(const struct m6t_config *cfg,
			   const struct in6_addr *addr)
{
	return m6t_addr_is_global(addr) &&
	       !ipv6_addr_equal(addr, &cfg->home_agent[0].addr) &&
	       !m6t_prefix6_match(cfg->prefix, cfg->n_prefixes, addr);
}

static int m6t_nl_bind_endpoint6(struct genl_info *info,
				 const struct m6t_config *cfg,
				 struct m6t_node_spec *spec)
{
	struct nlattr *remote = info->attrs[M6T_A_REMOTE6];
	struct nlattr *encap = info->attrs[M6T_A_ENCAP];

	spec->ep6.remote = nla_get_in6_addr(remote);
	spec->ep6.local = cfg->home_agent[0].addr;
	spec->encap = M6T_ENCAP_IP6;
	if (!m6t_nl_is_coa6(cfg, &spec->ep6.remote))
		return m6t_nl_bind_refuse(info, M6T_A_REMOTE6,
					  "m6t: an IPv6 care-of address must be a global unicast address outside home, and not ha");
	if (info->attrs[M6T_A_REMOTE] || info->attrs[M6T_A_PORT] ||
	    info->attrs[M6T_A_LOCAL_PORT])
		return m6t_nl_bind_refuse(info, M6T_A_REMOTE6,
					  "m6t: a care-of address is either IPv6 or IPv4 with a port, not both");
	if (encap && nla_get_u8(encap) != M6T_ENCAP_IP6)
		return m6t_nl_bind_refuse(info, M6T_A_ENCAP,
					  "m6t: an IPv6 care-of address is of kind ip6");
	return 0;
}

static int m6t_nl_bind_endpoint4(struct genl_info *info,
				 const struct m6t_config *cfg,
				 struct m6t_node_spec *spec)
{
	struct nlattr *remote = info->attrs[M6T_A_REMOTE];
	struct nlattr *local = info->attrs[M6T_A_LOCAL_PORT];
	struct nlattr *port = info->attrs[M6T_A_PORT];
	struct nlattr *encap = info->attrs[M6T_A_ENCAP];

	if (!remote || !m6t_nl_is_coa(cfg, nla_get_in_addr(remote)))
		return m6t_nl_bind_refuse(info, M6T_A_REMOTE,
					  "m6t: a care-of address must be a unicast IPv4 address outside home4, and not ha4");
	if (!port || !nla_get_be16(port))
		return m6t_nl_bind_refuse(info, M6T_A_PORT,
					  "m6t: port must be 1 to 65535");
	spec->ep.remote = nla_get_in_addr(remote);
	spec->ep.port = nla_get_be16(port);
	spec->ep.local = cfg->ha4;
	spec->ep.local_port = local ? nla_get_be16(local) : cfg->port[0];
	spec->encap = encap ? nla_get_u8(encap) : M6T_ENCAP_UDP4;
	if (spec->encap == M6T_ENCAP_IP6)
		return m6t_nl_bind_refuse(info, M6T_A_ENCAP,
					  "m6t: an IPv4 care-of address is of kind udp4 or ip4");
	if (spec->ep.local_port != cfg->port[0])
		return m6t_nl_bind_refuse(info, M6T_A_LOCAL_PORT,
					  "m6t: the local port must be the one that the device listens on");
	return 0;
}

static int m6t_nl_bind_endpoint(struct genl_info *info,
				const struct m6t_config *cfg,
				struct m6t_node_spec *spec)
{
	return info->attrs[M6T_A_REMOTE6] ?
	       m6t_nl_bind_endpoint6(info, cfg, spec) :
	       m6t_nl_bind_endpoint4(info, cfg, spec);
}

static int m6t_nl_bind_life(struct genl_info *info, struct m6t_node_spec *spec)
{
	struct nlattr *expires = info->attrs[M6T_A_EXPIRES];
	u64 ms = expires ? nla_get_u64(expires) : 0;

	if (!ms || ms > M6T_NL_LIFE_MAX)
		return m6t_nl_bind_refuse(info, M6T_A_EXPIRES,
					  "m6t: a lifetime must be 1 to 262140000 ms");
	spec->life = ms * NSEC_PER_MSEC;
	return 0;
}

static int m6t_nl_bind_refused(struct genl_info *info, int err)
{
	switch (err) {
	case -EADDRINUSE:
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[M6T_A_HOA4],
				    "m6t: the IPv4 home address is bound with another home address");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack,
			       "m6t: the table is full, raise max-bindings or end a binding");
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(info->extack, "m6t: no memory for a binding");
		break;
	}
	return err;
}

/**
 * m6t_nl_bind_doit() - bind a home address, or bind it again
 * @skb: the command's message
 * @info: the command
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_bind_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct in6_addr *hoa = m6t_nl_address(info);
	struct m6t_dev *m6t = m6t_nl_dev(info);
	struct m6t_node_spec spec = {};
	const struct m6t_config *cfg;
	int err;

	if (IS_ERR(hoa))
		return PTR_ERR(hoa);
	spec.hoa = *hoa;
	rcu_read_lock();
	cfg = rcu_dereference(m6t->cfg);
	err = m6t_nl_bind_home(info, cfg, &spec) ?:
	      m6t_nl_bind_endpoint(info, cfg, &spec) ?:
	      m6t_nl_bind_life(info, &spec);
	rcu_read_unlock();
	if (err)
		return err;
	return m6t_nl_bind_refused(info, m6t_nodes_bind(m6t_dev_nodes(m6t),
							&spec));
}

/**
 * m6t_nl_unbind_doit() - end the binding of a home address
 * @skb: the command's message
 * @info: the command
 *
 * Context: process.
 * Return: 0 or an error.
 */
int m6t_nl_unbind_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct in6_addr *hoa = m6t_nl_address(info);

	if (IS_ERR(hoa))
		return PTR_ERR(hoa);
	if (m6t_nodes_unbind(m6t_dev_nodes(m6t_nl_dev(info)), hoa))
		return m6t_nl_no_binding(info);
	return 0;
}
