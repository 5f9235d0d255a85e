# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Runs guests and host tests. Their output is written to files, KERNEL.1 and so
# on, with their exit status beside it; progress is reported by lines of the pipe
# NEWS:
#
#	ended KERNEL SECONDS ok|not|skip TEST
#	more KERNEL NUMBER	tests will have a second try
#	said KERNEL TEXT

# Seconds for which tests that run at the deadline may continue.
GRACE=480

# run COMMAND...: so that what ends this script ends it too.
run()
{
	"$@" &
	RUNNING=$!
	trap 'kill $(jobs -p); wait; exit 143' TERM
	wait $RUNNING
}

# relay KERNEL: passes all output on, and reports the progress in it.
relay()
{
	local line word end='^# selftests: m6t: (.*): (not )?ok, ([0-9]+) s$'

	while IFS= read -r line || [ -n "$line" ]; do
		printf '%s\n' "$line"
		if [[ $line =~ $end ]]; then
			word=${BASH_REMATCH[2]:-ok}
			echo "ended $1 ${BASH_REMATCH[3]} $word ${BASH_REMATCH[1]}"
		elif [[ $line =~ ^ok\ [0-9]+\ (.*)\ #\ SKIP\ no\ time ]]; then
			echo "ended $1 0 skip ${BASH_REMATCH[1]}"
		elif [[ $line == "lab: "* ]]; then
			echo "said $1 ${line#lab: }"
		fi >&"$NEWS"
	done
}

# told KERNEL FILE COMMAND...: run it.
told()
{
	local kernel=$1 file=$2 relay status

	shift 2
	mkfifo "$file.pipe"
	relay "$kernel" <"$file.pipe" >>"$file" &
	relay=$!
	run "$@" >"$file.pipe" 2>&1
	status=$?
	wait $relay
	rm "$file.pipe"
	return $status
}

# Seconds until the deadline.
time_left()
{
	if [ -n "${M6T_DEADLINE:-}" ]; then
		echo $((M6T_DEADLINE - $(date +%s)))
	else
		echo 1000000
	fi
}

# limit SECONDS: prints SECONDS, or fewer if the deadline is earlier.
limit()
{
	local left

	left=$(($(time_left) + GRACE))
	echo $((left < $1 ? left : $1))
}

# made KERNEL FILE: the kernel exists, or is built before the deadline; 124: no
# time.
made()
{
	local left

	left=$(time_left)
	[ "$left" -gt 0 ] || return 124
	told "$1" "$2" timeout "$left" "$LAB/prepare" "$1"
}

# settings KERNEL: the environment of its tests.
settings()
{
	case $1 in
	debian-*|x86-*)
		echo M6T_JOBS=2 M6T_QUICK=1 M6T_WAIT=60 M6T_TEST_LIMIT=900 ;;
	# Its seconds cost nothing.
	uml-kasan) echo M6T_WAIT=60 M6T_TEST_LIMIT=1000000 ;;
	uml-debug) echo M6T_JOBS=2 M6T_WAIT=60 M6T_TEST_LIMIT=900 ;;
	uml-*)	echo M6T_WAIT=60 M6T_TEST_LIMIT=900 ;;
	# Tests wait more than they work. The limits end what hangs; a machine
	# may be five times as slow as another one.
	*)	echo M6T_JOBS=2 M6T_WAIT=60 M6T_TEST_LIMIT=900 ;;
	esac
}

# at_deadline FILE: create it at the deadline.
at_deadline()
{
	trap 'kill $!; exit' TERM
	sleep "$(time_left)" &
	wait $! && : >"$1"
}

# guest KERNEL FILE SCRATCH SETTING... -- TEST...: one guest for all of them. At
# the deadline it must start no more tests; it must not hang.
guest()
{
	local kernel=$1 file=$2 scratch=$3 timer=''
	local -a env

	read -ra env < <(settings "$kernel")
	shift 3
	while [ "$1" != -- ]; do
		env+=("$1")
		shift
	done
	shift
	if [ -n "${M6T_DEADLINE:-}" ]; then
		at_deadline "$scratch/stop" &
		timer=$!
	fi
	told "$kernel" "$file" env "${env[@]}" "$LAB/run" -t "$(limit 7200)" \
		-s "$scratch" "$kernel" "$SELF/in_guest" "$@"
	echo $? >"$file.status"
	[ -z "$timer" ] || { kill $timer; wait $timer; } 2>/dev/null
}

# run_guest KERNEL CPUS N: the Nth guest with CPUS CPUs that takes tests from the
# kernel's queue.
run_guest()
{
	local kernel=$1 cpus=$2 file=$OUT/$1.$((2 * $2 + $3 - 2))
	local -a tests

	: >"$file"
	mapfile -t tests < <(queue_tests "$kernel" "$cpus")
	made "$kernel" "$file"
	case $? in
	0)	guest "$kernel" "$file" "$OUT/$kernel.scratch" \
			M6T_CPUS="$cpus" -- "${tests[@]}" ;;
	124)	echo 0 >"$file.status" ;;
	*)	echo 126 >"$file.status" ;;
	esac
}

# host_name TEST [ARG...]: what its files are called.
host_name()
{
	tr ' /' '--' <<<"$*"
}

# run_host TEST [ARG...]: one that starts guests itself, or needs none.
run_host()
{
	local file begin=$SECONDS status=0 word=ok

	file=$OUT/$(host_name "$*").1
	if [ "$(time_left)" -gt 0 ]; then
		M6T_ALL=${ALL:-} M6T_DEMO_KERNEL=uml told host "$file" \
			timeout -k 5 "$(limit 1200)" "$SELF/$1" "${@:2}"
		status=$?
	else
		echo "ok 1 $* # SKIP no time left" >"$file"
		word=skip
	fi
	[ $status -eq 0 ] || word=not
	echo $status >"$file.status"
	echo "ended host $((SECONDS - begin)) $word $*" >&"$NEWS"
}
