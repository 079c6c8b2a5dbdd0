#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Documentation/counters.rst explains every counter and every reason that the kernel
# modules know, and none that they do not; the manual page has the reasons, in the words
# of the modules. Documentation/ring.rst does so for the ring NIC's.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
doc=$top/Documentation/counters.rst
man=$top/userspace/man/collapsarctl.8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# list NAME: of the X-macro, "name<TAB>meaning" on each line.
list() {
	sed -n "/^#define $1(X)/,/[^\\\\]\$/p" "$top/kmod/include/collapsar/stats.h" |
		sed -n 's/^\tX(\([a-z0-9_]*\),[\t ]*"\(.*\)").*/\1\t\2/p'
}
# named FROM TO: what the first cells of tables between two titles name.
named() { sed -n "/^$1\$/,/^$2\$/s/^\`\`\([a-z0-9_]*\)\`\`  .*/\1/p" "$doc"; }
reasons_of_man() {
	sed -n 'N;s/^\.B drop_\([a-z0-9_]*\)\n\(.*\)/\1\t\2/p;D' "$man" | sed 's/\\-/-/g'
}
ring_counters() {
	sed -n '/^+static const char ring_stat_names/,/^+};/p' "$top"/uml-patches/*-ring-*.patch |
		grep -o '"[a-z_]*"' | tr -d '"'
}
ring_explained() {
	sed -n '/^Counters$/,/^How to test$/s/^\([a-z_][a-z_]*\)  .*/\1/p' "$top/Documentation/ring.rst"
}
stream_counters() { grep -o 'put_one(msg, "[a-z_]*"' "$top/kmod/front/netlink_stream.c" | cut -d '"' -f 2; }
stream_explained() {
	sed -n '/^Counters$/,/^How to test$/s/^``\([a-z_]*\)``  .*/\1/p' "$top/Documentation/stream.rst"
}
same() { sort "$work/$1" > "$work/a"; sort "$work/$2" > "$work/b"; diff "$work/a" "$work/b"; }

list CLPS_COUNTERS | cut -f1 > "$work/counters"
list CLPS_DROPS > "$work/drops"
cut -f1 "$work/drops" > "$work/reasons"
# A state of the redirector's, which its netlink family adds.
grep -o '"held_packets"' "$top/kmod/redir/netlink.c" | tr -d '"' >> "$work/counters"
{ named "Handed on" "What adds up"; named "Of our own" Drops; } > "$work/doc_counters"
named Drops NOTHING > "$work/doc_reasons"
reasons_of_man > "$work/man_reasons"
ring_counters > "$work/ring"
ring_explained > "$work/doc_ring"

stream_counters > "$work/stream"
stream_explained > "$work/doc_stream"

ktap_start 7
ktap_check "all lists were read" \
	test "$(wc -l < "$work/counters")" -gt 15 -a "$(wc -l < "$work/reasons")" -gt 25 \
	-a "$(wc -l < "$work/ring")" -gt 15 -a "$(wc -l < "$work/stream")" -gt 5
ktap_check "each counter is explained" same counters doc_counters
ktap_check "each reason is explained" same reasons doc_reasons
ktap_check "the manual page has each reason in the modules' words" same drops man_reasons
ktap_check "each counter of the ring is explained" same ring doc_ring
ktap_check "each counter of the stream is explained" same stream doc_stream
sed -i 1d "$work/doc_reasons"
ktap_check "one that is not would be found" not same reasons doc_reasons
ktap_end
