package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kinds "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

func coreKind(resource string) kinds.GroupVersionResource {
	return kinds.GroupVersionResource{Version: "v1", Resource: resource}
}

// helmRelease is what Helm keeps in a Secret, as far as an App tells it.
type helmRelease struct {
	Name, Namespace string
	Version         int64
	Info            struct {
		FirstDeployed string `json:"first_deployed"`
		LastDeployed  string `json:"last_deployed"`
		Description   string
		Status        string
	}
	Chart struct{ Metadata object }
}

// mirrorReleases keeps one App for each Helm release, whoever ran Helm.
func mirrorReleases(ctx context.Context, objects dynamic.Interface) {
	secrets := objects.Resource(coreKind("secrets"))
	ours := metav1.ListOptions{LabelSelector: "owner=helm"}
	for {
		watch, err := secrets.Watch(ctx, ours)
		if err == nil {
			for range watch.ResultChan() {
				if list, err := secrets.List(ctx, ours); err == nil {
					mirror(ctx, objects, list.Items)
				}
			}
		}
		time.Sleep(time.Second)
	}
}

func mirror(ctx context.Context, objects dynamic.Interface, secrets []unstructured.Unstructured) {
	newest := map[string]helmRelease{}
	owners := map[string]unstructured.Unstructured{}
	for _, secret := range secrets {
		release, err := decodeRelease(secret)
		if err != nil {
			log.Printf("Secret %s/%s: %v", secret.GetNamespace(), secret.GetName(), err)
			continue
		}
		key := release.Namespace + "/" + release.Name
		if newest[key].Version < release.Version {
			newest[key], owners[key] = release, secret
		}
	}
	for key, release := range newest {
		if err := writeApp(ctx, objects, appOf(release, owners[key])); err != nil {
			log.Printf("App %s: %v", key, err)
		}
	}
	removeOthers(ctx, objects, newest)
}

func decodeRelease(secret unstructured.Unstructured) (release helmRelease, err error) {
	text, _, _ := unstructured.NestedString(secret.Object, "data", "release")
	zipped := []byte(text)
	for range 2 { // once by Kubernetes, once by Helm
		if zipped, err = base64.StdEncoding.DecodeString(string(zipped)); err != nil {
			return release, err
		}
	}
	reader, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return release, err
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		return release, err
	}
	return release, json.Unmarshal(content, &release)
}

// The dashboard reads values from the Secret that owns the App.
func appOf(release helmRelease, secret unstructured.Unstructured) *unstructured.Unstructured {
	info := object{
		"firstDeployed": release.Info.FirstDeployed, "lastDeployed": release.Info.LastDeployed,
		"description": release.Info.Description, "status": release.Info.Status,
	}
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "catalog.cattle.io/v1", "kind": "App",
		"metadata": object{
			"name": release.Name, "namespace": release.Namespace,
			"ownerReferences": []any{object{
				"apiVersion": "v1", "kind": "Secret", "name": secret.GetName(), "uid": string(secret.GetUID()),
			}},
		},
		"spec": object{
			"name": release.Name, "namespace": release.Namespace, "version": release.Version, "info": info,
			"chart": object{"metadata": release.Chart.Metadata},
		},
		"status": object{"summary": object{"state": release.Info.Status}, "observedGeneration": int64(1)},
	}}
}

func writeApp(ctx context.Context, objects dynamic.Interface, app *unstructured.Unstructured) error {
	apps := objects.Resource(catalogKind("apps")).Namespace(app.GetNamespace())
	old, err := apps.Get(ctx, app.GetName(), metav1.GetOptions{})
	if err != nil {
		_, err = apps.Create(ctx, app, metav1.CreateOptions{})
		return err
	}
	if isSame(old.Object["spec"], app.Object["spec"]) {
		return nil
	}
	app.SetResourceVersion(old.GetResourceVersion())
	_, err = apps.Update(ctx, app, metav1.UpdateOptions{})
	return err
}

func isSame(a, b any) bool {
	first, _ := json.Marshal(a)
	second, _ := json.Marshal(b)
	return bytes.Equal(first, second)
}

func removeOthers(ctx context.Context, objects dynamic.Interface, releases map[string]helmRelease) {
	apps := objects.Resource(catalogKind("apps"))
	list, err := apps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	for _, app := range list.Items {
		if _, isThere := releases[app.GetNamespace()+"/"+app.GetName()]; !isThere {
			_ = apps.Namespace(app.GetNamespace()).Delete(ctx, app.GetName(), metav1.DeleteOptions{})
		}
	}
}
