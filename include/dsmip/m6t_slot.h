/* SPDX-License-Identifier: GPL-2.0 */
/* The care-of addresses of a DSMIPv6 mobile node. */
#ifndef M6T_SLOT_H
#define M6T_SLOT_H

#include <linux/workqueue.h>

#include "m6t_path.h"
#include "m6t_proto.h"

struct m6t_config;
struct m6t_dev;
struct netlink_ext_ack;

/**
 * struct m6t_slot - a care-of address, and the socket that sends from it
 * @ep: the home agent, and the care-of address and port; all zeros if that is IPv6
 * @ep6: the home agent and the care-of address, if @encap is %M6T_ENCAP_IP6
 * @encap: &enum m6t_encap of the payload
 * @link: ifindex of its link, 0: that of the device
 * @path: to the home agent
 * @sk: its socket; under RTNL
 * @rcu: frees the struct
 *
 * @ep, @ep6 and @link are const once published.
 */
struct m6t_slot {
	struct m6t_endpoint ep;
	u8 encap;
	u32 link;
	struct m6t_endpoint6 ep6;
	struct m6t_path path;
	struct sock *sk;
	struct rcu_head rcu;
};

/**
 * struct m6t_slots - the care-of addresses of a mobile node
 * @slot: by &enum m6t_slot_state, NULL if there is none; written under RTNL
 * @linger: ends the lingering one
 * @linger_until: jiffies, when it ends; under RTNL
 */
struct m6t_slots {
	struct m6t_slot __rcu *slot[M6T_SLOT_LINGERING + 1];
	struct delayed_work linger;
	unsigned long linger_until;
};

/**
 * struct m6t_slot_spec - a care-of address to use
 * @local: the address, network byte order
 * @local6: the address, if @encap is %M6T_ENCAP_IP6
 * @link: ifindex of its link, 0: that of the device
 * @encap: &enum m6t_encap of the payload
 */
struct m6t_slot_spec {
	__be32 local;
	struct in6_addr local6;
	u32 link;
	u8 encap;
};

void m6t_slots_init(struct m6t_slots *slots);
void m6t_slots_uninit(struct m6t_slots *slots);
void m6t_slots_stop(struct m6t_dev *m6t);
bool m6t_slots_have6(struct m6t_dev *m6t);
void m6t_slots_mark(struct m6t_dev *m6t, const struct m6t_config *cfg);
int m6t_slots_set(struct m6t_dev *m6t, const struct m6t_slot_spec *spec,
		  struct netlink_ext_ack *extack);
void m6t_slots_clear(struct m6t_dev *m6t);
int m6t_slots_commit(struct m6t_dev *m6t, u8 encap, unsigned int linger,
		     struct netlink_ext_ack *extack);

#endif /* M6T_SLOT_H */
