// SPDX-License-Identifier: GPL-2.0
/*
 * The net device: its operations and those of the link type, network namespaces,
 * and notifications about devices.
 */

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip_tunnels.h>
#include <net/netns/generic.h>

#include "m6t.h"
#include "m6t_event.h"
#include "m6t_inner.h"
#include "m6t_netlink.h"
#include "m6t_device.h"
#include "m6t_mtu.h"

static struct rtnl_link_ops m6t_link_ops;
static unsigned int m6t_net_id __read_mostly;

/* Maximum number of passes over all devices after an MTU change. Nested tunnels need
 * at most one for each 28 bytes between 1472 and 1280.
 */
#define M6T_MTU_PASSES		16

/**
 * struct m6t_net - per network namespace data
 * @devs: devices whose sockets are in it, whichever netns they are in now
 * @following: their MTUs are being adjusted
 * @again: an MTU has changed since the current pass over them began
 *
 * All under RTNL.
 */
struct m6t_net {
	struct list_head devs;
	bool following;
	bool again;
};

static void m6t_dev_free(struct net_device *dev)
{
	struct m6t_dev *m6t = netdev_priv(dev);

	m6t_event_exit(m6t);
	m6t->role->free(m6t);
	m6t_routes_free(m6t->routes);
	free_percpu(m6t->stats);
	kfree(rcu_dereference_protected(m6t->cfg, true));
}

/* From here on the core calls the destructor once the last reference is dropped:
 * even if registration fails later, a command may have taken one by then.
 */
static int m6t_dev_init(struct net_device *dev)
{
	struct m6t_dev *m6t = netdev_priv(dev);
	int err;

	netdev_lockdep_set_classes(dev);
	err = gro_cells_init(&m6t->gro_cells, dev);
	if (err)
		return err;
	dev->priv_destructor = m6t_dev_free;
	return 0;
}

/* The device is down and a grace period has passed: no more packets arrive. */
static void m6t_dev_uninit(struct net_device *dev)
{
	struct m6t_dev *m6t = netdev_priv(dev);

	m6t->role->uninit(m6t);
	m6t_event_report(m6t);
	m6t_routes_flush(m6t->routes);
	gro_cells_destroy(&m6t->gro_cells);
}

/* Only the tunnel address may be a source (N10): no link-local address. */
static void m6t_dev_no_link_local(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);

	ASSERT_RTNL();
	if (idev)
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
}

static int m6t_dev_open(struct net_device *dev)
{
	struct m6t_dev *m6t = netdev_priv(dev);
	struct netlink_ext_ack extack = {};
	int err;

	m6t_dev_no_link_local(dev);
	err = m6t->role->open(m6t, rtnl_dereference(m6t->cfg), &extack);
	/* ndo_open() has no extack: log the reason. */
	if (err && extack._msg && net_ratelimit())
		netdev_err(dev, "%s\n", extack._msg);
	return err;
}

static int m6t_dev_stop(struct net_device *dev)
{
	struct m6t_dev *m6t = netdev_priv(dev);

	m6t->role->stop(m6t);
	return 0;
}

static netdev_tx_t m6t_dev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct m6t_dev *m6t = netdev_priv(dev);
	enum m6t_stat why;

	/* IPv6 calls us under it, packet sockets do not. */
	rcu_read_lock();
	why = m6t_inner_check(skb, m6t->role->takes4);
	if (likely(!why))
		why = m6t->role->transmit(m6t, rcu_dereference(m6t->cfg), skb);
	if (unlikely(why))
		m6t_stats_drop(m6t, skb, why);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static void m6t_dev_stats64(struct net_device *dev,
			    struct rtnl_link_stats64 *tot)
{
	dev_get_tstats64(dev, tot);
	m6t_stats_link(netdev_priv(dev), tot);
}

static int m6t_dev_iflink(const struct net_device *dev)
{
	const struct m6t_dev *m6t = netdev_priv(dev);
	int link;

	rcu_read_lock();
	link = rcu_dereference(m6t->cfg)->link ?: dev->ifindex;
	rcu_read_unlock();
	return link;
}

static int m6t_dev_change_mtu(struct net_device *dev, int mtu)
{
	struct m6t_dev *m6t = netdev_priv(dev);

	if (!m6t->mtu_follows)
		m6t->mtu_is_set = true;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static const struct net_device_ops m6t_dev_ops = {
	.ndo_init		= m6t_dev_init,
	.ndo_uninit		= m6t_dev_uninit,
	.ndo_open		= m6t_dev_open,
	.ndo_stop		= m6t_dev_stop,
	.ndo_start_xmit		= m6t_dev_xmit,
	.ndo_change_mtu		= m6t_dev_change_mtu,
	.ndo_get_stats64	= m6t_dev_stats64,
	.ndo_get_iflink		= m6t_dev_iflink,
};

static const struct device_type m6t_dev_type = { .name = "m6t" };

static void m6t_link_setup(struct net_device *dev)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_FRAGLIST |
				     NETIF_F_HW_CSUM | NETIF_F_RXCSUM |
				     NETIF_F_GSO_SOFTWARE | NETIF_F_HIGHDMA;

	/* The packets of a fraglist may lack headroom for the outer headers that
	 * segmentation copies to each, and their checksums are not partial (W7).
	 */
	features &= ~NETIF_F_GSO_FRAGLIST;
	dev->netdev_ops = &m6t_dev_ops;
	dev->ethtool_ops = &m6t_ethtool_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->hard_header_len = 0;
	dev->addr_len = 0;
	dev->needed_headroom = ETH_HLEN + M6T_HEADROOM;
	dev->mtu = M6T_MTU;
	dev->min_mtu = IPV6_MIN_MTU;
	dev->max_mtu = M6T_MTU_MAX;
	dev->features |= features;
	dev->hw_features |= features;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	m6t_dev_set_lltx(dev);
	SET_NETDEV_DEVTYPE(dev, &m6t_dev_type);
	/* ICMP errors to the sender of a packet need its route. */
	netif_keep_dst(dev);
}

/* Everything is set up before registration makes the device visible. */
static int m6t_dev_setup(struct m6t_dev *m6t, struct net *net,
			 struct net_device *dev, const struct m6t_role *role,
			 struct m6t_config *cfg)
{
	int err = -ENOMEM;

	m6t->dev = dev;
	m6t->net = net;
	m6t->role = role;
	INIT_LIST_HEAD(&m6t->list);
	m6t_event_init(m6t);
	m6t->stats = __netdev_alloc_pcpu_stats(struct m6t_stats,
					       GFP_KERNEL_ACCOUNT);
	if (!m6t->stats)
		return err;
	m6t->routes = m6t_routes_new();
	if (!m6t->routes)
		goto err_free_stats;
	err = m6t->role->init(m6t, cfg);
	if (err)
		goto err_free_routes;
	RCU_INIT_POINTER(m6t->cfg, cfg);
	netif_carrier_off(dev);
	return 0;

err_free_routes:
	m6t_routes_free(m6t->routes);
err_free_stats:
	free_percpu(m6t->stats);
	return err;
}

static int m6t_link_create(struct net *net, struct net_device *dev,
			   struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	struct m6t_net *mn = net_generic(net, m6t_net_id);
	struct m6t_dev *m6t = netdev_priv(dev);
	const struct m6t_role *role;
	struct m6t_config *cfg;
	int err;

	role = m6t_role_get(data ? data[IFLA_M6T_MODE] : NULL, NULL, extack);
	if (IS_ERR(role))
		return PTR_ERR(role);
	cfg = m6t_config_new(net, net, role, NULL, data, extack);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	err = m6t_dev_setup(m6t, net, dev, role, cfg);
	if (err) {
		kfree(cfg);
		return err;
	}
	m6t->mtu_is_set = tb[IFLA_MTU];
	if (!m6t->mtu_is_set) {
		dev->mtu = ETH_DATA_LEN - role->overhead;
		dev->mtu = m6t_mtu_get(m6t, cfg);
	}
	err = register_netdevice(dev);
	if (err) {
		if (!dev->priv_destructor)
			m6t_dev_free(dev);
		return err;
	}
	list_add(&m6t->list, &mn->devs);
	return 0;
}

M6T_DEFINE_NEWLINK(m6t_link_new, m6t_link_create)

static int m6t_link_change(struct net_device *dev, struct nlattr *tb[],
			   struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	struct m6t_dev *m6t = netdev_priv(dev);
	struct m6t_config *old = rtnl_dereference(m6t->cfg), *cfg;
	const struct m6t_role *role;
	int err;

	if (!rtnl_dev_link_net_capable(dev, m6t->net)) {
		NL_SET_ERR_MSG(extack,
			       "m6t: changing a device also needs CAP_NET_ADMIN in the netns of its sockets");
		return -EPERM;
	}
	role = m6t_role_get(data ? data[IFLA_M6T_MODE] : NULL, m6t->role,
			    extack);
	if (IS_ERR(role))
		return PTR_ERR(role);
	cfg = m6t_config_new(m6t->net, dev_net(dev), role, old, data, extack);
	if (IS_ERR(cfg))
		return PTR_ERR(cfg);
	err = m6t->role->change(m6t, old, cfg, extack);
	if (err) {
		kfree(cfg);
		return err;
	}
	if (tb[IFLA_MTU])
		m6t->mtu_is_set = true;
	rcu_assign_pointer(m6t->cfg, cfg);
	kfree_rcu(old, rcu);
	if (data && data[IFLA_M6T_MTU_AUTO]) {
		m6t->mtu_is_set = false;
		m6t_mtu_follow(m6t, cfg);
	}
	return 0;
}

static int m6t_link_validate(struct nlattr *tb[], struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS],
				    "m6t: the device has no link-layer address to set");
		return -EINVAL;
	}
	if (data && data[IFLA_M6T_MTU_AUTO] &&
	    (tb[IFLA_MTU] || nla_get_u8(data[IFLA_M6T_MTU_AUTO]) != 1)) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_M6T_MTU_AUTO],
				    "m6t: mtu must be auto or a number (ip link set NAME mtu), not both");
		return -EINVAL;
	}
	return 0;
}

/* The device may already be on a list of devices to unregister. */
static void m6t_link_del(struct net_device *dev, struct list_head *head)
{
	struct m6t_dev *m6t = netdev_priv(dev);

	list_del_init(&m6t->list);
	unregister_netdevice_queue(dev, head);
}

static size_t m6t_link_size(const struct net_device *dev)
{
	return m6t_config_size();
}

static int m6t_link_fill(struct sk_buff *msg, const struct net_device *dev)
{
	const struct m6t_dev *m6t = netdev_priv(dev);
	int err;

	rcu_read_lock();
	err = m6t_config_fill(rcu_dereference(m6t->cfg), msg);
	rcu_read_unlock();
	return err;
}

static struct net *m6t_link_net(const struct net_device *dev)
{
	const struct m6t_dev *m6t = netdev_priv(dev);

	return m6t->net;
}

static struct rtnl_link_ops m6t_link_ops __read_mostly = {
	.kind		= M6T_KIND,
	.priv_size	= sizeof(struct m6t_dev),
	.maxtype	= IFLA_M6T_MAX,
	.policy		= m6t_config_policy,
	.setup		= m6t_link_setup,
	.validate	= m6t_link_validate,
	.newlink	= m6t_link_new,
	.changelink	= m6t_link_change,
	.dellink	= m6t_link_del,
	.get_size	= m6t_link_size,
	.fill_info	= m6t_link_fill,
	.get_link_net	= m6t_link_net,
};

/* The MTU of a link that tunnels may run over has changed. Any number of tunnels may
 * run over each other, so an MTU changed here must not recurse into another walk but
 * cause another pass. Only devices with sockets in other namespaces nest, limited to
 * the depth that the core allows.
 */
static void m6t_net_follow(struct m6t_net *mn, const struct net_device *dev)
{
	static unsigned int depth;
	struct m6t_dev *m6t;
	unsigned int i;

	ASSERT_RTNL();
	mn->again = true;
	if (mn->following || depth >= MAX_NEST_DEV)
		return;
	depth++;
	mn->following = true;
	for (i = 0; mn->again && i < M6T_MTU_PASSES; i++) {
		mn->again = false;
		list_for_each_entry(m6t, &mn->devs, list)
			if (m6t->dev != dev)
				m6t_mtu_follow(m6t,
					       rtnl_dereference(m6t->cfg));
	}
	mn->following = false;
	depth--;
}

static int m6t_netdev_event(struct notifier_block *nb, unsigned long event,
			    void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);

	/* Also sent when it leaves a netns, whose listeners still get the report. */
	if (event == NETDEV_UNREGISTER && netif_is_m6t(dev))
		m6t_event_report(netdev_priv(dev));
	/* When it exits, NetworkManager sets the mode of every device, including
	 * those that it does not manage.
	 */
	if (event == NETDEV_CHANGE && netif_is_m6t(dev))
		m6t_dev_no_link_local(dev);
	if (event == NETDEV_CHANGEMTU)
		m6t_net_follow(net_generic(dev_net(dev), m6t_net_id), dev);
	return NOTIFY_DONE;
}

static struct notifier_block m6t_netdev_notifier = {
	.notifier_call = m6t_netdev_event,
};

static int __net_init m6t_net_init(struct net *net)
{
	struct m6t_net *mn = net_generic(net, m6t_net_id);

	INIT_LIST_HEAD(&mn->devs);
	return 0;
}

/* Devices are removed with the netns of their sockets, whichever they are in. */
static void __net_exit m6t_net_exit(struct net *net, struct list_head *kill)
{
	struct m6t_net *mn = net_generic(net, m6t_net_id);
	struct m6t_dev *m6t, *next;

	list_for_each_entry_safe(m6t, next, &mn->devs, list) {
		list_del_init(&m6t->list);
		unregister_netdevice_queue_net(net, m6t->dev, kill);
	}
}

M6T_DEFINE_EXIT_RTNL(m6t_net_exit)

static struct pernet_operations m6t_net_ops = {
	.init	= m6t_net_init,
	M6T_EXIT_RTNL(m6t_net_exit),
	.id	= &m6t_net_id,
	.size	= sizeof(struct m6t_net),
};

/**
 * m6t_device_init() - register the link type
 *
 * Context: process.
 * Return: 0 or an error.
 */
int __init m6t_device_init(void)
{
	int err;

	err = register_pernet_device(&m6t_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&m6t_netdev_notifier);
	if (err)
		goto err_unregister_net;
	err = rtnl_link_register(&m6t_link_ops);
	if (err)
		goto err_unregister_notifier;
	return 0;

err_unregister_notifier:
	unregister_netdevice_notifier(&m6t_netdev_notifier);
err_unregister_net:
	unregister_pernet_device(&m6t_net_ops);
	return err;
}

/**
 * m6t_device_exit() - unregister the link type, which deletes all devices
 *
 * Context: process.
 */
void m6t_device_exit(void)
{
	rtnl_link_unregister(&m6t_link_ops);
	unregister_netdevice_notifier(&m6t_netdev_notifier);
	unregister_pernet_device(&m6t_net_ops);
}
