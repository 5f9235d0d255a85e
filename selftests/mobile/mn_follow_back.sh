#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl follow: what others take from the interface is back within a second,
# with the same attachment; what they put in its place counts.
# takes long
# proves: N13 N4

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

# restored [COMMAND...]: after it, is all as it was? Sets TOOK, ms, and how long
# a look takes alone.
restored()
{
	local start

	OLD=$ADDRESS
	since_boot
	start=$NOW
	[ $# -eq 0 ] || need "$@"
	wait_for "$WHOLE" || return
	since_boot
	TOOK=$((NOW - start))
	"$WHOLE" || return
	start=$NOW
	since_boot
	LOOK=$((NOW - start))
	[ "$ADDRESS" = "$OLD" ] && [ "$(attachments)" = "$TOTAL" ]
}
WHOLE=here

# back NAME [COMMAND...]: so it is.
back()
{
	local rc

	restored "${@:2}"
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "was $OLD: $(state)"
}

# soon NAME COMMAND...: and within a second. A machine that is busy may be late
# at times, and takes its time to look.
soon()
{
	local i rc

	for i in 1 2 3 4 5; do
		restored "${@:2}"
		rc=$?
		[ $rc -ne 0 ] || [ "$TOOK" -le $((1000 + 5 * LOOK)) ] || continue
		break
	done
	[ $rc -eq 0 ] && [ "$TOOK" -le $((1000 + 5 * LOOK)) ]
	result $? "$1"
	[ $rc -eq 0 ] || diag "was $OLD: $(state)"
	diag "$TOOK ms, the time number $i; to look took $LOOK ms"
}

# here_for_good: and the address neither expires nor is avoided.
here_for_good()
{
	here && [[ $(mn_ip -6 addr show dev "$DEV") == *"valid_lft forever preferred_lft forever"* ]]
}

ipv6()
{
	in_ns "$MN" sysctl -qw "net.ipv6.conf.$1.disable_ipv6=$2"
}

# again_and_again: as fast as may be, for two seconds; ADDED: how often the
# address was put back meanwhile. Where only waiting takes time, it must wait.
again_and_again()
{
	local pause=: monitor

	! time_travel || pause="sleep 0.02"
	start "$MN" ip -o monitor address dev $DEV >"$TMP/monitor"
	monitor=$PID
	in_ns "$MN" timeout 2 sh -c "while $pause; do
		ip -6 addr flush dev $DEV
		ip -6 route del default dev $DEV
	done" >"$TMP/loop" 2>&1
	stop $monitor
	ADDED=$(grep -c "^[0-9]" "$TMP/monitor")
}

# cpu: ticks of 10 ms that the follower has had.
cpu()
{
	awk '{ print $14 + $15 }' "/proc/$FOLLOW/stat"
}

# passed: is it $END?
passed()
{
	since_boot
	[ "$NOW" -ge "$END" ]
}

sentences()
{
	wc -l <"$LOG.err"
}

has_sentences()
{
	[ $(($(sentences) - SAID)) -ge "$1" ]
}

topology
gateway
follow dev m6t0
device
comes "there is an attachment"
probe
activate

# ---- one at a time

soon "the address" mn_ip -6 addr flush dev m6t0
soon "the default route" mn_ip -6 route del default dev m6t0
back "both" batch "addr del $ADDRESS/128 dev m6t0
	route del default dev m6t0" -6
WHOLE=here_for_good
back "an address that would expire" \
	mn_ip -6 addr change "$ADDRESS/128" dev m6t0 valid_lft 300 preferred_lft 300
back "one that is avoided" \
	mn_ip -6 addr change "$ADDRESS/128" dev m6t0 preferred_lft 0
WHOLE=here
check "traffic goes on" wait_for ping6_ok "$MN" $HA6 -W 1
# Somebody may do it all the time.
check_eq "it is said, but once" 1 "$(grep -c '"m6t0","event":"restored"' "$LOG")"

# ---- IPv6 is switched off and on

disabled_and_enabled()
{
	ipv6 "$1" 1
	ipv6 "$1" 0
}
soon "IPv6 disabled and enabled" disabled_and_enabled m6t0
back "on all devices" disabled_and_enabled all
SAID=$(sentences)
need ipv6 m6t0 1
check "disabled for a while: that is said" wait_for has_sentences 1
ticks=$(cpu)
since_boot
END=$((NOW + 1500))
need wait_for passed
ticks=$(($(cpu) - ticks))
# Who is always at work has 150, also where others have the processor.
check "no time is spent on it" test $ticks -le 100
diag "$ticks ticks"
for ((i = 0; i < 200; i++)); do
	echo "addr add 203.0.113.1/32 dev eth"
	echo "addr del 203.0.113.1/32 dev eth"
done >"$TMP/batch"
need mn_ip -batch "$TMP/batch"
need mn_ip link add dummy0 type dummy
settle
check_eq "it is said once, whatever else happens" 1 $(($(sentences) - SAID))
check "why is said" grep -q "^m6tctl: .*IPv6 is disabled" "$LOG.err"
soon "it is enabled again" ipv6 m6t0 0
need ipv6 m6t0 1
check "disabled again: that is said" wait_for has_sentences 2
goes "m6tctl detach meanwhile" m6tctl -n "$MN" detach dev m6t0
need ipv6 m6t0 0
looked
check "it stays so when it is enabled" gone
need ipv6 m6t0 1
goes "the way ends" mn_ip route del default
need ipv6 m6t0 0
moves "and comes back" mn_ip route add default via 10.0.0.1
: >"$LOG.err"

# ---- the device goes down and up

for keep in 0 1; do
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.keep_addr_on_down=$keep \
		net.ipv6.route.skip_notify_on_dev_down=$keep
	moves "down and up at once, keep_addr_on_down $keep" \
		batch "link set m6t0 down
		link set m6t0 up"
	goes "down, keep_addr_on_down $keep" mn_ip link set m6t0 down
	moves "and up" mn_ip link set m6t0 up
done

# ---- again and again

ticks=$(cpu)
again_and_again
diag "$(($(cpu) - ticks)) ticks, $ADDED times in two seconds"
check "it is put back all the time, but not as often as it is taken" \
	test "$ADDED" -ge 1 -a "$ADDED" -le 12
back "and after the last time"

# ---- more messages than the socket takes

kill -STOP "$FOLLOW"
for ((i = 0; i < 1000; i++)); do
	echo "route add 203.0.113.7 dev eth"
	echo "route del 203.0.113.7 dev eth"
done >"$TMP/batch"
need mn_ip -batch "$TMP/batch"
need mn_ip -6 addr flush dev m6t0
need mn_ip -6 route del default dev m6t0
back "what was taken while messages were lost" kill -CONT "$FOLLOW"

# ---- others' default routes

METRIC=64
need batch "route del default dev m6t0 metric 4096
	route add default dev m6t0 metric 64 proto static" -6
looked
stays "a daemon replaces the route"
need mn_ip -6 addr flush dev m6t0
back "so it is when the address is put back"
METRIC=4096
back "it takes its own" mn_ip -6 route del default dev m6t0
goes "the way ends" mn_ip route del default
mn_ip -6 route add default dev m6t0 metric 77
mn_ip -6 addr add fd00:6d:0:1:1::77/128 dev m6t0
goes "what comes meanwhile goes, too"
moves "the way is back" mn_ip route add default via 10.0.0.1

check_eq "nothing failed" "" "$(cat "$LOG.err")"
check "each line is an object" jq -es 'all(.time > 0 and (.dev | test("^m6t")) and
	(.event | test("^(attached|detached|restored)$")))' "$LOG"
finish
