{{- /* The NATS server's configuration. It carries a password and the hashes of others, so it lives in a Secret as a whole. */}}
{{- define "messaging.configuration" -}}
server_name: {{ printf "simpul-%s" .Values.domain | quote }}
port: 4222
http: "0.0.0.0:8222"

# A link that is cut without a word is noticed in 50 seconds, on either end. Sooner would cut a line of 64 kbit/s
# that is busy with one report of the largest size: 33 seconds, in which no ping comes through.
ping_interval: "10s"
ping_max: 4
max_payload: 256KiB
max_connections: {{ include "messaging.most-connections" . }}
max_subscriptions: 200
max_control_line: 4KiB
# What a reader that doesn't read is owed before it is cut off.
max_pending: 8MiB

jetstream {
  store_dir: "/data"
  domain: {{ .Values.domain | quote }}
  max_memory_store: 16MiB
  max_file_store: {{ div (mul .Values.storage.gib 1024 9) 10 }}MiB
  # What waits to be written to one stream; beyond it a publisher isn't acknowledged, and tries again.
  max_buffered_size: 32MiB
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

# Every user is listed with what it may say and hear, and may nothing else: no user makes, changes or deletes a stream, or
# touches another's consumer. A client is one user, or two while its password is changed. A publisher whose topic isn't
# among its own is told by the gate (image/gate).
authorization {
  users: [
    {{- range $name, $client := .Values.clients }}
    {{- range $user, $known := $client.users }}
    {
      user: {{ $user | quote }}, password: {{ $known.hash | quote }}
      {{- include (printf "messaging.%s-client" $client.protocol) (list $name $client) | nindent 6 }}
    }
    {{- end }}
    {{- end }}
    {{- range $user, $known := .Values.administrator }}
    # Looks at streams and consumers, and takes out what is in them.
    {
      user: {{ $user | quote }}, password: {{ $known.hash | quote }}, allowed_connection_types: ["STANDARD"]
      permissions: {
        publish: [
          "$JS.API.INFO"
          {{- range list "STREAM.NAMES" "STREAM.LIST" "STREAM.INFO.*" "STREAM.PURGE.*" "STREAM.MSG.GET.*" "STREAM.MSG.DELETE.*" "CONSUMER.NAMES.*" "CONSUMER.LIST.*" "CONSUMER.INFO.*.*" "CONSUMER.DELETE.*.*" }}
          {{ printf "$JS.API.%s" . | quote }}
          {{- end }}
        ]
        subscribe: ["_INBOX.administrator.>"]
      }
    }
    {{- end }}
    {{- if eq .Values.role "hub" }}
    # A site's leaf answers what the hub asks about its own stream; it sees and says nothing else.
    {{- range $slug, $site := .Values.sites }}
    {
      user: {{ $slug | quote }}, password: {{ $site.hash | quote }}, allowed_connection_types: ["LEAFNODE"]
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

{{- /* What a client that speaks MQTT may. What it publishes is known to the server as it is mapped. list name client */}}
{{- define "messaging.mqtt-client" -}}
{{- $client := index . 1 -}}
allowed_connection_types: ["MQTT"]
permissions: {
  publish: {{ if $client.publish }}[{{ range $client.publish }}{{ printf "intake.%s" . | quote }}, {{ end }}]{{ else }}{deny: [">"]}{{ end }}
  subscribe: {{ if $client.subscribe }}[{{ range $client.subscribe }}{{ . | quote }}, {{ trimSuffix ".>" . | quote }}, {{ end }}]{{ else }}{deny: [">"]}{{ end }}
}
{{- end }}

{{- /*
What a client that speaks NATS may: listen, and read what is stored through one consumer of its own, which is called as
it is. Answers come to an inbox of its own. list name client
*/}}
{{- define "messaging.nats-client" -}}
{{- $name := index . 0 -}}
{{- $client := index . 1 -}}
allowed_connection_types: ["STANDARD"]
permissions: {
  publish: [
    "$JS.API.INFO"
    {{- range $client.subscribe }}
    {{ printf "$JS.API.CONSUMER.CREATE.REPORTS.%s.%s" $name . | quote }}
    {{- end }}
    {{- include "messaging.consumer" (list "REPORTS" $name) | nindent 4 }}
    {{- if has "reports.>" $client.subscribe }}
    "$JS.API.STREAM.INFO.REPORTS", "$JS.API.STREAM.INFO.REFUSED"
    {{ printf "$JS.API.CONSUMER.CREATE.REFUSED.%s.refused.>" $name | quote }}
    {{- include "messaging.consumer" (list "REFUSED" $name) | nindent 4 }}
    {{- end }}
  ]
  subscribe: [{{ printf "_INBOX.%s.>" $name | quote }}, {{ range $client.subscribe }}{{ . | quote }}, {{ end }}]
}
{{- end }}

{{- /* list stream name */}}
{{- define "messaging.consumer" -}}
{{- $consumer := printf "%s.%s" (index . 0) (index . 1) -}}
{{- range list "INFO" "DELETE" "MSG.NEXT" }}
{{ printf "$JS.API.CONSUMER.%s.%s" . $consumer | quote }}
{{- end }}
{{ printf "$JS.ACK.%s.>" $consumer | quote }}
{{- end }}

{{- /* How many may be connected at once, and of one client: so many fit into the memory. */}}
{{- define "messaging.most-connections" -}}
1000
{{- end }}

{{- define "messaging.tls" -}}
{
  cert_file: "/etc/nats/certificate/tls.crt"
  key_file: "/etc/nats/certificate/tls.key"
  timeout: 5
}
{{- end }}
