#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a sensor sends as Sebek v3, tshark reads: each field of each kind of PDU is what was
# recorded, and the type that is ours alone is shown as data.
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"

command -v tshark > /dev/null || ktap_skip_all "tshark is not installed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
port=40044
# No preferences but the defaults.
export HOME=$work TZ=UTC

columns=(sebek.{magic,version,type,counter,time.sec,ppid,pid,uid,fd,inode,cmd,len}
	sebek.socket.{src_ip,src_port,dst_ip,dst_port,call,ip_proto} _ws.malformed)

# read_by_tshark CAPTURE ARGS...
read_by_tshark() {
	tshark -r "$1" -d "udp.port==$port,sebek" "${@:2}" 2> "$work/err" || { cat "$work/err" >&2; return 1; }
}
# A line for each PDU: the columns, then the bytes of its data.
decoded() {
	read_by_tshark "$1" -T fields -E separator='|' "${columns[@]/#/-e}" |
		sed 's/|[^|]*_ws\.malformed$/|malformed/' > "$work/fields"
	read_by_tshark "$1" -T jsonraw |
		jq -r '.[]._source.layers.sebek | .["sebek.data_raw"][0] // ""' > "$work/data"
	paste -d '|' "$work/fields" "$work/data"
}
build() {
	gcc -std=gnu11 -Wall -Wextra -Werror -I"$top/kmod/lib" -o "$work/sebek_pcap" "$here/sebek_pcap.c" \
		"$top"/kmod/lib/{evt,sebek}.c && "$work/sebek_pcap" "$work/capture" $port > "$work/recorded"
}
equal() {
	decoded "$work/capture" > "$work/decoded" && diff "$work/recorded" "$work/decoded"
}
# Every kind, and ours.
kinds() {
	[ "$(cut -d '|' -f 3 "$work/decoded" | sort -n | uniq | xargs)" = "0 1 2 3 49525" ]
}
calls() {
	[ "$(cut -d '|' -f 17 "$work/decoded" | sort -n | uniq | xargs)" = "2 4 5 12" ]
}
# Sebek's readers of keystrokes take type 0 alone; in ours there is nothing that they miss.
typed() {
	[ "$(awk -F '|' '$3 == 0 && $12 > 0 && $12 <= 100 { print $20 }' "$work/decoded" | xargs)" = "030a11 81" ]
}
# The first frame again and again, each time with one byte changed: of each field, magic to
# name, and of the data. The capture's header has 24 bytes, a frame's 16 and 42.
places=(3 7 11 15 19 23 27 31 35 39 51 57)
frame_len() { echo $((16 + 42 + 56 + $(head -1 "$work/recorded" | cut -d '|' -f 12))); }
spoil() {
	local i

	head -c 24 "$work/capture"
	for i in "${!places[@]}"; do
		tail -c +25 "$work/capture" | head -c "$1"
	done
}
each_field_counts() {
	local i n=0 line frame

	frame=$(frame_len)
	spoil "$frame" > "$work/spoilt"
	for i in "${!places[@]}"; do
		printf '\x5a' | dd of="$work/spoilt" bs=1 conv=notrunc status=none \
			seek=$((24 + i * frame + 16 + 42 + places[i]))
	done
	decoded "$work/spoilt" > "$work/decoded.spoilt" || return 1
	while read -r line; do
		n=$((n + 1))
		not grep -qxF "$line" "$work/recorded" || { echo "nobody saw $line"; return 1; }
	done < "$work/decoded.spoilt"
	[ $n = ${#places[@]} ]
}

ktap_start 6
ktap_check "a capture of each kind of PDU is made" build
ktap_check "tshark reads each field as it was recorded" equal
ktap_check "all types were there" kinds
ktap_check "all calls were there" calls
ktap_check "keystrokes are there once" typed
ktap_check "a byte that is wrong is found out" each_field_counts
ktap_end
