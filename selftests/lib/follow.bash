# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of m6tctl follow: the state of a device.

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls

LOG=$TMP/follow
METRIC=4096
FOLLOW=				# its process
DEV=m6t0
TOTAL=0				# attachments of $DEV that are accounted for
PROBE=m6t9			# is followed as well
HOP=3				# the next hop of the probe
NAT2=m6t-$$-nat2

# follow [dev NAME]...: start a follower; sets FOLLOW.
follow()
{
	[ $# -eq 0 ] || set -- dev $PROBE "$@"
	start "$MN" "${PRELOAD[@]}" m6tctl -j follow "$@" >>"$LOG" 2>"$LOG.err"
	FOLLOW=$PID
}
PRELOAD=()

# unfollow: stop it.
unfollow()
{
	local follow=$FOLLOW

	FOLLOW=
	stop "$follow"
}

# probe: a device on a separate link, whose path can be changed at any time.
probe()
{
	batch "link add side type dummy
		addr add 198.18.0.2/24 dev side
		link set side up
		route add 198.18.0.1 via 198.18.0.$HOP dev side onlink
		link add $PROBE type m6t mode mn prefix fd00:6e:0:1:1::/80 gateway 198.18.0.1
		link set $PROBE up"
	# Its default route must not be mistaken for the others'.
	[ -z "$FOLLOW" ] || need wait_for probe_has_route
	need mn_ip -6 route add default dev $PROBE metric 16384
	[ -z "$FOLLOW" ] || need mn_ip -6 route del default dev $PROBE metric 4096
}

probe_has_route()
{
	[ -n "$(mn_ip -6 route show default dev $PROBE)" ]
}

# probed N: change the probe's path; was it attached again at least N times?
probed()
{
	HOP=$((7 - HOP))
	mn_ip route replace 198.18.0.1 via 198.18.0.$HOP dev side onlink
	[ "$(grep -c "\"$PROBE\",\"event\":\"attached\"" "$LOG")" -ge "$1" ]
}

# settle: wait until the follower has acted on all events so far. Each time that
# the probe is attached again the follower has checked every device. The first
# time it may have begun before, the second time it may not have reached other
# devices yet.
settle()
{
	local n

	[ -n "$FOLLOW" ] || return 0
	n=$(grep -c "\"$PROBE\",\"event\":\"attached\"" "$LOG")
	need wait_for probed $((n + 3))
}

# looked: wait until the follower has seen all changes to devices so far. Each
# time that the probe's address is restored, it has seen what came before; but
# the first time it may not have reached other devices yet.
looked()
{
	local i

	for i in 1 2; do
		need mn_ip -6 addr flush dev $PROBE
		need wait_for probe_is_whole
	done
}

probe_is_whole()
{
	[[ $(mn_ip -6 addr show dev $PROBE) == *inet6* ]]
}

mn_ip()
{
	ip -n "$MN" "$@"
}

# look: sets CARRIER, the ADDRESSES on the interface and the metrics of the
# DEFAULTS through it. With few processes, as it is done often.
look()
{
	local word last="" link routes

	link=$(mn_ip addr show dev $DEV) || return
	routes=$(mn_ip -6 route show default dev $DEV) || return
	CARRIER='' ADDRESSES='' DEFAULTS=''
	[[ $link == *NO-CARRIER* || $link == *"state DOWN"* ]] || CARRIER=1
	for word in $link; do
		[ "$last" != inet6 ] || ADDRESSES+=${ADDRESSES:+ }$word
		last=$word
	done
	for word in $routes; do
		[ "$last" != metric ] || DEFAULTS+=${DEFAULTS:+ }$word
		last=$word
	done
}

# here: attached, with exactly one address and one default route; sets ADDRESS.
here()
{
	look && [ -n "$CARRIER" ] && [ "$DEFAULTS" = "$METRIC" ] || return
	[[ $(m6tctl -n "$MN" show dev $DEV) =~ address[[:space:]]+([0-9a-f:]+) ]] &&
		[ "$ADDRESSES" = "${BASH_REMATCH[1]}/128" ] &&
		ADDRESS=${BASH_REMATCH[1]}
}

# attachments: how many there have been.
attachments()
{
	[[ $(m6tctl -n "$MN" stats dev $DEV) =~ [[:space:]]attach[[:space:]]+([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# moved: the same, with another address than $OLD.
moved()
{
	here && [ "$ADDRESS" != "$OLD" ]
}

# gone: no address, no default route, no carrier.
gone()
{
	look && [ -z "$ADDRESSES$DEFAULTS$CARRIER" ]
}

# moves NAME [COMMAND...]: it causes a new attachment, and only one. A
# second one that comes later is found by the next check.
moves()
{
	OLD=$ADDRESS
	[ $# -eq 1 ] || need "${@:2}"
	arrives "$1"
	TOTAL=$((TOTAL + 1))
	check_eq "$1: one attachment" $TOTAL "$(attachments)"
}

# comes NAME: a new device has an attachment.
comes()
{
	OLD=
	arrives "$1"
	TOTAL=$(attachments)
}

# arrives NAME: there is an attachment, other than the last one of $OLD.
arrives()
{
	local rc

	wait_for moved
	rc=$?
	result $rc "$1: attached"
	[ $rc -eq 0 ] || diag "$(state)"
}

# goes NAME [COMMAND...]: it removes the attachment.
goes()
{
	local rc

	[ $# -eq 1 ] || need "${@:2}"
	wait_for gone
	rc=$?
	result $rc "$1: detached"
	[ $rc -eq 0 ] || diag "$(state)"
}

# stays NAME [COMMAND...]: it keeps the attachment.
stays()
{
	local rc

	OLD=$ADDRESS
	[ $# -eq 1 ] || need "${@:2}"
	settle
	here && [ "$ADDRESS" = "$OLD" ] && [ "$(attachments)" = $TOTAL ]
	rc=$?
	result $rc "$1: the attachment is kept"
	[ $rc -eq 0 ] || diag "was $OLD, $TOTAL attachments; $(state)"
}

state()
{
	mn_ip -6 addr show dev $DEV
	mn_ip -6 route show dev $DEV
	attachments
	grep -v $PROBE "$LOG"
	cat "$LOG.err"
}

# batch COMMANDS [OPTION...]: of the mobile node's ip, a line each.
batch()
{
	mn_ip "${@:2}" -batch - <<<"$1"
}

device()
{
	need mn_ip link add $DEV type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 "$@"
	need mn_ip link set $DEV up
}

# two_ways: a second NAT besides that of topology, whose inner side looks just
# like the first one's.
two_ways()
{
	ns_add "$NAT2"
	link_ns "$MN" wlan "" "$NAT2" in 10.0.0.1/24
	link_ns "$NAT2" out 198.51.100.1/24 "$GW" wan2 198.51.100.2/24
	ip -n "$NAT2" route add $GW4 via 198.51.100.2
	in_ns "$NAT2" sysctl -qw net.ipv4.ip_forward=1
	need in_ns "$NAT2" nft -f - <<-END
	table ip m6t {
		chain post {
			type nat hook postrouting priority 100;
			oifname out masquerade
		}
	}
	END
}

# can_sleep: followers that are started from now on can be made to see
# CLOCK_BOOTTIME an hour ahead.
can_sleep()
{
	cat >"$TMP/slept.c" <<-END
	#define _GNU_SOURCE
	#include <dlfcn.h>
	#include <time.h>
	#include <unistd.h>
	int clock_gettime(clockid_t id, struct timespec *now)
	{
		int (*real)(clockid_t, struct timespec *) =
			dlsym(RTLD_NEXT, "clock_gettime");
		int ret = real(id, now);

		if (id == CLOCK_BOOTTIME && !access(SLEPT, F_OK))
			now->tv_sec += 3600;
		return ret;
	}
	END
	need cc -shared -fPIC "-DSLEPT=\"$TMP/slept\"" -o "$TMP/slept.so" \
		"$TMP/slept.c"
	PRELOAD=(env "LD_PRELOAD=$TMP/slept.so")
}

# slept IFNAME: the host slept for an hour, and then a link changes, as usual.
slept()
{
	: >"$TMP/slept"
	mn_ip link set "$1" up
}

# since_boot: sets NOW, ms that have passed, whatever the clock is set to.
since_boot()
{
	read -r NOW _ </proc/uptime
	NOW=$((10#${NOW/./} * 10))
}
