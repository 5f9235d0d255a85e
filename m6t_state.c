// SPDX-License-Identifier: GPL-2.0
/*
 * The bindings of a gateway: their states, lifetimes and evictions.
 *
 * Lookups run under RCU without a lock. All changes take the one lock: there are one
 * or two in a binding's life. A temporary binding expires a fixed time after its
 * creation, so bindings expire in order of age. An active one expires some time
 * after its last packet; packets only stamp it, and when it is due it either expires
 * or is queued again for the exact time at which it would. Thus a binding is touched
 * about once per lifetime, however much traffic it carries, and yet expires to the
 * tick.
 */

#include <linux/kernel.h>
#include <linux/rtnetlink.h>

#include "m6t.h"

/* Bindings that may be removed in one run of a timer or while the lock is held once,
 * and how long the timers rest afterwards, ns.
 */
#define M6T_STATE_BATCH		64
#define M6T_STATE_REST		(NSEC_PER_MSEC / 4)

/* Buckets after which a flush frees the bindings that it has removed. */
#define M6T_STATE_STEP		64

/* Slack of the timers, ns, so that bindings that expire at about the same time are
 * removed together: less than a millisecond, including the rest.
 */
#define M6T_STATE_SLACK		(700 * NSEC_PER_USEC)

/**
 * m6t_state_used() - get the time of a binding's last packet
 * @b: the binding
 *
 * Context: under RCU, or with the lock held.
 * Return: ktime, ns, to the tick.
 */
u64 m6t_state_used(const struct m6t_binding *b)
{
	return max(READ_ONCE(b->rx.used), READ_ONCE(b->tx.used));
}

/**
 * m6t_state_ends() - get the time when a binding expires without more packets
 * @state: the table
 * @b: a binding in it
 *
 * Context: under RCU, or with the lock held.
 * Return: ktime, ns; U64_MAX for never.
 */
u64 m6t_state_ends(const struct m6t_state *state, const struct m6t_binding *b)
{
	switch (READ_ONCE(b->state)) {
	case M6T_BINDING_TEMPORARY:
		return b->created + READ_ONCE(state->temporary_life);
	case M6T_BINDING_ACTIVE:
		return m6t_state_used(b) + READ_ONCE(state->active_life);
	default:
		return U64_MAX;
	}
}

/**
 * m6t_state_usable() - check if packets may still use a binding
 * @state: the table
 * @b: a binding in it
 *
 * A temporary one may have expired although its timer is late (G5).
 *
 * Context: under RCU, or with the lock held.
 * Return: true if they may.
 */
bool m6t_state_usable(const struct m6t_state *state,
		      const struct m6t_binding *b)
{
	return READ_ONCE(b->state) != M6T_BINDING_TEMPORARY ||
	       ktime_get_ns() < m6t_state_ends(state, b);
}

static void m6t_state_count(struct m6t_state *state,
			    enum m6t_binding_state kind, int n)
{
	WRITE_ONCE(state->count[kind], state->count[kind] + n);
}

static u32 m6t_state_total(const struct m6t_state *state)
{
	return state->count[M6T_BINDING_TEMPORARY] +
	       state->count[M6T_BINDING_ACTIVE] +
	       state->count[M6T_BINDING_STATIC];
}

static struct m6t_binding *m6t_state_oldest(struct m6t_state *state)
{
	return list_first_entry_or_null(&state->temporaries,
					struct m6t_binding, queue);
}

static struct m6t_binding *m6t_state_first_active(const struct m6t_state *state)
{
	struct rb_node *rb = rb_first_cached(&state->actives);

	return rb ? rb_entry(rb, struct m6t_binding, rb) : NULL;
}

/* When to check an active binding that was last used at @used. Stamps may be a tick
 * older than the last packet, and no binding may expire early.
 */
static u64 m6t_state_due(const struct m6t_state *state, u64 used)
{
	return used + state->active_life + TICK_NSEC;
}

/* Only ever moves a timer forward. One that fires too early finds nothing to do and
 * is started again: this is rarer than moving it back would be, as most bindings do
 * not expire when due. The slack lets bindings expire in batches.
 */
static void m6t_state_start(const struct m6t_state *state,
			    struct hrtimer *timer, u64 due)
{
	u64 slack = M6T_STATE_SLACK;

	if (due <= state->rest) {
		due = state->rest;
		slack = 0;
	}
	if (!hrtimer_is_queued(timer) ||
	    ktime_to_ns(hrtimer_get_softexpires(timer)) > due)
		hrtimer_start_range_ns(timer, ns_to_ktime(due), slack,
				       HRTIMER_MODE_ABS_SOFT);
}

/* Timers are started only here, under the lock, and never restarted by the return
 * value of their function, which would race with a start elsewhere.
 */
static void m6t_state_arm(struct m6t_state *state)
{
	struct m6t_binding *oldest = m6t_state_oldest(state);
	struct m6t_binding *first = m6t_state_first_active(state);

	lockdep_assert_held(&state->table.lock);
	if (state->closed)
		return;
	if (oldest)
		m6t_state_start(state, &state->temporary_timer,
				m6t_state_ends(state, oldest));
	if (first)
		m6t_state_start(state, &state->active_timer,
				m6t_state_due(state, first->seen));
}

static bool m6t_binding_sooner(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct m6t_binding, rb)->seen <
	       rb_entry(b, struct m6t_binding, rb)->seen;
}

static void m6t_state_queue_active(struct m6t_state *state,
				   struct m6t_binding *b)
{
	b->seen = m6t_state_used(b);
	rb_add_cached(&b->rb, &state->actives, m6t_binding_sooner);
}

/* Add a binding to the list or tree by which it expires, and to the counts. */
static void m6t_state_enqueue(struct m6t_state *state, struct m6t_binding *b)
{
	if (b->state == M6T_BINDING_TEMPORARY)
		list_add_tail(&b->queue, &state->temporaries);
	else if (b->state == M6T_BINDING_ACTIVE)
		m6t_state_queue_active(state, b);
	m6t_state_count(state, b->state, 1);
}

static void m6t_state_dequeue(struct m6t_state *state, struct m6t_binding *b)
{
	if (b->state == M6T_BINDING_TEMPORARY)
		list_del(&b->queue);
	else if (b->state == M6T_BINDING_ACTIVE)
		rb_erase_cached(&b->rb, &state->actives);
	m6t_state_count(state, b->state, -1);
}

/* Move a binding that is not in the table any more to a list of those to free. */
static void m6t_state_discard(struct m6t_binding *b, struct list_head *gone)
{
	b->was = b->state;
	/* Pairs with m6t_nl_fill_binding(), which reports @was then. */
	smp_store_release(&b->state, M6T_BINDING_DEAD);
	list_add_tail(&b->queue, gone);
}

/* Move a binding from the table to a list of those to free. */
static void m6t_state_unlink(struct m6t_state *state, struct m6t_binding *b,
			     struct list_head *gone)
{
	lockdep_assert_held(&state->table.lock);
	m6t_state_dequeue(state, b);
	m6t_table_del(&state->table, &b->obj);
	m6t_state_discard(b, gone);
}

/* Report the removal of bindings; without the lock. */
static void m6t_state_notify(struct m6t_state *state, struct list_head *gone,
			     enum m6t_event event)
{
	struct m6t_binding *b;

	rcu_read_lock();
	list_for_each_entry(b, gone, queue)
		state->notify(state, event, b);
	rcu_read_unlock();
}

static void m6t_state_bury(struct m6t_state *state, struct list_head *gone,
			   enum m6t_event event)
{
	m6t_state_notify(state, gone, event);
	m6t_binding_free_batch(gone);
}

static enum hrtimer_restart m6t_state_temporary_due(struct hrtimer *timer)
{
	struct m6t_state *state = container_of(timer, struct m6t_state,
					       temporary_timer);
	unsigned int budget = M6T_STATE_BATCH;
	struct m6t_binding *b;
	LIST_HEAD(gone);
	u64 now;

	spin_lock_bh(&state->table.lock);
	now = ktime_get_ns();
	while ((b = m6t_state_oldest(state)) &&
	       m6t_state_ends(state, b) <= now && budget--)
		m6t_state_unlink(state, b, &gone);
	if (b && m6t_state_ends(state, b) <= now)
		state->rest = now + M6T_STATE_REST;
	m6t_state_arm(state);
	spin_unlock_bh(&state->table.lock);

	m6t_state_bury(state, &gone, M6T_EVENT_BINDING_EXPIRED);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart m6t_state_active_due(struct hrtimer *timer)
{
	struct m6t_state *state = container_of(timer, struct m6t_state,
					       active_timer);
	unsigned int budget = M6T_STATE_BATCH;
	struct m6t_binding *b;
	LIST_HEAD(gone);
	u64 now;

	spin_lock_bh(&state->table.lock);
	now = ktime_get_ns();
	while ((b = m6t_state_first_active(state)) &&
	       m6t_state_due(state, b->seen) <= now && budget--) {
		if (m6t_state_due(state, m6t_state_used(b)) <= now) {
			m6t_state_unlink(state, b, &gone);
		} else {
			rb_erase_cached(&b->rb, &state->actives);
			m6t_state_queue_active(state, b);
		}
	}
	if (b && m6t_state_due(state, b->seen) <= now)
		state->rest = now + M6T_STATE_REST;
	m6t_state_arm(state);
	spin_unlock_bh(&state->table.lock);

	m6t_state_bury(state, &gone, M6T_EVENT_BINDING_EXPIRED);
	return HRTIMER_NORESTART;
}

static void m6t_state_set_lives(struct m6t_state *state,
				const struct m6t_config *cfg)
{
	WRITE_ONCE(state->temporary_life,
		   (u64)cfg->temp_timeout * NSEC_PER_MSEC);
	WRITE_ONCE(state->active_life,
		   (u64)cfg->active_timeout * NSEC_PER_SEC);
	state->max = cfg->max_bindings;
}

/**
 * m6t_state_init() - initialize an empty table
 * @state: the table
 * @cfg: limits and lifetimes
 * @notify: called for each change of a binding, under RCU, without the lock, in
 *	the context of the change
 *
 * Context: process.
 * Return: 0, to be undone by m6t_state_free(), or -ENOMEM.
 */
int m6t_state_init(struct m6t_state *state, const struct m6t_config *cfg,
		   void (*notify)(struct m6t_state *state, enum m6t_event event,
				  const struct m6t_binding *b))
{
	int err = m6t_table_init(&state->table, cfg->max_bindings);

	if (err)
		return err;
	state->notify = notify;
	INIT_LIST_HEAD(&state->temporaries);
	state->actives = RB_ROOT_CACHED;
	m6t_state_set_lives(state, cfg);
	hrtimer_setup(&state->temporary_timer, m6t_state_temporary_due,
		      CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	hrtimer_setup(&state->active_timer, m6t_state_active_due,
		      CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	return 0;
}

/**
 * m6t_state_close() - refuse new bindings, and stop the timers
 * @state: the table
 *
 * Context: process.
 */
void m6t_state_close(struct m6t_state *state)
{
	spin_lock_bh(&state->table.lock);
	state->closed = true;
	spin_unlock_bh(&state->table.lock);
	hrtimer_cancel(&state->temporary_timer);
	hrtimer_cancel(&state->active_timer);
}

static void m6t_state_free_binding(struct m6t_object *obj)
{
	m6t_binding_free(m6t_binding_of(obj));
}

/**
 * m6t_state_free() - free a table that is closed and has no readers
 * @state: the table
 *
 * No events are sent: all bindings are removed with the device.
 *
 * Context: process.
 */
void m6t_state_free(struct m6t_state *state)
{
	m6t_table_free(&state->table, m6t_state_free_binding);
}

/**
 * m6t_state_grow() - add buckets to a table if needed
 * @state: the table
 * @max: new maximum number of bindings
 *
 * Context: process, RTNL held, sleeps for a grace period.
 * Return: 0 or -ENOMEM.
 */
int m6t_state_grow(struct m6t_state *state, u32 max)
{
	return m6t_table_grow(&state->table, max);
}

/**
 * m6t_state_retime() - apply new lifetimes and limits without losing bindings
 * @state: the table
 * @cfg: limits and lifetimes
 *
 * All bindings of a kind have the same lifetime, so their order does not change.
 *
 * Context: process, RTNL held.
 */
void m6t_state_retime(struct m6t_state *state, const struct m6t_config *cfg)
{
	ASSERT_RTNL();
	spin_lock_bh(&state->table.lock);
	m6t_state_set_lives(state, cfg);
	m6t_state_arm(state);
	spin_unlock_bh(&state->table.lock);
}

/* Check if @b can be added. @old is the existing binding of its address, or NULL. A
 * temporary one is replaced by any that an administrator adds, and an active one by
 * a static one with the same endpoint; otherwise the old one stays (G8).
 */
static int m6t_state_admit(const struct m6t_state *state,
			   const struct m6t_binding *b,
			   const struct m6t_binding *old,
			   const struct m6t_binding_past *past)
{
	bool same = old && m6t_binding_same(b, old);

	if (same && b->state <= old->state)
		return -EEXIST;
	if (old && !same && (b->state == M6T_BINDING_TEMPORARY ||
			     old->state != M6T_BINDING_TEMPORARY))
		return -EADDRINUSE;
	if (b->state == M6T_BINDING_ACTIVE && past->idle >= state->active_life)
		return -ETIME;
	if (state->closed)
		return -ENODEV;
	if (old && old->state == M6T_BINDING_ACTIVE)
		return 0;
	if (m6t_state_total(state) - state->count[M6T_BINDING_TEMPORARY] >=
	    state->max)
		return -ENOSPC;
	return 0;
}

/* Make room for one more: if the table is full, evict the oldest temporary binding
 * (G12), be it for another temporary one or for one that an administrator adds.
 */
static void m6t_state_make_room(struct m6t_state *state,
				struct list_head *gone)
{
	unsigned int budget = M6T_STATE_BATCH;

	/* More than one only after max-bindings has been lowered. */
	while (m6t_state_total(state) >= state->max && budget--)
		m6t_state_unlink(state, m6t_state_oldest(state), gone);
}

static void m6t_state_replace(struct m6t_state *state, struct m6t_binding *old,
			      struct m6t_binding *b, struct list_head *gone)
{
	m6t_binding_inherit(b, old);
	m6t_state_dequeue(state, old);
	m6t_state_enqueue(state, b);
	m6t_table_replace(&state->table, &old->obj, &b->obj);
	m6t_state_discard(old, gone);
	m6t_state_arm(state);
}

static void m6t_state_link(struct m6t_state *state, struct m6t_binding *b)
{
	m6t_state_enqueue(state, b);
	m6t_table_add(&state->table, &b->obj);
	m6t_state_arm(state);
}

/* Under the lock: add a binding, or replace the existing one of its address. */
static int m6t_state_insert(struct m6t_state *state, struct m6t_binding *b,
			    struct m6t_binding *old,
			    const struct m6t_binding_past *past,
			    struct list_head *gone, struct list_head *evicted)
{
	int err;

	err = m6t_state_admit(state, b, old, past);
	if (err)
		return err;
	if (old) {
		m6t_state_replace(state, old, b, gone);
		return 0;
	}
	m6t_state_make_room(state, evicted);
	m6t_state_link(state, b);
	return 0;
}

/**
 * m6t_state_add() - bind an address, unless it is already bound
 * @state: the table
 * @kind: %M6T_BINDING_TEMPORARY (G4); %M6T_BINDING_STATIC or, restored,
 *	%M6T_BINDING_ACTIVE (G13)
 * @addr: IPv6 address
 * @ep: endpoint of its datagrams
 * @past: saved state of a restored one, or NULL
 *
 * A static or active one replaces a temporary one with its address, and a static one
 * replaces an active one with the same endpoint.
 *
 * Context: softirq, or process under rcu_read_lock(), which protects the
 * result.
 * Return: the new binding or, if a temporary one was wanted, an existing one of that
 * address; -EEXIST if the address is already bound to this endpoint, -EADDRINUSE if
 * to another one; -ETIME if an active one would have expired by now; -ENOSPC if the
 * table is full of static and active ones; -ENOMEM; -ENODEV if the table is closed.
 */
struct m6t_binding *m6t_state_add(struct m6t_state *state,
				  enum m6t_binding_state kind,
				  const struct in6_addr *addr,
				  const struct m6t_endpoint *ep,
				  const struct m6t_binding_past *past)
{
	struct m6t_binding *b = m6t_binding_new(kind, addr, ep, past), *old;
	enum m6t_event event = M6T_EVENT_BINDING_DELETED;
	LIST_HEAD(evicted);
	LIST_HEAD(gone);
	int err;

	if (!b)
		return ERR_PTR(-ENOMEM);

	spin_lock_bh(&state->table.lock);
	old = m6t_state_lookup(state, addr);
	if (old && !m6t_state_usable(state, old)) {
		m6t_state_unlink(state, old, &gone);
		event = M6T_EVENT_BINDING_EXPIRED;
		old = NULL;
	}
	err = m6t_state_insert(state, b, old, past, &gone, &evicted);
	spin_unlock_bh(&state->table.lock);

	m6t_state_bury(state, &gone, event);
	m6t_state_bury(state, &evicted, M6T_EVENT_BINDING_EVICTED);
	if (err) {
		m6t_binding_free(b);
		return old && kind == M6T_BINDING_TEMPORARY ? old : ERR_PTR(err);
	}
	state->notify(state, M6T_EVENT_BINDING_NEW, b);
	return b;
}

/**
 * m6t_state_activate() - make a binding active after an answer (G6)
 * @state: the table
 * @b: a binding in it that was temporary a moment ago
 *
 * A temporary binding that has expired is not revived (G5).
 *
 * Context: softirq, under RCU.
 */
void m6t_state_activate(struct m6t_state *state, struct m6t_binding *b)
{
	bool changed = false;
	u64 now = ktime_get_ns();

	spin_lock_bh(&state->table.lock);
	if (b->state == M6T_BINDING_TEMPORARY &&
	    now < m6t_state_ends(state, b)) {
		list_del(&b->queue);
		m6t_state_count(state, M6T_BINDING_TEMPORARY, -1);
		m6t_state_count(state, M6T_BINDING_ACTIVE, 1);
		WRITE_ONCE(b->tx.used, now);
		WRITE_ONCE(b->state, M6T_BINDING_ACTIVE);
		m6t_state_queue_active(state, b);
		m6t_state_arm(state);
		changed = true;
	}
	spin_unlock_bh(&state->table.lock);

	if (changed)
		state->notify(state, M6T_EVENT_BINDING_ACTIVE, b);
}

/**
 * m6t_state_del() - delete the binding of an address (G13)
 * @state: the table
 * @addr: IPv6 address
 *
 * Context: process.
 * Return: 0 or -ENOENT.
 */
int m6t_state_del(struct m6t_state *state, const struct in6_addr *addr)
{
	struct m6t_binding *b;
	LIST_HEAD(gone);

	spin_lock_bh(&state->table.lock);
	b = m6t_state_lookup(state, addr);
	if (b)
		m6t_state_unlink(state, b, &gone);
	spin_unlock_bh(&state->table.lock);
	m6t_state_bury(state, &gone, M6T_EVENT_BINDING_DELETED);
	return b ? 0 : -ENOENT;
}

static bool m6t_filter_match(const struct m6t_filter *filter,
			     const struct m6t_binding *b)
{
	if (filter->state && READ_ONCE(b->state) != filter->state)
		return false;
	if (filter->remote && b->ep.remote != filter->remote)
		return false;
	if (filter->port && b->ep.port != filter->port)
		return false;
	return ipv6_prefix_equal(&filter->prefix.addr, &b->obj.addr,
				 filter->prefix.len);
}

/**
 * struct m6t_flush - arguments and results of a flush
 * @state: the table
 * @filter: which bindings to remove
 * @found: bindings that were removed
 * @n: their number
 */
struct m6t_flush {
	struct m6t_state *state;
	const struct m6t_filter *filter;
	struct list_head found;
	u32 n;
};

static void m6t_state_flush_one(struct m6t_object *obj, void *arg)
{
	struct m6t_binding *b = m6t_binding_of(obj);
	struct m6t_flush *flush = arg;

	if (!m6t_filter_match(flush->filter, b))
		return;
	m6t_state_unlink(flush->state, b, &flush->found);
	flush->n++;
}

/**
 * m6t_state_flush() - delete all bindings that match a filter (G13)
 * @state: the table
 * @filter: which bindings to delete
 *
 * Context: process; sleeps between buckets.
 * Return: number of deleted bindings.
 */
u32 m6t_state_flush(struct m6t_state *state, const struct m6t_filter *filter)
{
	struct m6t_flush flush = { .state = state, .filter = filter };
	LIST_HEAD(gone);
	bool more;
	u32 i;

	INIT_LIST_HEAD(&flush.found);
	for (i = 0, more = true; more; i++) {
		spin_lock_bh(&state->table.lock);
		more = m6t_table_each(&state->table, i, m6t_state_flush_one,
				      &flush);
		spin_unlock_bh(&state->table.lock);
		m6t_state_notify(state, &flush.found, M6T_EVENT_BINDING_DELETED);
		list_splice_tail_init(&flush.found, &gone);
		if (!more || i % M6T_STATE_STEP == M6T_STATE_STEP - 1)
			m6t_binding_free_batch(&gone);
		cond_resched();
	}
	return flush.n;
}

/**
 * struct m6t_visit - arguments of a walk
 * @filter: which bindings to visit
 * @fn: callback
 * @arg: its argument
 */
struct m6t_visit {
	const struct m6t_filter *filter;
	int (*fn)(const struct m6t_binding *b, void *arg);
	void *arg;
};

static int m6t_state_visit(struct m6t_object *obj, void *arg)
{
	const struct m6t_binding *b = m6t_binding_of(obj);
	const struct m6t_visit *visit = arg;

	return m6t_filter_match(visit->filter, b) ? visit->fn(b, visit->arg) : 0;
}

/**
 * m6t_state_walk() - visit the bindings that match a filter, from a position on
 * @state: the table
 * @walk: position, zeroed to start; advanced past each binding visited
 * @filter: which bindings to visit
 * @fn: called for each under RCU; a nonzero return value stops the walk before that
 *	binding
 * @arg: passed to @fn
 *
 * Context: process; sleeps between buckets.
 * Return: 0 at the end, or what @fn returned.
 */
int m6t_state_walk(struct m6t_state *state, struct m6t_walk *walk,
		   const struct m6t_filter *filter,
		   int (*fn)(const struct m6t_binding *b, void *arg),
		   void *arg)
{
	struct m6t_visit visit = { .filter = filter, .fn = fn, .arg = arg };

	return m6t_table_walk(&state->table, walk, m6t_state_visit, &visit);
}
