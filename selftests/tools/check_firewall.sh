#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "m6tctl check" and firewall rules: those that block a mobile node or a gateway
# are reported, others are not.
# takes long

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/check.bash
. "$SELFTESTS/lib/check.bash"

# rules NETNS LINE...: set the rules of the input chain.
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

# judged NAME RESULT NETNS LINE...: RESULT is reported for these rules.
judged()
{
	rules "${@:3}"
	if [ "$3" = "$GW" ]; then
		ask "$GW"
	else
		# There is no route there, so no answer is waited for.
		ask "$MN" gateway 203.0.113.1 port $PORT
	fi
	says "firewall: $1" firewall "$2"
}

firewall()
{
	local drop="policy drop" OTHER=counter

	judged "a chain that accepts nothing is reported" warning "$MN" "$drop" 'iif lo accept' \
		'tcp dport 22 accept' 'ip protocol icmp accept'
	says "the report names the chain" firewall warning "table inet t, chain in "
	judged "a chain that accepts answers is ok" ok "$MN" "$drop" \
		'ct state established,related accept'
	judged "a chain that accepts only answers is reported for a gateway" warning "$GW" "$drop" \
		'ct state established accept'
	[ -n "${M6T_QUICK:-}" ] || firewall_forms
	dropped_out
}

# Other forms of rules; independent of the kernel.
firewall_forms()
{
	judged "a chain that accepts only another port is reported" warning "$MN" "$drop" 'udp sport 53 accept'
	judged "a chain with a drop at its end is reported" warning "$MN" 'iif lo accept' drop
	judged "a chain that drops the port is reported" warning "$MN" "udp sport 3000-4000 drop"
	judged "a chain that accepts answers by a map is ok" ok "$MN" "$drop" \
		'ct state vmap { invalid : drop, established : accept }'
	judged "a chain that accepts the port is ok" ok "$MN" "$drop" "udp sport { 53, $PORT } accept"
	judged "a chain that accepts the address is ok" ok "$MN" "$drop" "ip saddr 203.0.113.1 accept"
	OTHER="ct state established accept"
	judged "a chain that accepts answers by another chain is ok" ok "$MN" "$drop" "jump other"
	judged "that other chain is reported for a gateway" warning "$GW" "$drop" \
		"jump other"
	judged "a chain that accepts another port is reported for a gateway" warning "$GW" "$drop" \
		"udp dport { 4000-5000 } accept"
	judged "a chain that accepts the gateway's port is ok" ok "$GW" "$drop" "udp dport 3000-4000 accept"
}

dropped_out()
{
	rules "$MN"
	need in_ns "$MN" nft add chain inet t out \
		"{ type filter hook output priority 0; }"
	need in_ns "$MN" nft add rule inet t out udp dport $PORT drop
	ask "$MN" gateway $GW4 prefix $MN_PREFIX
	says "dropped outgoing packets are reported" output failed "accept \"udp dport $PORT\" on output"
	in_ns "$MN" nft flush ruleset
	in_ns "$GW" nft flush ruleset
}

topology
need ip -n "$MN" route add unreachable 203.0.113.0/24
gateway
mobile_node
firewall
finish
