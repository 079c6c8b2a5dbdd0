#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Whoever ends the runner, by TERM or by KILL, ends the kernels that it started. A
# program that sleeps stands for the kernel.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=selftests/lib/ktap.sh
. "$top/selftests/lib/ktap.sh"
work=$(mktemp -d)
runner=
trap '[ -z "$runner" ] || kill -KILL "$runner" 2> /dev/null; rm -rf "$work"' EXIT

cat > "$work/linux" <<-'EOF'
	#!/bin/sh
	for arg; do case $arg in uml_dir=*) : > "${arg#*=}started" ;; esac; done
	exec sleep 97
EOF
chmod +x "$work/linux"

# A kernel's output goes into its result directory.
kernels() {
	find /proc -mindepth 3 -maxdepth 3 -path '/proc/[0-9]*/fd/1' \
		-lname "$work/results/*" 2> /dev/null | wc -l
}
within_seconds() {
	local until=$((SECONDS + $1))

	shift
	while ! "$@"; do
		[ $SECONDS -lt $until ] || return 1
		read -rt 0.1 <> <(:) || :
	done
}
several() { [ "$(find "$work/results" -name started | wc -l)" -ge 2 ]; }
none() { [ "$(kernels)" = 0 ]; }
# ended_by SIGNAL: not within ktap_check(), whose subshell has no such child.
ended_by() {
	rm -rf "$work/results"
	CLPS_RESULTS=$work/results CLPS_UML=$work CLPS_MODDIR=$work \
		"$top/selftests/run" --lane uml 'redir_*' > /dev/null 2>&1 &
	runner=$!
	ktap_check "the runner starts several kernels" within_seconds 30 several
	kill "-$1" "$runner"
	wait "$runner" 2> /dev/null
	ktap_check "$1 to it ends all of them" within_seconds 30 none
}

ktap_start 4
ended_by TERM
ended_by KILL
ktap_end
