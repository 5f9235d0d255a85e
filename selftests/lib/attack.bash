# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the attacks: two attackers beside the topology of lib.sh, and an
# honest mobile node that must not notice any of them.
#
#    near                  nat          gw                    far
#  +--------+          +--------+    +--------+           +---------+
#  |   eth--+----------+-near   |    |   far--+-----------+--eth    |
#  +--------+          +--------+    +--------+           +---------+
#  10.0.3.2            10.0.3.1      198.51.100.1         198.51.100.66
#
# near is behind the mobile node's NAT; far can forge any IPv4 source.

# shellcheck disable=SC2034,SC2317,SC2329	# for the scripts, called indirectly

NEAR=m6t-$$-near FAR=m6t-$$-far
NEAR4=10.0.3.2 FAR4=198.51.100.66

attackers()
{
	ns_add "$NEAR" "$FAR"
	link_ns "$NEAR" eth $NEAR4/24 "$NAT" near 10.0.3.1/24
	link_ns "$FAR" eth $FAR4/24 "$GW" far 198.51.100.1/24
	ip -n "$NEAR" route add default via 10.0.3.1
	ip -n "$FAR" route add default via 198.51.100.1
	in_ns "$GW" sysctl -qw net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.far.rp_filter=0 net.ipv4.conf.wan.rp_filter=0
	need_inject
}

# near WORD...: datagrams from this attacker; the arguments are those of inject.
near()
{
	need in_ns "$NEAR" "$TMP/inject" "$@"
}

far()
{
	need in_ns "$FAR" "$TMP/inject" "$@"
}

# sport: the port of the mobile node's socket.
sport()
{
	m6tctl -n "$MN" -j show dev m6t0 | jq '.[].sport'
}

# honest: from now on the mobile node pings its home agent twenty times a second;
# the number of each answer is a line.
honest()
{
	activate
	start "$MN" python3 -c "$HONEST" $HA6 >"$TMP/honest" 2>"$TMP/honest.err"
	need wait_for honest_more 0
}
HONEST='
import select, socket, struct, sys, time
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6)
sock.connect((sys.argv[1], 0))
n, due = 0, time.monotonic()
while True:
    n, due = n + 1, due + 0.05
    try:
        sock.send(struct.pack(">BBHHHI", 128, 0, 0, 0, 0, n))
    except OSError:
        pass
    while (left := due - time.monotonic()) > 0:
        if select.select([sock], [], [], left)[0]:
            try:
                print(int.from_bytes(sock.recv(64)[8:12], "big"), flush=True)
            except OSError as e:
                print(e, flush=True)
'

# honest_more N: were more than N answered?
honest_more()
{
	[ "$(wc -l <"$TMP/honest")" -gt "$1" ]
}

# honest_lives NAME: its requests are answered now. In a flood, queues of the links
# may have lost some.
honest_lives()
{
	check "$1: the mobile node's traffic goes on" \
		wait_for honest_more $(($(wc -l <"$TMP/honest") + 2))
}

# honest_lost: numbers missing before the last answer. Those that are handled by
# two CPUs may overtake each other, which is not a loss.
honest_lost()
{
	sort -n "$TMP/honest" | awk '
		$0 !~ /^[0-9]+$/ || (last && $0 != last + 1) { print "before " $0 }
		{ last = $0 }'
}

# honest_last: the newest number that was answered.
honest_last()
{
	sort -n "$TMP/honest" | tail -n 1
}

# honest_lost_since N: numbers after this one that are missing before the last one.
honest_lost_since()
{
	sort -n "$TMP/honest" | awk -v last="$1" '
		$0 > last + 1 { print last + 1 " to " $0 - 1 }
		$0 > last { last = $0 }'
}

honest_has_all()
{
	[ -z "$(honest_lost)" ]
}

honest_has_all_since()
{
	[ -z "$(honest_lost_since "$1")" ]
}

# honest_goes_on NAME: likewise, and all were answered.
honest_goes_on()
{
	honest_lives "$1"
	wait_for honest_has_all
	check_eq "$1: none of its packets was lost" "" "$(honest_lost)"
}

# icmp FROM_NETNS TO_NETNS WORD...: forged ICMP errors, until the stack there has
# received all; the arguments are those of icmp.py.
icmp()
{
	local before n

	before=$(icmp_seen "$2")
	n=$(need in_ns "$1" python3 "$SELFTESTS/lib/icmp.py" "${@:3}")
	need wait_for icmp_saw "$2" $((before + n))
}

icmp_seen()
{
	in_ns "$1" awk '/^Icmp: [0-9]/ { print $2 }' /proc/net/snmp
}

icmp_saw()
{
	[ "$(icmp_seen "$1")" -ge "$2" ]
}

# bound [ADDRESS]: attributes that must not change in a binding.
bound()
{
	binding "$@" | jq -c '[.remote, .port, .local, .local_port, .state]'
}
