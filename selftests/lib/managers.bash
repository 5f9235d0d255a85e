# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common to the tests of network managers: a mobile node with its own systemd, the
# manager as its package ships it, m6t@.service and all that "make install"
# installs, and two networks with DHCP:
#
#      mn                        switch
#   +-------+            +---------------------+      nat
#   | m6t0  |            |             br1-port1-+---in   out--- wan  gw
#   | eth0--+------------+-port          or    |      nat2
#   +-------+            |             br2-port2-+---in   out--- wan2 gw
#                        +---------------------+
#              10.0.1.0/24 by br1, 10.0.2.0/24 by br2

# shellcheck disable=SC2034,SC2317,SC2329	# for scripts, indirect calls

# shellcheck source-path=SCRIPTDIR source=../lib/follow.bash
. "$SELFTESTS/lib/follow.bash"
# shellcheck source-path=SCRIPTDIR source=../lib/systemd.bash
. "$SELFTESTS/lib/systemd.bash"

SW=m6t-$$-sw
UNIT=m6t@$DEV.service
LOG=$TMP/log-m6t@.service
: >"$LOG"
: >"$LOG.err"
MONITOR=$TMP/monitor
MARK=0

# networks: the topology above.
networks()
{
	ns_add "$MN" "$SW" "$NAT" "$NAT2" "$GW" "$HA"
	need ip link add eth0 netns "$MN" type veth peer name port netns "$SW"
	need tc -n "$SW" qdisc add dev port clsact
	link_ns "$NAT" out $NAT4/24 "$GW" wan $GW4/24
	link_ns "$NAT2" out 198.51.100.1/24 "$GW" wan2 198.51.100.2/24
	link_ns "$GW" lan $GW6/64 "$HA" eth $HA6/64
	need ip -n "$NAT2" route add $GW4 via 198.51.100.2
	need in_ns "$GW" sysctl -qw net.ipv6.conf.all.forwarding=1
	need ip -n "$HA" -6 route add $PREFIX via $GW6
	network 1 "$NAT"
	network 2 "$NAT2"
	gateway ha $HA6
	patch_to 1
	need ip -n "$SW" link set port up
}

# network N NETNS: that NAT's inner side, and its DHCP server.
network()
{
	link_ns "$SW" "port$1" "" "$2" in "10.0.$1.1/24"
	need tc -n "$SW" qdisc add dev "port$1" clsact
	need in_ns "$2" sysctl -qw net.ipv4.ip_forward=1
	need in_ns "$2" nft -f - <<-END
	table ip m6t {
		chain post {
			type nat hook postrouting priority 100;
			oifname out masquerade
		}
	}
	END
	start "$2" dnsmasq -k --conf-file=/dev/null --port=0 --interface=in \
		--user=root --bind-interfaces --no-ping --dhcp-authoritative \
		--leasefile-ro --pid-file= --log-facility="$TMP/dhcp$1" \
		--dhcp-range="10.0.$1.10,10.0.$1.99"
	need wait_for grep -q started "$TMP/dhcp$1"
}

# patch_to N: the switch connects the underlay with this network. Not by bridges,
# which forward nothing until they have noticed a carrier.
patch_to()
{
	local dev

	for dev in port port1 port2; do
		need tc -n "$SW" filter del dev $dev ingress
	done
	need redirected port "port$1"
	need redirected "port$1" port
}

redirected()
{
	tc -n "$SW" filter add dev "$1" ingress matchall \
		action mirred egress redirect dev "$2"
}

# machine UNIT...: the mobile node's system, with these units of Debian's, the
# manager's first, after boot, with neither the manager nor the device yet.
machine()
{
	local unit

	MANAGER=$1
	installed
	stub_targets sysinit basic shutdown network-pre network sockets \
		multi-user test
	# These alone, as targets start all units in their folders.
	for unit in dbus.service dbus.socket systemd-udevd.service \
		systemd-udevd-control.socket systemd-udevd-kernel.socket "$@"; do
		need cp "/lib/systemd/system/$unit" "$UNITS/"
	done
	cat >"$UNITS/systemd-udev-trigger.service" <<-END
	[Unit]
	DefaultDependencies=no
	After=systemd-udevd.service
	Wants=systemd-udevd.service
	[Service]
	Type=oneshot
	ExecStart=udevadm trigger --action=add --subsystem-match=net
	END
	cat >"$UNITS/test.target" <<-END
	[Unit]
	Wants=dbus.service systemd-udev-trigger.service
	END
	logged "$MANAGER"
	logged m6t@.service
	boot "$UNITS:/usr/local/lib/systemd/system" \
		"mkdir -p $TMP/etc/up $TMP/etc/work" \
		"mount -t overlay -o lowerdir=/etc,upperdir=$TMP/etc/up,workdir=$TMP/etc/work etc /etc" \
		"mkdir -p /etc/m6t /run/dbus /run/udev" \
		"rm -rf /etc/NetworkManager/system-connections/* /etc/systemd/network/*" \
		"echo 0123456789abcdef0123456789abcdef >/etc/machine-id" \
		"echo mode mn prefix $MN_PREFIX gateway $GW4 >/etc/m6t/$DEV.conf" \
		"mount --bind $TMP/root/usr/local /usr/local" \
		"mkdir -p /usr/lib/NetworkManager/conf.d" \
		"mount --bind $TMP/root/usr/lib/NetworkManager/conf.d /usr/lib/NetworkManager/conf.d" \
		"for dir in /var/lib/NetworkManager /var/lib/m6t /var/lib/systemd" \
		"do mkdir -p \$dir; mount -t tmpfs var \$dir" \
		"done"
	need wait_for unit ActiveState active dbus.service
	need wait_for in_udev eth0
}

# installed: the files of "make install", in $TMP/root, with the tools in use.
installed()
{
	local tool bin

	mkdir -p "$TMP/tools"
	bin=$(dirname "$(command -v m6tctl)")
	for tool in m6tctl m6tmipd; do
		[ ! -e "$bin/$tool" ] || cp "$bin/$tool" "$TMP/tools/"
	done
	: >"$TMP/tools/link_m6t.so"
	need make -s -C "$SELFTESTS/../tools" O="$TMP/tools" \
		-o "$TMP/tools/m6tctl" -o "$TMP/tools/m6tmipd" \
		-o "$TMP/tools/link_m6t.so" \
		DESTDIR="$TMP/root" install >"$TMP/make" 2>&1
}

# logged UNIT: there is no journal.
logged()
{
	mkdir -p "$UNITS/$1.d"
	printf '[Service]\nStandardOutput=append:%s\nStandardError=inherit\n' \
		"$TMP/log-$1" >"$UNITS/$1.d/log.conf"
}

# in_udev IFNAME: has udev processed it?
in_udev()
{
	inside udevadm info "/sys/class/net/$1" | grep -q "ID_NET_DRIVER=" &&
		inside test -s "/run/udev/data/n$(mn_ip -j link show "$1" |
			jq '.[].ifindex')"
}

# restart, begin, die: of the manager; then all is as expected, by a function of
# its own script.
restart()
{
	ctl restart "$MANAGER" && settled
}

begin()
{
	ctl start "$MANAGER" && settled
}

die()
{
	local before

	before=$(ctl show -P NRestarts "$MANAGER")
	ctl kill -s KILL "$MANAGER"
	wait_for unit NRestarts $((before + 1)) "$MANAGER" && settled
}

# no_address: has the underlay lost its own?
no_address()
{
	[ -z "$(mn_ip -4 -o addr show dev eth0)" ]
}

# watch: record what happens to links, addresses and routes of the mobile node.
watch()
{
	start "$MN" ip -o monitor link address route >"$MONITOR" 2>&1
	need wait_for marked
}

# mark: wait until all so far has been recorded; sets LINES, how many.
mark()
{
	MARK=$((MARK + 1))
	need wait_for marked
	LINES=$(wc -l <"$MONITOR")
}

marked()
{
	mn_ip addr add "127.1.0.$MARK/32" dev lo
	mn_ip addr del "127.1.0.$MARK/32" dev lo
	grep -qw "Deleted.*127.1.0.$MARK/32" "$MONITOR"
}

# how: attributes of the device that do not depend on an attachment.
how()
{
	mn_ip -d -j link show $DEV | jq -cS '.[0] |
		(.flags -= ["LOWER_UP", "NO-CARRIER"]) |
		del(.ifindex, .stats64, .operstate, .linkinfo.info_data)'
	in_ns "$MN" grep -rs . "/proc/sys/net/ipv6/conf/$DEV" \
		"/proc/sys/net/ipv4/conf/$DEV" | sort
}

# as_made: is it as it was created without a manager?
as_made()
{
	diff "$TMP/how" <(how)
}

# untouched NAME [COMMAND...]: the device is not changed meanwhile. A repeated
# message of the kernel about the link does not count: it is sent whenever a
# setting is requested that it has already.
untouched()
{
	local before link

	OLD=$ADDRESS
	mark
	before=$LINES
	[ $# -eq 1 ] || need "${@:2}"
	mark
	link=$(mn_ip -o link show $DEV | grep -o "<.*> mtu [0-9]*")
	{
		tail -n "+$((before + 1))" "$MONITOR" | grep -w $DEV |
			grep -vF "$link"
		as_made
		here && [ "$ADDRESS" = "$OLD" ] &&
			[ "$(attachments)" = "$TOTAL" ] || state
	} >"$TMP/touched" 2>&1
	check "$1: the device is left alone" test ! -s "$TMP/touched"
	[ ! -s "$TMP/touched" ] || diag "$(cat "$TMP/touched")"
}

# anew NAME [COMMAND...]: it causes a new attachment; a manager that changes the
# underlay repeatedly may cause more.
anew()
{
	OLD=$ADDRESS
	[ $# -eq 1 ] || need "${@:2}"
	arrives "$1"
	TOTAL=$(attachments)
	check "$1: the device is as it was" as_made
}

# cable up|down: the underlay's. It lasts long enough to be noticed, as the kernel
# would not report a carrier that is back at once.
cable()
{
	need ip -n "$SW" link set port "$1"
	need wait_for cable_is "${1^^}"
}

cable_is()
{
	[ "$(mn_ip -j link show eth0 | jq -r '.[].operstate')" = "$1" ]
}

# roam N: the mobile node leaves one network and enters the other.
roam()
{
	cable down
	patch_to "$1"
	cable up
}

# online NAME REMOTE: pings are answered, and the gateway receives them from this
# NAT.
online()
{
	check "$1: the home agent answers" wait_for ping6_ok "$MN" $HA6 -W 1
	check "$1: through the NAT" wait_for bound_to "$2"
}

bound_to()
{
	here && state_is active &&
		[ "$(binding | jq -r .remote)" = "$1" ]
}
