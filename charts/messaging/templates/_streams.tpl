{{- /*
The streams, in the order in which they are made (image/streams does it, before the server opens).

REPORTS takes a report where MQTT stores it, so a publisher's acknowledgement means that REPORTS has it: what
MQTT sends to its own store on $MQTT.msgs.intake.reports.> is stored here, as reports.>. It refuses what is
too much (discard: new) instead of dropping the oldest: the publisher gets no acknowledgement and tries again.

A site's REPORTS has a durable consumer that remembers what the hub has confirmed. The hub's REPORTS draws from it
across the leaf connection, in order, and knows by the site's numbers what it has: none comes twice. Both sides call
the consumer by its generation, so that a hub which lost its volume can ask for another, that begins anew. (Without
a durable one, a hub tries a site that has come back only after up to two and a half minutes.)

$MQTT_msgs is where the server looks for what its MQTT subscribers of QoS 1 and 2 are owed. The server would
make it by itself, to take in everything; here it is fed from REPORTS, so the late ones come too.
*/}}
{{- define "messaging.streams" -}}
{{- $age := mul .Values.maxAgeDays 86400 1000000000 }}
{{- $mebibytes := mul .Values.storage.gib 1024 }}
- stream:
    name: REPORTS
    description: Every report, once
    subjects: ["$MQTT.msgs.intake.reports.>"]
    subject_transform: {src: "$MQTT.msgs.intake.reports.>", dest: "reports.>"}
    {{- if .Values.sites }}
    sources:
      {{- range $slug, $site := .Values.sites }}
      - name: REPORTS
        external: {api: "$JS.{{ $slug }}.API"}
        consumer:
          name: {{ include "messaging.consumer" $ }}
          deliver_subject: {{ printf "deliver.%s.%d" $slug (int $.Values.generation) }}
      {{- end }}
    {{- end }}
    republish: {src: "reports.>", dest: "reports.>"}
    retention: limits
    storage: file
    discard: new
    num_replicas: 1
    max_age: {{ $age }}
    max_bytes: {{ mul (div (mul $mebibytes 8) 10) 1048576 }}
    allow_direct: true
  {{- if eq .Values.role "leaf" }}
  consumers:
    - durable_name: {{ include "messaging.consumer" . }}
      description: What the hub has confirmed
      deliver_subject: {{ printf "deliver.%s.%d" .Values.domain (int .Values.generation) }}
      deliver_policy: all
      ack_policy: flow_control
      flow_control: true
      idle_heartbeat: 1000000000
      max_ack_pending: 1000
  {{- end }}
- stream:
    name: $MQTT_msgs
    description: What MQTT subscribers are owed
    sources:
      - name: REPORTS
        subject_transforms: [{src: "reports.>", dest: "$MQTT.msgs.reports.>"}]
    retention: interest
    storage: file
    discard: old
    num_replicas: 1
    max_age: {{ $age }}
    max_bytes: {{ mul (div $mebibytes 20) 1048576 }}
{{- end }}
