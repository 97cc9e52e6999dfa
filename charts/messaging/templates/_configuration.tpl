{{- /* The NATS server's configuration. It carries passwords, so it lives in a Secret as a whole. */}}
{{- define "messaging.configuration" -}}
server_name: {{ printf "simpul-%s" .Values.domain | quote }}
port: 4222
http: "0.0.0.0:8222"

# A link that is cut without a word is noticed in 50 seconds, on either end. Sooner would cut a line of 64 kbit/s
# that is busy with one report of the largest size: 33 seconds, in which no ping comes through.
ping_interval: "10s"
ping_max: 4
max_payload: 256KiB

jetstream {
  store_dir: "/data"
  domain: {{ .Values.domain | quote }}
  max_memory_store: 16MiB
  max_file_store: {{ div (mul .Values.storage.gib 1024 9) 10 }}MiB
  # An acknowledged report is on the disk, not on its way there: a power cut loses none.
  sync_interval: always
}

tls {{ include "messaging.tls" . }}

mqtt {
  port: 8883
  # Of a report with QoS 2 the server (2.15) takes its own copy away while it is still storing it: after a hard stop
  # between the two the report is gone, and its publisher is told that it is complete.
  reject_qos2_publish: true
  tls {{ include "messaging.tls" . | indent 2 | trim }}
}

# What clients publish becomes intake, which nobody hears but the stream. What is heard on reports.> (MQTT:
# reports/#) comes from the stream: it has been stored, once.
mappings {
  "reports.>": "intake.reports.>"
}

authorization {
  # A publisher whose topic is denied is told by the gate alone (image/gate). What may be published isn't
  # listed here; what would harm is denied, all of it the server's own: making streams, speaking for a
  # leaf, and the streams in which MQTT keeps its sessions.
  default_permissions {
    publish: {deny: [
      "deliver.>", "refused.>", "$MQTT.>", "$SYS.>", "$JSC.>", "$JS.*.API.>"
      {{- range list "CREATE" "UPDATE" "DELETE" "PURGE" "RESTORE" "SNAPSHOT" "MSG.DELETE" }}
      "$JS.API.STREAM.{{ . }}.>"
      {{- end }}
      {{- range list "msgs" "sess" "out" "qos2in" "rmsgs" }}
      "$JS.API.CONSUMER.*.$MQTT_{{ . }}.>", "$JS.API.CONSUMER.*.$MQTT_{{ . }}", "$JS.API.CONSUMER.*.*.$MQTT_{{ . }}.>"
      "$JS.API.STREAM.MSG.GET.$MQTT_{{ . }}", "$JS.API.DIRECT.GET.$MQTT_{{ . }}.>", "$JS.API.DIRECT.GET.$MQTT_{{ . }}"
      "$JS.ACK.$MQTT_{{ . }}.>"
      {{- end }}
    ]}
    subscribe: {deny: ["intake.>", "deliver.>", "refused.>", "$SYS.>", "$MQTT.sess.>", "$JSC.>"]}
  }
  users: [
    {{- range $name, $user := .Values.users }}
    {user: {{ $name | quote }}, password: {{ $user.password | quote }}, allowed_connection_types: ["STANDARD", "MQTT"]}
    {{- end }}
    {{- if eq .Values.role "hub" }}
    # A site's leaf answers what the hub asks about its own stream; it sees and says nothing else.
    {{- range $slug, $site := .Values.sites }}
    {
      user: {{ $slug | quote }}, password: {{ $site.password | quote }}, allowed_connection_types: ["LEAFNODE"]
      permissions: {
        publish: ["deliver.{{ $slug }}.>"]
        subscribe: ["$JS.{{ $slug }}.API.>", "$JS.ACK.REPORTS.{{ $slug }}.>"]
      }
    }
    {{- end }}
    {{- end }}
  ]
}

leafnodes {
  {{- if eq .Values.role "hub" }}
  port: 7422
  no_advertise: true # a pod's own address would lead the leaves astray
  isolate_leafnode_interest: true
  tls {{ include "messaging.tls" . | indent 2 | trim }}
  {{- else }}
  reconnect: "1s"
  remotes: [{
    url: {{ printf "tls://%s:%s@%s" .Values.domain .Values.hub.password (trimPrefix "tls://" .Values.hub.url) | quote }}
    tls {ca_file: "/etc/nats/certificate/ca.crt", timeout: 15}
    compression: "s2_better"
  }]
  {{- end }}
}
{{- end }}

{{- define "messaging.tls" -}}
{
  cert_file: "/etc/nats/certificate/tls.crt"
  key_file: "/etc/nats/certificate/tls.key"
  timeout: 5
}
{{- end }}
