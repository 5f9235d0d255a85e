#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# packages.sh [RELEASE...]: the Debian packages are built in a clean tree of each release
# and again, lintian checks them, they are installed, upgraded, removed and purged, and
# their own test runs in a guest with the tools of that release.
# runs on the host
# takes long
# proves: B1

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
LAB=$SELFTESTS/lab
# shellcheck source=../lab/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../lab/packages.sh
. "$LAB/packages.sh"
# shellcheck source=../lab/kernels.sh
. "$LAB/kernels.sh"
# shellcheck source=../lab/initrd.sh
. "$LAB/initrd.sh"
# shellcheck source=../lab/module.sh
. "$LAB/module.sh"
# shellcheck source=../lab/chroot.sh
. "$LAB/chroot.sh"
# shellcheck source=../lab/debs.sh
. "$LAB/debs.sh"
# shellcheck source=quiet.bash
. "$(dirname "$0")/quiet.bash"

VERSION=$(debs_version "$REPO")
# The kernel of the lab that is nearest to that of the release.
declare -A KERNEL_OF=([bookworm]=debian-6.1 [trixie]=debian-6.12)

# An older lintian does not know the newest version of the policy.
# shellcheck disable=SC2317
lints()
{
	chroot_run "$CHROOT" --ro-bind "$DEBS" /mnt sh -c 'lintian --allow-root \
		--fail-on error,warning --suppress-tags newer-standards-version \
		/mnt/*.changes'
}

# Another folder, user, time zone, language and umask, and one job.
# shellcheck disable=SC2317
builds_again()
{
	local file dir=$TMP/again-$RELEASE

	debs_copy "$dir/m6t" && debs_build "$CHROOT" "$dir" /srv/elsewhere 4321 \
		--setenv TZ Asia/Kolkata --setenv LC_ALL C --setenv LANG C \
		--setenv DEB_BUILD_OPTIONS nocheck >"$TMP/log" 2>&1 ||
		{ cat "$TMP/log"; return 1; }
	for file in "$DEBS"/*.deb "$DEBS"/*.dsc "$DEBS"/*.tar.xz; do
		cmp "$file" "$dir/${file##*/}" || return
	done
}

# stub TREE: instead of the module, one that compiles at once.
stub()
{
	find "$1" -mindepth 1 -maxdepth 1 ! -name dkms.conf -exec rm -r {} +
	echo "obj-m := m6t.o" >"$1/Kbuild"
	cat >"$1/m6t.c" <<-END
	#include <linux/module.h>
	MODULE_LICENSE("GPL");
	MODULE_DESCRIPTION("stub");
	MODULE_VERSION("0.9.0");
	END
}

# version_before: the packages as if they were of version 0.9.0, with one file more.
version_before()
{
	local deb tree

	mkdir -p "$TMP/before"
	for deb in "$DEBS"/m6t_*.deb "$DEBS"/m6t-dkms_*.deb; do
		tree=$TMP/tree-$RELEASE
		dpkg-deb -R "$deb" "$tree" || return
		sed -i "s/^Version: .*/Version: 0.9.0/; s/$VERSION/0.9.0/g" "$tree"/DEBIAN/*
		[ ! -d "$tree/usr/src" ] || {
			mv "$tree/usr/src/m6t-$VERSION" "$tree/usr/src/m6t-0.9.0"
			sed -i "s/$VERSION/0.9.0/" "$tree"/usr/src/*/dkms.conf
			stub "$tree/usr/src/m6t-0.9.0"
		}
		: >"$tree/usr/share/doc/obsolete"
		mv "$tree/usr/share/doc/obsolete" "$(echo "$tree"/usr/share/doc/m6t*)/"
		dpkg-deb -b "$tree" "$TMP/before" >"$TMP/log" 2>&1 || return
		rm -rf "$tree"
	done
}

# installs: what packages_in_tree says, as checks of this test.
installs()
{
	local line n=0

	need version_before
	chroot_run "$CHROOT" --ro-bind "$DEBS" /mnt --ro-bind "$TMP/before" /media \
		--ro-bind "$SELFTESTS/host/packages_in_tree" /run/in_tree bash /run/in_tree \
		/media /mnt "$VERSION" >"$TMP/out" 2>&1
	rm -rf "$TMP/before"
	while IFS= read -r line; do
		case $line in
		"ok "*)		result 0 "$RELEASE: ${line#ok }"; n=$((n + 1)) ;;
		"not ok "*)	result 1 "$RELEASE: ${line#not ok }"; n=$((n + 1)) ;;
		*)		diag "${line#\# }" ;;
		esac
	done <"$TMP/out"
	check_eq "$RELEASE: all of that" 20 $n
}

# module_of_dkms: build the packaged sources for the kernel of the guest, and print the
# path of the module.
module_of_dkms()
{
	local dir=$TMP/dkms-$RELEASE kernel release

	kernel=$(kernel_ensure "${KERNEL_OF[$RELEASE]}") || return
	release=$(<"$kernel/release")
	mkdir -p "$dir"/{tree,install/"$release"}
	dpkg-deb -x "$DEBS"/m6t-dkms_*.deb "$dir" &&
		dkms install --sourcetree "$dir/usr/src" --dkmstree "$dir/tree" \
			--installtree "$dir/install" -m m6t -v "$VERSION" -k "$release" \
			--no-depmod --kernelsourcedir "$kernel/build" >"$dir/log" 2>&1 ||
		{ cat "$dir/log" >&2; return 1; }
	find "$dir/install" -name 'm6t.ko*' | head -n 1
}

# Files of the guest are those of the cache and of its scratch folder.
# shellcheck disable=SC2317
runs_in_guest()
{
	local scratch=$TMP/scratch-$RELEASE module

	module=$(module_of_dkms) || return
	mkdir -p "$scratch"
	case $module in
	*.xz)	xz -dc "$module" ;;
	*.zst)	zstd -qdc "$module" ;;
	*)	cat "$module" ;;
	esac >"$scratch/m6t.ko"
	"$LAB/run" -M -t 900 -s "$scratch" "${KERNEL_OF[$RELEASE]}" \
		"$SELFTESTS/host/packages_in_guest" "$CHROOT/root" "$DEBS" "$scratch/m6t.ko" \
		>"$TMP/log" 2>&1 || { tail -n 60 "$TMP/log"; return 1; }
	grep "module $VERSION, m6tctl $VERSION" "$TMP/log"
}

[ $# -gt 0 ] || set -- "${RELEASES[@]}"
packages_ensure
for RELEASE in "$@"; do
	CHROOT=$(chroot_ensure "$RELEASE")
	need test -d "$CHROOT"
	DEBS=$(debs_ensure "$RELEASE")
	result $? "$RELEASE: the packages build in a clean tree, and pass their tests"
	[ -d "$DEBS" ] || continue
	quiet "$RELEASE: lintian is quiet" lints
	quiet "$RELEASE: built again, the packages are the same" builds_again
	installs
	check "$RELEASE: the test of the packages succeeds in a guest" runs_in_guest
done
finish
