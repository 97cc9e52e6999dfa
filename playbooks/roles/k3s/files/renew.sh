#!/bin/sh
# Restarts k3s, whose unit is the first argument, when a certificate of this host ends soon. k3s makes its certificates
# anew as it starts, within 120 days of their end, and at no other time. Pods go on meanwhile.
#
# k3s itself says which are near their end, so a restart is made when it helps. It never renews an authority, which is
# what may sign others (CertSign): one of these is no reason.

set -eu

if said=$(/usr/local/bin/k3s certificate check 2>&1); then :; else
  echo "$said" >&2
  exit 1
fi
near=$(echo "$said" | grep -E 'will expire within|expired at' | grep -v CertSign || true)
[ -n "$near" ] || exit 0
echo "$near"
systemctl restart "$1"
