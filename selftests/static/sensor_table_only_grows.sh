#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The table of sensor records has all that it ever had, where it was, and what was added
# since is written down beside it: records lie in databases for years.
#
#   sensor_table_only_grows.sh --list > kmod/lib/evt_table.frozen
#
# writes down what was added; a line of it that is changed otherwise is what must not be.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
table=$top/kmod/lib/evt_table.h
frozen=$top/kmod/lib/evt_table.frozen

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/list.c" << 'END'
#include <stdio.h>
#include "table.h"
int main(void)
{
#define F(record, name, type, text) printf(" " #name ":" #type);
#define X(name, number, text) printf("record %d " #name, number); CLPS_EVT_FIELDS_##name(F) puts("");
	CLPS_EVTS(X)
#undef X
#define X(name, number) printf("call %d " #name "\n", number);
	CLPS_EVT_CALLS(X)
#undef X
#define X(name, number) printf("kind %d " #name "\n", number);
	CLPS_EVT_FILE_KINDS(X)
#undef X
	return 0;
}
END

# listing TABLE: what it has, one line a number.
listing() {
	cp "$1" "$work/table.h"
	gcc -Wall -Werror -o "$work/list" "$work/list.c" && "$work/list"
}
if [ "${1:-}" = --list ]; then
	echo "# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause"
	echo "# What evt_table.h has. Lines are added, and fields at their ends: nothing else ever."
	listing "$table"
	exit
fi

# grew FROZEN TABLE: it has what was frozen, at the beginning of the same line.
grew() {
	listing "$2" > "$work/now" || return 1
	grep -v '^#' "$1" | awk -v now="$work/now" '
		BEGIN { while ((getline line < now) > 0) { split(line, w, " "); is[w[1] " " w[2]] = line } }
		{ n++ }
		index(is[$1 " " $2] " ", $0 " ") != 1 { bad++; print "frozen: " $0; print "is now: " is[$1 " " $2] }
		END { exit bad || !n }'
}
# One of a number, in their order, from the first on.
counted() {
	listing "$1" | awk '{ want = $1 == kind ? last + 1 : $1 == "kind" ? 0 : 1; kind = $1; last = $2 }
		$2 != want { bad++; print "number " $2 " is out of order: " $0 }
		END { exit bad || NR < 3 }'
}
# written FROZEN TABLE: nothing is there that was not written down.
written() { diff <(grep -v '^#' "$1") <(listing "$2"); }

# wrong CHECK SED: a table that was changed so is refused by the check.
wrong() {
	local check=$1 args=("$frozen" "$work/mutant.h")

	sed -E "$2" "$table" > "$work/mutant.h"
	not cmp -s "$table" "$work/mutant.h" || { echo "nothing was changed by $2"; return 1; }
	[ "$check" != counted ] || args=("$work/mutant.h")
	# It must be a table yet, or the compiler is what refuses it.
	listing "$work/mutant.h" > /dev/null || { echo "no table any more by $2"; return 1; }
	not "$check" "${args[@]}" > /dev/null
}
# What is added at the ends is growth, and is to be written down.
appended() {
	sed -E 's/(F\(exit, last,.*)$/\1 F(exit, more, U8, "x")/' "$table" > "$work/mutant.h"
	grew "$frozen" "$work/mutant.h" && not written "$frozen" "$work/mutant.h" > /dev/null || return 1
	listing "$work/mutant.h" > "$work/frozen"
	written "$work/frozen" "$work/mutant.h" && not grew "$work/frozen" "$table" > /dev/null
}
emptied() {
	echo "# nothing" > "$work/frozen"
	not grew "$work/frozen" "$table"
}

ktap_start 12
ktap_check "what was frozen is as it was" grew "$frozen" "$table"
ktap_check "numbers go up by one" counted "$table"
ktap_check "what was added is written down" written "$frozen" "$table"
ktap_check "growth is none that was not written down" appended
ktap_check "nothing frozen is no success" emptied
ktap_check "another name is found out" wrong grew 's/F\(record, inode,/F(record, ino,/'
ktap_check "another type is found out" wrong grew 's/(F\(record, fd,[[:space:]]*)S32/\1U32/'
ktap_check "a field that is gone is found out" wrong grew 's/F\(mmap, prot,.*"PROT_\*"\)//'
ktap_check "a field between others is found out" \
	wrong grew 's/(F\(mmap, prot,.*)\\$/\1 F(mmap, more, U8, "x") \\/'
ktap_check "a name that begins as another is found out" wrong grew 's/X\(ioctl,/X(ioctls,/'
ktap_check "calls that changed places are found out" \
	wrong grew 's/X\(read, 1\) X\(pread64, 2\)/X(pread64, 1) X(read, 2)/'
ktap_check "a number that was left out is found out" wrong counted 's/X\(other, 9\)/X(other, 10)/'
ktap_end
