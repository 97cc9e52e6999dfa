{{- /*
The streams, in the order in which they are made (messaging streams does it, before the server opens).

REPORTS takes a report where MQTT stores it, so a publisher's acknowledgement means that REPORTS has it: what
MQTT sends to its own store on $MQTT.msgs.intake.reports.> is stored here, as reports.>. It refuses what is
too much (discard: new) instead of dropping the oldest: the publisher gets no acknowledgement and tries again.

At the hub the program puts the sites' reports into it as well (image/draw), each with its place in the site's own.

$MQTT_msgs is where the server looks for what its MQTT subscribers of QoS 1 and 2 are owed. The server would
make it by itself, to take in everything; here it is fed from REPORTS, so the late ones come too. The others of MQTT's
the server would make as well, without a bound; here each has one. Nothing is retained, and QoS 2 isn't taken.
*/}}
{{- define "messaging.streams" -}}
{{- $age := mul .Values.maxAgeDays 86400 1000000000 }}
{{- $mebibytes := mul .Values.storage.gib 1024 }}
- name: REPORTS
  description: Every report, once
  subjects: ["$MQTT.msgs.intake.reports.>"]
  subject_transform: {src: "$MQTT.msgs.intake.reports.>", dest: "reports.>"}
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
- name: REFUSED
  description: What clients published and the gate refused, with the reason
  subjects: ["refused.>"]
  retention: limits
  storage: file
  discard: old
  num_replicas: 1
  max_age: {{ mul (min .Values.maxAgeDays 7) 86400 1000000000 }}
  max_bytes: {{ mul (div $mebibytes 100) 1048576 }}
  allow_direct: true
- name: $MQTT_sess
  description: MQTT sessions; where there are too many, the oldest goes
  subjects: ["$MQTT.sess.{{ .Values.domain }}.>"]
  retention: limits
  storage: file
  discard: old
  num_replicas: 1
  max_msgs: 10000
  max_msgs_per_subject: 1
  max_msg_size: 65536
  max_bytes: 8388608
- name: $MQTT_rmsgs
  description: Retained messages, which nobody may leave
  subjects: ["$MQTT.rmsgs.>"]
  retention: limits
  storage: file
  discard: new
  num_replicas: 1
  max_msgs: 1
  max_msgs_per_subject: 1
  max_msg_size: 1024
  max_bytes: 65536
- name: $MQTT_qos2in
  description: Messages of QoS 2, which nobody may send
  subjects: ["$MQTT.qos2.in.>"]
  retention: limits
  storage: file
  discard: new
  discard_new_per_subject: true
  num_replicas: 1
  max_msgs: 1
  max_msgs_per_subject: 1
  max_msg_size: 1024
  max_bytes: 65536
- name: $MQTT_out
  description: What subscribers of QoS 2 haven't completed
  subjects: ["$MQTT.out.>"]
  retention: interest
  storage: file
  discard: old
  num_replicas: 1
  max_msg_size: 1024
  max_bytes: 4194304
{{- end }}

{{- /*
What the gate holds each client to (image/gate). A client that fills its part has the half of it at once, and the other
half as fast as reports of the first come of age; so all together never fill REPORTS.
*/}}
{{- define "messaging.quota" -}}
{{- $publishers := 0 }}
{{- range .Values.clients }}
{{- if .publish }}{{ $publishers = add1 $publishers }}{{ end }}
{{- end }}
{{- $bytes := mul (div (mul .Values.storage.gib 1024 4) (mul 10 (max $publishers 1))) 1048576 }}
{{- toPrettyJson (dict "bytes" $bytes "seconds" (mul .Values.maxAgeDays 86400) "connections" 250) }}
{{- end }}

{{- /* The sites from which a hub draws (image/draw), and what each may tell of. */}}
{{- define "messaging.sites" -}}
{{- $sites := list }}
{{- range $slug, $site := .Values.sites }}
{{- $sites = append $sites (dict "name" $slug "area" (printf "reports.%s.>" $slug)) }}
{{- end }}
{{- toPrettyJson $sites }}
{{- end }}
