# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The Debian packages of the project, built in the trees of chroot.sh.

# debs_version TREE
debs_version()
{
	make -s --no-print-directory -C "$1" version
}

# debs_copy TREE: the files of the project, committed or not, as old as the last entry of
# the changelog.
debs_copy()
{
	local list=(git -C "$REPO" ls-files -co --exclude-standard -z)

	mkdir -p "$1"
	"${list[@]}" >"$1.list" 2>/dev/null ||
		(cd "$REPO" && find . -type f -print0) >"$1.list"
	(cd "$REPO" && xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' - |
		tar -c --null -T -) <"$1.list" | tar -x -C "$1" --no-same-owner || return
	rm "$1.list"
	chmod -R u=rwX,go=rX "$1"
}

# debs_entry TREE RELEASE-NUMBER: one more entry in the changelog, so that packages of all
# releases have different names, and an upgrade of the release is one of the package.
debs_entry()
{
	local file=$1/debian/changelog date

	date=$(sed -n 's/^ -- .*>  //p' "$file" | head -n 1)
	date=$(LC_ALL=C date -u -R -d "$date + 1 second") || return
	{
		printf 'm6t (%s~deb%su1) unstable; urgency=medium\n\n' \
			"$(debs_version "$1")" "$2"
		printf '  * Build for Debian %s.\n\n -- %s  %s\n\n' "$2" \
			"$(sed -n 's/^Maintainer: //p' "$1/debian/control")" "$date"
		cat "$file"
	} >"$file.new" && mv "$file.new" "$file"
	find "$1" -exec touch -h -d "$date" {} +
}

# debs_build CHROOT FOLDER PLACE UID [OPTION...]: builds the tree FOLDER/m6t into FOLDER,
# which is PLACE for the build, by this user. Options are bwrap's.
debs_build()
{
	local chroot=$1 dir=$2 place=$3 uid=$4 number

	number=$(. "$chroot/root/etc/os-release" && printf %s "$VERSION_ID")
	debs_entry "$dir/m6t" "$number" || return
	chown -R $uid:$uid "$dir"
	chroot_run "$chroot" --dir "$place" --bind "$dir" "$place" \
		--chdir "$place/m6t" --setenv HOME /nonexistent \
		--setenv DEB_BUILD_OPTIONS "parallel=$JOBS" \
		"${@:5}" setpriv --reuid $uid --regid $uid --clear-groups \
		dpkg-buildpackage -us -uc >"$dir/log" 2>&1 || {
		grep -E '^not ok|(error|warning):' "$dir/log" | head -n 20 >&2
		tail -n 20 "$dir/log" >&2
		return 1
	}
	rm -rf "$dir/m6t"
	chown -R 0:0 "$dir"
}

debs_stamp()
{
	printf 'chroot %s\nsources %s' "${1##*/}" \
		"$(cd "$REPO" && { git ls-files -co --exclude-standard 2>/dev/null ||
			find . -type f; } | sort |
			while IFS= read -r file; do
				[[ ! -f $file ]] || printf '%s\n' "$file"
			done | hash_files "$REPO")"
}

debs_ensure_locked()
{
	local release=$1 chroot stamp dir

	chroot=$(chroot_ensure "$release") || return
	stamp=$(debs_stamp "$chroot")
	dir=$CACHE/deb/$release-$(hash_text <<<"$stamp")
	if ! stamp_holds "$dir" "$stamp"; then
		say "building packages for $release"
		rm -rf "$dir.tmp"
		debs_copy "$dir.tmp/m6t" && debs_build "$chroot" "$dir.tmp" /build 1000 ||
			return
		stamp_publish "$dir.tmp" "$dir" "$stamp"
	fi
	touch "$dir"
	prune "$dir"
	ln -sfnT "$dir" "$CACHE/deb/$release"
	printf '%s\n' "$dir"
}

# debs_ensure RELEASE: prints the folder of its packages, which is also RELEASE in the
# cache.
debs_ensure()
{
	lock_run "deb-$1" debs_ensure_locked "$1"
}
