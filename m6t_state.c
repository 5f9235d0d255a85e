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
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/sizes.h>

#include "m6t.h"
#include "m6t_memcg.h"
#include "gw/m6t_proof.h"

/* Maximum number of bindings that are removed in one run of a timer or while the lock is
 * held, and how long the timers pause afterwards, ns.
 */
#define M6T_STATE_BATCH		64
#define M6T_STATE_REST		(NSEC_PER_MSEC / 4)

/* Buckets after which a flush frees the bindings that it has removed. */
#define M6T_STATE_STEP		64

/* Slack of the timers, ns, so that bindings that expire at about the same time are
 * removed together: less than a millisecond, including that pause.
 */
#define M6T_STATE_SLACK		(700 * NSEC_PER_USEC)

/* Grace period in which an unproven active binding is not evicted, ns. A proof takes a
 * round trip to the mobile node; the one to the home agent is over when it begins (G17).
 */
#define M6T_STATE_GRACE		(750 * NSEC_PER_MSEC)

/* How much of its memory cgroup a gateway reclaims at once, bytes, and how often,
 * jiffies: enough for more than 50,000 bindings a second.
 */
#define M6T_STATE_RECLAIM	SZ_256K
#define M6T_STATE_RECLAIM_EVERY	max(HZ / 50, 1)

/* Temporary bindings may take 1/M6T_STATE_NEW of the table from unproven active ones. */
#define M6T_STATE_NEW		4

/* The pressure ends 1/M6T_STATE_RELIEF below its start, so that it does not flap. */
#define M6T_STATE_RELIEF	8

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
		return READ_ONCE(b->since) + READ_ONCE(state->temporary_life);
	case M6T_BINDING_ACTIVE:
		return m6t_binding_used(b) + READ_ONCE(state->active_life);
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

static u32 m6t_state_total(const struct m6t_state *state)
{
	return state->count[M6T_BINDING_TEMPORARY] +
	       state->count[M6T_BINDING_ACTIVE] +
	       state->count[M6T_BINDING_STATIC];
}

static void m6t_state_press(struct m6t_state *state)
{
	u32 total = m6t_state_total(state);
	bool pressed = state->pressed;

	if (total >= state->press)
		pressed = true;
	else if (total < state->press - state->press / M6T_STATE_RELIEF)
		pressed = false;
	/* Each packet reads it, on any CPU. */
	if (pressed != state->pressed)
		WRITE_ONCE(state->pressed, pressed);
}

static void m6t_state_count(struct m6t_state *state,
			    enum m6t_binding_state kind, int n)
{
	WRITE_ONCE(state->count[kind], state->count[kind] + n);
	m6t_state_press(state);
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
	b->seen = m6t_binding_used(b);
	rb_add_cached(&b->rb, &state->actives, m6t_binding_sooner);
}

static bool m6t_binding_quieter(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct m6t_binding, evict)->heard <
	       rb_entry(b, struct m6t_binding, evict)->heard;
}

static struct rb_root_cached *m6t_state_unproven(struct m6t_state *state,
						 const struct m6t_binding *b)
{
	return b->asked ? &state->unproven : &state->unasked;
}

static void m6t_state_queue_unproven(struct m6t_state *state,
				     struct m6t_binding *b)
{
	b->heard = READ_ONCE(b->rx.used);
	/* So that those whose grace is not over are not found first. */
	if (b->asked)
		b->heard = max(b->heard, b->since);
	rb_add_cached(&b->evict, m6t_state_unproven(state, b),
		      m6t_binding_quieter);
	WRITE_ONCE(state->n_unproven, state->n_unproven + 1);
}

static void m6t_state_dequeue_unproven(struct m6t_state *state,
				       struct m6t_binding *b)
{
	rb_erase_cached(&b->evict, m6t_state_unproven(state, b));
	WRITE_ONCE(state->n_unproven, state->n_unproven - 1);
}

/* Add an active binding to the tree in which bindings of its kind are evicted. If there
 * is no memory to count its source, it has to be proven again.
 */
static void m6t_state_queue_evict(struct m6t_state *state,
				  struct m6t_binding *b)
{
	if (m6t_binding_is_proven(b)) {
		if (!m6t_shares_join(&state->shares, b, state->memcg))
			return;
		WRITE_ONCE(b->asked, 0);
	}
	m6t_state_queue_unproven(state, b);
}

static void m6t_state_dequeue_evict(struct m6t_state *state,
				    struct m6t_binding *b)
{
	if (m6t_binding_is_proven(b))
		m6t_shares_leave(&state->shares, b);
	else
		m6t_state_dequeue_unproven(state, b);
}

/* Re-sort an active binding that has been used since it was last checked. */
static void m6t_state_requeue(struct m6t_state *state, struct m6t_binding *b)
{
	rb_erase_cached(&b->rb, &state->actives);
	m6t_state_queue_active(state, b);
	if (m6t_binding_is_proven(b))
		m6t_shares_sort(b);
}

/* Add a binding to the list or trees that order its expiry and eviction, and to the
 * counts.
 */
static void m6t_state_enqueue(struct m6t_state *state, struct m6t_binding *b)
{
	if (b->state == M6T_BINDING_TEMPORARY) {
		list_add_tail(&b->queue, &state->temporaries);
	} else if (b->state == M6T_BINDING_ACTIVE) {
		m6t_state_queue_active(state, b);
		m6t_state_queue_evict(state, b);
	}
	m6t_state_count(state, b->state, 1);
}

static void m6t_state_dequeue(struct m6t_state *state, struct m6t_binding *b)
{
	if (b->state == M6T_BINDING_TEMPORARY) {
		list_del(&b->queue);
	} else if (b->state == M6T_BINDING_ACTIVE) {
		rb_erase_cached(&b->rb, &state->actives);
		m6t_state_dequeue_evict(state, b);
	}
	m6t_state_count(state, b->state, -1);
}

/* Move a binding that is no longer in the table to a list of those to free. */
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
		if (m6t_state_due(state, m6t_binding_used(b)) <= now)
			m6t_state_unlink(state, b, &gone);
		else
			m6t_state_requeue(state, b);
	}
	if (b && m6t_state_due(state, b->seen) <= now)
		state->rest = now + M6T_STATE_REST;
	m6t_state_arm(state);
	spin_unlock_bh(&state->table.lock);

	m6t_state_bury(state, &gone, M6T_EVENT_BINDING_EXPIRED);
	return HRTIMER_NORESTART;
}

/* Charge some memory and release it at once: this reclaims page cache, which fills every
 * memory cgroup in the end. It never triggers the OOM killer.
 */
static void m6t_state_reclaim(struct work_struct *work)
{
	struct m6t_state *state = container_of(to_delayed_work(work),
					       struct m6t_state, reclaim);
	struct mem_cgroup *old = set_active_memcg(state->memcg);

	kvfree(kvmalloc(M6T_STATE_RECLAIM, GFP_KERNEL_ACCOUNT | __GFP_NORETRY |
					   __GFP_NOWARN));
	set_active_memcg(old);
}

/* An allocation for a packet has failed. */
static void m6t_state_starve(struct m6t_state *state)
{
	queue_delayed_work(system_long_wq, &state->reclaim,
			   M6T_STATE_RECLAIM_EVERY);
}

static void m6t_state_set_lives(struct m6t_state *state,
				const struct m6t_config *cfg)
{
	WRITE_ONCE(state->temporary_life,
		   (u64)cfg->temp_timeout * NSEC_PER_MSEC);
	WRITE_ONCE(state->active_life,
		   (u64)cfg->active_timeout * NSEC_PER_SEC);
	state->max = cfg->max_bindings;
	state->press = DIV_ROUND_UP_ULL((u64)cfg->max_bindings * cfg->pressure,
					100);
	m6t_state_press(state);
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
	state->memcg = m6t_memcg_get();
	INIT_DELAYED_WORK(&state->reclaim, m6t_state_reclaim);
	INIT_LIST_HEAD(&state->temporaries);
	state->actives = RB_ROOT_CACHED;
	state->unproven = RB_ROOT_CACHED;
	state->unasked = RB_ROOT_CACHED;
	m6t_shares_init(&state->shares, cfg);
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
	cancel_delayed_work_sync(&state->reclaim);
	m6t_table_free(&state->table, m6t_state_free_binding);
	m6t_shares_free(&state->shares);
	m6t_memcg_put(state->memcg);
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

static void m6t_state_regroup_one(struct m6t_object *obj, void *arg)
{
	struct m6t_binding *b = m6t_binding_of(obj);
	struct m6t_state *state = arg;

	if (b->state != M6T_BINDING_ACTIVE || !m6t_binding_is_proven(b))
		return;
	m6t_shares_leave(&state->shares, b);
	m6t_state_queue_evict(state, b);
}

/* Count all proven bindings for the sources that they belong to now. */
static void m6t_state_regroup(struct m6t_state *state)
{
	bool more;
	u32 i;

	for (i = 0, more = true; more; i++) {
		spin_lock_bh(&state->table.lock);
		more = m6t_table_each(&state->table, i, m6t_state_regroup_one,
				      state);
		spin_unlock_bh(&state->table.lock);
		cond_resched();
	}
}

/**
 * m6t_state_retime() - apply new lifetimes and limits without losing bindings
 * @state: the table
 * @cfg: limits and lifetimes
 *
 * All bindings of a kind have the same lifetime, so their order does not change.
 *
 * Context: process, RTNL held; sleeps between buckets.
 */
void m6t_state_retime(struct m6t_state *state, const struct m6t_config *cfg)
{
	bool regroup;

	ASSERT_RTNL();
	spin_lock_bh(&state->table.lock);
	m6t_state_set_lives(state, cfg);
	regroup = m6t_shares_group(&state->shares, cfg);
	m6t_state_arm(state);
	spin_unlock_bh(&state->table.lock);
	if (regroup)
		m6t_state_regroup(state);
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
	/* max-bindings was lowered: the new binding could no longer be evicted. */
	if (old && old->state == M6T_BINDING_TEMPORARY &&
	    m6t_state_total(state) - state->count[M6T_BINDING_TEMPORARY] >=
	    state->max)
		return -ENOSPC;
	return 0;
}

/* Get the active binding that has been silent for longest, of those in this tree whose
 * grace period is over at @now; NULL if there is none. Packets only stamp bindings, so
 * the order is that of the last check. If all that are checked were heard since then, it
 * is one of them: otherwise a sender could protect a whole tree by one packet for each.
 */
static struct m6t_binding *m6t_state_quietest(struct m6t_state *state,
					      struct rb_root_cached *tree,
					      u64 now)
{
	struct rb_node *rb = rb_first_cached(tree);
	struct m6t_binding *b, *quietest = NULL;
	unsigned int budget = M6T_STATE_BATCH;
	bool sorted = false;

	while (rb && budget-- && !sorted) {
		b = rb_entry(rb, struct m6t_binding, evict);
		rb = rb_next(rb);
		if (b->since + M6T_STATE_GRACE > now)
			continue;
		sorted = READ_ONCE(b->rx.used) <= b->heard;
		if (!sorted) {
			m6t_state_dequeue_unproven(state, b);
			m6t_state_queue_unproven(state, b);
		}
		if (!quietest || b->heard < quietest->heard)
			quietest = b;
	}
	return quietest;
}

/* Get the proven binding to evict for one of @remote: the least recently used one of the
 * source with the largest share (G18).
 */
static struct m6t_binding *m6t_state_largest(struct m6t_state *state,
					     __be32 remote)
{
	unsigned int budget = M6T_STATE_BATCH;
	struct m6t_binding *b;

	while ((b = m6t_shares_largest(&state->shares, remote)) &&
	       m6t_binding_used(b) > b->seen && budget--)
		m6t_state_requeue(state, b);
	return b;
}

/* Proven bindings are evicted for others only while they use most of the places that
 * static ones leave. Otherwise the rest is a flood in its grace period, which must not
 * displace them.
 */
static bool m6t_state_mostly_proven(const struct m6t_state *state)
{
	u32 proven = state->count[M6T_BINDING_ACTIVE] - state->n_unproven;

	return proven > state->n_unproven + state->count[M6T_BINDING_TEMPORARY];
}

/* Get the binding to evict for @b in a full table (G12, G17, G18), or NULL.
 *
 * Anyone can create temporary bindings, and active ones if a home agent answers forged
 * packets. A newcomer needs a place until its home agent has answered and it has proven
 * itself, so temporary bindings displace unproven active ones up to a share of the
 * table, and each other beyond it. What an administrator adds displaces either.
 */
static struct m6t_binding *m6t_state_victim(struct m6t_state *state,
					    const struct m6t_binding *b)
{
	struct m6t_binding *oldest = m6t_state_oldest(state), *victim;

	if (b->state != M6T_BINDING_TEMPORARY)
		return oldest ?:
		       m6t_state_quietest(state, &state->unproven, U64_MAX) ?:
		       m6t_state_quietest(state, &state->unasked, U64_MAX);
	if (oldest && state->count[M6T_BINDING_TEMPORARY] >=
		      state->max / M6T_STATE_NEW)
		return oldest;
	victim = m6t_state_quietest(state, &state->unproven, b->since);
	if (!victim && m6t_state_mostly_proven(state))
		victim = m6t_state_largest(state, b->ep.remote);
	if (victim)
		return victim;
	/* A source with its share does not displace others that wait for theirs. */
	return m6t_shares_fair(&state->shares, b->ep.remote) ? oldest : NULL;
}

/* Make room for @b if the table is full. */
static int m6t_state_make_room(struct m6t_state *state,
			       const struct m6t_binding *b,
			       struct list_head *gone)
{
	unsigned int budget = M6T_STATE_BATCH;
	struct m6t_binding *victim;

	if (state->count[M6T_BINDING_STATIC] >= state->max)
		return -ENOSPC;
	/* More than one only after max-bindings has been lowered. */
	while (m6t_state_total(state) >= state->max && budget--) {
		victim = m6t_state_victim(state, b);
		if (!victim)
			return -ENOSPC;
		m6t_state_unlink(state, victim, gone);
	}
	return 0;
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
	err = m6t_state_make_room(state, b, evicted);
	if (err)
		return err;
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
 * table is full and no binding may be evicted for this one; -ENOMEM; -ENODEV if the
 * table is closed.
 */
struct m6t_binding *m6t_state_add(struct m6t_state *state,
				  enum m6t_binding_state kind,
				  const struct in6_addr *addr,
				  const struct m6t_endpoint *ep,
				  const struct m6t_binding_past *past)
{
	enum m6t_event event = M6T_EVENT_BINDING_DELETED;
	struct m6t_binding *b, *old;
	LIST_HEAD(evicted);
	LIST_HEAD(gone);
	int err;

	b = m6t_binding_new(kind, addr, ep, past, state->memcg);
	if (!b) {
		m6t_state_starve(state);
		return ERR_PTR(-ENOMEM);
	}

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
		WRITE_ONCE(b->since, now);
		m6t_state_queue_active(state, b);
		m6t_state_queue_evict(state, b);
		m6t_state_arm(state);
		changed = true;
	}
	spin_unlock_bh(&state->table.lock);

	if (changed)
		state->notify(state, M6T_EVENT_BINDING_ACTIVE, b);
}

/* Check if a request for a proof may be sent in return for a packet of @bytes. What a
 * gateway itself sends to an endpoint never exceeds what came from there, as the address
 * may be forged: a packet that is as large as a request pays for one. Smaller ones are
 * keepalives, which have been replied to; then the other packets from there must pay for
 * it.
 */
static bool m6t_state_is_paid(const struct m6t_binding *b, unsigned int bytes)
{
	u64 all = atomic64_read(&b->rx.bytes);
	u64 replied = atomic64_read(&b->rx.packets) * sizeof(struct ipv6hdr);
	u8 asked = READ_ONCE(b->asked);

	if (bytes >= M6T_PROOF_LEN)
		return true;
	return asked < M6T_BINDING_PROVEN - 1 &&
	       all >= replied + (asked + 1) * M6T_PROOF_LEN;
}

/* Under the lock: a request for a proof is about to be sent. */
static unsigned int m6t_state_asked(struct m6t_state *state,
				    struct m6t_binding *b)
{
	unsigned int n = min(b->asked + 1, M6T_BINDING_PROVEN - 1);

	m6t_state_dequeue_unproven(state, b);
	if (n == 1)
		WRITE_ONCE(b->since, ktime_get_ns());
	WRITE_ONCE(b->asked, n);
	WRITE_ONCE(b->asked_at, m6t_state_moment());
	m6t_state_queue_unproven(state, b);
	return n;
}

/**
 * m6t_state_ask() - decide whether to ask for a proof of a binding (G17)
 * @state: the table
 * @b: a binding in it, for which m6t_state_wants_proof() was true
 * @bytes: bytes of IPv6 that came from its endpoint and were not replied to
 *
 * Context: softirq, under RCU.
 * Return: how often a proof was asked for, this time included; 0 if not now.
 */
unsigned int m6t_state_ask(struct m6t_state *state, struct m6t_binding *b,
			   unsigned int bytes)
{
	unsigned int n = 0;

	/* Keepalives that pay for nothing take no lock. */
	if (!m6t_state_is_paid(b, bytes))
		return 0;
	spin_lock_bh(&state->table.lock);
	if (m6t_state_wants_proof(state, b) && m6t_state_is_paid(b, bytes))
		n = m6t_state_asked(state, b);
	spin_unlock_bh(&state->table.lock);
	return n;
}

/**
 * m6t_state_ask_next() - find an idle binding to ask for a proof of (G17)
 * @state: the table
 *
 * Mobile nodes that are idle when the pressure begins would not be asked before the
 * table is full, and would be evicted first. So each newcomer causes requests to some of
 * them, beginning with the one that has been silent for longest. A mobile node that has
 * sent too few bytes for a request counts as asked.
 *
 * Context: softirq, under RCU, which protects the result.
 * Return: the binding, or NULL.
 */
struct m6t_binding *m6t_state_ask_next(struct m6t_state *state)
{
	unsigned int budget = M6T_STATE_BATCH;
	struct m6t_binding *b = NULL;
	struct rb_node *rb;
	bool paid = false;

	spin_lock_bh(&state->table.lock);
	while (!paid && budget-- && (rb = rb_first_cached(&state->unasked))) {
		b = rb_entry(rb, struct m6t_binding, evict);
		paid = m6t_state_is_paid(b, 0);
		m6t_state_asked(state, b);
	}
	spin_unlock_bh(&state->table.lock);
	return paid ? b : NULL;
}

/**
 * m6t_state_prove() - mark a binding as proven after a nonce was returned (G17)
 * @state: the table
 * @b: a binding in it
 *
 * Context: softirq, under RCU.
 */
void m6t_state_prove(struct m6t_state *state, struct m6t_binding *b)
{
	bool changed = false;

	spin_lock_bh(&state->table.lock);
	if (b->state == M6T_BINDING_ACTIVE && !m6t_binding_is_proven(b)) {
		m6t_state_dequeue_unproven(state, b);
		if (m6t_shares_join(&state->shares, b, state->memcg)) {
			m6t_state_queue_unproven(state, b);
			m6t_state_starve(state);
		} else {
			WRITE_ONCE(b->asked, M6T_BINDING_PROVEN);
			changed = true;
		}
	}
	spin_unlock_bh(&state->table.lock);

	if (changed)
		state->notify(state, M6T_EVENT_BINDING_PROVEN, b);
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
