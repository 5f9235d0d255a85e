/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What m6tctl follow knows about a device, what it has just found, and the step
 * that follows from both.
 *
 * The functions below depend on nothing but their arguments and change nothing
 * else: no system call, no clock, no output. So all of them can be tested
 * without a kernel.
 */
#ifndef M6T_DECIDE_H
#define M6T_DECIDE_H

#include "ctl/conf/conf.h"
#include "ctl/endpoint.h"
#include "ctl/link.h"
#include "ctl/node.h"
#include "ctl/path.h"
#include "lib/resolve.h"

/* Maximum number of addresses of one name; more are ignored. */
#define NAME_ADDRS	RESOLVE_ADDRS

/* ---- what is known */

/**
 * enum follow_state - the desired state of the interface
 * @FOLLOW_DETACHED: neither address nor default route
 * @FOLLOW_LEFT: likewise, because something else has detached it; until the
 *	path changes
 * @FOLLOW_ATTACHED: both
 */
enum follow_state {
	FOLLOW_DETACHED,
	FOLLOW_LEFT,
	FOLLOW_ATTACHED,
};

/**
 * enum search_for - why to look up the addresses of a gateway's name
 * @SEARCH_NOTHING: no reason to
 * @SEARCH_GATEWAY: for a device to be created, or for a new attachment
 * @SEARCH_OTHERS: only because no gateway is heard at the known addresses
 */
enum search_for {
	SEARCH_NOTHING,
	SEARCH_GATEWAY,
	SEARCH_OTHERS,
};

/**
 * struct search - lookup of the addresses of a gateway's name
 * @what: the reason for it
 * @asking: a process is running
 * @asked: a process has ended, with or without a result
 * @started: ms, start of the last process
 * @due: ms, when to start the next one
 * @retry: ms to wait after a failure
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
 * enum gateway_state - state of the gateway on the observed attachment
 * @GATEWAY_UNHEARD: not heard yet
 * @GATEWAY_HEARD: heard
 * @GATEWAY_RESTING: all candidates were silent; no other one is tried for a
 *	while
 */
enum gateway_state {
	GATEWAY_UNHEARD,
	GATEWAY_HEARD,
	GATEWAY_RESTING,
};

/**
 * struct gateways - addresses and ports at which the gateway may be reached
 * @addrs: the addresses; combined with the ports of the file they are the
 *	candidates
 * @count: number of addresses
 * @at: index of the candidate in use
 * @gone: the endpoint in use is no longer a candidate, use @at instead
 * @silent: number of candidates that were silent since the last one that was
 *	not
 * @pause: ms to wait after a round in which all were silent
 * @resume: ms, end of that wait
 * @neighbours: number of attempts to resolve the next hop
 * @moved: the next attachment is due to the choice of another candidate
 * @state: of the candidate in use
 * @addr: address of the observed attachment
 * @heard: address of the last attachment on which the gateway was heard
 * @doubt: the gateway may have been heard without an event
 * @probes: number of probes sent
 * @since: ms, time of the first probe, or of the first packet; negative:
 *	nothing was sent
 * @look: ms until the next look at the counters
 * @rx: packets received at the begin of the observation
 * @tx: packets sent by then, other than keepalives
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
 * enum make_wait - why a device cannot be created from its file yet
 * @MAKE_NO_REASON: unknown
 * @MAKE_WANTS_LINK: its underlay device does not exist
 * @MAKE_WANTS_ADDRESS: its gateway's name has no address
 * @MAKE_WANTS_LOCAL: its local address is not an address of this host
 */
enum make_wait {
	MAKE_NO_REASON,
	MAKE_WANTS_LINK,
	MAKE_WANTS_ADDRESS,
	MAKE_WANTS_LOCAL,
};

/**
 * struct facts - what is known about a device
 * @conf: its file, if it was created from one, or NULL
 * @make: create it from @conf
 * @made: its index, once it has been created
 * @waiting: why it has not been created yet
 * @below: index of the underlay device that it was bound to; 0: any
 * @refused: index of an underlay device that the kernel refused to bind it to;
 *	0: none
 * @state: desired state of the interface
 * @addr: address of the attachment; unspecified if detached
 * @settled: the interface has that state, as far as is known
 * @look: ms, when to check for changes by others; negative: there were none
 * @said: ms, when such a change was last reported; 0: never
 * @slept: the host was asleep, so an attachment may no longer work
 * @failing: the current failure has been reported
 * @node: settings at the time of the last decision
 * @path: path at that time
 * @search: lookup of the addresses of its gateway
 * @gateways: result of that lookup
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
 * enum step_kind - kinds of steps
 * @STEP_WAIT: do nothing, the look is over
 * @STEP_LOOK: find out more
 * @STEP_ATTACH: let the kernel attach the device
 * @STEP_DETACH: let the kernel detach the device
 * @STEP_SETTLE: add the address and a default route to the interface
 * @STEP_CLEAR: remove all addresses and default routes
 * @STEP_MOVE: use another candidate
 * @STEP_LEAVE: likewise, because the endpoint in use is no longer a candidate
 * @STEP_FIND_HOP: let the kernel resolve the next hop
 * @STEP_PROBE: send a probe
 * @STEP_REMEMBER: save that the candidate in use works in this network
 * @STEP_SAY: print an event
 * @STEP_GIVE_UP: handle the failure of the last step
 * @STEP_TAKE: take over an existing device, if it matches the file
 * @STEP_MAKE: create a device from its file
 * @STEP_GONE: exit, because a device that was created has been removed
 * @STEP_BIND: bind a device to its underlay device, which has come back
 * @STEP_UP: set up a device that was taken over
 * @STEP_ROUTE: restore a gateway's routes
 * @STEP_ASK: start to look up the gateway's name
 * @STEP_HUSH: abort that lookup
 * @STEP_COUNT: number of kinds
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
 * enum event - events to print
 * @EVENT_ATTACHED: it is attached, with an address and a path
 * @EVENT_RESTORED: what others had removed has been restored
 * @EVENT_DETACHED: it is detached
 * @EVENT_GATEWAY: another gateway or port is used
 */
enum event {
	EVENT_ATTACHED,
	EVENT_RESTORED,
	EVENT_DETACHED,
	EVENT_GATEWAY,
};

/* Parts of the view; those without a comment are named after their members. */
#define LOOK_LINK	0x01	/* a device of that name */
#define LOOK_BELOW	0x02	/* the underlay device of the file */
#define LOOK_NODE	0x04
#define LOOK_PATH	0x08
#define LOOK_NETWORK	0x10	/* what worked in this network before */
#define LOOK_OTHERS	0x20	/* a path to another address */
#define LOOK_COUNTERS	0x40

/**
 * struct step - the next step
 * @kind: its kind
 * @ms: look again after this time, if not before; negative: no need to
 * @look: %STEP_LOOK: the part of the view
 * @at: %STEP_MOVE, %STEP_LEAVE: the candidate
 * @state: %STEP_CLEAR: the state to record
 * @event: %STEP_SAY: the event
 * @say: %STEP_GIVE_UP: print the reason
 * @retry: %STEP_GIVE_UP: try again later
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
 * struct view - what one look at a device has found
 * @now: ms, current time
 * @listed: the devices have been listed; otherwise @there is not valid
 * @there: index of the device of that name, if it is of type m6t, in any mode
 * @seen: it exists and is a mobile node, and the m6t family is available
 * @up: it is up
 * @looked: parts that are valid
 * @link: %LOOK_LINK
 * @below: %LOOK_BELOW: index of the underlay device; 0: any, or it does not
 *	exist
 * @node: %LOOK_NODE; updated by %STEP_ATTACH and %STEP_DETACH
 * @path: %LOOK_PATH
 * @hop_unknown: %LOOK_NETWORK: the link-layer address of the next hop is not
 *	known yet
 * @worked: %LOOK_NETWORK: @best has worked in this network
 * @best: an address and port
 * @reach: %LOOK_OTHERS: there is a path to @other
 * @other: another address of the gateway
 * @counted: %LOOK_COUNTERS: @rx and @tx are valid
 * @rx: packets received
 * @tx: packets sent, without those that the kernel itself has sent
 * @done: kinds of the steps taken in this look, as bits
 * @did: the last step
 * @err: its result: 0, or a negative errno
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
