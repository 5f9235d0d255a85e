// SPDX-License-Identifier: GPL-2.0
/*
 * gaps MS: read the clock continuously and find gaps, which interruptions of the CPU
 * leave. Prints the ns of all gaps together, of the longest one, and of the whole run.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Longer than a loop takes. */
#define GAP	2000

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* In a user-mode kernel reading its clock is a switch to it and back. */
static uint64_t ticks(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#else
	return now();
#endif
}

int main(int argc, char **argv)
{
	uint64_t ns = (argc > 1 ? strtoull(argv[1], NULL, 0) : 1000) * 1000000;
	uint64_t from = now(), first = ticks(), last, at, end;
	uint64_t lost = 0, longest = 0;
	double per_tick;

	while (now() - from < 50000000)
		;
	last = ticks();
	per_tick = (double)(now() - from) / (last - first);
	end = last + ns / per_tick;
	first = last;
	do {
		at = ticks();
		if ((at - last) * per_tick > GAP) {
			lost += at - last;
			if (at - last > longest)
				longest = at - last;
		}
		last = at;
	} while (at < end);
	printf("%.0f %.0f %.0f\n", lost * per_tick, longest * per_tick,
	       (last - first) * per_tick);
	return 0;
}
