#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway that was made anew forgets nobody: its bindings are saved and
# restored, and mobile nodes notice nothing but a pause. And its metrics.
# takes long
# proves: G13

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/tools.bash
. "$SELFTESTS/lib/tools.bash"

STATIC=fd00:6d:0:7::7

restore()
{
	gw binding restore dev m6t0 <"$1"
}

# told ADDRESS: what does not change of its binding while nothing is sent.
told()
{
	binding "$1" | jq -c 'del(.idle_ms, .expires_ms)'
}

# idle ADDRESS: for how many ms.
idle()
{
	binding "$1" | jq .idle_ms
}

topology
gateway ha $HA6
mobile_node keepalive 0
activate
need gw binding add $STATIC remote 192.0.2.77:7 local $GW4:$PORT dev m6t0
need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
need_inject
need in_ns "$NAT" "$TMP/inject" udp $GW4 $PORT "src=fd00:6d:0:8::8,dst=$HA6"
need wait_for state_is temporary fd00:6d:0:8::8

check "bindings are saved" gw binding save dev m6t0
gw binding save dev m6t0 >"$TMP/saved"
check_eq "those that are more than temporary" "$ADDRESS $STATIC" \
	"$(cut -d ' ' -f 1 "$TMP/saved" | sort | xargs)"
check "a line each" grep -qE "^$STATIC remote 192.0.2.77:7 local $GW4:$PORT state static idle [0-9]+ rx 0 0 tx 0 0$" \
	"$TMP/saved"
before="$(told "$ADDRESS") $(told $STATIC)"
idle=$(sed -n "s/^$STATIC .* idle \([0-9]*\) .*/\1/p" "$TMP/saved")
created=$(counter "$MN" attach)

# The gateway comes back as it was, and knows nobody.
need ip -n "$GW" link del m6t0
gateway ha $HA6
check_eq "a new gateway has no bindings" 0 "$(bindings)"
check_not "and does not find its mobile node" ping6_ok "$HA" "$ADDRESS" -W 0.3
status "restore" 0 restore "$TMP/saved"
check_eq "says how many" "restored 2, bound already 0, expired 0" "$(cat "$TMP/out")"
check_eq "they are as they were" "$before" "$(told "$ADDRESS") $(told $STATIC)"
check "idle since then" test "$(idle $STATIC)" -ge "$idle"
check "the home agent finds its mobile node" ping6_ok "$HA" "$ADDRESS"
check "which has noticed nothing" counter_is "$MN" attach "$created"
check "the binding is active and has a time to live" test \
	"$(binding | jq '.expires_ms <= 120000 and .state == "active"')" = true
status "restored twice" 0 restore "$TMP/saved"
check_eq "it changes nothing" "restored 0, bound already 2, expired 0" "$(cat "$TMP/out")"
sed -i 's/idle [0-9]*/idle 200000/' "$TMP/saved"
need gw binding flush dev m6t0 >"$TMP/out"
check_eq "one that was idle for longer than it may be is not restored" \
	"restored 1, bound already 0, expired 1" "$(restore "$TMP/saved")"
check_eq "it is not there" none "$(binding_state)"
check "a static one does not" state_is static $STATIC

# For how long it was idle. The clock begins at boot.
# line STATE MS: a binding that was idle for so long.
line()
{
	echo "fd00:6d:0:7::1 remote 192.0.2.77:8 local $GW4:$PORT state $1 idle $2 rx 0 0 tx 0 0" \
		>"$TMP/line"
}

# was_idle NAME STATE MS [LEAST]: it is so since, but not for longer, and has the
# rest of its life. Without LEAST: since boot.
was_idle()
{
	local before after least

	gw binding del fd00:6d:0:7::1 dev m6t0 2>"$TMP/err"
	line "$2" "$3"
	before=$(clock)
	least=${4:-$before}
	need restore "$TMP/line" >"$TMP/out"
	read -r idle expires < <(binding fd00:6d:0:7::1 |
		jq -r '"\(.idle_ms) \(.expires_ms)"')
	after=$(clock)
	check "$1: not for less" test "$idle" -ge "$least"
	check "$1: nor for longer" test "$idle" -le $((least + after - before + 1))
	[ "$2" = static ] ||
		check "$1: and it has the rest of its time" test \
			$((idle + expires)) -ge 119998 -a $((idle + expires)) -le 120000
	diag "up for $before ms, was idle for $3 ms: idle $idle ms, expires in $expires ms"
}
up=$(clock)
was_idle "idle" active $((up > 6000 ? 5000 : up / 2)) $((up > 6000 ? 5000 : up / 2))
was_idle "never" active 0 0
was_idle "since before boot" static 18446744073709551615
for ms in 120000 18446744073710 18446744073709551615; do
	gw binding del fd00:6d:0:7::1 dev m6t0 2>"$TMP/err"
	line active $ms
	check_eq "idle for $ms ms is too long" \
		"restored 0, bound already 0, expired 1" "$(restore "$TMP/line")"
done
line active 119999
check_eq "1 ms less is not" "restored 1, bound already 0, expired 0" \
	"$(restore "$TMP/line")"
need gw binding flush dev m6t0 >"$TMP/out"

# Wrong input.
need gw binding flush dev m6t0 >"$TMP/out"
while read -r line; do
	cat "$TMP/saved" - >"$TMP/wrong" <<<"$line"
	status "refused: $line" 2 restore "$TMP/wrong"
	check "it says which line" grep -q "line 3 is wrong: expected IPV6 remote" "$TMP/err"
done <<-END
	fd00:6d::9
	fd00:6d::9 remote 1.2.3.4 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state temporary idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active idle -1 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0 0
	fd00:6d::9 remote 224.0.0.1:5 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote any:5 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 224.0.0.1:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local any:0 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local any state active idle 0 rx 0 0 tx 0 0
	$(printf 'x%.0s' {1..600})
END
check_eq "and nothing is restored" 0 "$(bindings)"
echo "2001:db8::1 remote 1.2.3.4:5 local $GW4:$PORT state active idle 0 rx 0 0 tx 0 0" \
	>"$TMP/wrong"
status "the kernel refuses" 1 restore "$TMP/wrong"
check "an address outside of the prefixes" grep -q "inside one of the device's prefixes" \
	"$TMP/err"

# Many, which are sent some at a time.
LINES=1000
for ((i = 1; i <= LINES; i++)); do
	printf 'fd00:6d:0:9::%x remote 192.0.2.7:%d ' $i $i
	printf 'local %s state active idle 0 rx 0 0 tx 0 0\n' $GW4:$PORT
done >"$TMP/many"
need cc -O2 -Wall -shared -fPIC -o "$TMP/sends.so" -xc - <<-'END'
	#define _GNU_SOURCE
	#include <stdio.h>
	#include <sys/socket.h>
	#include <sys/syscall.h>
	#include <unistd.h>

	static unsigned int sends;

	ssize_t sendto(int fd, const void *buf, size_t len, int flags,
		       const struct sockaddr *to, socklen_t tolen)
	{
		sends++;
		return syscall(SYS_sendto, fd, buf, len, flags, to, tolen);
	}

	static void __attribute__((destructor)) end(void)
	{
		fprintf(stderr, "%u\n", sends);
	}
END
sends()
{
	LD_PRELOAD=$TMP/sends.so gw binding restore dev m6t0 <"$TMP/many" \
		>"$TMP/out" 2>"$TMP/sends"
}
check "many bindings" sends
check_eq "all are restored" "restored $LINES, bound already 0, expired 0" \
	"$(cat "$TMP/out")"
check "64 are sent at a time" test "$(tail -n 1 "$TMP/sends")" -le $((LINES / 64 + 8))
check_eq "each as its line says" "$(awk '{ print $1, $3 }' "$TMP/many" | sort)" \
	"$(gw binding save dev m6t0 | grep ^fd00:6d:0:9: | awk '{ print $1, $3 }' | sort)"
status "many that are bound" 0 restore "$TMP/many"
check_eq "and all are counted" "restored 0, bound already $LINES, expired 0" \
	"$(cat "$TMP/out")"
sed -i '500,$s/idle 0/idle 200000/' "$TMP/many"
need gw binding flush dev m6t0 >"$TMP/out"
status "some that are over" 0 restore "$TMP/many"
check_eq "they are counted as well" "restored 499, bound already 0, expired $((LINES - 499))" \
	"$(cat "$TMP/out")"
for line in 1 64 65 700 $LINES; do
	need gw binding flush dev m6t0 >"$TMP/out"
	sed "${line}s/^fd00:6d/2001:db8/" "$TMP/many" >"$TMP/wrong"
	status "the kernel refuses line $line" 1 restore "$TMP/wrong"
	check_eq "it says which line, and why" \
		"m6tctl: line $line: the address must lie inside one of the device's prefixes" \
		"$(cat "$TMP/err")"
	n=$(bindings)
	least=$((line > 499 ? 499 : line - 1))
	check "those before it are restored, and few behind it" test "$n" -ge $least -a \
		"$n" -le $((least + 63))
done
# Small socket buffers, of whole hosts, so not anywhere.
if [ -n "${M6T_LAB:-}" ]; then
	need sysctl -qw net.core.wmem_default=4608 net.core.rmem_default=2304
	status "little room to send and receive" 0 restore "$TMP/many"
	check_eq "all the same" "restored 0, bound already 499, expired $((LINES - 499))" \
		"$(cat "$TMP/out")"
	need sysctl -qw net.core.wmem_default=212992 net.core.rmem_default=212992
fi
need gw binding flush dev m6t0 >"$TMP/out"

need gw binding add fd00:6d::9 remote 1.2.3.4:5 local 0.0.0.0 dev m6t0
before=$(told fd00:6d::9)
gw binding save dev m6t0 >"$TMP/any"
need gw binding del fd00:6d::9 dev m6t0
status "one of any local address" 0 restore "$TMP/any"
check_eq "is as it was" "$before" "$(told fd00:6d::9)"
need gw binding del fd00:6d::9 dev m6t0
: >"$TMP/empty"
status "nothing" 0 restore "$TMP/empty"
unprivileged()
{
	in_ns "$GW" setpriv --reuid 65534 --regid 65534 --clear-groups \
		m6tctl binding save dev m6t0
}
need restore "$TMP/saved" >"$TMP/out"
status "without privilege" 1 unprivileged

# Metrics.
metrics_parse()
{
	python3 - "$1" <<-'END'
	import sys
	from prometheus_client.openmetrics.parser import text_string_to_metric_families
	for family in text_string_to_metric_families(open(sys.argv[1]).read()):
	    for s in family.samples:
	        print(s.name, *(s.labels[k] for k in sorted(s.labels)), s.value)
	END
}
# shellcheck disable=SC1003
ODD='m6t"\'
need ip -n "$GW" link add "$ODD" type m6t mode mn prefix fd00:6e::/80 gateway 10.9.9.9
gw metrics >"$TMP/metrics"
check "metrics are OpenMetrics" metrics_parse "$TMP/metrics"
metrics_parse "$TMP/metrics" >"$TMP/samples"
check "bindings by state" grep -qx "m6t_bindings m6t0 static 1" "$TMP/samples"
check "the role" grep -qxF 'm6t_device_info m6t"\ mn 1' "$TMP/samples"
check_eq "each counter of each device" "$(gw -j stats | jq 'map(length - 1) | add')" \
	"$(grep -cE "^m6t_($(gw -j stats | jq -r '.[0] | del(.dev) | keys |
	join("|")'))_total " "$TMP/samples")"
check_eq "with its value" "m6t_binding_created_total m6t0 $(counter "$GW" \
	binding_created)" "$(grep "^m6t_binding_created_total m6t0" "$TMP/samples")"
check "and what went through" grep -qE "^m6t_rx_bytes_total m6t0 [1-9]" "$TMP/samples"
status "of one device" 0 gw metrics dev m6t0
check "and of no other" test "$(grep -c 'm6t\\"' "$TMP/out")" -eq 0
need ip -n "$GW" link del "$ODD"
need ip -n "$GW" link del m6t0
status "of none" 0 gw metrics
check "they are still well-formed" metrics_parse "$TMP/out"
finish
