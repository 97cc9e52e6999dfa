{{- /* What the container that makes the streams and the one that serves have in common. */}}
{{- define "messaging.container" -}}
image: {{ .Values.image }}
imagePullPolicy: IfNotPresent
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
env:
  - name: GOMEMLIMIT # of the memory's limit nine tenths: garbage is looked for before the kernel ends the pod
    value: {{ include "messaging.memory-limit" . }}
resources: {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - {name: configuration, mountPath: /etc/nats/configuration, readOnly: true}
  - {name: certificate, mountPath: /etc/nats/certificate, readOnly: true}
  - {name: data, mountPath: /data}
{{- end }}

{{- define "messaging.memory-limit" -}}
{{- $parts := regexFindAll "[0-9]+|[KMGT]" (index .Values.resources.limits "memory") -1 }}
{{- $unit := dict "K" 1 "M" 1024 "G" 1048576 "T" 1073741824 }}
{{- div (mul (index $parts 0 | int) (get $unit (index $parts 1)) 9) 10 }}KiB
{{- end }}
