{{- /*
One line for each value that the chart does not know. dict: values, known (tree of files/known-keys.json: true takes
anything, a list holds the tree of its items), path.
*/ -}}
{{- define "pure-pso.unknownValues" -}}
{{- $known := .known -}}
{{- $path := .path -}}
{{- if and (kindIs "map" $known) (kindIs "map" .values) -}}
{{- $lower := dict -}}
{{- range $name, $_ := $known }}{{ $_ := set $lower (lower $name) $name }}{{ end -}}
{{- range $key, $value := .values -}}
{{- $at := $path | empty | ternary $key (printf "%s.%s" $path $key) -}}
{{- if hasKey $known $key -}}
{{- include "pure-pso.unknownValues" (dict "values" $value "known" (get $known $key) "path" $at) -}}
{{- else }}
UNKNOWN: {{ trunc 200 $at | quote }} is no key of this chart and has no effect
{{- if hasKey $lower (lower $key) }}; is {{ get $lower (lower $key) }} meant?{{ else }}.{{ end }}
{{- end -}}
{{- end -}}
{{- else if and (kindIs "slice" $known) (kindIs "slice" .values) -}}
{{- range $index, $value := .values -}}
{{- include "pure-pso.unknownValues" (dict "values" $value "known" (first $known) "path" (printf "%s[%d]" $path $index)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Classes of the cluster that differ from the values in what Kubernetes lets nobody change. */ -}}
{{- define "pure-pso.keptClasses" -}}
{{- range include "pure-pso.storageClasses" . | fromJsonArray -}}
{{- $live := lookup "storage.k8s.io/v1" "StorageClass" "" .name | default dict -}}
{{- if $live -}}
{{- $differs := list -}}
{{- if ne (toJson ($live.parameters | default dict)) (toJson .parameters) }}{{ $differs = append $differs "parameters" }}{{ end -}}
{{- if ne ($live.reclaimPolicy | default "Delete") (.reclaimPolicy | default "Delete") }}{{ $differs = append $differs "reclaimPolicy" }}{{ end -}}
{{- if ne ($live.volumeBindingMode | default "Immediate") (.volumeBindingMode | default "Immediate") }}{{ $differs = append $differs "volumeBindingMode" }}{{ end -}}
{{- if $differs }}
KEPT: StorageClass {{ .name }} exists, and Kubernetes changes no {{ join ", " $differs }} of it. For other ones add a class with a new name to storageClasses.
{{- end -}}
{{- end -}}
{{- end -}}
{{- range .Values.volumeAttributesClasses | default list -}}
{{- $live := lookup "storage.k8s.io/v1" "VolumeAttributesClass" "" .name | default dict -}}
{{- if and $live (ne (toJson ($live.parameters | default dict)) (include "pure-pso.parameters" .parameters)) }}
KEPT: VolumeAttributesClass {{ .name }} exists, and Kubernetes changes no parameters of it. Add one with a new name to volumeAttributesClasses.
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Pod Security of the namespace, where it would refuse the node plugin. */ -}}
{{- define "pure-pso.podSecurityWarning" -}}
{{- $namespace := lookup "v1" "Namespace" "" .Release.Namespace | default dict -}}
{{- $level := get (($namespace.metadata | default dict).labels | default dict) "pod-security.kubernetes.io/enforce" | default "privileged" -}}
{{- if ne $level "privileged" }}
WARNING: namespace {{ .Release.Namespace }} enforces Pod Security "{{ $level }}", which refuses the node plugin. Run
  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=privileged --overwrite
{{- end -}}
{{- end -}}

{{- define "pure-pso.obsoleteValues" -}}
{{- $v := .Values -}}
{{- $images := $v.images | default dict -}}
{{- range $key := list "upgrade" "DBTopology" "database" "flexPath" }}
{{- if get $v $key }}
IGNORED: {{ $key }} is of an older PSO and has no meaning here; remove it.
{{- end }}
{{- end }}
{{- range $key := list "k8s" "openshift" }}
{{- if get ($v.orchestrator | default dict) $key }}
IGNORED: orchestrator.{{ $key }} is of the FlexVolume driver and has no meaning here; remove it.
{{- end }}
{{- end }}
{{- range $key := list "database" "nodeConfig" }}
{{- if get $images $key }}
IGNORED: images.{{ $key }} is of an older PSO and has no meaning here; remove it.
{{- end }}
{{- end }}
{{- range $key := list "nodeDriverRegistrar" "livenessProbe" "clusterDriverRegistrar" }}
{{- range $place, $sidecars := dict "images.csi" ($images.csi | default dict) "csi" ($v.csi | default dict) }}
{{- if get $sidecars $key }}
IGNORED: {{ $place }}.{{ $key }} is of an older PSO: the driver does that itself; remove it.
{{- end }}
{{- end }}
{{- end }}
{{- if hasKey ($v.app | default dict) "prereq" }}
IGNORED: app.prereq is of an older PSO and has no meaning here; remove it.
{{- end }}
{{- if regexMatch "^(docker\\.io/)?purestorage/k8s$" (($images.plugin | default dict).name | default "") }}
IGNORED: images.plugin.name {{ $images.plugin.name }} is PSO's image; ours is used.
{{- end }}
{{- range $old, $new := dict "namespace" "clusterID (was namespace.pure)" "image" "images.plugin" "csi" "images.csi" "mounter" "nodeServer" "flexDaemon" "nodeServer" "provisioner" "controllerServer" }}
{{- if get $v $old }}
RENAMED: {{ $old }} is read for now; write {{ $new }}.
{{- end }}
{{- end }}
{{- end -}}
