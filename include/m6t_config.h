/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of a device. */
#ifndef M6T_CONFIG_H
#define M6T_CONFIG_H

#include <linux/rcupdate.h>
#include <net/netlink.h>
#include <linux/m6t.h>

struct m6t_role;
struct net;

/**
 * struct m6t_config - settings of a device; const once published
 *
 * A change publishes a new copy and frees the old one by RCU, so a packet sees
 * either the old settings or the new ones, never a mixture (G16).
 * Addresses and ports are in network byte order.
 *
 * @rcu: frees the struct
 * @prefix: the /80 of a mobile node, the prefixes of a gateway; DSMIPv6: the prefixes
 *	of home addresses, a mobile node's home address
 * @home_agent: gateway: acceptable home agents; DSMIPv6: the home agent
 * @prefix4: DSMIPv6: likewise for IPv4 home addresses
 * @exempt: gateway: IPv4 sources exempt from @rate
 * @weight: gateway: IPv4 prefixes that count as one source, or as many (G18)
 * @port: gateway: ports to listen on; mobile node: the gateway's port
 * @local: IPv4 address to bind to; 0: any
 * @gateway: mobile node: the gateway's IPv4 address
 * @ha4: DSMIPv6: the home agent's IPv4 address
 * @sport: mobile node: own port; 0: a random one per attachment
 * @max_bindings: gateway: maximum number of bindings in all states; DSMIPv6 home
 *	agent: of bound home addresses
 * @temp_timeout: gateway: ms
 * @active_timeout: gateway: s
 * @rate: gateway: new bindings per second and IPv4 source; 0: no limit
 * @burst: gateway: new bindings per IPv4 source at once
 * @keepalive: mobile node: s; 0: off
 * @link: ifindex of the underlay, 0: any
 * @fwmark: mark of outer packets, 0: the inner packet's, unless the sockets are
 *	in another netns
 * @n_prefixes: used entries of @prefix
 * @n_home_agents: used entries of @home_agent
 * @n_exempts: used entries of @exempt
 * @n_weights: used entries of @weight
 * @n_ports: used entries of @port
 * @n_prefixes4: used entries of @prefix4
 * @mode: &enum m6t_mode
 * @pressure: gateway: percent of @max_bindings from which proofs are asked for
 * @hairpin: gateway: forward between mobile nodes
 * @keepalive_retries: mobile node: unanswered keepalives until unreachable
 * @rotate: mobile node: attach again when unreachable
 * @ttl: outer TTL or %M6T_TTL_INHERIT
 * @tos: outer TOS or %M6T_TOS_INHERIT
 * @df: &enum m6t_df
 * @udp_csum: compute the outer checksum
 * @encap: DSMIPv6 mobile node: 1: ask for UDP always
 * @ipsec: DSMIPv6: signalling must be protected
 */
struct m6t_config {
	struct rcu_head rcu;
	struct m6t_prefix6 prefix[M6T_MAX_PREFIXES];
	struct m6t_prefix6 home_agent[M6T_MAX_HOME_AGENTS];
	struct m6t_prefix4 exempt[M6T_MAX_EXEMPTS];
	struct m6t_weight4 weight[M6T_MAX_WEIGHTS];
	struct m6t_prefix4 prefix4[M6T_MAX_PREFIXES4];
	__be16 port[M6T_MAX_PORTS];
	__be32 local;
	__be32 gateway;
	__be32 ha4;
	__be16 sport;
	u32 max_bindings;
	u32 temp_timeout;
	u32 active_timeout;
	u32 rate;
	u32 burst;
	u32 keepalive;
	u32 link;
	u32 fwmark;
	u8 n_prefixes;
	u8 n_home_agents;
	u8 n_exempts;
	u8 n_weights;
	u8 n_ports;
	u8 n_prefixes4;
	u8 mode;
	u8 pressure;
	u8 hairpin;
	u8 keepalive_retries;
	u8 rotate;
	u8 ttl;
	u8 tos;
	u8 df;
	u8 udp_csum;
	u8 encap;
	u8 ipsec;
};

/**
 * m6t_config_refuse() - refuse a setting and say why (B5)
 * @extack: netlink extended ack, or NULL
 * @attr: the attribute at fault, or NULL
 * @sentence: what is wrong and what is expected; must have static lifetime
 *
 * Return: -EINVAL.
 */
static inline int m6t_config_refuse(struct netlink_ext_ack *extack,
				    const struct nlattr *attr,
				    const char *sentence)
{
	if (extack)
		extack->_msg = sentence;
	NL_SET_BAD_ATTR(extack, attr);
	return -EINVAL;
}

extern const struct nla_policy m6t_config_policy[IFLA_M6T_MAX + 1];
struct m6t_config *m6t_config_new(struct net *net, struct net *here,
				  const struct m6t_role *role,
				  const struct m6t_config *old,
				  struct nlattr *data[],
				  struct netlink_ext_ack *extack);
size_t m6t_config_size(void);
int m6t_config_fill(const struct m6t_config *cfg, struct sk_buff *msg);

#endif /* M6T_CONFIG_H */
