#!/bin/sh
# Written by Simpul. Makes of k3s's own kubeconfig the operator's: the same key, under the cluster's name and at the
# host's address. k3s renews that key as it starts, so this runs after each start.

set -eu
folder=${1:-/etc/rancher/k3s}
umask 077

value() { sed -n "s/^ *$1: *//p" "$folder/k3s.yaml"; }

cat >"$folder/operator.yaml.new" <<END
apiVersion: v1
kind: Config
clusters:
  - name: "balikpapan-647101"
    cluster:
      server: "https://10.30.1.11:6443"
      certificate-authority-data: $(value certificate-authority-data)
users:
  - name: "balikpapan-647101"
    user:
      client-certificate-data: $(value client-certificate-data)
      client-key-data: $(value client-key-data)
contexts:
  - name: "balikpapan-647101"
    context:
      cluster: "balikpapan-647101"
      user: "balikpapan-647101"
current-context: "balikpapan-647101"
END
mv "$folder/operator.yaml.new" "$folder/operator.yaml"
