// SPDX-License-Identifier: GPL-2.0
/*
 * m6t: a virtual network device that gives a Mobile IPv6 node IPv6 from any
 * IPv4-only network. This file: module init and exit.
 */

#include <linux/module.h>

#include "m6t.h"
#include "m6t_binding.h"
#include "m6t_device.h"
#include "m6t_netlink.h"
#include "m6t_version.h"
#include "outer/m6t_mobile6.h"
#include "outer/m6t_tunnel4.h"
#include "outer/m6t_tunnel6.h"

#if !IS_ENABLED(CONFIG_IPV6)
#error "m6t carries IPv6: the kernel must have CONFIG_IPV6"
#endif

static int __init m6t_init(void)
{
	int err;

	err = m6t_binding_init();
	if (err)
		return err;
	err = m6t_nl_init();
	if (err)
		goto err_binding_exit;
	err = m6t_tunnel4_init();
	if (err)
		goto err_nl_exit;
	err = m6t_tunnel6_init();
	if (err)
		goto err_tunnel4_exit;
	err = m6t_mobile6_init();
	if (err)
		goto err_tunnel6_exit;
	err = m6t_device_init();
	if (err)
		goto err_mobile6_exit;
	return 0;

err_mobile6_exit:
	m6t_mobile6_exit();
err_tunnel6_exit:
	m6t_tunnel6_exit();
err_tunnel4_exit:
	m6t_tunnel4_exit();
err_nl_exit:
	m6t_nl_exit();
err_binding_exit:
	m6t_binding_exit();
	return err;
}

/* Devices are removed first, as they report that by generic netlink. */
static void __exit m6t_exit(void)
{
	m6t_device_exit();
	m6t_mobile6_exit();
	m6t_tunnel6_exit();
	m6t_tunnel4_exit();
	m6t_nl_exit();
	m6t_binding_exit();
}

module_init(m6t_init);
module_exit(m6t_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The m6t developers");
MODULE_DESCRIPTION("IPv6 for Mobile IPv6 nodes over UDP and IPv4, behind any NAT");
MODULE_VERSION(M6T_VERSION);
MODULE_ALIAS_RTNL_LINK(M6T_KIND);
MODULE_ALIAS_GENL_FAMILY(M6T_GENL_NAME);
