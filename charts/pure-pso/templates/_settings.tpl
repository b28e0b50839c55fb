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

{{- define "pure-pso.sanType" -}}
{{- $given := (.Values.flasharray | default dict).sanType | default "ISCSI" | lower -}}
{{- get (dict "iscsi" "iscsi" "fc" "fc" "nvmeof-rdma" "nvme-roce" "nvmeof-tcp" "nvme-tcp") $given -}}
{{- end -}}

{{- /* Name of the Secret with the key for CHAP; nothing where nodes do not log in by iSCSI. */ -}}
{{- define "pure-pso.chapSecret" -}}
{{- if eq (include "pure-pso.sanType" .) "iscsi" -}}
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
  "clusterID" "logLevel" "sanType" "iscsiLoginTimeoutSeconds" "defaultFsType" "mountOptions" "volumeMetrics" "storageNodes"
  | toJson -}}
{{- end -}}
