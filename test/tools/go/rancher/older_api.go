package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{
	Subprotocols: []string{"base64.binary.k8s.io"},
	CheckOrigin:  func(*http.Request) bool { return true },
}

// olderAPI answers what the dashboard still asks of /v3: who the user is, and for the rest that there is none.
func (u *users) olderAPI(w http.ResponseWriter, r *http.Request) {
	name := u.of(r)
	if name == "" {
		refuse(w, http.StatusUnauthorized, "Unauthorized", "must authenticate")
		return
	}
	switch path := strings.TrimPrefix(r.URL.Path, "/v3/"); {
	case path == "subscribe":
		ping(w, r)
	case path == "schemas":
		answer(w, http.StatusOK, collection("schema", olderSchemas()...))
	case strings.HasPrefix(path, "principals"):
		answer(w, http.StatusOK, collection("principal", object{
			"id": "local://" + name, "type": "principal", "loginName": loginName(name), "name": name, "me": true,
			"principalType": "user", "provider": "local", "links": object{},
		}))
	case strings.HasPrefix(path, "users"):
		answer(w, http.StatusOK, collection("user", object{
			"id": name, "type": "user", "username": loginName(name), "me": true, "links": object{},
		}))
	default:
		answer(w, http.StatusOK, collection(path))
	}
}

func olderSchemas() []any {
	var schemas []any
	for _, name := range []string{"principal", "user", "token", "cluster", "setting"} {
		schemas = append(schemas, object{
			"id": name, "type": "schema", "pluralName": name + "s",
			"links":             object{"collection": "/v3/" + name + "s", "self": "/v3/schemas/" + name},
			"collectionMethods": []string{"GET"}, "resourceMethods": []string{"GET"}, "resourceFields": object{},
		})
	}
	return schemas
}

func ping(w http.ResponseWriter, r *http.Request) {
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer socket.Close()
	go func() {
		for {
			if _, _, err := socket.ReadMessage(); err != nil {
				return
			}
		}
	}()
	for socket.WriteJSON(object{"name": "ping", "data": object{}}) == nil {
		time.Sleep(5 * time.Second)
	}
}
