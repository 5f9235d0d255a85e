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
 * struct m6t_attachment - one stay of a mobile node at one IPv4 network
 * @addr: its address, fresh for each attachment (N2)
 * @ep: the gateway and the own port
 * @path: to the gateway
 * @sk: its socket, fresh for each attachment (N3); under RTNL
 * @lost: found unreachable; an attachment that is lost is to be replaced
 * @heard: the gateway sent something to @addr since the attachment, or since
 *	it was last found unreachable
 * @list: among all attachments of this host; under RTNL
 * @rcu: frees the struct
 *
 * Replaced whole; @addr and @ep are const from publication on.
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
 * struct m6t_mn - what a mobile node keeps
 * @att: the attachment, NULL while there is none; written under RTNL
 * @keepalive: sends keepalives and finds out that nobody answers (N6, N8)
 * @reattach: attaches anew when nobody answered
 * @asked: ktime, ns, of the first of @tries; the timer's alone
 * @interval: ns, jittered, between keepalives; the timer's, which is started by
 *	an answer too
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
