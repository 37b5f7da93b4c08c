# Completion of culprit in bash. A candidate is put in after the last `:` or `=` of what is typed, so that is what is asked for.
_culprit() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    case $2 in
      [\'\"]*) COMPREPLY+=("$word") ;;
      *) COMPREPLY+=("$(printf '%q' "$word")") ;;
    esac
  done < <(culprit completion words "--line=${COMP_LINE:0:COMP_POINT}" "--breaks=$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o bashdefault -o default -F _culprit culprit
