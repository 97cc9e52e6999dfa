# Says what a machine is, one name=value a line. Needs neither Python nor root, changes nothing.
# "zone", the time zone that the host shall have, is set before these lines.

exec 2>/dev/null # what can't be found out is left empty, and told of by the checks

say() { printf '%s=%s\n' "$1" "$2"; }

say clock "$(date +%s)"
say processor "$(uname -m)"
say distribution "$(. /etc/os-release; echo "$ID")"
say release "$(. /etc/os-release; echo "$VERSION_ID")"
say system "$(. /etc/os-release; echo "$PRETTY_NAME")"
say init "$(cat /proc/1/comm)"
say memory_mib "$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)"
say disk_gib "$(df -Pk /var/lib | awk 'NR == 2 { print int($4 / 1048576) }')"
say python "$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
say root "$(if [ "$(id -u)" = 0 ] || sudo -n true; then echo yes; fi)"
say zone "$(if [ -f "/usr/share/zoneinfo/$zone" ]; then echo yes; fi)"
say k3s "$(if [ -x /usr/local/bin/k3s ]; then echo yes; fi)"
