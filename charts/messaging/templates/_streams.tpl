{{- /*
The streams, in the order in which they are made (image/streams does it, before the server opens).

REPORTS takes a report where MQTT stores it, so a publisher's acknowledgement means that REPORTS has it: what
MQTT sends to its own store on $MQTT.msgs.intake.reports.> is stored here, as reports.>. It refuses what is
too much (discard: new) instead of dropping the oldest: the publisher gets no acknowledgement and tries again.

The hub's REPORTS draws from a site's across the leaf connection, in order, and knows by the site's numbers in what it
has stored where to go on: none is left out, none comes twice, and an empty hub begins at the beginning. The site
remembers nothing about it. (A durable consumer there would let a hub try sooner after a long cut. But when such a
one is set back, the server (2.15) may count as delivered what it sends while nobody listens, and the hub then confirms
what it never got.)

$MQTT_msgs is where the server looks for what its MQTT subscribers of QoS 1 and 2 are owed. The server would
make it by itself, to take in everything; here it is fed from REPORTS, so the late ones come too.
*/}}
{{- define "messaging.streams" -}}
{{- $age := mul .Values.maxAgeDays 86400 1000000000 }}
{{- $mebibytes := mul .Values.storage.gib 1024 }}
- name: REPORTS
  description: Every report, once
  subjects: ["$MQTT.msgs.intake.reports.>"]
  subject_transform: {src: "$MQTT.msgs.intake.reports.>", dest: "reports.>"}
  {{- if .Values.sites }}
  sources:
    {{- range $slug, $site := .Values.sites }}
    - name: REPORTS
      external: {api: "$JS.{{ $slug }}.API", deliver: "deliver.{{ $slug }}"}
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
- name: $MQTT_msgs
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
