#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The interface for users and scripts: options and JSON of ip and m6tctl, exit
# statuses, filters, and the kernel's own client of netlink specifications.
# proves: B1 G13

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/tools.bash
. "$SELFTESTS/lib/tools.bash"

SPEC=$SELFTESTS/../Documentation/netlink/specs/m6t.yaml

# ---- ip

# words NETNS NAME WORD...: a device created with these options shows them.
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
	words "$GW" "options of a gateway are shown as given" mode gw \
		prefix fd00:1::/48,fd00:2::/64 ha 2001:db8::1,2001:db8:1::/48 \
		local $GW4 port 3544,4500 max-bindings 100 temp-timeout 10 \
		active-timeout 86400 rate 0 burst 1000000 \
		exempt 10.0.0.0/8,192.0.2.7/32 pressure 0 \
		weight 10.0.0.0/8=500,192.0.2.7/32=1 hairpin on dev wan ttl inherit \
		tos 0x10 df "set" udpcsum off fwmark 0x2a
	check_eq "ip: options of a gateway are shown as JSON" '"m6t" {"mode":"gw",'\
'"prefix":["fd00:1::/48","fd00:2::/64"],'\
'"ha":["2001:db8::1","2001:db8:1::/48"],"local":"192.0.2.2",'\
'"port":[3544,4500],"max-bindings":100,"temp-timeout":10,'\
'"active-timeout":86400,"rate":0,"burst":1000000,'\
'"exempt":["10.0.0.0/8","192.0.2.7/32"],"pressure":0,'\
'"weight":["10.0.0.0/8=500","192.0.2.7/32=1"],"hairpin":true,"dev":"wan",'\
'"ttl":"inherit","tos":16,"df":"set","udpcsum":false,"fwmark":42}' \
		"$(<"$TMP/json")"
	words "$MN" "options of a mobile node are shown as given" mode mn \
		prefix fd00:1:2:3:4::/80 gateway 192.0.2.1 local $MN4 \
		port 4500 sport 1 keepalive 0 keepalive-retries 20 rotate off \
		dev eth ttl 255 tos inherit df inherit udpcsum on
	check_eq "ip: options of a mobile node are shown as JSON" \
		'"m6t" {"mode":"mn",'\
'"prefix":"fd00:1:2:3:4::/80","gateway":"192.0.2.1","local":"10.0.0.2",'\
'"port":4500,"sport":1,"keepalive":0,"keepalive-retries":20,"rotate":false,'\
'"dev":"eth","ttl":255,"tos":"inherit","df":"inherit","udpcsum":true}' \
		"$(<"$TMP/json")"
	words "$GW" "defaults of a gateway are shown" mode gw prefix $PREFIX port 3544 \
		max-bindings 65536 temp-timeout 2000 active-timeout 120 \
		rate 16 burst 64 pressure 50 hairpin off ttl 64 tos inherit df "unset" \
		udpcsum on
	words "$MN" "defaults of a mobile node are shown" mode mn prefix $MN_PREFIX \
		gateway $GW4 port 3544 keepalive 30 keepalive-retries 3 \
		rotate on ttl 64 tos inherit df "unset" udpcsum on
	need ip -n "$GW" link set m6t0 type m6t ha none hairpin on tos 0x20
	check_eq "ip: link set changes settings" \
		"null true 32" "$(ip -n "$GW" -d -j link show \
		m6t0 | jq -r '.[].linkinfo.info_data |
		"\(.ha) \(.hairpin) \(.tos)"')"
	need ip -n "$GW" link set m6t0 type m6t ha $HA6 hairpin off tos inherit
	check_eq "ip: -s link counts packets" \
		"$(binding | jq -r '"\(.rx_packets) \(.rx_bytes)"')" \
		"$(ip -n "$GW" -s -j link show m6t0 | jq -r \
		'.[].stats64.rx | "\(.packets) \(.bytes)"')"
	ip link help m6t >"$TMP/out" 2>&1
	check "ip: link help prints the usage" \
		grep -q "mode gw *prefix IPV6/LEN" "$TMP/out"
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
	counters+=" unreachable rx_proof tx_proof binding_proven rx_no_binding"
	counters+=" rx_unprotected rx_bad_sa rx_bad_header rx_signal tx_signal"
	counters+=" tx_unprotected"
	check_eq "binding show has its documented keys" \
		"dev address remote port local local_port$(
		) state proven idle_ms expires_ms rx_packets rx_bytes tx_packets tx_bytes" \
		"$(gw -j binding show | keys)"
	check_eq "binding get has the keys of binding show" \
		"$(gw -j binding show | keys)" \
		"$(gw -j binding get "$ADDRESS" dev m6t0 | keys)"
	check_eq "binding show has the binding" \
		"m6t0 $ADDRESS $NAT4 $GW4 $PORT active" \
		"$(gw -j binding show | jq -r '.[0] | "\(.dev) \(.address
		) \(.remote) \(.local) \(.local_port) \(.state)"')"
	check_eq "show of a gateway has its documented keys" \
		"dev mode netns_underlay prefixes ha local$(
		) ports max-bindings temp-timeout active-timeout rate burst$(
		) exempt pressure weight hairpin link ttl tos df udpcsum fwmark attached$(
		) address sport bindings pressed" "$(gw -j show | keys)"
	check_eq "show of a gateway has its settings" \
		'"m6t0" "gw" ["fd00:6d::/48"] ["2001:db8:1::2"]'"$(
		) [3544] true"' {"temporary":0,"active":1,"unproven":1,"static":0} false' \
		"$(gw -j show dev m6t0 | jq -c '.[0] | .dev, .mode, .prefixes,
		.ha, .ports, .attached, .bindings, .pressed' | xargs -d '\n')"
	check_eq "show of a mobile node has its documented keys" \
		"dev mode netns_underlay prefix gateway$(
		) local port fixed-sport keepalive keepalive-retries rotate$(
		) link ttl tos df udpcsum fwmark attached address sport" \
		"$(m6tctl -n "$MN" -j show | keys)"
	check_eq "show of a mobile node has its attachment" \
		"$ADDRESS true $(binding | jq .port)" \
		"$(m6tctl -n "$MN" -j show dev m6t0 | jq -r '.[0] |
		"\(.address) \(.attached) \(.sport)"')"
	check_eq "stats has its documented keys" "dev $counters" \
		"$(gw -j stats dev m6t0 | keys)"
	check_eq "binding count has the number of each state" \
		'[{"dev":"m6t0","temporary":0,"active":1,"static":0,"total":1}]' \
		"$(gw -j binding count)"
	check_eq "pretty JSON has the same contents" "$(gw -j stats)" \
		"$(gw -j -p stats | jq -c .)"
	check_eq "text: show begins with device and role" \
		"m6t0: gateway" "$(gw show | head -n 1)"
	check_eq "text: show has the bindings" \
		"bindings 0 temporary, 1 active (1 unproven), 0 static" \
		"$(gw show | awk '$1 == "bindings" { $1 = $1; print }')"
	check_eq "text: binding count has the number of each state" \
		"m6t0: temporary 0 active 1 static 0 total 1" "$(gw binding count)"
	check_eq "text: binding show has the binding" \
		"m6t0 $ADDRESS active unproven" \
		"$(gw binding show | awk 'NR == 2 { print $1, $2, $5, $6 }')"
}

# A table under pressure: the mobile node is asked for a proof and gives it.
proofs()
{
	prove
	check_eq "text: show has the pressure" \
		"bindings 0 temporary, 1 active (0 unproven), 0 static, under pressure" \
		"$(gw show | awk '$1 == "bindings" { $1 = $1; print }')"
	check_eq "proofs are counted" "true true 1" "$(gw -j stats dev m6t0 |
		jq -r '.[0] | "\(.tx_proof >= 1) \(.rx_proof >= 1) \(.binding_proven)"')"
	check_eq "show has no unproven binding then" '{"active":1,"unproven":0} true' \
		"$(gw -j show dev m6t0 | jq -c '.[0] |
		(.bindings | {active, unproven}), .pressed' | xargs -d '\n')"
	check_eq "text: binding show has the proof" "active proven" \
		"$(gw binding show | awk 'NR == 2 { print $5, $6 }')"
	need gw binding add fd00:6d:0:9::9 remote 1.2.3.4:5 dev m6t0
	check_eq "text: a static binding needs no proof" "static -" \
		"$(gw binding get fd00:6d:0:9::9 dev m6t0 |
		awk 'NR == 2 { print $5, $6 }')"
	need gw binding del fd00:6d:0:9::9 dev m6t0
	need ip -n "$GW" link set m6t0 type m6t pressure 50
	check_eq "without pressure a proven binding stays proven" "false true" \
		"$(gw -j show dev m6t0 | jq '.[0].pressed') $(binding | jq .proven)"
}

m6tctl_status()
{
	local words

	status "show" 0 gw show
	status "binding add outside the prefixes" 1 gw binding add fd01::1 \
		remote 1.2.3.4:5 dev m6t0
	check "binding add outside the prefixes: the reason is printed" \
		grep -q "inside one of the device's prefixes" \
		"$TMP/err"
	status "binding add of a mobile node" 1 \
		m6tctl -n "$MN" binding add fd00::1 remote 1.2.3.4:5 dev m6t0
	for words in show count flush "count state static"; do
		# shellcheck disable=SC2086
		status "binding $words of a mobile node" 1 \
			m6tctl -n "$MN" binding $words dev m6t0
		check "binding $words of a mobile node: the reason is printed" \
			grep -qx \
			'm6t: only a device of mode gw\( or dsmip-ha\)\? has bindings' "$TMP/err"
	done
	status "attach of a gateway" 1 gw attach dev m6t0
	status "unknown command" 2 gw bogus
	status "unknown argument" 2 gw binding show bogus 1
	status "missing value" 2 gw binding get
	status "bad address" 2 gw binding get bogus dev m6t0
	status "unknown device" 3 gw stats dev bogus
	for words in "show" "stats" "binding show" "binding count" \
		"binding get fd00:6d::5" "attach" "detach" "follow"; do
		# shellcheck disable=SC2086
		status "$words of a device of another kind" 3 gw $words dev lo
		check "$words of a device of another kind: the device is named" \
			grep -q "^m6tctl: lo is no.* device of type m6t" \
			"$TMP/err"
	done
	status "follow of a gateway" 1 gw follow dev m6t0
	status "binding flush remote 0.0.0.0" 2 \
		gw binding flush dev m6t0 remote 0.0.0.0
	check "a refused flush keeps the binding" state_is active
	status "binding get of an unbound address" \
		3 gw binding get fd00:6d::5 dev m6t0
	status "binding del of an unbound address" \
		3 gw binding del fd00:6d::5 dev m6t0
}

# filter WANT WORD...: show and count have these bindings.
filter()
{
	local want=$1

	shift
	check_eq "filter: $*: the right bindings are shown" \
		"$want" "$(gw -j binding show dev m6t0 "$@" |
		jq -r 'map(.address[-1:]) | sort | join("")')"
	check_eq "filter: $*: they are counted" ${#want} \
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
	# The mobile node's own binding is in another prefix.
	filter 12345 prefix fd00:6d:0:9::/64
	filter 345 prefix fd00:6d:0:9:2::/80
	filter 3 prefix fd00:6d:0:9:2::3
	filter 1234 state static
	filter 5 state temporary
	filter 34 state static prefix fd00:6d:0:9:2::/80
	filter 12 remote 1.1.1.1
	filter 4 remote 1.1.1.2:2
	filter 5 remote $NAT4:5000
	check_eq "flush prints the number of bindings" \
		'[{"dev":"m6t0","flushed":1}]' \
		"$(gw -j binding flush dev m6t0 remote 1.1.1.2:2 | jq -c .)"
	filter 1235 prefix fd00:6d:0:9::/64
	check_eq "text: flush prints the number of bindings" \
		"flushed 2" "$(gw binding flush dev m6t0 \
		state static prefix fd00:6d:0:9:1::/80)"
	filter 35 prefix fd00:6d:0:9::/64
	check_eq "flush of temporary bindings prints their number" "flushed 1" \
		"$(gw binding flush dev m6t0 state temporary)"
	filter 3 prefix fd00:6d:0:9::/64
	check "flush of temporary bindings keeps others" state_is active
	need gw binding del fd00:6d:0:9:2::3 dev m6t0
	need ip -n "$GW" link set m6t0 type m6t local $GW4
	need gw binding add fd00:6d:0:9::6 remote 1.2.3.4:5 local 0.0.0.0 \
		dev m6t0
	check_eq "a static binding of any local address has none in JSON" null \
		"$(gw -j binding get fd00:6d:0:9::6 dev m6t0 | jq '.[0].local')"
	need gw binding del fd00:6d:0:9::6 dev m6t0
	need ip -n "$GW" link set m6t0 type m6t local any
}

# ---- errors

# Dumps that change meanwhile: the first N messages have the flag NLM_F_DUMP_INTR.
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
	check_eq "count of a table that grows is repeated" "$want" \
		"$(torn 2 m6tctl -n "$GW" -j binding count prefix $PREFIX)"
	status "count of a table that keeps growing" 1 \
		torn 999 m6tctl -n "$GW" binding count prefix $PREFIX
	torn 1 m6tctl -n "$GW" -j binding show >"$TMP/out" 2>"$TMP/err"
	check_eq "show of a table that grows has status 1" 1 $?
	check_eq "show of a table that grows prints valid JSON" \
		1 "$(jq length "$TMP/out")"
	check "show of a table that grows prints one sentence" \
		grep -qx "m6tctl: the table grew during the dump.*" \
		"$TMP/err"
	check "attach succeeds while addresses change" \
		torn 3 m6tctl -n "$MN" attach dev m6t0
	check_eq "attach while addresses change leaves one address" \
		1 "$(ip -n "$MN" -6 -j addr show dev m6t0 |
		jq '[.[].addr_info[] | select(.local)] | length')"
	status "attach while addresses keep changing" 1 \
		torn 999 m6tctl -n "$MN" attach dev m6t0
}

# Answers that this kernel would not send: each refusal or acknowledgment of a
# request of type TYPE becomes the errno ERROR without a sentence.
said_build()
{
	cat >"$TMP/said.c" <<-'END'
	#define _GNU_SOURCE
	#include <dlfcn.h>
	#include <stdlib.h>
	#include <sys/socket.h>
	#include <linux/netlink.h>
	ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
	{
		ssize_t (*real)(int, struct msghdr *, int) =
			dlsym(RTLD_NEXT, "recvmsg");
		ssize_t len = real(fd, msg, flags);
		struct nlmsghdr *nlh = msg->msg_iov->iov_base;
		struct nlmsgerr *err = NLMSG_DATA(nlh);

		if (len > 0 && nlh->nlmsg_type == NLMSG_ERROR &&
		    err->msg.nlmsg_type == atoi(getenv("TYPE"))) {
			err->error = -atoi(getenv("ERROR"));
			nlh->nlmsg_flags &= ~NLM_F_ACK_TLVS;
		}
		return len;
	}
	END
	need cc -shared -fPIC -o "$TMP/said.so" "$TMP/said.c"
}

# says_of TYPE ERROR SENTENCE
says_of()
{
	status "attach where request $1 fails with errno $2" 1 \
		env TYPE="$1" ERROR="$2" LD_PRELOAD="$TMP/said.so" \
		m6tctl -n "$MN" attach dev m6t0
	check "attach where request $1 fails with errno $2: it is reported" \
		grep -qx "m6tctl: cannot add the $3" "$TMP/err"
}

# An errno without a sentence is not interpreted as for other requests.
errnos()
{
	said_build
	# RTM_NEWADDR and RTM_NEWROUTE
	says_of 20 95 "address: the kernel was started without IPv6 (ipv6.disable=1)"
	says_of 24 95 "default route: the kernel was started without IPv6 (ipv6.disable=1)"
	says_of 20 4 "address: Interrupted system call"
	says_of 20 1 "address: not permitted, this needs CAP_NET_ADMIN in the netns of the device"
	says_of 20 105 "address: No buffer space available"
}

# ---- the kernel's own client

ynl()
{
	in_ns "$GW" python3 "$YNL" --spec "$SPEC" --no-schema "$@"
}

# recipe: the command of the documentation, unchanged.
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
	check_eq "ynl: devices are listed" '["m6t0","gw"]' "$(ynl --output-json \
		--dump dev-get | jq -c '.[0] | [.ifname, .settings.mode]')"
	check "ynl: a binding can be added" ynl --do binding-add --json "{
		\"ifindex\":$index,\"address\":\"fd00:6d::7\",
		\"remote\":\"1.2.3.4\",\"port\":5}"
	check_eq "ynl: bindings are listed" "fd00:6d::7 1.2.3.4 5 static" \
		"$(ynl --output-json --dump binding-get --json "{
		\"ifindex\":$index,\"state\":\"static\"}" | jq -r '.[0] |
		"\(.address) \(.remote) \(.port) \(.state)"')"
	check_eq "ynl: the command of m6t.rst works" \
		'"m6t0"' "$(recipe | jq '.[0].ifname')"
	# Zero, which the tool does not send, does not mean all.
	for want in '"remote":"0.0.0.0" remote' '"port":0 port'; do
		at_fault "$want" --do binding-flush
		at_fault "$want" --dump binding-get
	done
	at_fault '"address":"fd00:6d::8","remote":"1.2.3.4","port":0 port' \
		--do binding-add
	at_fault '"address":"fd00:6d::8","remote":"224.0.0.1","port":0 remote' \
		--do binding-add
	check_eq "ynl: bindings can be flushed" \
		1 "$(ynl --output-json --do binding-flush \
		--json "{\"ifindex\":$index,\"state\":\"static\"}" | jq .count)"
	ynl --do binding-del --json "{\"ifindex\":$index,
		\"address\":\"fd00:6d::7\"}" >"$TMP/out" 2>&1
	check "ynl: a refusal has a sentence and the attribute" grep -qE \
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
proofs
m6tctl_status
torn_dumps
errnos
if [ -n "${M6T_QUICK:-}" ]; then
	result 0 "the rest of the interface # SKIP too slow on an emulated machine"
	finish
fi
filters
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
