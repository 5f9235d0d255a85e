#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks without a guest: the module builds for the oldest, a current and the
# newest kernel without messages of compiler, sparse or checkpatch, by make and
# by DKMS; all that is installed is uninstalled. With M6T_ALL also in a kernel tree.
# runs on the host
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

VERSION=$(make -s --no-print-directory -C "$REPO" version)
declare -A KERNEL

# shellcheck source=quiet.bash
. "$(dirname "$0")/quiet.bash"

# complaints LOG: of compiler, modpost and sparse.
# shellcheck disable=SC2317
complaints()
{
	grep -E '(warning|error|WARNING|ERROR)\b' "$1"
}

# builds KERNEL: without a warning of compiler or sparse.
# shellcheck disable=SC2317
builds()
{
	local dir=$TMP/build-$1 log=$TMP/log-$1

	module_sources | sources_sync "$dir" || return
	M6T_KBUILD_ARGS="C=2" module_make "$1" "${KERNEL[$1]}" "$dir" \
		>"$log" 2>&1 || { tail -n 20 "$log"; return 1; }
	complaints "$log"
	[ -s "$dir/m6t.ko" ]
}

# The same by the project's own Makefile, for what is then installed.
# shellcheck disable=SC2317
makes()
{
	make -s -C "$COPY" module "${MAKE_FOR[@]}" C=2 >"$TMP/log-make" 2>&1 ||
		{ tail -n 20 "$TMP/log-make"; return 1; }
	complaints "$TMP/log-make"
	[ -s "$COPY/m6t.ko" ]
}

# ---- style

# Intended exceptions from checkpatch: file, kind, and reason.
EXCEPTIONS="
*.c ALLOC_WITH_SIZEOF				kzalloc_obj() is new
m6t_config.c MACRO_ARG_REUSE			a constant
include/m6t_compat.h MACRO_WITH_FLOW_CONTROL	they define functions
include/m6t_proto.h CAMELCASE			a name of the kernel
include/m6t_trace.h OPEN_ENDED_LINE		as all such headers are written
include/m6t_trace.h PARENTHESIS_ALIGNMENT	likewise
tools/*.[ch] CAMELCASE				names of the C library
tools/tests/decide_rows.h COMPLEX_MACRO		members of structures
tools/ip/link_check.c SPACING			ElfW(Sym) is a type
tools/lib/setting_print.c SPACING			not a cast
tools/lib/macros.h PREFER_DEFINED_ATTRIBUTE_MACRO	user space
selftests/*.c PREFER_KERNEL_TYPES		user space
selftests/*.c EMBEDDED_FUNCTION_NAME		arguments of its command line
selftests/*.c LONG_LINE_STRING			its usage
"

# excepted FILE KIND
# shellcheck disable=SC2317
excepted()
{
	local file kind why

	while read -r file kind why; do
		# shellcheck disable=SC2053	# a pattern
		[ -n "$why" ] && [[ $1 == $file && $2 == "$kind" ]] && return
	done <<<"$EXCEPTIONS"
	return 1
}

# In a git tree it would leave a file. Its status is 1 after any complaint, also
# after those that are excepted.
# shellcheck disable=SC2317
style()
{
	local file line level kind text

	cd "$COPY" || return
	find . -name '*.[ch]' ! -name '*.mod.c' -printf '%P\0' | sort -z |
		xargs -0 perl "$SOURCE/scripts/checkpatch.pl" --no-tree \
		--strict --terse --show-types --no-summary -f \
		>"$TMP/style" 2>&1
	grep -q "^tools/.*CAMELCASE" "$TMP/style" ||
		{ head -n 20 "$TMP/style"; return 1; }
	while IFS=: read -r file line level kind text; do
		# It also complains that it is not in a kernel tree.
		[[ $line =~ ^[0-9]+$ ]] || continue
		excepted "$file" "$kind" && continue
		echo "$file:$line:$level: $kind:$text"
	done <"$TMP/style"
}

# Comments in the form of kernel-doc; ends of enumerations need none.
# shellcheck disable=SC2317
comments()
{
	cd "$REPO" || return
	"$SOURCE/scripts/kernel-doc" -none -Wall ./*.c ./*/m6t_*.c include/*.h \
		include/uapi/linux/*.h 2>&1 |
		grep -v "_MAX' not described in enum"
	return 0
}

# ---- DKMS

# shellcheck disable=SC2317
dkms_()
{
	dkms --sourcetree "$TMP/dkms/src" --dkmstree "$TMP/dkms/tree" \
		--installtree "$TMP/dkms/install" -m m6t -v "$VERSION" "$@"
}

# shellcheck disable=SC2317
dkms_builds()
{
	local release

	release=$(<"${KERNEL[$1]}/release")
	mkdir -p "$TMP/dkms/install/$release"
	dkms_ install -k "$release" --no-depmod \
		--kernelsourcedir "${KERNEL[$1]}/build" >"$TMP/dkms/log" 2>&1 ||
		{ cat "$TMP/dkms/log"; return 1; }
	complaints "$TMP/dkms/tree/m6t/$VERSION/$release/$(uname -m)/log/make.log"
	find "$TMP/dkms/install/$release" -name 'm6t.ko*' | grep -q .
}

# shellcheck disable=SC2317
dkms_removes()
{
	dkms_ remove --all >"$TMP/dkms/log" 2>&1 &&
		[ -z "$(find "$TMP/dkms/install" -name 'm6t.ko*')" ]
}

dkms_checks()
{
	local name

	mkdir -p "$TMP"/dkms/{src,tree,install}
	need make -s -C "$COPY" dkms-install DESTDIR="$TMP/dkms/root" \
		>"$TMP/log-make" 2>&1
	mv "$TMP/dkms/root/usr/src/m6t-$VERSION" "$TMP/dkms/src/"
	check "DKMS: the module can be added" dkms_ add
	for name in debian-6.1 debian-6.12; do
		check "DKMS: the module builds for $name" dkms_builds $name
	done
	check "DKMS: the module can be removed" dkms_removes
}

# ---- install

# files DIR: below it, without what depmod makes.
files()
{
	(cd "$1" && find . -type f -o -type l | sed 's|^\.||' |
		grep -v '/lib/modules/[^/]*/modules\.' | sort)
}

# install_ TARGET: to or from $TMP/root
# shellcheck disable=SC2317
install_()
{
	make -s -C "$COPY" "$1" DESTDIR="$TMP/root" "${MAKE_FOR[@]}" \
		>"$TMP/log-make" 2>&1 || { cat "$TMP/log-make"; return 1; }
}

# versions: of what was built and installed.
versions()
{
	echo "$(modinfo -F version "$COPY/m6t.ko")" \
		"$("$TMP/root/usr/local/sbin/m6tctl" -V)" \
		"$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' \
			"$TMP/root/usr/src/m6t-$VERSION/dkms.conf")"
}

install_checks()
{
	local common plugin

	plugin=$(ip_lib_dirs | head -n 1)/link_m6t.so
	common="$(! pkg-config --exists ell || echo /usr/local/sbin/m6tmipd
		printf '%s\n' "$plugin" /usr/local/sbin/m6tctl \
		/usr/local/share/bash-completion/completions/m6tctl \
		/usr/local/lib/systemd/{system/m6t@.service,network/10-m6t.network} \
		/usr/lib/NetworkManager/conf.d/10-m6t.conf \
		/usr/local/share/man/man5/m6t.conf.5 \
		/usr/local/share/man/man8/{ip-link-m6t,m6tctl,m6tmipd}.8)"
	check "make install succeeds" install_ install
	check_eq "make install installs exactly the expected files" \
		"$(sort <<<"$common
/lib/modules/$(<"${KERNEL[debian-6.12]}/release")/updates/m6t.ko")" \
		"$(files "$TMP/root" | sed 's/\.ko\.[a-z]*$/.ko/')"
	check "make uninstall succeeds" install_ uninstall
	check_eq "make uninstall leaves no file" "" "$(files "$TMP/root")"
	check_not "make install without headers fails" make -s -C "$COPY" install \
		DESTDIR="$TMP/root" KDIR="$TMP/none"
	check_eq "make install without headers installs nothing" \
		"" "$(files "$TMP/root")"
	check "make install-tools accepts a relative DESTDIR" \
		make -s -C "$COPY" install-tools \
		DESTDIR=relative
	check_eq "a relative DESTDIR is below the current folder" \
		"$(sort <<<"$common")" \
		"$(files "$COPY/relative")"
	rm -rf "$COPY/relative"
	check "make dkms-install succeeds" install_ dkms-install
	check_eq "make dkms-install installs the sources instead of the module" "$({
		echo "$common"
		printf "/usr/src/m6t-$VERSION/%s\n" COPYING dkms.conf
		module_sources | sed "s|^\\.|/usr/src/m6t-$VERSION|"
	} | sort)" "$(files "$TMP/root")"
	check_eq "module, tools and DKMS have the version of the header" \
		"$VERSION m6tctl $VERSION $VERSION" "$(versions)"
	check "make uninstall after dkms-install succeeds" install_ uninstall
	check_eq "make uninstall after dkms-install leaves no file" \
		"" "$(files "$TMP/root")"
}

# ---- in a kernel tree

# tree_builds y|m
# shellcheck disable=SC2317
tree_builds()
{
	local out=$TMP/tree-build

	"$TMP/tree/scripts/config" --file "$out/.config" \
		--set-val CONFIG_M6T "$1" || return
	make -s -C "$TMP/tree" ARCH=um O="$out" olddefconfig &&
		grep -qx "CONFIG_M6T=$1" "$out/.config" &&
		make -s -C "$TMP/tree" ARCH=um O="$out" W=1 -j"$JOBS" \
			drivers/net/m6t/ 2>&1 || return
	[ -s "$out/drivers/net/m6t/m6t_main.o" ]
}

# The sources become drivers/net/m6t of a kernel: two lines are added to it.
tree_checks()
{
	local tree=$TMP/tree file

	cp -as "$SOURCE" "$tree"
	module_sources | sources_sync "$tree/drivers/net/m6t"
	for file in Kconfig Makefile; do
		cp --remove-destination "$SOURCE/drivers/net/$file" \
			"$tree/drivers/net/$file"
	done
	sed -i 's|^endif # NETDEVICES|source "drivers/net/m6t/Kconfig"\n&|' \
		"$tree/drivers/net/Kconfig"
	# shellcheck disable=SC2016
	echo 'obj-$(CONFIG_M6T) += m6t/' >>"$tree/drivers/net/Makefile"
	mkdir "$TMP/tree-build"
	cp "${KERNEL[uml]}/build/.config" "$TMP/tree-build/"
	quiet "in a kernel tree: it builds as a part of the kernel" tree_builds y
	quiet "in a kernel tree: it builds as a module" tree_builds m
}

# ---- tools

# shellcheck disable=SC2317
tools_pass()
{
	make -s -C "$COPY/tools" check >"$TMP/log-make" 2>&1 && return
	grep -v '^ok' "$TMP/log-make"
	return 1
}

for name in debian-6.1 debian-6.12 uml; do
	KERNEL[$name]=$(kernel_ensure $name)
	need test -d "${KERNEL[$name]}"
done
SOURCE=$(realpath "${KERNEL[uml]}/build/source")
COPY=$TMP/copy
mkdir "$COPY"
(cd "$REPO" && tar -c --exclude=.git --exclude='*.o' --exclude='*.ko' .) |
	tar -x -C "$COPY"

MAKE_FOR=(KDIR="${KERNEL[debian-6.12]}/build" W=1
	KVER="$(<"${KERNEL[debian-6.12]}/release")")

for name in debian-6.1 uml; do
	quiet "builds for $name; compiler and sparse are quiet" builds $name
done
quiet "builds for debian-6.12; compiler and sparse are quiet" makes
quiet "checkpatch is quiet" style
quiet "kernel-doc is quiet" comments
install_checks
dkms_checks
check "tools: make check succeeds" tools_pass
quiet "tools: each calls only what is below it" \
	"$COPY/tools/tests/check-layers" "$COPY/tools"
if [ -n "${M6T_ALL:-}" ]; then
	tree_checks
else
	result 0 "in a kernel tree # SKIP only with M6T_ALL"
fi
finish
