// SPDX-License-Identifier: GPL-2.0
/* The mobile node: its attachment, packets and keepalives. */

#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "m6t.h"
#include "m6t_event.h"
#include "m6t_inner.h"
#include "m6t_mtu.h"
#include "m6t_outer.h"
#include "m6t_own.h"
#include "m6t_stamp.h"
#include "m6t_udp.h"

/* Interval of unanswered keepalives, ns (N8). */
#define M6T_MN_RETRY	(2 * NSEC_PER_SEC)

/* When to send a keepalive, in percent of the interval: at random, so that mobile
 * nodes that started together do not stay in step (N6), and shortly before its end,
 * when NATs drop their state.
 */
#define M6T_MN_EARLIEST	90
#define M6T_MN_LATEST	98

/* Attempts to find an address that no other device of this host uses (N2). */
#define M6T_MN_TRIES	16

/* All attachments, so that no two devices use the same address; under RTNL, which is
 * common to all network namespaces.
 */
static LIST_HEAD(m6t_mn_attached);

static u64 m6t_mn_interval(const struct m6t_config *cfg)
{
	u32 percent = cfg->keepalive * (MSEC_PER_SEC / 100);
	u32 spread = percent * (M6T_MN_LATEST - M6T_MN_EARLIEST);

	return (percent * M6T_MN_EARLIEST + get_random_u32_below(spread + 1)) *
	       (u64)NSEC_PER_MSEC;
}

static void m6t_mn_arm(struct m6t_mn *mn, u64 due)
{
	hrtimer_start(&mn->keepalive, ns_to_ktime(due), HRTIMER_MODE_ABS_SOFT);
}

/* All keepalives since the gateway was last heard are unanswered (N8). From now on
 * send one per interval, until it is heard again.
 */
static void m6t_mn_unreachable(struct m6t_dev *m6t,
			       const struct m6t_config *cfg,
			       struct m6t_attachment *att)
{
	struct m6t_mn *mn = &m6t->mn;

	WRITE_ONCE(mn->tries, 0);
	mn->asked = ktime_get_coarse_ns();
	WRITE_ONCE(att->heard, false);
	WRITE_ONCE(att->lost, true);
	m6t_stats_count(m6t, M6T_STAT_UNREACHABLE);
	m6t_event_attachment(m6t, M6T_EVENT_UNREACHABLE, att);
	if (cfg->rotate)
		schedule_delayed_work(&mn->reattach, 0);
}

static void m6t_mn_ask(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       const struct m6t_attachment *att)
{
	static const struct in6_addr keepalive = M6T_KEEPALIVE_ADDR;

	if (m6t_own_keepalive(m6t, cfg, &att->addr, &keepalive, &att->ep))
		m6t_stamp(&m6t->mn.last_tx);
}

/**
 * m6t_mn_check() - send a keepalive if one is due (N6, N8)
 * @m6t: device
 * @cfg: settings, with keepalives on
 * @att: attachment
 * @now: ktime, ns
 *
 * Until something was heard on this attachment, silence means nothing: the gateway
 * answers only active bindings, and there is no state that a NAT could have lost.
 * One keepalive per interval is sent then.
 *
 * Return: ktime, ns, of the next check.
 */
static u64 m6t_mn_check(struct m6t_dev *m6t, const struct m6t_config *cfg,
			struct m6t_attachment *att, u64 now)
{
	struct m6t_mn *mn = &m6t->mn;
	u64 rx = READ_ONCE(mn->last_rx), tx = READ_ONCE(mn->last_tx), due;
	bool heard = READ_ONCE(att->heard);

	if (mn->tries && rx >= mn->asked)
		WRITE_ONCE(mn->tries, 0);
	/* The interval may be shorter than the wait for an answer. */
	due = mn->asked + (u64)mn->tries * M6T_MN_RETRY;
	if (now < due)
		return due;
	if (!mn->tries) {
		due = (heard ? min(rx, tx) : mn->asked) + mn->interval;
		if (now < due)
			return due;
		mn->asked = ktime_get_coarse_ns();
		WRITE_ONCE(mn->interval, m6t_mn_interval(cfg));
	}
	if (mn->tries >= cfg->keepalive_retries) {
		m6t_mn_unreachable(m6t, cfg, att);
		return now + mn->interval;
	}
	m6t_mn_ask(m6t, cfg, att);
	if (!heard)
		return now + mn->interval;
	WRITE_ONCE(mn->tries, mn->tries + 1);
	return now + min_t(u64, M6T_MN_RETRY, mn->interval);
}

static enum hrtimer_restart m6t_mn_keepalive_due(struct hrtimer *timer)
{
	struct m6t_dev *m6t = container_of(timer, struct m6t_dev, mn.keepalive);
	const struct m6t_config *cfg;
	struct m6t_attachment *att;

	rcu_read_lock();
	cfg = rcu_dereference(m6t->cfg);
	att = rcu_dereference(m6t->mn.att);
	if (att && cfg->keepalive)
		m6t_mn_arm(&m6t->mn,
			   m6t_mn_check(m6t, cfg, att, ktime_get_ns()));
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/* The timer is not running, though an answer may have queued it. Check soon, as most
 * of an interval may already have been silent when the settings change.
 */
static void m6t_mn_start_keepalives(struct m6t_mn *mn,
				    const struct m6t_config *cfg)
{
	WRITE_ONCE(mn->tries, 0);
	mn->asked = ktime_get_coarse_ns();
	WRITE_ONCE(mn->interval, m6t_mn_interval(cfg));
	if (cfg->keepalive)
		m6t_mn_arm(mn, mn->asked +
			   min_t(u64, mn->interval, NSEC_PER_SEC));
}

static bool m6t_mn_is_taken(const struct in6_addr *addr)
{
	struct m6t_attachment *att;

	ASSERT_RTNL();
	list_for_each_entry(att, &m6t_mn_attached, list)
		if (ipv6_addr_equal(&att->addr, addr))
			return true;
	return false;
}

/* The address consists of the /80 and 48 more bits (N2). All zeros would be the
 * Subnet-Router anycast address.
 */
static int m6t_mn_choose(const struct m6t_config *cfg, const u8 *id,
			 struct in6_addr *addr, struct netlink_ext_ack *extack)
{
	static const u8 anycast[M6T_ID_LEN];
	u8 *tail = &addr->s6_addr[sizeof(*addr) - M6T_ID_LEN];
	unsigned int try;

	*addr = cfg->prefix[0].addr;
	if (id) {
		memcpy(tail, id, M6T_ID_LEN);
		if (memcmp(tail, anycast, M6T_ID_LEN) && !m6t_mn_is_taken(addr))
			return 0;
		NL_SET_ERR_MSG(extack,
			       "m6t: id must not be zero or in use by this or another device of this host");
		return -EADDRINUSE;
	}
	for (try = 0; try < M6T_MN_TRIES; try++) {
		get_random_bytes(tail, M6T_ID_LEN);
		if (memcmp(tail, anycast, M6T_ID_LEN) && !m6t_mn_is_taken(addr))
			return 0;
	}
	return -EADDRINUSE;
}

static void m6t_mn_release(struct m6t_attachment *att)
{
	list_del(&att->list);
	if (att->sk)
		m6t_udp_close(att->sk);
	kfree_rcu(att, rcu);
}

/* End the attachment, if there is one. */
static void m6t_mn_detach(struct m6t_dev *m6t)
{
	struct m6t_mn *mn = &m6t->mn;
	struct m6t_attachment *att = rtnl_dereference(mn->att);

	ASSERT_RTNL();
	if (!att)
		return;
	netif_carrier_off(m6t->dev);
	RCU_INIT_POINTER(mn->att, NULL);
	hrtimer_cancel(&mn->keepalive);
	m6t_event_attachment(m6t, M6T_EVENT_DETACHED, att);
	m6t_mn_release(att);
}

/* The new socket is opened while the old one still occupies its port, so that the
 * ports differ (N3). If the port is fixed, the old one must be closed first, and is
 * opened again if the new one cannot be.
 */
static struct sock *m6t_mn_socket(struct m6t_dev *m6t,
				  const struct m6t_config *cfg,
				  struct m6t_attachment *old,
				  struct netlink_ext_ack *extack)
{
	struct sock *sk;
	int err;

	if (!old || !cfg->sport || old->ep.local_port != cfg->sport)
		return m6t_udp_open(m6t, cfg, cfg->sport, extack);
	err = m6t_udp_link(m6t, cfg->link, extack);
	if (err)
		return ERR_PTR(err);

	m6t_udp_close(old->sk);
	old->sk = NULL;
	sk = m6t_udp_open(m6t, cfg, cfg->sport, extack);
	if (!IS_ERR(sk))
		return sk;
	old->sk = m6t_udp_open(m6t, rtnl_dereference(m6t->cfg), cfg->sport,
			       NULL);
	if (IS_ERR(old->sk)) {
		old->sk = NULL;
		m6t_mn_detach(m6t);
	}
	return sk;
}

static struct m6t_attachment *m6t_mn_prepare(struct m6t_dev *m6t,
					     const struct m6t_config *cfg,
					     const u8 *id,
					     struct netlink_ext_ack *extack)
{
	struct m6t_attachment *att = kzalloc(sizeof(*att), GFP_KERNEL_ACCOUNT);
	int err;

	if (!att)
		return ERR_PTR(-ENOMEM);
	err = m6t_mn_choose(cfg, id, &att->addr, extack);
	if (err)
		goto err_free;
	att->sk = m6t_mn_socket(m6t, cfg, rtnl_dereference(m6t->mn.att),
				extack);
	if (IS_ERR(att->sk)) {
		err = PTR_ERR(att->sk);
		goto err_free;
	}
	att->ep.remote = cfg->gateway;
	att->ep.port = cfg->port[0];
	att->ep.local = cfg->local;
	att->ep.local_port = inet_sk(att->sk)->inet_sport;
	return att;

err_free:
	kfree(att);
	return ERR_PTR(err);
}

/* Begin an attachment: new address, new socket (N2, N3). On error the old one, if
 * any, continues, unless its port is fixed and could not be opened again.
 */
static int m6t_mn_attach(struct m6t_dev *m6t, const struct m6t_config *cfg,
			 const u8 *id, struct netlink_ext_ack *extack)
{
	struct m6t_mn *mn = &m6t->mn;
	struct m6t_attachment *att, *old;

	ASSERT_RTNL();
	att = m6t_mn_prepare(m6t, cfg, id, extack);
	if (IS_ERR(att))
		return PTR_ERR(att);

	old = rtnl_dereference(mn->att);
	hrtimer_cancel(&mn->keepalive);
	cancel_delayed_work(&mn->reattach);
	m6t_stamp(&mn->last_rx);
	m6t_stamp(&mn->last_tx);
	list_add_tail(&att->list, &m6t_mn_attached);
	rcu_assign_pointer(mn->att, att);
	m6t_mn_start_keepalives(mn, cfg);
	if (old)
		m6t_mn_release(old);

	m6t_stats_count(m6t, M6T_STAT_ATTACH);
	m6t_mtu_follow(m6t, cfg);
	netif_carrier_on(m6t->dev);
	m6t_event_attachment(m6t, M6T_EVENT_ATTACHED, att);
	return 0;
}

/* Must not wait for RTNL: m6t_mn_uninit() holds it and waits for this work. */
static void m6t_mn_reattach(struct work_struct *work)
{
	struct m6t_dev *m6t = container_of(work, struct m6t_dev,
					   mn.reattach.work);
	struct m6t_attachment *att;

	if (!rtnl_trylock()) {
		schedule_delayed_work(&m6t->mn.reattach, 1);
		return;
	}
	att = rtnl_dereference(m6t->mn.att);
	if (att && READ_ONCE(att->lost) && !READ_ONCE(att->heard) &&
	    m6t_mn_attach(m6t, rtnl_dereference(m6t->cfg), NULL, NULL))
		schedule_delayed_work(&m6t->mn.reattach, HZ);
	rtnl_unlock();
}

static int m6t_mn_check_config(const struct m6t_config *cfg,
			       struct nlattr *data[],
			       struct netlink_ext_ack *extack)
{
	if (cfg->n_prefixes != 1 || cfg->prefix[0].len != M6T_MN_PREFIX_LEN)
		return m6t_config_refuse(extack, data[IFLA_M6T_PREFIXES],
					 "m6t: a mobile node needs exactly one prefix of length /80, as it chooses the other 48 bits at random");
	if (cfg->n_ports != 1)
		return m6t_config_refuse(extack, data[IFLA_M6T_PORTS],
					 "m6t: a mobile node takes exactly one port, the gateway's");
	if (!cfg->gateway)
		return m6t_config_refuse(extack, NULL,
					 "m6t: gateway is missing, expected gateway IPV4");
	return 0;
}

static int m6t_mn_init(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	hrtimer_setup(&m6t->mn.keepalive, m6t_mn_keepalive_due,
		      CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	INIT_DELAYED_WORK(&m6t->mn.reattach, m6t_mn_reattach);
	return 0;
}

/* A packet may have started the timer after the attachment ended. */
static void m6t_mn_uninit(struct m6t_dev *m6t)
{
	hrtimer_cancel(&m6t->mn.keepalive);
	cancel_delayed_work_sync(&m6t->mn.reattach);
}

static void m6t_mn_free(struct m6t_dev *m6t)
{
}

static int m6t_mn_open(struct m6t_dev *m6t, const struct m6t_config *cfg,
		       struct netlink_ext_ack *extack)
{
	return m6t_mn_attach(m6t, cfg, NULL, extack);
}

/* Compare the settings that cannot change during an attachment. */
static bool m6t_mn_same_place(const struct m6t_config *a,
			      const struct m6t_config *b)
{
	return ipv6_addr_equal(&a->prefix[0].addr, &b->prefix[0].addr) &&
	       a->gateway == b->gateway && a->port[0] == b->port[0] &&
	       a->local == b->local && a->link == b->link &&
	       a->sport == b->sport;
}

static int m6t_mn_change(struct m6t_dev *m6t, const struct m6t_config *old,
			 const struct m6t_config *cfg,
			 struct netlink_ext_ack *extack)
{
	struct m6t_attachment *att = rtnl_dereference(m6t->mn.att);

	if (!att)
		return 0;
	if (!m6t_mn_same_place(old, cfg))
		return m6t_mn_attach(m6t, cfg, NULL, extack);
	m6t_udp_mark(att->sk, cfg);
	m6t_mtu_follow(m6t, cfg);
	if (cfg->rotate && !old->rotate && READ_ONCE(att->lost))
		schedule_delayed_work(&m6t->mn.reattach, 0);
	if (old->keepalive != cfg->keepalive) {
		hrtimer_cancel(&m6t->mn.keepalive);
		m6t_mn_start_keepalives(&m6t->mn, cfg);
	}
	return 0;
}

static void m6t_mn_hear(struct m6t_dev *m6t, struct m6t_attachment *att)
{
	m6t_stamp(&m6t->mn.last_rx);
	if (unlikely(!READ_ONCE(att->heard))) {
		WRITE_ONCE(att->lost, false);
		WRITE_ONCE(att->heard, true);
		m6t_event_attachment(m6t, M6T_EVENT_REACHABLE, att);
	}
}

/* A keepalive was answered, so there is nothing to check until the interval is over
 * (N6). Races are harmless, as the timer decides by the state it finds.
 */
static void m6t_mn_answered(struct m6t_mn *mn)
{
	if (READ_ONCE(mn->tries))
		m6t_mn_arm(mn, READ_ONCE(mn->last_tx) +
			       READ_ONCE(mn->interval));
}

/* N7, N9 */
static enum m6t_stat m6t_mn_receive(struct m6t_dev *m6t,
				    const struct m6t_config *cfg,
				    struct sk_buff *skb,
				    const struct m6t_outer *outer)
{
	const struct m6t_endpoint *ep = &outer->v4;
	struct m6t_attachment *att = rcu_dereference(m6t->mn.att);
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (!att || ep->remote != att->ep.remote || ep->port != att->ep.port)
		return M6T_STAT_RX_NOT_GATEWAY;
	if (!m6t_prefix6_match(cfg->prefix, 1, &ip6h->daddr))
		return M6T_STAT_RX_BAD_DESTINATION;
	if (unlikely(m6t_addr_is_keepalive(&ip6h->saddr) &&
		     m6t_proto_empty(ip6h))) {
		if (!ipv6_addr_equal(&ip6h->daddr, &att->addr))
			return M6T_STAT_RX_KEEPALIVE_STRAY;
		m6t_mn_hear(m6t, att);
		m6t_mn_answered(&m6t->mn);
		return M6T_STAT_RX_KEEPALIVE;
	}
	if (!m6t_addr_is_global(&ip6h->saddr) ||
	    m6t_prefix6_match(cfg->prefix, 1, &ip6h->saddr))
		return M6T_STAT_RX_BAD_SOURCE;
	/* Packets to a former address say nothing about this attachment. */
	if (likely(ipv6_addr_equal(&ip6h->daddr, &att->addr)))
		m6t_mn_hear(m6t, att);
	return M6T_STAT_UNSPEC;
}

/* N10 */
static enum m6t_stat m6t_mn_transmit(struct m6t_dev *m6t,
				     const struct m6t_config *cfg,
				     struct sk_buff *skb)
{
	struct m6t_attachment *att = rcu_dereference(m6t->mn.att);
	enum m6t_stat why;

	if (!m6t_prefix6_match(cfg->prefix, 1, &ipv6_hdr(skb)->saddr))
		return M6T_STAT_TX_BAD_SOURCE;
	if (!att)
		return M6T_STAT_TX_CARRIER;
	why = m6t_outer4_xmit(m6t, cfg, skb, &att->ep, &att->path);
	if (likely(!why))
		m6t_stamp(&m6t->mn.last_tx);
	return why;
}

/* The address is random, so it proves that an ICMP error is genuine (B3). */
static struct m6t_path *m6t_mn_path(struct m6t_dev *m6t,
				    const union m6t_inner *inner,
				    const struct m6t_outer *outer)
{
	struct m6t_attachment *att = rcu_dereference(m6t->mn.att);

	return att && ipv6_addr_equal(&inner->v6.saddr, &att->addr) &&
	       m6t_endpoint_match(&att->ep, &outer->v4) ? &att->path : NULL;
}

static int m6t_mn_fill_attachment(struct sk_buff *msg,
				  const struct m6t_attachment *att)
{
	if (!att)
		return nla_put_u8(msg, M6T_A_ATTACHED, 0);
	return nla_put_u8(msg, M6T_A_ATTACHED, 1) ?:
	       nla_put_in6_addr(msg, M6T_A_ADDRESS, &att->addr) ?:
	       nla_put_be16(msg, M6T_A_SPORT, att->ep.local_port);
}

static int m6t_mn_fill(struct m6t_dev *m6t, struct sk_buff *msg)
{
	int err;

	rcu_read_lock();
	err = m6t_mn_fill_attachment(msg, rcu_dereference(m6t->mn.att));
	rcu_read_unlock();
	return err;
}

const struct m6t_role m6t_mn_role = {
	.mode		= M6T_MODE_MN,
	.overhead	= M6T_HEADROOM,
	.port		= M6T_PORT,
	.missing	=
		"m6t: prefix is missing, expected prefix IPV6/LEN (IPV6/80 on a mobile node)",
	.not_here	= "m6t: local must be an IPv4 address of this host",
	.check		= m6t_mn_check_config,
	.init		= m6t_mn_init,
	.uninit		= m6t_mn_uninit,
	.free		= m6t_mn_free,
	.open		= m6t_mn_open,
	.stop		= m6t_mn_detach,
	.change		= m6t_mn_change,
	.receive	= m6t_mn_receive,
	.transmit	= m6t_mn_transmit,
	.path		= m6t_mn_path,
	.fill		= m6t_mn_fill,
	.attach		= m6t_mn_attach,
	.detach		= m6t_mn_detach,
};
