// SPDX-License-Identifier: GPL-2.0
/*
 * The binding table of a gateway.
 *
 * Look-ups run under RCU and take no lock. All changes take the one lock: they
 * come once or twice in a binding's life. A temporary binding ends a fixed
 * time after its creation, so age order is the order of their ends. An
 * active one ends some time after its last packet; packets only stamp it, and
 * when its time to be looked at comes it either ends or is queued anew for the
 * exact time at which it would end. Thus a binding is touched about once a
 * lifetime, however much traffic it carries, and still ends to the tick.
 */

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "m6t.h"

/* Bindings that one run of a timer or one hold of the lock may end, and how
 * long the timers rest after it, ns.
 */
#define M6T_STATE_BATCH		64
#define M6T_STATE_REST		(NSEC_PER_MSEC / 4)

/* Buckets from which a flush frees what it has found together, or that one hold
 * of the lock moves.
 */
#define M6T_STATE_STEP		64

/* How late a timer may be, ns, so that those that end close to each other end
 * together: less than a millisecond, with a rest.
 */
#define M6T_STATE_SLACK		(700 * NSEC_PER_USEC)

#define M6T_STATE_BUCKETS_MIN	16
#define M6T_STATE_BUCKETS_MAX	BIT(20)

static struct kmem_cache *m6t_binding_cache;

/**
 * m6t_state_cache_init() - make the cache that bindings come from
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int m6t_state_cache_init(void)
{
	m6t_binding_cache = KMEM_CACHE(m6t_binding, SLAB_HWCACHE_ALIGN);
	return m6t_binding_cache ? 0 : -ENOMEM;
}

/**
 * m6t_state_cache_exit() - end the cache, after all RCU callbacks have run
 *
 * Context: process; sleeps for a grace period.
 */
void m6t_state_cache_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(m6t_binding_cache);
}

/* All that went together: they are linked in a ring by their queue. */
static void m6t_binding_free_rcu(struct rcu_head *rcu)
{
	struct m6t_binding *first = container_of(rcu, struct m6t_binding, rcu);
	struct m6t_binding *b, *next;

	list_for_each_entry_safe(b, next, &first->queue, queue)
		kmem_cache_free(m6t_binding_cache, b);
	kmem_cache_free(m6t_binding_cache, first);
}

static struct m6t_table *m6t_table_new(u32 max, u8 side)
{
	u32 n = clamp_t(u32, roundup_pow_of_two(max), M6T_STATE_BUCKETS_MIN,
			M6T_STATE_BUCKETS_MAX);
	struct m6t_table *table;

	table = kvzalloc(struct_size(table, bucket, n), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->mask = n - 1;
	table->side = side;
	return table;
}

static u64 m6t_state_hash(const struct m6t_state *state,
			  const struct in6_addr *addr)
{
	return siphash(addr, sizeof(*addr), &state->key);
}

static struct hlist_head *m6t_state_bucket(const struct m6t_state *state,
					   struct m6t_table *table,
					   const struct in6_addr *addr)
{
	return &table->bucket[m6t_state_hash(state, addr) & table->mask];
}

/* Under the lock, or RCU. */
static struct m6t_table *m6t_state_table(const struct m6t_state *state)
{
	return rcu_dereference_check(state->table,
				     lockdep_is_held(&state->lock));
}

/**
 * m6t_state_lookup() - find the binding of a mobile node's address
 * @state: the table
 * @addr: IPv6 address
 *
 * Context: under RCU, which protects the result, or with the lock held.
 * Return: the binding or NULL.
 */
struct m6t_binding *m6t_state_lookup(const struct m6t_state *state,
				     const struct in6_addr *addr)
{
	struct m6t_table *table = m6t_state_table(state);
	struct m6t_binding *b;

	hlist_for_each_entry_rcu(b, m6t_state_bucket(state, table, addr),
				 node[table->side],
				 lockdep_is_held(&state->lock))
		if (ipv6_addr_equal(&b->addr, addr))
			return b;
	return NULL;
}

/**
 * m6t_state_used() - when did a binding last carry a packet?
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
 * m6t_state_ends() - when will a binding end if no more packets come?
 * @state: the table
 * @b: a binding of it
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
 * m6t_state_usable() - does a binding still count?
 * @state: the table
 * @b: a binding of it
 *
 * A temporary one may be over although its timer is late (G5).
 *
 * Context: under RCU, or with the lock held.
 * Return: true if packets may use it.
 */
bool m6t_state_usable(const struct m6t_state *state,
		      const struct m6t_binding *b)
{
	return READ_ONCE(b->state) != M6T_BINDING_TEMPORARY ||
	       ktime_get_ns() < m6t_state_ends(state, b);
}

/* Under the lock, while the table grows: are bindings of this address in both? */
static bool m6t_state_moved(const struct m6t_state *state,
			    const struct m6t_table *table,
			    const struct in6_addr *addr)
{
	return state->next &&
	       (m6t_state_hash(state, addr) & table->mask) < state->moved;
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

/* When an active binding that was used at a time is to be looked at. Stamps
 * may be a tick older than the last packet, and no binding may end early.
 */
static u64 m6t_state_due(const struct m6t_state *state, u64 used)
{
	return used + state->active_life + TICK_NSEC;
}

/* A timer that comes too early finds nothing to do and is started anew: less
 * often than it would be moved, as most that is waited for does not come to its
 * end. With some slack, all that ends within it is ended together.
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

/* Timers are only ever started here, under the lock, never re-armed by the
 * return value of their function: that would race with a start elsewhere.
 */
static void m6t_state_arm(struct m6t_state *state)
{
	struct m6t_binding *oldest = m6t_state_oldest(state);
	struct m6t_binding *first = m6t_state_first_active(state);

	lockdep_assert_held(&state->lock);
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

/* Into the list or tree by which a binding ends, and the counts; and out again. */
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

/* A binding that is in nothing any more: onto a list of those to be freed. */
static void m6t_state_discard(struct m6t_binding *b, struct list_head *gone)
{
	b->was = b->state;
	/* Pairs with the reader that tells the state: it needs @was then. */
	smp_store_release(&b->state, M6T_BINDING_DEAD);
	list_add_tail(&b->queue, gone);
}

/* Take a binding out of the table, onto a list of those that go. */
static void m6t_state_unlink(struct m6t_state *state, struct m6t_binding *b,
			     struct list_head *gone)
{
	struct m6t_table *table = m6t_state_table(state);

	lockdep_assert_held(&state->lock);
	m6t_state_dequeue(state, b);
	hlist_del_rcu(&b->node[table->side]);
	if (m6t_state_moved(state, table, &b->addr))
		hlist_del(&b->node[state->next->side]);
	m6t_state_discard(b, gone);
}

/* Without the lock: tell of those that go. */
static void m6t_state_tell(struct m6t_state *state, struct list_head *gone,
			   enum m6t_event event)
{
	struct m6t_binding *b;

	rcu_read_lock();
	list_for_each_entry(b, gone, queue)
		state->tell(state, event, b);
	rcu_read_unlock();
}

/* Free them, with one callback of RCU for all. The list is empty afterwards. */
static void m6t_state_release(struct list_head *gone)
{
	struct m6t_binding *first;

	if (list_empty(gone))
		return;
	first = list_first_entry(gone, struct m6t_binding, queue);
	list_del_init(gone);
	call_rcu(&first->rcu, m6t_binding_free_rcu);
}

static void m6t_state_bury(struct m6t_state *state, struct list_head *gone,
			   enum m6t_event event)
{
	m6t_state_tell(state, gone, event);
	m6t_state_release(gone);
}

static enum hrtimer_restart m6t_state_temporary_due(struct hrtimer *timer)
{
	struct m6t_state *state = container_of(timer, struct m6t_state,
					       temporary_timer);
	unsigned int budget = M6T_STATE_BATCH;
	struct m6t_binding *b;
	LIST_HEAD(gone);
	u64 now;

	spin_lock_bh(&state->lock);
	now = ktime_get_ns();
	while ((b = m6t_state_oldest(state)) &&
	       m6t_state_ends(state, b) <= now && budget--)
		m6t_state_unlink(state, b, &gone);
	if (b && m6t_state_ends(state, b) <= now)
		state->rest = now + M6T_STATE_REST;
	m6t_state_arm(state);
	spin_unlock_bh(&state->lock);

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

	spin_lock_bh(&state->lock);
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
	spin_unlock_bh(&state->lock);

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
 * m6t_state_init() - make an empty table
 * @state: to be filled in
 * @cfg: limits and lifetimes
 * @tell: called for each change of a binding, under RCU, without the lock, in
 *	the context of whatever changed it
 *
 * Context: process.
 * Return: 0 or -ENOMEM; m6t_state_free() ends it.
 */
int m6t_state_init(struct m6t_state *state, const struct m6t_config *cfg,
		   void (*tell)(struct m6t_state *state, enum m6t_event event,
				const struct m6t_binding *b))
{
	struct m6t_table *table = m6t_table_new(cfg->max_bindings, 0);

	if (!table)
		return -ENOMEM;
	RCU_INIT_POINTER(state->table, table);
	get_random_bytes(&state->key, sizeof(state->key));
	state->tell = tell;
	spin_lock_init(&state->lock);
	INIT_LIST_HEAD(&state->temporaries);
	state->actives = RB_ROOT_CACHED;
	state->next_id = 1;
	m6t_state_set_lives(state, cfg);
	hrtimer_setup(&state->temporary_timer, m6t_state_temporary_due,
		      CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	hrtimer_setup(&state->active_timer, m6t_state_active_due,
		      CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	return 0;
}

/**
 * m6t_state_close() - add no binding from now on, and stop the timers
 * @state: the table
 *
 * Context: process.
 */
void m6t_state_close(struct m6t_state *state)
{
	spin_lock_bh(&state->lock);
	state->closed = true;
	spin_unlock_bh(&state->lock);
	hrtimer_cancel(&state->temporary_timer);
	hrtimer_cancel(&state->active_timer);
}

/**
 * m6t_state_free() - end a table that is closed and that nobody reads
 * @state: the table
 *
 * The bindings go without a word: with the device, all of them go.
 *
 * Context: process.
 */
void m6t_state_free(struct m6t_state *state)
{
	struct m6t_table *table = rcu_dereference_protected(state->table, true);
	struct hlist_node *next;
	struct m6t_binding *b;
	u32 i;

	for (i = 0; i <= table->mask; i++) {
		hlist_for_each_entry_safe(b, next, &table->bucket[i],
					  node[table->side])
			kmem_cache_free(m6t_binding_cache, b);
		cond_resched();
	}
	kvfree(table);
}

/* The bindings of one bucket, in their order, into the next table. Nothing else
 * goes to the same buckets there, as it has more of them.
 */
static void m6t_state_move_bucket(struct m6t_state *state,
				  struct m6t_table *table, u32 i)
{
	struct m6t_table *next = state->next;
	struct hlist_node *last;
	struct hlist_head *head;
	struct m6t_binding *b;

	hlist_for_each_entry(b, &table->bucket[i], node[table->side]) {
		head = m6t_state_bucket(state, next, &b->addr);
		last = NULL;
		if (!hlist_empty(head))
			for (last = head->first; last->next;)
				last = last->next;
		if (last)
			hlist_add_behind(&b->node[next->side], last);
		else
			hlist_add_head(&b->node[next->side], head);
	}
}

/* Some buckets more; after the last one readers see the next table. */
static bool m6t_state_move(struct m6t_state *state, struct m6t_table *table)
{
	unsigned int budget = M6T_STATE_STEP;
	bool more;

	spin_lock_bh(&state->lock);
	while (state->moved <= table->mask && budget--)
		m6t_state_move_bucket(state, table, state->moved++);
	more = state->moved <= table->mask;
	if (!more) {
		rcu_assign_pointer(state->table, state->next);
		state->next = NULL;
	}
	spin_unlock_bh(&state->lock);
	return more;
}

/**
 * m6t_state_grow() - give a table more buckets, if it needs them
 * @state: the table
 * @max: most bindings from now on
 *
 * Readers go on in the old buckets meanwhile, and bindings come and go, as
 * each has a second link for the new ones. Buckets never become fewer.
 *
 * Context: process, RTNL held, sleeps for a grace period.
 * Return: 0 or -ENOMEM.
 */
int m6t_state_grow(struct m6t_state *state, u32 max)
{
	struct m6t_table *old = rtnl_dereference(state->table), *table;

	if (max <= old->mask + 1 || old->mask + 1 >= M6T_STATE_BUCKETS_MAX)
		return 0;
	table = m6t_table_new(max, !old->side);
	if (!table)
		return -ENOMEM;

	spin_lock_bh(&state->lock);
	state->next = table;
	state->moved = 0;
	spin_unlock_bh(&state->lock);
	while (m6t_state_move(state, old))
		cond_resched();

	synchronize_rcu();
	kvfree(old);
	return 0;
}

/**
 * m6t_state_retime() - take over new lifetimes and limits; lose no binding
 * @state: the table
 * @cfg: limits and lifetimes
 *
 * All bindings of a kind live equally long, so their order stays as it is.
 *
 * Context: process, RTNL held.
 */
void m6t_state_retime(struct m6t_state *state, const struct m6t_config *cfg)
{
	spin_lock_bh(&state->lock);
	m6t_state_set_lives(state, cfg);
	m6t_state_arm(state);
	spin_unlock_bh(&state->lock);
}

/* Have both the same endpoint? Either may leave the local address open. */
static bool m6t_binding_same(const struct m6t_binding *a,
			     const struct m6t_binding *b)
{
	return m6t_endpoint_match(&a->ep, &b->ep) ||
	       m6t_endpoint_match(&b->ep, &a->ep);
}

/* May @b be added? @old is the binding that its address has already, or NULL.
 * A temporary one is replaced by any that an administrator adds, and an active
 * one by a static one of the same endpoint; otherwise the old one stays (G8).
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

/* Room for one more: the oldest temporary binding is evicted where none is
 * left (G12), for a newcomer as for one that an administrator adds.
 */
static void m6t_state_make_room(struct m6t_state *state,
				struct list_head *gone)
{
	unsigned int budget = M6T_STATE_BATCH;

	/* More than one only after max-bindings has become less. */
	while (m6t_state_total(state) >= state->max && budget--)
		m6t_state_unlink(state, m6t_state_oldest(state), gone);
}

/* A replaced binding of the same endpoint belonged to the same mobile node, so
 * its traffic counts for the new one, which must not expire too early (G7).
 */
static void m6t_binding_inherit_half(struct m6t_binding_half *half,
				     const struct m6t_binding_half *old)
{
	atomic64_add(atomic64_read(&old->packets), &half->packets);
	atomic64_add(atomic64_read(&old->bytes), &half->bytes);
	half->used = max(half->used, READ_ONCE(old->used));
}

static void m6t_binding_inherit(struct m6t_binding *b,
				const struct m6t_binding *old)
{
	if (!m6t_binding_same(b, old))
		return;
	m6t_binding_inherit_half(&b->rx, &old->rx);
	m6t_binding_inherit_half(&b->tx, &old->tx);
	b->path.learnt = READ_ONCE(old->path.learnt);
}

/* Replace the binding of an address in its chains, so that a lookup finds either
 * the old one or the new one at any moment. The id is kept, as it orders the
 * chains.
 */
static void m6t_state_replace(struct m6t_state *state, struct m6t_binding *old,
			      struct m6t_binding *b, struct list_head *gone)
{
	struct m6t_table *table = m6t_state_table(state);

	lockdep_assert_held(&state->lock);
	m6t_binding_inherit(b, old);
	b->id = old->id;
	m6t_state_dequeue(state, old);
	m6t_state_enqueue(state, b);
	hlist_replace_rcu(&old->node[table->side], &b->node[table->side]);
	if (m6t_state_moved(state, table, &b->addr))
		hlist_replace_rcu(&old->node[state->next->side],
				  &b->node[state->next->side]);
	m6t_state_discard(old, gone);
	m6t_state_arm(state);
}

static void m6t_state_link(struct m6t_state *state, struct m6t_binding *b)
{
	struct m6t_table *table = m6t_state_table(state);

	b->id = state->next_id++;
	m6t_state_enqueue(state, b);
	hlist_add_head_rcu(&b->node[table->side],
			   m6t_state_bucket(state, table, &b->addr));
	if (m6t_state_moved(state, table, &b->addr))
		hlist_add_head(&b->node[state->next->side],
			       m6t_state_bucket(state, state->next, &b->addr));
	m6t_state_arm(state);
}

/* The clock begins at boot, so it cannot have been idle for longer than that. */
static void m6t_binding_remember(struct m6t_binding *b,
				 const struct m6t_binding_past *past)
{
	b->rx.used -= min(past->idle, b->rx.used);
	atomic64_set(&b->rx.packets, past->rx_packets);
	atomic64_set(&b->rx.bytes, past->rx_bytes);
	atomic64_set(&b->tx.packets, past->tx_packets);
	atomic64_set(&b->tx.bytes, past->tx_bytes);
}

static struct m6t_binding *m6t_binding_new(enum m6t_binding_state kind,
					   const struct in6_addr *addr,
					   const struct m6t_endpoint *ep,
					   const struct m6t_binding_past *past)
{
	gfp_t gfp = GFP_ATOMIC | __GFP_NOWARN;
	struct m6t_binding *b;

	/* Packets are nobody's; what an administrator adds is charged to him. */
	if (kind != M6T_BINDING_TEMPORARY)
		gfp |= __GFP_ACCOUNT;
	b = kmem_cache_zalloc(m6t_binding_cache, gfp);
	if (!b)
		return NULL;
	b->addr = *addr;
	b->ep = *ep;
	b->state = kind;
	b->created = ktime_get_ns();
	b->rx.used = b->created;
	if (past)
		m6t_binding_remember(b, past);
	return b;
}

/**
 * m6t_state_add() - bind an address, unless it is bound already
 * @state: the table
 * @kind: %M6T_BINDING_TEMPORARY (G4); %M6T_BINDING_STATIC or, restored,
 *	%M6T_BINDING_ACTIVE (G13)
 * @addr: IPv6 address
 * @ep: where its datagrams come from and go to
 * @past: what a restored one had before, or NULL
 *
 * A static or active one replaces a temporary one of its address, and a static one
 * replaces an active one of the same endpoint.
 *
 * Context: softirq, or process under rcu_read_lock(), which protects the
 * result.
 * Return: the binding of that address, the new one or, where a temporary one
 * was wanted, an older one; -EEXIST if the address is bound to this endpoint
 * already, -EADDRINUSE if it is to another one; -ETIME if an active one would be
 * over by now; -ENOSPC if the table is full of others than temporary ones,
 * -ENOMEM, -ENODEV if the table is closed.
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

	spin_lock_bh(&state->lock);
	old = m6t_state_lookup(state, addr);
	if (old && !m6t_state_usable(state, old)) {
		m6t_state_unlink(state, old, &gone);
		event = M6T_EVENT_BINDING_EXPIRED;
		old = NULL;
	}
	err = m6t_state_admit(state, b, old, past);
	if (!err && old) {
		m6t_state_replace(state, old, b, &gone);
	} else if (!err) {
		m6t_state_make_room(state, &evicted);
		m6t_state_link(state, b);
	}
	spin_unlock_bh(&state->lock);

	m6t_state_bury(state, &gone, event);
	m6t_state_bury(state, &evicted, M6T_EVENT_BINDING_EVICTED);
	if (!err) {
		state->tell(state, M6T_EVENT_BINDING_NEW, b);
		return b;
	}
	kmem_cache_free(m6t_binding_cache, b);
	return old && kind == M6T_BINDING_TEMPORARY ? old : ERR_PTR(err);
}

/**
 * m6t_state_activate() - a binding was answered: make it active (G6)
 * @state: the table
 * @b: a binding of it that was temporary a moment ago
 *
 * A temporary binding whose time is over is not revived (G5).
 *
 * Context: softirq, under RCU.
 */
void m6t_state_activate(struct m6t_state *state, struct m6t_binding *b)
{
	bool changed = false;
	u64 now = ktime_get_ns();

	spin_lock_bh(&state->lock);
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
	spin_unlock_bh(&state->lock);

	if (changed)
		state->tell(state, M6T_EVENT_BINDING_ACTIVE, b);
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

	spin_lock_bh(&state->lock);
	b = m6t_state_lookup(state, addr);
	if (b)
		m6t_state_unlink(state, b, &gone);
	spin_unlock_bh(&state->lock);
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
	return ipv6_prefix_equal(&filter->prefix.addr, &b->addr,
				 filter->prefix.len);
}

static u32 m6t_state_flush_bucket(struct m6t_state *state, u32 i,
				  const struct m6t_filter *filter,
				  struct list_head *gone, bool *more)
{
	struct m6t_table *table;
	struct hlist_node *next;
	struct m6t_binding *b;
	LIST_HEAD(found);
	u32 n = 0;

	spin_lock_bh(&state->lock);
	table = m6t_state_table(state);
	*more = i < table->mask;
	hlist_for_each_entry_safe(b, next, &table->bucket[i],
				  node[table->side]) {
		if (!m6t_filter_match(filter, b))
			continue;
		m6t_state_unlink(state, b, &found);
		n++;
	}
	spin_unlock_bh(&state->lock);
	m6t_state_tell(state, &found, M6T_EVENT_BINDING_DELETED);
	list_splice_tail(&found, gone);
	return n;
}

/**
 * m6t_state_flush() - delete all bindings that match (G13)
 * @state: the table
 * @filter: which ones
 *
 * Context: process; sleeps between buckets.
 * Return: how many went.
 */
u32 m6t_state_flush(struct m6t_state *state, const struct m6t_filter *filter)
{
	LIST_HEAD(gone);
	u32 i, n = 0;
	bool more;

	for (i = 0, more = true; more; i++) {
		n += m6t_state_flush_bucket(state, i, filter, &gone, &more);
		if (!more || i % M6T_STATE_STEP == M6T_STATE_STEP - 1)
			m6t_state_release(&gone);
		cond_resched();
	}
	return n;
}

static int m6t_state_walk_bucket(struct m6t_state *state,
				 struct m6t_walk *walk,
				 const struct m6t_filter *filter,
				 int (*fn)(const struct m6t_binding *b,
					   void *arg),
				 void *arg)
{
	struct m6t_table *table = m6t_state_table(state);
	struct m6t_binding *b;
	int err;

	walk->buckets = table->mask + 1;
	if (walk->bucket >= walk->buckets)
		return 0;
	hlist_for_each_entry_rcu(b, &table->bucket[walk->bucket],
				 node[table->side]) {
		if (walk->id && b->id >= walk->id)
			continue;
		if (m6t_filter_match(filter, b)) {
			err = fn(b, arg);
			if (err)
				return err;
		}
		walk->id = b->id;
	}
	walk->id = 0;
	walk->bucket++;
	return 0;
}

/**
 * m6t_state_walk() - visit the bindings that match, from a place on
 * @state: the table
 * @walk: the place, zeroed at first; moved on behind each binding visited
 * @filter: which ones
 * @fn: called for each under RCU; a value other than 0 stops the walk before
 *	that binding
 * @arg: handed to @fn
 *
 * Each chain is in descending order of &m6t_binding.id, so a walk that resumes
 * visits each binding that stays exactly once, whatever came and went
 * meanwhile, as long as the table does not grow.
 *
 * Context: process; sleeps between buckets.
 * Return: 0 at the end, or what @fn returned.
 */
int m6t_state_walk(struct m6t_state *state, struct m6t_walk *walk,
		   const struct m6t_filter *filter,
		   int (*fn)(const struct m6t_binding *b, void *arg),
		   void *arg)
{
	int err;

	do {
		rcu_read_lock();
		err = m6t_state_walk_bucket(state, walk, filter, fn, arg);
		rcu_read_unlock();
		cond_resched();
	} while (!err && walk->bucket < walk->buckets);
	return err;
}
