# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The small first file system of a Debian guest: a busybox, and the modules that
# are needed to mount the machine's own files.

INITRD_MODULES=(virtio_pci 9pnet_virtio 9p overlay virtio_rng)

# Modules are plain or compressed, and busybox loads only plain ones.
initrd_module_copy()
{
	case $1 in
	*.ko)		cp "$1" "$2/" ;;
	*.ko.xz)	xz -dc "$1" >"$2/$(basename "$1" .xz)" ;;
	*.ko.zst)	zstd -qdc "$1" >"$2/$(basename "$1" .zst)" ;;
	*.ko.gz)	gzip -dc "$1" >"$2/$(basename "$1" .gz)" ;;
	*)		return 1 ;;
	esac
}

# initrd_build KERNEL-FOLDER RELEASE: builds KERNEL-FOLDER/initrd.
initrd_build()
{
	local dir=$1 release=$2 tree=$1/initrd.tree name word path

	mkdir -p "$tree"/{bin,dev,proc,sys,lower,hotfiles,new,mem,modules}
	cp /bin/busybox "$tree/bin/" || return 1
	cp "$LAB/init/initrd-init" "$tree/init" || return 1
	chmod 755 "$tree/init"
	for name in "${INITRD_MODULES[@]}"; do
		modprobe -d "$dir/root" -S "$release" --show-depends "$name" \
			2>/dev/null
	done | awk '!seen[$0]++' | while read -r word path; do
		[[ $word == insmod ]] || continue
		initrd_module_copy "$path" "$tree/modules" || return 1
		path=${path##*/}
		printf '%s\n' "${path%%.ko*}.ko" >>"$tree/modules/list"
	done
	(cd "$tree" && find . | cpio -o -H newc --quiet) >"$dir/initrd" ||
		return 1
	rm -rf "$tree"
}
