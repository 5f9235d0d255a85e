# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How often timers and work items of the module run, by the kernel's tracepoints.

TRACE=/sys/kernel/tracing/instances/m6t-$$

# watch_runs EVENT FUNCTION [EVENT FUNCTION]...: trace each run of the function,
# that of a timer with timer/hrtimer_expire_entry, that of a work item
# with workqueue/workqueue_execute_start.
watch_runs()
{
	local function

	[ -d /sys/kernel/tracing/instances ] ||
		need mount -t tracefs tracefs /sys/kernel/tracing
	need mkdir "$TRACE"
	at_exit "rmdir $TRACE"
	while [ $# -gt 0 ]; do
		function=$(awk -v f="$2" '$3 == f { print $1 }' /proc/kallsyms)
		need test -n "$function"
		echo "function == 0x$function" >"$TRACE/events/$1/filter"
		echo 1 >"$TRACE/events/$1/enable"
		shift 2
	done
}

# runs: how many there were since forget_runs.
runs()
{
	grep -vc '^#' "$TRACE/trace"
}

forget_runs()
{
	: >"$TRACE/trace"
}
