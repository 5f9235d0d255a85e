#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the stack drops after m6t has sent it: no counter of m6t's, as it has not dropped
# it, but the device's tx_dropped, as with other tunnels; and it is not counted as sent.
#
#    peer                        host
#  +--------+              +----------------+
#  |    out-+--------------+-wan  m6t0 m6t1 |
#  +--------+              +----------------+
#
# proves: B1

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/drops.bash
. "$SELFTESTS/lib/drops.bash"

# sent: packets that m6t1 has sent, and those that were dropped after it.
sent()
{
	ip -n "$HOST" -j -s link show m6t1 |
		jq -c '.[].stats64.tx | [.packets, .dropped, .errors]'
}

sent_is()
{
	[ "$(sent)" = "$1" ]
}

drops_set_up
need in_ns "$HOST" nft -f - <<-END
	table ip out {
		chain out {
			type filter hook output priority 0;
		}
	}
END
read -r packets dropped errors < <(sent | tr -d '[]' | tr , ' ')
from_mn zero=8
check "a packet is sent" wait_for sent_is "[$((packets + 1)),$dropped,$errors]"
need in_ns "$HOST" nft add rule ip out out udp sport $MN_PORT drop
before=$(stats "$HOST")
from_mn zero=8
check "a packet that a firewall drops is in tx_dropped, and was not sent" \
	wait_for sent_is "[$((packets + 1)),$((dropped + 1)),$errors]"
check_stats "no counter of m6t is raised" "$HOST" "$before" "{}"
finish
