#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A mark on the outer packets selects the path, and the path MTU that is learnt is
# that of this path.
#
#        +- r1 -+  1500 bytes, the default route
#    mn -+      +- gw
#        +- r2 -+  1400 bytes, for packets with mark 7
# proves: B3

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, indirect calls
. "$(dirname "$0")/../lib/lib.sh"

R1=m6t-$$-r1 R2=m6t-$$-r2

# way N ROUTER: a path from the mobile node to the gateway.
way()
{
	link_ns "$MN" "to$1" 10.0.$1.2/24 "$2" mn 10.0.$1.1/24
	link_ns "$2" gw 198.51.$1.1/24 "$GW" "from$1" 198.51.$1.2/24
	in_ns "$2" sysctl -qw net.ipv4.ip_forward=1
	need ip -n "$2" route add $GW4 via 198.51."$1".2
	need ip -n "$GW" route add 10.0."$1".0/24 via 198.51."$1".1
}

# came_by N: the gateway has the mobile node's address of this path.
came_by()
{
	ping6_ok "$MN" $GW6 -W 1 &&
		[ "$(binding | jq -r .remote)" = "10.0.$1.2" ]
}

# told MTU: an error with MTU answers a ping that is too large.
told()
{
	in_ns "$MN" ping -6 -n -c 1 -W 0.3 -M "do" -s 1424 $GW6 2>&1 |
		grep -qi "mtu[:=] *$1\b"
}

fits()
{
	ping6_ok "$MN" $GW6 -M "do" -s 1424
}

forget()
{
	ip -n "$MN" route flush cache
	ip -n "$MN" -6 route flush cache
}

# stack_knows MTU MARK: the route of the kernel for this mark has it.
stack_knows()
{
	ip -n "$MN" route get $GW4 mark "$2" | grep -q "mtu $1\b"
}

# arrives: a ping that is too large for r2 reaches the gateway; the answer is
# lost.
arrives()
{
	local before

	before=$(binding | jq .rx_bytes)
	in_ns "$MN" ping -6 -n -q -c 1 -W 0.2 -M "do" -s 1424 $GW6
	[ "$(binding | jq .rx_bytes)" -ge $((before + 1472)) ]
}

# short_error: r2 reports its MTU, and quotes as little as permitted.
short_error()
{
	in_ns "$R2" python3 "$SELFTESTS/lib/icmp.py" src=10.0.2.1 dst=10.0.2.2 \
		"from=10.0.2.2:$(m6tctl -n "$MN" -j show dev m6t0 |
			jq '.[0].sport')" "to=$GW4:$PORT" isrc="$ADDRESS" \
		idst=$GW6 kinds=3.4 rest=1400 cuts=28
}

ns_add "$MN" "$R1" "$R2" "$GW"
way 1 "$R1"
way 2 "$R2"
need ip -n "$R2" link set gw mtu 1400
need ip -n "$MN" route add default via 10.0.1.1
need ip -n "$MN" route add default via 10.0.2.1 table 100
need ip -n "$MN" rule add fwmark 7 table 100
need ip -n "$GW" addr add $GW4/32 dev lo
need ip -n "$GW" -6 addr add $GW6/128 dev lo
gateway
mobile_node df "set" fwmark 7
check "a mark selects its own path" wait_for came_by 2
check "a packet too large for the path of the mark is reported" wait_for told 1372
check "the kernel's route for this mark has the path MTU" stack_knows 1400 7

need ip -n "$MN" link set m6t0 type m6t fwmark 0
need attach
check "without a mark the other path is used" wait_for came_by 1
forget
check "the other path carries larger packets" wait_for fits

need ip -n "$MN" link set m6t0 type m6t fwmark 7
check "a mark set on a live device takes effect at once" \
	wait_for told 1372

# Such an error is ignored, as it proves nothing (see path.sh); but the stack
# accepts it, and then outer packets may be fragmented.
forget
attach
need wait_for came_by 2
need in_ns "$R2" nft -f - <<-END
	table ip m6t {
		chain out {
			type filter hook output priority 0;
			icmp code frag-needed icmp type destination-unreachable ip length > 56 drop
		}
	}
END
check_not "packets too large for a router without errors are lost" \
	arrives
need short_error >"$TMP/errors"
check "after an error that quotes 28 bytes packets are fragmented" \
	wait_for arrives
finish
