# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# DSMIPv6 with IPsec by charon, strongSwan as Debian ships it, at both ends, for
# lib/dsmip.bash, lib/ike.bash and mipd.bash: what Documentation/dsmip.rst says.

# shellcheck disable=SC2119,SC2317,SC2329	# optional arguments, called indirectly

# charon_files: files of m6tctl, as those of mipd.bash, but without keys.
charon_files()
{
	local ns

	dsmip_files
	for ns in "$MN" "$HA"; do
		need rm "/etc/netns/$ns/m6t/keys"
		need sed -i 's/^ipsec .*/ipsec ike/' "/etc/netns/$ns/m6t/m6t0.conf"
	done
}

# charon_start NETNS NAME: a charon with what m6tctl prints, and the policies.
charon_start()
{
	local conf=$TMP/$2/swanctl.conf

	ike_daemon "$1" "$2"
	need in_ns "$1" m6tctl ipsec m6t0 charon >"$conf"
	sed -n 's/^# ip //p' "$conf" >"$TMP/policies"
	need ip -n "$1" -batch "$TMP/policies"
	cat >>"$conf" <<-END
	secrets {
		ike-m6t {
			id = $HOA
			secret = "not a secret"
		}
	}
	END
}

# charon_load NAME: load its configuration, again if it has changed.
charon_load()
{
	need wait_for swan "$1" --stats
	need swan "$1" --load-all --file "$TMP/$1/swanctl.conf" >"$TMP/$1/load" 2>&1
}

# sas NETNS: addresses and mode of its SAs.
sas()
{
	ip -n "$1" xfrm state list | awk '
		/^src/ { ends = $2 " " $4 }
		/mode/ { print ends, $NF }' | sort
}

# spis NETNS: all SPIs there, on a line.
spis()
{
	ip -n "$1" xfrm state list | sed -n 's/.* spi \(0x[0-9a-f]*\) .*/\1/p' |
		sort | xargs
}

# ike_ends NAME CONNECTION: state, local and remote address of its IKE_SA.
ike_ends()
{
	swan "$1" --list-sas --ike "$2" --raw |
		sed -n 's/.* state=\([A-Z]*\) local-host=\([^ ]*\) .*remote-host=\([^ ]*\) .*/\1 \2 \3/p'
}

# ike_left ADDRESS: the IKE_SA for signalling uses another local address.
ike_left()
{
	local state from to

	read -r state from to < <(ike_ends mn "$CHARON_SIGNAL")
	[ "$state" = ESTABLISHED ] && [ "$from" != "$1" ] && [ -n "$to" ]
}

# Those of signalling, and names of connections.
SIGNAL_SAS="$HA6 $HOA transport
$HOA $HA6 transport"
CHARON_SIGNAL=m6t-${HOA//:/-}
CHARON_PAYLOAD=$CHARON_SIGNAL-payload

# rekeyed SPIS: the SAs are others than these, and no more than those.
rekeyed()
{
	local now

	now=$(spis "$MN")
	[ "$now" = "$(spis "$HA")" ] && [ "$(wc -w <<<"$now")" = "$(wc -w <<<"$1")" ] &&
		! grep -qwF "${1// /$'\n'}" <<<"$now"
}

# rekey WHEN: of signalling; then a binding update by the new SAs.
rekey()
{
	local before count

	before=$(spis "$MN") count=$(counter "$HA" rx_signal)
	check "$1: the SAs are rekeyed" swan mn --rekey --child signal
	check "$1: others are in use, at both ends" wait_for rekeyed "$before"
	check "$1: and carry binding updates" register_again "$count"
}

# register_again COUNT: another one is accepted than those so far.
register_again()
{
	need in_ns "$MN" ip link set m6t0 down
	need in_ns "$MN" ip link set m6t0 up
	wait_for more_signals "$1" && wait_for ping6_ok "$CN" $HOA -W 1
}

more_signals()
{
	[ "$(counter "$HA" rx_signal)" -gt "$1" ]
}

# sound: has nothing failed so far? The rest would take long, and say nothing more.
sound()
{
	local name

	[ "$TEST_FAILED" -ne 0 ] || return 0
	for name in mn ha; do
		diag "$name: $(tail -n 60 "$TMP/$name/log")"
	done
	diag "$(xfrm_dump | grep -v socket)"
	diag "$(drops "$HA") $(drops "$MN")"
	finish
}
