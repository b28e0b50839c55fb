package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rancher/apiserver/pkg/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// chartAction is the body of a ClusterRepo's actions install and upgrade.
type chartAction struct {
	Namespace, Timeout string
	Wait               bool
	Charts             []struct {
		ChartName, Version, ReleaseName string
		Values                          object
		ResetValues                     bool
		Annotations                     map[string]string
	}
}

// operations holds what Helm said, by `namespace/name` of the Operation.
type operations struct{ logs sync.Map }

type operationLog struct {
	mutex sync.Mutex
	text  bytes.Buffer
	ended chan struct{}
}

func (l *operationLog) Write(text []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(text)
}

func (l *operationLog) from(offset int) []byte {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return append([]byte{}, l.text.Bytes()[offset:]...)
}

func (c *catalogs) repositoryAction(w http.ResponseWriter, r *http.Request) {
	request := types.GetAPIContext(r.Context())
	var action chartAction
	if err := json.NewDecoder(r.Body).Decode(&action); err != nil || len(action.Charts) != 1 || action.Namespace == "" {
		refuse(w, http.StatusUnprocessableEntity, "InvalidBodyContent", "one chart and a namespace are wanted")
		return
	}
	repo, err := c.repository(r.Context(), request.Name)
	if err != nil {
		refuse(w, http.StatusNotFound, "NotFound", err.Error())
		return
	}
	wanted := action.Charts[0]
	_, pack, err := repo.chart(wanted.ChartName, wanted.Version)
	if err != nil {
		refuse(w, http.StatusNotFound, "NotFound", err.Error())
		return
	}
	folder, err := unpack(pack, wanted.Annotations)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "ServerError", err.Error())
		return
	}
	release := wanted.ReleaseName
	if release == "" {
		release = wanted.ChartName
	}
	args := []string{"upgrade", "--install", "--create-namespace", "--history-max", "5"}
	if action.Wait {
		args = append(args, "--wait", "--timeout", action.Timeout)
	}
	if wanted.ResetValues {
		args = append(args, "--reset-values")
	}
	if len(wanted.Values) > 0 {
		file := filepath.Join(folder, "..", "values.json")
		values, _ := json.Marshal(wanted.Values)
		if err := os.WriteFile(file, values, 0o600); err != nil {
			refuse(w, http.StatusInternalServerError, "ServerError", err.Error())
			return
		}
		args = append(args, "--values", file)
	}
	args = append(args, release, folder)
	c.start(w, r, request.Action, action.Namespace, release, args, filepath.Dir(folder))
}

// unpack writes the chart with Rancher's annotations, by which its releases are found again: Helm keeps them.
func unpack(pack []byte, annotations map[string]string) (string, error) {
	files, err := filesOf(pack)
	if err != nil {
		return "", err
	}
	var metadata object
	if err := yaml.Unmarshal(files["Chart.yaml"], &metadata); err != nil {
		return "", err
	}
	own, _ := metadata["annotations"].(map[string]any)
	if own == nil {
		own = object{}
	}
	for name, value := range annotations {
		own[name] = value
	}
	metadata["annotations"] = own
	if files["Chart.yaml"], err = yaml.Marshal(metadata); err != nil {
		return "", err
	}
	root, err := os.MkdirTemp("", "helm-operation-")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, "chart")
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return "", err
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return "", err
		}
	}
	return folder, nil
}

func (c *catalogs) uninstall(w http.ResponseWriter, r *http.Request) {
	request := types.GetAPIContext(r.Context())
	c.start(w, r, "uninstall", request.Namespace, request.Name, []string{"uninstall", request.Name}, "")
}

// start runs Helm as the user who asked, with that user's rights, and answers as Rancher does: at once.
func (c *catalogs) start(w http.ResponseWriter, r *http.Request, action, namespace, release string, args []string, scratch string) {
	operation, err := c.record(r.Context(), action, namespace, release)
	if err != nil {
		refuse(w, http.StatusForbidden, "Forbidden", err.Error())
		return
	}
	log := &operationLog{ended: make(chan struct{})}
	c.operations.logs.Store(namespace+"/"+operation, log)
	command := exec.Command(c.helm, append(args, "--kubeconfig", c.kubeconfig, "--namespace", namespace)...)
	user := c.users.of(r)
	command.Args = append(command.Args, "--kube-as-user", user)
	for _, group := range groupsOf(user) {
		command.Args = append(command.Args, "--kube-as-group", group)
	}
	said := io.MultiWriter(log, os.Stdout)
	command.Stdout, command.Stderr = said, said
	go func() {
		defer close(log.ended)
		if scratch != "" {
			defer os.RemoveAll(scratch)
		}
		fmt.Fprintf(said, "helm %s %s\n", action, release)
		if err := command.Run(); err != nil {
			fmt.Fprintln(said, "FAILED:", err)
			return
		}
		fmt.Fprintln(said, "SUCCESS: helm", action, release)
	}()
	answer(w, http.StatusCreated, object{
		"type": "chartActionOutput", "operationName": operation, "operationNamespace": namespace,
	})
}

// record makes the Operation that the dashboard waits for before it asks for the log.
func (c *catalogs) record(ctx context.Context, action, namespace, release string) (string, error) {
	namespaces := c.objects.Resource(coreKind("namespaces"))
	_, _ = namespaces.Create(ctx, &unstructured.Unstructured{Object: object{
		"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": namespace},
	}}, metav1.CreateOptions{}) // it may exist
	made, err := c.objects.Resource(catalogKind("operations")).Namespace(namespace).Create(ctx, &unstructured.Unstructured{Object: object{
		"apiVersion": "catalog.cattle.io/v1", "kind": "Operation", "metadata": object{"generateName": "helm-operation-"},
		"status": object{
			"action": action, "chart": release, "namespace": namespace, "releaseName": release, "podCreated": true,
			"podName": "none", "podNamespace": namespace, "command": []any{"helm", action, release},
		},
	}}, metav1.CreateOptions{})
	if err != nil {
		return "", err
	}
	return made.GetName(), nil
}

func (o *operations) serveLog(w http.ResponseWriter, r *http.Request) {
	request := types.GetAPIContext(r.Context())
	found, ok := o.logs.Load(request.Namespace + "/" + request.Name)
	if !ok {
		refuse(w, http.StatusNotFound, "NotFound", "this operation has no log")
		return
	}
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer socket.Close()
	log := found.(*operationLog)
	sent := 0
	for hasEnded := false; !hasEnded; {
		select {
		case <-log.ended:
			hasEnded = true
		case <-time.After(200 * time.Millisecond):
		}
		text := log.from(sent)
		sent += len(text)
		for _, line := range strings.SplitAfter(string(text), "\n") {
			if line != "" {
				_ = socket.WriteMessage(websocket.TextMessage, []byte(base64.StdEncoding.EncodeToString([]byte(line))))
			}
		}
	}
}
