#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A gateway that is created again keeps its bindings: they are saved and restored,
# and mobile nodes notice nothing but a pause. And its metrics.
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

# told ADDRESS: attributes of its binding that do not change while nothing is
# sent.
told()
{
	binding "$1" | jq -c 'del(.idle_ms, .expires_ms)'
}

# idle ADDRESS: how long its binding has been idle, in ms.
idle()
{
	binding "$1" | jq .idle_ms
}

topology
gateway ha $HA6
mobile_node keepalive 0
activate
prove
need ip -n "$GW" link set m6t0 type m6t pressure 50
need gw binding add $STATIC remote 192.0.2.77:7 local $GW4:$PORT dev m6t0
need in_ns "$MN" ping -6 -n -q -c 3 -i 0.01 $HA6 >"$TMP/ping"
need_inject
need in_ns "$NAT" "$TMP/inject" udp $GW4 $PORT "src=fd00:6d:0:8::8,dst=$HA6"
need wait_for state_is temporary fd00:6d:0:8::8

check "binding save succeeds" gw binding save dev m6t0
gw binding save dev m6t0 >"$TMP/saved"
check_eq "active and static bindings are saved" "$ADDRESS $STATIC" \
	"$(cut -d ' ' -f 1 "$TMP/saved" | sort | xargs)"
check "each binding is saved in one line" \
	grep -qE "^$STATIC remote 192.0.2.77:7 local $GW4:$PORT state static idle [0-9]+ rx 0 0 tx 0 0$" \
	"$TMP/saved"
check "a proven binding is saved as such" \
	grep -q "^$ADDRESS .* state active proven idle [0-9]* rx " "$TMP/saved"
before="$(told "$ADDRESS") $(told $STATIC)"
idle=$(sed -n "s/^$STATIC .* idle \([0-9]*\) .*/\1/p" "$TMP/saved")
created=$(counter "$MN" attach)

# The gateway comes back with its settings and no bindings.
need ip -n "$GW" link del m6t0
gateway ha $HA6
check_eq "a new gateway has no bindings" 0 "$(bindings)"
check_not "without bindings the mobile node is not reached" \
	ping6_ok "$HA" "$ADDRESS" -W 0.3
status "restore" 0 restore "$TMP/saved"
check_eq "restore prints how many" \
	"restored 2, bound already 0, expired 0" "$(cat "$TMP/out")"
check_eq "restored bindings are as they were" \
	"$before" "$(told "$ADDRESS") $(told $STATIC)"
check "a restored binding is idle for no less than before" \
	test "$(idle $STATIC)" -ge "$idle"
check "the home agent reaches the mobile node after restore" \
	ping6_ok "$HA" "$ADDRESS"
check "the mobile node did not attach again" counter_is "$MN" attach "$created"
check "the restored binding is active and has a lifetime" test \
	"$(binding | jq '.expires_ms <= 120000 and .state == "active"')" = true
status "restore of the same bindings again" 0 restore "$TMP/saved"
check_eq "restore of the same bindings again changes nothing" \
	"restored 0, bound already 2, expired 0" "$(cat "$TMP/out")"
sed -i 's/idle [0-9]*/idle 200000/' "$TMP/saved"
need gw binding flush dev m6t0 >"$TMP/out"
check_eq "a binding idle for longer than its timeout is not restored" \
	"restored 1, bound already 0, expired 1" "$(restore "$TMP/saved")"
check_eq "the binding that was not restored is absent" none "$(binding_state)"
check "a static binding idle for as long is restored" state_is static $STATIC

# Idle times. The clock starts at boot.
# line STATE MS: a binding that was idle for so long.
line()
{
	echo "fd00:6d:0:7::1 remote 192.0.2.77:8 local $GW4:$PORT state $1 idle $2 rx 0 0 tx 0 0" \
		>"$TMP/line"
}

# was_idle NAME STATE MS [LEAST]: the restored binding is idle for LEAST ms or
# little more, and has the rest of its lifetime. Without LEAST: since boot.
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
	check "$1: the idle time is not too short" test "$idle" -ge "$least"
	check "$1: the idle time is not too long" \
		test "$idle" -le $((least + after - before + 1))
	[ "$2" = static ] ||
		check "$1: the binding has the rest of its lifetime" test \
			$((idle + expires)) -ge 119998 -a $((idle + expires)) -le 120000
	diag "up for $before ms, was idle for $3 ms: idle $idle ms, expires in $expires ms"
}
up=$(clock)
was_idle "idle for a while" active $((up > 6000 ? 5000 : up / 2)) $((up > 6000 ? 5000 : up / 2))
was_idle "not idle" active 0 0
was_idle "idle since before boot" static 18446744073709551615
for ms in 120000 18446744073710 18446744073709551615; do
	gw binding del fd00:6d:0:7::1 dev m6t0 2>"$TMP/err"
	line active $ms
	check_eq "a binding idle for $ms ms is not restored" \
		"restored 0, bound already 0, expired 1" "$(restore "$TMP/line")"
done
line "active proven" 0
need restore "$TMP/line" >"$TMP/out"
check_eq "a binding that was proven is proven again" true \
	"$(binding fd00:6d:0:7::1 | jq .proven)"
need gw binding del fd00:6d:0:7::1 dev m6t0
line active 0
need restore "$TMP/line" >"$TMP/out"
check_eq "a binding that was not proven, or is of an older version, is not" false \
	"$(binding fd00:6d:0:7::1 | jq .proven)"
need gw binding del fd00:6d:0:7::1 dev m6t0
line active 119999
check_eq "a binding idle for 119999 ms is restored" \
	"restored 1, bound already 0, expired 0" \
	"$(restore "$TMP/line")"
need gw binding flush dev m6t0 >"$TMP/out"

# Invalid input.
need gw binding flush dev m6t0 >"$TMP/out"
while read -r line; do
	cat "$TMP/saved" - >"$TMP/wrong" <<<"$line"
	status "refused: $line" 2 restore "$TMP/wrong"
	check "the error names the line" \
		grep -q "line 3 is wrong: expected IPV6 remote" "$TMP/err"
done <<-END
	fd00:6d::9
	fd00:6d::9 remote 1.2.3.4 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state temporary idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active idle -1 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active proven idle 0 rx 0 0 tx 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active proven idle 0 rx 0 0 tx 0 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active proven proven idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active unproven idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 1.2.3.4:5 state active proven
	fd00:6d::9 remote 224.0.0.1:5 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote any:5 local 1.2.3.4:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local 224.0.0.1:5 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local any:0 state active idle 0 rx 0 0 tx 0 0
	fd00:6d::9 remote 1.2.3.4:5 local any state active idle 0 rx 0 0 tx 0 0
	$(printf 'x%.0s' {1..600})
END
check_eq "invalid input restores nothing" 0 "$(bindings)"
echo "2001:db8::1 remote 1.2.3.4:5 local $GW4:$PORT state active idle 0 rx 0 0 tx 0 0" \
	>"$TMP/wrong"
status "a line that the kernel refuses" 1 restore "$TMP/wrong"
check "the error about an address outside the prefixes is printed" \
	grep -q "inside one of the device's prefixes" \
	"$TMP/err"

# Many, which are sent in batches.
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
check "restore of many bindings succeeds" sends
check_eq "many bindings are all restored" \
	"restored $LINES, bound already 0, expired 0" \
	"$(cat "$TMP/out")"
check "64 bindings are sent at a time" \
	test "$(tail -n 1 "$TMP/sends")" -le $((LINES / 64 + 8))
check_eq "many bindings are restored as saved" \
	"$(awk '{ print $1, $3 }' "$TMP/many" | sort)" \
	"$(gw binding save dev m6t0 | grep ^fd00:6d:0:9: | awk '{ print $1, $3 }' | sort)"
status "many that are bound already" 0 restore "$TMP/many"
check_eq "bindings that are bound already are counted" \
	"restored 0, bound already $LINES, expired 0" \
	"$(cat "$TMP/out")"
sed -i '500,$s/idle 0/idle 200000/' "$TMP/many"
need gw binding flush dev m6t0 >"$TMP/out"
status "some that have expired" 0 restore "$TMP/many"
check_eq "expired bindings are counted" \
	"restored 499, bound already 0, expired $((LINES - 499))" \
	"$(cat "$TMP/out")"
for line in 1 64 65 700 $LINES; do
	need gw binding flush dev m6t0 >"$TMP/out"
	sed "${line}s/^fd00:6d/2001:db8/" "$TMP/many" >"$TMP/wrong"
	status "the kernel refuses line $line" 1 restore "$TMP/wrong"
	check_eq "the error names line $line and the reason" \
		"m6tctl: line $line: the address must lie inside one of the device's prefixes" \
		"$(cat "$TMP/err")"
	n=$(bindings)
	least=$((line > 499 ? 499 : line - 1))
	check "lines before line $line are restored, and few after it" \
		test "$n" -ge $least -a \
		"$n" -le $((least + 63))
done
# Small socket buffers: a setting of the whole host, so only in the lab.
if [ -n "${M6T_LAB:-}" ]; then
	need sysctl -qw net.core.wmem_default=4608 net.core.rmem_default=2304
	status "restore with small socket buffers" 0 restore "$TMP/many"
	check_eq "small socket buffers do not change the counts" \
		"restored 0, bound already 499, expired $((LINES - 499))" \
		"$(cat "$TMP/out")"
	need sysctl -qw net.core.wmem_default=212992 net.core.rmem_default=212992
fi
need gw binding flush dev m6t0 >"$TMP/out"

need gw binding add fd00:6d::9 remote 1.2.3.4:5 local 0.0.0.0 dev m6t0
before=$(told fd00:6d::9)
gw binding save dev m6t0 >"$TMP/any"
need gw binding del fd00:6d::9 dev m6t0
status "a binding of any local address" 0 restore "$TMP/any"
check_eq "a binding of any local address is restored as it was" \
	"$before" "$(told fd00:6d::9)"
need gw binding del fd00:6d::9 dev m6t0
: >"$TMP/empty"
status "restore of an empty file" 0 restore "$TMP/empty"
unprivileged()
{
	in_ns "$GW" setpriv --reuid 65534 --regid 65534 --clear-groups \
		m6tctl binding save dev m6t0
}
need restore "$TMP/saved" >"$TMP/out"
status "binding save without privilege" 1 unprivileged

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
check "metrics have bindings by state" \
	grep -qx "m6t_bindings m6t0 static 1" "$TMP/samples"
check_eq "metrics have unproven bindings and the pressure" \
	"m6t_bindings_unproven m6t0 $(gw -j show dev m6t0 |
	jq '.[0].bindings.unproven') m6t_pressed m6t0 0" \
	"$(grep -E "^m6t_(bindings_unproven|pressed) " "$TMP/samples" | xargs)"
check "metrics have the role, with an escaped name" \
	grep -qxF 'm6t_device_info m6t"\ mn 1' "$TMP/samples"
check_eq "metrics have each counter of each device" \
	"$(gw -j stats | jq 'map(length - 1) | add')" \
	"$(grep -cE "^m6t_($(gw -j stats | jq -r '.[0] | del(.dev) | keys |
	join("|")'))_total " "$TMP/samples")"
check_eq "metrics have the value of a counter" \
	"m6t_binding_created_total m6t0 $(counter "$GW" \
	binding_created)" "$(grep "^m6t_binding_created_total m6t0" "$TMP/samples")"
check "metrics have received bytes" \
	grep -qE "^m6t_rx_bytes_total m6t0 [1-9]" "$TMP/samples"
status "metrics of one device" 0 gw metrics dev m6t0
check "metrics of one device have no other" \
	test "$(grep -c 'm6t\\"' "$TMP/out")" -eq 0
need ip -n "$GW" link del "$ODD"
need ip -n "$GW" link del m6t0
status "metrics without devices" 0 gw metrics
check "metrics without devices are OpenMetrics" metrics_parse "$TMP/out"
finish
