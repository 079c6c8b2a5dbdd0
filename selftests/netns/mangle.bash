# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Damaged frames by mangle.c, and where each of them went.
# shellcheck source=selftests/lib/ktap.sh
. "$CLPS_ROOT/selftests/lib/ktap.sh"
# shellcheck source=selftests/lib/netns.sh
. "$CLPS_ROOT/selftests/lib/netns.sh"

# Each round brings other damage; the first has every byte and length of every header.
ROUNDS=${CLPS_FUZZ_ROUNDS:-1}

mac_of() { in_ns "$1" cat "/sys/class/net/$2/address"; }

# watch NS DEV: count what comes in by DEV before and after an ingress hook of ours, and
# IPv4 packets to NS itself before and after the hook of GRE (at INT_MAX - 1).
watch() {
	in_ns "$1" nft -f - <<-EOF
	table netdev seen {
		chain before { type filter hook ingress device $2 priority 0; counter; }
		chain after { type filter hook ingress device $2 priority 200; counter; }
	}
	table ip seen {
		chain before { type filter hook input priority 2147483645; counter; }
		chain after { type filter hook input priority 2147483647; counter; }
	}
	EOF
}
# seen NS FAMILY CHAIN: packets.
seen() {
	in_ns "$1" nft -j list chain "$2" seen "$3" |
		jq '[.nftables[].rule.expr[]?.counter.packets // empty] | add'
}
# taken NS FAMILY: by our hook, out of what came by it.
taken() { echo $(($(seen "$1" "$2" before) - $(seen "$1" "$2" after))); }

# all_of NS PATTERN: the sum of all counters of this name, of whatever scope.
all_of() {
	in_ns "$1" collapsarctl -j stats |
		jq --arg p "$2" '[.[].counters | to_entries[] | select(.key | test($p)).value] | add'
}
reasons() {
	in_ns "$1" collapsarctl -j stats | jq -r '[.[].counters | to_entries[] | select(.value > 0) |
		select(.key | test("^drop_|^keepalives")) | "\(.key) \(.value)"] | join(", ")'
}

# mangled COUNT ARGUMENT...: in all rounds; the sums are in sent, delivered, and so on.
mangled() {
	local round line word name rc=0 count=$1

	shift
	# shellcheck disable=SC2034 # the tests'
	sent=0 refused=0 delivered=0 cut=0 answers=0 arp_replies=0 bad=0
	for ((round = 0; round < ROUNDS; round++)); do
		line=$(mangle seed=$((round + 1)) first=$((round * count)) count="$count" "$@") || rc=1
		echo "# $line" | sed '2,$s/^#* */# /'
		for word in ${line##*$'\n'}; do
			name=${word%=*}
			declare -g "$name=$((${!name} + ${word#*=}))"
		done
	done
	return $rc
}
