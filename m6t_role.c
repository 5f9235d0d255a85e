// SPDX-License-Identifier: GPL-2.0
/* Selection of a device's role. */

#include <linux/netlink.h>

#include "m6t.h"

static const struct m6t_role *const m6t_roles[] = {
	[M6T_MODE_GW] = &m6t_gw_role,
	[M6T_MODE_MN] = &m6t_mn_role,
	[M6T_MODE_DSMIP_HA] = &m6t_ha_role,
	[M6T_MODE_DSMIP_MN] = &m6t_dmn_role,
};

/**
 * m6t_role_get() - get the role that a device should have
 * @mode: attribute with an &enum m6t_mode, or NULL
 * @now: its current role, or NULL for a new device
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process.
 * Return: the role, or an error.
 */
const struct m6t_role *m6t_role_get(const struct nlattr *mode,
				    const struct m6t_role *now,
				    struct netlink_ext_ack *extack)
{
	const struct m6t_role *role = NULL;

	if (!mode && now)
		return now;
	if (!mode) {
		NL_SET_ERR_MSG(extack,
			       "m6t: mode is missing, expected gw, mn, dsmip-ha or dsmip-mn");
		return ERR_PTR(-EINVAL);
	}
	if (nla_get_u8(mode) < ARRAY_SIZE(m6t_roles))
		role = m6t_roles[nla_get_u8(mode)];
	if (!role) {
		NL_SET_ERR_MSG_ATTR(extack, mode,
				    "m6t: mode must be gw, mn, dsmip-ha or dsmip-mn");
		return ERR_PTR(-EINVAL);
	}
	if (now && role != now) {
		NL_SET_ERR_MSG_ATTR(extack, mode,
				    "m6t: mode cannot change while the device exists, delete it and add it again");
		return ERR_PTR(-EOPNOTSUPP);
	}
	return role;
}
