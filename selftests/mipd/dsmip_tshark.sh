#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A second opinion: what Debian's tshark, an independent decoder, finds in the signalling
# of both protocol modules, behind a NAT and without one: the IPv4 home address and
# care-of address of RFC 5555 in binding updates (options 29 and 32), its acknowledgment
# and the detection of a NAT in the answers (30 and 31). Encrypted, with the keys; with
# ESP that does not encrypt; and in clear.
# takes long
# proves: D10 D11

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly
# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/dsmip.bash
. "$SELFTESTS/lib/dsmip.bash"
# shellcheck source-path=SCRIPTDIR source=mipd.bash
. "$SELFTESTS/mipd/mipd.bash"

# Of a mobility header, in the order of the packet.
FIELDS=(mhtype bu.seqnr bu.a_flag bu.h_flag bu.k_flag bu.f_flag bu.t_flag bu.lifetime
	ba.status ba.k_flag ba.seqnr ba.lifetime ipv4coa.addr ipv4aa.sts ipv4ha.preflen
	ipv4ha.p_flag ipv4ha.ha natd.f_flag natd.refresh_t)
NO_REFRESH=4294967295

# sa SPI CIPHER KEY: one for tshark.
sa()
{
	echo "uat:esp_sa:\"IPv6\",\"*\",\"*\",\"$1\",\"$2\",\"$3\",$(
		)\"HMAC-SHA-256-128 [RFC4868]\",\"$DSMIP_AUTH\""
}

# decode FILE CIPHER KEY WORD...: what tshark says.
decode()
{
	HOME=$TMP tshark -n -r "$1" -d udp.port==$DSMIP_PORT,ipv6 \
		-o esp.enable_encryption_decode:TRUE \
		-o "$(sa 0x00001001 "$2" "$3")" -o "$(sa 0x00001002 "$2" "$3")" \
		"${@:4}" 2>"$TMP/tshark-err"
}

# headers FILE CIPHER KEY: a line for each mobility header, with its ends and what tshark
# finds in it; and one that begins with "malformed" for what is not well-formed. Once, as
# tshark takes seconds to start.
headers()
{
	local field fields=(-e _ws.malformed -e _ws.unreassembled
		-e ipv6.src -e ipv6.dst)

	for field in "${FIELDS[@]}"; do
		fields+=(-e "mip6.$field")
	done
	decode "$@" -Y "mipv6 or _ws.malformed or _ws.unreassembled" -T fields \
		-E separator='|' "${fields[@]}" |
		awk -F'|' -v names="${FIELDS[*]}" '
		BEGIN { split(names, name, " ") }
		{
			line = $3 " > " $4
			for (i = 5; i <= NF; i++)
				if ($i != "")
					line = line " " name[i - 4] "=" $i
			if ($1 $2 != "" || line !~ / mhtype=/)
				line = "malformed " line
			print line
		}'
}

# signals NAME UPDATE ANSWER: the last two mobility headers are these, but for their
# sequence numbers, which are the same.
signals()
{
	local update answer

	update=$(grep mhtype=5 "$TMP/headers" | tail -n 1)
	answer=$(grep mhtype=6 "$TMP/headers" | tail -n 1)
	check_eq "$1: the binding update" "$HOA > $HA6 mhtype=5 $2" \
		"${update/ bu.seqnr=*([0-9])/}"
	check_eq "$1: the acknowledgment" "$HA6 > $HOA mhtype=6 $3" \
		"${answer/ ba.seqnr=*([0-9])/}"
	check_eq "$1: the same sequence number" \
		"$(sed -n 's/.*bu.seqnr=\([0-9]*\).*/\1/p' <<<"$update")" \
		"$(sed -n 's/.*ba.seqnr=\([0-9]*\).*/\1/p' <<<"$answer")"
}
shopt -s extglob

# seen NAME CIPHER KEY COMMAND...: what tshark finds outside the NAT, or on the path to
# the network without one, while this is done.
seen()
{
	local name=$1 cipher=$2 key=$3

	shift 3
	capture "$HA" wan "$TMP/wan" udp
	"$@"
	capture_end
	headers "$TMP/wan" "$cipher" "$key" >"$TMP/headers"
	diag "$(cat "$TMP/headers" "$TMP/tshark-err")"
	check_eq "$name: nothing is malformed" "" \
		"$(grep ^malformed "$TMP/headers")"
}

UPDATE="bu.a_flag=1 bu.h_flag=1 bu.k_flag=0 bu.f_flag=0 bu.t_flag=0"
HOME4_GIVEN="ipv4ha.preflen=32 ipv4ha.p_flag=0 ipv4ha.ha=$HOA4"
GRANTED="ba.status=0 ba.k_flag=0 ba.lifetime=150"
HOME4_GRANTED="ipv4aa.sts=0 ipv4ha.preflen=32 ipv4ha.ha=$HOA4"

register()
{
	check "$name: the mobile node starts" in_ns "$MN" m6tctl up m6t0
	check "$name: it is bound to the NAT" wait_for bound_at $NAT4
}

move()
{
	need ip -n "$MN" link set eth down
	check "$name: it is bound without a NAT" wait_for bound_at $COA2
}

leave()
{
	check "$name: the mobile node ends" in_ns "$MN" m6tctl down m6t0
}

back()
{
	need ip -n "$MN" -b - <<-END
		link set eth up
		route add default via 10.0.0.1 dev eth metric 100
	END
}

# life NAME CIPHER KEY: registered, moved, no longer registered.
life()
{
	seen "$1, behind a NAT" "$2" "$3" register
	signals "$1, behind a NAT" \
		"$UPDATE bu.lifetime=150 ipv4coa.addr=$COA $HOME4_GIVEN" \
		"$GRANTED $HOME4_GRANTED natd.f_flag=1 natd.refresh_t=110"
	seen "$1, without a NAT" "$2" "$3" move
	signals "$1, without a NAT" \
		"$UPDATE bu.lifetime=150 ipv4coa.addr=$COA2 $HOME4_GIVEN" \
		"$GRANTED $HOME4_GRANTED natd.f_flag=0 natd.refresh_t=$NO_REFRESH"
	seen "$1, the end" "$2" "$3" leave
	signals "$1, the end" "$UPDATE bu.lifetime=0 ipv4coa.addr=$COA2" \
		"ba.status=0 ba.k_flag=0 ba.lifetime=0 natd.f_flag=0 $(
		)natd.refresh_t=$NO_REFRESH"
	back
}

# The same, but nothing is encrypted.
null_encryption()
{
	local ns

	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm state flush
		need in_ns "$ns" sh -ec "m6tctl ipsec m6t0 manual /etc/m6t/keys |
			sed -n \"s/enc 'cbc(aes)' [^ ]*/enc 'ecb(cipher_null)' ''/p\" |
			sh -e"
	done
}

# Both modules are started again with other files.
in_clear()
{
	local ns

	need in_ns "$HA" m6tctl down m6t0
	for ns in "$MN" "$HA"; do
		need ip -n "$ns" xfrm policy flush
		need ip -n "$ns" xfrm state flush
		need sed -i "s/^ipsec .*/ipsec none/" "/etc/netns/$ns/m6t/m6t0.conf"
	done
	need in_ns "$HA" m6tctl up m6t0 2>"$TMP/warning"
	check "a start without IPsec warns" grep -q "warning: m6t0: ipsec none: " \
		"$TMP/warning"
}

need command -v tshark >/dev/null
topology_dsmip
dsmip_files
mipd_ipsec
need in_ns "$HA" m6tctl up m6t0
life "encrypted" "AES-CBC [RFC3602]" "$DSMIP_ENC"
null_encryption
life "not encrypted" NULL ""
in_clear
life "in clear" NULL ""
finish
