#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An error in the file of a device is reported in one sentence, and no device is
# created.
# takes long
# proves: B5

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/up.bash
. "$SELFTESTS/lib/up.bash"

# wrong STATUS PATTERN WORD...: a file with these words is refused with one such
# sentence, and no device is created.
wrong()
{
	local rc

	conf "${@:3}"
	mn up "$DEV" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$1" ] && [ ! -s "$TMP/out" ] && ! exists &&
		[ "$(wc -l <"$TMP/err")" -eq 1 ] && grep -q -- "$2" "$TMP/err"
	result $? "refused: $2"
	[ $rc -eq "$1" ] || diag "$rc: $(cat "$TMP/err")"
}

ns_add "$MN"
up_setup
says "a missing file is refused" 3 "$FILE does not exist" mn up "$DEV"
M="mode mn prefix $MN_PREFIX gateway $GW4"
wrong 2 "$FILE:1: unknown option \"moed\"" moed gw
wrong 2 "$FILE:3: port \"0\" is wrong: expected 1 to 65535" mode gw \
	"# prefix x"$'\n'"prefix $PREFIX #"$'\n'port 0
wrong 2 "$FILE:2: port has no value" mode gw $'\n' port
wrong 2 "$FILE:2: keepalive is given more than once" "$M" keepalive 1 $'\n' keepalive 2
wrong 2 "$FILE: mode is missing: expected gw, mn, dsmip-ha or dsmip-mn" "prefix $MN_PREFIX"
wrong 2 "$FILE: prefix is missing" mode mn gateway $GW4
wrong 2 "$FILE: gateway is missing" mode mn prefix $MN_PREFIX
wrong 2 "$FILE:1: prefix is wrong: .* /80" mode mn prefix fd00::/64 gateway $GW4
wrong 2 "$FILE:1: rate is for mode gw only" "$M" rate 1
wrong 2 "$FILE:1: metric is for mode mn only" mode gw prefix $PREFIX metric 1
wrong 2 "$FILE:1: probe is for mode mn only" mode gw prefix $PREFIX probe $HA6
wrong 2 "metric \"0\" is wrong: expected 1 to 4294967295" "$M" metric 0
wrong 2 "mtu \"1279\" is wrong: expected 1280 to 65507, or auto" "$M" mtu 1279
wrong 2 "mtu \"65508\" is wrong" "$M" mtu 65508
wrong 2 "probe \"fe80::1\" is wrong: expected a global unicast" "$M" probe fe80::1
wrong 2 "gateway \"192.0.2\" is wrong: expected an IPv4 address or a DNS name" \
	mode mn prefix $MN_PREFIX gateway 192.0.2
wrong 2 "gateway \"a..b\" is wrong" mode mn prefix $MN_PREFIX gateway a..b
wrong 2 "port \"1\" is given more than once" "$M" port 1,2,1
wrong 2 "port has 17 entries: expected at most 16" "$M" port "$(seq -s , 17)"
# Values that no device can have are errors of the file, whichever option has
# them.
for address in 0.0.0.0 224.0.0.1 255.255.255.255; do
	wrong 2 "$FILE:1: gateway \"$address\" is wrong: expected the IPv4 address of a host, or a DNS name" \
		mode mn prefix $MN_PREFIX gateway $address
	[ $address = 0.0.0.0 ] || wrong 2 \
		"$FILE:1: local \"$address\" is wrong: expected the IPv4 address of a host, or any" \
		"$M" local $address
done
for prefix in ff00::/80 fe80::/80 ::/80 ::1/128 ::ffff:0:0/96; do
	wrong 2 "$FILE:1: prefix \"$prefix\" is wrong: expected global unicast" \
		mode mn prefix $prefix gateway $GW4
done
wrong 2 "$FILE:2: ha \"ff02::1\" is wrong: expected global unicast" \
	mode gw prefix $PREFIX $'\n' ha 2001:db8::1,ff02::1
G="mode gw prefix $PREFIX"
wrong 2 "$FILE:1: port \"1\" is given more than once" "$G" port 1,1
wrong 2 "$FILE:1: prefix \"fd00:6d:0::/48\" is given more than once" \
	mode gw prefix fd00:6d::/48,fd00:6d:0::/48
wrong 2 "$FILE:1: ha \"2001:db8::1/128\" is given more than once" \
	"$G" ha 2001:db8::1,2001:db8::1/128
wrong 2 "$FILE:1: exempt \"10.0.0.0/8\" is given more than once" \
	"$G" exempt 10.0.0.0/8,10.0.0.0/8
wrong 2 "$FILE:1: weight \"10.0.0.0/8\" is given more than once" \
	"$G" weight 10.0.0.0/8=1,10.0.0.0/8=2
wrong 2 "$FILE:2: weight \"10.0.0.0/8\" is wrong: expected IPV4/LEN=N" \
	"$G" $'\n' weight 10.0.0.0/8
wrong 2 "$FILE:1: pressure \"101\" is wrong: expected 0 to 100" "$G" pressure 101
wrong 2 "$FILE:1: pressure is for mode gw only" "$M" pressure 50
wrong 2 "$FILE:1: weight is for mode gw only" "$M" weight 10.0.0.0/8=1
for prefix in fd00:6d::1 fd00::/16; do
	wrong 2 "$FILE:2: ha is wrong: expected home agents outside" \
		mode gw prefix "fd00:1::/48,$PREFIX"$'\n'"ha 2001:db8::1,$prefix"
done
H="mode dsmip-ha ha $HA6 ha4 192.0.2.1 home 2001:db8:1::/64"
D="mode dsmip-mn ha $HA6 ha4 192.0.2.1 hoa 2001:db8:1::5"
wrong 2 "$FILE: ha is missing: expected an IPv6 address" mode dsmip-ha
wrong 2 "$FILE: ha4 is missing: expected an IPv4 address" mode dsmip-mn ha $HA6
wrong 2 "$FILE: home is missing: expected IPV6/LEN" \
	mode dsmip-ha ha $HA6 ha4 192.0.2.1
wrong 2 "$FILE: hoa is missing: expected an IPv6 address" \
	mode dsmip-mn ha $HA6 ha4 192.0.2.1
wrong 2 "$FILE:2: prefix is for mode gw or mn only" \
	mode dsmip-ha ha $HA6 $'\n' prefix $PREFIX
wrong 2 "$FILE:2: prefix is another mode's name for home" "$H" $'\n' prefix $PREFIX
wrong 2 "$FILE:1: ha is wrong: expected exactly one IPv6 address" \
	mode dsmip-mn ha 2001:db8::/64 ha4 192.0.2.1 hoa 2001:db8:1::5
wrong 2 "$FILE:1: port is wrong: expected exactly one" "$D" port 1,2
wrong 2 "$FILE:1: local is for mode gw or mn only" "$D" local 192.0.2.2
wrong 2 "$FILE:1: metric is for mode mn only" "$H" metric 5
wrong 2 "$FILE:1: encap is for mode dsmip-mn only" "$H" encap udp
wrong 2 "ipsec \"on\" is wrong: expected manual FILE, ike or none" "$D" ipsec on
wrong 2 "$FILE:1: ipsec manual has no file: expected an absolute path" \
	"$D" ipsec manual $'\n' mtu 1400
wrong 1 "local is not an address of this host" "$G" local 203.0.113.9
conf "$M"
chmod 666 "$CONF"
says "a file that others may write is refused" 1 "is writable by others" mn up "$DEV"
chmod 644 "$CONF"
chown 1 "$CONF"
says "a file of another user is refused" 1 "belongs to another user" mn up "$DEV"
chown 0 "$CONF"
says "an invalid name is refused" 2 "name \"a b\" is wrong" mn up "a b"
says "a file with another suffix is refused" 2 "ends in NAME.conf" mn up ./x
says "an unknown argument is refused" 2 'unknown argument "foo"' mn up "$DEV" foo
check_not "refused files create no device" exists
finish
