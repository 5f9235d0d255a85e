// SPDX-License-Identifier: GPL-2.0
/* The MTU of a device, which follows its underlay unless it was set (W2). */

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "m6t.h"
#include "m6t_mtu.h"
#include "m6t_path.h"
#include "m6t_route.h"

/* The MTU of the underlay device if one is set, that of Ethernet otherwise. */
static unsigned int m6t_mtu_of_link(struct m6t_dev *m6t,
				    const struct m6t_config *cfg)
{
	struct net_device *dev = __dev_get_by_index(m6t->net, cfg->link);

	return dev && dev != m6t->dev && m6t_path_is_link(dev) ? dev->mtu :
								 ETH_DATA_LEN;
}

/**
 * m6t_mtu_get() - get the MTU of a device that follows its underlay (W2)
 * @m6t: device
 * @cfg: settings, which need not be published yet
 *
 * The underlay of a mobile node is the link on which its gateway is reached. Jumbo
 * frames on that link say nothing about the path beyond it, so the MTU never
 * exceeds that for Ethernet unless an administrator sets it.
 *
 * Context: process, RTNL held.
 * Return: bytes; the current MTU if the underlay is not known.
 */
unsigned int m6t_mtu_get(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	unsigned int mtu;

	ASSERT_RTNL();
	mtu = cfg->gateway ? m6t_route_mtu(m6t, cfg) :
			     m6t_mtu_of_link(m6t, cfg);
	if (!mtu)
		return m6t->dev->mtu;
	return clamp_t(unsigned int, mtu, IPV6_MIN_MTU + m6t->role->overhead,
		       ETH_DATA_LEN) - m6t->role->overhead;
}

/**
 * m6t_mtu_follow() - adjust the device's MTU to that of its underlay (W2)
 * @m6t: device
 * @cfg: settings, which need not be published yet
 *
 * Does nothing if an administrator has set the MTU, or if the MTU is already being
 * adjusted, as tunnels may be each other's underlay.
 *
 * Context: process, RTNL held.
 */
void m6t_mtu_follow(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	unsigned int mtu;

	ASSERT_RTNL();
	if (m6t->mtu_is_set || m6t->mtu_follows)
		return;
	mtu = m6t_mtu_get(m6t, cfg);
	if (mtu == m6t->dev->mtu)
		return;
	m6t->mtu_follows = true;
	dev_set_mtu(m6t->dev, mtu);
	m6t->mtu_follows = false;
}
