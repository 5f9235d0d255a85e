#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nodes without RFC 5555 and m6t, as the kernel's own Mobile IPv6 makes them (home
# address option, routing header, ESP, and a tunnel of IPv6 in IPv6): a mobile node with
# our home agent, also back at home; then our mobile node with a home agent.
# takes long
# proves: D5 D9 D14 D21

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"
# shellcheck source-path=SCRIPTDIR source=mipd6.bash
. "$SELFTESTS/mipd/mipd6.bash"

MH=$SELFTESTS/mipd/dsmip6_mh.py

# plain_ipsec NETNS OUT IN: the SAs and policies of RFC 3776 for signalling, with those
# of Mobile IPv6, which have the care-of address.
plain_ipsec()
{
	local ns=$1 to=$2 from=$3

	need ip -n "$ns" xfrm state add "${DSMIP_OUT[@]}" proto hao reqid 1 mode ro \
		coa $COA6_3 sel "${DSMIP_OUT[@]}"
	need ip -n "$ns" xfrm state add "${DSMIP_IN[@]}" proto route2 reqid 1 mode ro \
		coa $COA6_3 sel "${DSMIP_IN[@]}"
	plain_sas "$ns"
	plain_policy "$ns" "$to" hao "${DSMIP_OUT[@]}"
	plain_policy "$ns" "$from" route2 "${DSMIP_IN[@]}"
}

# plain_policy NETNS DIRECTION HEADER END...: the order of the templates is that of what
# is done, from inside to outside if it is received.
plain_policy()
{
	local ns=$1 dir=$2 esp ro

	ro=(tmpl "${@:4}" proto "$3" reqid 1 mode ro)
	esp=(tmpl "${@:4}" proto esp reqid 4097 mode transport)
	if [ "$dir" = out ]; then
		need ip -n "$ns" xfrm policy add "${@:4}" proto 135 dir out priority 10 \
			"${ro[@]}" "${esp[@]}"
		return
	fi
	need ip -n "$ns" xfrm policy add "${@:4}" proto 135 dir in priority 10 \
		"${esp[@]}" "${ro[@]}"
	# Kernels with xfrm interfaces already check what has come so far before ESP.
	need ip -n "$ns" xfrm policy add "${@:4}" proto esp dir in priority 10 "${ro[@]}"
}

# plain_home NETNS: the same at home, where there is no care-of address.
plain_home()
{
	need ip -n "$1" xfrm state flush
	need ip -n "$1" xfrm policy flush
	plain_sas "$1"
	need ip -n "$1" xfrm policy add "${DSMIP_OUT[@]}" proto 135 dir out priority 10 \
		tmpl "${DSMIP_OUT[@]}" proto esp reqid 4097 mode transport
	need ip -n "$1" xfrm policy add "${DSMIP_IN[@]}" proto 135 dir in priority 10 \
		tmpl "${DSMIP_IN[@]}" proto esp reqid 4097 mode transport
}

plain_sas()
{
	need ip -n "$1" xfrm state add "${DSMIP_OUT[@]}" proto esp spi 0x1001 reqid 4097 \
		mode transport "${DSMIP_ALG[@]}" sel "${DSMIP_OUT[@]}" proto 135
	need ip -n "$1" xfrm state add "${DSMIP_IN[@]}" proto esp spi 0x1002 reqid 4097 \
		mode transport "${DSMIP_ALG[@]}" sel "${DSMIP_IN[@]}" proto 135
}

# tunnel NETNS LOCAL REMOTE
tunnel()
{
	need ip -n "$1" link add tun type ip6tnl mode ip6ip6 local "$2" remote "$3" \
		encaplimit none
	need ip -n "$1" link set tun up
}

# bu SEQUENCE LIFETIME [COA]: of the mobile node that is not ours.
bu()
{
	in_ns "$MN" python3 "$MH" bu $HOA $HA6 "$@"
}

# pings_both: both ways between the home address and a host on the home link.
pings_both()
{
	check "$1: from the mobile node" ping6_ok "$MN" $CN6 -I $HOA
	check "$1: to it" ping6_ok "$CN" $HOA
}

mobile_plain()
{
	need ip -n "$MN" -6 addr add $HOA/128 dev lo nodad home
	links_down eth eth2
	# What goes to the home agent is not for the tunnel, what comes from it is.
	need ip -n "$MN" -6 route add $HA6 via 2001:db8:33::1 dev eth3
	tunnel "$MN" $COA6_3 $HA6
	need ip -n "$MN" -6 route add default dev tun src $HOA metric 1
	plain_ipsec "$MN" out in
}

# with_agent: a mobile node of RFC 6275, our home agent.
with_agent()
{
	mobile_plain
	capture "$MN" eth3 "$TMP/mn.pcap" ip6
	check "the home agent starts" in_ns "$HA" m6tctl up m6t0
	check_eq "a mobile node of RFC 6275 is accepted, for no longer than it asked" \
		"$HA6 0 0 7 15" "$(bu 7 15 $COA6_3)"
	check_eq "it is bound to its care-of address" "ip6 $COA6_3 null" \
		"$(node | jq -r '"\(.kind) \(.remote) \(.hoa4)"')"
	pings_both "bound"
	check_eq "again, without option 3" "$HA6 0 0 8 30" "$(bu 8 30)"
	check_eq "an old one is refused" "$HA6 135 0 8 0" "$(bu 8 30 $COA6_3)"
	check_eq "a care-of address that is none is refused" "$HA6 174 0 9 0" \
		"$(bu 9 30 ff0e::1)"
	pings_both "still bound"
	check_eq "it deregisters" "$HA6 0 0 10 0" "$(bu 10 0 $COA6_3)"
	check "it is not bound" not_bound
	capture_end
	check_eq "updates have a home address option, acknowledgments a routing header" \
		"$(printf '%s\n' "ack 2 esp" "update c9 esp")" "$(signals "$TMP/mn.pcap")"
}

# signals FILE: the headers in front of ESP in each direction.
signals()
{
	tcpdump -n -x -r "$1" "ip6 proto 60 or ip6 proto 43" 2>/dev/null | awk '
		/0x0000:/ { first = substr($5, 1, 2) }
		/0x0020:/ {
			if (first == "3c")
				print "update", substr($9, 1, 2), next_header($6)
			else
				print "ack", substr($7, 1, 2) + 0, next_header($6)
		}
		function next_header(word) {
			return substr(word, 1, 2) == "32" ? "esp" : word
		}' | sort -u
}

# discover TYPE TO: prefix solicitation or home agent discovery (RFC 6275, 6.5 to 6.8).
discover()
{
	in_ns "$MN" python3 - "$COA6_3" "$1" "$2" <<-END
	import socket, sys
	s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
	s.bind((sys.argv[1], 0))
	s.sendto(bytes([int(sys.argv[2]), 0, 0, 0, 0, 7, 0, 0]), (sys.argv[3], 0))
	END
}

# Neither has an answer; a mobile node that asks knows its home agent and its prefix by
# its file, or has to.
discovery()
{
	local before

	check_eq "bound" "$HA6 0 0 11 15" "$(bu 11 15 $COA6_3)"
	before=$(node | jq -r .signal.count)
	capture "$MN" eth3 "$TMP/icmp.pcap" icmp6
	need discover 146 $HA6
	need discover 144 2001:db8:2:0:fdff:ffff:ffff:fffe
	# All that comes of it has come before the answer to this. That a port is
	# unreachable is about what the tunnel sends from its link-local address.
	need ping6_ok "$MN" $HA6 -I $COA6_3
	capture_end
	check_eq "prefix solicitation: silence, and no error" "" \
		"$(tcpdump -n -r "$TMP/icmp.pcap" "(icmp6[0] < 128 and icmp6[1] != 4) or
			icmp6[0] = 147 or icmp6[0] = 145" 2>/dev/null)"
	check_eq "nothing has become of the binding" "ip6 $before" \
		"$(node | jq -r '"\(.kind) \(.signal.count)"')"
}

# RFC 6275, 11.5.5: lifetime 0, from the home address itself.
back_home()
{
	plain_home "$MN"
	need ip -n "$MN" -6 -b - <<-END
		link del tun
		route del $HA6 via 2001:db8:33::1 dev eth3
		link set eth3 down
		link set home up
		addr add $OWN6/64 dev home
		addr add $HOA/128 dev home nodad
		addr del $HOA/128 dev lo
	END
	capture "$MN" home "$TMP/home.pcap" ip6
	check_eq "at home: an old one is refused there, while it is bound elsewhere" \
		"$HA6 135 0 11 0" "$(bu 11 0)"
	check_eq "at home: it deregisters" "$HA6 0 0 12 0" "$(bu 12 0)"
	check "at home: it is not bound" wait_for not_bound
	check_eq "at home: it asks again" "$HA6 0 0 13 0" "$(bu 13 0)"
	capture_end
	check_eq "at home: nothing is in front of ESP" "" "$(signals "$TMP/home.pcap")"
	check_eq "at home: it does not say that it is elsewhere" "$HA6 0 0 14 0" \
		"$(bu 14 15 - $COA6_3)"
	check_eq "at home: the home agent answers for it no more" "" \
		"$(ip -n "$HA" -6 neigh show proxy)"
	check "the home agent ends" in_ns "$HA" m6tctl down m6t0
	need ip -n "$MN" -6 addr del $HOA/128 dev home
	links_down home
	links_up eth3
	need ip -n "$MN" xfrm state flush
	need ip -n "$MN" xfrm policy flush
}

served()
{
	tail -n 1 "$TMP/served"
}

was_served()
{
	# shellcheck disable=SC2053	# a pattern
	[[ $(served) == $1 ]]
}

# with_mobile: a home agent of RFC 6275, our mobile node.
with_mobile()
{
	need ip -n "$HA" xfrm state flush
	need ip -n "$HA" xfrm policy flush
	plain_ipsec "$HA" in out
	tunnel "$HA" $HA6 $COA6_3
	need ip -n "$HA" -6 route add $HOA dev tun
	need ip -n "$HA" -6 neigh add proxy $HOA dev home
	start "$HA" python3 "$MH" serve $HA6 >"$TMP/served"
	need wait_for grep -q ready "$TMP/served"
	need in_ns "$MN" m6tctl ipsec m6t0 manual /etc/m6t/keys >"$TMP/ipsec"
	need in_ns "$MN" sh -e "$TMP/ipsec"
	prefer eth3
	capture "$MN" eth3 "$TMP/mn.pcap" ip6
	check "the mobile node starts" in_ns "$MN" m6tctl up m6t0
	check "a home agent of RFC 6275 takes its update" \
		wait_for was_served "$HOA * 0xc000 * $COA6_3"
	check "it is registered" wait_for active_is "ip6 $COA6_3"
	pings_both "registered"
	check "the mobile node ends" in_ns "$MN" m6tctl down m6t0
	check "and has deregistered" was_served "$HOA * 0xc000 0 $COA6_3"
	capture_end
	check_eq "both as RFC 6275 has it" \
		"$(printf '%s\n' "ack 2 esp" "update c9 esp")" "$(signals "$TMP/mn.pcap")"
}

active_is()
{
	[ "$(active)" = "$1" ]
}

topology_dsmip6
dsmip_files
need in_ns "$HA" m6tctl ipsec m6t0 manual /etc/m6t/keys >"$TMP/ipsec"
need in_ns "$HA" sh -e "$TMP/ipsec"
with_agent
discovery
back_home
with_mobile
finish
