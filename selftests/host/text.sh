#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Checks of all that is read and not compiled: scripts, manuals, tables,
# specifications and the list of mutations are valid. They need no kernel, so they
# run before each commit.
# runs on the host
# proves: G14

# shellcheck source-path=SCRIPTDIR source=../lib/lib.sh
. "$(dirname "$0")/../lib/lib.sh"
LAB=$SELFTESTS/lab
# shellcheck source=../lab/lib.sh
. "$LAB/lib.sh"
# shellcheck source=quiet.bash
. "$(dirname "$0")/quiet.bash"

# shellcheck disable=SC2317
scripts_are_sound()
{
	cd "$REPO" || return
	grep -rlE --exclude-dir=.git '^#!/bin/(ba)?sh' . |
		xargs -P "$JOBS" -n 8 shellcheck -x -P SCRIPTDIR -S warning
	# What others source sets variables for them.
	find selftests \( -name '*.sh' -o -name '*.bash' \) -print0 |
		xargs -0 grep -LZE '^#!' | xargs -0 -P "$JOBS" -n 8 \
		shellcheck -x -P SCRIPTDIR -S warning -s bash -e SC2034
}

# shellcheck disable=SC2317
python_is_sound()
{
	cd "$REPO" || return
	grep -rlE --exclude-dir=.git '^#!.*python3' . | while read -r file; do
		python3 - "$file" <<-END
		import ast, sys
		ast.parse(open(sys.argv[1], encoding="utf-8").read())
		END
	done
}

# shellcheck disable=SC2317
conforms()
{
	"$REPO/Documentation/check-conformance" >"$TMP/rows"
}

# Tests are found by their names.
# shellcheck disable=SC2317
names_twice()
{
	find "$SELFTESTS" -name '*.sh' -perm -u+x -printf '%f\n' | sort | uniq -d
}

# classes: each class of bugs and each threat has a test, and one of its tests is
# known to fail when a guard is removed.
# shellcheck disable=SC2317
classes()
{
	local class t seen

	for class in 6.1.{1..4} T{1..18}; do
		seen=
		for t in $(cd "$SELFTESTS" &&
			grep -lE "^# class:.* $class( |\$)" -- */*.sh |
			sed 's|.*/||'); do
			! grep -qE "^== .*\| $t( |\$)" "$SELFTESTS/mutations" ||
				seen=1
		done
		[ "$seen" ] || echo "$class has no test that is known to fail"
	done
}

quiet "tools: names, ranges and constants are those of the module" \
	"$REPO/tools/tests/check-tables"
quiet "files are in the folders of the design" \
	"$SELFTESTS/host/check-house"
quiet "everything says the version of the header" \
	"$SELFTESTS/host/check-release"
quiet "shellcheck is quiet" scripts_are_sound
quiet "Python parses" python_is_sound
quiet "mandoc is quiet" mandoc -Tlint "$REPO"/Documentation/man/*.[58]
check "the netlink specification is that of the header" \
	"$REPO/Documentation/netlink/check-spec"
check "the table of conformance is that of the tests" conforms
check "each mutation applies to the code" "$SELFTESTS/mutate" -n
quiet "each test has a name of its own" names_twice
quiet "each class of bugs has a test that fails" classes
finish
