#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What users and scripts see: words and JSON of ip and m6tctl, exit statuses,
# filters, events, what is told and refused without privilege, and the kernel's
# own client of netlink specifications.
# proves: B1 G13 G14

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

SPEC=$SELFTESTS/../Documentation/netlink/specs/m6t.yaml

gw()
{
	m6tctl -n "$GW" "$@"
}

# status NAME WANT COMMAND...: its exit status, and one sentence on standard
# error alone where it is not 0.
status()
{
	local name=$1 want=$2 rc

	shift 2
	"$@" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq 0 ] || { [ ! -s "$TMP/out" ] &&
		[ "$(wc -l <"$TMP/err")" -eq 1 ]; } || rc="$rc, but not one sentence"
	check_eq "$name: status $want" "$want" "$rc"
	[ "$rc" = "$want" ] || diag "$(cat "$TMP/out" "$TMP/err")"
}

# ---- ip

# words NETNS NAME WORD...: a device made with these words shows the same ones.
words()
{
	local ns=$1 name=$2 text

	shift 2
	need ip -n "$ns" link add t0 type m6t "$@"
	text=$(ip -n "$ns" -d link show t0 | sed -n 's/^ *m6t \(mode .*\)/\1/p' |
		sed 's/ addrgenmode.*//')
	check_eq "ip: $name" "$*" "${text% }"
	ip -n "$ns" -d -j link show t0 |
		jq -c '.[].linkinfo | .info_kind, .info_data' | xargs -d '\n' \
		>"$TMP/json"
	need ip -n "$ns" link del t0
}

ip_words()
{
	words "$GW" "words of a gateway" mode gw \
		prefix fd00:1::/48,fd00:2::/64 ha 2001:db8::1,2001:db8:1::/48 \
		local $GW4 port 3544,4500 max-bindings 100 temp-timeout 10 \
		active-timeout 86400 rate 0 burst 1000000 \
		exempt 10.0.0.0/8,192.0.2.7/32 hairpin on dev wan ttl inherit \
		tos 0x10 df "set" udpcsum off fwmark 0x2a
	check_eq "ip: and as JSON" '"m6t" {"mode":"gw",'\
'"prefix":["fd00:1::/48","fd00:2::/64"],'\
'"ha":["2001:db8::1","2001:db8:1::/48"],"local":"192.0.2.2",'\
'"port":[3544,4500],"max-bindings":100,"temp-timeout":10,'\
'"active-timeout":86400,"rate":0,"burst":1000000,'\
'"exempt":["10.0.0.0/8","192.0.2.7/32"],"hairpin":true,"dev":"wan",'\
'"ttl":"inherit","tos":16,"df":"set","udpcsum":false,"fwmark":42}' \
		"$(<"$TMP/json")"
	words "$MN" "words of a mobile node" mode mn \
		prefix fd00:1:2:3:4::/80 gateway 192.0.2.1 local $MN4 \
		port 4500 sport 1 keepalive 0 keepalive-retries 20 rotate off \
		dev eth ttl 255 tos inherit df inherit udpcsum on
	check_eq "ip: and as JSON" '"m6t" {"mode":"mn",'\
'"prefix":"fd00:1:2:3:4::/80","gateway":"192.0.2.1","local":"10.0.0.2",'\
'"port":4500,"sport":1,"keepalive":0,"keepalive-retries":20,"rotate":false,'\
'"dev":"eth","ttl":255,"tos":"inherit","df":"inherit","udpcsum":true}' \
		"$(<"$TMP/json")"
	words "$GW" "defaults of a gateway" mode gw prefix $PREFIX port 3544 \
		max-bindings 65536 temp-timeout 2000 active-timeout 120 \
		rate 16 burst 64 hairpin off ttl 64 tos inherit df "unset" \
		udpcsum on
	words "$MN" "defaults of a mobile node" mode mn prefix $MN_PREFIX \
		gateway $GW4 port 3544 keepalive 30 keepalive-retries 3 \
		rotate on ttl 64 tos inherit df "unset" udpcsum on
	need ip -n "$GW" link set m6t0 type m6t ha none hairpin on tos 0x20
	check_eq "ip: link set" "null true 32" "$(ip -n "$GW" -d -j link show \
		m6t0 | jq -r '.[].linkinfo.info_data |
		"\(.ha) \(.hairpin) \(.tos)"')"
	need ip -n "$GW" link set m6t0 type m6t ha $HA6 hairpin off tos inherit
	check_eq "ip: -s link counts packets" \
		"$(binding | jq -r '"\(.rx_packets) \(.rx_bytes)"')" \
		"$(ip -n "$GW" -s -j link show m6t0 | jq -r \
		'.[].stats64.rx | "\(.packets) \(.bytes)"')"
	ip link help m6t >"$TMP/out" 2>&1
	check "ip: link help" grep -q "mode gw *prefix IPV6/LEN" "$TMP/out"
	check_eq "ethtool has the same counters" \
		"$(gw -j stats dev m6t0 | jq -c '.[] | del(.dev) |
		to_entries | map("\(.key): \(.value)")')" \
		"$(in_ns "$GW" ethtool -S m6t0 | sed -n 's/^ *\([a-z].*\)/\1/p' |
		jq -Rnc '[inputs]')"
}

# ---- m6tctl

keys()
{
	jq -r '.[0] | keys_unsorted | join(" ")'
}

m6tctl_json()
{
	local counters

	counters="rx_short rx_bad_version rx_bad_length rx_bad_source"
	counters+=" rx_bad_destination rx_mismatch rx_rate_limited"
	counters+=" rx_table_full rx_not_gateway rx_ecn rx_keepalive"
	counters+=" rx_keepalive_stray tx_keepalive tx_no_binding tx_bad_source"
	counters+=" tx_too_big tx_loop tx_no_route tx_carrier binding_created"
	counters+=" binding_activated binding_expired binding_evicted attach"
	counters+=" unreachable"
	check_eq "keys of a binding" "dev address remote port local local_port$(
		) state idle_ms expires_ms rx_packets rx_bytes tx_packets tx_bytes" \
		"$(gw -j binding show | keys)"
	check_eq "binding get has the same" "$(gw -j binding show | keys)" \
		"$(gw -j binding get "$ADDRESS" dev m6t0 | keys)"
	check_eq "its contents" "m6t0 $ADDRESS $NAT4 $GW4 $PORT active" \
		"$(gw -j binding show | jq -r '.[0] | "\(.dev) \(.address
		) \(.remote) \(.local) \(.local_port) \(.state)"')"
	check_eq "keys of a gateway" "dev mode netns_underlay prefixes ha local$(
		) ports max-bindings temp-timeout active-timeout rate burst$(
		) exempt hairpin link ttl tos df udpcsum fwmark attached$(
		) address sport bindings" "$(gw -j show | keys)"
	check_eq "its contents" '"m6t0" "gw" ["fd00:6d::/48"] ["2001:db8:1::2"]'"$(
		) [3544] true"' {"temporary":0,"active":1,"static":0}' \
		"$(gw -j show dev m6t0 | jq -c '.[0] | .dev, .mode, .prefixes,
		.ha, .ports, .attached, .bindings' | xargs -d '\n')"
	check_eq "keys of a mobile node" "dev mode netns_underlay prefix gateway$(
		) local port fixed-sport keepalive keepalive-retries rotate$(
		) link ttl tos df udpcsum fwmark attached address sport" \
		"$(m6tctl -n "$MN" -j show | keys)"
	check_eq "its contents" "$ADDRESS true $(binding | jq .port)" \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0] |
		"\(.address) \(.attached) \(.sport)"')"
	check_eq "keys of the counters" "dev $counters" \
		"$(gw -j stats dev m6t0 | keys)"
	check_eq "binding count" \
		'[{"dev":"m6t0","temporary":0,"active":1,"static":0,"total":1}]' \
		"$(gw -j binding count)"
	check_eq "pretty JSON is the same" "$(gw -j stats)" \
		"$(gw -j -p stats | jq -c .)"
	check_eq "text: show" "m6t0: gateway" "$(gw show | head -n 1)"
	check_eq "text: binding count" \
		"m6t0: temporary 0 active 1 static 0 total 1" "$(gw binding count)"
	check_eq "text: binding show" "m6t0 $ADDRESS active" \
		"$(gw binding show | awk 'NR == 2 { print $1, $2, $5 }')"
}

m6tctl_status()
{
	local words

	status "show" 0 gw show
	status "outside of the prefixes" 1 gw binding add fd01::1 \
		remote 1.2.3.4:5 dev m6t0
	check "and says why" grep -q "inside one of the device's prefixes" \
		"$TMP/err"
	status "bindings of a mobile node" 1 \
		m6tctl -n "$MN" binding add fd00::1 remote 1.2.3.4:5 dev m6t0
	for words in show count flush "count state static"; do
		# shellcheck disable=SC2086
		status "binding $words of a mobile node" 1 \
			m6tctl -n "$MN" binding $words dev m6t0
		check "and says why" grep -qx \
			"m6t: only a device of mode gw has bindings" "$TMP/err"
	done
	status "attach of a gateway" 1 gw attach dev m6t0
	status "unknown command" 2 gw bogus
	status "unknown word" 2 gw binding show bogus 1
	status "no value" 2 gw binding get
	status "bad address" 2 gw binding get bogus dev m6t0
	status "no device" 3 gw stats dev bogus
	for words in "show" "stats" "binding show" "binding count" \
		"binding get fd00:6d::5" "attach" "detach" "follow"; do
		# shellcheck disable=SC2086
		status "$words of a device of another kind" 3 gw $words dev lo
		check "and names it" grep -q "^m6tctl: lo is no .* m6t: " \
			"$TMP/err"
	done
	status "follow of a gateway" 1 gw follow dev m6t0
	status "remote 0.0.0.0 is not all" 2 \
		gw binding flush dev m6t0 remote 0.0.0.0
	check "nothing was flushed" state_is active
	status "no binding to get" 3 gw binding get fd00:6d::5 dev m6t0
	status "no binding to delete" 3 gw binding del fd00:6d::5 dev m6t0
}

# filter WANT WORD...: these bindings, in show and count.
filter()
{
	local want=$1

	shift
	check_eq "filter: $*" "$want" "$(gw -j binding show dev m6t0 "$@" |
		jq -r 'map(.address[-1:]) | sort | join("")')"
	check_eq "filter: $*: counted" ${#want} \
		"$(gw -j binding count dev m6t0 "$@" | jq '.[0].total')"
}

filters()
{
	local a

	need ip -n "$GW" link set m6t0 type m6t temp-timeout 60000
	for a in "1::1 remote 1.1.1.1:1" "1::2 remote 1.1.1.1:2" \
		"2::3 remote 1.1.1.2:1" "2::4 remote 1.1.1.2:2"; do
		# shellcheck disable=SC2086
		need gw binding add fd00:6d:0:9:$a dev m6t0
	done
	in_ns "$MN" "$TMP/inject" udp -s 5000 $GW4 $PORT \
		src=fd00:6d:0:9:2::5,dst=$HA6
	need wait_for state_is temporary fd00:6d:0:9:2::5
	# The mobile node's own binding lies elsewhere.
	filter 12345 prefix fd00:6d:0:9::/64
	filter 345 prefix fd00:6d:0:9:2::/80
	filter 3 prefix fd00:6d:0:9:2::3
	filter 1234 state static
	filter 5 state temporary
	filter 34 state static prefix fd00:6d:0:9:2::/80
	filter 12 remote 1.1.1.1
	filter 4 remote 1.1.1.2:2
	filter 5 remote $NAT4:5000
	check_eq "flush says how many" '[{"dev":"m6t0","flushed":1}]' \
		"$(gw -j binding flush dev m6t0 remote 1.1.1.2:2 | jq -c .)"
	filter 1235 prefix fd00:6d:0:9::/64
	check_eq "text: flush" "flushed 2" "$(gw binding flush dev m6t0 \
		state static prefix fd00:6d:0:9:1::/80)"
	filter 35 prefix fd00:6d:0:9::/64
	check_eq "flush of temporary ones" "flushed 1" \
		"$(gw binding flush dev m6t0 state temporary)"
	filter 3 prefix fd00:6d:0:9::/64
	check "others are still there" state_is active
	need gw binding del fd00:6d:0:9:2::3 dev m6t0
	need ip -n "$GW" link set m6t0 type m6t local $GW4
	need gw binding add fd00:6d:0:9::6 remote 1.2.3.4:5 local 0.0.0.0 \
		dev m6t0
	check_eq "a static binding of any local address" null \
		"$(gw -j binding get fd00:6d:0:9::6 dev m6t0 | jq '.[0].local')"
	need gw binding del fd00:6d:0:9::6 dev m6t0
	need ip -n "$GW" link set m6t0 type m6t local any
}

# ---- events (G14)

# expect NAME JSON: an event with all of this comes; those before it are
# forgotten.
expect()
{
	check "event: $1" wait_for came "$2"
	: >"$TMP/events"
}

# shellcheck disable=SC2317
came()
{
	jq -se --argjson want "$1" '
		any(contains($want) and (.time | . > 1e9))' "$TMP/events"
}

# hear NETNS: write events from now on.
hear()
{
	: >"$TMP/events"
	start "$1" m6tctl -j monitor >>"$TMP/events" 2>"$TMP/err"
	need wait_for heard "$1"
}

# Does it listen? A binding comes and goes, or a mobile node leaves.
# shellcheck disable=SC2317
heard()
{
	m6tctl -n "$1" binding add fd00:6d::e remote 1.1.1.1:1 dev m6t0 ||
		m6tctl -n "$1" detach dev m6t0
	m6tctl -n "$1" binding del fd00:6d::e dev m6t0 ||
		m6tctl -n "$1" attach dev m6t0
	[ -s "$TMP/events" ]
}

# from_mn WORD...: a datagram from the mobile node's host.
from_mn()
{
	in_ns "$MN" "$TMP/inject" udp "$@"
}

# packet ADDRESS PORT: to the home agent, which does not answer it.
packet()
{
	from_mn -s "$2" $GW4 $PORT "src=$1,dst=$HA6"
}

# endpoint ADDRESS PORT [MORE]: of an event.
endpoint()
{
	echo "{\"dev\":\"m6t0\",\"address\":\"$1\",\"remote\":\"$NAT4\",$(
		)\"port\":$2,\"local\":\"$GW4\",\"local_port\":$PORT${3:-}}"
}

event()
{
	endpoint "$2" "$3" ",\"event\":\"$1\"${4:-}"
}

gateway_events()
{
	local a=fd00:6d:0:8::a b=fd00:6d:0:8::b temporary=',"state":"temporary"'

	hear "$GW"
	: >"$TMP/events"
	packet $a 6000
	expect "binding-new" "$(event binding-new $a 6000 "$temporary")"
	packet $a 6001
	expect "mismatch" "$(event mismatch $a 6001)"
	from_mn -s 6000 $GW4 $PORT src=$a,dst=$HA6,echo=1
	expect "binding-active" "$(event binding-active $a 6000 \
		',"state":"active"')"
	need gw binding del $a dev m6t0
	expect "binding-deleted, by hand" "$(event binding-deleted $a 6000 \
		',"state":"active"')"
	packet $a 6000
	need wait_for state_is temporary $a
	need gw binding flush dev m6t0 state temporary >"$TMP/out"
	expect "binding-deleted, by flush" "$(event binding-deleted $a 6000 \
		"$temporary")"
	need ip -n "$GW" link set m6t0 type m6t temp-timeout 50
	packet $a 6000
	expect "binding-expired" "$(event binding-expired $a 6000 "$temporary")"
	need ip -n "$GW" link set m6t0 type m6t temp-timeout 60000 \
		max-bindings 2 rate 0
	packet $a 6000
	need wait_for state_is temporary $a
	packet $b 6001
	expect "binding-evicted" "$(event binding-evicted $a 6000 "$temporary")"
	need gw binding flush dev m6t0 state temporary >"$TMP/out"
	need gw binding add $b remote 1.2.3.4:5 dev m6t0
	expect "binding-new, by hand" "{\"dev\":\"m6t0\",\"address\":\"$b\",$(
		)\"event\":\"binding-new\",\"remote\":\"1.2.3.4\",\"port\":5,$(
		)\"state\":\"static\"}"
	packet $a 6000
	expect "table-full" "$(event table-full $a 6000)"
	need gw binding del $b dev m6t0
	need ip -n "$GW" link set m6t0 type m6t rate 1 burst 1 \
		max-bindings 100
	packet $a 6000
	packet $b 6001
	packet fd00:6d:0:8::c 6002
	expect "rate-limited" '{"event":"rate-limited","remote":"192.0.2.1"}'
	need ip -n "$GW" link set m6t0 type m6t rate 0
	stop "$PID"
}

mobile_node_events()
{
	hear "$MN"
	need attach
	expect "attached" "{\"event\":\"attached\",\"dev\":\"m6t0\",$(
		)\"address\":\"$ADDRESS\",\"sport\":$(m6tctl -n "$MN" -j show |
		jq '.[].sport')}"
	activate
	expect "reachable" \
		"{\"event\":\"reachable\",\"address\":\"$ADDRESS\"}"
	need m6tctl -n "$MN" detach dev m6t0 >"$TMP/out"
	expect "detached" "{\"event\":\"detached\",\"address\":\"$ADDRESS\"}"
	stop "$PID"
	need attach
	activate
}

# A device of that name that is made anew is the one that was asked for.
named_events()
{
	local words="mode mn prefix fd00:1:2:3:4::/80 gateway $GW4"

	# shellcheck disable=SC2086
	need ip -n "$MN" link add t5 type m6t $words
	need ip -n "$MN" link set t5 up
	: >"$TMP/events"
	start "$MN" m6tctl -j monitor dev t5 >>"$TMP/events" 2>"$TMP/err"
	need wait_for heard_attach t5
	need ip -n "$MN" link del t5
	# shellcheck disable=SC2086
	need ip -n "$MN" link add t5 type m6t $words
	need attach
	: >"$TMP/events"
	need ip -n "$MN" link set t5 up
	expect "of a device made anew" '{"dev":"t5","event":"attached"}'
	stop "$PID"
	need ip -n "$MN" link del t5
	activate
}

# shellcheck disable=SC2317
heard_attach()
{
	m6tctl -n "$MN" attach dev "$1"
	[ -s "$TMP/events" ]
}

# ---- what goes wrong

# Dumps that change under way: the first N messages of TORN say so.
torn_build()
{
	cat >"$TMP/torn.c" <<-'END'
	#define _GNU_SOURCE
	#include <dlfcn.h>
	#include <stdlib.h>
	#include <sys/socket.h>
	#include <linux/netlink.h>
	ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
	{
		static int seen;
		ssize_t (*real)(int, struct msghdr *, int) =
			dlsym(RTLD_NEXT, "recvmsg");
		ssize_t len = real(fd, msg, flags);
		struct nlmsghdr *nlh = msg->msg_iov->iov_base;

		if (len > 0 && nlh->nlmsg_flags & NLM_F_MULTI &&
		    seen++ < atoi(getenv("TORN")))
			nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
		return len;
	}
	END
	need cc -shared -fPIC -o "$TMP/torn.so" "$TMP/torn.c"
}

# torn N COMMAND...
torn()
{
	TORN=$1 LD_PRELOAD=$TMP/torn.so "${@:2}"
}

torn_dumps()
{
	local want='[{"dev":"m6t0","temporary":0,"active":1,"static":0,"total":1}]'

	torn_build
	check_eq "count of a table that grows" "$want" \
		"$(torn 2 m6tctl -n "$GW" -j binding count prefix $PREFIX)"
	status "and goes on growing" 1 \
		torn 999 m6tctl -n "$GW" binding count prefix $PREFIX
	torn 1 m6tctl -n "$GW" -j binding show >"$TMP/out" 2>"$TMP/err"
	check_eq "show of such a table: status" 1 $?
	check_eq "it is whole JSON" 1 "$(jq length "$TMP/out")"
	check "and one sentence" grep -qx "m6tctl: the table grew meanwhile.*" \
		"$TMP/err"
	check "attach, while addresses change" \
		torn 3 m6tctl -n "$MN" attach dev m6t0
	check_eq "leaves one address" 1 "$(ip -n "$MN" -6 -j addr show dev m6t0 |
		jq '[.[].addr_info[] | select(.local)] | length')"
	status "attach, while they do not stop to change" 1 \
		torn 999 m6tctl -n "$MN" attach dev m6t0
}

# What cannot have its address must not be attached.
half_attached()
{
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=1
	status "attach without IPv6" 1 m6tctl -n "$MN" attach dev m6t0
	check_eq "leaves nothing attached" false \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq '.[].attached')"
	need in_ns "$MN" sysctl -qw net.ipv6.conf.m6t0.disable_ipv6=0
	check_eq "and no address" "" "$(ip -n "$MN" -6 -o addr show dev m6t0)"
	need attach
	activate
}

# Nobody but root is in the way of follow.
follow_locks()
{
	local squatter

	start "$MN" setpriv --reuid 65534 --regid 65534 --clear-groups \
		python3 -c "$(sed 's/^\t//' <<-'END'
		import socket, time
		sockets = []
		for name in "", "m6t0":
		    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		    s.bind("\0m6tctl-follow/" + name)
		    sockets.append(s)
		print("bound", flush=True)
		time.sleep(1000)
		END
		)" >"$TMP/out" 2>&1
	squatter=$PID
	need wait_for grep -q bound "$TMP/out"
	start "$MN" m6tctl follow dev m6t0 >"$TMP/log" 2>&1
	check "follow, whatever users have bound" wait_for follow_is_alone
	status "follow as nobody" 1 \
		in_ns "$MN" setpriv --reuid 65534 --clear-groups \
		--regid 65534 timeout 5 m6tctl follow dev m6t1
	check "and says why" grep -q "Permission denied" "$TMP/err"
	stop "$PID"
	check_eq "it ends well" 0 $?
	stop "$squatter"
}

# shellcheck disable=SC2317
follow_is_alone()
{
	kill -0 "$PID" || return
	timeout 2 m6tctl -n "$MN" follow dev m6t0 2>&1 |
		grep -q "m6t0: another m6tctl follow is at work"
}

# ---- without privilege

# nobody COMMAND...: in the gateway's namespace, or in $NS.
# shellcheck disable=SC2317
nobody()
{
	in_ns "${NS:-$GW}" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps -all "$@"
}

# what_nobody_may NAME COMMAND...: the command runs others without privilege.
what_nobody_may()
{
	local name=$1 before

	shift
	check_eq "$name: show" "$(gw -j show | jq -c '.[0].prefixes')" \
		"$("$@" m6tctl -j show | jq -c '.[0].prefixes')"
	check_eq "$name: stats" "$(gw -j stats)" "$("$@" m6tctl -j stats)"
	check_eq "$name: count" "$(gw -j binding count)" \
		"$("$@" m6tctl -j binding count)"
	check_eq "$name: bindings, without remote addresses" \
		"[\"$ADDRESS\",null,null,\"active\"]" "$("$@" m6tctl -j binding \
		show | jq -c '.[] | select(.state == "active") |
		[.address, .remote, .port, .state]')"
	check_eq "$name: one binding, likewise" '[null,null]' \
		"$("$@" m6tctl -j binding get "$ADDRESS" dev m6t0 |
		jq -c '.[0] | [.remote, .port]')"
	before=$(gw -j binding count)$(ip -n "$GW" -d link show m6t0)
	status "$name: asking for a remote address" 1 \
		"$@" m6tctl binding show remote $NAT4
	status "$name: binding add" 1 "$@" m6tctl binding add fd00:6d::1 \
		remote 1.2.3.4:5 dev m6t0
	status "$name: binding del" 1 \
		"$@" m6tctl binding del "$ADDRESS" dev m6t0
	status "$name: binding flush" 1 "$@" m6tctl binding flush dev m6t0
	NS=$MN status "$name: attach" 1 "$@" m6tctl attach dev m6t0
	NS=$MN status "$name: detach" 1 "$@" m6tctl detach dev m6t0
	check_eq "$name: the mobile node stays" "$ADDRESS" \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0].address')"
	status "$name: monitor" 1 "$@" timeout 5 m6tctl monitor
	check "and says what is needed" grep -q CAP_NET_ADMIN "$TMP/err"
	check_not "$name: ip link set" "$@" ip link set m6t0 type m6t hairpin on
	check_not "$name: ip link add" "$@" ip link add t0 type m6t mode gw \
		prefix fd00::/48 port 1
	check_not "$name: ip link del" "$@" ip link del m6t0
	check_eq "$name: nothing has changed" "$before" \
		"$(gw -j binding count)$(ip -n "$GW" -d link show m6t0)"
}

# A device whose sockets are in a namespace where its user has no privilege.
foreign_sockets()
{
	local inside

	start "$GW" setpriv --reuid 65534 --regid 65534 --clear-groups \
		unshare -U -n sleep 1000 >"$TMP/out" 2>&1
	need wait_for grep -q sleep "/proc/$PID/comm"
	echo 0 65534 1 >"/proc/$PID/uid_map"
	echo 0 65534 1 >"/proc/$PID/gid_map"
	inside="nsenter -t $PID -U -n"
	# shellcheck disable=SC2086
	check "root of a user namespace: a device of its own" $inside \
		ip link add t1 type m6t mode gw prefix fd00::/48
	need ip -n "$GW" link add t2 type m6t mode gw prefix fd00::/48 port 2
	need ip -n "$GW" link set t2 netns "$PID"
	# shellcheck disable=SC2086
	$inside ip link set t2 type m6t port 3 >"$TMP/out" 2>&1
	check "a device with sockets elsewhere is not its to change" \
		grep -q "CAP_NET_ADMIN in the netns of its sockets" "$TMP/out"
	# shellcheck disable=SC2086
	check_eq "and has not changed" 2 "$($inside ip -d -j link show t2 |
		jq '.[].linkinfo.info_data.port[0]')"
	stop "$PID"
}

# A link of the same index is another one where the sockets are not.
moved_device()
{
	local before

	need ip -n "$GW" link add t3 type m6t mode gw prefix fd00::/48 port 7 \
		dev wan
	need ip -n "$GW" link set t3 netns "$NAT"
	before=$(ip -n "$NAT" -d -o link show t3)
	ip -n "$NAT" link set t3 type m6t rate 5 dev lo >"$TMP/out" 2>&1
	check "moved, it takes no dev" grep -q \
		"dev may be set only in the netns of the tunnel's sockets" \
		"$TMP/out"
	check_eq "and has not changed" "$before" \
		"$(ip -n "$NAT" -d -o link show t3)"
	check "it takes other settings" ip -n "$NAT" link set t3 type m6t rate 5
	check "and gives its dev back" \
		ip -n "$NAT" link set t3 type m6t dev any
	check_eq "it has none" null "$(m6tctl -n "$NAT" -j show dev t3 |
		jq '.[0].link')"
	need ip -n "$NAT" link del t3
}

# ---- the kernel's own client

ynl()
{
	in_ns "$GW" python3 "$YNL" --spec "$SPEC" --no-schema "$@"
}

# recipe: what the documentation says, word by word.
recipe()
{
	local words

	read -ra words < <(sed -n '/^ *ynl /,$ { s|\\||p; /--dump/ { p; q } }' \
		"$SELFTESTS/../Documentation/m6t.rst" | xargs)
	(cd "$SELFTESTS/.." && in_ns "$GW" python3 "$YNL" "${words[@]:1}" \
		--output-json)
}

# at_fault 'SETTINGS ATTRIBUTE' WORD...: refused because of the attribute.
at_fault()
{
	local json=${1% *}

	ynl "${@:2}" --json "{\"ifindex\":$index,$json}" >"$TMP/out" 2>&1
	check "ynl: ${*:2}: $json is refused" grep -qE \
		"bad-attr': '\.${1##* }'" "$TMP/out"
}

kernel_client()
{
	local index want

	index=$(in_ns "$GW" cat /sys/class/net/m6t0/ifindex)
	check_eq "ynl: devices" '["m6t0","gw"]' "$(ynl --output-json \
		--dump dev-get | jq -c '.[0] | [.ifname, .settings.mode]')"
	check "ynl: add a binding" ynl --do binding-add --json "{
		\"ifindex\":$index,\"address\":\"fd00:6d::7\",
		\"remote\":\"1.2.3.4\",\"port\":5}"
	check_eq "ynl: bindings" "fd00:6d::7 1.2.3.4 5 static" \
		"$(ynl --output-json --dump binding-get --json "{
		\"ifindex\":$index,\"state\":\"static\"}" | jq -r '.[0] |
		"\(.address) \(.remote) \(.port) \(.state)"')"
	check_eq "ynl: as m6t.rst has it" '"m6t0"' "$(recipe | jq '.[0].ifname')"
	# Zero, which the tool does not send, is not all.
	for want in '"remote":"0.0.0.0" remote' '"port":0 port'; do
		at_fault "$want" --do binding-flush
		at_fault "$want" --dump binding-get
	done
	at_fault '"address":"fd00:6d::8","remote":"1.2.3.4","port":0 port' \
		--do binding-add
	at_fault '"address":"fd00:6d::8","remote":"224.0.0.1","port":0 remote' \
		--do binding-add
	check_eq "ynl: flush" 1 "$(ynl --output-json --do binding-flush \
		--json "{\"ifindex\":$index,\"state\":\"static\"}" | jq .count)"
	ynl --do binding-del --json "{\"ifindex\":$index,
		\"address\":\"fd00:6d::7\"}" >"$TMP/out" 2>&1
	check "ynl: the sentence of a refusal and where" grep -qE \
		"there is no binding for this address|'bad-attr': '.address'" \
		"$TMP/out"
}

topology
inject dev lo hex=00 2>/dev/null	# build it
gateway ha $HA6
mobile_node
activate
ip_words
m6tctl_json
m6tctl_status
gateway_events
need gw binding flush dev m6t0 >"$TMP/out"
activate
mobile_node_events
need gw binding flush dev m6t0 >"$TMP/out"
activate
torn_dumps
half_attached
follow_locks
need gw binding flush dev m6t0 >"$TMP/out"
activate
what_nobody_may "nobody" nobody
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "the rest # SKIP too slow on an emulated machine"
	finish
fi
filters
what_nobody_may "root of a user namespace" nobody unshare -r
named_events
foreign_sockets
moved_device
for YNL in "${M6T_KERNEL_BUILD:-/lib/modules/$(uname -r)/build}"/source/tools/net/ynl/pyynl/cli.py \
	"${M6T_KERNEL_BUILD%/kernel/*}"/source/*/tree/tools/net/ynl/pyynl/cli.py; do
	[ -e "$YNL" ] && break
done
if [ -e "$YNL" ]; then
	kernel_client
else
	result 0 "ynl # SKIP no kernel source here"
fi
finish
