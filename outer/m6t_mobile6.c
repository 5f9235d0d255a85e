// SPDX-License-Identifier: GPL-2.0
/*
 * Receive packets over IPv6 that are not tunnelled: those with a care-of address in
 * their IPv6 header, and the home address in a home address option, a routing header of
 * type 2, or, if it is ESP, in its security association. The home address is restored
 * before IPsec sees the packet, so IPsec needs no extra states for Mobile IPv6 (D21).
 * Only packets for the devices of this host are touched (D8).
 */

#include <linux/netdevice.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rculist.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "m6t.h"
#include "m6t_outer.h"
#include "m6t_path.h"
#include "m6t_rx.h"
#include "outer/m6t_ext6.h"
#include "outer/m6t_mobile6.h"
#include "outer/m6t_proto6.h"
#include "outer/m6t_tunnel6.h"

/* After vti6 (100) and before xfrm interfaces (10) and ESP itself (0). */
#define M6T_MOBILE6_PRIORITY	50

/* Receive a packet with the addresses that its receiver must see, the IPv6 header at
 * skb->data and in private memory. No checksum was verified with these addresses.
 */
static void m6t_mobile6_receive(struct m6t_dev *m6t, struct sk_buff *skb,
				const struct m6t_endpoint6 *inner,
				const struct m6t_outer *outer)
{
	ipv6_hdr(skb)->saddr = inner->remote;
	ipv6_hdr(skb)->daddr = inner->local;
	skb->ip_summed = CHECKSUM_NONE;
	m6t_rx6(m6t, skb, outer);
}

#ifdef CONFIG_NETFILTER
/**
 * struct m6t_options - what a destination options header holds
 * @home: the first home address, NULL: none
 * @others: there is something other than padding, or something malformed
 */
struct m6t_options {
	const struct in6_addr *home;
	bool others;
};

static void m6t_mobile6_option(const u8 *option, unsigned int size,
			       struct m6t_options *found)
{
	if (option[0] == IPV6_TLV_PADN)
		return;
	if (option[0] != IPV6_TLV_HAO || found->home ||
	    size != 2 + sizeof(*found->home))
		found->others = true;
	if (option[0] == IPV6_TLV_HAO && !found->home)
		found->home = (const void *)(option + 2);
}

static void m6t_mobile6_options(const u8 *header, unsigned int len,
				struct m6t_options *found)
{
	unsigned int at = 2, size;

	while (at < len) {
		if (header[at] == IPV6_TLV_PAD1) {
			at++;
			continue;
		}
		size = at + 1 < len ? header[at + 1] + 2 : len;
		if (at + size > len) {
			found->others = true;
			return;
		}
		m6t_mobile6_option(header + at, size, found);
		at += size;
	}
}

/* No other option may accompany the home address: none is known to be harmless once the
 * home address has been removed. Without one, the packet is left to the stack.
 */
static enum m6t_stat m6t_mobile6_hao(const u8 *header, unsigned int len,
				     struct in6_addr *home)
{
	struct m6t_options found = {};

	m6t_mobile6_options(header, len, &found);
	if (!found.home)
		return M6T_STAT_RX_NOT_GATEWAY;
	if (found.others)
		return M6T_STAT_RX_BAD_HEADER;
	*home = *found.home;
	return M6T_STAT_UNSPEC;
}

static enum m6t_stat m6t_mobile6_rt2(const u8 *header, unsigned int len,
				     struct in6_addr *home)
{
	const struct m6t_rt2 *rt2 = (const void *)header;

	if (rt2->type != IPV6_SRCRT_TYPE_2)
		return M6T_STAT_RX_NOT_GATEWAY;
	if (len != sizeof(*rt2) || rt2->segments_left != 1)
		return M6T_STAT_RX_BAD_HEADER;
	*home = rt2->hoa;
	return M6T_STAT_UNSPEC;
}

/* Find the home address, and the addresses of the packet with it. Returns 0, the reason
 * to drop the packet, or %M6T_STAT_RX_NOT_GATEWAY if there is none.
 */
static enum m6t_stat m6t_mobile6_home(struct sk_buff *skb, unsigned int len,
				      struct m6t_endpoint6 *inner)
{
	const u8 *header = (const u8 *)(ipv6_hdr(skb) + 1);

	inner->remote = ipv6_hdr(skb)->saddr;
	inner->local = ipv6_hdr(skb)->daddr;
	if (ipv6_hdr(skb)->nexthdr == NEXTHDR_DEST)
		return m6t_mobile6_hao(header, len, &inner->remote);
	return m6t_mobile6_rt2(header, len, &inner->local);
}

/* Returns the length of the extension header, which is in the linear part, or 0. */
static unsigned int m6t_mobile6_pull(struct sk_buff *skb)
{
	unsigned int hlen = sizeof(struct ipv6hdr), len;

	if (!pskb_may_pull(skb, hlen + 8))
		return 0;
	len = (skb->data[hlen + 1] + 1) * 8;
	return pskb_may_pull(skb, hlen + len) ? len : 0;
}

/* A care-of address must be one that an answer can be sent to. */
static bool m6t_mobile6_is_coa(const struct m6t_outer *outer,
			       const struct m6t_endpoint6 *inner)
{
	return m6t_addr_is_global(&outer->v6.remote) &&
	       !(ipv6_addr_equal(&outer->v6.remote, &inner->remote) &&
		 ipv6_addr_equal(&outer->v6.local, &inner->local));
}

static unsigned int m6t_mobile6_take(struct m6t_dev *m6t, struct sk_buff *skb,
				     const struct m6t_outer *outer)
{
	unsigned int len = m6t_mobile6_pull(skb);
	struct m6t_endpoint6 inner;
	enum m6t_stat why;

	/* Truncated packets are malformed to the stack, too. */
	why = len ? m6t_mobile6_home(skb, len, &inner) : M6T_STAT_RX_NOT_GATEWAY;
	if (why == M6T_STAT_RX_NOT_GATEWAY)
		return NF_ACCEPT;
	if (!why && !m6t_mobile6_is_coa(outer, &inner))
		why = M6T_STAT_RX_BAD_SOURCE;
	if (!why && m6t_ext6_pull(skb, len))
		why = M6T_STAT_RX_SHORT;
	local_bh_disable();
	if (why)
		m6t_stats_drop(m6t, skb, why);
	else
		m6t_mobile6_receive(m6t, skb, &inner, outer);
	local_bh_enable();
	return NF_STOLEN;
}

/* Offer it to the device that it is for: with a home address, it does not go on. */
static unsigned int m6t_mobile6_offer(const struct net *net,
				      struct sk_buff *skb, u8 nexthdr)
{
	struct m6t_outer outer;
	struct m6t_dev *m6t;

	m6t_tunnel6_outer(skb, &outer);
	outer.verified = secpath_exists(skb);
	list_for_each_entry_rcu(m6t, m6t_tunnel6_devs(net), tunnel6)
		if (m6t->role->exthdr == nexthdr &&
		    m6t->role->serves6(m6t, &outer))
			return m6t_mobile6_take(m6t, skb, &outer);
	return NF_ACCEPT;
}

/* Mobility headers also come by other paths than the device, e.g. the home link. Several
 * devices may be of the same home agent: it is enough if one lets them pass.
 */
static unsigned int m6t_mobile6_vet(const struct net *net, struct sk_buff *skb)
{
	enum m6t_stat why, now;
	struct m6t_dev *m6t, *by = NULL;

	list_for_each_entry_rcu(m6t, m6t_tunnel6_devs(net), tunnel6) {
		now = m6t->role->vet(m6t, skb);
		if (!now)
			return NF_ACCEPT;
		if (now == M6T_STAT_RX_NOT_GATEWAY)
			continue;
		by = m6t;
		why = now;
	}
	if (!by)
		return NF_ACCEPT;
	local_bh_disable();
	m6t_stats_drop(by, skb, why);
	local_bh_enable();
	return NF_STOLEN;
}

/* Under RCU; not in softirq for packets that went through a queue of user space. */
static unsigned int m6t_mobile6_hook(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	unsigned int verdict = NF_ACCEPT;

	if (likely(!ipv6_ext_hdr(nexthdr) && nexthdr != NEXTHDR_MOBILITY))
		return NF_ACCEPT;
	if (nexthdr == NEXTHDR_DEST || nexthdr == NEXTHDR_ROUTING)
		verdict = m6t_mobile6_offer(state->net, skb, nexthdr);
	return verdict == NF_ACCEPT ? m6t_mobile6_vet(state->net, skb) :
				      verdict;
}

/* After the filters, which see what was on the network, and after NAT. */
static const struct nf_hook_ops m6t_mobile6_ops = {
	.hook		= m6t_mobile6_hook,
	.pf		= NFPROTO_IPV6,
	.hooknum	= NF_INET_LOCAL_IN,
	.priority	= NF_IP6_PRI_NAT_SRC + 1,
};

static int m6t_mobile6_hook_add(struct net *net)
{
	return nf_register_net_hook(net, &m6t_mobile6_ops);
}

static void m6t_mobile6_hook_del(struct net *net)
{
	nf_unregister_net_hook(net, &m6t_mobile6_ops);
}
#else
static int m6t_mobile6_hook_add(struct net *net)
{
	return 0;
}

static void m6t_mobile6_hook_del(struct net *net)
{
}
#endif

/**
 * m6t_mobile6_add() - let a device receive over IPv6
 * @m6t: device, of a role with exthdr
 *
 * The hook is registered while a netns has such devices.
 *
 * Context: process, RTNL held.
 * Return: 0 or an error.
 */
int m6t_mobile6_add(struct m6t_dev *m6t)
{
	int err;

	if (list_empty(m6t_tunnel6_devs(m6t->net))) {
		err = m6t_mobile6_hook_add(m6t->net);
		if (err)
			return err;
	}
	m6t_tunnel6_add(m6t);
	return 0;
}

/**
 * m6t_mobile6_del() - stop a device from receiving over IPv6
 * @m6t: device, which must exist for another grace period
 *
 * Context: process, RTNL held.
 */
void m6t_mobile6_del(struct m6t_dev *m6t)
{
	m6t_tunnel6_del(m6t);
	if (list_empty(m6t_tunnel6_devs(m6t->net)))
		m6t_mobile6_hook_del(m6t->net);
}

#ifdef CONFIG_XFRM
/* Softirq, under RCU: ESP, its header at skb->data. */
static bool m6t_mobile6_spi(struct sk_buff *skb, __be32 *spi)
{
	if (ipv6_hdr(skb)->nexthdr != NEXTHDR_ESP ||
	    skb_network_offset(skb) != -(int)sizeof(struct ipv6hdr) ||
	    !pskb_may_pull(skb, sizeof(*spi)))
		return false;
	*spi = *(__be32 *)skb->data;
	return true;
}

/* -EINVAL leaves the packet to other users of ESP. */
static int m6t_mobile6_esp(struct sk_buff *skb)
{
	struct list_head *devs = m6t_tunnel6_devs(dev_net(skb->dev));
	struct m6t_endpoint6 inner;
	struct m6t_outer outer;
	struct m6t_dev *m6t;
	__be32 spi;

	if (list_empty(devs) || !m6t_mobile6_spi(skb, &spi))
		return -EINVAL;
	m6t_tunnel6_outer(skb, &outer);
	list_for_each_entry_rcu(m6t, devs, tunnel6) {
		if (!m6t->role->home6(m6t, skb, &outer, spi, &inner))
			continue;
		skb_push(skb, sizeof(struct ipv6hdr));
		if (skb_cow_head(skb, 0))
			m6t_stats_drop(m6t, skb, M6T_STAT_RX_SHORT);
		else
			m6t_mobile6_receive(m6t, skb, &inner, &outer);
		return 0;
	}
	return -EINVAL;
}

/* ESP in UDP is left to other users. */
static int m6t_mobile6_input(struct sk_buff *skb, int nexthdr, __be32 spi,
			     int encap_type)
{
	return -EINVAL;
}

/* A positive value leaves the packet to other users of ESP. */
static int m6t_mobile6_cb(struct sk_buff *skb, int err)
{
	return 1;
}

/* Softirq, under RCU: an ICMP error, the quoted IPv6 header at skb->data. Nonzero leaves
 * it to other users of ESP.
 */
static int m6t_mobile6_err(struct sk_buff *skb, struct inet6_skb_parm *opt,
			   u8 type, u8 code, int offset, __be32 info)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct m6t_outer outer = {
		.encap = M6T_ENCAP_IP6,
		.v6 = { .remote = ip6h->daddr, .local = ip6h->saddr },
	};
	struct m6t_path *path;
	struct m6t_dev *m6t;
	const __be32 *spi;
	__be32 buf;
	u16 mtu;

	spi = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!spi || !m6t_tunnel6_is_refused(skb, type, offset, info, &mtu))
		return -ENOENT;
	list_for_each_entry_rcu(m6t, m6t_tunnel6_devs(dev_net(skb->dev)),
				tunnel6) {
		path = m6t->role->esp_path(m6t, skb, &outer, *spi);
		if (path)
			m6t_path_learn(path, mtu);
	}
	return -ENOENT;
}

static struct xfrm6_protocol m6t_mobile6_protocol __read_mostly = {
	.handler	= m6t_mobile6_esp,
	.input_handler	= m6t_mobile6_input,
	.cb_handler	= m6t_mobile6_cb,
	.err_handler	= m6t_mobile6_err,
	.priority	= M6T_MOBILE6_PRIORITY,
};

/**
 * m6t_mobile6_init() - register as a receiver of ESP
 *
 * Context: process.
 * Return: 0 or an error.
 */
int __init m6t_mobile6_init(void)
{
	return xfrm6_protocol_register(&m6t_mobile6_protocol, IPPROTO_ESP);
}

/**
 * m6t_mobile6_exit() - unregister as a receiver of ESP
 *
 * Context: process; sleeps for a grace period.
 */
void m6t_mobile6_exit(void)
{
	xfrm6_protocol_deregister(&m6t_mobile6_protocol, IPPROTO_ESP);
}
#else
int __init m6t_mobile6_init(void)
{
	return 0;
}

void m6t_mobile6_exit(void)
{
}
#endif
