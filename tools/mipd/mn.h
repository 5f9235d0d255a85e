/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a mobile node does: a function of its care-of addresses, of what it
 * receives and of the time, without a system call.
 */
#ifndef M6T_MN_H
#define M6T_MN_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#include "mipd/mh.h"

#define MN_COAS		16	/* maximum number of care-of addresses */
#define MN_SENT		8	/* binding updates that may be answered */
#define MN_RATE		3	/* maximum number of them per second */

/* ms, RFC 6275 12 */
#define MN_FIRST	1500	/* InitialBindackTimeoutFirstReg */
#define MN_AGAIN	1000	/* INITIAL_BINDACK_TIMEOUT */
#define MN_SLOWEST	32000	/* MAX_BINDACK_TIMEOUT */

#define MN_LINGER	500	/* ms, at least */
#define MN_NAT_REFRESH	110	/* s, if the home agent does not say */
#define MN_TRIES	3	/* before another care-of address, or giving up */
#define MN_SPARE	10000	/* ms, longer than the tries */
#define MN_BETTER	12000	/* ms, to try a better care-of address before the end */
#define MN_RETURN	3000	/* ms, to return to the one in use before the end */

/* ms, how long payload may stay unanswered before the binding is updated: the first
 * time, and at most.
 */
#define MN_PATIENCE	5000
#define MN_PATIENCE_MAX	640000
#define MN_ANSWER	1000	/* ms, for an answer to what has been sent again */

/**
 * enum mn_state - the state of a mobile node
 * @MN_NO_COA: there is no care-of address
 * @MN_REGISTERING: waits for an acknowledgment
 * @MN_BOUND: registered
 * @MN_REJECTED: the home agent has refused; it will be asked again
 * @MN_HOME: it is on its home link, and the home agent has no binding
 * @MN_DEREGISTERING: waits for the acknowledgment of its last update
 * @MN_ENDED: nothing more is to be done
 */
enum mn_state {
	MN_NO_COA,
	MN_REGISTERING,
	MN_BOUND,
	MN_REJECTED,
	MN_HOME,
	MN_DEREGISTERING,
	MN_ENDED,
};

/**
 * enum mn_kind - kinds of care-of addresses
 * @MN_IPV4: an IPv4 address
 * @MN_IPV6: an IPv6 address
 * @MN_HOME_LINK: none: the home link, where the home address itself is used.
 *	Registering there means deregistering (RFC 6275 11.5.5)
 */
enum mn_kind {
	MN_IPV4,
	MN_IPV6,
	MN_HOME_LINK,
};

/**
 * struct mn_coa - a care-of address
 * @link: ifindex
 * @kind: enum mn_kind
 * @addr: the address, if it is IPv4
 * @addr6: the address, if it is IPv6
 * @interval: ms, of the next retransmission; 0: it has not been tried
 */
struct mn_coa {
	uint32_t link;
	enum mn_kind kind;
	struct in_addr addr;
	struct in6_addr addr6;
	uint32_t interval;
};

/**
 * struct mn_sent - a binding update that may be answered
 * @seq: its sequence number
 * @at: when it was sent, ms
 */
struct mn_sent {
	uint16_t seq;
	int64_t at;
};

/**
 * struct mn - a mobile node
 * @lifetime: to ask for, in units of %MH_UNIT
 * @udp: payload always in UDP
 * @home4: IPv4 home address to ask for; 0.0.0.0: none
 * @seed: of the jitter
 * @state: enum mn_state
 * @coas: care-of addresses, the most preferred first
 * @count: number of @coas
 * @target: copy of the one to register
 * @pending: @target is not the active one: the kernel has it as pending
 * @active: the one that the kernel sends payload from, if @has_active
 * @has_active: there is one
 * @seq: last sequence number
 * @sent: last binding updates for @target
 * @sents: number of @sent
 * @tries: number of them since the last answer
 * @times: when the last binding updates for any of them were sent
 * @bound_until: when the binding ends, ms; 0: not bound
 * @granted: its lifetime, ms; 0: not known
 * @due: when to send or to give up, ms; 0: never
 * @rx: packets of payload received, as last reported
 * @tx: sent, as last reported
 * @unanswered: since when payload has been sent and none received, ms; 0: that is not
 *	the case
 * @again: since when it has been sent again, ms; 0: it has not
 * @patience: ms after which the binding is updated
 * @hoa4: IPv4 home address that was granted
 * @status: enum mh_status of the last refusal
 */
struct mn {
	uint16_t lifetime;
	bool udp;
	struct in_addr home4;
	uint32_t seed;
	enum mn_state state;
	struct mn_coa coas[MN_COAS];
	unsigned int count;
	struct mn_coa target;
	bool pending;
	struct mn_coa active;
	bool has_active;
	uint16_t seq;
	struct mn_sent sent[MN_SENT];
	unsigned int sents;
	unsigned int tries;
	int64_t times[MN_RATE];
	int64_t bound_until;
	int64_t granted;
	int64_t due;
	uint64_t rx;
	uint64_t tx;
	int64_t unanswered;
	int64_t again;
	uint32_t patience;
	struct in_addr hoa4;
	uint8_t status;
};

/**
 * enum mn_act - what is to be done
 * @MN_SLOT: send signalling from the care-of address @coa
 * @MN_NO_SLOT: from the active one again
 * @MN_SEND: send the binding update @bu
 * @MN_COMMIT: send payload from where signalling is sent, as @encap; the other care-of
 *	address lingers for @ms
 * @MN_UP: the binding begins
 * @MN_DOWN: it has ended
 * @MN_HOME4: @addr4 is the IPv4 home address
 * @MN_NO_HOME4: no longer
 * @MN_AT_HOME: use the home address on its home link, the link of @coa, to which
 *	it is about to return
 * @MN_NOT_AT_HOME: no longer
 * @MN_RETURNED: it has returned: notify the neighbours on the link of @coa
 */
enum mn_act {
	MN_SLOT,
	MN_NO_SLOT,
	MN_SEND,
	MN_COMMIT,
	MN_UP,
	MN_DOWN,
	MN_HOME4,
	MN_NO_HOME4,
	MN_AT_HOME,
	MN_NOT_AT_HOME,
	MN_RETURNED,
};

/**
 * struct mn_action - something to be done
 * @act: what
 * @coa: a care-of address
 * @bu: a binding update
 * @encap: enum m6t_encap
 * @ms: a time
 * @addr4: an IPv4 home address
 */
struct mn_action {
	enum mn_act act;
	struct mn_coa coa;
	struct mh_bu bu;
	uint8_t encap;
	uint32_t ms;
	struct in_addr addr4;
};

#define MN_ACTIONS	10

/**
 * struct mn_out - all that is to be done, in this order
 * @count: number of actions
 * @actions: the actions
 */
struct mn_out {
	unsigned int count;
	struct mn_action actions[MN_ACTIONS];
};

bool mn_same_coa(const struct mn_coa *a, const struct mn_coa *b);
void mn_coas(struct mn *mn, const struct mn_coa *coas, unsigned int count,
	     int64_t now, struct mn_out *out);
void mn_slots(struct mn *mn, bool active, bool pending, int64_t now,
	      struct mn_out *out);
void mn_ba(struct mn *mn, const struct mh_ba *ba, int64_t now,
	   struct mn_out *out);
void mn_traffic(struct mn *mn, uint64_t rx, uint64_t tx, int64_t now,
		struct mn_out *out);
void mn_timer(struct mn *mn, int64_t now, struct mn_out *out);
void mn_stop(struct mn *mn, int64_t now, struct mn_out *out);
int64_t mn_next(const struct mn *mn);

#endif /* M6T_MN_H */
