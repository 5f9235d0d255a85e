#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tools of an engineer who suspects the path: ping, tracepath, traceroute
# with UDP and TCP, large datagrams, and a file in either direction; over paths
# on which one hop has a smaller MTU, and one that drops silently what is too
# large. With the default settings there is no black hole.
#
#    mn                     nat                gw                  ha
#  +---------+        +-----------+      +-----------+        +-----------+
#  | m6t0    |        |  takes    |      | m6t0      |        |           |
#  |    eth -+--------+-in   out -+------+-wan  lan -+--------+- eth      |
#  +---------+        |  less     |      +-----------+        +-----------+
#                     +-----------+
# takes long
# proves: B3 W2 W3

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/underlay.bash
. "$SELFTESTS/lib/underlay.bash"

PATHS=("unset 1400" "unset 1300" "unset 600" "unset silent" "set 1400"
	"set 1300")
if [ -n "${M6T_QUICK:-}" ]; then
	PATHS=("unset silent" "set 1400")
	result 0 "the other paths # SKIP too slow on an emulated machine"
fi

# silence on|off: the hop sends no error for what it could not forward.
silence()
{
	in_ns "$NAT" nft delete table ip silent 2>/dev/null
	[ "$1" = off ] || need in_ns "$NAT" nft -f - <<-END
	table ip silent {
		chain out {
			type filter hook output priority 0
			icmp type destination-unreachable drop
		}
	}
	END
}

# path DF HOP: the DF setting of both ends, and the MTU of the hop.
path()
{
	need ip -n "$MN" link set m6t0 type m6t df "$1"
	need ip -n "$GW" link set m6t0 type m6t df "$1"
	if [ "$2" = silent ]; then
		narrow 1400
		silence on
	else
		narrow "$2"
		silence off
	fi
	forget
}

# udp_echo NETNS ADDRESS: it sends back what comes to port 7.
udp_echo()
{
	cat >"$TMP/echo.py" <<-END
	import socket, sys
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	s.bind((sys.argv[1], 7))
	while True:
	    data, who = s.recvfrom(65536)
	    s.sendto(data, who)
	END
	start "$1" python3 "$TMP/echo.py" "$2"
}

# udp NETNS ADDRESS: datagrams of these sizes come back, also those above the
# tunnel's MTU. As with any protocol without retransmission, those from which
# either end learns the path MTU may be lost.
udp()
{
	in_ns "$1" python3 - "$2" <<-END
	import os, socket, sys
	s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
	s.connect((sys.argv[1], 7))
	s.settimeout(0.2)
	def echo(data):
	    try:
	        s.send(data)
	        while s.recv(65536) != data:
	            pass
	        return True
	    except OSError:
	        return False
	for size in (1200, 1424, 4000, 9000):
	    if not any(echo(os.urandom(size)) for i in range(20)):
	        sys.exit(f"{size} bytes do not come back")
	END
}

# trace WORD...: the path to the home agent, as "HOP ADDRESS".
trace()
{
	in_ns "$MN" traceroute -6 -n -q 1 -w 2 -N 4 -m 4 "$@" 2>&1 |
		awk '/^ *[0-9]/ { print $1, $2 }' | xargs
}

# pmtu NETNS ADDRESS: the path MTU and the hops that tracepath reports.
pmtu()
{
	in_ns "$1" tracepath -6 -n -m 5 "$2" 2>&1 |
		sed -nE 's/.*Resume: pmtu ([0-9]+) hops ([0-9]+).*/\1 \2/p'
}

# pinged NETNS ADDRESS: packets as large as the tunnel's MTU come back, and larger
# ones, which are fragmented first.
pinged()
{
	wait_for ping6_ok "$1" "$2" -s 1424 -W 0.3 &&
		wait_for ping6_ok "$1" "$2" -s 4000 -W 0.3
}

# works NAME MTU: all tools work over this path, which carries MTU bytes.
works()
{
	check "$1: pings are answered" pinged "$MN" $HA6
	check "$1: pings of the home agent are answered" pinged "$HA" "$ADDRESS"
	check "$1: datagrams come back" udp "$MN" $HA6
	check "$1: datagrams of the home agent come back" udp "$HA" "$ADDRESS"
	check "$1: a file arrives downstream" fetched "$MN" $HA6
	check "$1: a file arrives upstream" fetched "$HA" "$ADDRESS"
	check_eq "$1: tracepath finds path MTU and hops" "$2 2" "$(pmtu "$MN" $HA6)"
	check_eq "$1: tracepath of the home agent finds path MTU and hops" \
		"$2 2" "$(pmtu "$HA" "$ADDRESS")"
}

# traces NAME: the tunnel is one hop.
traces()
{
	check_eq "$1: traceroute with UDP shows the tunnel as one hop" \
		"1 $GW6 2 $HA6" "$(trace -U $HA6)"
	check_eq "$1: traceroute with TCP shows the tunnel as one hop" \
		"1 $GW6 2 $HA6" "$(trace -T $HA6)"
	check_eq "$1: traceroute with large packets shows the tunnel as one hop" \
		"1 $GW6 2 $HA6" \
		"$(trace -U $HA6 1472)"
}

# A hop that sends no errors, and DF set: with this setting an administrator must
# choose an MTU that fits.
black_hole()
{
	path "set" silent
	check "df set, silent: packets that fit arrive" \
		ping6_ok "$MN" $HA6 -s $((1372 - 48))
	check_not "df set, silent: larger packets are lost" \
		ping6_ok "$MN" $HA6 -s $((1472 - 48)) -W 0.3
	need ip -n "$MN" link set m6t0 mtu 1372
	need ip -n "$GW" link set m6t0 mtu 1372
	check "df set, silent, MTU 1372: a file arrives downstream" \
		fetched "$MN" $HA6
	check "df set, silent, MTU 1372: a file arrives upstream" \
		fetched "$HA" "$ADDRESS"
	hold_mtu "$MN" m6t0
	hold_mtu "$GW" m6t0
}

set_up
udp_echo "$HA" $HA6
udp_echo "$MN" "$ADDRESS"
for words in "${PATHS[@]}"; do
	read -r df hop <<<"$words"
	path "$df" "$hop"
	mtu=1472
	[ "$words" != "set 1400" ] || mtu=1372
	works "df $df, $hop" $mtu
	[ "$words" != "set 1400" ] || traces "df $df, $hop"
done
black_hole
finish
