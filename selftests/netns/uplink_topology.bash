# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A site, a center and guests, with an underlay of both families; which kind of
# uplink joins them is up to the test.
#
#   site: wan 192.0.2.2, fd00:2::2 ------ center: wan 192.0.2.1, fd00:2::1 --pN-- guestN
#         lo 198.51.100.5, up0                    up0
# shellcheck source=selftests/netns/center.bash
. "$CLPS_ROOT/selftests/netns/center.bash"

# shellcheck disable=SC2034  # for the tests that source this
GW=02:00:00:00:0a:01

# underlay SITE DEV NET: a site, on the center's DEV, 192.0.NET.0/24 and fd00:NET::/64.
underlay() {
	ns_add "$1"
	veth "$1" wan center "$2"
	# Here alone: a tunnel device with IPv6 sends on its own.
	in_ns "$1" sysctl -qw net.ipv6.conf.wan.disable_ipv6=0
	in_ns center sysctl -qw "net.ipv6.conf.$2.disable_ipv6=0"
	ip_in center <<-EOF
		addr add 192.0.$3.1/24 dev $2
		addr add fd00:$3::1/64 dev $2 nodad
	EOF
	ip_in "$1" <<-EOF
		addr add 192.0.$3.2/24 dev wan
		addr add fd00:$3::2/64 dev wan nodad
		addr add 198.51.100.5/32 dev lo
	EOF
}

# through SITE: what it has for the farm goes through its up0.
through() { ip -n "$1" route replace 10.1.0.0/24 dev up0 src 198.51.100.5; }

pings() { in_ns "$1" ping -n -q -c "${3:-3}" -i 0.1 -W 3 "$2"; }

# serve GUEST: keeps in /tmp/got what comes to port 80.
serve() {
	spawn in_ns "$1" socat -u TCP-LISTEN:80,reuseaddr,fork OPEN:/tmp/got,creat,trunc
	wait_for 10 eval "in_ns $1 ss -Hltn sport = :80 | grep -q ."
}

# transfer SITE ADDRESS: 256 KiB arrive as they were sent.
transfer() {
	head -c 262144 /dev/urandom > /tmp/sent
	timeout 60 nsexec "$1" socat -u OPEN:/tmp/sent "TCP:$2:80,bind=198.51.100.5" &&
		wait_for 20 cmp /tmp/sent /tmp/got
}
