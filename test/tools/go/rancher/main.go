// rancher-server serves Rancher's dashboard on a real API server. Steve, the API of Rancher, is the real one, as a library, and
// so are the rights: it asks the API server as the user. What only Rancher's own server has is imitated here: logging in, the
// remains of its older API, the index of extensions, and the actions of catalogs, for which the real Helm runs as the user.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rancher/steve/pkg/server"
	"github.com/rancher/wrangler/v3/pkg/kubeconfig"
	"github.com/rancher/wrangler/v3/pkg/ratelimit"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// Every cluster that is registered is this one: for whoever wants to see several.
const clusters = "/k8s/clusters/"

type options struct {
	listen, kubeconfig, dashboard, extensions, helm, version string
	sqlCache                                                 bool
}

func main() {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8020", "address")
	flag.StringVar(&o.kubeconfig, "kubeconfig", os.Getenv("KUBECONFIG"), "of the administrator")
	flag.StringVar(&o.dashboard, "dashboard", "", "folder of the built dashboard")
	flag.StringVar(&o.extensions, "extensions", "", "folder with one folder NAME-VERSION an extension")
	flag.StringVar(&o.helm, "helm", "helm", "Helm 3")
	flag.StringVar(&o.version, "rancher-version", "v2.15.0", "the dashboard decides by it which extensions fit")
	flag.BoolVar(&o.sqlCache, "sql-cache", true, "lists are filtered and sorted by SQL, as is the default from Rancher 2.12 on")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o options) error {
	config, err := kubeconfig.GetNonInteractiveClientConfig(o.kubeconfig).ClientConfig()
	if err != nil {
		return err
	}
	config.RateLimiter = ratelimit.None
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	users := newUsers(os.Getenv("RANCHER_PASSWORD"))
	steve, err := startSteve(ctx, config, o, users)
	if err != nil {
		return err
	}
	addCatalogs(steve, &catalogs{objects: objects, users: users, helm: o.helm, kubeconfig: o.kubeconfig})
	go mirrorReleases(ctx, objects)
	handler := routes(o.version, steve, users, &extensions{objects: objects, users: users, folder: o.extensions})
	if err := awaitKinds(handler); err != nil {
		return err
	}
	fmt.Println("listening on http://" + o.listen)
	return http.ListenAndServe(o.listen, handler)
}

func startSteve(ctx context.Context, config *rest.Config, o options, users *users) (*server.Server, error) {
	return server.New(ctx, config, &server.Options{
		AuthMiddleware: users.middleware(),
		Next:           dashboardFiles(o.dashboard),
		SQLCache:       o.sqlCache,
		ServerVersion:  o.version,
	})
}

func routes(version string, steve *server.Server, users *users, extensions *extensions) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/rancherversion", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, object{"Version": version, "GitCommit": "tests", "RancherPrime": "false"})
	})
	users.register(mux)
	extensions.register(mux)
	mux.HandleFunc("/v3/", users.olderAPI)
	mux.HandleFunc(clusters, func(w http.ResponseWriter, r *http.Request) {
		id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, clusters), "/")
		inner := r.Clone(r.Context())
		inner.URL.Path = "/" + rest
		inner.URL.RawPath = ""
		inner.Header.Set("X-API-URL-Prefix", clusters+id) // Steve's links then carry it
		steve.ServeHTTP(w, inner)
	})
	mux.Handle("/", steve)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The dashboard learns from every answer whether it is logged in.
		w.Header().Set("x-api-cattle-auth", fmt.Sprint(users.of(r) != ""))
		w.Header().Set("x-rancher-version", version)
		mux.ServeHTTP(w, r)
	})
}

func dashboardFiles(folder string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file := filepath.Join(folder, filepath.Clean("/"+r.URL.Path))
		if found, err := os.Stat(file); err != nil || found.IsDir() {
			file = filepath.Join(folder, "index.html") // a page of the single-page application
		}
		http.ServeFile(w, r, file)
	})
}

// A dashboard that once got 404 for its settings stays broken until it is loaded again.
func awaitKinds(handler http.Handler) error {
	for attempt := 0; attempt < 600; attempt++ {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/v1/management.cattle.io.settings", nil))
		if recorder.Code == http.StatusOK {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("steve does not serve management.cattle.io settings after 30 s: are Rancher's kinds installed?")
}
