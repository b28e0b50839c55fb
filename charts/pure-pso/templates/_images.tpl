{{- /* Registry for images that name none of their own: the chart's, Rancher's (two places, as it writes both), none. */ -}}
{{- define "pure-pso.registry" -}}
{{- $global := .Values.global | default dict -}}
{{- $rancher := ($global.cattle | default dict).systemDefaultRegistry | default $global.systemDefaultRegistry -}}
{{- (.Values.images | default dict).registry | default $rancher | default "" | toString | trimSuffix "/" -}}
{{- end -}}

{{- /*
Image reference of one part. dict: root, given (values), name and tag (defaults).
A values file of PSO names PSO's images, which are no longer ours to run: these names count as not set.
A name with a registry of its own, which is not our default, is a decision: no other registry replaces it.
*/ -}}
{{- define "pure-pso.image" -}}
{{- $given := .given | default dict -}}
{{- $foreign := regexMatch "^(docker\\.io/)?purestorage/k8s$|^(quay\\.io/k8scsi|k8s\\.gcr\\.io/sig-storage)/" ($given.name | default "") -}}
{{- $name := ternary .name ($given.name | default .name) $foreign -}}
{{- $tag := ternary .tag ($given.tag | default .tag) $foreign -}}
{{- $host := "^[^/]*[.:][^/]*/" -}}
{{- $registry := include "pure-pso.registry" .root -}}
{{- if and $registry (or (eq $name .name) (not (regexMatch $host $name))) -}}
{{- $name = printf "%s/%s" $registry (regexReplaceAll $host $name "") -}}
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

{{- /* The default of images.csi.X.name counts as not given, so that PSO 5's csi.X.image is read. */ -}}
{{- define "pure-pso.sidecarImage" -}}
{{- $given := get ((.root.Values.images | default dict).csi | default dict) .sidecar | default dict -}}
{{- $older := (get (.root.Values.csi | default dict) .sidecar | default dict).image | default dict -}}
{{- $tags := dict "provisioner" "v6.3.0" "attacher" "v4.12.0" "resizer" "v2.2.0" "snapshotter" "v8.6.0" -}}
{{- $name := printf "registry.k8s.io/sig-storage/csi-%s" .sidecar -}}
{{- if and $older (eq ($given.name | default $name) $name) -}}
{{- $given = merge (dict) $older $given -}}
{{- end -}}
{{- include "pure-pso.image" (dict "root" .root "given" $given "name" $name "tag" (get $tags .sidecar)) -}}
{{- end -}}

{{- define "pure-pso.pullSecrets" -}}
{{- $names := list -}}
{{- range concat (.Values.imagePullSecrets | default list) ((.Values.global | default dict).imagePullSecrets | default list) -}}
{{- $name := kindIs "string" . | ternary . (get (kindIs "map" . | ternary . dict) "name") -}}
{{- if $name }}{{ $names = append $names $name }}{{ end -}}
{{- end -}}
{{- with $names | uniq }}
imagePullSecrets:
{{- range . }}
  - name: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}
