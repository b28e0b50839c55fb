apiVersion: catalog.cattle.io/v1
kind: UIPlugin
metadata:
  name: {{ .Chart.Name }}
  namespace: {{ .Release.Namespace }}
spec:
  plugin:
    name: {{ .Chart.Name }}
    version: {{ .Chart.Version | quote }}
    endpoint: {{ required "plugin.endpoint is empty: give the address of the folder extensions/NAME/VERSION of this catalog, as Rancher's server reaches it by HTTP." .Values.plugin.endpoint | trimSuffix "/" | quote }}
    noCache: {{ .Values.plugin.noCache }}
    noAuth: false
    metadata: {{- toYaml .Chart.Annotations | nindent 6 }}
