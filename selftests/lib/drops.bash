# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of counters and of drop reasons: a host with a gateway,
# m6t0, and a mobile node, m6t1, whose gateway is a peer that sends invalid
# packets.
#
#    peer                        host
#  +--------+              +----------------+
#  |    out-+--------------+-wan  m6t0 m6t1 |
#  +--------+              +----------------+
#  192.0.2.1               192.0.2.2

# shellcheck disable=SC2034,SC2153,SC2317,SC2329	# for the scripts, called indirectly

PEER=$NAT HOST=$GW
A=fd00:6d:0:1:1::a			# behind the gateway
M=fd00:6e:0:1:1:102:304:506		# the mobile node
MN_PORT=7000

# All counters of dropped packets, and the device that drop() uses.
DROPS="rx_short m6t0
rx_bad_version m6t0
rx_bad_length m6t0
rx_bad_source m6t0
rx_bad_destination m6t0
rx_mismatch m6t0
rx_rate_limited m6t0
rx_table_full m6t0
rx_ecn m6t0
rx_keepalive_stray m6t0
rx_not_gateway m6t1
tx_no_binding m6t0
tx_bad_source m6t1
tx_too_big m6t1
tx_loop m6t1
tx_no_route m6t1
tx_carrier m6t1"

drops_set_up()
{
	need_inject
	ns_add "$PEER" "$HOST"
	link_ns "$PEER" out "$NAT4/24" "$HOST" wan "$GW4/24"
	need ip -n "$HOST" -b - <<-END
		addr add $HA6 dev lo
		link add m6t0 type m6t mode gw prefix $PREFIX temp-timeout 60000
		link add m6t1 mtu 1472 type m6t mode mn prefix fd00:6e:0:1:1::/80 gateway $NAT4 sport $MN_PORT keepalive 0
		link set m6t0 up
		link set m6t1 up
		route add $PREFIX dev m6t0
		route add default dev m6t1
	END
	drops_attach
}

drops_attach()
{
	need m6tctl -n "$HOST" attach dev m6t1 id 010203040506 >/dev/null
}

# gw WORD...
gw()
{
	m6tctl -n "$HOST" "$@"
}

# set_gw WORD...
set_gw()
{
	need ip -n "$HOST" link set m6t0 type m6t "$@"
}

# to_gw SPORT WORD...: packets with these arguments, from the peer to m6t0.
to_gw()
{
	local port=$1 words
	local -a packets=()

	shift
	for words; do
		packets+=("src=$A,dst=$HA6,$words")
	done
	need in_ns "$PEER" "$TMP/inject" udp -s "$port" "$GW4" "$PORT" "${packets[@]}"
}

# from_mn [WORDS]: m6t1 gets one packet to send.
from_mn()
{
	need in_ns "$HOST" "$TMP/inject" dev m6t1 "src=$M,dst=$HA6,nh=59${1:+,$1}"
}

# drop COUNTER: one packet is dropped for this reason. Bindings that it needs are
# removed afterwards, and all else is restored.
drop()
{
	case $1 in
	rx_short)	to_gw 5000 cut=20 ;;
	rx_bad_version)	to_gw 5000 ver=4 ;;
	rx_bad_length)	to_gw 5000 zero=8,plen=9 ;;
	rx_bad_source)	to_gw 5000 src=2001:db8:9::9 ;;
	rx_bad_destination) to_gw 5000 dst=ff02::1 ;;
	rx_keepalive_stray) to_gw 5000 dst=fe80::1 ;;
	rx_mismatch)	to_gw 5000 zero=8; to_gw 5001 zero=8 ;;
	rx_rate_limited) drop_rate_limited ;;
	rx_table_full)	drop_table_full ;;
	rx_ecn)		drop_ecn ;;
	rx_not_gateway)	need in_ns "$PEER" "$TMP/inject" udp -s 5000 "$GW4" \
				$MN_PORT "src=$HA6,dst=$M" ;;
	tx_no_binding)	in_ns "$HOST" "$TMP/inject" ip "src=$HA6,dst=$A" ;;
	tx_bad_source)	from_mn src=fd00:6e::1 ;;
	tx_too_big)	drop_too_big ;;
	tx_loop)	drop_by_route "$NAT4 dev m6t1" ;;
	tx_no_route)	drop_by_route "unreachable $NAT4" ;;
	tx_carrier)	drop_carrier ;;
	esac
	gw binding flush dev m6t0 >/dev/null
}

# The bucket of this source may still be full, or be empty.
drop_rate_limited()
{
	local before i

	before=$(counter "$HOST" rx_rate_limited)
	set_gw rate 1 burst 1
	for ((i = 1; i < 99; i++)); do
		counter_is "$HOST" rx_rate_limited "$before" || break
		to_gw 5000 "src=fd00:6d::$i"
	done
	set_gw rate 16 burst 64
}

drop_table_full()
{
	need gw binding add fd00:6d::f remote 192.0.2.9:9 dev m6t0
	set_gw max-bindings 1
	to_gw 5000 zero=8
	set_gw max-bindings 65536
}

drop_ecn()
{
	need in_ns "$PEER" nft -f - <<-END
	table ip marks {
		chain out {
			type filter hook output priority 0;
			ip ecn set ce
		}
	}
	END
	to_gw 5000 zero=8
	need in_ns "$PEER" nft delete table ip marks
}

drop_too_big()
{
	need ip -n "$HOST" link set wan mtu 1400
	need ip -n "$HOST" link set m6t1 type m6t df "set"
	from_mn zero=1400
	need ip -n "$HOST" link set m6t1 type m6t df "unset"
	need ip -n "$HOST" link set wan mtu 1500
}

# drop_by_route ROUTE: with this route to the gateway.
drop_by_route()
{
	# shellcheck disable=SC2086	# words
	need ip -n "$HOST" route add $1
	from_mn
	# shellcheck disable=SC2086
	need ip -n "$HOST" route del $1
}

# Detached, it has no carrier, and the stack sends nothing there; but packets may
# be in flight.
drop_carrier()
{
	need gw detach dev m6t1 >/dev/null
	from_mn
	drops_attach
}
