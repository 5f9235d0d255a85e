# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests under heavy traffic: the traffic.

# shellcheck disable=SC2317,SC2329	# called indirectly

LOOPS=${M6T_LOOPS:-4}
BYTES=2000000 BURST=2000 PAUSE=0.001
# Where the clock stands still while anything runs, the traffic must be less.
! time_travel || BYTES=20000 BURST=10 PAUSE=0.01 LOOPS=2

# again NAME: the tunnel works after that.
again()
{
	check "$1: the tunnel works" wait_for ping6_ok "$MN" $HA6 -W 1
}

# storm: pings and TCP through the tunnel, both ways, and datagrams to the
# sockets of both ends from elsewhere, until calm.
storm()
{
	local before=${#CLEAN_UP[@]}

	STORM=()
	storm_of "$HA" ping -6 -n -q -i "$PAUSE" "$ADDRESS"
	storm_of "$MN" ping -6 -n -q -i "$PAUSE" -I "$ADDRESS" $HA6
	storm_of "$MN" bash -c "while sleep $PAUSE; do
		curl -sg -m 1 -o /dev/null http://[$HA6]/file
	done"
	storm_of "$NAT" bash -c "while sleep $PAUSE; do
		$TMP/inject udp -c $BURST $GW4 $PORT \
			src=fd00:6d:0:1:2::1,dst=$HA6,echo=1 hex=60 \
			src=fd00:6d:0:1:2::2,dst=$HA6,plen=9
	done"
	storm_of "$NAT" bash -c "while sleep $PAUSE; do
		$TMP/inject udp -c $BURST $MN4 4444 \
			src=$HA6,dst=$ADDRESS,echo=1
	done"
	CLEAN_UP=("${CLEAN_UP[@]:0:before}" calm)
}

storm_of()
{
	start "$@" >/dev/null 2>&1
	STORM+=("$PID")
}

# shellcheck disable=SC2317	# also at the end
calm()
{
	[ ${#STORM[@]} -eq 0 ] || stop "${STORM[@]}"
	STORM=()
} >/dev/null 2>&1

# The mobile node's device with a known port.
storm_mobile_node()
{
	local WAIT=60

	need ip -n "$MN" link add m6t0 type m6t mode mn prefix $MN_PREFIX \
		gateway $GW4 sport 4444
	need ip -n "$MN" link set m6t0 up
	# That of another test may still be removed.
	need wait_for attach id 000000004444
}

# set_up: prepare for the storm.
set_up()
{
	topology
	need_inject
	gateway rate 0
	storm_mobile_node
	activate
	serve "$HA" $HA6
}
