#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# -j and -p are valid JSON when there is nothing, something, and hostile bytes.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

export FAKE_NL_STATE=$work/state

# json PROGRAM-OF-PYTHON command...: stdout is JSON, of which it is true.
json() {
	local test=$1

	shift
	"$@" > "$work/out" || return 1
	python3 -c "import json,sys; v = json.load(open(sys.argv[1])); assert $test, v" "$work/out"
}

# A message of a family to standard output: TYPE CMD PYTHON-BYTES-OF-ATTRIBUTES
message() {
	python3 - "$@" << 'END'
import struct, sys
attrs = eval(sys.argv[3])
body = struct.pack("=BBH", int(sys.argv[2]), 1, 0)
for kind, data in attrs:
    body += struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)
sys.stdout.buffer.write(struct.pack("=IHHII", 16 + len(body), int(sys.argv[1]), 0, 0, 0) + body)
END
}

monitor() {
	FAKE_NL_EVENTS=$work/events timeout 10 "$fake" -j monitor > "$work/out" || return 1
	python3 - "$work/out" << 'END'
import json, sys
got = [json.loads(line) for line in open(sys.argv[1])]
print(got)
assert [g["object"] for g in got] == ["monitor", "redirect", "monitor", "honeypot", "redirect"]
assert [g["event"] for g in got] == ["ready", "state", "lost", "detached", "state"]
assert got[1]["addr"] == "10.0.0.5" and got[1]["state"] == "withdrawn"
assert got[1]["reason"] == "foreign-probe" and got[1]["foreign_mac"] == "02:00:00:00:00:66"
assert got[3]["name"] == 'a"\\\n\u00ff'
assert got[4]["state"] == 77 and "addr" not in got[4]
END
}

text_lines() {
	FAKE_NL_EVENTS=$work/events timeout 10 "$fake" -t monitor > "$work/out" || return 1
	[ "$(wc -l < "$work/out")" = 5 ] && ! grep -qP '[^\x20-\x7e\x80-\xff]' "$work/out" &&
		grep -qE '^20[0-9-]+T[0-9:.]+Z monitor lost$' "$work/out"
}

{
	message 33 6 '[(1, bytes([10,0,0,5])), (2, struct.pack("=I", 2)), (11, struct.pack("=I", 2)), (12, struct.pack("=I", 3)), (13, bytes.fromhex("020000000066"))]'
	message 0 0 '[]'
	message 34 11 '[(1, b"a\"\\\n\xff\0"), (7, struct.pack("=I", 3)), (8, b"short")]'
	message 33 6 '[(1, b"abc"), (11, struct.pack("=I", 77)), (3, b"no end")]'
} > "$work/events"

ktap_start 10
for o in uplink redirect network honeypot; do
	ktap_check "$o: none is []" json 'v == []' "$fake" -j "$o" show
done
ktap_check "no counters are []" json 'v == []' "$fake" -j stats
"$fake" apply - << 'END'
uplink add c0 remote 192.0.2.1
redirect add 10.0.0.5 dev eth0 uplink c0
redirect add 10.0.0.6 dev eth0 uplink c0
END
ktap_check "objects have the specs' keys" \
	json '[x["addr"] for x in v] == ["10.0.0.5", "10.0.0.6"] and v[0]["uplink"]["ifname"] == "c0"' \
	"$fake" -j redirect show
ktap_check "one object is an array too" json 'len(v) == 1' "$fake" -j redirect show 10.0.0.6 dev eth0
ktap_check "-p as well" json 'len(v) == 2' "$fake" -p redirect show
ktap_check "each event is one JSON line, a loss is an event, bytes are escaped" monitor
ktap_check "text is one line an event as well" text_lines
ktap_end
