{{- define "pure-pso.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pure-pso.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "pure-pso.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "pure-pso.controllerAccount" -}}
{{- $account := (.Values.clusterrolebinding | default dict).serviceAccount | default dict -}}
{{- $account.name | default (printf "%s-controller" (include "pure-pso.fullname" .)) -}}
{{- end -}}

{{- define "pure-pso.nodeAccount" -}}
{{- printf "%s-node" (include "pure-pso.fullname" .) -}}
{{- end -}}

{{- /* Name of the Secret with pure.json. PSO's existingSecret was a switch, ours is a name. */ -}}
{{- define "pure-pso.ownSecret" -}}
{{- $given := (.Values.arrays | default dict).existingSecret | default .Values.existingSecret -}}
{{- if eq (toString $given) "true" -}}pure-provisioner-secret
{{- else if $given -}}{{ $given }}
{{- end -}}
{{- end -}}

{{- define "pure-pso.arraysSecret" -}}
{{- include "pure-pso.ownSecret" . | default (printf "%s-arrays" (include "pure-pso.fullname" .)) -}}
{{- end -}}

{{- define "pure-pso.hasArrays" -}}
{{- $arrays := .Values.arrays | default dict -}}
{{- if or (include "pure-pso.ownSecret" .) $arrays.FlashArrays $arrays.FlashBlades -}}true{{- end -}}
{{- end -}}

{{- /* The id that a running release has; empty without one. */ -}}
{{- define "pure-pso.liveClusterID" -}}
{{- $live := lookup "v1" "ConfigMap" .Release.Namespace (printf "%s-settings" (include "pure-pso.fullname" .)) | default dict -}}
{{- ((get ($live.data | default dict) "settings.json") | default "{}" | fromJson).clusterID | default "" -}}
{{- end -}}

{{- define "pure-pso.wantedClusterID" -}}
{{- $given := .Values.clusterID | default "" -}}
{{- if or (not $given) (hasPrefix "REPLACE_CLUSTER_ID" $given) -}}
{{- $given = (.Values.namespace | default dict).pure | default "" -}}
{{- end -}}
{{- $namespace := lookup "v1" "Namespace" "" "kube-system" -}}
{{- if $given -}}
{{- $given -}}
{{- else if $namespace -}}
{{- printf "k%s" ($namespace.metadata.uid | replace "-" "" | trunc 12) -}}
{{- else if include "pure-pso.hasArrays" . -}}
{{- fail "clusterID is not set, and there is no cluster to derive it from (helm template, GitOps). Set clusterID to 1 to 22 letters, digits or underscores, unique among the clusters that share the arrays." -}}
{{- else -}}
unset
{{- end -}}
{{- end -}}

{{- /* Objects on the arrays are named by it: a running release keeps its own. */ -}}
{{- define "pure-pso.clusterID" -}}
{{- $wanted := include "pure-pso.wantedClusterID" . -}}
{{- $live := include "pure-pso.liveClusterID" . -}}
{{- if and $live (ne $live "unset") (ne $live $wanted) -}}
{{- fail (printf "clusterID is %q, but this release runs with %q, and its volumes are named by that. Set clusterID to %q; only if no volume was made yet, delete the ConfigMap %s-settings first." $wanted $live $live (include "pure-pso.fullname" .)) -}}
{{- end -}}
{{- $wanted -}}
{{- end -}}

{{- define "pure-pso.kubeletDir" -}}
{{- (.Values.orchestrator | default dict).basePath | default "/var/lib/kubelet" | trimSuffix "/" -}}
{{- end -}}

{{- /* "true" or nothing. dict: root, given (bool, text, null: auto), api (what auto asks for). */ -}}
{{- define "pure-pso.auto" -}}
{{- $given := toString (kindIs "invalid" .given | ternary "auto" .given) -}}
{{- if or (eq $given "true") (and (eq $given "auto") (.root.Capabilities.APIVersions.Has .api)) -}}true{{- end -}}
{{- end -}}

{{- define "pure-pso.snapshots" -}}
{{- $given := .Values.snapshots | default dict -}}
{{- include "pure-pso.auto" (dict "root" . "given" $given.enabled "api" "snapshot.storage.k8s.io/v1") -}}
{{- end -}}

{{- define "pure-pso.groupSnapshots" -}}
{{- $given := .Values.snapshots | default dict -}}
{{- if include "pure-pso.snapshots" . -}}
{{- include "pure-pso.auto" (dict "root" . "given" $given.groups "api" "groupsnapshot.storage.k8s.io/v1") -}}
{{- end -}}
{{- end -}}

{{- /* PSO 5 wrote it as true, PSO 6 had no switch: only an explicit false turns the classes off. */ -}}
{{- define "pure-pso.builtInClasses" -}}
{{- $given := .Values.storageclass | default dict -}}
{{- if not (and (hasKey $given "createBuiltIn") (eq (toString $given.createBuiltIn) "false")) -}}true{{- end -}}
{{- end -}}
