{{- /*
Image reference of one part. dict: root, given (values), name and tag (defaults).
A values file of PSO names PSO's images, which are no longer ours to run: these names count as not set.
*/ -}}
{{- define "pure-pso.image" -}}
{{- $given := .given | default dict -}}
{{- $foreign := regexMatch "^(docker\\.io/)?purestorage/k8s$|^(quay\\.io/k8scsi|k8s\\.gcr\\.io/sig-storage)/" ($given.name | default "") -}}
{{- $name := ternary .name ($given.name | default .name) $foreign -}}
{{- $tag := ternary .tag ($given.tag | default .tag) $foreign -}}
{{- $registry := ((.root.Values.global | default dict).cattle | default dict).systemDefaultRegistry -}}
{{- if $registry -}}
{{- $name = printf "%s/%s" (trimSuffix "/" $registry) (regexReplaceAll "^[^/]*[.:][^/]*/" $name "") -}}
{{- end -}}
image: {{ printf "%s:%s" $name $tag | quote }}
imagePullPolicy: {{ $given.pullPolicy | default "IfNotPresent" }}
{{- end -}}

{{- define "pure-pso.driverImage" -}}
{{- $given := (.Values.images | default dict).plugin | default dict -}}
{{- if not (eq ($given.name | default "pure-pso/driver") "pure-pso/driver") -}}
{{- else if .Values.image -}}
{{- $given = merge (dict) .Values.image $given -}}
{{- end -}}
{{- include "pure-pso.image" (dict "root" . "given" $given "name" "pure-pso/driver" "tag" .Chart.AppVersion) -}}
{{- end -}}

{{- define "pure-pso.sidecarImage" -}}
{{- $given := get ((.root.Values.images | default dict).csi | default dict) .sidecar -}}
{{- $tags := dict "provisioner" "v6.3.0" "attacher" "v4.12.0" "resizer" "v2.2.0" "snapshotter" "v8.6.0" -}}
{{- $name := printf "registry.k8s.io/sig-storage/csi-%s" .sidecar -}}
{{- include "pure-pso.image" (dict "root" .root "given" $given "name" $name "tag" (get $tags .sidecar)) -}}
{{- end -}}

{{- define "pure-pso.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ kindIs "string" . | ternary . (get (kindIs "map" . | ternary . dict) "name") }}
{{- end }}
{{- end }}
{{- end -}}
