#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tracing of the whole kernel: each drop has a drop reason of the stack, and the
# tracepoints of m6t report bindings and drops.
#
# runs alone: it traces all network namespaces
# takes long
# proves: G14

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/drops.bash
. "$SELFTESTS/lib/drops.bash"

TRACING=/sys/kernel/tracing
TRACE=$TRACING/instances/m6t-$$

# The reason of each counter: the best one, and the one on kernels that do not
# have it.
REASONS="rx_short HDR_TRUNC
rx_bad_version IP_INHDR
rx_bad_length IP_INHDR
rx_bad_source IP_INVALID_SOURCE IP_INADDRERRORS
rx_bad_destination IP_INVALID_DEST IP_INADDRERRORS
rx_mismatch IP_RPFILTER
rx_rate_limited NOT_SPECIFIED
rx_table_full PROTO_MEM
rx_not_gateway NO_SOCKET
rx_ecn IP_TUNNEL_ECN NOT_SPECIFIED
rx_keepalive_stray NO_SOCKET
tx_no_binding NO_TX_TARGET IP_OUTNOROUTES
tx_bad_source IP_INVALID_SOURCE IP_INADDRERRORS
tx_too_big PKT_TOO_BIG
tx_loop RECURSION_LIMIT NOT_SPECIFIED
tx_no_route IP_OUTNOROUTES
tx_carrier DEV_READY"

# reason COUNTER: of this kernel.
reason()
{
	local best other

	read -r best other < <(sed -n "s/^$1 //p" <<<"$REASONS")
	if [ -z "$other" ] || grep -qw "\"$best\"" "$TRACE/events/skb/kfree_skb/format"
	then
		echo "$best"
	else
		echo "$other"
	fi
}

# traced COUNTER: in the trace, "DEV REASON" of a packet that raised it; one a
# line.
traced()
{
	awk -v counter="counter=$1" '
		function field(name,   i) {
			for (i = 1; i <= NF; i++)
				if (index($i, name "=") == 1)
					return substr($i, length(name) + 2)
		}
		/ drop: / && index($0, counter " ") {
			dev[field("skbaddr")] = field("dev")
		}
		/ kfree_skb: / && (field("skbaddr") in dev) {
			print dev[field("skbaddr")], $NF
			delete dev[field("skbaddr")]
		}' "$TRACE/trace"
}

is_traced()
{
	[ -n "$(traced "$1")" ]
}

# dropped COUNTER DEV: such a drop is traced once, with its reason.
dropped()
{
	if [ "$1" = tx_carrier ]; then
		result 0 "$1 # SKIP only where detaching and sending race"
		return
	fi
	echo >"$TRACE/trace"
	drop "$1"
	wait_for is_traced "$1"
	check_eq "$1 is traced once with its drop reason" \
		"$2 $(reason "$1")" "$(traced "$1")"
}

# told EVENT LINE: the trace has it once.
told()
{
	check "$1 is traced" wait_for grep -q " $1: " "$TRACE/trace"
	check_eq "$1: the fields are right" \
		"$2" "$(sed -n "s/.* $1: //p" "$TRACE/trace")"
}

if ! mkdir "$TRACE" 2>/dev/null; then
	result 0 "tracing # SKIP no tracefs"
	finish
fi
at_exit "rmdir $TRACE"
drops_set_up
for event in m6t skb/kfree_skb; do
	need eval "echo 1 >$TRACE/events/$event/enable"
	at_exit "echo 0 >$TRACE/events/$event/enable"
done
while read -r name dev; do
	dropped "$name" "$dev"
done <<<"$DROPS"
check_eq "all counters were checked" "$(wc -l <<<"$REASONS")" \
	"$(wc -l <<<"$DROPS")"

echo >"$TRACE/trace"
where="dev=m6t0 address=$A remote=$NAT4:5000 local=$GW4:$PORT"
to_gw 5000 echo=1
told binding_new "$where"
told binding_active "$where"
need gw binding del $A dev m6t0
told binding_deleted "$where"
echo >"$TRACE/trace"
set_gw max-bindings 1
to_gw 5000 zero=8 "src=fd00:6d::b"
told binding_evicted "$where"
set_gw temp-timeout 10
told binding_expired "${where/$A/fd00:6d::b}"
check "a drop has the length of the dropped packet" \
	eval "drop rx_bad_version && wait_for grep -q \
	' drop: dev=m6t0 counter=rx_bad_version skbaddr=[^ ]* len=48$' $TRACE/trace"
finish
