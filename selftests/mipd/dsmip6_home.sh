#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mobile node at home: what its binding update and the acknowledgment look like on the
# home link; and restarts of the protocol module at either end while it is there.
# takes long
# proves: D13 D14 D22

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"
# shellcheck source-path=SCRIPTDIR source=mipd6.bash
. "$SELFTESTS/mipd/mipd6.bash"

# A, H, L unset as the home address has another interface identifier, and no K.
FLAGS=0xc000

# signals FILE WORD: of the mobility headers of this kind, without the numbers.
signals()
{
	python3 "$SELFTESTS/mipd/dsmip6_home.py" "$1" | grep " $2 " |
		sed 's/ seq=[0-9]*//' | sort -u
}

# numbers FILE WORD
numbers()
{
	python3 "$SELFTESTS/mipd/dsmip6_home.py" "$1" |
		sed -n "s/.* $2 seq=\([0-9]*\) .*/\1/p" | sort -nu
}

# without_encryption: of the SAs that m6tctl ipsec prints.
without_encryption()
{
	local ns

	for ns in "$MN" "$HA"; do
		need in_ns "$ns" m6tctl ipsec m6t0 manual /etc/m6t/keys >"$TMP/ipsec"
		need sed -i "s/enc 'cbc(aes)' [^ ]*/enc 'ecb(cipher_null)' ''/" \
			"$TMP/ipsec"
		need in_ns "$ns" sh -e "$TMP/ipsec"
	done
}

home_is_there()
{
	[ -n "$(ip -n "$MN" -6 addr show dev home to $HOA)" ]
}

home_is_left()
{
	! home_is_there
}

# capture_home FILE: signalling on the home link, with all hardware addresses.
capture_home()
{
	capture "$HA" home "$1" "ip6 proto 50 or ip6 proto 60 or ip6 proto 43 or
		ip6 proto 135"
}

return_home()
{
	local own agent

	own=$(mac "$MN" home) agent=$(mac "$HA" home)
	capture_home "$TMP/home.pcap"
	links_up home
	check "home: it is not bound any more" wait_for not_bound
	check "home: its address is there" wait_for home_is_there
	capture_end
	diag "$(python3 "$SELFTESTS/mipd/dsmip6_home.py" "$TMP/home.pcap")"
	check_eq "the update: from the home address, nothing before ESP, lifetime 0" \
		"$own > $agent $HOA > $HA6 front=[] spi=0x1001 update flags=$FLAGS $(
		)lifetime=0 options=[]" "$(signals "$TMP/home.pcap" update)"
	check_eq "the acknowledgment: to the home address, without a routing header" \
		"$agent > $own $HA6 > $HOA front=[] spi=0x1002 acknowledgment status=0 $(
		)k=0 lifetime=0 options=[]" "$(signals "$TMP/home.pcap" acknowledgment)"
	check_eq "it has the number of the update" \
		"$(numbers "$TMP/home.pcap" update | tail -n 1)" \
		"$(numbers "$TMP/home.pcap" acknowledgment | tail -n 1)"
	reachable home
}

# restart NETNS: as the unit does.
restart()
{
	local pid

	pid=$(module "$1")
	need kill -QUIT "$pid"
	need wait_for ended "$1"
	check "$2: it starts again" in_ns "$1" m6tctl up m6t0
	check_not "$2: it is another process" test "$(module "$1")" = "$pid"
}

# still_home NAME: nothing has changed.
still_home()
{
	check "$1: the home address is on the home link" home_is_there
	check_eq "$1: nothing leads through the device" "" \
		"$(ip -n "$MN" -6 route show default dev m6t0
			ip -n "$MN" route show default dev m6t0
			ip -n "$MN" -6 route show $HA6 dev m6t0)"
	check "$1: nothing is bound" not_bound
	check_eq "$1: the home agent answers for nobody" "" \
		"$(ip -n "$HA" -6 neigh show proxy; ip -n "$HA" neigh show proxy)"
	reachable "$1"
}

# quit: the process is gone, and has left all as it was.
mobile_node_restarts()
{
	need kill -QUIT "$(module "$MN")"
	need wait_for ended "$MN"
	still_home "the mobile node's process is gone"
	capture_home "$TMP/again.pcap"
	check "the mobile node's process starts again" in_ns "$MN" m6tctl up m6t0
	check "it says so" wait_for has_captured "$TMP/again.pcap" 2
	still_home "another process"
	capture_end
	diag "$(python3 "$SELFTESTS/mipd/dsmip6_home.py" "$TMP/again.pcap")"
	check_eq "it is not bound, and does not ask to be" "lifetime=0" \
		"$(python3 "$SELFTESTS/mipd/dsmip6_home.py" "$TMP/again.pcap" |
			grep -o "lifetime=[0-9]*" | sort -u)"
}

home_agent_restarts()
{
	restart "$HA" "the home agent's process"
	still_home "the home agent's process"
}

# It can leave, and come back.
leave_home()
{
	links_down home
	check "away: it is bound" wait_for bound_as ip6 $COA6_2
	check "away: its address is not on the home link" wait_for home_is_left
	reachable away
	restart "$MN" "away: the mobile node's process"
	check "away: it stays bound" bound_as ip6 $COA6_2
	links_up home
	check "home again: it is not bound" wait_for not_bound
	check "home again: its address is there" wait_for home_is_there
	reachable "home again"
}

the_end()
{
	restart "$MN" "the last process"
	check "the mobile node ends" in_ns "$MN" m6tctl down m6t0
	check "its address is not left on the home link" home_is_left
	check_eq "nor rules" "" \
		"$(ip -n "$MN" rule show pref 191; ip -n "$MN" -6 rule show pref 191)"
	check "the home agent ends" in_ns "$HA" m6tctl down m6t0
}

topology_dsmip6
dsmip_files
prefer home eth2
without_encryption
xfrm_dump >"$TMP/before"
need in_ns "$HA" m6tctl up m6t0
need in_ns "$MN" m6tctl up m6t0
check "away: it is bound" wait_for bound_as ip6 $COA6_2
return_home
mobile_node_restarts
home_agent_restarts
leave_home
the_end
xfrm_dump >"$TMP/after"
check "IPsec has not noticed anything" same_file "$TMP/before" "$TMP/after"
finish
