#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What "m6tctl check" says of the rules of a firewall: those that stand in the way
# of a mobile node or of a gateway, and those that do not.
# takes long

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/check.bash
. "$SELFTESTS/lib/check.bash"

# rules NETNS LINE...: of the input chain, in place of others.
rules()
{
	local ns=$1

	shift
	need in_ns "$ns" nft -f - <<-END
	flush ruleset
	table inet t {
		set known { type ipv4_addr; elements = { 1.1.1.1, 2.2.2.2 } }
		chain other { $OTHER; }
		chain in {
			type filter hook input priority 0;
			$(printf '%s;' "$@")
		}
	}
	END
}

# judged NAME RESULT NETNS LINE...: what is said of these rules.
judged()
{
	rules "${@:3}"
	if [ "$3" = "$GW" ]; then
		ask "$GW"
	else
		# There is no way there, so nothing is waited for.
		ask "$MN" gateway 203.0.113.1 port $PORT
	fi
	says "firewall: $1" firewall "$2"
}

firewall()
{
	local drop="policy drop" OTHER=counter

	judged "nothing is let in" warning "$MN" "$drop" 'iif lo accept' \
		'tcp dport 22 accept' 'ip protocol icmp accept'
	says "the chain is named" firewall warning "table inet t, chain in "
	judged "answers are let in" ok "$MN" "$drop" \
		'ct state established,related accept'
	judged "a gateway's port is not let in by that" warning "$GW" "$drop" \
		'ct state established accept'
	[ -n "${M6T_QUICK:-}" ] || firewall_forms
	dropped_out
}

# Other forms of rules; the kernel has no part in this.
firewall_forms()
{
	judged "another port is" warning "$MN" "$drop" 'udp sport 53 accept'
	judged "nothing, by a last rule" warning "$MN" 'iif lo accept' drop
	judged "that port is dropped" warning "$MN" "udp sport 3000-4000 drop"
	judged "answers are let in by a map" ok "$MN" "$drop" \
		'ct state vmap { invalid : drop, established : accept }'
	judged "by port" ok "$MN" "$drop" "udp sport { 53, $PORT } accept"
	judged "by address" ok "$MN" "$drop" "ip saddr 203.0.113.1 accept"
	OTHER="ct state established accept"
	judged "by another chain" ok "$MN" "$drop" "jump other"
	judged "a gateway is not helped by that" warning "$GW" "$drop" \
		"jump other"
	judged "nor by another port" warning "$GW" "$drop" \
		"udp dport { 4000-5000 } accept"
	judged "but by its own" ok "$GW" "$drop" "udp dport 3000-4000 accept"
}

dropped_out()
{
	rules "$MN"
	need in_ns "$MN" nft add chain inet t out \
		"{ type filter hook output priority 0; }"
	need in_ns "$MN" nft add rule inet t out udp dport $PORT drop
	ask "$MN" gateway $GW4 prefix $MN_PREFIX
	says "what goes out is dropped" output failed "accept \"udp dport $PORT\" on output"
	in_ns "$MN" nft flush ruleset
	in_ns "$GW" nft flush ruleset
}

topology
need ip -n "$MN" route add unreachable 203.0.113.0/24
gateway
mobile_node
firewall
finish
