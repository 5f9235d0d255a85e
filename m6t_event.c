// SPDX-License-Identifier: GPL-2.0
/*
 * Events: notifications to listeners of the multicast group. Those that packets can
 * cause are rate limited; events that are not sent are counted, and their number is
 * reported within a second.
 */

#include <net/genetlink.h>

#include "m6t.h"
#include "m6t_event.h"
#include "m6t_netlink.h"

/* Events per second that packets may cause on a device, for either limit. */
#define M6T_EVENTS_A_SECOND	4096

/* Delay after which the number of lost events is reported. */
#define M6T_EVENT_LOST_DELAY	(HZ / 2)

/**
 * struct m6t_event_msg - an event's message while it is built
 * @net: netns of the device
 * @msg: the message
 * @hdr: its header
 * @lost: number of events lost before it, which it reports
 */
struct m6t_event_msg {
	struct net *net;
	struct sk_buff *msg;
	void *hdr;
	u32 lost;
};

/* The next event reports the loss or, if none follows, the work does. */
static void m6t_event_lose(struct m6t_dev *m6t, u32 n)
{
	atomic_add(n, &m6t->events_lost);
	schedule_delayed_work(&m6t->lost_work, M6T_EVENT_LOST_DELAY);
}

/* Create a message with the attributes that all events have. */
static int m6t_event_new(struct m6t_dev *m6t, enum m6t_event event,
			 struct m6t_event_msg *ev)
{
	ev->net = dev_net(m6t->dev);
	ev->msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!ev->msg)
		return -ENOMEM;
	ev->hdr = genlmsg_put(ev->msg, 0, 0, &m6t_nl_family, 0, M6T_CMD_EVENT);
	if (ev->hdr && !m6t_nl_fill_name(ev->msg, m6t->dev) &&
	    !nla_put_u8(ev->msg, M6T_A_EVENT, event) &&
	    !nla_put_u64_64bit(ev->msg, M6T_A_TIME, ktime_get_real_ns(),
			       M6T_A_PAD) &&
	    (!ev->lost || !nla_put_u32(ev->msg, M6T_A_LOST, ev->lost)))
		return 0;
	nlmsg_free(ev->msg);
	return -EMSGSIZE;
}

/* Begin the message of an event; false if none is to be sent. @limit applies to
 * events that packets can cause; NULL for others.
 */
static bool m6t_event_begin(struct m6t_dev *m6t, enum m6t_event event,
			    struct ratelimit_state *limit,
			       struct m6t_event_msg *ev)
{
	if (!genl_has_listeners(&m6t_nl_family, dev_net(m6t->dev),
				M6T_NL_EVENTS))
		return false;
	ev->lost = 0;
	if (limit && !__ratelimit(limit))
		goto err_lost;
	ev->lost = atomic_xchg(&m6t->events_lost, 0);
	if (!m6t_event_new(m6t, event, ev))
		return true;
err_lost:
	m6t_event_lose(m6t, ev->lost + 1);
	return false;
}

static void m6t_event_end(struct m6t_dev *m6t, struct m6t_event_msg *ev,
			  int err)
{
	if (err) {
		nlmsg_free(ev->msg);
		m6t_event_lose(m6t, ev->lost + 1);
		return;
	}
	genlmsg_end(ev->msg, ev->hdr);
	genlmsg_multicast_netns(&m6t_nl_family, ev->net, ev->msg, 0,
				M6T_NL_EVENTS, GFP_ATOMIC);
}

/**
 * m6t_event_binding() - report a change of a binding (G14)
 * @m6t: device
 * @event: what happened
 * @state: its binding table
 * @b: the binding
 *
 * Context: any but hard interrupts, under RCU.
 */
void m6t_event_binding(struct m6t_dev *m6t, enum m6t_event event,
		       const struct m6t_state *state,
		       const struct m6t_binding *b)
{
	struct ratelimit_state *limit = &m6t->change_limit;
	struct m6t_event_msg ev;

	if (event == M6T_EVENT_BINDING_DELETED)
		limit = NULL;
	if (m6t_event_begin(m6t, event, limit, &ev))
		m6t_event_end(m6t, &ev,
			      m6t_nl_fill_binding(ev.msg, state, b, true));
}

/**
 * m6t_event_pressure() - report that a table came under pressure, or no longer is
 * @m6t: gateway
 * @pressed: it is under pressure now (G17)
 *
 * Context: any but hard interrupts, under RCU.
 */
void m6t_event_pressure(struct m6t_dev *m6t, bool pressed)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, M6T_EVENT_PRESSURE, &m6t->change_limit, &ev))
		m6t_event_end(m6t, &ev,
			      nla_put_u8(ev.msg, M6T_A_PRESSED, pressed));
}

/**
 * m6t_event_endpoint() - report a packet that was refused (G8, G11, G12)
 * @m6t: gateway
 * @event: the reason
 * @addr: its IPv6 source
 * @ep: its outer addresses and ports
 *
 * Context: softirq, under RCU.
 */
void m6t_event_endpoint(struct m6t_dev *m6t, enum m6t_event event,
			const struct in6_addr *addr,
			   const struct m6t_endpoint *ep)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, event, &m6t->refusal_limit, &ev))
		m6t_event_end(m6t, &ev,
			      nla_put_in6_addr(ev.msg, M6T_A_ADDRESS, addr) ?:
			      m6t_nl_fill_remote(ev.msg, ep) ?:
			      m6t_nl_fill_local(ev.msg, ep));
}

/**
 * m6t_event_outer() - report a packet of a bound home address that was refused (D8)
 * @m6t: DSMIPv6 home agent
 * @event: the reason
 * @hoa: the home address
 * @outer: the outer headers of the packet
 *
 * Context: softirq, under RCU.
 */
void m6t_event_outer(struct m6t_dev *m6t, enum m6t_event event,
		     const struct in6_addr *hoa, const struct m6t_outer *outer)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, event, &m6t->refusal_limit, &ev))
		m6t_event_end(m6t, &ev,
			      nla_put_in6_addr(ev.msg, M6T_A_ADDRESS, hoa) ?:
			      m6t_nl_fill_outer(ev.msg, outer));
}

/**
 * m6t_event_attachment() - report a change of a mobile node's attachment
 * @m6t: mobile node
 * @event: what happened
 * @att: the attachment
 *
 * Context: process with RTNL held, or softirq under RCU.
 */
void m6t_event_attachment(struct m6t_dev *m6t, enum m6t_event event,
			  const struct m6t_attachment *att)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, event, NULL, &ev))
		m6t_event_end(m6t, &ev,
			      nla_put_in6_addr(ev.msg, M6T_A_ADDRESS,
					       &att->addr) ?:
			      nla_put_be16(ev.msg, M6T_A_SPORT,
					   att->ep.local_port));
}

/**
 * m6t_event_node() - report that a home address was bound, or no longer is
 * @m6t: DSMIPv6 home agent
 * @event: what happened
 * @node: the mobile node
 *
 * Caused by the protocol module, or by the end of a lifetime that it has set.
 *
 * Context: any but hard interrupts, under RCU.
 */
void m6t_event_node(struct m6t_dev *m6t, enum m6t_event event,
		    const struct m6t_node *node)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, event, NULL, &ev))
		m6t_event_end(m6t, &ev, m6t_nl_fill_node(ev.msg, node, true));
}

/**
 * m6t_event_signal() - report signalling that was received (D6)
 * @m6t: DSMIPv6 home agent
 * @hoa: its IPv6 source
 * @outer: its outer headers
 * @spi: its SPI, network byte order
 *
 * Context: softirq, under RCU.
 */
void m6t_event_signal(struct m6t_dev *m6t, const struct in6_addr *hoa,
		      const struct m6t_outer *outer, __be32 spi)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, M6T_EVENT_SIGNAL, &m6t->change_limit, &ev))
		m6t_event_end(m6t, &ev,
			      nla_put_in6_addr(ev.msg, M6T_A_ADDRESS, hoa) ?:
			      m6t_nl_fill_outer(ev.msg, outer) ?:
			      nla_put_be32(ev.msg, M6T_A_SPI, spi));
}

/**
 * m6t_event_slot() - report the state of a care-of address
 * @m6t: DSMIPv6 mobile node
 * @state: &enum m6t_slot_state; 0: no longer in use
 * @slot: the care-of address
 *
 * Context: process, RTNL held.
 */
void m6t_event_slot(struct m6t_dev *m6t, u8 state, const struct m6t_slot *slot)
{
	struct m6t_event_msg ev;

	if (m6t_event_begin(m6t, M6T_EVENT_SLOT, NULL, &ev))
		m6t_event_end(m6t, &ev,
			      m6t_nl_fill_slot(ev.msg, state, slot) ?:
			      m6t_nl_fill_netns(ev.msg, m6t, ev.net,
						GFP_ATOMIC));
}

/* Copy the attributes of the protocol module, which keep their types. */
static int m6t_event_copy(struct sk_buff *msg, struct nlattr **attrs)
{
	static const u8 types[] = {
		M6T_A_ADDRESS, M6T_A_REMOTE, M6T_A_PORT, M6T_A_LOCAL,
		M6T_A_LINK, M6T_A_STATUS, M6T_A_REMOTE6, M6T_A_LOCAL6,
	};
	const struct nlattr *attr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		attr = attrs[types[i]];
		if (attr && nla_put(msg, types[i], nla_len(attr),
				    nla_data(attr)))
			return -EMSGSIZE;
	}
	attr = attrs[M6T_A_EXPIRES];
	return attr ? nla_put_u64_64bit(msg, M6T_A_EXPIRES, nla_get_u64(attr),
					M6T_A_PAD) : 0;
}

/**
 * m6t_event_module() - report an event of the protocol module
 * @m6t: DSMIPv6 device, held
 * @event: what happened
 * @attrs: more about it, by type, checked
 *
 * Limited, as packets that are refused can cause it.
 *
 * Context: process.
 */
void m6t_event_module(struct m6t_dev *m6t, enum m6t_event event,
		      struct nlattr **attrs)
{
	struct m6t_event_msg ev;

	/* The netns that the device may be leaving is freed a grace period later. */
	rcu_read_lock();
	if (m6t_event_begin(m6t, event, &m6t->change_limit, &ev))
		m6t_event_end(m6t, &ev,
			      m6t_event_copy(ev.msg, attrs) ?:
			      m6t_nl_fill_netns(ev.msg, m6t, ev.net,
						GFP_ATOMIC));
	rcu_read_unlock();
}

/**
 * m6t_event_report() - report how many events were lost, if any
 * @m6t: device
 *
 * Tried again later if there is no memory for the message.
 *
 * Context: process.
 */
void m6t_event_report(struct m6t_dev *m6t)
{
	struct m6t_event_msg ev = {
		.lost = atomic_xchg(&m6t->events_lost, 0),
	};

	if (!ev.lost)
		return;
	/* RCU keeps the netns that the device may be leaving. */
	rcu_read_lock();
	if (m6t_event_new(m6t, M6T_EVENT_LOST, &ev))
		m6t_event_lose(m6t, ev.lost);
	else
		m6t_event_end(m6t, &ev, 0);
	rcu_read_unlock();
}

static void m6t_event_report_work(struct work_struct *work)
{
	m6t_event_report(container_of(to_delayed_work(work), struct m6t_dev,
				      lost_work));
}

static void m6t_event_limit_init(struct ratelimit_state *limit)
{
	ratelimit_state_init(limit, HZ, M6T_EVENTS_A_SECOND);
	ratelimit_set_flags(limit, RATELIMIT_MSG_ON_RELEASE);
}

/**
 * m6t_event_init() - prepare for events and their limits
 * @m6t: device, not visible yet
 *
 * Context: process.
 */
void m6t_event_init(struct m6t_dev *m6t)
{
	m6t_event_limit_init(&m6t->change_limit);
	m6t_event_limit_init(&m6t->refusal_limit);
	INIT_DELAYED_WORK(&m6t->lost_work, m6t_event_report_work);
}

/**
 * m6t_event_exit() - stop reporting lost events
 * @m6t: device without references, so no more events can follow
 *
 * Context: process.
 */
void m6t_event_exit(struct m6t_dev *m6t)
{
	cancel_delayed_work_sync(&m6t->lost_work);
}
