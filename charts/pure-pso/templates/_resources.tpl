{{- /* "true" or nothing: definitions of StorageArray and StorageNode, and the rights to write them. */ -}}
{{- define "pure-pso.customResources" -}}
{{- if ne (toString (.Values.customResources | default dict).create) "false" -}}true{{- end -}}
{{- end -}}

{{- /* Not empty: the controller looks at arrays before they are configured, for who may ask it. */ -}}
{{- define "pure-pso.arrayCheck" -}}
{{- if ne (toString (.Values.arrayCheck | default dict).enabled) "false" -}}true{{- end -}}
{{- end -}}

{{- /*
Node plugins write only where the API server can tell their nodes apart: ValidatingAdmissionPolicy and the node's name in
their tokens came with Kubernetes 1.30.
*/ -}}
{{- define "pure-pso.nodeResources" -}}
{{- if and (include "pure-pso.customResources" .) (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) -}}true{{- end -}}
{{- end -}}

{{- /* Metadata of a definition. dict: root, name. helm uninstall keeps it: with it Kubernetes would remove all its objects. */ -}}
{{- define "pure-pso.definitionMetadata" -}}
name: {{ .name }}
labels: {{- include "pure-pso.labels" .root | nindent 2 }}
annotations:
  helm.sh/resource-policy: keep
{{- end -}}
