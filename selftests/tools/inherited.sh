#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Files that a process in the background inherits: a reader of its caller's
# output, and a process that waits for the caller's lock, do not wait for it.
#
#    mn                 nat                gw
#  +--------+        +---------+        +----------+
#  | DEV eth+--------+-in  out-+--------+-wan m6t0 |
#  +--------+        +---------+        +----------+
# takes long
# proves: N4

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

# hold: a pipe, $TMP/held, with a reader that waits for its end.
hold()
{
	rm -f "$TMP/held"
	mkfifo "$TMP/held"
	cat "$TMP/held" >"$TMP/read" &
	READER=$!
	at_exit "kill $READER"
}

# read_whole: the reader has reached the end.
read_whole()
{
	! kill -0 "$READER"
}

# foreign PID: open files of kinds that it does not open itself.
foreign()
{
	readlink "/proc/$1/fd/"* |
		grep -vE '^(/dev/null|/run/m6t/.*|socket:.*|anon_inode:.*|pipe:.*)$'
}

# pipes PID: how many.
pipes()
{
	readlink "/proc/$1/fd/"* | grep -c '^pipe:'
}

# background REDIRECTED...: start a process with these descriptors, and check
# which ones it keeps.
background()
{
	local pid fd redirect=

	for fd; do
		redirect+=" $fd>\"\$TMP/held\""
	done
	hold
	eval "mn up \"\$DEV\" $redirect"
	check "with $*: m6tctl up creates the device" exists
	check "with $*: a reader of the caller's output reaches the end" \
		wait_for read_whole
	pid=$(pgrep -f "^m6tctl up $DEV")
	check_eq "with $*: one process is left, with files of its own" "1 " \
		"$(wc -w <<<"$pid") $(foreign "$pid")"
	# Both ends of the pipe for answers of name servers.
	check_eq "with $*: it has only pipes of its own" 2 "$(pipes "$pid")"
	says "with $*: its lock is held" 1 "$DEV is already up" mn up "$DEV"
	check "with $*: m6tctl down succeeds" mn down "$DEV"
}

# resolver: the process that resolves a name.
resolver()
{
	pgrep -P "$UP"
}

topology
up_setup
gateway ha $HA6
mobile gateway $GW4
background 7
background 3 4 5 6 7 8 9
background 3 9

# A name server that never answers.
echo "nameserver 10.0.0.1" >"/etc/netns/$MN/resolv.conf"
need in_ns "$NAT" nft -f - <<-END
table ip filter {
	chain input {
		type filter hook input priority 0;
		udp dport 53 drop
	}
}
END
mobile gateway gw.example
hold
start "$MN" m6tctl up "$DEV" foreground 7>"$TMP/held" >"$TMP/up" 2>&1
UP=$PID
check "a process resolves the name" wait_for resolver
RESOLVER=$(resolver)
check_eq "the resolving process has only the pipe for the answer" "1 " \
	"$(pipes "$RESOLVER") $(readlink "/proc/$RESOLVER/fd/"* |
		grep -vE '^(/dev/null|socket:.*|pipe:.*)$')"
check "in the foreground the caller's files stay open" \
	grep -q held <(readlink "/proc/$UP/fd/7")
kill -9 "$UP"
wait "$UP" 2>/dev/null
check "the resolving process exits with its parent" wait_for read_whole
finish
