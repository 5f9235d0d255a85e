# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The files that each test opens again and again, in the memory of a QEMU guest:
# opening one of the machine's own costs a guest several round trips to QEMU, and
# starting a program opens ten. They are a layer over the machine's own files, and
# the same files.

HOT_COMMANDS=(bash sh sleep cat grep sed mawk date cut tr sort uniq head tail wc tee
	mkdir rm mv cp ls ln touch cmp diff xargs mktemp readlink basename dirname
	seq stat timeout env id ps pgrep pkill setpriv unshare setsid flock
	ip tc ss ping sysctl ethtool nft conntrack iptables tcpdump socat python3 jq
	modprobe mount umount nsenter)
HOT_MODULES=argparse,ast,collections,ctypes,errno,fcntl,hashlib,heapq,hmac,ipaddress
HOT_MODULES+=,itertools,json,os,pathlib,queue,random,re,select,selectors,shutil,signal
HOT_MODULES+=,socket,struct,subprocess,sys,tempfile,threading,time,traceback

# One a line; symbolic links on the way are among them.
hot_files()
{
	local command path
	local PATH=/usr/sbin:/usr/bin:/sbin:/bin	# the guest's

	printf '%s\n' /bin /sbin /lib /lib64 /etc/ld.so.cache /etc/passwd \
		/etc/group /etc/nsswitch.conf /etc/protocols /etc/services
	for command in "${HOT_COMMANDS[@]}"; do
		path=$(command -v "$command") || continue
		printf '%s\n' "$path" "$(realpath "$path")"
		ldd "$(realpath "$path")" 2>/dev/null | grep -o '/[^ ]*'
	done | sed -E 's#^/(s?bin|lib|lib64)/#/usr/\1/#' | sort -u |
		xargs -d '\n' sh -c 'printf "%s\n" "$@"; realpath "$@"' sh
	python3 -c "
import $HOT_MODULES
for m in list(sys.modules.values()):
    for path in getattr(m, '__file__', None), getattr(m, '__cached__', None):
        if path:
            print(path)"
}

# hot_archive: makes sure that the archive exists, an initramfs with one file, and
# prints its path. It is made again when packages have changed.
hot_archive()
{
	local key archive work

	key=$({ stat -c %Y /var/lib/dpkg/status; cat "$LAB/hot.sh"; } |
		sha256sum | cut -c 1-16)
	archive=$CACHE/hot/$key
	if [[ ! -f $archive ]]; then
		mkdir -p "$CACHE/hot"
		find "$CACHE/hot" -type f -mtime +7 -delete
		work=$(mktemp -d "$CACHE/hot.XXXXXX") || return
		hot_files | sort -u | while read -r path; do
			[[ ! -f $path && ! -L $path ]] || echo ".$path"
		done | (cd / && cpio -o -H newc --quiet) >"$work/hot" || return
		(cd "$work" && echo hot | cpio -o -H newc --quiet) \
			>"$work/archive" || return
		mv "$work/archive" "$archive"
		rm -rf "$work"
	fi
	echo "$archive"
}
