package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/rancher/apiserver/pkg/types"
	"github.com/rancher/steve/pkg/schema"
	"github.com/rancher/steve/pkg/server"
	"github.com/rancher/wrangler/v3/pkg/schemas"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kinds "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

// catalogs gives the objects of catalog.cattle.io the links and actions that Rancher's server adds to Steve's.
type catalogs struct {
	objects          dynamic.Interface
	users            *users
	helm, kubeconfig string
	operations       operations
}

func catalogKind(resource string) kinds.GroupVersionResource {
	return kinds.GroupVersionResource{Group: "catalog.cattle.io", Version: "v1", Resource: resource}
}

// An action needs both: without ResourceActions Steve answers 422 InvalidAction.
func withActions(s *types.APISchema, handler http.HandlerFunc, names ...string) {
	s.ActionHandlers, s.ResourceActions = map[string]http.Handler{}, map[string]schemas.Action{}
	for _, name := range names {
		s.ActionHandlers[name], s.ResourceActions[name] = handler, schemas.Action{}
	}
}

func withLinks(s *types.APISchema, handler http.HandlerFunc, names ...string) {
	s.LinkHandlers = map[string]http.Handler{}
	for _, name := range names {
		s.LinkHandlers[name] = handler
	}
}

func addCatalogs(steve *server.Server, c *catalogs) {
	template := func(kind string, customize func(*types.APISchema)) schema.Template {
		return schema.Template{Group: "catalog.cattle.io", Kind: kind, Customize: customize}
	}
	steve.SchemaFactory.AddTemplate(
		template("ClusterRepo", func(s *types.APISchema) {
			withActions(s, c.repositoryAction, "install", "upgrade")
			withLinks(s, c.repositoryLink, "index", "info", "chart", "icon")
		}),
		template("App", func(s *types.APISchema) { withActions(s, c.uninstall, "uninstall") }),
		template("Operation", func(s *types.APISchema) { withLinks(s, c.operations.serveLog, "logs") }),
	)
}

func (c *catalogs) repository(ctx context.Context, name string) (repository, error) {
	found, err := c.objects.Resource(catalogKind("clusterrepos")).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return repository{}, err
	}
	url, _, _ := unstructured.NestedString(found.Object, "spec", "url")
	return repository{url: strings.TrimSuffix(url, "/")}, nil
}

func (c *catalogs) repositoryLink(w http.ResponseWriter, r *http.Request) {
	request := types.GetAPIContext(r.Context())
	repo, err := c.repository(r.Context(), request.Name)
	if err == nil {
		err = repo.serveLink(w, request.Link, r.URL.Query().Get("chartName"), r.URL.Query().Get("version"))
	}
	if err != nil {
		refuse(w, http.StatusNotFound, "NotFound", err.Error())
	}
}

func (r repository) serveLink(w http.ResponseWriter, link, name, version string) error {
	if link == "index" {
		index, err := r.index()
		if err == nil {
			answer(w, http.StatusOK, index)
		}
		return err
	}
	entry, pack, err := r.chart(name, version)
	if err != nil {
		return err
	}
	switch link {
	case "icon":
		icon, _ := entry["icon"].(string)
		picture, err := r.get(strings.TrimPrefix(icon, "file://"))
		if err == nil {
			w.Header().Set("content-type", "image/svg+xml")
			_, _ = w.Write(picture)
		}
		return err
	case "chart":
		_, err = w.Write(pack)
		return err
	default:
		info, err := infoOf(entry, pack)
		if err == nil {
			answer(w, http.StatusOK, info)
		}
		return err
	}
}

func infoOf(entry object, pack []byte) (object, error) {
	files, err := filesOf(pack)
	if err != nil {
		return nil, err
	}
	info := object{"chart": entry, "readme": string(files["README.md"]), "app-readme": string(files["app-readme.md"])}
	for key, file := range map[string]string{"values": "values.yaml", "questions": "questions.yaml"} {
		var parsed object
		if err := yaml.Unmarshal(files[file], &parsed); err != nil {
			return nil, err
		}
		if parsed != nil {
			info[key] = parsed
		}
	}
	return info, nil
}
