#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# When binding updates are sent, and bindings end (RFC 6275 11.8 and 12): to the tick
# where the clock jumps over every sleep, elsewhere with some tolerance, and less of it.
# takes long
# proves: D7 D12

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

# ms, tolerances; s, lifetime; how many unanswered updates, refreshes; s between looks.
EARLY=60 LATE=$((WAIT * 100)) LIFETIME=12 FIRST=4 AGAIN=3 REFRESHES=1 STEP=0.2
if time_travel; then
	EARLY=2 LATE=20 LIFETIME=200 FIRST=9 AGAIN=6 REFRESHES=3 STEP=5
fi

# comes COMMAND...: as wait_for, for what takes long; where the clock jumps, a look costs
# more than to wait.
comes()
{
	local end=$((SECONDS + WAIT + 4 * LIFETIME + 20))

	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep $STEP
	done
}

# times FILE: of updates, in ms.
times()
{
	tcpdump -r "$1" -tt -n 2>>"$TMP/tcpdump" | awk '{ printf "%.0f\n", $1 * 1000 }'
}

has_sent()
{
	[ "$(times "$1" | wc -l)" -ge "$2" ]
}

# gaps FILE [N]: ms between the first N of them.
gaps()
{
	times "$1" | head -n "${2:-1000}" |
		awk 'NR > 1 { print $1 - last } { last = $1 }' | xargs
}

# are GAPS MS...: each is as long as it must be, within the tolerance.
are()
{
	local gap got

	read -ra got <<<"$1"
	shift
	[ ${#got[@]} -ge $# ] || return
	for gap; do
		[ "${got[0]}" -ge $((gap - EARLY)) ] &&
			[ "${got[0]}" -le $((gap + LATE)) ] || return
		got=("${got[@]:1}")
	done
}

# paced FILE: there never were more than three in a second.
paced()
{
	times "$1" | awk '{ t[NR] = $1; if (NR > 3 && $1 - t[NR - 3] < 998) bad = 1 }
		END { exit bad }'
}

# event FILE NAME: when it came last, in ms.
event()
{
	jq -r "select(.event == \"$2\") | .time * 1000 | floor" "$1" | tail -n 1
}

# updates FILE: record those that leave the mobile node, from now on.
updates()
{
	capture "$MN" eth2 "$1" udp dst port $DSMIP_PORT
}

first_registration()
{
	local want=(1500 3000 6000 12000 24000 32000 32000 32000)

	updates "$TMP/first"
	need in_ns "$MN" m6tctl up m6t0
	need comes has_sent "$TMP/first" $FIRST
	capture_end
	diag "$(gaps "$TMP/first")"
	# The first update waits until the device has a carrier.
	check "without a binding: after 1.5 s" \
		eval 'EARLY=60 are "$(gaps "$TMP/first" 2)" 1500'
	check "then twice as long each time, to 32 s" \
		are "$(gaps "$TMP/first" $FIRST | cut -d " " -f 2-)" \
		"${want[@]:1:FIRST - 2}"
	check "never more than three a second" paced "$TMP/first"
}

# refreshed GAPS: after four fifths of the lifetime, or up to a tenth earlier.
refreshed()
{
	local gap

	for gap in $1; do
		[ "$gap" -ge $((LIFETIME * 720 - 2)) ] &&
			[ "$gap" -le $((LIFETIME * 800 + LATE)) ] || return
	done
}

refreshes()
{
	updates "$TMP/refresh"
	need in_ns "$HA" m6tctl up m6t0
	monitor_dsmip "$HA" "$TMP/events-ha"
	start "$MN" m6tctl -j monitor dev m6t0 >"$TMP/events-mn"
	check "it is bound" comes bound_at $COA2
	need comes has_sent "$TMP/refresh" $((REFRESHES + 1))
	capture_end
	diag "$(gaps "$TMP/refresh")"
	check "refreshed after four fifths of the lifetime, less a tenth at most" \
		refreshed "$(gaps "$TMP/refresh" $((REFRESHES + 1)))"
}

# Nothing comes through any more: the last update that did was the first of these.
end()
{
	local want=(1000 2000 4000 8000 16000 32000) sent

	updates "$TMP/end"
	need comes has_sent "$TMP/end" 1
	sent=$(times "$TMP/end" | head -n 1)
	need in_ns "$NAT" nft -f - <<-END
	table ip end {
		chain forward {
			type filter hook forward priority 0;
			udp dport $DSMIP_PORT drop
		}
	}
	END
	need comes has_sent "$TMP/end" $((AGAIN + 1))
	check "it ends at the home agent" comes grep -q '"unbound"' "$TMP/events-ha"
	check "and at the mobile node" comes grep -q '"deregistered"' "$TMP/events-mn"
	capture_end
	diag "$(gaps "$TMP/end")"
	check "not answered: after 1 s, then twice as long each time" \
		are "$(gaps "$TMP/end" $((AGAIN + 1)) | cut -d ' ' -f 2-)" \
		"${want[@]:0:AGAIN - 1}"
	check "it ended after its lifetime at the home agent" \
		are $(($(event "$TMP/events-ha" unbound) - sent)) $((LIFETIME * 1000))
	check "and at the mobile node" \
		are $(($(event "$TMP/events-mn" deregistered) - sent)) \
		$((LIFETIME * 1000))
	check "never more than three a second" paced "$TMP/end"
}

topology_dsmip
dsmip_files "lifetime $LIFETIME"
need sed -i "/^link /d" "/etc/netns/$MN/m6t/m6t0.conf"
need sed -i "/^home-link/d" "/etc/netns/$HA/m6t/m6t0.conf"
# The network without a NAT, whose mapping would have to be refreshed more often.
need ip -n "$MN" link set eth down
mipd_ipsec
first_registration
refreshes
end
finish
