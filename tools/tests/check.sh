#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the tools that need no kernel with m6t: arguments, ranges, errors,
# exit statuses, the decisions of m6tctl follow, and whether the plugin fits the
# installed ip(8). Prints TAP; exits 0 if every test passes.
#
#   check.sh [DIR [PART...]]    DIR holds what "make check" builds; parts are below

dir=$(cd "${1:-.}" && pwd) || exit 1
here=$(cd "$(dirname "$0")" && pwd) || exit 1
count=0
failed=0

# A command as the name of a test: without folders, not too long.
name()
{
	local words="${1##*/} ${*:2}"

	echo "${words:0:90}"
}

report()	# STATUS NAME [EXPLANATION]
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	[ -z "$3" ] || printf '%s\n' "$3" | sed 's/^/# /'
}

# Run a command; sets OUT, ERR and STATUS.
run()
{
	local file

	file=$(mktemp)
	OUT=$("$@" 2>"$file" </dev/null)
	STATUS=$?
	ERR=$(cat "$file")
	rm -f "$file"
}

# The command prints exactly this and succeeds.
prints()	# TEXT COMMAND...
{
	local want=$1

	shift
	run "$@"
	[ "$STATUS" -eq 0 ] && [ "$OUT" = "$want" ] && [ -z "$ERR" ]
	report $? "$(name "$@")" "status $STATUS: $OUT $ERR"
}

# The command fails with this status, a one-sentence error that contains this,
# and nothing on standard output.
refuses()	# STATUS PATTERN COMMAND...
{
	local want=$1 pattern=$2

	shift 2
	run "$@"
	[ "$STATUS" -eq "$want" ] && [ -z "$OUT" ] &&
		[ "$(printf '%s\n' "$ERR" | wc -l)" -eq 1 ] &&
		[[ $ERR == *$pattern* ]]
	report $? "$(name "$@"): $pattern" "status $STATUS: $OUT $ERR"
}

# report_tap COMMAND...: pass on the tests that it reports.
report_tap()
{
	local line explanation

	run "$@"
	while read -r line; do
		case $line in
		"#"* | 1..*)	continue ;;
		"ok "*)	report 0 "${line#* - }" ;;
		*)	explanation=$(grep -A 2 -xF -- "$line" <<<"$OUT" |
				grep "^#")
			report 1 "${line#* - }" "$explanation" ;;
		esac
	done <<<"$OUT"
}

# full COMMAND...: its output fails with ENOSPC.
full()
{
	"$@" >/dev/full
}

ctl=$dir/m6tctl
files=$(mktemp -d) || exit 1
trap 'rm -rf "$files"' EXIT
fake=("$dir/test_plugin" "$dir/link_m6t.so")

check_prefix()
{
	prints fd00:1:2:3:4::/80 "$ctl" prefix mn fd00:1:2::/48 subnet 3 id 4
	prints fd00:1:2:ffff:ffff::/80 \
		"$ctl" prefix mn fd00:1:2::/48 id 0xffff subnet 65535
	prints '[{"prefix":"2001:db8:1::/80"}]' \
		"$ctl" -j prefix mn 2001:db8:1::/48 subnet 0 id 0
	refuses 2 "expected fd00:1::/48" \
		"$ctl" prefix mn fd00:1::1/48 subnet 0 id 0
	refuses 2 "a length of 48" "$ctl" prefix mn fd00:1::/64 subnet 0 id 0
	refuses 2 "0 to 65535" \
		"$ctl" prefix mn fd00:1::/48 subnet 65536 id 0
	refuses 2 "0 to 65535" "$ctl" prefix mn fd00:1::/48 subnet -1 id 0
	refuses 2 'needs "id N"' "$ctl" prefix mn fd00:1::/48 subnet 0
	refuses 2 "0 to 65535" "$ctl" prefix mn fd00:1::/48 subnet 0x0x10 id 0
	local p
	for p in ff0e:: fe80:: ::; do
		refuses 2 "global unicast" \
			"$ctl" prefix mn $p/48 subnet 0 id 0
	done

	local one two
	one=$("$ctl" prefix ula)
	two=$("$ctl" prefix ula)
	[[ $one =~ ^fd[0-9a-f:]+::/48$ && $one != "$two" ]]
	report $? "prefix ula: two that differ" "$one $two"
	run "$ctl" prefix mn "$one" subnet 1 id 1
	report "$STATUS" "prefix mn takes what prefix ula prints" "$ERR"
}

check_usage()
{
	local command

	refuses 2 "a command is missing" "$ctl"
	refuses 2 'unknown command "shwo"' "$ctl" shwo
	refuses 2 'unknown command "binding gte"' "$ctl" binding gte
	refuses 2 'unknown option "-x"' "$ctl" -x show
	refuses 2 "-n has no value" "$ctl" -n
	refuses 2 'unknown option "--json"' "$ctl" --json show
	refuses 2 'unknown option "-x"' "$ctl" -jx show
	refuses 2 'unknown option "--bogus"' "$ctl" -j --bogus
	refuses 2 'unknown command "bogus"' "$ctl" help bogus
	refuses 3 "does not exist" "$ctl" -n m6t-no-such-netns show
	refuses 2 'unknown argument "foo"' "$ctl" show foo
	refuses 2 "given more than once" "$ctl" show dev a dev b
	refuses 2 "dev has no value" "$ctl" show dev
	refuses 2 "1 to 127 characters" "$ctl" show dev "$(printf '%0128d' 0)"
	refuses 3 'no such device "1234567890123456"' \
		"$ctl" show dev 1234567890123456
	refuses 3 'no such device "1234567890123456"' \
		"$ctl" follow dev 1234567890123456
	refuses 2 "1 to 127 characters" "$ctl" show dev a/../../b
	refuses 3 'no such device "m6t-none"' "$ctl" show dev m6t-none
	refuses 2 'needs "dev NAME"' "$ctl" attach
	refuses 2 "12 hexadecimal digits" "$ctl" attach dev lo id 12345
	refuses 2 "expected an id other than zero" \
		"$ctl" attach dev lo id 00:00:00:00:00:00
	refuses 2 "12 hexadecimal digits" \
		"$ctl" attach dev lo id 11:22::33:44:55
	refuses 2 "12 hexadecimal digits" \
		"$ctl" attach dev lo id 11:22:33:44:55:6g
	refuses 2 'needs "dev NAME"' "$ctl" detach
	refuses 2 'needs "dev NAME"' "$ctl" follow metric 5
	refuses 2 "metric \"0\" is wrong" "$ctl" follow dev m6t-none metric 0
	refuses 2 'needs "NAME"' "$ctl" up
	refuses 2 'unknown argument "x"' "$ctl" up m6t-none x
	refuses 2 'name "a:b" is wrong' "$ctl" up a:b
	refuses 2 'ends in NAME.conf' "$ctl" down ./m6t-none
	refuses 3 "/etc/m6t/m6t-none.conf does not exist" "$ctl" up m6t-none
	refuses 2 'needs "NAME" and nothing else' "$ctl" down
	refuses 2 'needs "dev NAME"' "$ctl" binding flush
	refuses 2 'usage: m6tctl binding flush ' "$ctl" binding flush
	refuses 2 'usage: m6tctl slot commit ' "$ctl" slot commit
	refuses 2 'usage: m6tctl show ' "$ctl" show foo
	refuses 2 'usage: m6tctl check ' "$ctl" check port 5
	refuses 2 'needs "IPV6"' "$ctl" binding get dev lo
	refuses 2 "an IPv6 address" "$ctl" binding get 192.0.2.1 dev lo
	refuses 2 'needs "remote {IPV4:PORT|IPV6}"' "$ctl" binding add ::1 dev lo
	refuses 2 "IPV4:PORT" "$ctl" binding add ::1 remote 192.0.2.1 dev lo
	refuses 2 "port of 1 to 65535" \
		"$ctl" binding add ::1 remote 192.0.2.1:0 dev lo
	refuses 2 "temporary, active or static" \
		"$ctl" binding show state dead
	refuses 2 "IPV6/LEN" "$ctl" binding count prefix 192.0.2.0/24
	refuses 2 "1 to 128" "$ctl" binding show prefix ::/129
	refuses 2 "port of 1 to 65535" \
		"$ctl" binding show remote 192.0.2.1:65536
	for command in "show" "count" "flush dev lo" "add ::1 dev lo"; do
		# Words of one command.
		# shellcheck disable=SC2086
		refuses 2 "the address of a host" \
			"$ctl" binding $command remote 0.0.0.0:1
	done
	for command in 0.0.0.0 224.0.0.1 255.255.255.255; do
		refuses 2 "the address of a host" \
			"$ctl" binding flush dev lo remote $command
		refuses 2 "the address of a host" \
			"$ctl" binding add ::1 dev lo remote $command:1
		[ $command = 0.0.0.0 ] || refuses 2 "the address of a host" \
			"$ctl" binding add ::1 dev lo remote 192.0.2.1:1 \
			local $command
	done
	refuses 2 "port of 1 to 65535" \
		"$ctl" binding flush dev lo remote 192.0.2.1:0

	refuses 2 "the IPv4 address of a host" "$ctl" check gateway 0.0.0.0
	refuses 2 "the IPv4 address of a host" "$ctl" check gateway 224.0.0.1
	refuses 2 "the IPv4 address of a host" "$ctl" check gateway ::1
	refuses 2 'needs "gateway IPV4"' "$ctl" check port 3544
	refuses 2 'expected either' "$ctl" check lo gateway 192.0.2.1
	refuses 2 'dev is given more than once' "$ctl" check m6t0 dev m6t0
	refuses 2 'unknown argument "m6t1"' "$ctl" check m6t0 m6t1
	refuses 2 'needs "gateway IPV4"' \
		"$ctl" check prefix fd00:1:2:3:4::/80 nat
	for command in 0 65536 "1,,2" "1,2," "" x 1-2 \
		1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17; do
		refuses 2 "1 to 16 ports" \
			"$ctl" check gateway 192.0.2.1 port "$command"
	done
	refuses 2 "the /80 of a mobile node" \
		"$ctl" check gateway 192.0.2.1 prefix fd00:1::/48
	refuses 2 "the /80 of a mobile node" \
		"$ctl" check gateway 192.0.2.1 prefix fe80:0:0:0:1::/80
	refuses 2 "the IPv6 address of a home agent" "$ctl" check to fe80::1
	refuses 2 "the IPv6 address of a home agent" "$ctl" check to 192.0.2.1
	refuses 2 "nat is given more than once" "$ctl" check nat nat
	refuses 2 'unknown argument "now"' "$ctl" check nat now
	refuses 2 "to has no value" "$ctl" check nat to

	refuses 2 'needs "lifetime SEC"' "$ctl" \
		binding add fd00:1::1 remote 192.0.2.1:5 hoa4 10.0.0.5 dev lo
	refuses 2 'needs "lifetime SEC"' "$ctl" \
		binding add fd00:1::1 remote 192.0.2.1:5 kind ip4 dev lo
	refuses 2 "local is for mode gw only" "$ctl" binding add fd00:1::1 \
		remote 192.0.2.1:5 local 192.0.2.2 lifetime 60 dev lo
	refuses 2 "1 to 262140" "$ctl" \
		binding add fd00:1::1 remote 192.0.2.1:5 lifetime 0 dev lo
	refuses 2 "1 to 262140" "$ctl" \
		binding add fd00:1::1 remote 192.0.2.1:5 lifetime 262141 dev lo
	refuses 2 "udp4, ip4 or ip6" "$ctl" binding add fd00:1::1 \
		remote 192.0.2.1:5 kind ip7 lifetime 60 dev lo
	refuses 2 "ip6 with an IPv6 address" "$ctl" binding add fd00:1::1 \
		remote 192.0.2.1:5 kind ip6 lifetime 60 dev lo
	refuses 2 "ip6 with an IPv6 address" "$ctl" binding add fd00:1::1 \
		remote 2001:db8::1 kind ip4 lifetime 60 dev lo
	refuses 2 'needs "lifetime SEC"' "$ctl" \
		binding add fd00:1::1 remote 2001:db8::1 dev lo
	refuses 2 "the global address of a host" "$ctl" binding add fd00:1::1 \
		remote fe80::1 lifetime 60 dev lo
	refuses 2 'hoa4 "0.0.0.0" is wrong' "$ctl" binding add fd00:1::1 \
		remote 192.0.2.1:5 hoa4 0.0.0.0 lifetime 60 dev lo

	refuses 2 'unknown command "slot add"' "$ctl" slot add
	refuses 2 'needs "{IPV4|IPV6}"' "$ctl" slot set dev lo
	refuses 2 'needs "dev NAME"' "$ctl" slot set 192.0.2.1
	refuses 2 "the address of a host" "$ctl" slot set 0.0.0.0 dev lo
	refuses 2 "the global address of a host" "$ctl" slot set ff02::1 dev lo
	refuses 2 "expected no port" "$ctl" slot set 192.0.2.1:5 dev lo
	refuses 2 "ip6 with an IPv6 address" "$ctl" \
		slot set 192.0.2.1 kind ip6 dev lo
	refuses 2 "ip6 with an IPv6 address" "$ctl" \
		slot set 2001:db8::1 kind udp4 dev lo
	refuses 2 "udp4, ip4 or ip6" "$ctl" slot set 192.0.2.1 kind "" dev lo
	refuses 2 'link "a/b" is wrong' "$ctl" slot set 192.0.2.1 link a/b dev lo
	refuses 3 'no such device "m6t-none" (see "ip link")' \
		"$ctl" slot set 192.0.2.1 link m6t-none dev lo
	refuses 3 'no such device "m6t-none" (see "m6tctl show")' \
		"$ctl" slot set 192.0.2.1 link lo dev m6t-none
	refuses 2 'needs "dev NAME"' "$ctl" slot commit
	refuses 2 "linger \"60001\" is wrong: expected 0 to 60000" \
		"$ctl" slot commit linger 60001 dev lo
	refuses 2 'unknown argument "192.0.2.1"' \
		"$ctl" slot commit 192.0.2.1 dev lo
	refuses 2 'needs "dev NAME"' "$ctl" slot clear
	refuses 2 'unknown argument "link"' "$ctl" slot clear link lo dev lo

	for command in "" binding prefix slot show attach monitor "binding add" \
		       check; do
		# Words of one command.
		# shellcheck disable=SC2086
		run "$ctl" $command help
		[ "$STATUS" -eq 0 ] && [[ $OUT == Usage:* ]]
		report $? "m6tctl $command help"
	done
	for command in "-V" "--version" "-j --version" "-jV"; do
		# shellcheck disable=SC2086
		run "$ctl" $command
		[[ $STATUS -eq 0 && $OUT =~ ^m6tctl\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
		report $? "m6tctl $command" "$OUT $ERR"
	done
	for command in "-h" "--help" "-j --help" "-jh"; do
		# shellcheck disable=SC2086
		prints "$("$ctl" help)" "$ctl" $command
	done
	for command in "show" "binding" "binding add" "prefix mn"; do
		# shellcheck disable=SC2086
		prints "$("$ctl" $command help)" "$ctl" help $command
		# shellcheck disable=SC2086
		prints "$("$ctl" $command help)" "$ctl" $command --help
	done
	for command in "help" "-V" "prefix ula" "-j prefix ula"; do
		# shellcheck disable=SC2086
		run full "$ctl" $command
		[[ $STATUS -eq 1 && $ERR == *"cannot write"* ]]
		report $? "m6tctl $command, to a full disk" "$STATUS $ERR"
	done
}

# Settings that are printed as they were typed, and their JSON.
check_round()
{
	local gw mn ha node

	gw="mode gw prefix fd00:1::/48,fd00:2::/64 ha 2001:db8::1,2001:db8:1::/48 "
	gw+="local 192.0.2.1 port 3544,4500 max-bindings 100 temp-timeout 10 "
	gw+="active-timeout 86400 rate 0 burst 1000000 "
	gw+="exempt 10.0.0.0/8,192.0.2.7/32 pressure 0 "
	gw+="weight 10.0.0.0/8=16777216,192.0.2.7/32=1 hairpin on dev lo "
	gw+="ttl inherit "
	gw+="tos 0x10 df set udpcsum off fwmark 0x2a "
	mn="mode mn prefix fd00:1:2:3:4::/80 gateway 192.0.2.1 port 3544 "
	mn+="sport 1 keepalive 0 keepalive-retries 20 rotate off ttl 255 "
	mn+="tos inherit df inherit udpcsum on "

	ha="mode dsmip-ha ha 2001:db8::1 ha4 192.0.2.1 "
	ha+="home 2001:db8:1::/64,2001:db8:2::/48 home4 10.0.0.0/8,192.0.2.7/32 "
	ha+="port 4191 max-bindings 100000 ipsec off dev lo ttl inherit "
	ha+="tos 0x10 df set udpcsum off fwmark 0x2a "
	node="mode dsmip-mn ha 2001:db8::1 ha4 192.0.2.1 hoa 2001:db8:1::5 "
	node+="hoa4 10.0.0.5 encap udp port 4191 sport 1 ipsec on ttl 255 "

	# Words of one command.
	# shellcheck disable=SC2086
	prints "$gw" "${fake[@]}" text $gw
	# shellcheck disable=SC2086
	prints "$mn" "${fake[@]}" text $mn
	# shellcheck disable=SC2086
	prints "$ha" "${fake[@]}" text $ha
	# shellcheck disable=SC2086
	prints "$node" "${fake[@]}" text $node
	prints '{"mode":"gw","prefix":["fd00:1::/48"],"ha":["2001:db8::1"],"port":[1,65535],"hairpin":false,"ttl":"inherit","tos":16,"udpcsum":true,"fwmark":42}' \
		"${fake[@]}" json mode gw prefix fd00:1::/48 ha 2001:db8::1 \
		port 1,65535 hairpin off ttl inherit tos 0x10 udpcsum on \
		fwmark 42
	prints '{"mode":"mn","prefix":"fd00:1:2:3:4::/80","gateway":"192.0.2.1","port":3544,"max-bindings":5}' \
		"${fake[@]}" json mode mn prefix fd00:1:2:3:4::/80 \
		gateway 192.0.2.1 port 3544 max-bindings 5
	prints '{"pressure":100,"weight":["10.0.0.0/8=500","192.0.2.1/32=16"]}' \
		"${fake[@]}" json pressure 0x64 \
		weight 10.0.0.0/8=500,192.0.2.1=0x10
	prints '{"mode":"dsmip-ha","ha":"2001:db8::1","ha4":"192.0.2.1","home":["2001:db8:1::/64"],"home4":["10.0.0.0/8"],"port":4191,"max-bindings":5,"ipsec":true}' \
		"${fake[@]}" json home 2001:db8:1::/64 mode dsmip-ha \
		ha 2001:db8::1 ha4 192.0.2.1 home4 10.0.0.0/8 port 4191 \
		max-bindings 5 ipsec on
	prints '{"mode":"dsmip-mn","ha":"2001:db8::1","ha4":"192.0.2.1","hoa":"2001:db8:1::5","hoa4":"10.0.0.5","encap":"auto","port":4191,"sport":7,"ipsec":false}' \
		"${fake[@]}" json mode dsmip-mn hoa 2001:db8:1::5 \
		ha 2001:db8::1 ha4 192.0.2.1 hoa4 10.0.0.5 encap auto \
		port 4191 sport 7 ipsec off
	prints "mode dsmip-ha " "${fake[@]}" text mode dsmip-ha home4 none
	prints "mode dsmip-mn " "${fake[@]}" text mode dsmip-mn hoa4 none
	prints "port 1 " "${fake[@]}" text ha none exempt none weight none \
		local any sport 0 dev any fwmark 0 port 1
	prints "tos 0x0 " "${fake[@]}" text tos 0
}

list()	# COUNT FORMAT: a list of so many entries
{
	local i entries=()

	for ((i = 1; i <= $1; i++)); do
		# shellcheck disable=SC2059
		entries+=("$(printf "$2" "$i")")
	done
	(IFS=,; echo "${entries[*]}")
}

check_words()
{
	local p=("${fake[@]}" text)

	refuses 1 'unknown argument "bogus"' "${p[@]}" bogus
	refuses 1 'unknown argument "pref"' "${p[@]}" pref fd00::/48
	refuses 1 "given more than once" "${p[@]}" port 1 port 2
	refuses 1 "hoa is another mode's name for home" \
		"${p[@]}" home 2001:db8::/64 hoa 2001:db8::5
	refuses 1 "home4 is another mode's name for hoa4" \
		"${p[@]}" hoa4 10.0.0.5 home4 10.0.0.0/8
	refuses 1 "prefix is for mode gw or mn only" \
		"${p[@]}" mode dsmip-ha prefix fd00::/48
	refuses 1 "home is for mode dsmip-ha only" \
		"${p[@]}" home fd00::/48 mode gw
	refuses 1 "hoa is for mode dsmip-mn only" \
		"${p[@]}" hoa fd00::5 mode dsmip-ha
	refuses 1 "home4 is for mode dsmip-ha only" \
		"${p[@]}" home4 10.0.0.0/8 mode dsmip-mn
	refuses 1 "has no value" "${p[@]}" mode gw port
	refuses 1 "gw, mn, dsmip-ha or dsmip-mn" "${p[@]}" mode ha
	refuses 1 "gw, mn, dsmip-ha or dsmip-mn" "${p[@]}" mode ""
	refuses 1 "unset, set or inherit" "${p[@]}" df maybe
	refuses 1 "off or on" "${p[@]}" hairpin 1
	refuses 1 "off or on" "${p[@]}" ipsec none
	refuses 1 "auto or udp" "${p[@]}" encap ip4
	refuses 1 "an IPv6 address" "${p[@]}" hoa 2001:db8::5/128
	refuses 1 "an IPv6 address" "${p[@]}" hoa 10.0.0.5
	refuses 1 "at most 1" "${p[@]}" hoa 2001:db8::5,2001:db8::6
	refuses 1 "expected global unicast" "${p[@]}" hoa fe80::5
	refuses 1 "at most 1" "${p[@]}" hoa4 10.0.0.5,10.0.0.6
	refuses 1 "IPV6/LEN" "${p[@]}" home 2001:db8::5
	refuses 1 "expected 2001:db8::/64" "${p[@]}" home 2001:db8::5/64
	refuses 1 "expected 10.0.0.0/8" "${p[@]}" home4 10.0.0.1/8
	refuses 1 "expected fd00:1::/48" "${p[@]}" prefix fd00:1::1/48
	refuses 1 "IPV6/LEN" "${p[@]}" prefix fd00:1::
	refuses 1 "IPV6/LEN" "${p[@]}" prefix fd00::/48,
	refuses 1 "IPV6/LEN, or IPV6 for" "${p[@]}" ha bogus
	refuses 1 "IPV4/LEN, or IPV4 for" "${p[@]}" exempt bogus
	refuses 1 "1 to 128" "${p[@]}" prefix fd00::/129
	refuses 1 "1 to 128" "${p[@]}" prefix ::/0
	refuses 1 "expected 10.0.0.0/8" "${p[@]}" exempt 10.0.0.1/8
	refuses 1 "0 to 32" "${p[@]}" exempt 10.0.0.0/33
	local weight
	for weight in bogus 10.0.0.0/8 bogus=1 =1 fd00::/8=1 ""; do
		refuses 1 "IPV4/LEN=N, or IPV4=N for" "${p[@]}" weight "$weight"
	done
	for weight in "" 0 16777217 x 1=2 -1; do
		refuses 1 "expected 10.0.0.0/8=N with N of 1 to 16777216" \
			"${p[@]}" weight 10.0.0.0/8="$weight"
	done
	refuses 1 "expected 10.0.0.0/8" "${p[@]}" weight 10.0.0.1/8=1
	refuses 1 "0 to 32" "${p[@]}" weight 10.0.0.0/33=1
	refuses 1 "at most 16" "${p[@]}" weight "$(list 17 10.%d.0.0/16=1)"
	refuses 1 'weight "10.0.0.0/8" is given more than once' \
		"${p[@]}" weight 10.0.0.0/8=1,10.0.0.0/9=1,10.0.0.0/8=2
	refuses 1 "1 to 65535" "${p[@]}" port 0
	refuses 1 "1 to 65535" "${p[@]}" port 65536
	refuses 1 "1 to 65535" "${p[@]}" port 1,,2
	refuses 1 "at most 16" "${p[@]}" port "$(list 17 %d)"
	refuses 1 "at most 16" "${p[@]}" prefix "$(list 17 fd00:%x::/48)"
	refuses 1 "an IPv4 address" "${p[@]}" gateway any
	refuses 1 "an IPv4 address" "${p[@]}" local 192.0.2
	local address
	for address in 0.0.0.0 224.0.0.1 255.255.255.255; do
		refuses 1 "expected the IPv4 address of a host" \
			"${p[@]}" gateway $address
		refuses 1 "expected the IPv4 address of a host" \
			"${p[@]}" ha4 $address
		refuses 1 "expected the IPv4 address of a host, or none" \
			"${p[@]}" hoa4 $address
		[ $address = 0.0.0.0 ] ||
			refuses 1 "of a host, or any" "${p[@]}" local $address
	done
	for address in ff00::/8 fe80::/64 ::1/128 ::ffff:0:0/96; do
		refuses 1 "expected global unicast" "${p[@]}" prefix $address
		refuses 1 "expected global unicast" \
			"${p[@]}" ha 2001:db8::1,$address
	done
	refuses 1 'port "0x5" is given more than once' "${p[@]}" port 5,6,0x5
	refuses 1 'ha "2001:DB8::1" is given more than once' \
		"${p[@]}" ha 2001:db8::1/128,2001:DB8::1
	refuses 1 'prefix "fd00:0::/48" is given more than once' \
		"${p[@]}" prefix fd00::/48,fd00:1::/48,fd00:0::/48
	refuses 1 'exempt "10.0.0.0/8" is given more than once' \
		"${p[@]}" exempt 10.0.0.0/8,10.0.0.0/8
	refuses 1 "an existing device" "${p[@]}" dev m6t-none
	refuses 1 "does not fit" "${p[@]}" prefix "$(list 16 fd00:%x::/48)" \
		ha "$(list 16 2001:db8::%x)" port "$(list 16 %d)" \
		exempt "$(list 16 10.%d.0.0/16)"

	local row
	for row in "max-bindings 0 16777217 1 to 16777216" \
		   "temp-timeout 9 60001 10 to 60000" \
		   "active-timeout 4 86401 5 to 86400" \
		   "rate -1 1000001 0 to 1000000" \
		   "burst 0 1000001 1 to 1000000" \
		   "pressure -1 101 0 to 100" \
		   "sport -1 65536 0 to 65535" \
		   "keepalive x 3601 0 to 3600" \
		   "keepalive-retries 0 21 1 to 20" \
		   "ttl 0 256 1 to 255" "tos 1 253 0 to 252" \
		   "tos 0x11 0x 0 to 252" "ttl 0x0x10 010x 1 to 255" "fwmark +1 0x100000000 0 to"; do
		# shellcheck disable=SC2086
		set -- $row
		refuses 1 "${*:4}" "${p[@]}" "$1" "$2"
		refuses 1 "${*:4}" "${p[@]}" "$1" "$3"
	done
	run "${p[@]}" prefix "$(list 16 fd00:%x::/48)" \
		ha "$(list 16 2001:db8::%x)" port "$(list 16 %d)"
	report "$STATUS" "16 prefixes, home agents and ports fit" "$ERR"
}

# wrong PATTERN WORD...: m6tctl up refuses a file with these words.
wrong()
{
	local file=$files/m6t-none.conf

	printf '%s ' "${@:2}" >"$file"
	run "$ctl" up "$file"
	[ "$STATUS" -ne 0 ] && [ -z "$OUT" ] &&
		[ "$(printf '%s\n' "$ERR" | wc -l)" -eq 1 ] &&
		[[ $ERR == "m6tctl: $file:"*$1* ]]
	report $? "file: $1" "status $STATUS: $OUT $ERR"
}

check_files()
{
	local both="ha 2001:db8::1 ha4 192.0.2.1"
	local ha="mode dsmip-ha $both home 2001:db8:1::/64"
	local mn="mode dsmip-mn $both hoa 2001:db8:1::5"

	wrong "mode is missing: expected gw, mn, dsmip-ha or dsmip-mn" port 1
	wrong "prefix is missing: expected IPV6/LEN" mode gw
	wrong "gateway is missing" mode mn prefix fd00:1:2:3:4::/80
	wrong "ha is missing: expected an IPv6 address" mode dsmip-ha
	wrong "ha4 is missing: expected an IPv4 address" \
		mode dsmip-mn ha 2001:db8::1
	wrong "home is missing: expected IPV6/LEN" mode dsmip-ha "$both"
	wrong "hoa is missing: expected an IPv6 address" mode dsmip-mn "$both"
	wrong "2: prefix is for mode gw or mn only" mode dsmip-ha $'\n' \
		prefix fd00:1::/48
	wrong "2: prefix is another mode's name for home" "$ha" $'\n' \
		prefix fd00:1::/48
	wrong "1: ha is wrong: expected exactly one IPv6 address" \
		"${mn/2001:db8::1/2001:db8::/64}"
	wrong "1: ha is wrong: expected exactly one IPv6 address" \
		"${mn/2001:db8::1/2001:db8::1,2001:db8::2}"
	wrong "1: port is wrong: expected exactly one" "$ha" port 4191,4500
	wrong "1: local is for mode gw or mn only" "$mn" local 192.0.2.2
	wrong "1: metric is for mode mn only" "$mn" metric 5
	wrong "1: rate is for mode gw only" "$ha" rate 5
	wrong "1: max-bindings is for mode gw or dsmip-ha only" \
		"$mn" max-bindings 5
	wrong "1: ha is for mode gw, dsmip-ha or dsmip-mn only" mode mn \
		ha 2001:db8::1
	wrong "1: encap is for mode dsmip-mn only" "$ha" encap udp
	wrong "1: ipsec is for mode dsmip-ha or dsmip-mn only" mode gw \
		prefix fd00:1::/48 ipsec ike
	wrong 'ipsec "on" is wrong: expected manual FILE, ike or none' \
		"$mn" ipsec on
	wrong "1: ipsec manual has no file: expected an absolute path" \
		"$mn" ipsec manual $'\n' mtu 1400
	wrong "1: home-link is for mode dsmip-ha only" "$mn" home-link lo
	wrong "1: lifetime is for mode dsmip-mn only" "$ha" lifetime 60
	wrong "1: lifetime \"3\" is wrong: expected 4 to 262140" \
		"$mn" lifetime 3
	wrong "1: max-lifetime \"3\" is wrong: expected 4 to 262140" \
		"$ha" max-lifetime 3
	wrong "expected IPV4/LEN with a length of 8 to 32" "$ha" pool4 10.0.0.0/7
	wrong "2: link lo is given more than once" "$mn" link lo $'\n' link lo
	wrong "1: link lo is wrong: expected link IFNAME" \
		"$mn" link lo mtu 1400
	wrong "1: link lo has a wrong metric" "$mn" link lo metric x
	wrong "mn \"fe80::1\" is wrong: expected a global unicast" \
		"$ha" mn fe80::1
	wrong "mn 2001:db8:2::5 is wrong: expected an address inside home" \
		"$ha" mn 2001:db8:2::5
	wrong "mn 2001:db8:1::5 is given more than once" \
		"$ha" mn 2001:db8:1::5 $'\n' mn 2001:db8:1:0::5
	wrong "1: mn has a wrong hoa4" "$ha" mn 2001:db8:1::5 hoa4 224.0.0.1
	wrong "1: mn has a wrong lifetime" "$ha" mn 2001:db8:1::5 lifetime
	wrong '1: mn has "hoa4" in a wrong place' \
		"$ha" mn 2001:db8:1::5 hoa4 10.0.0.5 hoa4 pool
	wrong '1: mn has "ipsec" in a wrong place' \
		"$ha" mn 2001:db8:1::5 ipsec none
	wrong "mn 2001:db8:1::5 has hoa4 pool: expected pool4, too" \
		"$ha" mn 2001:db8:1::5 hoa4 pool
	wrong "pool4 is wrong: expected a prefix inside home4" \
		"$ha" pool4 10.0.0.0/8
	wrong "mn 2001:db8:1::5 has a wrong hoa4: expected an address inside" \
		"$ha" mn 2001:db8:1::5 hoa4 11.0.0.5 $'\n' home4 10.0.0.0/8
	wrong "mn hoa4 10.0.0.5 is given more than once" \
		"$ha" home4 10.0.0.0/8 mn 2001:db8:1::5 hoa4 10.0.0.5 $'\n' \
		mn 2001:db8:1::6 hoa4 10.0.0.5
	wrong '1: mn-file "nodes" is wrong: expected an absolute path' \
		"$ha" mn-file nodes

	check_examples

	# Without the protocol module.
	cp "$ctl" "$files/m6tctl"
	ctl=$files/m6tctl wrong "mode dsmip-ha needs a protocol module" "$ha"
	rm "$files/m6tctl"
}

# The examples are read without an error; only two of them are of DSMIPv6.
check_examples()
{
	local examples=$here/../../Documentation/examples name

	for name in gateway mobile-node dsmip-home-agent dsmip-mobile-node; do
		cp "$examples/$name.conf" "$files/m6t-none.conf" || return
		run "$ctl" ipsec "$files/m6t-none.conf" charon
		if [[ $name == dsmip-* ]]; then
			[ "$STATUS" -eq 0 ]
		else
			[[ $ERR == *"mode is wrong: expected dsmip-ha or dsmip-mn" ]]
		fi
		report $? "example: $name.conf" "status $STATUS: $ERR"
	done
}

# ipsec PATTERN KEYS WORD...: the output of m6tctl ipsec for a file with these words.
ipsec()
{
	local file=$files/m6t-none.conf

	printf '%s\n' "$2" >"$files/keys"
	printf '%s ' "${@:3}" >"$file"
	run "$ctl" ipsec "$file" manual "$files/keys"
	[[ $OUT$ERR == *$1* ]]
	report $? "ipsec: $1" "status $STATUS: $OUT $ERR"
}

check_ipsec()
{
	local ends="ha 2001:db8::1 ha4 192.0.2.1"
	local ha="mode dsmip-ha $ends home 2001:db8:1::/64 home4 10.0.0.0/8"
	local mn="mode dsmip-mn $ends hoa 2001:db8:1::5 hoa4 10.0.0.5"
	local sa="src 2001:db8:1::5 dst 2001:db8::1 proto"
	local keys auth

	auth=0x$(printf '%064x' 1)
	keys="2001:db8:1::5 256 $auth 0x$(printf '%032x' 2) # a comment"
	ha+=" port 4191 max-bindings 5 ipsec none dev lo mtu 1400"$'\n'
	ha+=" pool4 10.1.0.0/16 home-link lo max-lifetime 60"$'\n'
	ha+=" mn 2001:db8:1::5 hoa4 pool lifetime 30 # first"$'\n'
	ha+=" mn 2001:db8:1::4"
	mn+=" encap udp sport 5 ipsec ike mtu 1400 lifetime 60"$'\n'
	mn+="link eth0 metric 5"$'\n'"link eth1"

	ipsec "policy add $sa 135 dir in priority 10 tmpl $sa esp reqid 256 mode transport" \
		"$keys" "$ha"
	ipsec "policy add $sa 135 dir out priority 10 tmpl $sa esp reqid 256 mode transport" \
		"$keys" "$mn"
	ipsec "state add $sa esp spi 0x00000100 reqid 256 mode transport auth-trunc 'hmac(sha256)' $auth 128 enc 'cbc(aes)' 0x00000000000000000000000000000002 sel $sa 135" \
		"$keys" "$mn"
	ipsec "dst 2001:db8:1::5 proto esp spi 0x00000101 reqid 256" \
		"$keys" "$mn"
	ipsec "proto 135 action block" "" "$ha"
	ipsec "keys:1: expected HOA SPI AUTHKEY ENCKEY" "${keys/ 256 / 255 }" \
		"$ha"
	ipsec "keys:2: expected HOA SPI AUTHKEY ENCKEY" \
		$'\n'"${keys/0x/0}" "$ha"
	ipsec "mode is wrong: expected dsmip-ha or dsmip-mn" "$keys" \
		mode gw prefix fd00:1::/48
	run "$ctl" ipsec "$files/m6t-none.conf" automatic
	[ "$STATUS" -eq 2 ]
	report $? "ipsec: neither manual nor charon" "$OUT $ERR"

	printf '%s ' "$ha" >"$files/m6t-none.conf"
	run "$ctl" ipsec "$files/m6t-none.conf" charon
	[[ $OUT == *"m6t-2001-db8-1--4 {"*"remote_ts = 2001:db8:1::5/128[135]"* ]]
	report $? "ipsec: charon" "status $STATUS: $OUT $ERR"
	[[ $OUT == *"# ip xfrm policy add $sa 135 dir in priority 10 tmpl $sa esp reqid "*"# ip xfrm policy update dir in src ::/0"* ]]
	report $? "ipsec: charon, policies as comments" "$OUT"
	[ "$(grep -c "^connections {" <<<"$OUT")" -eq 1 ] &&
		[ "$(sed -n 's/.* reqid \([0-9]*\) .*/\1/p' <<<"$OUT" | sort -u)" = \
		  "$(sed -n 's/.*reqid = //p' <<<"$OUT" | sort -u)" ] &&
		[ "$(sed -n 's/.*reqid = //p' <<<"$OUT" | sort -u | wc -l)" -eq 2 ]
	report $? "ipsec: charon, a reqid for each mobile node" "$OUT"
	[[ $OUT == *"remote_ts = 2001:db8:1::5/128"$'\n'*"local_ts = ::/0"$'\n'* ]]
	report $? "ipsec: charon, no IPv4 for a node with an address of the pool" "$OUT"
	printf '%s ' "$mn" >"$files/m6t-none.conf"
	run "$ctl" ipsec "$files/m6t-none.conf" charon
	[[ $OUT == *"local_ts = 2001:db8:1::5/128, 10.0.0.5/32"$'\n'*"remote_ts = ::/0, 0.0.0.0/0"* ]]
	report $? "ipsec: charon, both families" "$OUT"
}

# Does the plugin's view of ip's structure match the installed ip?
check_layout()
{
	local fault ip

	run "${fake[@]}" fault none
	report "$STATUS" "plugin takes an ip of its layout" "$ERR"
	for fault in id no-id number-as-id maxattr parse print; do
		refuses 3 "does not fit this ip" "${fake[@]}" fault "$fault"
	done

	ip=$(PATH=$PATH:/usr/sbin:/sbin command -v ip)
	if [ -z "$ip" ]; then
		report 0 "ip # SKIP not installed"
		return
	fi
	run env IP_LIB_DIR="$dir" "$ip" link help m6t
	[ "$STATUS" -eq 0 ] && [[ $OUT == *"mode gw"* && -z $ERR ]]
	report $? "installed ip: ip link help m6t" "$OUT $ERR"
	run env IP_LIB_DIR="$dir" "$ip" link add m6t-none type m6t bogus
	[ "$STATUS" -ne 0 ] && [[ $ERR == 'm6t: unknown argument "bogus"'* ]]
	report $? "installed ip: lets the plugin parse" "$ERR"
	check_foreign "$ip"
}

# An ip without one of the types that the plugin compares: it says so once, and ip goes on.
check_foreign()	# IP
{
	local sentence="m6t: link_m6t.so does not fit this ip" foreign=$files/ip

	sed 's/geneve_link_util/geneve_link_utix/g' "$1" >"$foreign"
	chmod +x "$foreign"
	run env IP_LIB_DIR="$dir" "$foreign" link add m6t-none type m6t mode gw
	[ "$STATUS" -ne 0 ] && [[ $ERR == "$sentence"*$'\n'"Garbage"* ]] &&
		[ "$(grep -c "^m6t:" <<<"$ERR")" -eq 1 ]
	report $? "another ip: one sentence, then its own error" "status $STATUS: $ERR"
	run env IP_LIB_DIR="$dir" "$foreign" -d link show lo
	[ "$STATUS" -eq 0 ] && [ -z "$ERR" ]
	report $? "another ip: shows other devices" "status $STATUS: $ERR"
}

# completes LINE WORDS: what may follow "m6tctl LINE".
completes()
{
	local COMP_LINE="m6tctl $1" COMPREPLY=()
	local COMP_POINT=${#COMP_LINE}

	_m6tctl
	[ "${COMPREPLY[*]}" = "$2" ]
	report $? "completion: $1" "${COMPREPLY[*]}"
}

check_completion()
{
	bash -n "$here/../install/m6tctl.bash-completion"
	report $? "completion: syntax"
	# shellcheck source=/dev/null
	. "$here/../install/m6tctl.bash-completion"

	completes "binding show st" "state"
	completes "-j binding flush state " "temporary active static"
	completes "-n ns at" "attach"
	completes "-jn ns at" "attach"
	completes "--version at" "attach"
	completes "-" "-j -p -n -h --help -V --version"
	completes "--v" "--version"
	completes "show " "dev help"
	completes "show help " ""
	completes "slot " "set commit clear help"
	completes "slot set 192.0.2.1 " "link kind dev"
	completes "slot set 192.0.2.1 kind " "udp4 ip4 ip6"
	completes "slot commit linger " ""
	completes "slot commit linger 9 " "kind dev"
	completes "slot clear " "dev help"
	completes "binding add fd00:1::2 remote 192.0.2.1:5 " \
		"local hoa4 kind lifetime dev"
	completes "help slot c" "commit clear"
	completes "check nat " "gateway port prefix to"
	completes "check d" "dev"
	completes "check gateway 192.0.2.1 p" "port prefix"
	completes "check gateway " ""
	completes "prefix " "ula mn help"
	completes "prefix mn fd00:1::/48 " "subnet id"
	completes "binding show prefix " ""
	completes "binding show prefix fd00:1::/48 remote 192.0.2.1:5 " \
		"dev state"
	completes "binding show remote 192.0.2.1:" ""
	completes "binding get fd00:1::2 " "dev"
	completes "follow dev a metric 5 " "dev metric"
	completes "up m6t0 " "foreground"
	completes "down m6t0 " ""
	completes "ipsec m6t0 " "manual charon"
	completes "ipsec m6t0 manual " ""
	completes "ipsec m6t0 charon " ""
	completes "help bind" "binding"
	completes "help binding f" "flush"
	completes "help show " ""
}

# pure NAME OBJECT... [-- OBJECT...]: the first ones call nothing but each other, the
# others, and what copies, compares or sorts memory.
pure()
{
	local name=$1 object objects=()
	local line

	shift
	for object; do
		[ "$object" != -- ] || break
		objects+=("$object")
	done
	run nm -u "${objects[@]}"
	line=$(awk '$1 == "U" { print $2 }' <<<"$OUT" |
		grep -vxE "(mem(cpy|move|set|cmp)|qsort|in6addr_any|_GLOBAL_OFFSET_TABLE_)|\
__(stack_chk|mem[a-z]+_chk|asan|ubsan|gcov).*" |
		grep -vxFf <(nm --defined-only "${@/#--/${objects[0]}}" |
			awk 'NF == 3 { print $3 }') | xargs)
	[ "$STATUS" -eq 0 ] && [ -z "$line" ]
	report $? "$name: has no system call, clock or output" "$line $ERR"
}

# The decisions of follow depend on their arguments alone: nothing else is called.
check_decide()
{
	pure decide "$dir"/ctl/follow/decide*.o
	report_tap "$dir/test_decide"
	report "$STATUS" "decide: all of that" "status $STATUS: $ERR"
}

# The output of m6tctl for messages that a kernel could send.
check_print()
{
	local common='"link":null,"ttl":64,"tos":"inherit","df":"unset","udpcsum":true,"fwmark":0,"attached":true'
	local traffic='"rx_packets":1,"rx_bytes":2,"tx_packets":3,"tx_bytes":4'
	local print=("$dir/test_print")

	prints '[{"dev":"m6t0","mode":"dsmip-ha","netns_underlay":null,"ha":"2001:db8::1","ha4":"192.0.2.1","home":["2001:db8:1::/64"],"home4":["10.0.0.0/8"],"port":4191,"max-bindings":5,"ipsec":true,'"$common"',"address":null,"sport":null,"bindings":{"bound":3}}]' \
		"${print[@]}" json home-agent
	prints '[{"dev":"m6t0","mode":"dsmip-mn","netns_underlay":null,"ha":"2001:db8::1","ha4":"192.0.2.1","hoa":"2001:db8:1::5","hoa4":null,"encap":"udp","port":4191,"fixed-sport":null,"ipsec":true,'"$common"',"address":"2001:db8:1::5","sport":40001,"slots":[{"state":"active","local":"198.51.100.1","local_port":40001,"kind":"udp4","link":"lo"},{"state":"pending","local":"203.0.113.1","local_port":40002,"kind":"ip4","link":null},{"state":"lingering","local":"2001:db8:9::1","local_port":null,"kind":"ip6","link":"lo"}]}]' \
		"${print[@]}" json mobile-node
	prints '[{"dev":"m6t0","address":"fd00:1::5","remote":null,"port":null,"local":null,"local_port":null,"state":"active","proven":false,"idle_ms":0,"expires_ms":null,"rx_packets":0,"rx_bytes":0,"tx_packets":0,"tx_bytes":0},{"dev":"m6t0","address":"2001:db8:1::5","hoa4":"10.0.0.5","kind":"udp4","remote":"198.51.100.1","port":40001,"expires_ms":60500,'"$traffic"',"signal":{"remote":"203.0.113.1","port":40002,"spi":257,"age_ms":1700,"count":9}},{"dev":"m6t0","address":"2001:db8:1::5","hoa4":"10.0.0.5","kind":"ip6","remote":"2001:db8:9::1","port":null,"expires_ms":60500,'"$traffic"',"signal":{"remote":"2001:db8:9::2","port":null,"spi":257,"age_ms":1700,"count":9}},{"dev":"m6t0","address":"2001:db8:1::5","hoa4":null,"kind":"udp4","remote":null,"port":null,"expires_ms":60500,'"$traffic"',"signal":null}]' \
		"${print[@]}" json bindings
	prints '{"time":0.000000000,"dev":"m6t0","event":"signal","address":"2001:db8:1::5","remote":"203.0.113.1","port":40002,"spi":2147483905}
{"time":0.000000000,"dev":"m6t0","event":"unbound","address":"2001:db8:1::5","hoa4":"10.0.0.5","kind":"udp4","expires_ms":0}
{"time":0.000000000,"dev":"m6t0","event":"binding-active","address":"fd00:1::5","state":"active"}
{"time":0.000000000,"dev":"m6t0","event":"slot","local":"198.51.100.1","local_port":40001,"state":"lingering","kind":"ip4","link":"lo"}
{"time":0.000000000,"dev":"m6t0","event":"slot","local":"198.51.100.1","local_port":40001,"state":null,"link":"lo"}
{"time":0.000000000,"dev":"m6t0","event":"registered","local":"198.51.100.1","link":"lo","expires_ms":12000}
{"time":0.000000000,"dev":"m6t0","event":"rejected","local":"198.51.100.1","link":"lo","status":134}
{"time":0.000000000,"dev":"m6t0","event":"rejected","address":"2001:db8:1::5","remote":"2001:db8:9::1","status":174}
{"time":0.000000000,"dev":"m6t0","event":"moved","local":"2001:db8:9::1","link":"lo"}
{"time":0.000000000,"dev":"m6t0","event":"home","link":"lo"}' \
		"${print[@]}" json events
	prints "00:00:00.000 m6t0 signal 2001:db8:1::5 remote 203.0.113.1:40002 spi 0x80000101
00:00:00.000 m6t0 unbound 2001:db8:1::5 hoa4 10.0.0.5 kind udp4 expires 0.0s
00:00:00.000 m6t0 binding-active fd00:1::5 state active
00:00:00.000 m6t0 slot local 198.51.100.1:40001 state lingering kind ip4 link lo
00:00:00.000 m6t0 slot local 198.51.100.1:40001 state unused link lo
00:00:00.000 m6t0 registered local 198.51.100.1 link lo expires 12.0s
00:00:00.000 m6t0 rejected local 198.51.100.1 link lo status 134
00:00:00.000 m6t0 rejected 2001:db8:1::5 remote 2001:db8:9::1 status 174
00:00:00.000 m6t0 moved local 2001:db8:9::1 link lo
00:00:00.000 m6t0 home link lo" \
		env TZ=UTC "${print[@]}" text events

	run "${print[@]}" text home-agent
	[[ $OUT == "m6t0: DSMIPv6 home agent"*"bindings           3 bound"*"home               2001:db8:1::/64"* && $OUT != *prefix* ]]
	report $? "test_print text home-agent" "$OUT"
	run "${print[@]}" text mobile-node
	[[ $OUT == "m6t0: DSMIPv6 mobile node"*"slot               active udp4 local 198.51.100.1:40001 link lo"*"slot               pending ip4 local 203.0.113.1:40002"*"slot               lingering ip6 local 2001:db8:9::1 link lo"*"hoa                2001:db8:1::5"* && $OUT != *hoa4* ]]
	report $? "test_print text mobile-node" "$OUT"
	# The rows of a table have as many columns as its header.
	run "${print[@]}" text bindings
	[ "$(awk '{ print NF }' <<<"$OUT" | xargs)" = "12 12 0 13 13 13 13" ]
	report $? "test_print text bindings" "$OUT"
}

# The formats and decisions of the protocol module.
check_mipd()
{
	pure mipd "$dir"/mipd/{mh,ha,mn,wire/outer,mobile/uplink_sort}.o -- "$dir"/mipd/pool.o \
		"$dir/lib/text.o"
	report_tap "$dir/test_mipd"
	report "$STATUS" "mipd: all of that" "status $STATUS: $ERR"
}

[ $# -gt 1 ] || set -- "$dir" decide mipd prefix usage round words files ipsec print layout \
	completion
echo "TAP version 13"
for part in "${@:2}"; do
	"check_$part"
done
echo "1..$count"
[ "$failed" -eq 0 ]
