/* SPDX-License-Identifier: GPL-2.0 */
/* A mobile node. */
#ifndef M6T_MN_H
#define M6T_MN_H

#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include "m6t_path.h"
#include "m6t_proto.h"
#include "m6t_role.h"

/**
 * struct m6t_attachment - a mobile node's attachment to one IPv4 network
 * @addr: its address, fresh for each attachment (N2)
 * @ep: the gateway, and the local address and port
 * @path: to the gateway
 * @sk: its socket, fresh for each attachment (N3); under RTNL
 * @lost: the gateway was found unreachable; the attachment should be replaced
 * @heard: the gateway has sent to @addr since the attachment began, or since it was
 *	last found unreachable
 * @list: entry in the list of all attachments of this host; under RTNL
 * @rcu: frees the struct
 *
 * Replaced as a whole; @addr and @ep are const once published.
 */
struct m6t_attachment {
	struct in6_addr addr;
	struct m6t_endpoint ep;
	struct m6t_path path;
	struct sock *sk;
	bool heard;
	bool lost;
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * struct m6t_mn - mobile node part of a device
 * @att: the attachment, NULL while detached; written under RTNL
 * @keepalive: sends keepalives and detects that they are unanswered (N6, N8)
 * @reattach: attaches again if they were
 * @asked: ktime, ns, of the first of @tries; owned by the timer
 * @interval: ns between keepalives, jittered; owned by the timer, but read by
 *	answers, which may start it
 * @tries: keepalives sent since the gateway was last heard; likewise
 * @last_tx: ktime, ns, of the last packet sent, to the tick
 * @last_rx: ktime, ns, of the last packet received, to the tick
 */
struct m6t_mn {
	struct m6t_attachment __rcu *att;
	struct hrtimer keepalive;
	struct delayed_work reattach;
	u64 asked;
	u64 interval;
	u32 tries;
	u64 last_tx ____cacheline_aligned;
	u64 last_rx ____cacheline_aligned;
};

extern const struct m6t_role m6t_mn_role;

#endif /* M6T_MN_H */
