{{- define "pure-pso.split" -}}
{{- $items := list -}}
{{- range (kindIs "string" . | ternary (splitList "," (toString .)) .) -}}
{{- if trim . -}}{{- $items = append $items (trim .) -}}{{- end -}}
{{- end -}}
{{- toJson $items -}}
{{- end -}}

{{- define "pure-pso.mountOptions" -}}
{{- $fa := .Values.flasharray | default dict -}}
{{- include "pure-pso.split" (kindIs "invalid" $fa.defaultMountOpt | ternary (list "discard") $fa.defaultMountOpt) -}}
{{- end -}}

{{- define "pure-pso.protocol" -}}
{{- get (dict "iscsi" "iscsi" "fc" "fc" "nvmeof-rdma" "nvme-roce" "nvmeof-tcp" "nvme-tcp") (lower .) -}}
{{- end -}}

{{- define "pure-pso.sanType" -}}
{{- include "pure-pso.protocol" ((.Values.flasharray | default dict).sanType | default "ISCSI") -}}
{{- end -}}

{{- /* Those of arrays with a SanType of their own, as far as the chart sees them. */ -}}
{{- define "pure-pso.moreSanTypes" -}}
{{- $own := include "pure-pso.sanType" . -}}
{{- $all := list -}}
{{- range (.Values.flasharray | default dict).moreSanTypes -}}
{{- $all = append $all (include "pure-pso.protocol" .) -}}
{{- end -}}
{{- if not (include "pure-pso.ownSecret" .) -}}
{{- range (.Values.arrays | default dict).FlashArrays -}}
{{- with .SanType -}}{{- $all = append $all (include "pure-pso.protocol" .) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- without (uniq $all | sortAlpha) $own | toJson -}}
{{- end -}}

{{- define "pure-pso.sanTypes" -}}
{{- prepend (include "pure-pso.moreSanTypes" . | fromJsonArray) (include "pure-pso.sanType" .) | toJson -}}
{{- end -}}

{{- /* Name of the Secret with the key for CHAP; nothing where nodes do not log in by iSCSI. */ -}}
{{- define "pure-pso.chapSecret" -}}
{{- if has "iscsi" (include "pure-pso.sanTypes" . | fromJsonArray) -}}
{{- (.Values.flasharray | default dict).chapSecret | default "" -}}
{{- end -}}
{{- end -}}

{{- /* Missing, it keeps no pod from starting: who needs it is told so. Takes the mode. */ -}}
{{- define "pure-pso.chapVolume" -}}
- name: chap
  secret:
    secretName: {{ include "pure-pso.chapSecret" .root | quote }}
    optional: true
    defaultMode: {{ .mode }}
    items:
      - { key: key, path: key }
{{- end -}}

{{- define "pure-pso.settings" -}}
{{- $fa := .Values.flasharray | default dict -}}
{{- $fb := .Values.flashblade | default dict -}}
{{- $placement := .Values.placement | default dict -}}
{{- $level := (.Values.app | default dict).debug | default false | ternary "debug" "info" -}}
{{- dict
  "clusterID" (include "pure-pso.clusterID" .)
  "logLevel" (.Values.logLevel | default $level)
  "sanType" (include "pure-pso.sanType" .)
  "moreSanTypes" (include "pure-pso.moreSanTypes" . | fromJsonArray)
  "iscsiAllowedCidrs" (include "pure-pso.split" ($fa.iSCSIAllowedCIDR | default "") | fromJsonArray)
  "iscsiLoginTimeoutSeconds" ($fa.iSCSILoginTimeout | default 20 | int)
  "defaultFsType" ($fa.defaultFSType | default "xfs")
  "mountOptions" (include "pure-pso.mountOptions" . | fromJsonArray)
  "exportRules" ($fb.exportRules | default "")
  "snapshotDirectoryEnabled" (eq (toString $fb.snapshotDirectoryEnabled) "true")
  "maxUsedPercent" ($placement.maxUsedPercent | default 90)
  "pollSeconds" ($placement.pollSeconds | default 60)
  "doubtWindowSeconds" (kindIs "invalid" $placement.doubtWindowSeconds | ternary 60 $placement.doubtWindowSeconds)
  "volumeMetrics" (eq (include "pure-pso.volumeMetrics" .) "true")
  "storageArrays" (eq (include "pure-pso.customResources" .) "true")
  "storageNodes" (eq (include "pure-pso.nodeResources" .) "true")
  | toPrettyJson -}}
{{- end -}}

{{- /* What each part reads of them: the same lists as in the driver's settings-schema.ts. */ -}}
{{- define "pure-pso.controllerSettings" -}}
{{- pick (include "pure-pso.settings" . | fromJson)
  "clusterID" "logLevel" "sanType" "iscsiAllowedCidrs" "exportRules" "snapshotDirectoryEnabled" "maxUsedPercent"
  "pollSeconds" "doubtWindowSeconds" "volumeMetrics" "storageArrays"
  | toJson -}}
{{- end -}}

{{- define "pure-pso.nodeSettings" -}}
{{- pick (include "pure-pso.settings" . | fromJson)
  "clusterID" "logLevel" "sanType" "moreSanTypes" "iscsiLoginTimeoutSeconds" "defaultFsType" "mountOptions" "volumeMetrics" "storageNodes"
  | toJson -}}
{{- end -}}
