#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Settings: each invalid one is refused with one error message and without effect, each
# valid one is shown as it was given, and changing them on a live device keeps
# bindings and attachments. All in one network namespace, in which a gateway and a
# mobile node reach each other over the loopback device.
# proves: B1 B5 W2 N1 N2 N3 N12 G1 G16

# shellcheck disable=SC2317,SC2329	# called indirectly
[ -n "${M6T_OWN_NETNS:-}" ] || M6T_OWN_NETNS=1 exec unshare -n "$0" "$@"
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/config.bash
. "$SELFTESTS/lib/config.bash"

GW_BASE="mode gw prefix fd00:6d::/48"
MN_BASE="mode mn prefix $MN_PREFIX gateway 127.0.0.1"
A=fd00:6d:0:1:1::a

# open_ports: UDP ports that are open, sorted.
open_ports()
{
	local line
	local -a fields ports

	while read -ra fields; do
		line=${fields[1]##*:}
		[[ $line != [0-9A-F]* ]] || ports+=($((16#$line)))
	done </proc/self/net/udp
	printf '%s\n' "${ports[@]}" | sort -n | xargs
}

# kernel_said TEXT: the kernel log has it.
kernel_said()
{
	[[ $(dmesg) == *"$1"* ]]
}

# answered: does the gateway answer a keepalive of its binding?
answered()
{
	local reply

	read -rn 12 reply < <("$TMP/inject" udp -s 5000 -w $((WAIT * 1000)) \
		127.0.0.1 "$PORT" "src=$A,dst=fe80::1")
	[ "$reply" = 600000000000 ]
}

ip link set lo up

# What the tool refuses, without the kernel, and what only the kernel can refuse.
while IFS='|' read -r pattern words; do
	[ -z "${M6T_QUICK:-}" ] || [[ $pattern != *\"* ]] || continue
	words=${words/#GW/$GW_BASE}
	# shellcheck disable=SC2086	# words
	add_refused "$pattern" ${words/#MN/$MN_BASE}
done <<-END
	mode is missing|
	mode is missing|prefix fd00:6d::/48
	mode "client" is wrong: expected gw, mn, dsmip-ha or dsmip-mn|mode client prefix fd00:6d::/48
	mode "GW" is wrong: expected gw, mn, dsmip-ha or dsmip-mn|mode GW prefix fd00:6d::/48
	mode has no value|prefix fd00:6d::/48 mode
	mode is given more than once|GW mode gw
	unknown argument "prefixes"|mode gw prefixes fd00:6d::/48
	unknown argument "30"|GW 30
	prefix is missing|mode gw
	prefix is missing|mode mn gateway 127.0.0.1
	prefix is given more than once|GW prefix fd00:6e::/48
	prefix "fd00:6d::" is wrong.*IPV6/LEN|mode gw prefix fd00:6d::
	prefix "fd00:6d::/129".*1 to 128|mode gw prefix fd00:6d::/129
	prefix "::/0".*1 to 128|mode gw prefix ::/0
	prefix "fd00:6d::/" is wrong|mode gw prefix fd00:6d::/
	prefix "fd00:6d::/-1" is wrong|mode gw prefix fd00:6d::/-1
	prefix "10.0.0.0/8" is wrong|mode gw prefix 10.0.0.0/8
	prefix "fd00:6d::1/48" has bits.*fd00:6d::/48|mode gw prefix fd00:6d::1/48
	prefix "" is wrong|mode gw prefix fd00:6d::/48,
	prefix "ff00::/8" is wrong: expected global unicast|mode gw prefix ff00::/8
	prefix "fe80::/64" is wrong: expected global|mode gw prefix fe80::/64
	prefix "::1/128" is wrong: expected global|mode gw prefix ::1/128
	prefix "::ffff:0:0/96" is wrong: expected|mode gw prefix ::ffff:0:0/96
	prefix has 17 entries: expected at most 16|mode gw prefix $(count 17 fd00:%::/48)
	prefix "fd00:6d:0::/48" is given more than once|mode gw prefix fd00:6d::/48,fd00:6e::/48,fd00:6d:0::/48
	ha "2001:db8::1/128" is given more than once|GW ha 2001:db8::1,2001:db8::1/128
	ha must lie outside|GW ha fd00:6d:0:1::2
	ha must lie outside|GW ha fd00::/16
	ha "2001:db8::1/64" has bits|GW ha 2001:db8::1/64
	ha "ff02::1" is wrong: expected global unicast|GW ha ff02::1
	ha has 17 entries|GW ha $(count 17 2001:db8::%)
	port "0" is wrong: expected 1 to 65535|GW port 0
	port "65536" is wrong|GW port 65536
	port "http" is wrong|GW port http
	port "" is wrong|GW port 1,,2
	port has 17 entries|GW port $(count 17 %)
	port "0x5" is given more than once|GW port 5,6,0x5
	local "host" is wrong: expected an IPv4 address|GW local host
	local "::1" is wrong|GW local ::1
	local "224.0.0.1" is wrong: expected .* of a host, or any|GW local 224.0.0.1
	local "255.255.255.255" is wrong: expected|GW local 255.255.255.255
	max-bindings "0" is wrong: expected 1 to 16777216|GW max-bindings 0
	max-bindings "16777217" is wrong|GW max-bindings 16777217
	temp-timeout "9" is wrong: expected 10 to 60000|GW temp-timeout 9
	temp-timeout "60001" is wrong|GW temp-timeout 60001
	active-timeout "4" is wrong: expected 5 to 86400|GW active-timeout 4
	active-timeout "86401" is wrong|GW active-timeout 86401
	active-timeout "30s" is wrong|GW active-timeout 30s
	rate "1000001" is wrong: expected 0 to 1000000|GW rate 1000001
	rate "-1" is wrong|GW rate -1
	burst "0" is wrong: expected 1 to 1000000|GW burst 0
	burst "1000001" is wrong|GW burst 1000001
	exempt "10.0.0.0/33".*0 to 32|GW exempt 10.0.0.0/33
	exempt "10.0.0.1/8" has bits.*10.0.0.0/8|GW exempt 10.0.0.1/8
	exempt "fd00::/8" is wrong|GW exempt fd00::/8
	exempt "10.0.0.0/8" is given more than once|GW exempt 10.0.0.0/8,10.0.0.0/9,10.0.0.0/8
	exempt has 17 entries|GW exempt $(count 17 10.%.0.0/16)
	pressure "101" is wrong: expected 0 to 100|GW pressure 101
	pressure "50%" is wrong|GW pressure 50%
	weight "10.0.0.0/8" is wrong: expected IPV4/LEN=N|GW weight 10.0.0.0/8
	weight "10.0.0.0/8=0" is wrong: expected .*1 to 16777216|GW weight 10.0.0.0/8=0
	weight "10.0.0.0/8=16777217" is wrong|GW weight 10.0.0.0/8=16777217
	weight "10.0.0.0/33".*0 to 32|GW weight 10.0.0.0/33=1
	weight "10.0.0.1/8" has bits.*10.0.0.0/8|GW weight 10.0.0.1/8=1
	weight "10.0.0.0/8" is given more than once|GW weight 10.0.0.0/8=1,10.0.0.0/8=2
	weight has 17 entries|GW weight $(count 17 10.%.0.0/16=%)
	hairpin "yes" is wrong: expected off or on|GW hairpin yes
	gateway is for mode mn only|GW gateway 127.0.0.1
	sport is for modes mn and dsmip-mn only|GW sport 5
	keepalive is for mode mn only|GW keepalive 30
	keepalive-retries is for mode mn only|GW keepalive-retries 3
	rotate is for mode mn only|GW rotate on
	gateway is missing|mode mn prefix $MN_PREFIX
	gateway "fd00::1" is wrong|mode mn prefix $MN_PREFIX gateway fd00::1
	gateway "0.0.0.0" is wrong: expected .* of a host$|mode mn prefix $MN_PREFIX gateway 0.0.0.0
	gateway "239.1.1.1" is wrong: expected|mode mn prefix $MN_PREFIX gateway 239.1.1.1
	gateway "255.255.255.255" is wrong: expected|mode mn prefix $MN_PREFIX gateway 255.255.255.255
	exactly one prefix of length /80|mode mn prefix fd00:6d::/64 gateway 127.0.0.1
	exactly one prefix of length /80|mode mn prefix fd00:6d::/79 gateway 127.0.0.1
	exactly one prefix of length /80|mode mn prefix fd00:6d::/81 gateway 127.0.0.1
	exactly one prefix|mode mn prefix fd00:6d::/80,fd00:6e::/80 gateway 127.0.0.1
	exactly one port|MN port 3544,4500
	ha is for modes gw, dsmip-ha and dsmip-mn only|MN ha $HA6
	exempt is for mode gw only|MN exempt 10.0.0.0/8
	pressure is for mode gw only|MN pressure 50
	weight is for mode gw only|MN weight 10.0.0.0/8=1
	rate is for mode gw only|MN rate 5
	burst is for mode gw only|MN burst 5
	hairpin is for mode gw only|MN hairpin on
	max-bindings is for modes gw and dsmip-ha only|MN max-bindings 5
	temp-timeout is for mode gw only|MN temp-timeout 50
	active-timeout is for mode gw only|MN active-timeout 50
	sport "65536" is wrong: expected 0 to 65535|MN sport 65536
	keepalive "3601" is wrong: expected 0 to 3600|MN keepalive 3601
	keepalive "0.5" is wrong|MN keepalive 0.5
	keepalive-retries "0" is wrong: expected 1 to 20|MN keepalive-retries 0
	keepalive-retries "21" is wrong|MN keepalive-retries 21
	rotate "maybe" is wrong: expected off or on|MN rotate maybe
	dev "nodev0" is wrong|MN dev nodev0
	ttl "0" is wrong: expected 1 to 255, or inherit|MN ttl 0
	ttl "256" is wrong|MN ttl 256
	tos "1" is wrong: expected 0 to 252.*inherit|MN tos 1
	tos "0x11" is wrong|MN tos 0x11
	tos "256" is wrong|MN tos 256
	df "on" is wrong: expected unset, set or inherit|MN df on
	udpcsum "0" is wrong: expected off or on|MN udpcsum 0
	fwmark "0x100000000" is wrong: expected 0 to 4294967295|MN fwmark 0x100000000
	mtu "1400" is wrong: expected auto|MN mtu 1400
END
[ -z "${M6T_QUICK:-}" ] ||
	result 0 "settings that the tool refuses # SKIP independent of the kernel"
check_eq "no device is left of refused settings" "[]" \
	"$(ip -j link show type m6t | jq -c 'map(select(. != {}))')"
for mtu in 1279 65508; do
	# shellcheck disable=SC2086	# words
	sentence ip link add bad0 mtu $mtu type m6t $GW_BASE && ! exists bad0
	check "an mtu of $mtu is refused" test $? -eq 0
done

# B1: help.
ip link help m6t >"$TMP/help" 2>&1
missing=
for word in mode gw mn prefix ha local port max-bindings temp-timeout \
	active-timeout rate burst exempt pressure weight hairpin gateway sport keepalive \
	keepalive-retries rotate dev ttl tos df udpcsum fwmark; do
	grep -qw -e "$word" "$TMP/help" || missing+=" $word"
done
check_eq "ip link help m6t names every option" "" "$missing"

# Defaults, and every option shown as it was given.
need ip -b - <<-END
	link add g0 type m6t $GW_BASE
	link add n0 type m6t $MN_BASE
END
check_eq "a gateway has its defaults" \
	'{"mode":"gw","prefix":["fd00:6d::/48"],"port":[3544],"max-bindings":65536,"temp-timeout":2000,"active-timeout":120,"rate":16,"burst":64,"pressure":50,"hairpin":false,"ttl":64,"tos":"inherit","df":"unset","udpcsum":true}' \
	"$(settings g0)"
check_eq "a mobile node has its defaults" \
	'{"mode":"mn","prefix":"fd00:6d:0:1:1::/80","gateway":"127.0.0.1","port":3544,"keepalive":30,"keepalive-retries":3,"rotate":true,"ttl":64,"tos":"inherit","df":"unset","udpcsum":true}' \
	"$(settings n0)"
check_eq "the mtu is 1472, its range 1280 to 65507" \
	"1472 1280 65507 1472 1280 65507" \
	"$(ip -d -j link show type m6t | jq -r 'map(select(.ifname) |
		"\(.mtu) \(.min_mtu) \(.max_mtu)") | join(" ")')"
check "the mtu can be changed" ip -b - <<-END
	link set g0 mtu 65507
	link set g0 mtu 1280
	link set n0 mtu 9000
END
for mtu in 1279 65508; do
	sentence ip link set g0 mtu $mtu
	check "a change of the mtu to $mtu is refused" test $? -eq 0
done
check "mtu auto is accepted" ip link set g0 type m6t mtu auto
check_eq "with mtu auto the mtu is that of the underlay" 1472 \
	"$(ip -j link show g0 | jq '.[].mtu')"
need ip link set g0 mtu 1280
check_eq "the mtu is as set" "1280 9000" "$(ip -j link show type m6t |
	jq -r 'map(select(.ifname).mtu) | join(" ")')"

GW_WORDS="mode gw prefix fd00:6d::/48,2001:db8:77::/64 ha $HA6,2001:db8:2::/64 local 127.0.0.1 port 3544,4500,53 max-bindings 1000 temp-timeout 60000 active-timeout 600 rate 5 burst 7 exempt 10.0.0.0/8,192.0.2.1/32,0.0.0.0/0 pressure 7 weight 10.0.0.0/8=16777216,192.0.2.1/32=1,0.0.0.0/0=9 hairpin on dev lo ttl 33 tos 0x10 df set udpcsum off fwmark 0x2a"
MN_WORDS="mode mn prefix fd00:6d:0:1:2::/80 gateway 127.0.0.2 local 127.0.0.3 port 4500 sport 7000 keepalive 7 keepalive-retries 9 rotate off dev lo ttl inherit tos 0xfc df inherit udpcsum off fwmark 0xffffffff"
need ip -b - <<-END
	link add g1 type m6t $GW_WORDS
	link add n1 type m6t $MN_WORDS
END
check_eq "ip -d link show prints the options of a gateway as given" \
	"$GW_WORDS" "$(words g1)"
check_eq "ip -d link show prints the options of a mobile node as given" \
	"$MN_WORDS" "$(words n1)"
check_eq "ip -d -j link show has the options of a gateway" \
	'{"mode":"gw","prefix":["fd00:6d::/48","2001:db8:77::/64"],"ha":["2001:db8:1::2","2001:db8:2::/64"],"local":"127.0.0.1","port":[3544,4500,53],"max-bindings":1000,"temp-timeout":60000,"active-timeout":600,"rate":5,"burst":7,"exempt":["10.0.0.0/8","192.0.2.1/32","0.0.0.0/0"],"pressure":7,"weight":["10.0.0.0/8=16777216","192.0.2.1/32=1","0.0.0.0/0=9"],"hairpin":true,"dev":"lo","ttl":33,"tos":16,"df":"set","udpcsum":false,"fwmark":42}' \
	"$(settings g1)"
check_eq "ip -d -j link show has the options of a mobile node" \
	'{"mode":"mn","prefix":"fd00:6d:0:1:2::/80","gateway":"127.0.0.2","local":"127.0.0.3","port":4500,"sport":7000,"keepalive":7,"keepalive-retries":9,"rotate":false,"dev":"lo","ttl":"inherit","tos":252,"df":"inherit","udpcsum":false,"fwmark":4294967295}' \
	"$(settings n1)"
check_eq "m6tctl show has the same settings as ip" "[true,true]" "$(jq -nc \
	--argjson g "$(settings g1)" --argjson n "$(settings n1)" \
	--argjson all "$(m6tctl -j show)" '($all | map({(.dev): .}) | add) as $d |
	def same($a; $b): $a | to_entries | all(.value == ($b[{"prefix":"prefixes",
		"port":"ports","dev":"link"}[.key] // .key] // $b[.key]));
	[same($g; $d.g1), ($n | del(.sport, .dev) | same(.; $d.n1))]')"
need ip -b - <<-END
	link del g1
	link del n1
END
check "lists of 16 entries are accepted" ip link add g1 type m6t mode gw \
	prefix "$(count 16 fd00:%::/48)" port "$(count 16 60%)"
check "16 entries of ha are added by another request" \
	ip link set g1 type m6t ha "$(count 16 2001:db8:%::1)"
check "16 entries of exempt are added by another request" \
	ip link set g1 type m6t exempt "$(count 16 10.%.0.0/16)"
check "16 entries of weight are added by another request" \
	ip link set g1 type m6t weight "$(count 16 10.%.0.0/16=%)"
check_eq "all lists have 16 entries" "16 16 16 16 16" "$(settings g1 |
	jq -r '[.prefix, .port, .ha, .exempt, .weight | length] | map(tostring) | join(" ")')"
# G1
need ip link set g1 up
check_eq "a gateway listens on 16 ports" \
	"601 602 603 604 605 606 607 608 609 6010 6011 6012 6013 6014 6015 6016" \
	"$(open_ports)"
need ip link set g1 down
check_eq "a gateway that is down listens on no port" "" "$(open_ports)"
need ip link del g1

# Changing a live gateway, one option at a time: binding and sockets keep working.
inject dev lo hex=00 2>/dev/null	# build it
need ip link set g0 up
"$TMP/inject" udp -s 5000 127.0.0.1 $PORT "src=$A,dst=$HA6,nh=59,pay=00"
"$TMP/inject" dev g0 "src=$HA6,dst=$A,echo=1"
check "a gateway answers keepalives of its binding" answered
# shellcheck disable=SC2086	# words
set -- ${GW_WORDS#mode gw}
while [ $# -gt 0 ]; do
	check "change of $1" ip link set g0 type m6t "$1" "$2"
	[ -n "${M6T_QUICK:-}" ] ||
		check "the binding works after a change of $1" answered
	shift 2
done
check "the binding works after all changes" answered
check_eq "a live gateway has all changes" "$GW_WORDS" "$(words g0)"
check_eq "a live gateway listens on its new ports" "53 3544 4500" "$(open_ports)"
check "optional settings can be unset" \
	ip link set g0 type m6t ha none exempt none weight none local any dev any fwmark 0
check_eq "optional settings are unset" "null null null null null null" "$(settings g0 |
	jq -r '"\(.ha) \(.exempt) \(.weight) \(.local) \(.dev) \(.fwmark)"')"
check "the binding works after settings were unset" answered
check "mode may be repeated" ip link set g0 type m6t mode gw
unchanged "mode cannot change" g0 mode mn
unchanged "df .*is wrong" g0 ttl 9 df 9
unchanged "keepalive is for mode mn only" g0 ttl 9 keepalive 5
unchanged "ha must lie outside" g0 ha fd00:6d::9
unchanged "prefix \"\" is wrong" g0 prefix ""
unchanged "local must be an IPv4 address of this host" g0 local 203.0.113.9
check "the binding works after refused changes" answered

# A port that another socket has: no port is left open.
need ip link add g2 type m6t mode gw prefix fd00:6e::/48 port 6000
need ip link set g2 up
unchanged "a port is already in use" g0 port 3544,5999,6000,5998
check_eq "a refused change neither closes nor opens ports" \
	"53 3544 4500 6000" "$(open_ports)"
check "the binding works after a refused change of ports" answered
need ip link set g2 down
need ip link set g2 type m6t port 5999,4500
check_not "a gateway with a port in use does not go up" ip link set g2 up
check "the kernel log names the port in use" \
	kernel_said "g2: m6t: a port is already in use"
check_eq "a gateway that did not go up has no open port" \
	"53 3544 4500" "$(open_ports)"
check_eq "a gateway that did not go up is down" \
	'[]' "$(ip -j link show g2 | jq -c '.[0].flags - (.[0].flags - ["UP"])')"
need ip link del g2

# Changing a live mobile node. Settings that an attachment depends on cause a new
# one.
need ip link set g0 type m6t prefix fd00:6d::/48 udpcsum on df unset rate 0
need ip link set n0 up
attached()
{
	m6tctl -j show dev n0 | jq -c '.[0] | [.attached, .address, .sport]'
}
before=$(attached)
while read -r word value; do
	check "change of $word" ip link set n0 type m6t "$word" "$value"
done <<-END
	keepalive 7
	keepalive-retries 9
	rotate off
	ttl inherit
	tos 0xfc
	df inherit
	udpcsum off
	fwmark 0xffffffff
	keepalive 0
	keepalive 7
END
check_eq "these changes keep the attachment" "$before" "$(attached)"
while read -r word value; do
	check "change of $word" ip link set n0 type m6t "$word" "$value"
	after=$(attached)
	check_eq "a change of $word causes another attachment" \
		"true true" "$(jq -nr --argjson a "$before" \
		--argjson b "$after" '"\($b[0]) \($a[1] != $b[1])"')"
	before=$after
done <<-END
	prefix fd00:6d:0:1:2::/80
	gateway 127.0.0.2
	local 127.0.0.3
	port 4500
	sport 7000
	dev lo
END
check_eq "a live mobile node has all changes" "$MN_WORDS" "$(words n0)"
unchanged "mode cannot change" n0 mode gw
unchanged "length /80" n0 prefix fd00:6d::/64
unchanged "rate is for mode gw only" n0 ttl 9 rate 5
unchanged "local must be an IPv4 address" n0 local 203.0.113.9
unchanged "a port is already in use" n0 local any sport 3544
check_eq "refused changes keep the attachment" "$before" "$(attached)"
"$TMP/inject" dev n0 "src=$(jq -r '.[1]' <<<"$before"),dst=$HA6,nh=59,pay=00"
check_eq "the attachment works after refused changes" '["127.0.0.3",7000,4500]' \
	"$(m6tctl -j binding show dev g0 prefix fd00:6d:0:1:2::/80 |
	jq -c '.[0] | [.remote, .port, .local_port]')"
check "ip -s link counts packets" test "$(ip -j -s link show n0 |
	jq '.[0].stats64.tx.packets')" -gt 0
need ip -b - <<-END
	link del g0
	link del n0
END

# Checks of the kernel itself.
while IFS=$'\t' read -r rc name detail; do
	result "$rc" "kernel: $name"
	[ "$rc" = 0 ] || diag "$detail"
	last=$name
done < <("$SELFTESTS/device/config_rtnl.py" 2>&1)
check_eq "all checks of the kernel were run" \
	"change: a prefix around an old ha" "$last"
finish
