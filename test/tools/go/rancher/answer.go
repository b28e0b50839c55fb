package main

import (
	"encoding/json"
	"net/http"
)

type object = map[string]any

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, object{"type": "error", "status": status, "code": code, "message": message})
}

func collection(kind string, items ...any) object {
	if items == nil {
		items = []any{}
	}
	return object{"type": "collection", "resourceType": kind, "links": object{}, "data": items}
}
