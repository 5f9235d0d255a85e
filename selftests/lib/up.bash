# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of m6tctl up: files for the mobile node's namespace, and the
# state of the device. Files of the machine itself are not used: "ip netns exec"
# mounts others over them.

# shellcheck disable=SC2034,SC2317,SC2329	# for scripts, indirect calls

DEV=m6t$$
DEV=${DEV:0:12}
FILE=/etc/m6t/$DEV.conf	# as the namespace sees it
CONF=/etc/netns/$MN/m6t/$DEV.conf
MEMORY=/var/lib/m6t/$DEV

# up_setup: create folders, and remove all at the end.
up_setup()
{
	need mkdir -p /etc/m6t "/etc/netns/$MN/m6t"
	at_exit "rm -rf /etc/netns/$MN $MEMORY"
	# In a guest, others may be about to use it.
	[ -n "${M6T_LAB:-}" ] || at_exit "rmdir /etc/m6t"
	at_exit "mn down $DEV"
}

# conf WORD...: the device's file.
conf()
{
	printf '%s\n' "$*" >"$CONF"
}

# mobile WORD...: the same, of a mobile node.
mobile()
{
	conf mode mn prefix "$MN_PREFIX" keepalive 0 "$@"
}

# mn WORD...: m6tctl in the mobile node.
mn()
{
	in_ns "$MN" m6tctl "$@"
}

mn_ip()
{
	ip -n "$MN" "$@"
}

# setting NAME: its value on the device, nothing without a device.
setting()
{
	mn -j show dev "$DEV" 2>/dev/null | jq -r ".[0].\"$1\""
}

# is NAME VALUE
is()
{
	[ "$(setting "$1")" = "$2" ]
}

# becomes NAME SETTING VALUE: soon the setting has this value.
becomes()
{
	local rc

	wait_for is "$2" "$3"
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "$2 is $(setting "$2"), not $3; $(cat "$TMP/up")"
}

# attachments: how many there have been.
attachments()
{
	mn -j stats dev "$DEV" | jq '.[0].attach'
}

# reached: the gateway's binding of the present address is active.
reached()
{
	ADDRESS=$(setting address)
	state_is active
}

# up_foreground: as a unit runs it; sets UP. Its output is in $TMP/up.
up_foreground()
{
	start "$MN" "$@" m6tctl up "$DEV" foreground >"$TMP/up" 2>&1
	UP=$PID
}

# exists: is the device there?
exists()
{
	ip -n "$MN" link show "$DEV" >/dev/null 2>&1
}

# nat_drops EXPRESSION...: packets that the NAT drops.
nat_drops()
{
	need in_ns "$NAT" nft -f - <<-END
	table ip filter
	delete table ip filter
	table ip filter {
		chain forward {
			type filter hook forward priority 0;
			${*:+$* drop}
		}
	}
	END
}

# says NAME STATUS PATTERN COMMAND...
says()
{
	local rc

	"${@:4}" >"$TMP/out" 2>"$TMP/err"
	rc=$?
	[ $rc -eq "$2" ] && grep -q -- "$3" "$TMP/err"
	result $? "$1"
	[ $rc -eq "$2" ] || diag "$rc: $(cat "$TMP/err")"
}
