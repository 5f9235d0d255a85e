# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The module and the tools, built outside the repository.

module_sources()
{
	(cd "$REPO" && find . \( -path ./.git -o -path ./selftests -o \
		-path ./tools -o -path ./Documentation \) -prune -o -type f \
		\( -name 'Kbuild*' -o -name 'Kconfig*' -o -name '*.[chS]' \) \
		-print | sort)
}

tools_sources()
{
	(cd "$REPO" && find tools include -type f -print 2>/dev/null | sort)
}

# hash_files FOLDER: of names and contents of the files in it that are listed on
# standard input.
hash_files()
{
	(cd "$1" && tr '\n' '\0' | xargs -0 -r sha256sum) | hash_text
}

# Copies files that differ and removes deleted ones: all others keep their time,
# so make has little to do.
sources_sync()
{
	local dir=$1 file list=$1/.m6t-sources

	mkdir -p "$dir"
	cat >"$list.new"
	while IFS= read -r file; do
		cmp -s "$REPO/$file" "$dir/$file" && continue
		mkdir -p "$dir/${file%/*}"
		cp "$REPO/$file" "$dir/$file" || return 1
	done <"$list.new"
	if [[ -f $list ]]; then
		comm -23 "$list" "$list.new" | while IFS= read -r file; do
			rm -f "$dir/$file"
		done
	fi
	mv "$list.new" "$list"
}

# module_arguments NAME: arguments for make of the module.
module_arguments()
{
	local words=${M6T_KBUILD_ARGS:-}

	[[ $1 != *-gcov ]] || words+="${words:+ }GCOV_PROFILE=y"
	printf '%s' "$words"
}

module_make()
{
	local name=$1 kernel=$2 dir=$3
	local -a extra=()

	read -ra extra < <(module_arguments "$name"; echo)
	kernel_is_uml "$name" && extra+=(ARCH=um)
	timeout $LIMIT_BUILD make -C "$kernel/build" M="$dir" W=1 -j"$JOBS" \
		${extra[@]+"${extra[@]}"} modules
}

# A tree for the guest's /lib/modules: that of the kernel, and m6t; with its data
# for gcov, where lines are counted.
module_stage()
{
	local kernel=$1 ko=$2 out=$3 release dir file

	release=$(<"$kernel/release")
	dir=$out/root/lib/modules/$release
	mkdir -p "$dir/updates"
	if [[ -d $kernel/modules ]]; then
		cp -al "$kernel/modules/." "$dir/" || return 1
		rm -f "$dir"/modules.*.bin "$dir"/modules.{dep,alias,symbols,softdep,devname}
		mkdir -p "$dir/updates"
	else
		cp "$kernel"/build/modules.{builtin,builtin.modinfo,order} \
			"$dir/" 2>/dev/null || :
	fi
	[[ -z $ko ]] || cp "$ko" "$dir/updates/m6t.ko" || return 1
	for file in ${ko:+"${ko%/*}"/m6t_*.gcno "${ko%/*}"/*/m6t_*.gcno}; do
		[[ ! -e $file ]] || cp "$file" "$dir/updates/" || return 1
	done
	depmod -b "$out/root" "$release" 2>/dev/null || return 1
	mv "$out/root/lib/modules" "$out/mods" && rm -rf "$out/root"
}

# Status 75: the sources changed meanwhile, so the result does not match the
# stamp.
module_build_locked()
{
	local name=$1 kernel=$2 out=$3 stamp=$4 tmp=$3.tmp work ko=''

	stamp_holds "$out" "$stamp" && return 0
	rm -rf "$tmp"
	mkdir -p "$tmp"
	if [[ -f $REPO/Kbuild ]]; then
		work=$CACHE/build/${kernel##*/}
		module_sources | sources_sync "$work" || return 1
		[[ $(module_stamp "$name" "$kernel" "$work") == "$stamp" ]] || return 75
		if ! module_make "$name" "$kernel" "$work" \
			>"$tmp/log" 2>&1; then
			grep -v -e '^make.*directory' -e '^  [A-Z]' \
				"$tmp/log" >&2
			say "m6t does not build for $name"
			return 1
		fi
		grep -E -A5 '^[^ ]+: warning:|^WARNING:' "$tmp/log" >&2
		ko=$work/m6t.ko
	fi
	module_stage "$kernel" "$ko" "$tmp" || return 1
	stamp_publish "$tmp" "$out" "$stamp"
	prune "$out"
}

# module_stamp NAME KERNEL-FOLDER FOLDER-OF-SOURCES
module_stamp()
{
	printf 'kernel %s\ncompiler %s\nsources %s\narguments %s' "${2##*/}" \
		"$(compiler_version)" "$(module_sources | hash_files "$3")" \
		"$(module_arguments "$1")"
}

# module_ensure NAME KERNEL-FOLDER: prints the folder with the module tree.
module_ensure()
{
	local name=$1 kernel=$2 stamp out status=75 tries=0

	[[ -f $REPO/Kbuild ]] || say "no Kbuild yet: running without the module"
	mkdir -p "$CACHE/module/${kernel##*/}"
	while ((status == 75 && tries++ < 9)); do
		stamp=$(module_stamp "$name" "$kernel" "$REPO")
		out=$CACHE/module/${kernel##*/}/$(hash_text <<<"$stamp")
		stamp_holds "$out" "$stamp" && break
		lock_run "module-${kernel##*/}" module_build_locked \
			"$name" "$kernel" "$out" "$stamp"
		status=$?
	done
	stamp_holds "$out" "$stamp" || return 1
	touch "$out"
	printf '%s\n' "$out"
}

# A tree to mount over the guest's root: all files with their installed paths.
tools_stage()
{
	local root=$1/root dir

	mkdir -p "$root"/usr/{,local/}sbin
	cp "$1"/m6tctl "$1"/m6tmipd "$root/usr/sbin/" &&
		cp "$1"/m6tctl "$1"/m6tmipd "$root/usr/local/sbin/" || return 1
	while IFS= read -r dir; do
		mkdir -p "$root$dir" && cp "$1/link_m6t.so" "$root$dir/" ||
			return 1
	done < <(ip_lib_dirs)
}

tools_build_locked()
{
	local out=$1 stamp=$2 tmp=$1.tmp

	stamp_holds "$out" "$stamp" && return 0
	rm -rf "$tmp"
	mkdir -p "$tmp"
	if ! timeout $LIMIT_BUILD make -C "$REPO/tools" O="$tmp" -j"$JOBS" >"$tmp/log" 2>&1; then
		cat "$tmp/log" >&2
		say "the tools do not build"
		return 1
	fi
	grep -A5 'warning:' "$tmp/log" >&2
	tools_stage "$tmp" || return 1
	[[ $(tools_stamp) == "$stamp" ]] || return 75
	stamp_publish "$tmp" "$out" "$stamp"
	prune "$out"
}

tools_stamp()
{
	printf 'compiler %s\nplugins %s\nsources %s' "$(compiler_version)" \
		"$(ip_lib_dirs | tr '\n' ' ')" \
		"$(tools_sources | hash_files "$REPO")"
}

tools_ensure()
{
	local stamp out status=75 tries=0

	if [[ ! -f $REPO/tools/Makefile ]]; then
		say "no tools/Makefile yet: running without the tools"
		mkdir -p "$CACHE/tools/none/root"
		printf '%s\n' "$CACHE/tools/none"
		return 0
	fi
	mkdir -p "$CACHE/tools"
	while ((status == 75 && tries++ < 9)); do
		stamp=$(tools_stamp)
		out=$CACHE/tools/$(hash_text <<<"$stamp")
		stamp_holds "$out" "$stamp" && break
		lock_run tools tools_build_locked "$out" "$stamp"
		status=$?
	done
	stamp_holds "$out" "$stamp" || return 1
	touch "$out"
	printf '%s\n' "$out"
}

# Where the installed ip(8) looks for plugins, one folder a line.
ip_lib_dirs()
{
	local ip

	ip=$(PATH=$PATH:/usr/sbin:/sbin command -v ip) || return 0
	grep -aoE '/usr/lib[-A-Za-z0-9_/.]*/ip\b' "$ip" | sort -u
}
