# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A systemd for the test: process 1 of a PID namespace that shares the mobile
# node's network.

# shellcheck disable=SC2034,SC2317,SC2329	# for scripts, indirect calls

UNITS=$TMP/units	# that it finds, before all others
INIT=			# its process

# stub_targets NAME...: targets that start nothing.
stub_targets()
{
	local name

	mkdir -p "$UNITS"
	for name; do
		printf '[Unit]\nDefaultDependencies=no\n' >"$UNITS/$name.target"
	done
}

# boot PATH [LINE...]: systemd, with its own /run, in its own cgroup. It looks for
# units in PATH and starts those of test.target; before that, a shell runs the
# lines in its mount namespace.
boot()
{
	local cgroup=$TMP/cgroup/m6t-$$

	mkdir -p "$TMP/cgroup"
	need mount -t cgroup2 none "$TMP/cgroup"
	at_exit "umount $TMP/cgroup"
	mkdir -p "$cgroup"
	at_exit "find $cgroup -depth -type d -exec rmdir {} +"
	{
		cat <<-END
		set -e
		mount --make-rprivate /
		mount -t tmpfs -o mode=755 run /run
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		export container=test SYSTEMD_UNIT_PATH=$1
		END
		printf '%s\n' "${@:2}"
		cat <<-END
		exec /lib/systemd/systemd --system --unit=test.target \
			--log-target=console --show-status=no
		END
	} >"$TMP/boot"
	(
		echo $BASHPID >"$cgroup/cgroup.procs"
		exec ip netns exec "$MN" unshare --pid --fork --kill-child \
			--mount --cgroup --ipc --mount-proc sh "$TMP/boot"
	) >"$TMP/log" 2>&1 &
	PID=$!
	at_exit "kill -KILL $PID; wait $PID"
	need wait_for booted
}

booted()
{
	INIT=$(pgrep -P "$PID" -x systemd) && ctl list-units
}

# inside COMMAND...: in the namespaces of that systemd.
inside()
{
	nsenter -t "$INIT" -m -p -n "$@"
}

# ctl WORD...: systemctl of that systemd.
ctl()
{
	nsenter -t "$INIT" -m -p systemctl --no-pager "$@" 2>&1
}

# unit PROPERTY VALUE [UNIT]
unit()
{
	[ "$(ctl show -P "$1" "${3:-$UNIT}")" = "$2" ]
}
