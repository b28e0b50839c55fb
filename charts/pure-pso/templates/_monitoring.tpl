{{- /* "true" or nothing: metrics of single volumes. */ -}}
{{- define "pure-pso.volumeMetrics" -}}
{{- if ne (toString (.Values.monitoring | default dict).volumes) "false" -}}true{{- end -}}
{{- end -}}

{{- /* "true" or nothing. dict: root, part (of monitoring). */ -}}
{{- define "pure-pso.monitors" -}}
{{- $given := get (.root.Values.monitoring | default dict) .part | default dict -}}
{{- include "pure-pso.auto" (dict "root" .root "given" $given.enabled "api" "monitoring.coreos.com/v1") -}}
{{- end -}}

{{- /* Dashboards go where Rancher's Grafana looks; auto: when that namespace exists. */ -}}
{{- define "pure-pso.dashboardNamespace" -}}
{{- ((.Values.monitoring | default dict).dashboards | default dict).namespace | default "cattle-dashboards" -}}
{{- end -}}

{{- define "pure-pso.dashboards" -}}
{{- $given := ((.Values.monitoring | default dict).dashboards | default dict).enabled -}}
{{- $chosen := toString (kindIs "invalid" $given | ternary "auto" $given) -}}
{{- if or (eq $chosen "true") (and (eq $chosen "auto") (lookup "v1" "Namespace" "" (include "pure-pso.dashboardNamespace" .))) -}}true{{- end -}}
{{- end -}}
