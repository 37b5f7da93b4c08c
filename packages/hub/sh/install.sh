#!/bin/sh
# Installs, upgrades and removes the Culprit agent, as the hub that served this file has it. Everything comes from that hub.
# Nothing is changed before all is fetched, its checksums fit, it has run once and the hub has taken this machine.
set -eu
umask 022

hub='{{hub}}'
version='{{version}}'
# Lines of `<SHA-256>  <name>`.
sums='{{sums}}'

usage() {
  cat <<'EOF'
usage: sh install.sh --token TOKEN [options]     enrol this machine and start its agent, now and at boot
       sh install.sh --upgrade                   the agent that this hub has now; settings and name stay
       sh install.sh --uninstall [--purge]       remove it; --purge also its settings, its token and what is not sent yet

  --token TOKEN          with which machines enrol themselves (or CULPRIT_ENROLLMENT_TOKEN, or --token-file FILE)
  --name NAME            of this machine; else its host name
  --label LABEL          role=db, or spare; may be given several times
  --group GROUP          of this machine
  --ca FILE              of a certificate authority of your own that the hub's certificate comes from
  --allow-plain-http     send the token and all data unencrypted
  --form node|compiled   instead of what fits best here
  --unprivileged         as a user of its own, culprit-agent, instead of root (systemd only)
  --no-service           do not start it, neither now nor at boot
  --prefix DIR           put everything below DIR; no service
EOF
}

fail() {
  printf 'culprit: %s\n' "$@" >&2
  exit 1
}

say() { printf 'culprit: %s\n' "$*"; }

has() { command -v "$1" >/dev/null 2>&1; }

# Puts a text between double quotes as YAML reads them.
quoted() { printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"; }

one_line() {
  case $2 in *[[:cntrl:]]*) fail "$1 holds a line break or another control character" ;; esac
}

read_arguments() {
  what=install token=${CULPRIT_ENROLLMENT_TOKEN-} token_file='' name='' labels='' group='' ca='' plain='' form=''
  unprivileged='' service=yes prefix='' purge=''
  while [ $# -gt 0 ]; do
    case $1 in
      --token | --token-file | --name | --label | --group | --ca | --form | --prefix)
        [ $# -ge 2 ] || fail "$1 needs a value"
        one_line "$1" "$2"
        case $1 in
          --token) token=$2 ;;
          --token-file) token_file=$2 ;;
          --name) name=$2 ;;
          --label) labels="$labels${labels:+, }$(quoted "$2")" ;;
          --group) group=$2 ;;
          --ca) ca=$2 ;;
          --form) form=$2 ;;
          --prefix) prefix=${2%/} service=no ;;
        esac
        shift
        ;;
      --allow-plain-http) plain=yes ;;
      --unprivileged) unprivileged=yes ;;
      --no-service) service=no ;;
      --upgrade) what=upgrade ;;
      --uninstall) what=uninstall ;;
      --purge) purge=yes ;;
      --help) usage; exit 0 ;;
      *) usage >&2; exit 2 ;;
    esac
    shift
  done
  case $form in '' | node | compiled) ;; *) fail "--form is node or compiled" ;; esac
  case $prefix in '' | /*) ;; *) fail '--prefix takes an absolute path' ;; esac
  case $prefix in *[!A-Za-z0-9/._-]*) fail '--prefix takes letters, digits and / . _ -' ;; esac
  case $ca in '' | /*) ;; *) ca=$PWD/$ca ;; esac
  case $token_file in '' | /*) ;; *) token_file=$PWD/$token_file ;; esac
  library=$prefix/usr/local/lib/culprit-agent
  settings=$prefix/etc/culprit/agent.yaml
  data=$prefix/var/lib/culprit-agent
  starter=$prefix/usr/local/bin/culprit-agent
  recorders=$prefix/usr/bin
  unit=/etc/systemd/system/culprit-agent.service
}

look_around() {
  [ "$(uname -s)" = Linux ] || fail "the agent runs on Linux; this is $(uname -s)"
  [ "$(id -u)" = 0 ] || [ -n "$prefix" ] ||
    fail 'this needs root: put sudo before the last sh of the line, or give --prefix DIR for a try without'
  case $(uname -m) in
    x86_64 | amd64) computer=x64 ;;
    aarch64 | arm64) computer=arm64 ;;
    *) computer=$(uname -m) ;;
  esac
  if [ "$service" = yes ]; then
    if [ -d /run/systemd/system ] && has systemctl; then
      service=systemd
    elif has openrc-run && has rc-update; then
      service=openrc
    elif [ -d /etc/cron.d ]; then
      service=cron
    else
      service=none
    fi
  fi
  [ -z "$unprivileged" ] || [ "$service" = systemd ] || fail '--unprivileged needs systemd, which does not run here'
}

sum_of() { printf '%s\n' "$sums" | sed -n "s/^\([0-9a-f]\{64\}\)  $1\$/\1/p"; }

node_here() {
  has node || return 1
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
    >/dev/null 2>&1
}

# Compiled files are linked with the GNU C library.
compiled_here() {
  compiled=culprit-agent-linux-$computer.gz
  [ -n "$(sum_of "$compiled")" ] && has gzip && getconf GNU_LIBC_VERSION >/dev/null 2>&1
}

choose_form() {
  case $form in
    '')
      if compiled_here; then form=compiled
      elif node_here; then form=node
      else
        fail "there is no agent for this machine ($computer) yet. Either of these helps:" \
          '  on this machine: install Node.js 20.19 or newer, and paste the line again' \
          '  on the hub: npm run build -- --agents, which compiles agents for x64 and arm64 (with the GNU C library)'
      fi
      ;;
    compiled) compiled_here || fail "the hub has no compiled agent for this machine ($computer), or gzip or the GNU C library is missing here" ;;
    node) node_here || fail 'there is no Node.js 20.19 or newer in PATH' ;;
  esac
}

fetch() {
  if has curl; then
    curl -fsS --connect-timeout 20 ${ca:+--cacert "$ca"} -o "$2" -- "$1"
  elif has wget; then
    wget -q -T 20 ${ca:+"--ca-certificate=$ca"} -O "$2" "$1"
  else
    fail 'neither curl nor wget is here'
  fi || fail "$1 can't be fetched"
}

check() {
  if has sha256sum; then found=$(sha256sum "$1")
  elif has openssl; then found=$(openssl dgst -sha256 -r "$1")
  elif has shasum; then found=$(shasum -a 256 "$1")
  else fail 'nothing here computes SHA-256 (sha256sum, openssl or shasum)'
  fi
  [ "${found%% *}" = "$2" ] || fail "${1##*/} is not what the hub said it is: its checksum differs. Nothing was changed; try again"
}

fetch_all() {
  mkdir -p "$library" "${settings%/*}" "$recorders" "${starter%/*}"
  # Beside the place where it goes, so that moving it there takes no time and can't stop halfway.
  work=$(mktemp -d "$library/.new.XXXXXX")
  # What was begun and is of no use is not left behind: an empty folder, unless it is in use.
  trap 'rm -rf "$work"; rmdir "$library" "${settings%/*}" 2>/dev/null || :' EXIT
  trap 'exit 1' HUP INT TERM
  case $form in node) agent=culprit-agent.mjs ;; compiled) agent=$compiled ;; esac
  for file in "$agent" culprit-run culprit-run-capture culprit-sh; do
    sum=$(sum_of "$file")
    [ -n "$sum" ] || fail "the hub has no $file"
    fetch "$hub/agent/$version/$file" "$work/$file"
    check "$work/$file" "$sum"
  done
  if [ "$form" = compiled ]; then
    gzip -dc "$work/$compiled" >"$work/culprit-agent"
    rm "$work/$compiled"
    chmod 755 "$work/culprit-agent"
    program=$library/culprit-agent node=''
  else
    program=$library/culprit-agent.mjs node=$(command -v node)
  fi
  chmod 755 "$work/culprit-run" "$work/culprit-sh"
  write_starter >"$work/starter"
  chmod 755 "$work/starter"
  runs=$(run_new --version) || fail 'the agent does not run on this machine; nothing was changed'
  [ "$runs" = "$version" ] || fail "the agent that was fetched says that it is version $runs, not $version"
}

# Small, for an agent has time: V8 then keeps its heap small instead of its code fast.
node_flags='--optimize-for-size --max-old-space-size=32'

run_new() {
  if [ -n "$node" ]; then "$node" $node_flags "$work/culprit-agent.mjs" "$@"; else "$work/culprit-agent" "$@"; fi
}

write_starter() {
  printf '#!/bin/sh\n# Starts the Culprit agent with the settings of this machine.\n'
  printf 'export CULPRIT_CONFIG="${CULPRIT_CONFIG:-%s}"\n' "$settings"
  if [ -n "$node" ]; then
    # Each of its threads would keep a heap of the C library of its own, and what is free in one no other uses.
    printf 'export MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=131072\n'
    printf "exec '%s' %s '%s' \"\$@\"\n" "$node" "$node_flags" "$program"
  else printf "exec '%s' \"\$@\"\n" "$program"
  fi
}

write_settings() {
  printf '# Settings of the agent of this machine; all of them: docs/settings.md of Culprit.\n'
  printf 'hub: %s\n' "$(quoted "$hub")"
  [ -z "$name" ] || printf 'machineName: %s\n' "$(quoted "$name")"
  [ -z "$labels" ] || printf 'labels: [%s]\n' "$labels"
  [ -z "$group" ] || printf 'group: %s\n' "$(quoted "$group")"
  [ -z "$ca" ] || printf 'ca: %s\n' "$(quoted "$ca")"
  [ -z "$plain" ] || printf 'allowPlainHttp: true\n'
  printf 'dataDir: %s\n' "$(quoted "$data")"
  [ -z "$prefix" ] || printf 'intake: %s\nallowedFile: %s\n' \
    "$(quoted "$prefix/var/spool/culprit")" "$(quoted "$prefix/etc/culprit/allowed.yaml")"
}

is_plain() {
  case $hub in
    https://*) return 1 ;;
    http://127.* | http://localhost | http://localhost:* | 'http://[::1]'*) return 1 ;;
  esac
}

enrol() {
  new_settings=$settings
  if [ -e "$settings" ]; then
    grep -qxF "hub: $(quoted "$hub")" "$settings" ||
      fail "this machine has an agent of another hub ($settings): remove it first, with --uninstall --purge"
    say "$settings is there already and stays as it is"
  else
    new_settings=$work/agent.yaml
    write_settings >"$new_settings"
  fi
  if [ -e "$data/machine-token" ]; then
    say 'this machine is enrolled already'
    return
  fi
  [ -z "$token_file" ] || token=$(cat "$token_file")
  [ -n "$token" ] || fail 'give --token: the dashboard makes one under Machines, Add machine'
  ! is_plain || [ -n "$plain" ] ||
    fail "$hub is plain http: the token and all data could be read on the way. Give the hub a certificate, or --allow-plain-http"
  CULPRIT_CONFIG=$new_settings CULPRIT_ENROLLMENT_TOKEN=$token run_new enroll ||
    fail 'the hub did not take this machine; nothing was changed'
}

put_in_place() {
  [ "$new_settings" = "$settings" ] || mv "$new_settings" "$settings"
  mv -f "$work/culprit-run-capture" "$work/culprit-run" "$work/culprit-sh" "$recorders/"
  mv -f "$work/${program##*/}" "$program"
  mv -f "$work/starter" "$starter"
  # One form at a time: what an earlier install left is not kept up to date.
  if [ -n "$node" ]; then rm -f "$library/culprit-agent"; else rm -f "$library/culprit-agent.mjs"; fi
}

write_unit() {
  # Runs as root, of whose powers it keeps those that it needs: the files that jobs of all users leave in the intake folder are
  # theirs, with whatever umask. A user of its own takes in what it may read, where the sticky folder is its own.
  cat <<EOF
[Unit]
Description=Culprit agent
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=$starter
Restart=always
RestartSec=2
StateDirectory=culprit-agent
StateDirectoryMode=0700
NoNewPrivileges=true
ProtectHome=read-only
RestrictSUIDSGID=true
Nice=5
EOF
  if [ -n "$unprivileged" ]; then
    printf '%s\n' User=culprit-agent CapabilityBoundingSet=CAP_SYS_PTRACE AmbientCapabilities=CAP_SYS_PTRACE \
      'ExecStartPre=+/usr/bin/install -d -m 1777 -o culprit-agent -g culprit-agent /var/spool/culprit'
  else
    printf 'CapabilityBoundingSet=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH CAP_DAC_OVERRIDE CAP_FOWNER\n'
  fi
  printf '\n[Install]\nWantedBy=multi-user.target\n'
}

write_rc() {
  cat <<EOF
#!/sbin/openrc-run
description="Culprit agent"
supervisor=supervise-daemon
command=$starter
respawn_delay=2
depend() { after net; }
EOF
}

# Where nothing else keeps it running: starts it again when it ends, until it is told to end itself.
write_keeper() {
  cat <<EOF
#!/bin/sh
trap 'trap - TERM; kill "\$agent" 2>/dev/null; wait; exit 0' TERM
echo \$\$ >/run/culprit-agent.pid
while :; do
  $starter >/dev/null 2>>$data/agent.log &
  agent=\$!
  wait "\$agent"
  # A restart says again what is wrong: the last of it is enough.
  tail -c 200000 $data/agent.log >$data/agent.log.new 2>/dev/null && mv $data/agent.log.new $data/agent.log
  sleep 2 &
  agent=\$!
  wait "\$agent"
done
EOF
}

is_kept() {
  [ -r /run/culprit-agent.pid ] && read -r keeper </run/culprit-agent.pid &&
    grep -q culprit-agent-keep "/proc/$keeper/cmdline" 2>/dev/null
}

stop_kept() {
  is_kept || return 0
  kill "$keeper"
  tries=0
  while is_kept && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  rm -f /run/culprit-agent.pid
}

start_service() {
  case $service in
    systemd)
      # What was chosen at the first install stays.
      [ "$what" = install ] || ! grep -q '^User=culprit-agent' "$unit" 2>/dev/null || unprivileged=yes
      [ -z "$unprivileged" ] || id culprit-agent >/dev/null 2>&1 ||
        useradd --system --no-create-home --home-dir "$data" --shell /usr/sbin/nologin culprit-agent
      write_unit >"$work/unit"
      mv -f "$work/unit" "$unit"
      systemctl daemon-reload
      systemctl enable --quiet culprit-agent
      systemctl restart culprit-agent
      say 'it runs, and starts at boot: systemctl status culprit-agent, journalctl -u culprit-agent'
      ;;
    openrc)
      write_rc >"$work/rc"
      chmod 755 "$work/rc"
      mv -f "$work/rc" /etc/init.d/culprit-agent
      rc-update -q add culprit-agent default
      rc-service -q culprit-agent restart
      say 'it runs, and starts at boot: rc-service culprit-agent status'
      ;;
    cron)
      write_keeper >"$work/culprit-agent-keep"
      chmod 755 "$work/culprit-agent-keep"
      mv -f "$work/culprit-agent-keep" "$library/culprit-agent-keep"
      printf '@reboot root %s\n' "$library/culprit-agent-keep" >"$work/cron"
      mv -f "$work/cron" /etc/cron.d/culprit-agent
      stop_kept
      if has setsid; then setsid "$library/culprit-agent-keep" </dev/null >/dev/null 2>&1 &
      else nohup "$library/culprit-agent-keep" </dev/null >/dev/null 2>&1 &
      fi
      say "it runs, and cron starts it at boot (/etc/cron.d/culprit-agent); what it says: $data/agent.log"
      ;;
    none) say "nothing here could start it at boot (no systemd, OpenRC or /etc/cron.d): start $starter yourself" ;;
    no) say "it is not started: $starter does that" ;;
  esac
}

install_agent() {
  choose_form
  fetch_all
  if [ "$what" = install ]; then enrol; else new_settings=$settings; fi
  put_in_place
  start_service
  say "version $version is installed ($form)"
}

upgrade_agent() {
  [ -e "$settings" ] && [ -e "$starter" ] || fail "there is no agent here to upgrade ($starter)"
  [ -n "$ca" ] || ca=$(sed -n 's/^ca: "\(.*\)"$/\1/p' "$settings")
  [ -n "$form" ] || { [ -e "$library/culprit-agent.mjs" ] && ! compiled_here && form=node; } || :
  install_agent
}

# A crontab whose SHELL is gone runs nothing any more: these stay as long as one asks for them.
used_recorders() {
  grep -lrs -e culprit-run -e culprit-sh /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly \
    /etc/cron.monthly /var/spool/cron 2>/dev/null || :
}

uninstall_agent() {
  case $service in
    systemd)
      systemctl disable --now --quiet culprit-agent 2>/dev/null || :
      rm -f "$unit"
      systemctl daemon-reload
      ;;
    openrc)
      rc-service -q culprit-agent stop 2>/dev/null || :
      rc-update -q del culprit-agent 2>/dev/null || :
      rm -f /etc/init.d/culprit-agent
      ;;
    cron)
      rm -f /etc/cron.d/culprit-agent
      stop_kept
      ;;
  esac
  rm -rf "$library"
  rm -f "$starter"
  users=''
  [ -n "$prefix" ] || users=$(used_recorders)
  if [ -n "$users" ]; then
    say 'culprit-run and culprit-sh stay in /usr/bin, for jobs are run by them; without an agent they record nothing:' $users
  else
    rm -f "$recorders/culprit-run" "$recorders/culprit-run-capture" "$recorders/culprit-sh"
  fi
  if [ -n "$purge" ]; then
    rm -rf "$data" "$settings" "$prefix/var/spool/culprit"
    rmdir "${settings%/*}" 2>/dev/null || :
    say 'the agent, its settings and its token are gone. On the hub the machine stays until someone removes it there'
  else
    say "the agent is gone; its settings ($settings) and its token ($data) stay, so that it can come back as the same machine"
  fi
}

# All is read before anything is done: half a download does nothing.
main() {
  read_arguments "$@"
  # The folder that the line was pasted in may be gone, or go.
  cd /
  look_around
  case $what in
    install) install_agent ;;
    upgrade) upgrade_agent ;;
    uninstall) uninstall_agent ;;
  esac
}

main "$@"
