#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# LANES: uml
# LONG: smp kcsan
# TIMEOUT: 400
# Readers, collectors, honeypots, the module and the namespace go while sensors flood the
# center with datagrams: nothing leaks, a reader whose module goes is told so.
set -u
# shellcheck source=selftests/netns/stream.bash
. "$CLPS_ROOT/selftests/netns/stream.bash"

grown() { [ "$(taken a)" -gt "$1" ]; }
floods() { wait_for 20 grown $(($(taken a) + 200)); }
forget() {
	in_ns center env PYTHONPATH="$CLPS_ROOT/selftests/netns/redir" python3 - "$1" <<- 'END'
	import sys
	from genl import Family, name
	err, text, _ = Family("collapsar_front").send(14, name(1, sys.argv[1]))
	sys.exit(text if err else 0)
	END
}
# Made, read, left and forgotten, while the others go on.
comes_and_goes() {
	local i

	for ((i = 0; i < ${CLPS_CHURN:-10}; i++)); do
		in_ns center streamtap -l 65536 -n 5 passing > /dev/null || return 1
		forget passing || return 1
	done
}
sensor_comes_and_goes() {
	local i

	for ((i = 0; i < ${CLPS_CHURN:-10}; i++)); do
		in_ns center collapsarctl honeypot set hp1 nosensor &&
			in_ns center collapsarctl honeypot set hp1 sensor 1101 magic $MAGIC || return 1
	done
}
honeypot_again() {
	in_ns center collapsarctl honeypot del hp1 &&
		in_ns center collapsarctl honeypot add hp1 network a address 10.1.0.9 port p1 \
			mac "$(guest_mac 1)" sensor 1101 magic $MAGIC
}
is_there() { stream_counter "$1" entries | grep -q .; }
ended() {
	wait "$1"
	[ $? = 1 ] && grep -q "shutdown" "$LOGS/err" || { cat "$LOGS/err"; return 1; }
}

ktap_start 15
stream_up
ktap_check "honeypots get sensors" test $? = 0
send_on guest1 --count 0 --size 900
send_on guest3 --magic $OTHER_MAGIC --count 0 --size 100
collect keen -a
ktap_check "one collector is read and acknowledged" test $? = 0
collect lazy -l 1048576
ktap_check "another only read" test $? = 0
ktap_check "datagrams are taken off" floods
ktap_check "collectors come and go" comes_and_goes
ktap_check "a sensor comes and goes" sensor_comes_and_goes
ktap_check "a honeypot goes and comes" honeypot_again
ktap_check "datagrams are taken off" floods
nsexec center streamtap last > /dev/null 2> "$LOGS/err" &
last=$!
wait_for 10 is_there last
ktap_check "the module is removed under traffic" timeout 60 rmmod collapsar_front
ktap_check "a reader is told" ended $last
ktap_check "the module comes back" insmod "$CLPS_MODDIR/collapsar_front.ko"
in_ns center collapsarctl apply - <<-EOF
	network add a uplink dmza gateway-mac $GW_A
	network add b uplink dmzb gateway-mac $GW_B
	honeypot add hp1 network a address 10.1.0.9 port p1 mac $(guest_mac 1) sensor 1101 magic $MAGIC
	honeypot add hp3 network b address 10.1.0.9 port p3 mac $(guest_mac 3) sensor 1101 magic $OTHER_MAGIC
EOF
collect again -l 65536
reader=$!
ktap_check "datagrams are taken off again" floods
# Whoever lives in a namespace keeps it.
kill -9 $reader
wait $reader
ktap_check "the center's namespace is removed under traffic" ip netns del center
ktap_check "it is gone" wait_for 30 not ip -n guest1 link show eth0
ktap_check "nothing leaks, nothing warns" check_leaks
ktap_end
