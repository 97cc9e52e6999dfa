{{- /* What the container that makes the streams and the one that serves have in common. */}}
{{- define "messaging.container" -}}
image: {{ .Values.image }}
imagePullPolicy: IfNotPresent
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources: {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - {name: configuration, mountPath: /etc/nats/configuration, readOnly: true}
  - {name: certificate, mountPath: /etc/nats/certificate, readOnly: true}
  - {name: data, mountPath: /data}
{{- end }}
