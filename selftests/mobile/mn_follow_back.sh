#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# m6tctl follow: what others remove from the interface is restored within a
# second, with the same attachment; what they add instead is respected.
# takes long
# proves: N13 N4

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"

# restored [COMMAND...]: after it, is all as it was? Sets TOOK, ms, and LOOK, how
# long a look alone takes.
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

# back NAME [COMMAND...]: check that.
back()
{
	local rc

	restored "${@:2}"
	rc=$?
	result $rc "$1: restored"
	[ $rc -eq 0 ] || diag "was $OLD: $(state)"
}

# soon NAME COMMAND...: likewise, within a second. A busy machine may be late at
# times, and takes long to look.
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
	result $? "$1: restored within a second"
	[ $rc -eq 0 ] || diag "was $OLD: $(state)"
	diag "$TOOK ms in attempt $i; a look alone takes $LOOK ms"
}

# here_for_good: likewise, and the address is neither temporary nor deprecated.
here_for_good()
{
	here && [[ $(mn_ip -6 addr show dev "$DEV") == *"valid_lft forever preferred_lft forever"* ]]
}

ipv6()
{
	in_ns "$MN" sysctl -qw "net.ipv6.conf.$1.disable_ipv6=$2"
}

# again_and_again: remove it as fast as possible, for two seconds; ADDED: how
# often the address was restored meanwhile. Where only sleep takes time, it must
# sleep.
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
comes "a new device"
probe
activate

# ---- one at a time

soon "the address is flushed" mn_ip -6 addr flush dev m6t0
soon "the default route is removed" mn_ip -6 route del default dev m6t0
back "address and default route are removed" batch "addr del $ADDRESS/128 dev m6t0
	route del default dev m6t0" -6
WHOLE=here_for_good
back "the address gets a lifetime" \
	mn_ip -6 addr change "$ADDRESS/128" dev m6t0 valid_lft 300 preferred_lft 300
back "the address becomes deprecated" \
	mn_ip -6 addr change "$ADDRESS/128" dev m6t0 preferred_lft 0
WHOLE=here
check "traffic is answered after that" wait_for ping6_ok "$MN" $HA6 -W 1
# It may happen all the time.
check_eq "restoring is reported only once" \
	1 "$(grep -c '"m6t0","event":"restored"' "$LOG")"

# ---- IPv6 is switched off and on

disabled_and_enabled()
{
	ipv6 "$1" 1
	ipv6 "$1" 0
}
soon "IPv6 is disabled and enabled" disabled_and_enabled m6t0
back "IPv6 is disabled and enabled on all devices" disabled_and_enabled all
SAID=$(sentences)
need ipv6 m6t0 1
check "disabled IPv6 is reported" wait_for has_sentences 1
ticks=$(cpu)
since_boot
END=$((NOW + 1500))
need wait_for passed
ticks=$(($(cpu) - ticks))
# A busy loop would have 150, even with other load.
check "the follower does not spin while IPv6 is disabled" test $ticks -le 100
diag "$ticks ticks"
for ((i = 0; i < 200; i++)); do
	echo "addr add 203.0.113.1/32 dev eth"
	echo "addr del 203.0.113.1/32 dev eth"
done >"$TMP/batch"
need mn_ip -batch "$TMP/batch"
need mn_ip link add dummy0 type dummy
settle
check_eq "disabled IPv6 is reported once, whatever else happens" \
	1 $(($(sentences) - SAID))
check "the report names the reason" grep -q "^m6tctl: .*IPv6 is disabled" "$LOG.err"
soon "IPv6 is enabled again" ipv6 m6t0 0
need ipv6 m6t0 1
check "IPv6 disabled again is reported" wait_for has_sentences 2
goes "m6tctl detach while IPv6 is disabled" m6tctl -n "$MN" detach dev m6t0
need ipv6 m6t0 0
looked
check "it stays detached when IPv6 is enabled" gone
need ipv6 m6t0 1
goes "the underlay route is removed" mn_ip route del default
need ipv6 m6t0 0
moves "the underlay route is added again" mn_ip route add default via 10.0.0.1
: >"$LOG.err"

# ---- the device goes down and up

for keep in 0 1; do
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.keep_addr_on_down=$keep \
		net.ipv6.route.skip_notify_on_dev_down=$keep
	moves "down and up at once, keep_addr_on_down $keep" \
		batch "link set m6t0 down
		link set m6t0 up"
	goes "down, keep_addr_on_down $keep" mn_ip link set m6t0 down
	moves "up again, keep_addr_on_down $keep" mn_ip link set m6t0 up
done

# ---- again and again

ticks=$(cpu)
again_and_again
diag "$(($(cpu) - ticks)) ticks, $ADDED times in two seconds"
check "an address that is removed all the time is restored, but not each time" \
	test "$ADDED" -ge 1 -a "$ADDED" -le 12
back "the address is no longer removed"

# ---- more messages than fit into the socket

kill -STOP "$FOLLOW"
for ((i = 0; i < 1000; i++)); do
	echo "route add 203.0.113.7 dev eth"
	echo "route del 203.0.113.7 dev eth"
done >"$TMP/batch"
need mn_ip -batch "$TMP/batch"
need mn_ip -6 addr flush dev m6t0
need mn_ip -6 route del default dev m6t0
back "removed while messages were lost" kill -CONT "$FOLLOW"

# ---- others' default routes

METRIC=64
need batch "route del default dev m6t0 metric 4096
	route add default dev m6t0 metric 64 proto static" -6
looked
stays "a daemon replaces the default route"
need mn_ip -6 addr flush dev m6t0
back "the address is removed while a daemon has the default route"
METRIC=4096
back "the daemon removes its default route" mn_ip -6 route del default dev m6t0
goes "the underlay route is removed" mn_ip route del default
mn_ip -6 route add default dev m6t0 metric 77
mn_ip -6 addr add fd00:6d:0:1:1::77/128 dev m6t0
goes "a default route is added while detached"
moves "the underlay route is back" mn_ip route add default via 10.0.0.1

check_eq "the follower reports no error" "" "$(cat "$LOG.err")"
check "each line of the log is a JSON object" \
	jq -es 'all(.time > 0 and (.dev | test("^m6t")) and
	(.event | test("^(attached|detached|restored)$")))' "$LOG"
finish
