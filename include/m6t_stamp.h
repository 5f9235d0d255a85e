/* SPDX-License-Identifier: GPL-2.0 */
/* Time stamps with tick resolution. */
#ifndef M6T_STAMP_H
#define M6T_STAMP_H

#include <linux/jiffies.h>
#include <linux/timekeeping.h>

/* The lowest bits of a stamp hold the jiffy in which it was taken. */
#define M6T_STAMP_JIFFY	0xff

/**
 * m6t_stamp() - update a time stamp to now
 * @stamp: ktime, ns, of the last update
 *
 * The exact time, rounded up, is written once a tick; further calls in the same
 * tick leave the stamp alone, so that a busy flow does not dirty its cache line
 * with each packet. The coarse clock alone, which does not advance in step with
 * jiffies, may lag by almost two ticks; jiffies alone would wrap.
 */
static inline void m6t_stamp(u64 *stamp)
{
	u64 old = READ_ONCE(*stamp), jiffy = jiffies & M6T_STAMP_JIFFY;

	if (old < ktime_get_coarse_ns() || (old & M6T_STAMP_JIFFY) != jiffy)
		WRITE_ONCE(*stamp, ((ktime_get_ns() | M6T_STAMP_JIFFY) + 1) |
				   jiffy);
}

#endif /* M6T_STAMP_H */
