# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian releases, to build packages in and to install them into: a tree of each in the
# cache. What is done in it is lost, except in folders that are bound into it.

# Increase when the way in which they are made changes.
CHROOT_RECIPE=1
RELEASES=(bookworm trixie)
# Build dependencies of debian/control, what its tests and lintian need, and what a
# module is built with.
CHROOT_PACKAGES=(debhelper dh-dkms dkms iproute2 kmod libell-dev libmnl-dev
	linux-headers-amd64 lintian mandoc pkg-config procps python3 systemd)

release_is_known()
{
	[[ " ${RELEASES[*]} " == *" $1 "* ]]
}

# chroot_sources RELEASE: lines for apt, from the mirrors that the machine uses.
chroot_sources()
{
	local uri security signed=''

	[[ -f $KEYRING ]] && signed="[signed-by=$KEYRING] "
	read -r uri _ < <(apt_own_release)
	[[ -n ${uri:-} ]] || return 1
	# shellcheck disable=SC2016 # apt's own variables
	security=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' \
		'Created-By: Packages' 2>/dev/null |
		awk '$2 ~ /-security$/ { print $1; exit }')
	printf 'deb %s%s %s main\n' "$signed" "$uri" "$1" "$signed" "$uri" "$1-updates" \
		"$signed" "${security:-${uri%/}-security}" "$1-security"
}

# The program that makes the tree is fetched like a kernel: unpacked, not installed.
chroot_make()
{
	local release=$1 tmp=$2
	local IFS=,

	chroot_sources "$release" >"$tmp/sources.list" || return
	apt_extract mmdebstrap own "$tmp/tool" mmdebstrap || return
	timeout "$LIMIT_BUILD" perl "$tmp/tool/usr/bin/mmdebstrap" --mode=root \
		--variant=buildd --include="${CHROOT_PACKAGES[*]}" \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt=force-unsafe-io "$release" "$tmp/root" - \
		<"$tmp/sources.list" >"$tmp/log" 2>&1 && return
	tail -n 20 "$tmp/log" >&2
	return 1
}

chroot_build()
{
	local release=$1 dir=$2 stamp=$3 tmp=$2.tmp

	say "fetching Debian $release (some minutes)"
	rm -rf "$tmp"
	mkdir -p "$tmp"
	chroot_make "$release" "$tmp" || return
	rm -rf "$tmp/tool"
	# No daemon is started in it.
	printf '#!/bin/sh\nexit 101\n' >"$tmp/root/usr/sbin/policy-rc.d"
	chmod 755 "$tmp/root/usr/sbin/policy-rc.d"
	stamp_publish "$tmp" "$dir" "$stamp"
}

chroot_ensure_locked()
{
	local release=$1 stamp dir

	stamp=$(printf 'recipe %s\nrelease %s\npackages %s' "$CHROOT_RECIPE" "$release" \
		"${CHROOT_PACKAGES[*]}")
	dir=$CACHE/chroot/$release-$(hash_text <<<"$stamp")
	if [[ -n ${M6T_REFRESH:-} ]] || ! stamp_holds "$dir" "$stamp"; then
		chroot_build "$release" "$dir" "$stamp" || return
	fi
	touch "$dir"
	prune "$dir"
	printf '%s\n' "$dir"
}

# chroot_ensure RELEASE: prints the folder that has its tree, root.
chroot_ensure()
{
	lock_run "chroot-$1" chroot_ensure_locked "$1"
}

# chroot_run FOLDER OPTION... COMMAND...: in a copy of the tree that lasts as long as the
# command, without a network. Options are bwrap's, such as --bind HOST TREE.
chroot_run()
{
	local dir=$1 work status

	work=$(mktemp -d "${TMPDIR:-/tmp}/m6t-chroot.XXXXXX") || return
	# shellcheck disable=SC2016 # its own variables
	timeout "$LIMIT_BUILD" unshare --mount --propagation private bash -c '
		mount -t tmpfs m6t-chroot "$2" && mkdir "$2"/{upper,work,root} &&
		mount -t overlay m6t-chroot "$2/root" -o \
			"lowerdir=$1,upperdir=$2/upper,workdir=$2/work" &&
		exec bwrap --bind "$2/root" / --dev /dev --proc /proc --perms 1777 --tmpfs /tmp \
			--tmpfs /run --die-with-parent --new-session --unshare-pid \
			--unshare-net --unshare-ipc --unshare-uts --clearenv \
			--setenv PATH /usr/sbin:/usr/bin:/sbin:/bin \
			--setenv HOME /root --setenv LC_ALL C.UTF-8 \
			--setenv DEBIAN_FRONTEND noninteractive "${@:3}"' \
		- "$dir/root" "$work" "${@:2}" </dev/null
	status=$?
	rmdir "$work"
	return $status
}
