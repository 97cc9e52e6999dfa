{{- /* Every name of the chart is made here. */}}

{{- define "messaging.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "messaging.configuration-name" -}}
{{ include "messaging.name" . }}-configuration
{{- end }}

{{- define "messaging.certificate-name" -}}
{{ include "messaging.name" . }}-certificate
{{- end }}

{{- define "messaging.selector" -}}
app.kubernetes.io/name: messaging
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "messaging.labels" -}}
{{ include "messaging.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: {{ .Values.role }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
simpul.id/data-class: {{ .Values.dataClass }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* The ports, by name: the Service, the container and the network policy say the same. */}}
{{- define "messaging.ports" -}}
nats: 4222
mqtt: 8883
{{- if eq .Values.role "hub" }}
leaf: 7422
{{- end }}
{{- end }}

{{- /* What each port says it speaks: MQTT with TLS has a name of its own, NATS with TLS has none. */}}
{{- define "messaging.protocol" -}}
{{ if eq . "mqtt" }}secure-mqtt{{ else }}simpul.id/nats-tls{{ end }}
{{- end }}
