# Completion of culprit in fish; where nothing of ours fits, files.
function __culprit_words
  set -l typed (commandline -opc)
  set -l names (culprit completion words -- $typed[2..-1] (commandline -ct | string collect --allow-empty) 2>/dev/null)
  if test (count $names) -gt 0
    printf '%s\n' $names
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c culprit -f -a '(__culprit_words)'
