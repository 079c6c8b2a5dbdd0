# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Guests that send as sensors do, in front_topology, and what collectors at the center get:
#
#   guest1 (hp1, sensor 1101 0xd0d0d0d0) --p1-- center -- uplink -- siteA
#   guest2 (hp2, none)                   --p2--    |
#   guest3 (hp3, sensor 1101 0x5eb3c000) --p3--    +-- collectors: streamtap > $LOGS/NAME
#
# shellcheck source=selftests/netns/front_topology.bash
. "$CLPS_ROOT/selftests/netns/front_topology.bash"
LOGS=${CLPS_OUT:-/tmp}
MAGIC=0xd0d0d0d0
OTHER_MAGIC=0x5eb3c000

stream_up() {
	front_up || return 1
	in_ns center collapsarctl apply - <<-EOF
	honeypot set hp1 sensor 1101 magic $MAGIC
	honeypot set hp3 sensor 1101 magic $OTHER_MAGIC
	EOF
}

# send GUEST ARGUMENT...: datagrams of a sensor.
send() { in_ns "$1" "$CLPS_ROOT/selftests/netns/sebek_send.py" "${@:2}"; }
# send_on GUEST ARGUMENT...: the same in the background.
send_on() { spawn in_ns "$1" "$CLPS_ROOT/selftests/netns/sebek_send.py" "${@:2}"; }
# payloads ARGUMENT...: what the same arguments send.
payloads() { "$CLPS_ROOT/selftests/netns/sebek_send.py" --show "$@"; }

# collect NAME OPTION...: a reader of collector NAME, in the background; its pid is in $!.
collect() {
	spawn in_ns center streamtap "${@:2}" "$1" >> "$LOGS/$1"
	wait_for 10 subscribed "$1" $!
}
subscribed() { kill -0 "$2" && tail -n 1 "$LOGS/$1" | grep -q .; }

# entries NAME: without subscriptions. A reader that was killed may leave half a line.
entries() { grep '^{"seq".*}$' "$LOGS/$1"; }
has_entries() { [ "$(entries "$1" | wc -l)" -ge "$2" ]; }
# selected NAME FILTER: of its entries, as jq prints them.
selected() { entries "$1" | jq -r "$2"; }

stream_counter() { counter stream "$1" "$2" center; }
taken() { network_counter "${1:-a}" sensor_packets; }
