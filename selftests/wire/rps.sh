#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packets of a mobile node are one outer flow and many inner ones: the stack
# spreads them over the CPUs by inner flow, although it has hashed the outer one
# before.
# needs two CPUs
# proves: W1

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"

FLOWS=64

cat >"$TMP/flows.py" <<END
import socket, sys
kind, dst, flows = sys.argv[1], sys.argv[2], int(sys.argv[3])
kept = []
for n in range(flows):
    s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM if kind == "tcp"
                      else socket.SOCK_DGRAM)
    s.setblocking(False)
    s.bind(("::", 20000 + n))
    s.connect_ex((dst, 9))
    if kind == "udp":
        s.send(b"x")
    kept.append(s)
END

# spreads NETNS IFNAME
spreads()
{
	in_ns "$1" sh -c "echo 3 >/sys/class/net/$2/queues/rx-0/rps_cpus"
}

# counted NAME: packets of this counter.
counted()
{
	in_ns "$GW" nft -j list counter ip6 m6t "$1" |
		jq '.nftables[] | .counter // empty | .packets'
}

# all_came KIND: each flow was counted on one CPU or the other.
all_came()
{
	[ $(($(counted "$1"0) + $(counted "$1"1))) -ge "$FLOWS" ]
}

# spread KIND: the gateway forwards the flows on both CPUs.
spread()
{
	need in_ns "$MN" python3 "$TMP/flows.py" "$1" $HA6 $FLOWS
	check "$FLOWS flows of $1 are forwarded" wait_for all_came "$1"
	diag "$1: $(counted "$1"0) on one CPU, $(counted "$1"1) on the other"
	check "flows of $1 are spread over the CPUs" test \
		"$(counted "$1"0)" -gt $((FLOWS / 8)) -a \
		"$(counted "$1"1)" -gt $((FLOWS / 8))
}

topology
gateway
mobile_node
activate
if ! [ -e /sys/class/net/lo/queues/rx-0/rps_cpus ] || [ "$(nproc)" -lt 2 ]; then
	result 0 "flows are spread # SKIP this kernel has no RPS, or one CPU"
	finish
	exit
fi
need in_ns "$HA" nft -f - <<-END
table ip6 m6t {
	chain input {
		type filter hook input priority 0;
		udp dport 9 drop
		tcp dport 9 drop
	}
}
END
need in_ns "$GW" nft -f - <<-END
table ip6 m6t {
	counter udp0 {
	}
	counter udp1 {
	}
	counter tcp0 {
	}
	counter tcp1 {
	}
	chain forward {
		type filter hook forward priority 0;
		oifname lan udp dport 9 meta cpu 0 counter name udp0
		oifname lan udp dport 9 meta cpu 1 counter name udp1
		oifname lan tcp dport 9 meta cpu 0 counter name tcp0
		oifname lan tcp dport 9 meta cpu 1 counter name tcp1
	}
}
END
spreads "$GW" wan
spreads "$GW" m6t0
spread udp
spread tcp
finish
