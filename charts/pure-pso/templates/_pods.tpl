{{- /* First value that is set and not empty. dict: key, from (list of maps, null allowed). */ -}}
{{- define "pure-pso.first" -}}
{{- $key := .key -}}
{{- $found := dict -}}
{{- range .from -}}
{{- $value := get (. | default dict) $key -}}
{{- if and $value (not (hasKey $found "value")) -}}{{- $_ := set $found "value" $value -}}{{- end -}}
{{- end -}}
{{- if hasKey $found "value" -}}{{- toYaml $found.value -}}{{- end -}}
{{- end -}}

{{- /* Labels of a pod; ours win, as selectors rest on them. dict: root, component, own (values of the component). */ -}}
{{- define "pure-pso.podLabels" -}}
{{- $ours := include "pure-pso.labels" .root | fromYaml -}}
{{- $_ := set $ours "app.kubernetes.io/component" .component -}}
{{- merge (dict) $ours (.own.podLabels | default dict) | toYaml -}}
{{- end -}}

{{- /*
Arrays are reloaded while running; settings are read at start, so a pod is replaced when one changes that it reads.
dict: root, component, own (values of the component).
*/ -}}
{{- define "pure-pso.podAnnotations" -}}
{{- $read := include (printf "pure-pso.%sSettings" .component) .root -}}
{{- $ours := dict "checksum/settings" (sha256sum $read) -}}
{{- merge (dict) $ours (.own.podAnnotations | default dict) | toYaml -}}
{{- end -}}

{{- define "pure-pso.isOpenshift" -}}
{{- if eq ((.Values.orchestrator | default dict).name | default "k8s") "openshift" -}}true{{- end -}}
{{- end -}}

{{- define "pure-pso.sidecarSettings" -}}
{{- $s := .Values.sidecars | default dict -}}
workers: {{ $s.workers | default 100 | int }}
qps: {{ $s.kubeApiQps | default 200 | int }}
burst: {{ $s.kubeApiBurst | default 400 | int }}
timeout: {{ $s.timeout | default "60s" }}
retryStart: {{ $s.retryIntervalStart | default "500ms" }}
retryMax: {{ $s.retryIntervalMax | default "1m" }}
{{- end -}}

{{- define "pure-pso.restricted" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{- /* One CSI sidecar. dict: root, sidecar, port, args (of this sidecar only). */ -}}
{{- define "pure-pso.sidecar" -}}
{{- $s := include "pure-pso.sidecarSettings" .root | fromYaml -}}
- name: {{ .sidecar }}
  {{- include "pure-pso.sidecarImage" . | nindent 2 }}
  args:
    - --csi-address=/csi/csi.sock
    - --v=2
    - --timeout={{ $s.timeout }}
    - --kube-api-qps={{ $s.qps }}
    - --kube-api-burst={{ $s.burst }}
    - {{ eq .sidecar "resizer" | ternary "--workers" "--worker-threads" }}={{ $s.workers }}
    - --retry-interval-start={{ $s.retryStart }}
    - --retry-interval-max={{ $s.retryMax }}
    - --leader-election
    - --leader-election-namespace=$(NAMESPACE)
    - --leader-election-lease-duration=15s
    - --leader-election-renew-deadline=10s
    - --leader-election-retry-period=2s
    - --http-endpoint=:{{ .port }}
    {{- range .args }}
    - {{ . | quote }}
    {{- end }}
  env:
    - name: NAMESPACE
      valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
    {{- if eq .sidecar "provisioner" }}
    - name: POD_NAME
      valueFrom: { fieldRef: { fieldPath: metadata.name } }
    {{- end }}
  ports:
    - { name: {{ .sidecar }}, containerPort: {{ .port }}, protocol: TCP }
  livenessProbe:
    httpGet: { path: /healthz/leader-election, port: {{ .port }} }
    initialDelaySeconds: 10
    periodSeconds: 20
    timeoutSeconds: 10
  volumeMounts:
    - { name: socket, mountPath: /csi }
  {{- with (.root.Values.sidecars | default dict).resources }}
  resources: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- include "pure-pso.restricted" .root | nindent 2 }}
{{- end -}}
