# Completion of culprit in fish; where nothing of ours fits, files.
function __culprit_words
  set -l line (commandline -cp)
  set -l names (culprit completion words "--line=$line" 2>/dev/null)
  if test (count $names) -gt 0
    printf '%s\n' $names
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c culprit -f -a '(__culprit_words)'
