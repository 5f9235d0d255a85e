/* SPDX-License-Identifier: GPL-2.0 */
/* A home agent of Dual Stack Mobile IPv6. */
#ifndef M6T_HA_H
#define M6T_HA_H

#include "m6t_role.h"
#include "dsmip/m6t_node.h"

/**
 * struct m6t_ha - home agent part of a device
 * @nodes: the bound mobile nodes
 * @sk: its socket; under RTNL
 * @sk6: the socket of its link, for routes over IPv6; NULL if it has none; written under
 *	RTNL
 */
struct m6t_ha {
	struct m6t_nodes nodes;
	struct sock *sk;
	struct sock __rcu *sk6;
};

extern const struct m6t_role m6t_ha_role;

#endif /* M6T_HA_H */
