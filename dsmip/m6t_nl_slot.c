// SPDX-License-Identifier: GPL-2.0
/* The commands about the care-of addresses of a mobile node. */

#include <net/genetlink.h>

#include "m6t.h"
#include "m6t_netlink.h"

/* Time for which a former care-of address still receives, ms: default and maximum. */
#define M6T_NL_LINGER		500
#define M6T_NL_LINGER_MAX	60000

/* With the home address as the care-of address, the tunnel would lead into itself. */
static int m6t_nl_slot_check(struct m6t_dev *m6t, struct genl_info *info,
			     const struct m6t_slot_spec *spec)
{
	const struct m6t_config *cfg = rtnl_dereference(m6t->cfg);
	struct nlattr *local = info->attrs[M6T_A_LOCAL];
	struct nlattr *local6 = info->attrs[M6T_A_LOCAL6];
	bool is_ip6;

	if (local && local6)
		return m6t_config_refuse(info->extack, local6,
					 "m6t: a care-of address is either IPv6 or IPv4, not both");
	is_ip6 = spec->encap == M6T_ENCAP_IP6;
	if (is_ip6 != !!local6)
		return m6t_config_refuse(info->extack, info->attrs[M6T_A_ENCAP],
					 "m6t: kind ip6 is for IPv6 care-of addresses, udp4 and ip4 are for IPv4 ones");
	if (local && !m6t_addr4_is_usable(spec->local))
		return m6t_config_refuse(info->extack, local,
					 "m6t: a care-of address must be a unicast IPv4 address of this host");
	if (local6 && (!m6t_addr_is_global(&spec->local6) ||
		       ipv6_addr_equal(&spec->local6, &cfg->prefix[0].addr)))
		return m6t_config_refuse(info->extack, local6,
					 "m6t: a care-of address must be a global unicast IPv6 address of this host, and not hoa");
	return 0;
}

/**
 * m6t_nl_slot() - start or stop sending signalling from a care-of address (D5)
 * @m6t: DSMIPv6 mobile node
 * @info: the command
 *
 * Context: process, RTNL held.
 * Return: 0 or an error.
 */
int m6t_nl_slot(struct m6t_dev *m6t, struct genl_info *info)
{
	struct nlattr *local = info->attrs[M6T_A_LOCAL];
	struct nlattr *local6 = info->attrs[M6T_A_LOCAL6];
	struct nlattr *encap = info->attrs[M6T_A_ENCAP];
	struct nlattr *link = info->attrs[M6T_A_LINK];
	struct m6t_slot_spec spec = {
		.local = local ? nla_get_in_addr(local) : 0,
		.local6 = local6 ? nla_get_in6_addr(local6) : in6addr_any,
		.link = link ? nla_get_u32(link) : 0,
		.encap = encap ? nla_get_u8(encap) :
			 local6 ? M6T_ENCAP_IP6 : M6T_ENCAP_UDP4,
	};
	int err;

	if (!local && !local6) {
		m6t_slots_clear(m6t);
		return 0;
	}
	if (!(m6t->dev->flags & IFF_UP)) {
		NL_SET_ERR_MSG(info->extack,
			       "m6t: the device is down, bring it up first");
		return -ENETDOWN;
	}
	if (!rtnl_dev_link_net_capable(m6t->dev, m6t->net)) {
		NL_SET_ERR_MSG(info->extack,
			       "m6t: setting a care-of address also needs CAP_NET_ADMIN in the netns of the device's sockets");
		return -EPERM;
	}
	err = m6t_nl_slot_check(m6t, info, &spec);
	if (err)
		return err;
	err = m6t_slots_set(m6t, &spec, info->extack);
	if (err == -EADDRNOTAVAIL)
		NL_SET_BAD_ATTR(info->extack, local ?: local6);
	else if (err == -ENOLINK && spec.link)
		NL_SET_ERR_MSG_ATTR(info->extack, link,
				    "m6t: link must be in the netns of the device's sockets");
	return err;
}

/**
 * m6t_nl_commit() - send payload from the pending care-of address (D5)
 * @m6t: DSMIPv6 mobile node
 * @info: the command
 *
 * Context: process, RTNL held.
 * Return: 0 or an error.
 */
int m6t_nl_commit(struct m6t_dev *m6t, struct genl_info *info)
{
	struct nlattr *linger = info->attrs[M6T_A_LINGER];
	struct nlattr *encap = info->attrs[M6T_A_ENCAP];
	u64 ms = linger ? nla_get_u64(linger) : M6T_NL_LINGER;

	if (ms > M6T_NL_LINGER_MAX)
		return m6t_config_refuse(info->extack, linger,
					 "m6t: a former care-of address can linger for 0 to 60000 ms");
	return m6t_slots_commit(m6t, encap ? nla_get_u8(encap) : 0, ms,
				info->extack);
}
