#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Segmentation, aggregation and checksum offloads, switched on and off on the
# tunnel's devices and on all links: files and datagrams arrive unchanged, and
# packets on the path are as large as the offloads permit.
# proves: W1 W4

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/offload.bash
. "$SELFTESTS/lib/offload.bash"

# burst: a few datagrams that are sent as one, and arrive as they were.
cat >"$TMP/burst.py" <<END
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_UDP, 103, 1200)
s.connect((sys.argv[1], 9))
with open(sys.argv[2], "rb") as f:
    data = f.read(60000)
for at in range(0, len(data), 12000):
    s.send(data[at:at + 12000])
END

# burst FROM TO ADDRESS: through the tunnel
# shellcheck disable=SC2317
burst()
{
	received "$2" "$3" in_ns "$1" python3 "$TMP/burst.py" "$3" "$TMP/www/file"
}

# shellcheck disable=SC2317
burst_up()
{
	burst "$MN" "$HA" "$HA6"
}

# shellcheck disable=SC2317
burst_down()
{
	burst "$HA" "$MN" "$ADDRESS"
}

WORKS[burst_down]="a burst of UDP down"
QUICK_TOO=(["as they are"]=1 ["tunnel without segmentation"]=1
	["links without any of it"]=1 ["links without checksums"]=1 ["no outer checksum"]=1)

set_up
try "as they are" big both_ways
check "a burst of UDP arrives upstream" burst_up
check "a burst of UDP arrives downstream" burst_down
try "gateway with GRO lists" small burst_down \
	"far tx-udp-segmentation off" "far $LIST"
try "tunnel without segmentation" small both_ways "tunnel $GSO_OFF"
try "tunnel without checksums" small both_ways "tunnel tx off"
try "tunnel without scatter-gather" small both_ways "tunnel sg off"
try "tunnel without GRO" big both_ways "tunnel gro off rx off"
try "links with GRO" big both_ways "ends,nat,far gro on"
try "links without segmentation" small both_ways "ends,nat,far $GSO_OFF"
try "links without checksums" small both_ways "ends,nat,far tx off"
try "links without any of it" small burst_up "ends,nat,far $GSO_OFF tx off"
for ns in "$MN" "$GW"; do
	need ip -n "$ns" link set m6t0 type m6t udpcsum off
done
try "no outer checksum" big both_ways
check "a burst of UDP arrives upstream without outer checksum" burst_up
try "no outer checksum, links without checksums" small both_ways "ends,nat,far tx off"
check "all devices have their settings back" all_restored
check_eq "neither end dropped anything" "{} {}" "$(drops "$MN") $(drops "$GW")"
finish
