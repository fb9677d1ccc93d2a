#!/usr/bin/env bash
# Real phones register at registrar_peer in a network namespace of its own: phones_run.sh REGISTRAR_PEER [RATE]
# SIPp (digest, RATE/s for 3 s), baresip over UDP and TCP, linphone over UDP; wrong passwords stay out.
set -euo pipefail
peer=$(realpath "$1"); rate=${2:-50}
data=$(cd "$(dirname "$0")/../../data/sip/sipp" && pwd)
if [ "${PHONES_RUN_INSIDE:-}" = "" ]; then
  command -v sipp > /dev/null && command -v baresip > /dev/null || { echo "sipp or baresip is not installed"; exit 77; }
  exec env PHONES_RUN_INSIDE=1 unshare -n "$0" "$@"
fi
ip link set lo up
ip addr add 198.18.0.1/24 dev lo  # baresip does not use 127.0.0.1
work=$(mktemp -d); pids=
trap 'kill $pids 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

# baresip_phone NAME PORT USER PASSWORD TRANSPORT
baresip_phone() {
  mkdir -p "$1"
  cat > "$1/config" <<CONFIG
poll_method epoll
net_interface lo
sip_listen 198.18.0.1:$2
module_path /usr/lib/baresip/modules
module g711.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
CONFIG
  echo "<sip:$3@198.18.0.1:5060;transport=$5>;auth_user=$3;auth_pass=$4;regint=60" > "$1/accounts"
  : > "$1/contacts"
  baresip -f "$work/$1" > "$1.log" 2>&1 < /dev/null & pids="$pids $!"
}

"$peer" 198.18.0.1:5060 mediad load=pw-load udp=pw-udp tcp=pw-tcp lin=pw-lin wrong=right > registrar.txt & registrar=$!; pids="$pids $registrar"
sleep 0.3
baresip_phone b1 5080 udp pw-udp udp
baresip_phone b2 5090 tcp pw-tcp tcp
baresip_phone b3 5100 wrong wrong udp
if command -v linphonec > /dev/null; then
  # linphonec opens its ports only if these folders exist
  mkdir -p lin/.local/share/linphone lin/.config/linphone
  cat > lin/linphonerc <<CONFIG
[sip]
auto_net_state_mon=0
sip_port=5084
sip_tcp_port=0
sip_tls_port=0
default_proxy=-1
guess_hostname=0
register_only_when_network_is_up=0
use_ipv6=0
bind_address=198.18.0.1
[sound]
use_files_instead_of_sound_cards=1
CONFIG
  (sleep 2; echo "register sip:lin@198.18.0.1 sip:198.18.0.1:5060 pw-lin"; sleep 10; echo quit) |
    HOME="$work/lin" linphonec -c "$work/lin/linphonerc" > lin.log 2>&1 & pids="$pids $!"
fi
sipp 198.18.0.1:5060 -sf "$data/register.xml" -s load -au load -ap pw-load -i 198.18.0.1 -p 5070 -r "$rate" -m $((rate * 3)) \
  -nostdin -buff_size 4000000 -timeout 60 > sipp.log 2>&1 || tail -2 sipp.log
for _ in $(seq 50); do
  sleep 0.2
  grep -q '200 OK' b1.log && grep -q '200 OK' b2.log && break
done
sleep 1
kill -TERM $registrar; wait $registrar || true
[ -z "${SHOW_LOGS:-}" ] || tail -n 30 b*.log lin.log
cat registrar.txt
grep -q '^bound load .*SIPp$' registrar.txt
grep -q '^bound udp .* UDP .*baresip' registrar.txt
grep -q '^bound tcp .* TCP .*baresip' registrar.txt
! grep -q '^bound wrong' registrar.txt
! command -v linphonec > /dev/null || grep -q '^bound lin .*inphone' registrar.txt
