// SPDX-License-Identifier: GPL-2.0
/*
 * The care-of addresses of a DSMIPv6 mobile node. A new one is pending: it only
 * carries signalling, until the home agent has accepted it. Then it becomes active,
 * and the former one still receives for a moment, so that nothing is lost (D5, D19).
 */

#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "m6t.h"
#include "m6t_event.h"
#include "m6t_udp.h"
#include "dsmip/m6t_slot.h"
#include "outer/m6t_route6.h"

static struct m6t_slots *m6t_slots_of(struct m6t_dev *m6t)
{
	return m6t->role->slots(m6t);
}

static void m6t_slot_free(struct m6t_slot *slot)
{
	m6t_udp_close(slot->sk);
	kfree_rcu(slot, rcu);
}

/* The device can send as long as there is a care-of address to send from. */
static void m6t_slots_carrier(struct m6t_dev *m6t)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);

	if (rtnl_dereference(slots->slot[M6T_SLOT_ACTIVE]) ||
	    rtnl_dereference(slots->slot[M6T_SLOT_PENDING]))
		netif_carrier_on(m6t->dev);
	else
		netif_carrier_off(m6t->dev);
}

/* End the use of a care-of address, if there is one in this state. */
static void m6t_slots_end(struct m6t_dev *m6t, enum m6t_slot_state state)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);
	struct m6t_slot *slot = rtnl_dereference(slots->slot[state]);

	ASSERT_RTNL();
	if (!slot)
		return;
	RCU_INIT_POINTER(slots->slot[state], NULL);
	m6t_event_slot(m6t, M6T_SLOT_UNSPEC, slot);
	m6t_slot_free(slot);
}

/* Must not wait for RTNL: m6t_slots_uninit() holds it and waits for this work. */
static void m6t_slots_linger_work(struct work_struct *work)
{
	struct m6t_dev *m6t = container_of(work, struct m6t_dev,
					   dmn.slots.linger.work);

	if (!rtnl_trylock()) {
		schedule_delayed_work(to_delayed_work(work), 1);
		return;
	}
	/* The work may have been queued for an earlier care-of address. */
	if (time_before(jiffies, m6t_slots_of(m6t)->linger_until))
		schedule_delayed_work(to_delayed_work(work), 1);
	else
		m6t_slots_end(m6t, M6T_SLOT_LINGERING);
	rtnl_unlock();
}

/**
 * m6t_slots_init() - initialize without care-of addresses
 * @slots: all zeros, of a &struct m6t_dmn
 *
 * Context: process.
 */
void m6t_slots_init(struct m6t_slots *slots)
{
	INIT_DELAYED_WORK(&slots->linger, m6t_slots_linger_work);
}

/**
 * m6t_slots_uninit() - stop the work
 * @slots: without care-of addresses
 *
 * Context: process, RTNL held.
 */
void m6t_slots_uninit(struct m6t_slots *slots)
{
	cancel_delayed_work_sync(&slots->linger);
}

/**
 * m6t_slots_stop() - end the use of all care-of addresses
 * @m6t: device
 *
 * Context: process, RTNL held.
 */
void m6t_slots_stop(struct m6t_dev *m6t)
{
	netif_carrier_off(m6t->dev);
	m6t_slots_end(m6t, M6T_SLOT_PENDING);
	m6t_slots_end(m6t, M6T_SLOT_ACTIVE);
	m6t_slots_end(m6t, M6T_SLOT_LINGERING);
}

/**
 * m6t_slots_have6() - check for an IPv6 care-of address
 * @m6t: device
 *
 * Context: process, RTNL held.
 * Return: true if there is one, whatever its state.
 */
bool m6t_slots_have6(struct m6t_dev *m6t)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);
	struct m6t_slot *slot;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(slots->slot); i++) {
		slot = rtnl_dereference(slots->slot[i]);
		if (slot && slot->encap == M6T_ENCAP_IP6)
			return true;
	}
	return false;
}

/**
 * m6t_slots_mark() - set the mark of all sockets to that of their packets
 * @m6t: device
 * @cfg: settings
 *
 * Context: process, RTNL held.
 */
void m6t_slots_mark(struct m6t_dev *m6t, const struct m6t_config *cfg)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);
	struct m6t_slot *slot;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(slots->slot); i++) {
		slot = rtnl_dereference(slots->slot[i]);
		if (slot)
			m6t_udp_mark(slot->sk, cfg);
	}
}

static int m6t_slot_open4(struct m6t_dev *m6t, const struct m6t_config *cfg,
			  struct m6t_slot *slot,
			  const struct m6t_slot_spec *spec,
			  struct netlink_ext_ack *extack)
{
	slot->link = spec->link ?: cfg->link;
	slot->sk = m6t_udp_open_at(m6t, cfg, spec->local, cfg->sport,
				   slot->link, extack);
	if (IS_ERR(slot->sk))
		return PTR_ERR(slot->sk);
	slot->ep.remote = cfg->ha4;
	slot->ep.port = cfg->port[0];
	slot->ep.local = spec->local;
	slot->ep.local_port = inet_sk(slot->sk)->inet_sport;
	return 0;
}

/* The home agent's address itself is routed to the device, so there must be a link. */
static int m6t_slot_open6(struct m6t_dev *m6t, const struct m6t_config *cfg,
			  struct m6t_slot *slot,
			  const struct m6t_slot_spec *spec,
			  struct netlink_ext_ack *extack)
{
	u32 own = m6t_route6_link(m6t, &spec->local6);

	slot->link = spec->link ?: cfg->link ?: own;
	if (!own) {
		NL_SET_ERR_MSG(extack,
			       "m6t: a care-of address must be an IPv6 address of this host");
		return -EADDRNOTAVAIL;
	}
	slot->sk = m6t_route6_open(m6t, cfg, slot->link, extack);
	if (IS_ERR(slot->sk))
		return PTR_ERR(slot->sk);
	slot->ep6.remote = cfg->home_agent[0].addr;
	slot->ep6.local = spec->local6;
	return 0;
}

static struct m6t_slot *m6t_slot_new(struct m6t_dev *m6t,
				     const struct m6t_slot_spec *spec,
				     struct netlink_ext_ack *extack)
{
	const struct m6t_config *cfg = rtnl_dereference(m6t->cfg);
	struct m6t_slot *slot;
	int err;

	slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	slot->encap = spec->encap;
	if (spec->encap == M6T_ENCAP_IP6)
		err = m6t_slot_open6(m6t, cfg, slot, spec, extack);
	else
		err = m6t_slot_open4(m6t, cfg, slot, spec, extack);
	if (!err)
		return slot;
	kfree(slot);
	return ERR_PTR(err);
}

/* The same care-of address with a fixed port needs the port of the old socket. */
static void m6t_slots_give_up(struct m6t_dev *m6t,
			      const struct m6t_slot_spec *spec,
			      enum m6t_slot_state state)
{
	const struct m6t_slot *slot =
		rtnl_dereference(m6t_slots_of(m6t)->slot[state]);

	if (rtnl_dereference(m6t->cfg)->sport && slot &&
	    spec->encap != M6T_ENCAP_IP6 && slot->ep.local == spec->local)
		m6t_slots_end(m6t, state);
}

/**
 * m6t_slots_set() - send signalling from a care-of address (D5)
 * @m6t: device, up
 * @spec: the care-of address; it replaces a pending one
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0 or an error, and nothing has changed, unless the same care-of address
 * with a fixed port was pending or lingering and could not be opened again.
 */
int m6t_slots_set(struct m6t_dev *m6t, const struct m6t_slot_spec *spec,
		  struct netlink_ext_ack *extack)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);
	struct m6t_slot *slot;

	ASSERT_RTNL();
	m6t_slots_give_up(m6t, spec, M6T_SLOT_PENDING);
	m6t_slots_give_up(m6t, spec, M6T_SLOT_LINGERING);
	slot = m6t_slot_new(m6t, spec, extack);
	if (IS_ERR(slot)) {
		m6t_slots_carrier(m6t);
		return PTR_ERR(slot);
	}
	m6t_slots_end(m6t, M6T_SLOT_PENDING);
	rcu_assign_pointer(slots->slot[M6T_SLOT_PENDING], slot);
	m6t_event_slot(m6t, M6T_SLOT_PENDING, slot);
	m6t_slots_carrier(m6t);
	return 0;
}

/**
 * m6t_slots_clear() - end the use of the pending care-of address
 * @m6t: device
 *
 * Context: process, RTNL held.
 */
void m6t_slots_clear(struct m6t_dev *m6t)
{
	m6t_slots_end(m6t, M6T_SLOT_PENDING);
	m6t_slots_carrier(m6t);
}

/* Let the active care-of address linger for @linger ms, and activate the pending one. */
static void m6t_slots_move(struct m6t_dev *m6t, struct m6t_slot *pending,
			   unsigned int linger)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);
	struct m6t_slot *active;

	m6t_slots_end(m6t, M6T_SLOT_LINGERING);
	active = rtnl_dereference(slots->slot[M6T_SLOT_ACTIVE]);
	rcu_assign_pointer(slots->slot[M6T_SLOT_ACTIVE], pending);
	RCU_INIT_POINTER(slots->slot[M6T_SLOT_PENDING], NULL);
	m6t_stats_count(m6t, M6T_STAT_ATTACH);
	m6t_event_slot(m6t, M6T_SLOT_ACTIVE, pending);
	if (!active)
		return;
	rcu_assign_pointer(slots->slot[M6T_SLOT_LINGERING], active);
	m6t_event_slot(m6t, M6T_SLOT_LINGERING, active);
	slots->linger_until = jiffies + msecs_to_jiffies(linger);
	cancel_delayed_work(&slots->linger);
	schedule_delayed_work(&slots->linger, msecs_to_jiffies(linger));
}

/**
 * m6t_slots_commit() - send payload from the pending care-of address (D5)
 * @m6t: device
 * @encap: &enum m6t_encap of the payload, 0: as set before
 * @linger: ms for which the former one still receives
 * @extack: netlink extended ack, for the reason of a refusal
 *
 * Context: process, RTNL held.
 * Return: 0, -ENOENT or -EINVAL.
 */
int m6t_slots_commit(struct m6t_dev *m6t, u8 encap, unsigned int linger,
		     struct netlink_ext_ack *extack)
{
	struct m6t_slots *slots = m6t_slots_of(m6t);
	struct m6t_slot *pending, *slot;
	bool is_ip6, wants_ip6;

	ASSERT_RTNL();
	pending = rtnl_dereference(slots->slot[M6T_SLOT_PENDING]);
	slot = pending ?: rtnl_dereference(slots->slot[M6T_SLOT_ACTIVE]);
	if (!slot || (!pending && !encap)) {
		NL_SET_ERR_MSG(extack,
			       "m6t: no care-of address is pending, set one first");
		return -ENOENT;
	}
	is_ip6 = slot->encap == M6T_ENCAP_IP6;
	wants_ip6 = encap ? encap == M6T_ENCAP_IP6 : is_ip6;
	if (wants_ip6 != is_ip6) {
		NL_SET_ERR_MSG(extack,
			       "m6t: kind ip6 is for IPv6 care-of addresses, udp4 and ip4 are for IPv4 ones");
		return -EINVAL;
	}
	if (encap)
		WRITE_ONCE(slot->encap, encap);
	if (pending)
		m6t_slots_move(m6t, pending, linger);
	return 0;
}
