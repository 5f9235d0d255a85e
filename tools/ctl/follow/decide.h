/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What m6tctl follow knows of a device, what it has just seen, and what is to be
 * done next.
 *
 * Nothing here asks or changes anything but what it is given: no system call, no
 * clock, no output. So all of it can be tested without a kernel.
 */
#ifndef M6T_DECIDE_H
#define M6T_DECIDE_H

#include "ctl/conf/conf.h"
#include "ctl/endpoint.h"
#include "ctl/link.h"
#include "ctl/node.h"
#include "ctl/path.h"
#include "lib/resolve.h"

/* Addresses that one name may have; more are left out. */
#define NAME_ADDRS	RESOLVE_ADDRS

/* ---- what is known */

/**
 * enum follow_state - what the interface is to have
 * @FOLLOW_DETACHED: neither address nor default route
 * @FOLLOW_LEFT: likewise, as somebody else detached it; until the path changes
 * @FOLLOW_ATTACHED: both
 */
enum follow_state {
	FOLLOW_DETACHED,
	FOLLOW_LEFT,
	FOLLOW_ATTACHED,
};

/**
 * enum search_for - why the addresses of a gateway's name are to be asked for
 * @SEARCH_NOTHING: they are not
 * @SEARCH_GATEWAY: for a device that is to be made, or a new attachment
 * @SEARCH_OTHERS: only because nobody is heard at the addresses known
 */
enum search_for {
	SEARCH_NOTHING,
	SEARCH_GATEWAY,
	SEARCH_OTHERS,
};

/**
 * struct search - the search for the addresses of a gateway's name
 * @what: what they are asked for
 * @asking: a process does so
 * @asked: there has been an answer, whatever it was
 * @started: when that process, or the one before, began, ms
 * @due: when to ask, ms
 * @retry: how long to wait after a failure, ms
 */
struct search {
	enum search_for what;
	bool asking;
	bool asked;
	int64_t started;
	int64_t due;
	int retry;
};

/**
 * enum gateway_state - how the gateway fares on the attachment observed
 * @GATEWAY_UNHEARD: it was not heard yet
 * @GATEWAY_HEARD: it was
 * @GATEWAY_RESTING: all candidates were silent; no other one is tried for a while
 */
enum gateway_state {
	GATEWAY_UNHEARD,
	GATEWAY_HEARD,
	GATEWAY_RESTING,
};

/**
 * struct gateways - addresses and ports that a gateway may be reached by
 * @addrs: the addresses; with each port of the file they are the candidates
 * @count: how many addresses
 * @at: the candidate that is in use
 * @gone: the one that was in use is none any more, use @at instead
 * @silent: how many were silent since the last one that was not
 * @pause: how long to wait after a round in which all were silent, ms
 * @resume: when that is over, ms
 * @neighbours: how often the next hop was asked for
 * @moved: the next attachment is because we chose another candidate
 * @state: of the one in use
 * @addr: address of the attachment that is observed
 * @heard: address of the last attachment on which the gateway was heard
 * @doubt: it may have been heard without our knowing
 * @probes: how many probes were sent
 * @since: when the first one was, or when anything was first sent; ms;
 *	negative: nothing was sent
 * @look: how long until the next look at the counters, ms
 * @rx: packets received when the observation began
 * @tx: packets sent, other than keepalives, when it began
 */
struct gateways {
	struct in_addr addrs[NAME_ADDRS];
	unsigned int count;
	unsigned int at;
	bool gone;
	unsigned int silent;
	int pause;
	int64_t resume;
	unsigned int neighbours;
	bool moved;
	enum gateway_state state;
	struct in6_addr addr;
	struct in6_addr heard;
	bool doubt;
	unsigned int probes;
	int64_t since;
	int look;
	uint64_t rx;
	uint64_t tx;
};

/**
 * enum make_wait - why a device is not made from its file yet
 * @MAKE_NO_REASON: no reason is known
 * @MAKE_WANTS_LINK: its underlay device is not there
 * @MAKE_WANTS_ADDRESS: its gateway's name has no address
 * @MAKE_WANTS_LOCAL: its local address is none of this host
 */
enum make_wait {
	MAKE_NO_REASON,
	MAKE_WANTS_LINK,
	MAKE_WANTS_ADDRESS,
	MAKE_WANTS_LOCAL,
};

/**
 * struct facts - what is known of a device
 * @conf: its file, if it was made from one, or NULL
 * @make: make it from that
 * @made: its index, once that is done
 * @waiting: why that is not done yet
 * @below: index of the underlay device at that time; 0: any
 * @refused: index of an underlay device that it could not be bound to; 0: none
 * @state: what the interface is to have
 * @addr: address of the attachment; unspecified where it is detached
 * @settled: the interface has just that, as far as we know
 * @look: when to see whether others have changed it, ms; negative: they have
 *	not
 * @said: when it was last printed that they have, ms; 0: never
 * @slept: the host was asleep, so an attachment means nothing any more
 * @failing: a sentence about what does not work has been printed
 * @node: settings when that was decided
 * @path: the path at that time
 * @search: the search for addresses of its gateway
 * @gateways: what the search has found
 */
struct facts {
	struct conf *conf;
	bool make;
	uint32_t made;
	enum make_wait waiting;
	uint32_t below;
	uint32_t refused;
	enum follow_state state;
	struct in6_addr addr;
	bool settled;
	int64_t look;
	int64_t said;
	bool slept;
	bool failing;
	struct node node;
	struct path path;
	struct search search;
	struct gateways gateways;
};

/* ---- what is to be done */

/**
 * enum step_kind - what is to be done
 * @STEP_WAIT: nothing
 * @STEP_LOOK: fill more of the view
 * @STEP_ATTACH: attach, as the kernel does it
 * @STEP_DETACH: detach, likewise
 * @STEP_SETTLE: put the address and a default route onto the interface
 * @STEP_CLEAR: take all addresses and default routes away
 * @STEP_MOVE: use another candidate
 * @STEP_LEAVE: likewise, as the one in use is none any more
 * @STEP_FIND_HOP: let the kernel find out who the next hop is
 * @STEP_PROBE: send a probe
 * @STEP_REMEMBER: note that the candidate in use works in this network
 * @STEP_SAY: print an event
 * @STEP_GIVE_UP: what was tried last was refused
 * @STEP_TAKE: take over a device that is there, if it is as its file says
 * @STEP_MAKE: make a device from its file
 * @STEP_GONE: end, as a device that was made is gone
 * @STEP_BIND: bind a device to its underlay device, which came anew
 * @STEP_UP: set up a device that was taken over
 * @STEP_ROUTE: put a gateway's routes back
 * @STEP_ASK: ask for the gateway's name
 * @STEP_HUSH: do not wait for the answer any more
 * @STEP_COUNT: how many there are
 */
enum step_kind {
	STEP_WAIT,
	STEP_LOOK,
	STEP_ATTACH,
	STEP_DETACH,
	STEP_SETTLE,
	STEP_CLEAR,
	STEP_MOVE,
	STEP_LEAVE,
	STEP_FIND_HOP,
	STEP_PROBE,
	STEP_REMEMBER,
	STEP_SAY,
	STEP_GIVE_UP,
	STEP_TAKE,
	STEP_MAKE,
	STEP_GONE,
	STEP_BIND,
	STEP_UP,
	STEP_ROUTE,
	STEP_ASK,
	STEP_HUSH,
	STEP_COUNT,
};

/**
 * enum event - what is printed
 * @EVENT_ATTACHED: it is attached, with an address and a path
 * @EVENT_RESTORED: what others took is back
 * @EVENT_DETACHED: it is detached
 * @EVENT_GATEWAY: another gateway or port is used
 */
enum event {
	EVENT_ATTACHED,
	EVENT_RESTORED,
	EVENT_DETACHED,
	EVENT_GATEWAY,
};

/* Parts of the view. */
#define LOOK_LINK	0x01	/* whether a device of that name is there */
#define LOOK_BELOW	0x02	/* the underlay device of the file */
#define LOOK_NODE	0x04
#define LOOK_PATH	0x08
#define LOOK_NETWORK	0x10	/* what worked in this network before */
#define LOOK_OTHERS	0x20	/* whether there is a path to another address */
#define LOOK_COUNTERS	0x40

/**
 * struct step - what is to be done next
 * @kind: what
 * @ms: look again after this time, or before; negative: no need to
 * @look: %STEP_LOOK: the part of the view
 * @at: %STEP_MOVE, %STEP_LEAVE: the candidate
 * @state: %STEP_CLEAR: why it is detached
 * @event: %STEP_SAY: the event
 * @say: %STEP_GIVE_UP: print why it was refused
 * @retry: %STEP_GIVE_UP: try again in a while
 */
struct step {
	enum step_kind kind;
	int64_t ms;
	unsigned int look;
	unsigned int at;
	enum follow_state state;
	enum event event;
	bool say;
	bool retry;
};

/* ---- what is seen */

/**
 * struct view - what is seen of a device in one look at it
 * @now: the time, ms
 * @listed: the devices have been listed; else @there means nothing
 * @there: index of the device of type m6t of that name, of whatever mode
 * @seen: it is a mobile node and there, and the kernel can be asked
 * @up: it is up
 * @looked: parts that have been looked at; the others mean nothing
 * @link: by %LOOK_LINK
 * @below: by %LOOK_BELOW: its index; 0: any, or it is not there
 * @node: by %LOOK_NODE, or as %STEP_ATTACH and %STEP_DETACH leave it
 * @path: by %LOOK_PATH
 * @hop_unknown: by %LOOK_NETWORK: who the next hop is may be known in a moment
 * @worked: something has worked in this network
 * @best: that
 * @reach: by %LOOK_OTHERS: there is a path to another address
 * @other: that address
 * @counted: by %LOOK_COUNTERS: there are counters
 * @rx: packets received
 * @tx: packets sent by others than the kernel itself
 * @done: kinds of steps that were taken in this look, a bit each
 * @did: the last one
 * @err: what has come of it: 0, or a negative errno
 * @changed: it has changed something
 */
struct view {
	int64_t now;
	bool listed;
	uint32_t there;
	bool seen;
	bool up;
	unsigned int looked;
	struct link_state link;
	uint32_t below;
	struct node node;
	struct path path;
	bool hop_unknown;
	bool worked;
	struct endpoint best;
	bool reach;
	struct in_addr other;
	bool counted;
	uint64_t rx;
	uint64_t tx;
	uint32_t done;
	struct step did;
	int err;
	bool changed;
};

/* decide.c */
struct step follow_decide(struct facts *facts, const struct view *view);

/* decide_attach.c */
struct step attach_decide(struct facts *facts, const struct view *view);
struct step attach_done(struct facts *facts, const struct view *view);

/* decide_gateway.c */
struct step gateway_enter(struct facts *facts, const struct view *view);
struct step gateway_start(struct facts *facts, const struct view *view);
struct step gateway_watch(struct facts *facts, const struct view *view);

/* decide_make.c */
bool make_is_mobile(const struct facts *facts);
bool make_is_due(const struct facts *facts);
struct step make_decide(struct facts *facts, const struct view *view);
struct step keep_decide(struct facts *facts, const struct view *view);
struct step keep_done(struct facts *facts, const struct view *view);

/* decide_search.c */
void search_want(struct facts *facts, int64_t now);
void search_again(struct facts *facts);
void search_heard(struct facts *facts);
void search_forget(struct facts *facts);
void search_failed(struct facts *facts, int64_t now);
bool search_renew(struct facts *facts, int64_t now);
void search_answered(struct facts *facts, int64_t now,
		     const struct resolve_answer *answer);
struct step search_decide(struct facts *facts, const struct view *view);

/* decide_candidate.c */
unsigned int gateways_count(const struct facts *facts);
bool gateways_get(const struct facts *facts, struct endpoint *endpoint);
struct endpoint gateways_at(const struct facts *facts, unsigned int at);
bool gateways_use(struct facts *facts, const struct endpoint *endpoint);
void gateways_rewind(struct gateways *gw);
void gateways_set(struct facts *facts, const struct in_addr *addrs,
		  unsigned int count);
void gateways_found(struct facts *facts, const struct in_addr *addrs,
		    unsigned int count);

/* decide_facts.c */
void facts_forget(struct facts *facts);
void facts_touched(struct facts *facts, int64_t now);
bool facts_are_due(const struct facts *facts, int64_t now);
int64_t facts_left(const struct facts *facts, int64_t now);
void facts_looked(struct facts *facts, int64_t now, bool right);
void facts_lost(struct facts *facts);
bool facts_heard(struct facts *facts, const struct in6_addr *addr);
bool addr_same(const struct in6_addr *a, const struct in6_addr *b);
bool path_same(const struct path *a, const struct path *b);

/* decide_step.c */
bool step_taken(const struct view *view, enum step_kind kind);
struct step step_of(enum step_kind kind);
struct step step_wait(int64_t ms);
struct step step_look(unsigned int part);
struct step step_move(enum step_kind kind, unsigned int at);
struct step step_say(enum event event);
struct step step_sooner(struct step step, int64_t ms);
struct step step_give_up(bool say, bool retry);
bool step_ends(const struct step *step);

#endif /* M6T_DECIDE_H */
