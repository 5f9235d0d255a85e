/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a home agent does for one home address: a function of what happens and of
 * the time, without a system call.
 */
#ifndef M6T_HA_H
#define M6T_HA_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "mipd/mh.h"
#include "mipd/pool.h"
#include "mipd/wire/outer.h"

/* ms: duplicate address detection; how long a sequence number outlives its
 * binding (RFC 6275 10.3.2).
 */
#define HA_PROBE	1000
#define HA_TOMBSTONE	10000

/* ms: how long a mobile node that has returned home may send through the tunnel. */
#define HA_GRACE	1000

/* ms for each update of a mobile node, and how many may come at once: mobile nodes
 * send at most three per second (RFC 6275 12).
 */
#define HA_PACE		100
#define HA_BURST	32

/* s: how often mobile nodes behind a NAT are to refresh their mapping. */
#define HA_NAT_REFRESH	110

enum ha_state {
	HA_NONE,
	HA_PROBING,
	HA_BOUND,
	HA_DEAD,
};

/**
 * struct ha_conf - what is the same for all home addresses
 * @max_lifetime: s
 * @home_link: home addresses are defended on a home link
 * @replays: IPsec does not detect replays, as keys are manual
 * @homes: prefixes of the home addresses
 * @home_count: number of @homes
 * @pool: IPv4 home addresses
 */
struct ha_conf {
	uint32_t max_lifetime;
	bool home_link;
	bool replays;
	struct m6t_prefix6 homes[M6T_MAX_PREFIXES];
	unsigned int home_count;
	struct pool pool;
};

/**
 * struct ha_update - a binding update and where it came from
 * @bu: the update
 * @outer: outer addresses and ports
 */
struct ha_update {
	struct mh_bu bu;
	struct outer outer;
};

/**
 * struct ha_node - a mobile node
 * @hoa: its home address
 * @fixed4: its IPv4 home address; 0.0.0.0: none, or from the pool
 * @any4: it gets one from the pool
 * @max_lifetime: s; 0: that of all
 * @state: enum ha_state
 * @has_seq: there is a last sequence number
 * @seq: last sequence number
 * @hoa4: IPv4 home address that is bound; 0.0.0.0: none
 * @lease4: address of the pool that belongs to it; 0.0.0.0: none
 * @ends: when @state ends, ms
 * @waiting: the update that waits for duplicate address detection
 * @taken: when the last accepted update would have come at the right pace, ms
 * @refused: likewise for refused updates
 */
struct ha_node {
	struct in6_addr hoa;
	struct in_addr fixed4;
	bool any4;
	uint32_t max_lifetime;
	enum ha_state state;
	bool has_seq;
	uint16_t seq;
	struct in_addr hoa4;
	struct in_addr lease4;
	int64_t ends;
	struct ha_update waiting;
	int64_t taken;
	int64_t refused;
};

/**
 * enum ha_act - what is to be done
 * @HA_BIND: bind the home address, @bind
 * @HA_UNBIND: end its binding
 * @HA_LINGER: end its binding after %HA_GRACE; packets for the home address no longer
 *	come here, but those from it do
 * @HA_ANSWER: send a binding acknowledgment, @ba, to @outer
 * @HA_ASK: ask on the home link whether another host has the home address
 * @HA_HOME: receive packets for the home address, and defend it on the home link, if
 *	there is one
 * @HA_NO_HOME: no longer
 * @HA_HOME4: the same for the IPv4 home address @addr4
 * @HA_NO_HOME4: no longer
 */
enum ha_act {
	HA_BIND,
	HA_UNBIND,
	HA_LINGER,
	HA_ANSWER,
	HA_ASK,
	HA_HOME,
	HA_NO_HOME,
	HA_HOME4,
	HA_NO_HOME4,
};

/**
 * struct ha_bind - a binding
 * @hoa4: IPv4 home address, or 0.0.0.0
 * @coa: care-of address, if it is IPv6; else it is the outer source of the update
 * @encap: enum m6t_encap
 * @ms: its lifetime
 */
struct ha_bind {
	struct in_addr hoa4;
	struct in6_addr coa;
	uint8_t encap;
	uint64_t ms;
};

/**
 * struct ha_action - something to be done
 * @act: what
 * @outer: outer addresses and ports
 * @bind: the binding
 * @ba: the acknowledgment
 * @addr4: an IPv4 home address
 */
struct ha_action {
	enum ha_act act;
	struct outer outer;
	struct ha_bind bind;
	struct mh_ba ba;
	struct in_addr addr4;
};

/* Maximum number of actions after one event. */
#define HA_ACTIONS	12

/**
 * struct ha_out - all that is to be done, in this order
 * @count: number of actions
 * @actions: the actions
 * @before: the mobile node before the update that led to %HA_BIND, if there is one
 */
struct ha_out {
	unsigned int count;
	struct ha_action actions[HA_ACTIONS];
	struct ha_node before;
};

void ha_update(struct ha_node *node, struct ha_conf *conf,
	       const struct ha_update *update, int64_t now,
	       struct ha_out *out);
void ha_timer(struct ha_node *node, struct ha_conf *conf, int64_t now,
	      struct ha_out *out);
void ha_conflict(struct ha_node *node, struct ha_conf *conf,
		 struct ha_out *out);
void ha_unbound(struct ha_node *node, struct ha_conf *conf,
		struct ha_out *out);
void ha_refused(struct ha_node *node, struct ha_conf *conf,
		const struct ha_out *from, struct ha_out *out);
void ha_restore(struct ha_node *node, struct ha_conf *conf, uint16_t seq,
		struct in_addr hoa4, int64_t ends, struct ha_out *out);
bool ha_is_home(const struct ha_conf *conf, const struct in6_addr *addr);
bool ha_may_answer(struct ha_node *node, int64_t now);
void ha_reject(const struct ha_update *update, uint8_t status,
	       struct ha_out *out);

#endif /* M6T_HA_H */
