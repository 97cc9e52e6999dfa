#!/bin/sh
# Takes away what k3s leaves on a host after its unit has stopped: pods that still run, their mounts, interfaces,
# routes and packet filter rules, and the folders of both. Says each thing that it took away, so that silence means
# that there was nothing. The range of the pods' addresses is the first argument; it may be empty.

set -eu
pods=$1

# On a host that has no iptables of its own, k3s used those that it carries.
for folder in /var/lib/rancher/k3s/data/*/bin /var/lib/rancher/k3s/data/*/bin/aux; do
  PATH=$PATH:$folder
done

fail() {
  echo "$1" >&2
  exit 1
}

# A process is k3s's by the control group that it is in. Shims stay in the unit's, containers are in the kubelet's.
list_processes() {
  grep -lE '^[0-9]+:[^:]*:/(system\.slice/k3s(-agent)?\.service|kubepods)' /proc/[0-9]*/cgroup 2>/dev/null |
    cut -d/ -f3
}

end_processes() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    processes=$(list_processes)
    [ -n "$processes" ] || return 0
    for process in $processes; do
      echo "process $process $(cat "/proc/$process/comm" 2>/dev/null)"
      kill -KILL "$process" 2>/dev/null || true
    done
    sleep 0.3
  done
  fail "these processes of k3s can't be ended: $(echo $processes)"
}

# The deepest first. A folder that is a mount point itself is the administrator's own and stays mounted.
list_mounts() {
  awk '$2 ~ "^/(run/k3s|var/lib/kubelet|run/netns/cni-[^/]*$|var/lib/rancher/k3s/agent/containerd)/?" {
    if ($2 !~ "^/(run/k3s|var/lib/kubelet|var/lib/rancher/k3s/agent/containerd)$") print $2
  }' /proc/self/mounts | sort -r
}

unmount() {
  list_mounts | while read -r mount; do
    mount=$(printf '%b' "$mount") # a space is written \040 there
    echo "mount $mount"
    umount "$mount" || umount --lazy "$mount"
    case $mount in /run/netns/*) rm -f "$mount" ;; esac
  done
  # What is still mounted might be a volume that others use, and its files would be deleted with the folder.
  [ -z "$(list_mounts)" ] || fail "these mounts of k3s can't be undone: $(list_mounts | tr '\n' ' ')"
}

remove_interfaces() {
  for port in /sys/class/net/cni0/brif/*; do
    if [ -e "$port" ]; then ip link delete "${port##*/}" || true; fi # it may be going already, with its pod
  done
  for interface in cni0 flannel.1 flannel-v6.1 flannel-wg flannel-wg-v6 kube-ipvs0; do
    if [ -e "/sys/class/net/$interface" ]; then
      echo "interface $interface"
      ip link delete "$interface"
    fi
  done
}

remove_routes() {
  [ -n "$pods" ] || return 0
  ip -4 route show root "$pods" | while read -r route _; do
    echo "route $route"
    ip -4 route delete "$route"
  done
}

# kube-proxy, the kubelet and the network plugins name their chains so that they can be told from anyone else's.
remove_rules() {
  for program in iptables iptables-nft iptables-legacy ip6tables ip6tables-nft ip6tables-legacy; do
    command -v "$program-save" >/dev/null || continue
    if "$program-save" 2>/dev/null | grep -qE 'KUBE-|CNI-|FLANNEL-'; then
      echo "rules of $program"
      "$program-save" 2>/dev/null | grep -vE 'KUBE-|CNI-|FLANNEL-' | "$program-restore"
    fi
  done
}

# A shim's socket is named by a digest that doesn't tell whose it was. At one that is left nobody listens.
remove_sockets() {
  for socket in /run/containerd/s/*; do
    if [ -S "$socket" ] && ! grep -qF "$socket" /proc/net/unix; then
      echo "socket $socket"
      rm "$socket"
    fi
  done
}

# A folder that has a disk of its own is emptied and stays.
remove_folder() {
  [ -e "$1" ] || return 0
  find "$1" -mindepth 1 -delete 2>/dev/null || true
  [ -z "$(find "$1" ! -type d)" ] || fail "$1 can't be emptied"
  if mountpoint -q "$1"; then return 0; fi
  echo "folder $1"
  rmdir "$1" || fail "$1 still has something mounted"
}

end_processes
unmount
remove_interfaces
remove_routes
remove_rules
remove_sockets
for folder in /run/k3s /run/containerd/runc/k8s.io /run/flannel /var/lib/rancher /var/lib/kubelet /var/lib/cni \
  /var/log/pods /var/log/containers; do
  remove_folder "$folder"
done
# These go if nobody else uses them.
rmdir /run/containerd/runc /run/containerd/s /run/containerd 2>/dev/null || true
