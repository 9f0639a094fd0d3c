{{- define "sluice.name" -}}
{{- if contains "sluice" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-sluice" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "sluice.namespaces" -}}
{{- if and .Values.clusterWide (or .Values.watchNamespace .Values.watchNamespaces) }}
{{- fail "clusterWide is for all namespaces: leave out watchNamespace and watchNamespaces, or clusterWide" }}
{{- end }}
{{- if and .Values.watchNamespace .Values.watchNamespaces }}
{{- fail "name the namespaces in watchNamespaces, or the one in watchNamespace" }}
{{- end }}
{{- .Values.watchNamespaces | default (list (.Values.watchNamespace | default .Release.Namespace)) | uniq | toJson }}
{{- end }}

{{- define "sluice.selector" -}}
app.kubernetes.io/name: sluice
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "sluice.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}
