// SPDX-License-Identifier: GPL-2.0
/*
 * Settings: from netlink attributes to a checked, const configuration and
 * back. Every refusal is one sentence that says what is expected (B5).
 */

#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "m6t.h"

/* Modes that have a setting: as bits, and as text for error messages. */
#define M6T_MODES_GW	BIT(M6T_MODE_GW)
#define M6T_MODES_MN	BIT(M6T_MODE_MN)
#define M6T_MODES_HA	BIT(M6T_MODE_DSMIP_HA)
#define M6T_MODES_DMN	BIT(M6T_MODE_DSMIP_MN)
#define M6T_MODES_GW_HA	(M6T_MODES_GW | M6T_MODES_HA)
#define M6T_MODES_MN_DMN	(M6T_MODES_MN | M6T_MODES_DMN)
#define M6T_MODES_GW_MN	(M6T_MODES_GW | M6T_MODES_MN)
#define M6T_MODES_DSMIP	(M6T_MODES_HA | M6T_MODES_DMN)
#define M6T_MODES_AGENT	(M6T_MODES_GW | M6T_MODES_DSMIP)
#define M6T_MODES_ANY	(M6T_MODES_GW_MN | M6T_MODES_DSMIP)
#define M6T_WORDS_GW	"mode gw only"
#define M6T_WORDS_MN	"mode mn only"
#define M6T_WORDS_DMN	"mode dsmip-mn only"
#define M6T_WORDS_GW_HA	"modes gw and dsmip-ha only"
#define M6T_WORDS_MN_DMN	"modes mn and dsmip-mn only"
#define M6T_WORDS_GW_MN	"modes gw and mn only"
#define M6T_WORDS_DSMIP	"modes dsmip-ha and dsmip-mn only"
#define M6T_WORDS_AGENT	"modes gw, dsmip-ha and dsmip-mn only"
#define M6T_WORDS_ANY	"any mode"

/* Highest weight of a prefix: that of max-bindings. */
#define M6T_WEIGHT_MAX	16777216

const struct nla_policy m6t_config_policy[IFLA_M6T_MAX + 1] = {
	[IFLA_M6T_MODE]			= { .type = NLA_U8 },
	[IFLA_M6T_PREFIXES]		= { .type = NLA_NESTED },
	[IFLA_M6T_HOME_AGENTS]		= { .type = NLA_NESTED },
	[IFLA_M6T_LOCAL]		= { .type = NLA_BE32 },
	[IFLA_M6T_PORTS]		= { .type = NLA_NESTED },
	[IFLA_M6T_MAX_BINDINGS]		= { .type = NLA_U32 },
	[IFLA_M6T_TEMP_TIMEOUT]		= { .type = NLA_U32 },
	[IFLA_M6T_ACTIVE_TIMEOUT]	= { .type = NLA_U32 },
	[IFLA_M6T_RATE]			= { .type = NLA_U32 },
	[IFLA_M6T_BURST]		= { .type = NLA_U32 },
	[IFLA_M6T_EXEMPTS]		= { .type = NLA_NESTED },
	[IFLA_M6T_HAIRPIN]		= { .type = NLA_U8 },
	[IFLA_M6T_GATEWAY]		= { .type = NLA_BE32 },
	[IFLA_M6T_SPORT]		= { .type = NLA_BE16 },
	[IFLA_M6T_KEEPALIVE]		= { .type = NLA_U32 },
	[IFLA_M6T_KEEPALIVE_RETRIES]	= { .type = NLA_U8 },
	[IFLA_M6T_ROTATE]		= { .type = NLA_U8 },
	[IFLA_M6T_LINK]			= { .type = NLA_U32 },
	[IFLA_M6T_TTL]			= { .type = NLA_U8 },
	[IFLA_M6T_TOS]			= { .type = NLA_U8 },
	[IFLA_M6T_DF]			= { .type = NLA_U8 },
	[IFLA_M6T_UDP_CSUM]		= { .type = NLA_U8 },
	[IFLA_M6T_FWMARK]		= { .type = NLA_U32 },
	[IFLA_M6T_MTU_AUTO]		= { .type = NLA_U8 },
	[IFLA_M6T_PRESSURE]		= { .type = NLA_U8 },
	[IFLA_M6T_WEIGHTS]		= { .type = NLA_NESTED },
	[IFLA_M6T_HA4]			= { .type = NLA_BE32 },
	[IFLA_M6T_PREFIXES4]		= { .type = NLA_NESTED },
	[IFLA_M6T_ENCAP]		= { .type = NLA_U8 },
	[IFLA_M6T_IPSEC]		= { .type = NLA_U8 },
};

/**
 * struct m6t_number - a setting that is a number in a range
 * @attr: &enum m6t_setting; the policy says how wide it is
 * @modes: bits of the modes that have it
 * @offset: of the field in &struct m6t_config, which is as wide
 * @min: lowest value
 * @max: highest value
 * @fallback: default
 * @range: error message for a value out of range
 * @other: error message for the wrong mode
 */
struct m6t_number {
	u8 attr;
	u8 modes;
	u16 offset;
	u32 min;
	u32 max;
	u32 fallback;
	const char *range;
	const char *other;
};

#define M6T_NUMBER(_attr, _modes, _field, _word, _min, _max, _fallback, _unit) \
	{								\
		.attr = IFLA_M6T_##_attr, .modes = M6T_MODES_##_modes,	\
		.offset = offsetof(struct m6t_config, _field),		\
		.min = _min, .max = _max, .fallback = _fallback,	\
		.range = "m6t: " _word " must be " #_min " to " #_max _unit, \
		.other = "m6t: " _word " is for " M6T_WORDS_##_modes,	\
	}

static const struct m6t_number m6t_numbers[] = {
	M6T_NUMBER(MAX_BINDINGS, GW_HA, max_bindings, "max-bindings",
		   1, 16777216, 65536, ""),
	M6T_NUMBER(TEMP_TIMEOUT, GW, temp_timeout, "temp-timeout",
		   10, 60000, 2000, " ms"),
	M6T_NUMBER(ACTIVE_TIMEOUT, GW, active_timeout, "active-timeout",
		   5, 86400, 120, " s"),
	M6T_NUMBER(RATE, GW, rate, "rate",
		   0, 1000000, 16, " new bindings a second, 0 for no limit"),
	M6T_NUMBER(BURST, GW, burst, "burst",
		   1, 1000000, 64, " new bindings"),
	M6T_NUMBER(PRESSURE, GW, pressure, "pressure",
		   0, 100, 50, " percent of max-bindings"),
	M6T_NUMBER(HAIRPIN, GW, hairpin, "hairpin", 0, 1, 0, ""),
	M6T_NUMBER(KEEPALIVE, MN, keepalive, "keepalive",
		   0, 3600, 30, " s, 0 for none"),
	M6T_NUMBER(KEEPALIVE_RETRIES, MN, keepalive_retries,
		   "keepalive-retries", 1, 20, 3, ""),
	M6T_NUMBER(ROTATE, MN, rotate, "rotate", 0, 1, 1, ""),
	M6T_NUMBER(LINK, ANY, link, "dev",
		   0, 2147483647, 0, ", an ifindex"),
	M6T_NUMBER(TTL, ANY, ttl, "ttl",
		   0, 255, 64, ", 0 to inherit it"),
	M6T_NUMBER(TOS, ANY, tos, "tos",
		   0, 255, M6T_TOS_INHERIT, ", 1 to inherit it"),
	M6T_NUMBER(DF, ANY, df, "df",
		   0, 2, M6T_DF_UNSET, " (unset, set, inherit)"),
	M6T_NUMBER(UDP_CSUM, ANY, udp_csum, "udpcsum", 0, 1, 1, ""),
	M6T_NUMBER(FWMARK, ANY, fwmark, "fwmark",
		   0, 4294967295, 0, ""),
	M6T_NUMBER(ENCAP, DMN, encap, "encap", 0, 1, 0, " (auto, udp)"),
	M6T_NUMBER(IPSEC, DSMIP, ipsec, "ipsec", 0, 1, 1, ""),
};

/**
 * struct m6t_only - a setting other than a number that not all modes have
 * @attr: &enum m6t_setting
 * @modes: bits of the modes that have it
 * @other: error message for the wrong mode
 */
struct m6t_only {
	u8 attr;
	u8 modes;
	const char *other;
};

#define M6T_ONLY(_attr, _modes, _word)					\
	{								\
		.attr = IFLA_M6T_##_attr, .modes = M6T_MODES_##_modes,	\
		.other = "m6t: " _word " is for " M6T_WORDS_##_modes,	\
	}

static const struct m6t_only m6t_onlys[] = {
	M6T_ONLY(HOME_AGENTS, AGENT, "ha"),
	M6T_ONLY(EXEMPTS, GW, "exempt"),
	M6T_ONLY(WEIGHTS, GW, "weight"),
	M6T_ONLY(GATEWAY, MN, "gateway"),
	M6T_ONLY(SPORT, MN_DMN, "sport"),
	M6T_ONLY(LOCAL, GW_MN, "local"),
	M6T_ONLY(HA4, DSMIP, "ha4"),
	M6T_ONLY(PREFIXES4, DSMIP, "home4 or hoa4"),
};

/* Check if a device's mode has a setting, which must not be a number. */
static bool m6t_config_has(const struct m6t_config *cfg, u8 attr)
{
	const struct m6t_only *only;

	for (only = m6t_onlys; only < m6t_onlys + ARRAY_SIZE(m6t_onlys); only++)
		if (only->attr == attr)
			return only->modes & BIT(cfg->mode);
	return true;
}

static int m6t_config_onlys(const struct m6t_config *cfg, struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	const struct m6t_only *only;

	for (only = m6t_onlys; only < m6t_onlys + ARRAY_SIZE(m6t_onlys); only++)
		if (data[only->attr] && !(only->modes & BIT(cfg->mode)))
			return m6t_config_refuse(extack, data[only->attr],
						 only->other);
	return 0;
}

static bool m6t_number_is_wide(const struct m6t_number *num)
{
	return m6t_config_policy[num->attr].type == NLA_U32;
}

static u32 m6t_number_get(const struct m6t_config *cfg,
			  const struct m6t_number *num)
{
	const void *field = (const void *)cfg + num->offset;

	return m6t_number_is_wide(num) ? *(const u32 *)field :
					 *(const u8 *)field;
}

static void m6t_number_set(struct m6t_config *cfg,
			   const struct m6t_number *num, u32 value)
{
	void *field = (void *)cfg + num->offset;

	if (m6t_number_is_wide(num))
		*(u32 *)field = value;
	else
		*(u8 *)field = value;
}

static int m6t_config_numbers(struct m6t_config *cfg, struct nlattr *data[],
			      struct netlink_ext_ack *extack)
{
	const struct m6t_number *num;
	struct nlattr *attr;
	u32 value;

	for (num = m6t_numbers; num < m6t_numbers + ARRAY_SIZE(m6t_numbers);
	     num++) {
		attr = data[num->attr];
		if (!attr)
			continue;
		if (!(num->modes & BIT(cfg->mode)))
			return m6t_config_refuse(extack, attr,
						 num->other);
		value = m6t_number_is_wide(num) ? nla_get_u32(attr) :
						  nla_get_u8(attr);
		if (value < num->min || value > num->max)
			return m6t_config_refuse(extack, attr,
						 num->range);
		m6t_number_set(cfg, num, value);
	}
	return 0;
}

static bool m6t_prefix6_listed(const struct m6t_prefix6 *list, unsigned int n,
			       const struct m6t_prefix6 *p)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (list[i].len == p->len &&
		    ipv6_addr_equal(&list[i].addr, &p->addr))
			return true;
	return false;
}

static int m6t_config_prefixes6(struct m6t_prefix6 *prefix, u8 *n,
				const struct nlattr *list,
				struct netlink_ext_ack *extack)
{
	const struct m6t_prefix6 *p;
	const struct nlattr *attr;
	struct in6_addr net;
	unsigned int i = 0;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		p = nla_data(attr);
		if (nla_len(attr) != sizeof(*p) || !p->len || p->len > 128)
			return m6t_config_refuse(extack, attr,
						 "m6t: an IPv6 prefix must have a length of 1 to 128");
		ipv6_addr_prefix(&net, &p->addr, p->len);
		if (!ipv6_addr_equal(&net, &p->addr))
			return m6t_config_refuse(extack, attr,
						 "m6t: the host bits of an IPv6 prefix must be zero");
		if (!m6t_addr_is_global(&p->addr))
			return m6t_config_refuse(extack, attr,
						 "m6t: prefix and ha must be global unicast, not multicast, link-local, loopback or v4-mapped");
		if (i == M6T_MAX_PREFIXES)
			return m6t_config_refuse(extack, attr,
						 "m6t: prefix and ha can have at most 16 entries each");
		if (m6t_prefix6_listed(prefix, i, p))
			return m6t_config_refuse(extack, attr,
						 "m6t: each prefix or home agent can be given only once");
		prefix[i++] = *p;
	}
	*n = i;
	return 0;
}

static bool m6t_prefix4_listed(const struct m6t_prefix4 *list, unsigned int n,
			       const struct m6t_prefix4 *p)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (list[i].len == p->len && list[i].addr == p->addr)
			return true;
	return false;
}

/**
 * struct m6t_prefixes4 - error messages about a list of IPv4 prefixes
 * @form: one is not a prefix
 * @many: there are too many
 * @twice: one is given twice
 */
struct m6t_prefixes4 {
	const char *form;
	const char *many;
	const char *twice;
};

#define M6T_PREFIXES4_FORM						\
	" must be IPv4 prefixes with a length of 0 to 32 and zero host bits"

#define M6T_PREFIXES4(_word)						\
	{								\
		.form = "m6t: " _word M6T_PREFIXES4_FORM,		\
		.many = "m6t: " _word " can have at most 16 prefixes",	\
		.twice = "m6t: each prefix of " _word " can be given only once", \
	}

static int m6t_config_prefixes4(struct m6t_prefix4 *prefix, u8 *n,
				const struct nlattr *list,
				const struct m6t_prefixes4 *say,
				struct netlink_ext_ack *extack)
{
	const struct m6t_prefix4 *p;
	const struct nlattr *attr;
	unsigned int i = 0;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		p = nla_data(attr);
		if (nla_len(attr) != sizeof(*p) || p->len > 32 ||
		    (p->addr & ~inet_make_mask(p->len)))
			return m6t_config_refuse(extack, attr, say->form);
		if (i == M6T_MAX_EXEMPTS)
			return m6t_config_refuse(extack, attr, say->many);
		if (m6t_prefix4_listed(prefix, i, p))
			return m6t_config_refuse(extack, attr, say->twice);
		prefix[i++] = *p;
	}
	*n = i;
	return 0;
}

static_assert(M6T_MAX_EXEMPTS == M6T_MAX_PREFIXES4);

static bool m6t_weight4_listed(const struct m6t_weight4 *list, unsigned int n,
			       const struct m6t_weight4 *w)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (list[i].len == w->len && list[i].addr == w->addr)
			return true;
	return false;
}

static int m6t_config_weights(struct m6t_config *cfg,
			      const struct nlattr *list,
			      struct netlink_ext_ack *extack)
{
	const struct m6t_weight4 *w;
	const struct nlattr *attr;
	unsigned int i = 0;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		w = nla_data(attr);
		if (nla_len(attr) != sizeof(*w) || w->len > 32 ||
		    (w->addr & ~inet_make_mask(w->len)))
			return m6t_config_refuse(extack, attr,
						 "m6t: weight must be IPv4 prefixes with a length of 0 to 32 and zero host bits");
		if (!w->weight || w->weight > M6T_WEIGHT_MAX)
			return m6t_config_refuse(extack, attr,
						 "m6t: the weight of a prefix must be 1 to 16777216");
		if (i == M6T_MAX_WEIGHTS)
			return m6t_config_refuse(extack, attr,
						 "m6t: weight can have at most 16 prefixes");
		if (m6t_weight4_listed(cfg->weight, i, w))
			return m6t_config_refuse(extack, attr,
						 "m6t: each prefix of weight can be given only once");
		cfg->weight[i] = *w;
		memset(cfg->weight[i++].pad, 0, sizeof(w->pad));
	}
	memset(cfg->weight + i, 0, sizeof(*w) * (M6T_MAX_WEIGHTS - i));
	cfg->n_weights = i;
	return 0;
}

static int m6t_config_ports(struct m6t_config *cfg, const struct nlattr *list,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	unsigned int i = 0, k;
	__be16 port;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		if (nla_len(attr) != sizeof(port) || !nla_get_be16(attr))
			return m6t_config_refuse(extack, attr,
						 "m6t: port must be 1 to 65535");
		if (i == M6T_MAX_PORTS)
			return m6t_config_refuse(extack, attr,
						 "m6t: a gateway can listen on at most 16 ports");
		port = nla_get_be16(attr);
		for (k = 0; k < i; k++) {
			if (cfg->port[k] == port)
				return m6t_config_refuse(extack, attr,
							 "m6t: each port can be given only once");
		}
		cfg->port[i++] = port;
	}
	cfg->n_ports = i;
	return 0;
}

static int m6t_config_lists4(struct m6t_config *cfg, struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	static const struct m6t_prefixes4 exempt = M6T_PREFIXES4("exempt");
	static const struct m6t_prefixes4 home = M6T_PREFIXES4("home4");
	struct nlattr *exempts = data[IFLA_M6T_EXEMPTS];
	struct nlattr *homes = data[IFLA_M6T_PREFIXES4];
	struct nlattr *weights = data[IFLA_M6T_WEIGHTS];
	int err;

	err = exempts ? m6t_config_prefixes4(cfg->exempt, &cfg->n_exempts,
					     exempts, &exempt, extack) : 0;
	if (err)
		return err;
	err = homes ? m6t_config_prefixes4(cfg->prefix4, &cfg->n_prefixes4,
					   homes, &home, extack) : 0;
	if (err)
		return err;
	return weights ? m6t_config_weights(cfg, weights, extack) : 0;
}

static int m6t_config_lists(struct m6t_config *cfg, struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	struct nlattr *prefixes = data[IFLA_M6T_PREFIXES];
	struct nlattr *agents = data[IFLA_M6T_HOME_AGENTS];
	struct nlattr *ports = data[IFLA_M6T_PORTS];
	int err;

	err = prefixes ? m6t_config_prefixes6(cfg->prefix, &cfg->n_prefixes,
					      prefixes, extack) : 0;
	if (err)
		return err;
	err = agents ? m6t_config_prefixes6(cfg->home_agent,
					    &cfg->n_home_agents, agents,
					    extack) : 0;
	if (err)
		return err;
	err = m6t_config_lists4(cfg, data, extack);
	if (err)
		return err;
	return ports ? m6t_config_ports(cfg, ports, extack) : 0;
}

static int m6t_config_addrs(struct m6t_config *cfg, struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	struct nlattr *gateway = data[IFLA_M6T_GATEWAY];
	struct nlattr *local = data[IFLA_M6T_LOCAL];
	struct nlattr *sport = data[IFLA_M6T_SPORT];
	struct nlattr *ha4 = data[IFLA_M6T_HA4];

	if (local) {
		cfg->local = nla_get_in_addr(local);
		if (cfg->local && !m6t_addr4_is_usable(cfg->local))
			return m6t_config_refuse(extack, local,
						 "m6t: local must be a unicast IPv4 address of this host, 0.0.0.0 for any");
	}
	if (gateway) {
		cfg->gateway = nla_get_in_addr(gateway);
		if (!m6t_addr4_is_usable(cfg->gateway))
			return m6t_config_refuse(extack, gateway,
						 "m6t: gateway must be a unicast IPv4 address");
	}
	if (ha4) {
		cfg->ha4 = nla_get_in_addr(ha4);
		if (!m6t_addr4_is_usable(cfg->ha4))
			return m6t_config_refuse(extack, ha4,
						 "m6t: ha4 must be a unicast IPv4 address");
	}
	if (sport)
		cfg->sport = nla_get_be16(sport);
	return 0;
}

/* The sender of a request names a link in the netns of the device, not in that of
 * its sockets: the same ifindex may be another link there.
 */
static int m6t_config_link(struct net *net, struct net *here,
			   const struct m6t_config *cfg,
			   struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u32 link;

	if (!attr)
		return 0;
	link = nla_get_u32(attr);
	if (!link || link == cfg->link || net_eq(net, here))
		return 0;
	return m6t_config_refuse(extack, attr,
				 "m6t: dev can be set only in the netns of the tunnel's sockets, elsewhere it can only be cleared (any)");
}

static int m6t_config_check(struct net *net, const struct m6t_config *cfg,
			    const struct m6t_role *role, struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	if (!cfg->n_prefixes)
		return m6t_config_refuse(extack, NULL, role->missing);
	if (!cfg->n_ports)
		return m6t_config_refuse(extack, data[IFLA_M6T_PORTS],
					 "m6t: port is empty, expected at least one port");
	if (cfg->tos != M6T_TOS_INHERIT && (cfg->tos & 3))
		return m6t_config_refuse(extack, data[IFLA_M6T_TOS],
					 "m6t: the two lowest bits of tos are reserved for ECN and must be zero");
	if (data[IFLA_M6T_LINK] && cfg->link &&
	    !__dev_get_by_index(net, cfg->link)) {
		m6t_config_refuse(extack, data[IFLA_M6T_LINK],
				  "m6t: dev must be a device in the netns of the tunnel's sockets");
		return -ENODEV;
	}
	return 0;
}

static int m6t_config_parse(struct net *net, struct net *here,
			    const struct m6t_role *role,
			    struct m6t_config *cfg, struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	int err;

	err = m6t_config_onlys(cfg, data, extack);
	if (err)
		return err;
	err = m6t_config_link(net, here, cfg, data[IFLA_M6T_LINK], extack);
	if (err)
		return err;
	err = m6t_config_numbers(cfg, data, extack);
	if (err)
		return err;
	err = m6t_config_addrs(cfg, data, extack);
	if (err)
		return err;
	err = m6t_config_lists(cfg, data, extack);
	if (err)
		return err;
	return m6t_config_check(net, cfg, role, data, extack);
}

static void m6t_config_defaults(const struct m6t_role *role,
				struct m6t_config *cfg)
{
	const struct m6t_number *num;

	for (num = m6t_numbers; num < m6t_numbers + ARRAY_SIZE(m6t_numbers);
	     num++)
		m6t_number_set(cfg, num, num->fallback);
	cfg->port[0] = htons(role->port);
	cfg->n_ports = 1;
}

/**
 * m6t_config_new() - create settings from netlink attributes
 * @net: netns of the sockets
 * @here: netns of the device, whose ifindexes @data uses
 * @role: role of the device
 * @old: settings that @data changes, or NULL for a new device
 * @data: attributes by &enum m6t_setting, or NULL for none
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: complete and consistent settings, for the caller to publish or to
 * kfree(); or an error.
 */
struct m6t_config *m6t_config_new(struct net *net, struct net *here,
				  const struct m6t_role *role,
				  const struct m6t_config *old,
				  struct nlattr *data[],
				  struct netlink_ext_ack *extack)
{
	struct nlattr *none[IFLA_M6T_MAX + 1] = {};
	struct m6t_config *cfg;
	int err;

	ASSERT_RTNL();
	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return ERR_PTR(-ENOMEM);
	if (old)
		*cfg = *old;
	else
		m6t_config_defaults(role, cfg);
	cfg->mode = role->mode;

	err = m6t_config_parse(net, here, role, cfg, data ?: none, extack);
	if (err)
		goto err_free;
	err = role->check(cfg, data ?: none, extack);
	if (err)
		goto err_free;
	return cfg;

err_free:
	kfree(cfg);
	return ERR_PTR(err);
}

/**
 * m6t_config_size() - get the space that m6t_config_fill() needs
 *
 * Return: bytes, at most.
 */
size_t m6t_config_size(void)
{
	size_t prefixes = nla_total_size(sizeof(struct m6t_prefix6)) *
			  (M6T_MAX_PREFIXES + M6T_MAX_HOME_AGENTS);
	size_t exempts = nla_total_size(sizeof(struct m6t_prefix4)) *
			 M6T_MAX_EXEMPTS;
	size_t homes = nla_total_size(sizeof(struct m6t_prefix4)) *
		       M6T_MAX_PREFIXES4;
	size_t weights = nla_total_size(sizeof(struct m6t_weight4)) *
			 M6T_MAX_WEIGHTS;
	size_t ports = nla_total_size(sizeof(__be16)) * M6T_MAX_PORTS;

	return nla_total_size(sizeof(u32)) * IFLA_M6T_MAX + prefixes +
	       exempts + homes + weights + ports;
}

static int m6t_config_fill_list(const struct m6t_config *cfg,
				struct sk_buff *msg, int type,
				const void *entry, size_t size, unsigned int n)
{
	struct nlattr *nest;
	unsigned int i;

	if (!m6t_config_has(cfg, type))
		return 0;
	nest = nla_nest_start(msg, type);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nla_put(msg, i + 1, size, entry + i * size))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int m6t_config_fill_lists(const struct m6t_config *cfg,
				 struct sk_buff *msg)
{
	if (m6t_config_fill_list(cfg, msg, IFLA_M6T_PREFIXES, cfg->prefix,
				 sizeof(*cfg->prefix), cfg->n_prefixes) ||
	    m6t_config_fill_list(cfg, msg, IFLA_M6T_PORTS, cfg->port,
				 sizeof(*cfg->port), cfg->n_ports) ||
	    m6t_config_fill_list(cfg, msg, IFLA_M6T_HOME_AGENTS,
				 cfg->home_agent, sizeof(*cfg->home_agent),
				 cfg->n_home_agents) ||
	    m6t_config_fill_list(cfg, msg, IFLA_M6T_EXEMPTS, cfg->exempt,
				 sizeof(*cfg->exempt), cfg->n_exempts) ||
	    m6t_config_fill_list(cfg, msg, IFLA_M6T_PREFIXES4, cfg->prefix4,
				 sizeof(*cfg->prefix4), cfg->n_prefixes4) ||
	    m6t_config_fill_list(cfg, msg, IFLA_M6T_WEIGHTS, cfg->weight,
				 sizeof(*cfg->weight), cfg->n_weights))
		return -EMSGSIZE;
	return 0;
}

static int m6t_config_fill_addrs(const struct m6t_config *cfg,
				 struct sk_buff *msg)
{
	if (m6t_config_has(cfg, IFLA_M6T_LOCAL) &&
	    nla_put_in_addr(msg, IFLA_M6T_LOCAL, cfg->local))
		return -EMSGSIZE;
	if (m6t_config_has(cfg, IFLA_M6T_HA4) &&
	    nla_put_in_addr(msg, IFLA_M6T_HA4, cfg->ha4))
		return -EMSGSIZE;
	if (m6t_config_has(cfg, IFLA_M6T_GATEWAY) &&
	    nla_put_in_addr(msg, IFLA_M6T_GATEWAY, cfg->gateway))
		return -EMSGSIZE;
	if (m6t_config_has(cfg, IFLA_M6T_SPORT) &&
	    nla_put_be16(msg, IFLA_M6T_SPORT, cfg->sport))
		return -EMSGSIZE;
	return 0;
}

static int m6t_number_fill(const struct m6t_config *cfg,
			   const struct m6t_number *num, struct sk_buff *msg)
{
	u32 value = m6t_number_get(cfg, num);

	if (!(num->modes & BIT(cfg->mode)))
		return 0;
	return m6t_number_is_wide(num) ? nla_put_u32(msg, num->attr, value) :
					 nla_put_u8(msg, num->attr, value);
}

/**
 * m6t_config_fill() - write settings into a netlink message
 * @cfg: the settings
 * @msg: message to add to
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int m6t_config_fill(const struct m6t_config *cfg, struct sk_buff *msg)
{
	const struct m6t_number *num;

	for (num = m6t_numbers; num < m6t_numbers + ARRAY_SIZE(m6t_numbers);
	     num++)
		if (m6t_number_fill(cfg, num, msg))
			return -EMSGSIZE;
	if (nla_put_u8(msg, IFLA_M6T_MODE, cfg->mode) ||
	    m6t_config_fill_addrs(cfg, msg))
		return -EMSGSIZE;
	return m6t_config_fill_lists(cfg, msg);
}
