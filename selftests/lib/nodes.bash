# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests written in Python with nodes.py: mobile nodes that are plain UDP sockets,
# in front of a real gateway and a real home agent.
#
#       MN                       GW                 HA
#    +-------+             +------------+        +------+
#    |   eth-+-------------+-wan    lan-+--------+-eth  |
#    +-------+             +------------+        +------+
#    192.0.2.1, 192.0.2.11 and up             2001:db8:1::2

# sources N: add N IPv4 addresses for mobile nodes.
nodes_sources()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "addr add 192.0.2.$((11 + i))/24 dev eth"
	done | need ip -n "$MN" -b -
}

nodes_topology()
{
	ns_add "$MN" "$GW" "$HA"
	link_ns "$MN" eth 192.0.2.1/24 "$GW" wan $GW4/24
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	need ip -n "$HA" -6 route add $PREFIX via $GW6
}

# nodes_run SCRIPT [ARG...]: its results are those of this test.
nodes_run()
{
	local line

	while read -r line; do
		case $line in
		"ok "*) result 0 "${line#ok }" ;;
		"not ok "*) result 1 "${line#not ok }" ;;
		*)	diag "${line#\# }" ;;
		esac
	done < <(PYTHONPATH=$SELFTESTS/lib in_ns "$MN" python3 "$@" 2>&1 ||
		echo "not ok $(basename "$1") ended early")
}
