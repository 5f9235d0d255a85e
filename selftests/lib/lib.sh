# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the test scripts share: KTAP output, waiting for conditions, and the
# topology that most of them use:
#
#    mn                nat                    gw                   ha
#  +------+        +---------+          +-----------+        +-----------+
#  | m6t0 |        |         |          | m6t0      |        |           |
#  | eth--+--------+-in  out-+----------+-wan   lan-+--------+-eth       |
#  +------+        +---------+          +-----------+        +-----------+
#  10.0.0.2   10.0.0.1  192.0.2.1   192.0.2.2  2001:db8:1::1  2001:db8:1::2
#             fd00:6d:0:S:N::/80 of the mobile node, fd00:6d::/48 of the gateway
#
# Names are unique, so that scripts may run side by side; everything is taken
# down on any exit.

# Arguments of its functions are optional, and scripts call them indirectly.
# shellcheck disable=SC2119,SC2120,SC2317,SC2329
set -u
SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Python scripts in any folder import modules from lib.
export PYTHONPATH=$SELFTESTS/lib

# shellcheck disable=SC2034	# for the scripts
{
MN=m6t-$$-mn NAT=m6t-$$-nat GW=m6t-$$-gw HA=m6t-$$-ha
PREFIX=fd00:6d::/48 MN_PREFIX=fd00:6d:0:1:1::/80
MN4=10.0.0.2 NAT4=192.0.2.1 GW4=192.0.2.2
GW6=2001:db8:1::1 HA6=2001:db8:1::2
PORT=3544
}

# How long a condition may take, in seconds; emulated machines are slow.
WAIT=${M6T_WAIT:-10}

TEST_N=0
TEST_FAILED=0
TMP=$(mktemp -d /tmp/m6t-XXXXXX)
CLEAN_UP=()

# at_exit COMMAND: run it at the end, last one first.
at_exit()
{
	CLEAN_UP+=("$1")
}

# shellcheck disable=SC2317,SC2329	# by trap
clean_up()
{
	local i

	trap - EXIT
	for ((i = ${#CLEAN_UP[@]} - 1; i >= 0; i--)); do
		eval "${CLEAN_UP[i]}" >/dev/null 2>&1
	done
	rm -rf "$TMP"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

echo "TAP version 13"

# diag TEXT: a comment in the output.
diag()
{
	echo "# ${*//$'\n'/$'\n'# }"
}

# figure NAME VALUE...: a measured or counted value; soak collects
# these lines for Documentation/assurance.rst.
figure()
{
	echo "# figure: $1: ${*:2}"
}

# short_or_long SHORT LONG: the amount of work of a run; M6T_LONG is set
# for the long version, that of make soak.
short_or_long()
{
	if [ -n "${M6T_LONG:-}" ]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# result STATUS NAME: one line of the plan. With M6T_FIRST_FAILURE set, the first
# failure ends the test: selftests/mutate wants no more.
result()
{
	TEST_N=$((TEST_N + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $TEST_N $2"
	else
		TEST_FAILED=$((TEST_FAILED + 1))
		echo "not ok $TEST_N $2"
		[ -z "${M6T_FIRST_FAILURE:-}" ] || exit 1
	fi
}

# check NAME COMMAND...: the command must succeed.
check()
{
	local name=$1 out rc

	shift
	out=$("$@" 2>&1)
	rc=$?
	result $rc "$name"
	[ $rc -eq 0 ] || diag "$* -> $rc: $out"
}

# check_not NAME COMMAND...: the command must fail.
check_not()
{
	local name=$1 out

	shift
	if out=$("$@" 2>&1); then
		result 1 "$name"
		diag "$* succeeded: $out"
	else
		result 0 "$name"
	fi
}

# check_eq NAME WANT GOT
check_eq()
{
	[ "$2" = "$3" ]
	result $? "$1"
	[ "$2" = "$3" ] || diag "expected '$2', got '$3'"
}

# refused NAME PATTERN COMMAND...: it must fail with one such sentence.
refused()
{
	local name=$1 pattern=$2 out rc

	shift 2
	out=$("$@" 2>&1 >/dev/null)
	rc=$?
	if [ $rc -ne 0 ] && [[ $out =~ $pattern ]] && [[ $out != *$'\n'* ]]
	then
		result 0 "$name"
	else
		result 1 "$name"
		diag "-> $rc: $out"
	fi
}

# need COMMAND...: end the test if it fails.
need()
{
	"$@" && return
	echo "Bail out! $* failed"
	exit 1
}

# finish: the plan; call it at the end of each script.
finish()
{
	echo "1..$TEST_N"
	[ "$TEST_FAILED" -eq 0 ]
	exit
}

# wait_for COMMAND...: poll until it succeeds, $WAIT seconds at most.
wait_for()
{
	local end=$((SECONDS + WAIT))

	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}

# in_ns NETNS COMMAND...
in_ns()
{
	ip netns exec "$@"
}

# ns_add NETNS...: fresh namespaces in which addresses are usable at once.
ns_add()
{
	local ns

	for ns; do
		need ip netns add "$ns"
		at_exit "ip netns del $ns"
		ip -n "$ns" link set lo up
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.ping_group_range="0 2147483647"
	done
}

# link_ns NETNS NAME ADDRESS NETNS NAME ADDRESS: a cable; several addresses
# are separated by commas.
link_ns()
{
	need ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	plug "$1" "$2" "$3"
	plug "$4" "$5" "$6"
}

# plug NETNS NAME ADDRESS: one end of a cable.
plug()
{
	local a batch=

	for a in ${3//,/ }; do
		batch+="addr add $a dev $2"$'\n'
	done
	need ip -n "$1" -b - <<<"${batch}link set $2 up"
}

# topology [nft STATEMENT]: the topology above, without the m6t devices. The
# statement is the NAT's, masquerade by default. Devices behind the NAT complete
# checksums, as otherwise the outer ones would not be verified.
topology()
{
	ns_add "$MN" "$NAT" "$GW" "$HA"
	link_ns "$MN" eth $MN4/24 "$NAT" in 10.0.0.1/24
	link_ns "$NAT" out $NAT4/24 "$GW" wan $GW4/24
	need in_ns "$NAT" ethtool -K out tx off >/dev/null
	need in_ns "$GW" ethtool -K wan tx off >/dev/null
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	ip -n "$MN" route add default via 10.0.0.1
	in_ns "$NAT" sysctl -qw net.ipv4.ip_forward=1
	in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	ip -n "$HA" -6 route add $PREFIX via $GW6
	nat_rule "${1:-masquerade}"
}

# nat_rule STATEMENT: the NAT's rule for outgoing packets.
nat_rule()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip m6t
	delete table ip m6t
	table ip m6t {
		chain post {
			type nat hook postrouting priority 100;
			oifname out $1
		}
	}
	END
}

# untracked: the NAT does not translate its own packets to the mobile node, so
# that it can forge any source.
untracked()
{
	need in_ns "$NAT" nft -f - <<-END
		table ip raw {
			chain out {
				type filter hook output priority raw;
				oifname in notrack
			}
		}
	END
}

# gateway [OPTION...]: the gateway's device, up and routed to.
gateway()
{
	need ip -n "$GW" link add m6t0 type m6t mode gw prefix $PREFIX "$@"
	need ip -n "$GW" link set m6t0 up
	ip -n "$GW" -6 route add $PREFIX dev m6t0
}

# mobile_node [OPTION...]: the mobile node's device, up and attached, with its
# address and default route.
mobile_node()
{
	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 "$@"
	need ip -n "$MN" link set m6t0 up
	attach
}

# attach [OPTION...]: a new attachment; sets ADDRESS.
attach()
{
	[[ $(m6tctl -n "$MN" -j attach dev m6t0 "$@") =~ \
	   \"address\":\"([0-9a-f:]+)\" ]] && ADDRESS=${BASH_REMATCH[1]}
}

# counter NETNS NAME: its value on m6t0. Like those below, it is called often, so
# it takes one process.
counter()
{
	[[ $(m6tctl -n "$1" -j stats dev m6t0) =~ \"$2\":([0-9]+) ]] &&
		echo "${BASH_REMATCH[1]}"
}

# counter_is NETNS NAME VALUE
counter_is()
{
	[ "$(counter "$1" "$2")" = "$3" ]
}

# drops NETNS: all counters of dropped packets that are not zero, as JSON.
drops()
{
	m6tctl -n "$1" -j stats dev m6t0 | jq -c '.[0] | with_entries(select(
		(.key | test("^[rt]x_")) and .value != 0 and
		(.key | test("^(rx|tx)_keepalive$") | not)))'
}

# binding [ADDRESS]: the gateway's binding as a JSON object.
binding()
{
	m6tctl -n "$GW" -j binding get "${1:-$ADDRESS}" dev m6t0 2>/dev/null |
		jq -c '.[0]'
}

# binding_state [ADDRESS]: temporary, active, static, or none.
binding_state()
{
	if [[ $(m6tctl -n "$GW" -j binding get "${1:-$ADDRESS}" dev m6t0 2>&1) =~ \
	      \"state\":\"([a-z]+)\" ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo none
	fi
}

# state_is STATE [ADDRESS]
state_is()
{
	[ "$(binding_state "${@:2}")" = "$1" ]
}

# bindings: how many of all states the gateway has.
bindings()
{
	[[ $(m6tctl -n "$GW" -j binding count dev m6t0) =~ \"total\":([0-9]+) ]] &&
		echo "${BASH_REMATCH[1]}"
}

# monitor FILE: write the gateway's events there, from now on.
monitor()
{
	start "$GW" m6tctl -j monitor dev m6t0 >"$1"
	need wait_for listening "$1"
}

# listening FILE: does the monitor report changes of an administrator?
listening()
{
	m6tctl -n "$GW" binding add fd00:6d::ffff remote "$NAT4:1" dev m6t0
	m6tctl -n "$GW" binding del fd00:6d::ffff dev m6t0
	# Once both were reported nothing more follows.
	grep -q '"binding-deleted"' "$1"
}

# ping6_ok NETNS ADDRESS [OPTION...]
ping6_ok()
{
	in_ns "$1" ping -6 -n -q -c 1 -W "$WAIT" "${@:3}" "$2" >/dev/null
}

# pings NETNS ADDRESS FROM TO STEP: echo requests of all these sizes of payload
# come back with the same contents.
pings()
{
	in_ns "$1" python3 - "$2" "$3" "$4" "$5" "$WAIT" <<-END
	import os, socket, struct, sys
	first, last, step, wait = map(int, sys.argv[2:])
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6)
	s.settimeout(wait)
	s.connect((sys.argv[1], 0))
	for size in [*range(first, last, step), last]:
	    tail = struct.pack(">H", size) + os.urandom(size)
	    s.send(struct.pack(">BBHH", 128, 0, 0, 0) + tail)
	    got = s.recv(65536)
	    if got[6:] != tail:
	        sys.exit(f"size {size}: {got.hex()}")
	END
}

# activate: the home agent answers the mobile node, so its binding is active.
activate()
{
	need wait_for ping6_ok "$MN" $HA6 -W 1
	# The gateway activates it after it has forwarded the answer.
	need wait_for state_is active
}

# need_built NAME [BUILT]: build the tool from NAME.c, in any folder, as
# $TMP/NAME. A runner of many tests may build it once and set BUILT. The files of
# a guest are removed with it, so there the first test builds it for all.
need_built()
{
	local built=${2:-${M6T_LAB:+/tmp/m6t-$1}}

	[ ! -e "$TMP/$1" ] || return 0
	if [ ! -x "${built:-$TMP/$1}" ]; then
		need cc -O2 -Wall -o "$TMP/$1" "$SELFTESTS"/*/"$1.c"
		[ -z "$built" ] || need mv "$TMP/$1" "$built"
	fi
	[ -z "$built" ] || need ln -s "$built" "$TMP/$1"
}

# need_inject: build the tool that sends datagrams which no stack would send, see
# inject.c; M6T_INJECT is its path if it is built already.
need_inject()
{
	need_built inject "${M6T_INJECT:-}"
}

# inject WORD...: the same, and run it.
inject()
{
	need_inject
	"$TMP/inject" "$@"
}

# start NETNS COMMAND...: in the background until the end of the test; sets
# PID. Its output goes where the caller sends that of start itself.
start()
{
	ip netns exec "$@" &
	PID=$!
	at_exit "kill $PID; wait $PID"
}

# stop PID...: end processes of start; the last one's exit status is returned.
stop()
{
	kill "$@"
	wait "$@"
} 2>/dev/null

# capture NETNS IFNAME FILE [WORD...]: record packets, from now on until
# capture_end; the arguments are those of tcpdump. Packets are cut at 2048 bytes,
# as the buffer has only few slots of greater length.
capture()
{
	local log=$TMP/capture-${#CAPTURES[@]}

	: >"$log"
	start "$1" tcpdump -Z root -U --immediate-mode -B 16384 -s 2048 -n -i "$2" \
		-w "$3" "${@:4}" 2>>"$log"
	CAPTURES+=("$PID")
	need wait_for grep -q "listening on" "$log"
}
CAPTURES=()

# capture_complete INDEX: were all captured packets written? tcpdump sleeps when
# there is nothing to read; its number of received packets cannot be used, as it
# includes those from before the filter was set.
capture_complete()
{
	local pid=${CAPTURES[$1]} log=$TMP/capture-$1

	[ "$(awk '{ print $3 }' "/proc/$pid/stat")" = S ] || return
	: >"$log"
	kill -USR1 "$pid"
	wait_for grep -q "packets\? captured" "$log"
	awk '/packets? captured/ { whole = !$10 } END { exit !whole }' "$log"
}

# capture_end: end all captures, with all packets so far in the files.
capture_end()
{
	local i

	for i in "${!CAPTURES[@]}"; do
		need wait_for capture_complete "$i"
	done
	[ ${#CAPTURES[@]} -eq 0 ] || stop "${CAPTURES[@]}"
	CAPTURES=()
}

# captured FILE [FILTER]: how many recorded packets match.
captured()
{
	tcpdump -Z root -n -r "$1" "${@:2}" 2>/dev/null | wc -l
}

# has_captured FILE N [FILTER]: N or more of them match.
has_captured()
{
	[ "$(captured "$1" "${@:3}")" -ge "$2" ]
}

# same_file A B: their contents are equal.
same_file()
{
	[ -s "$1" ] && cmp -s "$1" "$2"
}

# time_travel: is sleeping free, because the clock jumps over it? The lab has
# such a kernel; elsewhere, a loop that takes no time shows it.
time_travel()
{
	local from i

	if [ -n "${M6T_KERNEL:-}" ]; then
		[ "$M6T_KERNEL" = uml-kasan ]
		return
	fi
	from=${EPOCHREALTIME/[.,]/}
	for ((i = 0; i < 50000; i++)); do :; done
	[ $((${EPOCHREALTIME/[.,]/} - from)) -lt 200 ]
}

# stats NETNS: the counters of its devices, for those below.
stats()
{
	m6tctl -n "$1" -j stats
}

# stats_diff NETNS BEFORE [WANT]: what has changed since, {"DEV":{"COUNTER":N}}.
# With WANT: is it exactly this?
stats_diff()
{
	stats "$1" | jq -ce --argjson before "$2" --argjson want "${3:-null}" '
		map(. as $b | ($before[] | select(.dev == $b.dev)) as $a |
		{(.dev): (del(.dev) | with_entries(
			select(.value != $a[.key]) | .value -= $a[.key]))}) |
		add | with_entries(select(.value != {})) |
		if $want then . == $want else . end'
}

# check_stats NAME NETNS BEFORE WANT: soon stats_diff is WANT.
check_stats()
{
	local rc

	wait_for stats_diff "${@:2}"
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "expected $4, got $(stats_diff "$2" "$3")"
}

# counts NAME NETNS WANT COMMAND...: it changes these counters of the netns' m6t0, and
# no others.
counts()
{
	local before

	before=$(stats "$2")
	"${@:4}"
	check_stats "$1" "$2" "$before" "$3"
}

# serve NETNS ADDRESS: an HTTP server of "file", of BYTES random bytes unless it
# exists.
serve()
{
	mkdir -p "$TMP/www"
	[ -e "$TMP/www/file" ] ||
		head -c "${BYTES:-500000}" /dev/urandom >"$TMP/www/file"
	# Until the kernel has noticed the carrier, it has no address to bind to.
	need wait_for is_settled "$1" "$2"
	start "$1" busybox httpd -f -p "[$2]:80" -h "$TMP/www" \
		>>"$TMP/httpd" 2>&1
	need wait_for listens "$1" src "[$2]:80"
}

# is_settled NETNS ADDRESS: the address is there, and not tentative any more.
is_settled()
{
	[ -n "$(ip -n "$1" -o addr show to "$2")" ] &&
		[ -z "$(ip -n "$1" -o addr show tentative to "$2")" ]
}

# listens NETNS FILTER: something accepts TCP connections there; see ss(8).
listens()
{
	[ -n "$(ip netns exec "$1" ss -Hltn "${@:2}")" ]
}

# fetched NETNS ADDRESS: the file arrives from there, unchanged.
fetched()
{
	local out=$TMP/fetched-$BASHPID

	ip netns exec "$1" curl -sS -g --max-time "$((WAIT * 3))" -o "$out" \
		"http://[$2]/file" && same_file "$out" "$TMP/www/file"
}

# ipv4_only NETNS IFNAME...: disable IPv6 on these underlays.
ipv4_only()
{
	local ns=$1 dev

	shift
	for dev; do
		need ip netns exec "$ns" sysctl -qw \
			"net.ipv6.conf.$dev.disable_ipv6=1"
	done
}

# sockets NETNS: how many UDP sockets over IPv4 are open there.
sockets()
{
	ip netns exec "$1" ss -4 -Huan | wc -l
}

# has_received NETNS N: its m6t0 has received N packets.
has_received()
{
	[ "$(ip -n "$1" -j -s link show m6t0 |
		jq '.[].stats64.rx.packets')" -ge "$2" ]
}

# lacks NETNS IFNAME: there is no such device (any more).
lacks()
{
	! ip -n "$1" link show "$2" >/dev/null 2>&1
}
