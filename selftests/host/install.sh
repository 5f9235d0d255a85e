#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "make install" and "make dkms-install" on a system, with the installed depmod
# and DKMS, for kernels that are not running. It needs no guest: it sees the
# whole machine, but each folder that it changes is replaced by an empty one.
# runs on the host
# proves: B1

# Folders of its own, while it runs.
if [ -z "${M6T_INSTALL_PRIVATE:-}" ]; then
	M6T_INSTALL_PRIVATE=1 exec unshare --mount --propagation private "$0"
fi
mkdir -p /lib/modules /var/lib/dkms
for dir in /lib/modules /usr/src /usr/local /var/lib/dkms; do
	mount -t tmpfs m6t-install "$dir" || exit
done

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

VERSION=$(make -s --no-print-directory -C "$REPO" version)
export IP_LIB_DIR=$TMP/iproute2 NM_DIR=$TMP/NetworkManager
PLUGIN=$IP_LIB_DIR/link_m6t.so
FILES="$PLUGIN /usr/local/sbin/m6tctl /usr/local/sbin/m6tmipd
	/usr/local/share/bash-completion/completions/m6tctl
	/usr/local/lib/systemd/system/m6t@.service
	/usr/local/lib/systemd/network/10-m6t.network
	$NM_DIR/10-m6t.conf
	/usr/local/share/man/man5/m6t.conf.5
	/usr/local/share/man/man8/ip-link-m6t.8
	/usr/local/share/man/man8/m6tctl.8
	/usr/local/share/man/man8/m6tmipd.8"
RELEASES=()

# shellcheck disable=SC2317,SC2329	# called indirectly
# headers KERNEL: as a package of headers would install them.
headers()
{
	local dir release

	dir=$(kernel_ensure "$1") || return
	release=$(<"$dir/release")
	mkdir -p "/lib/modules/$release"
	ln -s "${dir}/build" "/lib/modules/$release/build"
	RELEASES+=("$release")
}

# sources: the project's, with a module that compiles at once, as build.sh
# compiles the real one.
sources()
{
	COPY=$TMP/copy
	mkdir "$COPY"
	(cd "$REPO" && tar -c --exclude=.git --exclude='*.o' --exclude='*.ko' \
		--exclude=selftests .) | tar -x -C "$COPY"
	rm "$COPY"/*.c
	cat >"$COPY/m6t.c" <<-END
	#include <linux/module.h>
	MODULE_LICENSE("GPL");
	MODULE_DESCRIPTION("stub");
	MODULE_VERSION("$VERSION");
	MODULE_ALIAS("rtnl-link-m6t");
	END
	echo "obj-m := m6t.o" >"$COPY/Kbuild"
}

# run NAME TARGET [WORD...]: make succeeds.
run()
{
	local rc

	make -s -C "$COPY" CFLAGS=-O0 "${@:2}" >"$TMP/log" 2>&1
	rc=$?
	result $rc "$1"
	[ $rc -eq 0 ] || diag "$(tail -n 30 "$TMP/log")"
}

# modules: where there is one, without the folder and the compression.
modules()
{
	find /lib/modules -name 'm6t.ko*' | sed 's|^/lib/modules/||; s|\.ko.*|.ko|' |
		sort | xargs
}

# found RELEASE: the module that modprobe would load there.
found()
{
	modprobe -S "$1" -n -a --show-depends m6t 2>/dev/null |
		sed "s|^insmod /lib/modules/$1/||; s|\.ko.*|.ko|"
}

# versions: that DKMS has of it.
versions()
{
	find /var/lib/dkms/m6t -mindepth 1 -maxdepth 1 -name '[0-9]*' \
		-printf '%f\n' 2>/dev/null | sort | xargs
}

# missing: which of the files of the tools are not there.
missing()
{
	local file

	for file in $FILES; do
		[ -e "$file" ] || echo "$file"
	done
}

# left: which of them are.
left()
{
	local file

	for file in $FILES /usr/src/m6t-*; do
		[ ! -e "$file" ] || echo "$file"
	done
}

# An earlier installation: another version that DKMS would build for new kernels.
old_version()
{
	cp -r "$COPY" /usr/src/m6t-0.9.0
	sed 's/#MODULE_VERSION#/0.9.0/' "$COPY/tools/install/dkms.conf" \
		>/usr/src/m6t-0.9.0/dkms.conf
	need dkms add -m m6t -v 0.9.0 >"$TMP/log" 2>&1
}

packages_ensure
for kernel in debian-6.1 debian-6.12; do
	need headers $kernel
done
sources
FIRST=${RELEASES[0]}

run "make install" install KVER="$FIRST"
check_eq "one kernel has the module" "$FIRST/updates/m6t.ko" "$(modules)"
check_eq "make install: modprobe finds the module" \
	updates/m6t.ko "$(found "$FIRST")"
check_eq "make install: the tools are installed" "" "$(missing)"
check_eq "m6tctl runs" "m6tctl $VERSION" "$(m6tctl -V)"
check "modprobe finds the module by the type of link" grep -q m6t.ko \
	<(modprobe -S "$FIRST" -n --show-depends rtnl-link-m6t 2>&1)
run "make uninstall" uninstall
check_eq "modprobe does not find the removed module" "" "$(found "$FIRST")"
check_eq "make uninstall leaves no file" " " "$(modules) $(left)"

# Three problems: a module installed by hand, an earlier version, and kernels that are
# too old or for which the build fails, before and between the good ones.
mkdir -p "/lib/modules/$FIRST/updates" /lib/modules/6.1.0-0-bad/build/include
cp "$COPY/m6t.ko" "/lib/modules/$FIRST/updates/m6t.ko"
mkdir -p /lib/modules/5.10.0-1-old
cp -d "/lib/modules/$FIRST/build" /lib/modules/5.10.0-1-old/
old_version
make -s -C "$COPY" CFLAGS=-O0 dkms-install >"$TMP/log" 2>&1
check_eq "make dkms-install fails where one kernel does" 2 $?
check "make dkms-install names the failed kernel only" grep -qx \
	"the module could not be built for: 6.1.0-0-bad" "$TMP/log"
want=$(printf '%s/updates/dkms/m6t.ko\n' "${RELEASES[@]}" | sort | xargs)
check_eq "all others have the module, and only that" "$want" "$(modules)"
for release in "${RELEASES[@]}"; do
	check_eq "modprobe finds that of $release" updates/dkms/m6t.ko \
		"$(found "$release")"
	check_eq "the module of DKMS has this version" "$VERSION" \
		"$(modinfo -k "$release" -F version m6t)"
done
# "dkms status" would take seconds to say so.
check_eq "DKMS knows one version" "$VERSION" "$(versions)"
check_eq "the sources of DKMS are those of this version" \
	"/usr/src/m6t-$VERSION" "$(echo /usr/src/m6t-*)"
check_eq "make dkms-install: the tools are installed" "" "$(missing)"
run "make uninstall" uninstall
check_eq "make uninstall leaves no file" " " "$(modules) $(left)"
check_eq "make uninstall: DKMS knows no version" "" "$(versions)"
check_eq "modprobe does not find the removed module" "" "$(found "$FIRST")"
finish
