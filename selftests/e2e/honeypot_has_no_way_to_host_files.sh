#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Root in a honeypot sees its own disk and nothing of the host's files.
#
#   intruder - router - LAN - H == center == shop
set -u
# shellcheck source=selftests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

root() { shell_on 192.168.1.10 "$1"; }
says() { [ "$(root "$1")" = "$2" ]; }
refused() { [ "$(root "$1 > /dev/null 2>&1 || echo refused")" = refused ]; }
# A file of the host that no image has.
secret() { echo "only on the host" > "$LAB_DIR/secret"; }

ktap_start 6
farm_up || exit 1
secret
ktap_check "the intruder is root" says "id -u" 0
ktap_check "the kernel knows no hostfs" says "grep -c hostfs /proc/filesystems" 0
ktap_check "none can be mounted" refused "mount -t hostfs none /mnt"
ktap_check "none can be loaded" refused "modprobe hostfs"
ktap_check "a file of the host is not there" refused "cat '$LAB_DIR/secret'"
ktap_check "only the machine's own two disks are" \
	says "ls /sys/block | grep -v loop | tr '\n' ' '" "ubda ubdb "
ktap_end
