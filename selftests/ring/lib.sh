# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two UMLs a (10.9.0.1) and b (10.9.0.2) on one cable, and questions to them.
# shellcheck source=selftests/lib/lab.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/lab.sh"

declare -A ADDR=([a]=10.9.0.1 [b]=10.9.0.2 [c]=10.9.0.3)

# reaches FROM TO: one echo.
reaches() { on "$1" "ping -c 1 -W 1 ${ADDR[$2]}"; }
carrier() { [ "$(on "$1" "cat /sys/class/net/$2/carrier")" = "$3" ]; }
# counter NODE COUNTER: of ring0's ethtool statistics.
counter() { on "$1" "ethtool -S ring0" | awk -v k="$2:" '$1 == k { print $2 }'; }
# flowing NODE SEEN: it has received a hundred packets more than SEEN.
flowing() { [ "$(statistic "$1" rx_packets)" -ge $(($2 + 100)) ]; }
statistic() { on "$1" "cat /sys/class/net/ring0/statistics/$2"; }

# pair_up FILE: and wait until they hear each other.
pair_up() { lab_up "$(dirname "$0")/$1" && wait_for 10 reaches b a; }
