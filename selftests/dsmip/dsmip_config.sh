#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Settings of DSMIPv6: each wrong one is refused with one sentence and without effect,
# each right one is shown as it was given, and what happens to bindings and care-of
# addresses when they are changed on a live device. All in one network namespace.
# proves: D17 D23

# shellcheck disable=SC2317,SC2329	# called indirectly
[ -n "${M6T_OWN_NETNS:-}" ] || M6T_OWN_NETNS=1 exec unshare -n "$0" "$@"
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/config.bash
. "$SELFTESTS/lib/config.bash"

HOME_BASE="ha 2001:db8:2::1 ha4 127.0.0.1"
HA_BASE="mode dsmip-ha $HOME_BASE home 2001:db8:2::/64"
MN_BASE="mode dsmip-mn $HOME_BASE hoa 2001:db8:2::1234"
A=2001:db8:2::1234

ip link set lo up

# What the tool refuses, without the kernel, and what only the kernel can refuse.
refusals()
{
	local pattern words

	while IFS='|' read -r pattern words; do
		[ -z "${M6T_QUICK:-}" ] || [[ $pattern != *\"* ]] || continue
		words=${words/#HA/$HA_BASE}
		# shellcheck disable=SC2086	# words
		add_refused "$pattern" ${words/#MN/$MN_BASE}
	done
}

refusals <<-END
	home is missing, expected home IPV6/LEN|mode dsmip-ha $HOME_BASE
	hoa is missing, expected hoa IPV6|mode dsmip-mn $HOME_BASE
	exactly one IPv6 address, expected ha IPV6|mode dsmip-ha ha4 127.0.0.1 home 2001:db8:2::/64
	exactly one home agent, expected ha IPV6|mode dsmip-mn ha4 127.0.0.1 hoa 2001:db8:2::1234
	exactly one IPv6 address|mode dsmip-ha ha4 127.0.0.1 ha none home 2001:db8:2::/64
	exactly one IPv6 address|mode dsmip-ha ha4 127.0.0.1 ha 2001:db8:2::1,2001:db8:2::2 home 2001:db8:2::/64
	exactly one home agent|mode dsmip-mn ha4 127.0.0.1 ha 2001:db8:2::1,2001:db8:2::2 hoa 2001:db8:2::1234
	exactly one IPv6 address|mode dsmip-ha ha4 127.0.0.1 ha 2001:db8:2::/64 home 2001:db8:2::/64
	exactly one home agent|mode dsmip-mn ha4 127.0.0.1 ha 2001:db8:2::/64 hoa 2001:db8:2::1234
	ha4 is missing, expected ha4 IPV4|mode dsmip-ha ha 2001:db8:2::1 home 2001:db8:2::/64
	ha4 is missing, expected ha4 IPV4|mode dsmip-mn ha 2001:db8:2::1 hoa 2001:db8:2::1234
	ha4 "0.0.0.0" is wrong|mode dsmip-ha ha4 0.0.0.0 ha 2001:db8:2::1 home 2001:db8:2::/64
	ha4 "224.0.0.1" is wrong|mode dsmip-mn ha4 224.0.0.1 ha 2001:db8:2::1 hoa 2001:db8:2::1234
	ha4 "any" is wrong|mode dsmip-ha ha4 any ha 2001:db8:2::1 home 2001:db8:2::/64
	ha4 is given more than once|HA ha4 127.0.0.2
	ha ".*" is wrong|mode dsmip-ha ha fe80::1 ha4 127.0.0.1 home 2001:db8:2::/64
	ha ".*" is wrong|mode dsmip-ha ha 127.0.0.1 ha4 127.0.0.1 home 2001:db8:2::/64
	hoa must differ from ha|mode dsmip-mn $HOME_BASE hoa 2001:db8:2::1
	home "2001:db8:2::1/64" has bits set.*2001:db8:2::/64|mode dsmip-ha $HOME_BASE home 2001:db8:2::1/64
	home "ff00::/8" is wrong|mode dsmip-ha $HOME_BASE home ff00::/8
	home "2001:db8:2::" is wrong.*IPV6/LEN|mode dsmip-ha $HOME_BASE home 2001:db8:2::
	home "::/0".*1 to 128|mode dsmip-ha $HOME_BASE home ::/0
	home "2001:db8:2::/64" is given more than once|mode dsmip-ha $HOME_BASE home 2001:db8:2::/64,2001:db8:2::/64
	home.* 16|mode dsmip-ha $HOME_BASE home $(count 17 2001:db8:%::/48)
	home4 "198.51.100.1/24" has bits set|HA home4 198.51.100.1/24
	home4 "198.51.100.0/33".*0 to 32|HA home4 198.51.100.0/33
	home4 "198.51.100.0/24" is given more than once|HA home4 198.51.100.0/24,198.51.100.0/24
	home4 .* 16|HA home4 $(count 17 10.%.0.0/16)
	hoa "2001:db8:2::/64" is wrong: expected an IPv6 address|mode dsmip-mn $HOME_BASE hoa 2001:db8:2::/64
	hoa "fe80::1" is wrong|mode dsmip-mn $HOME_BASE hoa fe80::1
	hoa "ff02::1" is wrong|mode dsmip-mn $HOME_BASE hoa ff02::1
	hoa4 "224.0.0.1" is wrong|MN hoa4 224.0.0.1
	hoa4 "198.51.100.0/24" is wrong|MN hoa4 198.51.100.0/24
	hoa4 "0.0.0.0" is wrong|MN hoa4 0.0.0.0
	encap "tcp" is wrong: expected auto or udp|MN encap tcp
	ipsec "yes" is wrong: expected off or on|HA ipsec yes
	exactly one port|HA port 4191,4192
	exactly one port, the home agent's|MN port 4191,4192
	port "0" is wrong|HA port 0
	port "65536" is wrong|MN port 65536
	max-bindings "0" is wrong|HA max-bindings 0
	sport "65536" is wrong|MN sport 65536
	sport is for modes mn and dsmip-mn only|HA sport 7000
	encap is for mode dsmip-mn only|HA encap udp
	hoa is for mode dsmip-mn only|mode dsmip-ha $HOME_BASE hoa 2001:db8:2::1234
	hoa4 is for mode dsmip-mn only|HA hoa4 198.51.100.10
	home is for mode dsmip-ha only|mode dsmip-mn $HOME_BASE home 2001:db8:2::/64
	home4 is for mode dsmip-ha only|MN home4 198.51.100.0/24
	max-bindings is for modes gw and dsmip-ha only|MN max-bindings 5
	prefix is for mode gw or mn only|mode dsmip-ha $HOME_BASE prefix 2001:db8:2::/64
	gateway is for mode mn only|MN gateway 127.0.0.1
	local is for modes gw and mn only|HA local 127.0.0.1
	local is for modes gw and mn only|MN local 127.0.0.1
	keepalive is for mode mn only|MN keepalive 5
	rotate is for mode mn only|HA rotate on
	rate is for mode gw only|HA rate 5
	burst is for mode gw only|HA burst 5
	temp-timeout is for mode gw only|HA temp-timeout 50
	active-timeout is for mode gw only|HA active-timeout 50
	exempt is for mode gw only|HA exempt 10.0.0.0/8
	weight is for mode gw only|HA weight 10.0.0.0/8=2
	pressure is for mode gw only|HA pressure 5
	hairpin is for mode gw only|HA hairpin on
	ha4 is for modes dsmip-ha and dsmip-mn only|mode gw prefix fd00:6d::/48 ha4 127.0.0.1
	ipsec is for modes dsmip-ha and dsmip-mn only|mode gw prefix fd00:6d::/48 ipsec on
	home4 or hoa4|mode gw prefix fd00:6d::/48 home4 10.0.0.0/8
	unknown argument "hoas"|MN hoas 2001:db8::1
	dev "nosuch" is wrong|HA dev nosuch
	ttl "256" is wrong|HA ttl 256
	tos "1" is wrong|MN tos 1
	df "yes" is wrong|MN df yes
END

# ---- defaults, and every option shown as it was given

shown()
{
	# shellcheck disable=SC2086	# words
	need ip link add "$2" type m6t $3
	check_eq "$1: shown as given" "$4" "$(words "$2" | xargs)"
	need ip link del "$2"
}

COMMON="ttl 64 tos inherit df unset udpcsum on"
shown "home agent, defaults" h0 "$HA_BASE" "mode dsmip-ha ha 2001:db8:2::1 \
ha4 127.0.0.1 home 2001:db8:2::/64 port 4191 max-bindings 65536 ipsec on $COMMON"
shown "mobile node, defaults" n0 "$MN_BASE" "mode dsmip-mn ha 2001:db8:2::1 \
ha4 127.0.0.1 hoa 2001:db8:2::1234 encap auto port 4191 ipsec on $COMMON"
HA_ALL="mode dsmip-ha ha 2001:db8:2::1 ha4 127.0.0.1 \
home 2001:db8:2::/64,2001:db8:3::/48 home4 198.51.100.0/24,10.0.0.0/8 port 5000 \
max-bindings 100 ipsec off dev lo ttl inherit tos 0xb8 df set udpcsum off fwmark 0x7"
shown "home agent, all settings" h0 "$HA_ALL" "$HA_ALL"
MN_ALL="mode dsmip-mn ha 2001:db8:2::1 ha4 127.0.0.1 hoa 2001:db8:2::1234 \
hoa4 198.51.100.10 encap udp port 5000 sport 7000 ipsec off dev lo ttl 9 tos inherit \
df inherit udpcsum off fwmark 0x7"
shown "mobile node, all settings" n0 "$MN_ALL" "$MN_ALL"

# shellcheck disable=SC2086	# words
need ip link add h0 type m6t $HA_BASE home4 198.51.100.0/24
# shellcheck disable=SC2086	# words
need ip link add n0 type m6t $MN_BASE hoa4 198.51.100.10
check_eq "home agent: JSON" \
	'["dsmip-ha","2001:db8:2::1","127.0.0.1",["2001:db8:2::/64"],["198.51.100.0/24"],4191]' \
	"$(settings h0 | jq -c '[.mode, .ha, .ha4, .home, .home4, .port]')"
check_eq "mobile node: JSON" \
	'["dsmip-mn","2001:db8:2::1","127.0.0.1","2001:db8:2::1234","198.51.100.10","auto",4191]' \
	"$(settings n0 | jq -c '[.mode, .ha, .ha4, .hoa, .hoa4, .encap, .port]')"
check_eq "both have an MTU of 1460" "1460 1460" \
	"$(ip -j link show h0 | jq '.[].mtu') $(ip -j link show n0 | jq '.[].mtu')"

# ---- changes while they are up

# bindings4: what m6tctl says of them.
bound()
{
	m6tctl -j binding show dev h0 | jq -c 'map([.address, .hoa4, .remote])'
}

slots()
{
	m6tctl -j show dev n0 | jq -c '.[0].slots // [] |
		map([.state, .local, .local_port])'
}

# home_changes: a binding stays, whatever is changed.
home_changes()
{
	local before word value

	need m6tctl binding add $A hoa4 198.51.100.10 remote 127.0.0.9:7 \
		lifetime 3600 dev h0
	before=$(bound)
	while read -r word value; do
		check "change of $word" ip link set h0 type m6t "$word" "$value"
		check_eq "a change of $word keeps the binding" "$before" "$(bound)"
	done <<-END
		max-bindings 5
		ttl inherit
		tos 0xfc
		df inherit
		udpcsum off
		fwmark 0xffffffff
		ipsec off
		ha 2001:db8:2::2
		dev lo
		dev any
		home 2001:db8:2::/48
		home4 10.0.0.0/8
		home4 none
	END
	while read -r word value; do
		check "change of $word" ip link set h0 type m6t "$word" "$value"
		check_eq "a change of $word ends the binding, which is to what it was" \
			"[]" "$(bound)"
		need m6tctl binding add $A remote 127.0.0.9:7 lifetime 3600 dev h0
	done <<-END
		ha4 127.0.0.2
		port 5000
	END
	check "all have an effect on the socket" listens_udp 127.0.0.2:5000
}

# listens_udp ENDPOINT
listens_udp()
{
	[ -n "$(ss -Hlun src "$1"; ss -Huan src "$1")" ]
}

# mobile_changes: those that care-of addresses depend on end them.
mobile_changes()
{
	local before word value

	need m6tctl slot set 127.0.0.3 dev n0
	need m6tctl slot commit dev n0
	before=$(slots)
	while read -r word value; do
		check "change of $word" ip link set n0 type m6t "$word" "$value"
		check_eq "a change of $word keeps the care-of address" "$before" \
			"$(slots)"
	done <<-END
		ttl inherit
		tos 0xfc
		df inherit
		udpcsum off
		fwmark 0xffffffff
		ipsec off
		encap udp
		hoa 2001:db8:2::1235
		hoa4 198.51.100.11
		hoa4 none
		ha 2001:db8:2::2
	END
	while read -r word value; do
		check "change of $word" ip link set n0 type m6t "$word" "$value"
		check_eq "a change of $word ends the care-of address" "[]" "$(slots)"
		need m6tctl slot set 127.0.0.3 dev n0
		need m6tctl slot commit linger 0 dev n0
	done <<-END
		ha4 127.0.0.2
		port 5000
		sport 7000
		dev lo
	END
	check_eq "with sport, it is the port" '[["active","127.0.0.3",7000]]' \
		"$(slots)"
}

refused_changes()
{
	local before

	before="$(bound) $(slots)"
	unchanged "mode cannot change" h0 mode dsmip-mn
	unchanged "mode cannot change" n0 mode gw
	unchanged "exactly one IPv6 address" h0 ttl 9 ha none
	unchanged "exactly one home agent" n0 ttl 9 ha none
	unchanged "encap is for mode dsmip-mn only" h0 ttl 9 encap udp
	unchanged "hoa must differ from ha" n0 ttl 9 hoa 2001:db8:2::2
	unchanged "must be an IPv4 address of this host" h0 ha4 203.0.113.9
	need ip link add g0 type m6t mode gw prefix fd00:6d::/48 port 6000
	need ip link set g0 up
	unchanged "a port is already in use" h0 port 6000
	check_eq "refused changes keep bindings and care-of addresses" \
		"$before" "$(bound) $(slots)"
	check "and the socket" listens_udp 127.0.0.2:5000
	refused "a care-of address of another host" \
		"must be an IPv4 address of this host" \
		m6tctl slot set 203.0.113.9 dev n0
	refused "a care-of address of a link that does not exist" \
		"^m6t: link must be in the netns of the device's sockets" \
		"$SELFTESTS/lib/genl.py" slot n0 local=203.0.113.9 link=2147483647
	refused "a care-of address with a port in use" "already in use" \
		m6tctl slot set 127.0.0.3 dev n0
	refused "a commit without a pending one" \
		"no care-of address is pending, set one first" \
		m6tctl slot commit dev n0
	check_eq "these keep the care-of address" "$before" "$(bound) $(slots)"
	need ip link set n0 down
	refused "a care-of address while it is down" \
		"the device is down, bring it up first" \
		m6tctl slot set 127.0.0.3 dev n0
	check_eq "down, it has none" "[]" "$(slots)"
}

need ip link set h0 up
need ip link set n0 up
home_changes
mobile_changes
refused_changes
finish
