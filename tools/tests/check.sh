#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of the tools that need no kernel with m6t: arguments, ranges, errors,
# exit statuses, what m6tctl follow decides, and whether the plugin fits the
# installed ip(8). Prints TAP; exits 0 if every test passes.
#
#   check.sh [DIR]      DIR holds what "make check" builds

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

# Run a command; OUT, ERR and STATUS are what came of it.
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

# full COMMAND...: its output fails with ENOSPC.
full()
{
	"$@" >/dev/full
}

ctl=$dir/m6tctl
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
	refuses 2 'needs "IPV6"' "$ctl" binding get dev lo
	refuses 2 "an IPv6 address" "$ctl" binding get 192.0.2.1 dev lo
	refuses 2 'needs "remote IPV4:PORT"' "$ctl" binding add ::1 dev lo
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

	for command in "" binding prefix show attach monitor "binding add" check; do
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
	local gw mn

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

	# Words of one command.
	# shellcheck disable=SC2086
	prints "$gw" "${fake[@]}" text $gw
	# shellcheck disable=SC2086
	prints "$mn" "${fake[@]}" text $mn
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
	refuses 1 "has no value" "${p[@]}" mode gw port
	refuses 1 "gw or mn" "${p[@]}" mode ha
	refuses 1 "gw or mn" "${p[@]}" mode ""
	refuses 1 "unset, set or inherit" "${p[@]}" df maybe
	refuses 1 "off or on" "${p[@]}" hairpin 1
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

# Does the plugin's view of ip's structure match the installed ip?
check_layout()
{
	local fault ip

	run "${fake[@]}" fault none
	report "$STATUS" "plugin takes an ip of its layout" "$ERR"
	for fault in id no-id number-as-id maxattr parse print; do
		refuses 1 "does not fit this ip" "${fake[@]}" fault "$fault"
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
	completes "check nat " "gateway port prefix to"
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
	completes "help bind" "binding"
	completes "help binding f" "flush"
	completes "help show " ""
}

# What follow decides is a function of what it is given: nothing else is called.
check_decide()
{
	local line explanation

	run nm -u "$dir"/ctl/follow/decide*.o
	line=$(awk '$1 == "U" { print $2 }' <<<"$OUT" |
		grep -vxE "(mem(cpy|move|set|cmp)|in6addr_any|_GLOBAL_OFFSET_TABLE_)|\
__(stack_chk|mem[a-z]+_chk|asan|ubsan|gcov).*" |
		grep -vxFf <(nm --defined-only "$dir"/ctl/follow/decide*.o |
			awk 'NF == 3 { print $3 }') | xargs)
	[ "$STATUS" -eq 0 ] && [ -z "$line" ]
	report $? "decide: has no system call, clock or output" "$line $ERR"

	run "$dir/test_decide"
	while read -r line; do
		case $line in
		"#"*)	continue ;;
		"ok "*)	report 0 "${line#* - }" ;;
		*)	explanation=$(grep -A 2 -xF -- "$line" <<<"$OUT" |
				grep "^#")
			report 1 "${line#* - }" "$explanation" ;;
		esac
	done <<<"$OUT"
	report "$STATUS" "decide: all of that" "status $STATUS: $ERR"
}

echo "TAP version 13"
check_decide
check_prefix
check_usage
check_round
check_words
check_layout
check_completion
echo "1..$count"
[ "$failed" -eq 0 ]
