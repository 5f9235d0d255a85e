#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What users see of a DSMIPv6 mobile node whose sockets are in another network namespace:
# the link that events name is looked up there; its home address and UDP port.
#
#    under                     app
#  +---------------+         +-------------+
#  | uplink   m6t0-+- - - - -+-m6t0  wrong |
#  +---------------+         +-------------+
#
# Both links have the same ifindex.
# proves: D17 D23

# shellcheck disable=SC2317,SC2329	# called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"

UNDER=m6t-$$-under APP=m6t-$$-app
INDEX=77 REGISTERED=21

# genl WORD...: see genl.py.
genl()
{
	in_ns "$APP" python3 "$SELFTESTS/lib/genl.py" "$@"
}

# seen FILE FILTER
seen()
{
	[ "$(jq -c "$2" "$1" | tail -n 1)" = "$3" ]
}

# follows FILE [WORD...]: m6tctl has written the first event there.
follows()
{
	: >"$TMP/$1"
	start "$APP" m6tctl "${@:2}" monitor dev m6t0 >>"$TMP/$1"
	need wait_for begun "$1"
}

begun()
{
	need genl slot m6t0 local=127.0.0.1
	need genl slot m6t0
	[ -s "$TMP/$1" ]
}

# show FILTER: of what m6tctl show says about the device.
show()
{
	m6tctl -n "$APP" -j show dev m6t0 | jq -c ".[0] | $1"
}

ns_add "$UNDER" "$APP"
need ip -n "$UNDER" link add uplink index $INDEX up type dummy
need ip -n "$UNDER" addr add 192.0.2.2/24 dev uplink
need ip -n "$APP" link add wrong index $INDEX up type dummy
need ip -n "$UNDER" link add m6t0 type m6t mode dsmip-mn ha $HA6 ha4 192.0.2.1 \
	hoa $HOA
need ip -n "$UNDER" link set m6t0 netns "$APP"
need ip -n "$APP" link set m6t0 up
follows json -j
follows text
need genl slot m6t0 local=192.0.2.2 link=$INDEX
check "a care-of address is on the link below" wait_for seen "$TMP/json" \
	'[.event, .state, .link]' '["slot","pending","uplink"]'
check "in text, too" wait_for grep -q "state pending .* link uplink" "$TMP/text"
need genl report m6t0 event=$REGISTERED local=192.0.2.2 link=$INDEX
check "what the protocol module reports, too" wait_for seen "$TMP/json" \
	'[.event, .link]' '["registered","uplink"]'
check_eq "as m6tctl show has it" '"uplink"' \
	"$(show '.slots[0].link')"
check_eq "without an active care-of address: the home address, and no port" \
	"[\"$HOA\",null,false]" "$(show '[.address, .sport, .attached]')"
need genl commit m6t0
check_eq "with one: also its port" \
	"[\"$HOA\",$(show '.slots[0].local_port'),true]" \
	"$(show '[.address, .sport, .attached]')"
finish
