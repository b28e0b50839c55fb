package main

import (
	"fmt"
	"net/http"
	"path"
	"path/filepath"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// extensions serves what UIPlugin objects name, as Rancher does: an index, and the files below it.
type extensions struct {
	objects dynamic.Interface
	users   *users
	folder  string
}

func (e *extensions) register(mux *http.ServeMux) {
	mux.HandleFunc("/v1/uiplugins", e.index)
	mux.HandleFunc("/v1/uiplugins/{name}/{version}/plugin/{file...}", func(w http.ResponseWriter, r *http.Request) {
		folder := path.Base(r.PathValue("name")) + "-" + path.Base(r.PathValue("version"))
		http.ServeFile(w, r, filepath.Join(e.folder, folder, filepath.Clean("/"+r.PathValue("file"))))
	})
}

func (e *extensions) index(w http.ResponseWriter, r *http.Request) {
	entries := object{}
	list, err := e.objects.Resource(catalogKind("uiplugins")).List(r.Context(), metav1.ListOptions{})
	if err != nil {
		refuse(w, http.StatusInternalServerError, "ServerError", err.Error())
		return
	}
	for _, item := range list.Items {
		plugin, _, _ := unstructured.NestedMap(item.Object, "spec", "plugin")
		if noAuth, _ := plugin["noAuth"].(bool); noAuth || e.users.of(r) != "" {
			entries[fmt.Sprint(plugin["name"])] = plugin
		}
	}
	answer(w, http.StatusOK, object{"entries": entries})
}
