# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian packages: those that the machine needs (installed), and those that
# only the lab needs (fetched into the cache, never installed).

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

PACKAGES=(
	# kernel and module builds
	build-essential flex bison bc libelf-dev libssl-dev kmod cpio xz-utils
	zstd git dkms pahole sparse libmnl-dev libell-dev pkg-config
	# guests
	busybox-static qemu-system-x86 bubblewrap procps iproute2
	# called by tests
	nftables iptables tcpdump iperf3 curl ethtool conntrack socat
	iputils-ping iputils-tracepath traceroute wireguard-tools netcat-openbsd
	tshark
	jq python3 python3-yaml
	python3-scapy python3-prometheus-client
	strongswan-swanctl strongswan-charon strongswan-starter
	libcharon-extra-plugins libstrongswan-standard-plugins
	libstrongswan-extra-plugins bash-completion dnsmasq-base ifupdown
	systemd network-manager
	# called by checks
	mandoc shellcheck
)

# For runs that need more than tests do.
read -ra more <<<"${M6T_EXTRA_PACKAGES:-}"
PACKAGES+=(${more[@]+"${more[@]}"})

# Daemons of packages that must never run on the machine itself.
declare -A DAEMONS=([strongswan-starter]=strongswan-starter [iperf3]=iperf3
	[ifupdown]=networking
	[network-manager]="NetworkManager NetworkManager-wait-online
		NetworkManager-dispatcher nm-priv-helper")

packages_missing()
{
	local -A have=()
	local name status

	while read -r status name; do
		[[ $status == ii* ]] && have[$name]=1
	done < <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' \
			"${PACKAGES[@]}" 2>/dev/null)
	for name in "${PACKAGES[@]}"; do
		[[ -n ${have[$name]:-} ]] || printf '%s\n' "$name"
	done
}

apt_quiet()
{
	DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
		timeout $LIMIT_FETCH apt-get -q \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" \
		</dev/null >>"$CACHE/apt.log" 2>&1
}

# Masks the daemons of a package that will be installed, unless the machine has a
# setting of its own for them.
daemon_mask()
{
	local unit

	for unit in ${DAEMONS[$1]:-}; do
		unit+=.service
		[[ -e /lib/systemd/system/$unit ||
		   -L /etc/systemd/system/$unit ]] && continue
		mkdir -p /etc/systemd/system
		ln -s /dev/null "/etc/systemd/system/$unit"
	done
}

# A policy prevents any start meanwhile: the lab never causes a daemon to listen
# on this machine. In a process of its own, so that the policy is removed however
# this ends.
packages_install()
(
	policy=/usr/sbin/policy-rc.d

	if [[ ! -e $policy ]]; then
		trap 'rm -f $policy' EXIT
		trap 'exit 143' INT TERM HUP
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod 755 $policy
	fi
	for name; do
		daemon_mask "$name"
	done
	apt_quiet install -y --no-install-recommends "$@"
)

packages_ensure_locked()
{
	local missing

	mapfile -t missing < <(packages_missing)
	((${#missing[@]})) || return 0
	say "installing packages: ${missing[*]}"
	packages_install "${missing[@]}" && return 0
	# The lists may be older than the mirror, or be missing.
	apt_quiet update
	packages_install "${missing[@]}" && return 0
	tail -n 20 "$CACHE/apt.log" >&2
	die "$EXIT_BUILD" "apt could not install: ${missing[*]}"
}

packages_ensure()
{
	[[ -z $(packages_missing) ]] && return 0
	mkdir -p "$CACHE"
	lock_run packages packages_ensure_locked
}

# Mirror, code name and suite of the release that the machine runs, from apt's own
# view of its sources: one line "SITE-URI CODENAME SUITE".
apt_own_release()
{
	local codename

	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(SUITE)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v name="$codename" '$2 == name { print; exit }'
}

# Suites that may have newer packages than the machine's own, best first. Debian's
# suite names move on with every release, so the name of the machine's own release
# shows which one is next.
apt_newer_suites()
{
	local codename=$1 suite=$2

	case $suite in
	oldoldstable)	printf '%s\n' stable-backports oldstable-backports ;;
	oldstable)	printf '%s\n' stable-backports ;;
	stable)		printf '%s\n' testing-backports testing oldstable ;;
	esac
	printf '%s\n' "$codename-backports"
}

# apt_in SUITE COMMAND...: apt with a list of the project's own, so that the
# machine's sources stay as they are.  The suite "own" is the machine's own.
apt_in()
{
	local suite=$1 tool=$2 dir=$CACHE/apt/$1

	shift 2
	if [[ $suite == own ]]; then
		timeout $LIMIT_FETCH "$tool" "$@"
		return
	fi
	timeout $LIMIT_FETCH "$tool" -o Dir::Etc::SourceList="$dir/sources.list" \
		-o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" \
		-o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

# Fails where the mirror has no such suite.
apt_suite_update()
{
	local suite=$1 uri=$2 dir=$CACHE/apt/$1 signed=''

	[[ -f $KEYRING ]] && signed="[signed-by=$KEYRING] "
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	printf 'deb %s%s %s main\n' "$signed" "$uri" "$suite" \
		>"$dir/sources.list"
	apt_in "$suite" apt-get -q -o APT::Update::Error-Mode=any update \
		>"$dir/log" 2>&1
}

# apt_newest REGEX: "VERSION PACKAGE SUITE" of the newest package whose whole
# name matches, over the machine's own sources and all newer suites.
apt_newest()
{
	local regex=$1 uri codename suite each

	read -r uri codename suite < <(apt_own_release)
	{
		apt_list_matching own "$regex"
		while read -r each; do
			[[ -n ${uri:-} ]] || continue
			apt_suite_update "$each" "$uri" || continue
			apt_list_matching "$each" "$regex"
		done < <(apt_newer_suites "${codename:-}" "${suite:-}" | uniq)
	} | version_sort | tail -n 1
}

apt_list_matching()
{
	local suite=$1 regex=$2 name

	apt_in "$suite" apt-cache pkgnames linux- 2>/dev/null |
		grep -E "^($regex)\$" | while read -r name; do
		apt_in "$suite" apt-cache madison "$name" 2>/dev/null |
			awk -v n="$name" -v s="$suite" \
				-F ' *[|] *' '{ print $2, n, s; exit }'
	done
}

# By Debian's own order of versions: "~bpo" sorts before the release.
version_sort()
{
	local lines line i

	mapfile -t lines
	for ((i = 1; i < ${#lines[@]}; i++)); do
		line=${lines[i]}
		if dpkg --compare-versions "${lines[0]%% *}" lt "${line%% *}"; then
			lines[0]=$line
		fi
	done
	((${#lines[@]})) && printf '%s\n' "${lines[0]}"
}

# apt_extract CHOICE SUITE DIR PACKAGE[=VERSION]...: unpacked, not installed.
# A version that cannot be fetched (any more) is not chosen any longer.
apt_extract()
{
	local choice=$1 suite=$2 dir=$3 debs=$3.debs deb

	shift 3
	mkdir -p "$debs" "$dir"
	if ! (cd "$debs" && apt_in "$suite" apt-get -q \
		-o APT::Sandbox::User=root download "$@" \
		>>"$CACHE/apt.log" 2>&1); then
		tail -n 5 "$CACHE/apt.log" >&2
		say "apt could not fetch: $*"
		rm -f "$CACHE/choice/$choice"
		return 1
	fi
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir" || return 1
	done
	rm -rf "$debs"
}
