# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Finds messages in a kernel log that must not be there.

# log_splats FILE: prints the lines that report a fault of the kernel, each with those
# around it (a UML shows its registers before it panics), from when the guest was ready
# on: complaints of a kernel about its own boot are not about m6t.
#
# Dumps of fault injection do not count, nor do those of the allocator about a failed
# allocation, or about a process that it kills in a cgroup whose memory is limited: the
# Call Trace after such a header is omitted, and so is what a reference tracker reports
# about it. With PRINTK_CALLER, the kernel marks the lines of different CPUs.
#
# Races of the core with itself that KCSAN reports are left out: m6t is neither
# in one of the two functions that raced, nor within three frames of both.
log_splats()
{
	awk '
	function caller(line) {
		if (!match(line, /\[ *[TC][0-9]+\]/))
			return ""
		return substr(line, RSTART, RLENGTH)
	}
	function race_line(line) {
		race[++lines] = line
		if (line ~ /(read|write|assert).* to 0x[0-9a-f]+ of /) {
			accesses++
			frames = 0
		} else if (++frames <= 3 && line ~ /\[m6t\]/ &&
			   met[accesses]++ == 0) {
			mine++
		}
	}
	function race_end(   i) {
		if (race[1] ~ /m6t/ || mine >= 2) {
			for (i = 1; i <= lines; i++)
				print race[i]
			bad++
		}
		lines = accesses = mine = 0
		delete met
	}
	{ sub(/\r$/, "") }
	/m6t-lab: start$/ { armed = 1 }
	!armed { next }
	/BUG: KCSAN:/ { racing = 1 }
	racing { race_line($0) }
	racing && /Reported by Kernel Concurrency Sanitizer/ {
		race_end()
		racing = 0
	}
	racing { next }
	/ref_tracker: memory allocation failure, unreliable/ { next }
	{ who = caller($0) }
	/FAULT_INJECTION: forcing a failure/ ||
	/page allocation failure: order/ || /vmalloc error: size/ ||
	/SLUB: Unable to allocate memory/ || / invoked oom-killer: / ||
	/kmem_cache_create_args.* failed with error/ {
		forgiven[who] = NR + 40
	}
	/Call Trace:/ && NR <= forgiven[who] {
		forgiven[who] = 0
		next
	}
	/BUG: / || /BUG at / || /WARNING:/ || /Oops[: ]/ ||
	/Kernel panic/ || /general protection fault/ ||
	/[Uu]nable to handle kernel/ || /INFO: (possible|suspicious|task|rcu|trying)/ ||
	/suspicious RCU usage/ || /possible (circular|recursive) locking/ ||
	/inconsistent lock state/ || /possible irq lock inversion/ ||
	/Invalid wait context/ || /UBSAN:/ || /KASAN:/ ||
	/kmemleak: [0-9]+ new suspected/ || /ODEBUG:/ || /ref_tracker: / ||
	/refcount_t:/ || /soft lockup/ || /hard LOCKUP/ || /self-detected stall/ ||
	/detected stalls? on/ || /rcu: INFO/ || /blocked for more than/ ||
	/waiting for .* to become free/ || /Call Trace:/ ||
	/sleeping function called/ || /scheduling while atomic/ ||
	/list_(add|del) corruption/ || /Objects remaining in/ ||
	/kmem_cache_destroy/ || /Bad page state/ || /Bad rss-counter/ ||
	/Poison overwritten|Redzone overwritten|Object already free/ ||
	/cut here \]/ || /Kernel mode (signal|fault)/ || /Segfault with no mm/ {
		for (line = printed + 1; line < NR; line++)
			if (line >= NR - 12 && line in kept)
				print kept[line]
		bad++
		print_until = NR + 60
	}
	NR <= print_until { print; printed = NR; next }
	{ kept[NR] = $0; delete kept[NR - 12] }
	END {
		if (racing)
			race_end()
		exit bad == 0
	}
	' "$1"
}

# log_tail FILE LINES
log_tail()
{
	say "the end of the kernel log:"
	tail -n "$2" "$1" | tr -d '\r' >&2
}
