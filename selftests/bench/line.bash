# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the benchmarks of packets and TCP: four namespaces in a line, with the
# tunnels between the second and the third:
#
#    src                 mn                    gw                 ha
#  +------+          +---------+          +-----------+        +-----+
#  |  eth-+----------+-in  out-+----------+-wan   lan-+--------+-eth |
#  +------+   IPv6   +---------+   IPv4   +-----------+  IPv6  +-----+
#
# A line for each measurement is written to "results" in the scratch folder:
# TURN TUNNEL MEASURE VALUE. All packets are as small as the smallest tunnel's.

# shellcheck disable=SC2034,SC2119,SC2317,SC2329
exec 3>&1 4>&2 >/dev/null	# the library prints TAP
BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$BENCH/../lib/lib.sh"
exec >&3

SRC=m6t-$$-src
SRC6=fd00:6d:0:1:1::5 IN6=fd00:6d:0:1:1::1
MTU=1400
MN4=192.0.2.1

# need COMMAND...: the library's prints TAP.
need()
{
	"$@" && return
	echo "bench: this failed: $*" >&4
	exit 1
}

line()
{
	local ns

	ns_add "$SRC" "$MN" "$GW" "$HA"
	link_ns "$SRC" eth $SRC6/80 "$MN" "in" $IN6/80
	link_ns "$MN" out $MN4/24,2001:db8:2::1/64 \
		"$GW" wan $GW4/24,2001:db8:2::2/64
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	for ns in "$MN" "$GW"; do
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.forwarding=1
	done
	need ip -n "$SRC" -6 route add default via $IN6 mtu $MTU
	need ip -n "$HA" -6 route add $PREFIX via $GW6 mtu $MTU
}

# ends COMMAND...: for each end, with its netns, own and other address.
ends()
{
	need "$@" "$MN" $MN4 $GW4
	need "$@" "$GW" $GW4 $MN4
}

# through WORD...: the routes of both ends.
through()
{
	need ip -n "$MN" -6 route replace default "$@"
	need ip -n "$GW" -6 route replace $PREFIX "$@"
}

none_up()
{
	need ip -n "$MN" -6 route replace default via 2001:db8:2::2
	need ip -n "$GW" -6 route replace $PREFIX via 2001:db8:2::1
}

m6t_up()
{
	need ip -n "$GW" link add tun type m6t mode gw prefix $PREFIX
	need ip -n "$MN" link add tun type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4
}

# A sit that is plain, or in UDP by fou or gue.
sit_end()
{
	ip -n "$1" link add tun type sit local "$2" remote "$3" ttl 64 "${@:4}"
}

sit_up()
{
	need sit_end "$MN" $MN4 $GW4
	need sit_end "$GW" $GW4 $MN4
}

in_udp()
{
	local encap=(encap "$1" encap-sport auto encap-dport 5555 encap-csum)

	need sit_end "$MN" $MN4 $GW4 "${encap[@]}"
	need sit_end "$GW" $GW4 $MN4 "${encap[@]}"
	need ip -n "$MN" fou add port 5555 "${@:2}"
	need ip -n "$GW" fou add port 5555 "${@:2}"
}

fou_up()
{
	in_udp fou ipproto 41
}

gue_up()
{
	in_udp gue gue
}

vxlan_end()
{
	ip -n "$1" link add tun type vxlan id 7 local "$2" remote "$3" \
		dstport 4789 ttl 64 udpcsum
}

vxlan_up()
{
	ends vxlan_end
	need ip -n "$MN" addr add fd00:7::1/64 dev tun
	need ip -n "$GW" addr add fd00:7::2/64 dev tun
}

geneve_end()
{
	ip -n "$1" link add tun type geneve id 7 remote "$3" ttl 64 udpcsum \
		innerprotoinherit
}

geneve_up()
{
	ends geneve_end
}

bareudp_end()
{
	ip -n "$1" link add tun type bareudp dstport 6635 ethertype ipv6
}

bareudp_up()
{
	ends bareudp_end
}

# wireguard_end NETNS OWN OTHER
wireguard_end()
{
	local key=$TMP/key-$2 peer=$TMP/key-$3

	ip -n "$1" link add tun type wireguard &&
		in_ns "$1" wg set tun listen-port 51820 private-key "$key" \
			peer "$(wg pubkey <"$peer")" endpoint "$3:51820" \
			allowed-ips ::/0
}

wireguard_up()
{
	wg genkey >"$TMP/key-$MN4"
	wg genkey >"$TMP/key-$GW4"
	ends wireguard_end
}

tunnel_routes()
{
	case $1 in
	none)	;;
	vxlan)	need ip -n "$MN" -6 route replace default via fd00:7::2
		need ip -n "$GW" -6 route replace $PREFIX via fd00:7::1 ;;
	bareudp) need ip -n "$MN" -6 route replace default encap ip id 0 \
			dst $GW4 src $MN4 ttl 64 csum dev tun
		need ip -n "$GW" -6 route replace $PREFIX encap ip id 0 \
			dst $MN4 src $GW4 ttl 64 csum dev tun ;;
	*)	through dev tun ;;
	esac
}

tunnel_up()
{
	"$1_up"
	if [ "$1" != none ]; then
		need ip -n "$MN" link set tun up
		need ip -n "$GW" link set tun up
	fi
	tunnel_routes "$1"
	need wait_for ping6_ok "$SRC" $HA6 -W 1
}

tunnel_down()
{
	[ "$1" = none ] || {
		need ip -n "$MN" link del tun
		need ip -n "$GW" link del tun
	}
	ip -n "$MN" fou del port 5555
	ip -n "$GW" fou del port 5555
	ip -n "$MN" -6 route flush default
	ip -n "$GW" -6 route flush exact $PREFIX
} 2>/dev/null

# result TURN TUNNEL MEASURE VALUE
result()
{
	echo "$*" >>"$M6T_SCRATCH/results"
}
