# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Kernels: their sources and configurations, fetched and built into the cache.
#
# kernel_ensure NAME prints the kernel's folder:
#   stamp    what it was built from
#   release  output of uname -r in the guest
#   image    what boots (linux, vmlinuz)
#   build    tree that modules are built against
#   modules  (Debian only) its /lib/modules/RELEASE
#   initrd   (Debian only)

# Increase when the build of a kernel changes, to invalidate caches.
KERNEL_RECIPE=1

built_fragments()
{
	case $1 in
	uml)		printf '%s\n' uml uml-smp uml-fast ;;
	uml-debug)	printf '%s\n' uml uml-smp uml-check uml-debug ;;
	uml-kasan)	printf '%s\n' uml uml-check uml-kasan ;;
	uml-gcov)	printf '%s\n' uml uml-smp uml-fast uml-gcov ;;
	x86-kcsan)	printf '%s\n' uml x86 x86-kcsan ;;
	esac | sed "s|.*|$LAB/configs/&.config|"
}

# built_config NAME: the options of its fragments.
built_config()
{
	local -a fragments

	mapfile -t fragments < <(built_fragments "$1")
	case $1 in
	x86*)	grep -vwF -f <(grep -v '^#' "$LAB/configs/x86-without") \
			"${fragments[@]}" -h ;;
	*)	cat "${fragments[@]}" ;;
	esac
}

# built_arch NAME: ARCH of make.
built_arch()
{
	case $1 in
	uml*)	echo um ;;
	*)	echo x86_64 ;;
	esac
}

compiler_version()
{
	"${CC:-gcc}" --version 2>/dev/null | head -n 1
}

# A choice is kept until newer ones are requested: a run must neither wait for the
# network nor change its kernel by itself.
choice_of()
{
	local regex=$2 file=$CACHE/choice/$1 line

	if [[ ! -s $file || -n ${M6T_REFRESH:-} ]]; then
		mkdir -p "$CACHE/choice"
		line=$(apt_newest "$regex")
		[[ -n $line ]] || { apt_quiet update; line=$(apt_newest "$regex"); }
		[[ -n $line ]] || die "$EXIT_BUILD" \
			"no package of the mirror matches $regex"
		printf '%s\n' "$line" >"$file.$$" && mv "$file.$$" "$file"
	fi
	cat "$file"
}

# ---- source

# Changes that no option or parameter makes; each patch has its reason.  A newer
# kernel that one does not apply to runs without it.
source_adjust()
{
	local patch

	for patch in "$LAB"/patches/*.patch; do
		patch -d "$1" -p1 -s -f -N --no-backup-if-mismatch \
			<"$patch" >/dev/null || say "${patch##*/} does not apply"
	done
}

source_stamp()
{
	printf '%s %s patches %s' "$1" "$2" \
		"$(cat "$LAB"/patches/*.patch | hash_text)"
}

source_unpack()
{
	local dir=$1 version=$2 package=$3 suite=$4 tmp=$1.tmp.$$ tarball

	rm -rf "$dir".tmp.*
	say "fetching the source of $package $version"
	apt_extract source "$suite" "$tmp/deb" "$package=$version" ||
		return 1
	tarball=("$tmp"/deb/usr/src/linux-source-*.tar.xz)
	mkdir -p "$tmp/tree"
	tar -C "$tmp/tree" --strip-components=1 -xJf "${tarball[0]}" ||
		return 1
	rm -rf "$tmp/deb"
	source_adjust "$tmp/tree"
	stamp_publish "$tmp" "$dir" "$(source_stamp "$package" "$version")"
}

source_ensure_locked()
{
	local version package suite dir

	read -r version package suite \
		< <(choice_of source 'linux-source-[0-9.]+')
	[[ -n ${suite:-} ]] || return 1
	dir=$CACHE/source/$version
	stamp_holds "$dir" "$(source_stamp "$package" "$version")" ||
		source_unpack "$dir" "$version" "$package" "$suite" || return 1
	printf '%s\n' "$dir"
}

# ---- built from source

# config_unmet FRAGMENT-TEXT CONFIG: symbols that did not get their value.
config_unmet()
{
	awk -F = '
		NR == FNR && /^CONFIG_/ { want[$1] = $2; next }
		NR == FNR { next }
		/^CONFIG_/ { have[$1] = $2 }
		END {
			for (name in want) {
				value = name in have ? have[name] : "n"
				if (value != want[name])
					print name " is " value ", not " want[name]
			}
		}' "$1" "$2"
}

built_configure()
{
	local name=$1 source=$2 out=$3 unmet

	built_config "$name" >"$out/fragment"
	cat "$source/kernel/configs/tiny-base.config" \
		"$source/kernel/configs/tiny.config" "$out/fragment" \
		>"$out/all.config"
	make -C "$source" -s ARCH="$(built_arch "$name")" O="$out" \
		KCONFIG_ALLCONFIG="$out/all.config" allnoconfig \
		>"$out/config.log" 2>&1 || return 1
	unmet=$(config_unmet "$out/fragment" "$out/.config")
	[[ -z $unmet ]] && return 0
	say "the kernel's Kconfig refuses what the fragments ask for:"
	printf '%s\n' "$unmet" >&2
	return 1
}

# Objects of the kernel itself are not needed to build a module, except for the
# tools that it runs.
built_strip_tree()
{
	find "$1" \( -path "$1/scripts" -o -path "$1/tools" \) -prune -o \
		\( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) \
		-type f -print0 | xargs -0 -r rm -f
	rm -f "$1"/vmlinux* "$1"/System.map "$1"/.tmp_*
}

# built_image NAME: the bootable file, in the tree.
built_image()
{
	case $1 in
	uml*)	echo linux ;;
	*)	echo arch/x86/boot/bzImage ;;
	esac
}

# built_progress NAME TREE BEGIN: progress of a build that began at this second.
built_progress()
{
	printf 'lab: building kernel %s: %s objects, %s s' "$1" \
		"$(find "$2" -name '*.o' | wc -l)" $((SECONDS - $3))
}

# built_make NAME SOURCE OUT: the image and the modules.
built_make()
{
	local image ticker status

	image=$(built_image "$1")
	say "building kernel $1 from ${2%/tree} (some minutes)"
	ticker 2 20 built_progress "$1" "$3" $SECONDS >/dev/null &
	ticker=$!
	timeout "$LIMIT_BUILD" make -C "$2" -s ARCH="$(built_arch "$1")" \
		O="$3" -j"$JOBS" \
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' \
		"${image##*/}" modules >"$3.log" 2>&1
	status=$?
	ticker_end $ticker 2
	((status == 0)) || tail -n 30 "$3.log" >&2
	return $status
}

# built_begin NAME SOURCE STAMP TMP: a configured tree. One of the same stamp whose build
# was interrupted or took too long is continued.
built_begin()
{
	[[ ! -f $4/begun || $(<"$4/begun") != "$3" ]] || return 0
	rm -rf "$4"
	mkdir -p "$4/build"
	built_configure "$1" "$2" "$4/build" || return 1
	printf '%s\n' "$3" >"$4/begun"
}

built_build()
{
	local name=$1 dir=$2 source=$3 stamp=$4 tmp=$2.tmp

	built_begin "$name" "$source" "$stamp" "$tmp" &&
		built_make "$name" "$source" "$tmp/build" || return 1
	make -C "$source" -s ARCH="$(built_arch "$name")" O="$tmp/build" \
		kernelrelease >"$tmp/release" || return 1
	cp -L "$tmp/build/$(built_image "$name")" "$tmp/image" || return 1
	rm "$tmp/begun"
	built_strip_tree "$tmp/build"
	built_move_tree "$tmp/build" "$dir/build"
	kernel_is_uml "$name" || initrd_build "$tmp" "$(<"$tmp/release")" || return 1
	stamp_publish "$tmp" "$dir" "$stamp"
}

# The tree has its final path in it, not the one where it was built.
built_move_tree()
{
	sed -i "s|$1|$2|g" "$1/Makefile" || :
}

built_stamp()
{
	local name=$1 source=$2

	printf 'recipe %s\nsource %s\ncompiler %s\nconfig %s' \
		"$KERNEL_RECIPE" "$(<"$source/stamp")" "$(compiler_version)" \
		"$(built_config "$name" | grep -v '^#' | sha256sum |
			cut -d ' ' -f 1)"
	kernel_is_uml "$name" || printf '\ninit %s' \
		"$(cat "$LAB"/init/initrd-init "$LAB/initrd.sh" | hash_text)"
}

built_ensure()
{
	local name=$1 source stamp dir

	source=$(lock_run source source_ensure_locked) || return 1
	stamp=$(built_stamp "$name" "$source")
	dir=$CACHE/kernel/$name-$(hash_text <<<"$stamp")
	stamp_holds "$dir" "$stamp" ||
		built_build "$name" "$dir" "$source/tree" "$stamp" || return 1
	printf '%s\n' "$dir"
}

# ---- Debian's own

# The headers have fixed paths of an installed system; they are read from the
# cache instead.
debian_relocate()
{
	local root=$1 final=$2 release=$3 file link to

	while IFS= read -r link; do
		to=$(readlink "$link")
		[[ $to == /usr/* ]] || continue
		ln -sfn "$final$to" "$link"
	done < <(find "$root/usr/src" "$root/lib/modules" -type l)
	while IFS= read -r file; do
		sed -i -e "s|/usr/src/linux-headers-|$final&|g" \
			-e "s|/usr/lib/linux-kbuild-|$final&|g" "$file"
	done < <(grep -rlE '/usr/(src/linux-headers|lib/linux-kbuild)-' \
			--include=Makefile --include='*.mk' --include='.kernel*' \
			"$root/usr/src")
	ln -sfn "$final/usr/src/linux-headers-$release" \
		"$root/lib/modules/$release/build"
	rm -f "$root/lib/modules/$release/source"
}

debian_build()
{
	local name=$1 dir=$2 version=$3 image=$4 suite=$5 stamp=$6 tmp=$2.tmp
	local release=${4#linux-image-} common kbuild

	release=${release%-unsigned}
	common=linux-headers-${release%-amd64}-common
	kbuild=$(debian_kbuild "$suite" "$common" "$release")
	rm -rf "$tmp"
	say "fetching kernel $release ($version)"
	apt_extract "$name" "$suite" "$tmp/root" "$image=$version" \
		"$common=$version" "linux-headers-$release=$version" \
		"$kbuild" || return 1
	if [[ ! -d $tmp/root/lib/modules ]]; then
		mkdir -p "$tmp/root/lib"
		ln -s ../usr/lib/modules "$tmp/root/lib/modules"
	fi
	cp "$tmp/root/boot/vmlinuz-$release" "$tmp/image" || return 1
	rm -rf "$tmp/root/boot" "$tmp/root/usr/share"
	printf '%s\n' "$release" >"$tmp/release"
	depmod -b "$tmp/root" "$release" || return 1
	debian_relocate "$tmp/root" "$dir/root" "$release"
	ln -s "root/lib/modules/$release" "$tmp/modules"
	ln -s "root/usr/src/linux-headers-$release" "$tmp/build"
	initrd_build "$tmp" "$release" || return 1
	stamp_publish "$tmp" "$dir" "$stamp"
}

# The kbuild package is named after the whole release or after its series.
debian_kbuild()
{
	apt_in "$1" apt-cache depends "linux-headers-$3" 2>/dev/null |
		awk '$1 == "Depends:" && $2 ~ /^linux-kbuild-/ { print $2; exit }'
}

debian_ensure()
{
	local name=$1 series=${1#debian-} version image suite stamp dir regex

	# Neither the "cloud" flavour, which has no 9p, nor the "rt" one.
	regex="linux-image-${series//./\\.}\\.[0-9.]+([-+~][0-9a-z.+~]*)?-amd64-unsigned"
	read -r version image suite < <(choice_of "$name" "$regex")
	[[ -n ${suite:-} ]] || return 1
	stamp=$(printf 'recipe %s\nimage %s %s\ninit %s' "$KERNEL_RECIPE" \
		"$image" "$version" \
		"$(cat "$LAB"/init/initrd-init "$LAB/initrd.sh" | hash_text)")
	dir=$CACHE/kernel/$name-$(hash_text <<<"$stamp")
	stamp_holds "$dir" "$stamp" ||
		debian_build "$name" "$dir" "$version" "$image" "$suite" \
			"$stamp" || return 1
	printf '%s\n' "$dir"
}

# ---- all

kernel_make()
{
	if kernel_is_built "$1"; then
		built_ensure "$1"
	else
		debian_ensure "$1"
	fi
}

# A version that the mirror no longer has is chosen again, once.
kernel_ensure_locked()
{
	local dir choice=$1

	! kernel_is_built "$1" || choice=source
	if ! dir=$(kernel_make "$1"); then
		[[ ! -e $CACHE/choice/$choice ]] || return 1
		dir=$(kernel_make "$1") || return 1
	fi
	touch "$dir"
	prune "$dir"
	printf '%s\n' "$dir"
}

kernel_ensure()
{
	lock_run "kernel-$1" kernel_ensure_locked "$1"
}
