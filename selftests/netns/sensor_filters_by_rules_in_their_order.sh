#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml stock
# TIMEOUT: 180
# The first rule of the filter that matches decides what is recorded: by program, file,
# port, address and user; keystrokes leave what is read at terminals; a rule for children
# holds for what a process starts, and what that starts; what is ignored has no number, and a
# filter with a mistake is refused with the place of it.
# Topology: selftests/netns/sense.bash.
# shellcheck source=selftests/netns/sense.bash
. "$CLPS_ROOT/selftests/netns/sense.bash"

dir=${RECORDS%/*}

refused() {
	! sense_load filter='"ignore uid=0 user=1"' && dmesg | grep -q 'filter: not understood at "user=1"'
}

# talk PORT: a connection with a secret.
talk() {
	timeout 20 socat -u "tcp-listen:$1,bind=127.0.0.1,reuseaddr" /dev/null &
	wait_for 10 grep -q "0100007F:$(printf %04X "$1") .* 0A" /proc/net/tcp
	echo "told to $1" | timeout 20 socat -u - "tcp:127.0.0.1:$1"
	wait $!
}

# nurse NAME: a program that has a child and a grandchild, each of which asks for a file.
nurse() {
	printf '%s\n' '#!/bin/sh' 'cat "/tmp/$1.child"' 'sh -c "cat /tmp/$1.grandchild; :"; :' > "$dir/$1"
	chmod +x "$dir/$1"
	"$dir/$1" "$1" 2> /dev/null
}

ktap_start 12
ktap_check "a mistake is refused with its place" refused
sense_load filter='"ignore program=strict children; ignore program=lax; ignore program=tail; full program=cat file=/etc; ignore file=/etc; ignore port=4713; ignore port=4714 uid=1-9; keystrokes program=head"' || exit 1
sense_read || exit 1
tail -n 1 /etc/passwd > /dev/null
cat /etc/passwd > /dev/null
head -n 1 /etc/group > /dev/null
for port in 4713 4714; do talk "$port"; done
nurse strict
nurse lax
echo "typed" > "$dir/typed"
head -c 4 "$dir/typed" > "$dir/head"
sense_caught_up
sense_claims \
	"a program is ignored" 'has(.comm == "tail") | not' \
	"a rule before holds" 'has(.comm == "cat" and .path == "/etc/passwd")' \
	"a directory is ignored for others" 'has(.comm == "head" and (.path // "" | startswith("/etc/"))) | not' \
	"a port is ignored, data and connections" 'has(
		(.data // "" | contains("told to 4713")) and .kind == "socket" or
		(.remote // "" | endswith(":4713"))) | not' \
	"another is not, as it is another user's" '
		has(.kind == "socket" and (.data // "" | contains("told to 4714"))) and
		has(.rec == "connect" and .remote == "127.0.0.1:4714")' \
	"keystrokes are no reads of files, and opens stay" '
		has(.comm == "head" and .rec == "open" and .path == "\($dir)/typed") and
		(has(.comm == "head" and (.rec == "read" or .rec == "write")) | not)' \
	"children are followed, and theirs" 'has(.path // "" | startswith("/tmp/strict.")) | not' \
	"by rules that say so" '
		has(.path == "/tmp/lax.child") and has(.path == "/tmp/lax.grandchild")' \
	"what is ignored has no number" '[$all[].seq] == [range(1; ($all | length) + 1)]'
ktap_check "and there was room to remember all" test \
	"$(sense_counter sense "" unfollowed)" = 0
ktap_check "nothing stays behind" check_leaks
ktap_end
