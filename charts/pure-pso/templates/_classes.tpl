{{- /* Parameters as Kubernetes takes them: text. Whole numbers are written without exponent. */ -}}
{{- define "pure-pso.parameters" -}}
{{- $result := dict -}}
{{- range $key, $value := . | default dict -}}
{{- $text := toString $value -}}
{{- if kindIs "float64" $value }}{{ $text = eq $value (floor $value) | ternary (int64 $value | toString) $text }}{{ end -}}
{{- $_ := set $result $key $text -}}
{{- end -}}
{{- toJson $result -}}
{{- end -}}

{{- /*
All storage classes of this release, as JSON: what they should be. New built-in ones are what PSO 6 wrote, its fixed xfs
included.
*/ -}}
{{- define "pure-pso.storageClasses" -}}
{{- $given := .Values.storageclass | default dict -}}
{{- $options := (.Values.flasharray | default dict).defaultFSOpt | default "-q" -}}
{{- $block := dict "backend" "block" "csi.storage.k8s.io/fstype" "xfs" "createoptions" $options -}}
{{- $file := dict "backend" "file" -}}
{{- $blockMount := include "pure-pso.mountOptions" . | fromJsonArray -}}
{{- $classes := list -}}
{{- if include "pure-pso.builtInClasses" . -}}
{{- $classes = list
  (dict "name" "pure-block" "parameters" $block "mountOptions" $blockMount)
  (dict "name" "pure-file" "parameters" $file "mountOptions" list) -}}
{{- if or $given.pureBackend (eq (toString $given.isPureDefault) "true") -}}
{{- $isFile := eq ($given.pureBackend | default "block") "file" -}}
{{- $classes = append $classes (dict "name" "pure" "parameters" (ternary $file $block $isFile) "mountOptions" (ternary list $blockMount $isFile)) -}}
{{- end -}}
{{- end -}}
{{- range .Values.storageClasses | default list -}}
{{- $backend := .backend | default (.parameters | default dict).backend | default "block" -}}
{{- $parameters := merge (dict "backend" $backend) (include "pure-pso.parameters" .parameters | fromJson) -}}
{{- if .fsType }}{{ $_ := set $parameters "csi.storage.k8s.io/fstype" .fsType }}{{ end -}}
{{- $mount := $blockMount -}}
{{- if not (kindIs "invalid" .mountOptions) -}}
{{- $mount = include "pure-pso.split" .mountOptions | fromJsonArray -}}
{{- else if not (hasSuffix "block" $backend) -}}
{{- $mount = list -}}
{{- end -}}
{{- $classes = append $classes (merge (dict "parameters" $parameters "mountOptions" $mount) (omit . "parameters" "mountOptions")) -}}
{{- end -}}
{{- toJson $classes -}}
{{- end -}}

{{- /* Name of the default class. PSO 5 could only make `pure` the default one. */ -}}
{{- define "pure-pso.defaultClass" -}}
{{- $given := .Values.storageclass | default dict -}}
{{- $names := list -}}
{{- range include "pure-pso.storageClasses" . | fromJsonArray }}{{ $names = append $names .name }}{{ end -}}
{{- if ne (len $names) (len (uniq $names)) -}}
{{- fail (printf "storageClasses: two classes have one name (%s). Give each its own; pure-block and pure-file are taken unless storageclass.createBuiltIn is false." (join ", " $names)) -}}
{{- end -}}
{{- if and $given.default (not (has $given.default $names)) -}}
{{- fail (printf "storageclass.default is %q, but this chart makes only %s. Name one of them, or add it to storageClasses." $given.default (join ", " $names | default "no class")) -}}
{{- else if $given.default -}}
{{- $given.default -}}
{{- else if and (eq (toString $given.isPureDefault) "true") (has "pure" $names) -}}
pure
{{- end -}}
{{- end -}}

{{- /* All snapshot classes, as JSON. */ -}}
{{- define "pure-pso.snapshotClasses" -}}
{{- $given := .Values.snapshots | default dict -}}
{{- $classes := list -}}
{{- if ne (toString $given.createBuiltIn) "false" }}{{ $classes = list (dict "name" "pure-snapshotclass") }}{{ end -}}
{{- $classes = concat $classes (.Values.snapshotClasses | default list) -}}
{{- $names := list -}}
{{- range $classes }}{{ $names = append $names .name }}{{ end -}}
{{- if ne (len $names) (len (uniq $names)) -}}
{{- fail (printf "snapshotClasses: two classes have one name (%s). Give each its own." (join ", " $names)) -}}
{{- end -}}
{{- if and $given.defaultClass (not (has $given.defaultClass $names)) -}}
{{- fail (printf "snapshots.defaultClass is %q, but this chart makes only %s. Name one of them, or add it to snapshotClasses." $given.defaultClass (join ", " $names | default "no class")) -}}
{{- end -}}
{{- toJson $classes -}}
{{- end -}}

{{- /* helm template knows versions of groups only, not their kinds. */ -}}
{{- define "pure-pso.hasAttributesClasses" -}}
{{- $known := .Capabilities.APIVersions.Has "storage.k8s.io/v1/VolumeAttributesClass" -}}
{{- if or $known (semverCompare ">=1.34.0-0" .Capabilities.KubeVersion.Version) -}}true{{- end -}}
{{- end -}}

{{- /* Labels of a class, its own ones first. dict: root, class. */ -}}
{{- define "pure-pso.classLabels" -}}
{{- merge (dict) (include "pure-pso.labels" .root | fromYaml) (.class.labels | default dict) | toYaml -}}
{{- end -}}
