# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of offloads: their settings, which are always undone, and
# the size of packets on the path.

# shellcheck disable=SC2317,SC2329	# called indirectly

# places WHERE: namespaces and devices.
places()
{
	case $1 in
	tunnel)	echo "$MN m6t0"; echo "$GW m6t0" ;;
	ends)	echo "$MN eth"; echo "$GW wan" ;;
	nat)	echo "$NAT in"; echo "$NAT out" ;;
	far)	echo "$GW lan"; echo "$HA eth" ;;
	esac
}

# offload WHERE[,WHERE]... WORD...: the arguments are those of ethtool -K.
# Settings that a kernel does not have are reported.
offload()
{
	local where ns dev

	for where in ${1//,/ }; do
		while read -r ns dev; do
			in_ns "$ns" ethtool -K "$dev" "${@:2}" || return
		done < <(places "$where")
	done
}

# offered NETNS IFNAME: the settings of tests that can be changed, as arguments of
# ethtool -K.
offered()
{
	in_ns "$1" ethtool -k "$2" | sed -nE '
		s/^tcp-segmentation-offload: (on|off)$/tso \1/p
		s/^generic-segmentation-offload: (on|off)$/gso \1/p
		s/^generic-receive-offload: (on|off)$/gro \1/p
		s/^tx-checksumming: (on|off)$/tx \1/p
		s/^rx-checksumming: (on|off)$/rx \1/p
		s/^scatter-gather: (on|off)$/sg \1/p
		s/^[[:space:]]*(tx-udp-segmentation|rx-gro-list|rx-udp-gro-forwarding): (on|off)$/\1 \2/p
		s/^[[:space:]]*(tx-udp-segmentation): off \[requested on\]$/\1 on/p'
}

# remember: record the settings of all devices, for restore.
declare -A HAD
remember()
{
	local where ns dev

	for where in tunnel ends nat far; do
		while read -r ns dev; do
			HAD["$ns $dev"]=$(offered "$ns" "$dev")
		done < <(places "$where")
	done
}

# restore WHERE[,WHERE]...
restore()
{
	local where ns dev

	for where in ${1//,/ }; do
		while read -r ns dev; do
			# shellcheck disable=SC2086	# words
			in_ns "$ns" ethtool -K "$dev" ${HAD["$ns $dev"]}
		done < <(places "$where")
	done
}

# all_restored: prints settings that are not as recorded.
all_restored()
{
	local at rc=0

	for at in "${!HAD[@]}"; do
		# shellcheck disable=SC2086	# namespace and device
		diff <(echo "$at: ${HAD["$at"]}") \
			<(echo "$at: $(offered $at)") || rc=1
	done
	return $rc
}

# big: how many packets larger than the MTU the NAT has forwarded since.
big()
{
	in_ns "$NAT" nft -j reset counter ip sizes big |
		jq '.nftables[] | .counter // empty | .packets'
}

# both_ways: the file is sent up and down at once.
# shellcheck disable=SC2317
both_ways()
{
	local up

	fetched "$HA" "$ADDRESS" &
	up=$!
	fetched "$MN" "$HA6" && wait "$up"
}

# received NETNS ADDRESS COMMAND...: the command, followed by address and file,
# makes exactly the beginning of the file arrive there.
# shellcheck disable=SC2317
received()
{
	local got=$TMP/burst-$BASHPID rc

	: >"$got"
	start "$1" socat -u "UDP6-RECV:9,bind=[$2],rcvbuf=400000" "OPEN:$got"
	wait_for listens "$1" -u src "[$2]:9" && "${@:3}" &&
		wait_for burst_is_here "$got"
	rc=$?
	stop "$PID"
	return "$rc"
}

# shellcheck disable=SC2317
burst_is_here()
{
	[ "$(wc -c <"$1")" = 60000 ] && cmp -s -n 60000 "$1" "$TMP/www/file"
}

declare -A WORKS=([both_ways]="files arrive unchanged, up and down"
	[burst_up]="a burst of UDP" [wrapped]="a burst of wrapped packets")

# try NAME big|small WORK SETTING...: a setting is arguments of offload; they
# are undone afterwards. An emulated machine tries those in QUICK_TOO only.
declare -A QUICK_TOO
try()
{
	local name=$1 want=$2 work=$3 setting missing=

	shift 3
	if [ -n "${M6T_QUICK:-}" ] && [ -z "${QUICK_TOO["$name"]:-}" ]; then
		result 0 "$name # SKIP too slow on an emulated machine"
		return
	fi
	for setting; do
		# shellcheck disable=SC2086	# words
		offload $setting >"$TMP/ethtool" 2>&1 || missing=$setting
	done
	if [ -z "$missing" ]; then
		big >/dev/null
		check "$name: ${WORKS[$work]}" "$work"
		check "$name: the NAT forwards $want packets" test "$(big)" \
			"$([ "$want" = big ] && echo -gt || echo -eq)" 0
	else
		result 0 "$name # SKIP $missing: not offered"
	fi
	for setting; do
		restore "${setting%% *}"
	done >"$TMP/ethtool" 2>&1
}

# set_up: both ends serve the file, and the NAT counts packets.
set_up()
{
	topology
	in_ns "$NAT" nft -f - <<-END
	table ip sizes {
		counter big {
		}
		chain forward {
			type filter hook forward priority 0;
			meta length > 3000 counter name big
		}
	}
	END
	gateway ha $HA6
	mobile_node
	activate
	BYTES=${BYTES:-400000} serve "$HA" $HA6
	serve "$MN" "$ADDRESS"
	remember
}

# shellcheck disable=SC2034	# for the scripts
{
GSO_OFF="tso off gso off tx-udp-segmentation off"
LIST="gro on rx-gro-list on"
FORWARD="gro on rx-udp-gro-forwarding on"
}
