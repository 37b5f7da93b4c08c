#compdef culprit
# Completion of culprit in zsh: evaluated after compinit, or as a file _culprit in a folder of fpath.
_culprit() {
  local -a names
  names=("${(@f)$(culprit completion words -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  if [[ -n "$names[1]" ]]; then compadd -- "${names[@]}"; else _files; fi
}
if [ "$funcstack[1]" = _culprit ]; then _culprit "$@"; else compdef _culprit culprit; fi
