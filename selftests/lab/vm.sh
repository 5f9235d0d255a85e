# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Guests: the sandbox around them, their start, their end.

# Every guest, UML or QEMU, is a process that sees the machine read-only and
# has nothing else: no network, no other processes, own /tmp, /run and /dev.
# Root of the guest cannot affect more than that.
# sandbox_args ACCELERATOR
sandbox_args()
{
	local lab=/run/m6t-lab caps i

	caps=-all,+dac_override,+dac_read_search,+chown,+fowner,+fsetid
	SANDBOX=(bwrap --die-with-parent --new-session --unshare-pid
		--unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try
		--ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run
		--bind "$CTL" "$lab/ctl" --bind "$SCRATCH" "$lab/scratch"
		--ro-bind "$MODS" "$lab/mods" --ro-bind "$TOOLS" "$lab/tools"
		--dir "$lab/share")
	for ((i = 0; i < ${#SHARES[@]}; i++)); do
		SANDBOX+=(--ro-bind "${SHARES[i]}" "$lab/share/$i")
	done
	[[ $1 == kvm ]] && SANDBOX+=(--dev-bind /dev/kvm /dev/kvm)
	SANDBOX+=(--ro-bind "$KERNEL_DIR" "$lab/kernel" --chdir / --clearenv
		--setenv HOME /tmp --setenv TMPDIR /dev/shm
		--setenv PATH /usr/sbin:/usr/bin:/sbin:/bin)
	# The bounding set is dropped too, not only held capabilities: a UML
	# executes itself again until its personality sticks, and one that could
	# gain capabilities by that has its personality reset every time.
	SANDBOX+=(setpriv --inh-caps -all --ambient-caps -all
		--bounding-set "$caps")
}

# Folders that the caller needs and that the guest's own /tmp, /run and /dev
# would hide.
find_shares()
{
	local path

	SHARES=()
	for path in "$OWN_REPO" "$PWD" "$CACHE"; do
		path=$(realpath "$path")
		case $path in
		/tmp/* | /run/* | /dev/shm/*)	SHARES+=("$path") ;;
		esac
	done
}

# Control folder: input and output of the guest.
ctl_fill()
{
	local i

	cp "$LAB"/init/{assemble,uml-init,guest-main} "$CTL/" || return 1
	chmod 755 "$CTL/uml-init"
	mkdir "$CTL/dev" &&
		ln -s /proc/self/fd "$CTL/dev/fd" &&
		ln -s fd/0 "$CTL/dev/stdin" &&
		ln -s fd/1 "$CTL/dev/stdout" &&
		ln -s fd/2 "$CTL/dev/stderr" || return 1
	printf '%s\0' "$@" >"$CTL/args"
	environment_for_guest >"$CTL/env"
	{
		cat "$LAB/init/guest-fstab"
		for ((i = 0; i < ${#SHARES[@]}; i++)); do
			fstab_bind "share/$i" "${SHARES[i]}"
		done
		fstab_bind scratch "$SCRATCH"
	} >"$CTL/fstab"
	printf 'KERNEL=%q\nCWD=%q\nKO=%q\nLOAD=%q\nKMEMLEAK=%q\n' \
		"$KERNEL" "$PWD" "$KO" "$LOAD" "${M6T_KMEMLEAK:-1}" \
		>"$CTL/settings"
	: >"$CTL/stdout"
	: >"$CTL/stderr"
	: >"$CTL/console"
}

# Blanks in a path are written as fstab(5) wants them.
fstab_bind()
{
	local path=$2

	path=${path//\\/\\134}
	path=${path// /\\040}
	path=${path//$'\t'/\\011}
	path=${path//$'\n'/\\012}
	printf '/run/m6t-lab/%s %s none bind,X-mount.mkdir\n' "$1" "$path"
}

environment_for_guest()
{
	local name ip_lib

	for name in $(compgen -e); do
		case $name in
		TERM | TZ | LANG | LANGUAGE | LC_* | KSFT_*) ;;
		M6T_SCRATCH | M6T_KO | M6T_CACHE) continue ;;
		M6T_*) ;;
		*) continue ;;
		esac
		printf '%s=%s\0' "$name" "${!name}"
	done
	ip_lib=$(ip_lib_dirs | head -n 1)
	printf '%s\0' HOME=/root USER=root LOGNAME=root SHELL=/bin/bash \
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
		"M6T_LAB=1" "M6T_KERNEL=$KERNEL" "M6T_SCRATCH=$SCRATCH" \
		"M6T_KO=$KO" "M6T_KERNEL_BUILD=$KERNEL_DIR/build" \
		${ip_lib:+"IP_LIB_DIR=$ip_lib"}
}

# pin: the command that keeps a guest with one CPU on one CPU of the host, a different
# one for each lane of the check: the process that is the guest's CPU and those that run
# on it take turns, which costs less on a single CPU. Empty if that is not permitted.
pin()
{
	local cpu=$((${M6T_LANE:-0} % JOBS))

	[[ ${M6T_CPUS:-2} == 1 && -n ${M6T_LANE:-} ]] || return
	taskset -c $cpu true 2>/dev/null && echo taskset -c $cpu
}

uml_start()
{
	local -a args=(mem="${M6T_MEM:-1G}" root=/dev/root rootfstype=hostfs
		rootflags=/ rw init=/run/m6t-lab/ctl/uml-init con=null
		"con0=null,fd:1" ignore_loglevel uml_dir=/tmp/uml seccomp=on
		kunit.enable=1 slab_nomerge)

	# Without slab_debug=- KASAN takes SLUB's own poisoning for an error
	# of the first allocation, and lockdep goes off with the report. Where time
	# stands still while anything runs, RCU could retry for ever what a
	# worker has to make room for, which then never gets to run; expedited
	# grace periods do not wait for that.
	case $KERNEL in
	uml-kasan)	args+=(time-travel=inf-cpu kasan_multi_shot slab_debug=-
				rcupdate.rcu_expedited=1) ;;
	*)		args+=(ncpus="${M6T_CPUS:-2}") ;;
	esac
	sandbox_args none
	# shellcheck disable=SC2046	# words
	$(pin) "${SANDBOX[@]}" /run/m6t-lab/kernel/image "${args[@]}" \
		</dev/null >"$CTL/console" 2>&1 &
	VM_PID=$!
}

vm_kill()
{
	[[ -n ${VM_PID:-} ]] || return 0
	kill -KILL "$VM_PID" 2>/dev/null
	wait "$VM_PID" 2>/dev/null
	VM_PID=
}

# Ends when the guest has ended.  One that has reported its status and does not
# end is killed after a moment.
vm_wait()
{
	local deadline=$((SECONDS + TIMEOUT)) reported=0

	while kill -0 "$VM_PID" 2>/dev/null; do
		if ((!reported)) && [[ -s $CTL/status ]]; then
			reported=1
			deadline=$((SECONDS + 3))
		fi
		if ((SECONDS >= deadline)); then
			vm_kill
			((reported)) && return 0
			return 1
		fi
		nap 0.02
	done
	return 0
}

# The command's output appears while it runs.
vm_run()
{
	local out err status

	if kernel_is_uml "$KERNEL"; then
		uml_start
	else
		qemu_start
	fi
	tail -q -c +1 -s 0.05 -f --pid="$VM_PID" "$CTL/stdout" 2>/dev/null &
	out=$!
	tail -q -c +1 -s 0.05 -f --pid="$VM_PID" "$CTL/stderr" >&2 &
	err=$!
	vm_wait
	status=$?
	wait "$VM_PID" 2>/dev/null
	wait $out $err 2>/dev/null
	return $status
}
