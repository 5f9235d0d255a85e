# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's own kernels, in QEMU.
# shellcheck disable=SC2034 # used by those that source this

# The emulator translates code once for each of its addresses, so address space
# randomization is off. Its TSC must not be called reliable: a guest that
# assumed it lost its timers while it booted. A plain processor costs a third
# less than one with all features: the C library's functions for wide registers,
# and the state that a kernel saves and guards for them, are slow when emulated.
QEMU_APPEND="console=ttyS0 panic=-1 ignore_loglevel mitigations=off slab_nomerge
	random.trust_cpu=on kunit.enable=1 no_timer_check norandmaps"

qemu_args()
{
	local accel=$1 cpus=${M6T_CPUS:-2}

	[[ $accel != icount ]] || cpus=1
	QEMU=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot
		-display none -serial stdio -smp "$cpus"
		-m "${M6T_MEM:-2G}" -kernel /run/m6t-lab/kernel/image
		-initrd "/run/m6t-lab/${2:-kernel}/initrd")
	case $accel in
	kvm)	QEMU+=(-accel kvm -cpu host) ;;
	# With fast string instructions the kernel copies byte by byte, and each
	# would count as one.
	icount)	QEMU+=(-accel "tcg,thread=single" -cpu "max,erms=off,fsrm=off" -seed 1
			-icount "shift=0,sleep=off") ;;
	*)	QEMU+=(-accel "tcg,thread=multi" -cpu Westmere) ;;
	esac
}

# An existing /dev/kvm need not work: it is tried once after each boot of the
# machine.
kvm_works()
{
	local file value=no boot log

	[[ -w /dev/kvm && -z ${M6T_TCG:-} ]] || return 1
	boot=$(</proc/sys/kernel/random/boot_id)
	file=$CACHE/kvm/$boot
	if [[ ! -f $file ]]; then
		mkdir -p "$CACHE/kvm"
		rm -f "$CACHE"/kvm/*
		qemu_args kvm
		sandbox_args kvm
		log=$(timeout -k 1 6 "${SANDBOX[@]}" "${QEMU[@]}" \
			-append "${QEMU_APPEND//$'\n'/ } m6t-lab-probe" \
			</dev/null 2>&1 | tr -d '\0')
		[[ $log == *"m6t-lab: alive"* ]] && value=yes
		printf '%s\n' "$value" >"$file.$$" && mv "$file.$$" "$file"
	fi
	[[ $(<"$file") == yes ]]
}

# QEMU loads one: the kernel's, and the archive of hot files behind it.
qemu_initrd()
{
	local archive

	archive=$(hot_archive) && cat "$KERNEL_DIR/initrd" "$archive" >"$CTL/initrd"
}

qemu_export()
{
	QEMU+=(-fsdev "local,id=$1,path=$2,security_model=none,multidevs=remap$3"
		-device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}

qemu_start()
{
	local accel=tcg

	if [[ -n ${M6T_ICOUNT:-} ]]; then
		accel=icount
	elif kvm_works; then
		accel=kvm
	fi
	qemu_args $accel ctl
	qemu_initrd || return
	qemu_export root / ,readonly=on
	qemu_export ctl /run/m6t-lab/ctl ''
	qemu_export scratch /run/m6t-lab/scratch ''
	QEMU+=(-device virtio-rng-pci -append "${QEMU_APPEND//$'\n'/ }")
	sandbox_args $accel
	"${SANDBOX[@]}" "${QEMU[@]}" </dev/null >"$CTL/console" 2>&1 &
	VM_PID=$!
}
