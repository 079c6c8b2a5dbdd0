#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# apply is all or none: whichever command is refused or interrupted, all is undone.
# shellcheck disable=SC2317 # the checks are called by name
set -u
# shellcheck source=selftests/cli/cli.sh
. "$(dirname "$0")/cli.sh"

export FAKE_NL_STATE=$work/state
cat > "$work/base" << 'END'
# what is there before
uplink add c0 remote 192.0.2.1 key 7 keepalive 10s
redirect add 10.0.0.5 dev eth0 uplink c0 mode reserved
redirect add 10.0.0.6 dev eth0 uplink c0 probe-interval 500ms mac 02:00:00:00:00:06
network add lan uplink c1 remote 192.0.2.9 key 3 gateway-mac 02:00:00:00:00:01 outbound open
network add "lan 2" uplink c0 gateway-mac 02:00:00:00:00:02
honeypot add fs network lan address 10.0.0.20 port tap1
honeypot add mx network lan address 10.0.0.21 port tap1 sensor 1101 magic 0xd0d0d0d0
END
cat > "$work/change" << 'END'
redirect set 10.0.0.5 dev eth0 mode opportunistic
redirect set 10.0.0.5 dev eth0 mac 02:00:00:00:00:05
redirect del 10.0.0.6 dev eth0
network set lan outbound replies uplink c1
uplink set c0 keepalive 30 csum
uplink del c0
uplink add c1 remote 192.0.2.77
honeypot add web network lan address 10.0.0.8 port tap1
honeypot del web
honeypot set fs sensor 9 magic 8
honeypot set mx nosensor
honeypot set mx sensor 65535 magic 0 mac 02:00:00:00:00:21
END

undone() {
	local n=$1 rc=0

	cp "$work/state0" "$work/state"
	FAKE_NL_FAIL=$n "$fake" apply "$work/change" > "$work/out" 2>&1 || rc=$?
	cat "$work/out"
	[ "$rc" = 2 ] || { echo "exit code $rc"; return 1; }
	grep -q "^$work/change:$n:1: .*told to refuse" "$work/out" || return 1
	[ "$(wc -l < "$work/out")" = 1 ] || return 1
	state | diff "$work/before" -
}

# interrupted N SIGNAL: it arrives in change N and in every later one.
interrupted() {
	local rc=0 sig

	sig=$(kill -l "$2")
	cp "$work/state0" "$work/state"
	FAKE_NL_SIGNAL=$1:$sig "$fake" apply "$work/change" > "$work/out" 2>&1 || rc=$?
	cat "$work/out"
	[ "$rc" = $((128 + sig)) ] || { echo "exit code $rc"; return 1; }
	grep -q "^$work/change:$1:1: .*SIG$2" "$work/out" || return 1
	state | diff "$work/before" -
}
# What nohup asks for.
ignored() {
	cp "$work/state0" "$work/state"
	(trap '' HUP && FAKE_NL_SIGNAL=1:1 "$fake" apply "$work/change") && state | diff "$work/after" -
}
# Nobody reads the message that comes before the undoing.
unread() {
	local rc=0

	cp "$work/state0" "$work/state"
	mkfifo "$work/fifo"
	exec 8<> "$work/fifo" 9> "$work/fifo" 8<&-
	FAKE_NL_FAIL=$lines "$fake" apply "$work/change" 2>&9 || rc=$?
	exec 9>&-
	[ "$rc" = 2 ] || { echo "exit code $rc"; return 1; }
	state | diff "$work/before" -
}

changed() { ! state | diff -q "$work/before" -; }

lines=$(wc -l < "$work/change")
ktap_start $((2 * lines + 11))
ktap_check "a bad name is found before anything is done" \
	says 1 "$work/base:6:13: not a name: 'lan 2'" "$fake" apply "$work/base"
ktap_check "nothing was done" test ! -s "$work/state"
sed -i 's/"lan 2"/"lan"2/' "$work/base"
ktap_check "a good file is applied" "$fake" apply "$work/base"
ktap_check "from standard input too" \
	bash -c "echo honeypot add db network lan2 address 10.0.0.9 port tap0 | '$fake' apply -"
cp "$work/state" "$work/state0"
state > "$work/before"
for ((n = 1; n <= lines; n++)); do
	ktap_check "line $n refused: $(sed -n "${n}p" "$work/change")" undone "$n"
done
for ((n = 1; n <= lines; n++)); do
	ktap_check "line $n interrupted" interrupted "$n" INT
done
for s in TERM HUP QUIT; do
	ktap_check "SIG$s waits too" interrupted 5 "$s"
done
ktap_check "nor is it the end when nobody reads what was refused" unread
cp "$work/state0" "$work/state"
ktap_check "when none is refused, all are done" "$fake" apply "$work/change"
ktap_check "and that makes a difference" changed
state > "$work/after"
ktap_check "a signal that is ignored changes nothing" ignored
ktap_end
