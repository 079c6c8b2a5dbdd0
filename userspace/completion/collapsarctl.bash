# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# bash completion for collapsarctl: the words come from the program's own help.

# The words after "collapsarctl OBJECT VERB" in the help of OBJECT.
_collapsarctl_words()
{
	collapsarctl "$1" help 2> /dev/null | sed -n "s/^  collapsarctl $1${2:+ $2} *//p" | tr -d '[]'
}

_collapsarctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local i=1 object verb word words list=()

	COMPREPLY=()
	while [ "$i" -lt "$COMP_CWORD" ] && [[ ${COMP_WORDS[i]} == -* ]]; do
		i=$((i + 1))
	done
	object=${COMP_WORDS[i]}
	if [ "$i" = "$COMP_CWORD" ]; then
		if [[ $cur == -* ]]; then
			words=$(collapsarctl --help | sed -n 's/^  -., \(--[a-z]*\).*/\1/p')
		else
			words=$(collapsarctl --help | sed -n 's/^  collapsarctl \([a-z]*\).*/\1/p' | sort -u)
		fi
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	verb=${COMP_WORDS[i + 1]}
	# It has options and no verbs.
	[ "$object" != events ] || verb=
	if [ "$object" != events ] && [ "$((i + 1))" = "$COMP_CWORD" ]; then
		case $object in
		apply)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		stats)
			words="core redir front"
			;;
		*)
			words=$(collapsarctl "$object" help 2> /dev/null |
				sed -n "s/^  collapsarctl $object \([a-z]*\).*/\1/p")
			;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	read -ra list <<< "$(_collapsarctl_words "$object" "$verb")"
	# After a keyword comes its value: a device, one of a choice, or what only the user knows.
	for word in "${!list[@]}"; do
		[ "${list[word]}" = "$prev" ] || continue
		case ${list[word + 1]:-} in
		NIC | DEV)
			words=$(cd /sys/class/net && echo *)
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
			return
			;;
		*'|'*)
			mapfile -t COMPREPLY < <(compgen -W "${list[word + 1]//|/ }" -- "$cur")
			return
			;;
		FILE)
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
			;;
		N | X | ID | SEC | MS | ADDR | MAC | NET | NAME)
			return
			;;
		esac
	done
	words=$(printf '%s\n' "${list[@]}" | grep -E '^(--)?[a-z][a-z-]*$')
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _collapsarctl collapsarctl
