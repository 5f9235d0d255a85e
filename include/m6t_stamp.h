/* SPDX-License-Identifier: GPL-2.0 */
/* When something happened last, to the tick. */
#ifndef M6T_STAMP_H
#define M6T_STAMP_H

#include <linux/jiffies.h>
#include <linux/timekeeping.h>

/* The lowest bits of a stamp tell in which jiffy it was made. */
#define M6T_STAMP_JIFFY	0xff

/**
 * m6t_stamp() - note that something happened now
 * @stamp: ktime, ns, of the last time that it did
 *
 * The exact time, rounded up, is taken once a tick; what follows in the same
 * tick leaves the stamp as it is, so that a busy flow does not write it for
 * each packet. The coarse clock alone, which has steps of its own, may lag by
 * almost two ticks; jiffies alone would come round.
 */
static inline void m6t_stamp(u64 *stamp)
{
	u64 old = READ_ONCE(*stamp), jiffy = jiffies & M6T_STAMP_JIFFY;

	if (old < ktime_get_coarse_ns() || (old & M6T_STAMP_JIFFY) != jiffy)
		WRITE_ONCE(*stamp, ((ktime_get_ns() | M6T_STAMP_JIFFY) + 1) |
				   jiffy);
}

#endif /* M6T_STAMP_H */
