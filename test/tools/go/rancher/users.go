package main

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/rancher/steve/pkg/auth"
	"k8s.io/apiserver/pkg/authentication/user"
)

const (
	sessionCookie = "R_SESS"
	adminUser     = "user-admin"
	userPrefix    = "user-"
	olderLogin    = "/v3-public/localProviders/local"
)

// users knows `admin` and `viewer`, who have one password; what they may do is for the API server to say.
type users struct {
	password    string
	sessions    sync.Map // token -> name
	preferences sync.Map // name -> what the dashboard stored
}

func newUsers(password string) *users { return &users{password: password} }

// of names the user of a request, empty without a session.
func (u *users) of(r *http.Request) string {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if name, ok := u.sessions.Load(cookie.Value); ok {
			return name.(string)
		}
	}
	return ""
}

func groupsOf(name string) []string {
	groups := []string{"system:authenticated", "system:cattle:authenticated"}
	if name == adminUser {
		groups = append(groups, "system:masters")
	}
	return groups
}

// middleware: who has no session becomes system:unauthenticated, and RBAC decides.
func (u *users) middleware() auth.Middleware {
	return auth.ToMiddleware(auth.AuthenticatorFunc(func(r *http.Request) (user.Info, bool, error) {
		name := u.of(r)
		if name == "" {
			return nil, false, nil
		}
		return &user.DefaultInfo{Name: name, UID: name, Groups: groupsOf(name)}, true, nil
	}))
}

func (u *users) register(mux *http.ServeMux) {
	mux.HandleFunc("/v1-public/authproviders", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, collection("authProvider", object{"id": "local", "type": "localProvider"}))
	})
	mux.HandleFunc("/v1-public/login", u.login)
	// The dashboard logs in by these before Rancher 2.14.
	mux.HandleFunc("/v3-public/authProviders", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, collection("authProvider", object{
			"id": "local", "type": "localProvider", "actions": object{"login": olderLogin + "?action=login"},
		}))
	})
	mux.HandleFunc(olderLogin, u.login)
	mux.HandleFunc("/v1/logout", u.logout)
	mux.HandleFunc("/v1/ext.cattle.io.selfuser", u.self)
	mux.HandleFunc("/v1/ext.cattle.io.selfusers", u.self)
	mux.HandleFunc("/v1/userpreferences", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, collection("userpreference", u.preferencesOf(u.of(r))))
	})
	mux.HandleFunc("/v1/userpreferences/", u.storePreferences)
}

func (u *users) login(w http.ResponseWriter, r *http.Request) {
	var body struct{ Username, Password string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	isKnown := body.Username == "admin" || body.Username == "viewer"
	if u.password == "" || !isKnown || subtle.ConstantTimeCompare([]byte(body.Password), []byte(u.password)) != 1 {
		refuse(w, http.StatusUnauthorized, "Unauthorized", "authentication failed")
		return
	}
	bytes := make([]byte, 16)
	_, _ = rand.Read(bytes)
	token := hex.EncodeToString(bytes)
	u.sessions.Store(token, userPrefix+body.Username)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", HttpOnly: true})
	answer(w, http.StatusOK, object{"type": "token"})
}

func (u *users) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		u.sessions.Delete(cookie.Value)
	}
	answer(w, http.StatusOK, object{})
}

func (u *users) self(w http.ResponseWriter, r *http.Request) {
	name := u.of(r)
	if name == "" {
		refuse(w, http.StatusUnauthorized, "Unauthorized", "must authenticate")
		return
	}
	answer(w, http.StatusCreated, object{
		"type": "ext.cattle.io.selfuser", "kind": "SelfUser", "apiVersion": "ext.cattle.io/v1",
		"metadata": object{}, "status": object{"userID": name},
	})
}

// Steve's own preferences are one file for all users.
func (u *users) preferencesOf(name string) object {
	data, ok := u.preferences.Load(name)
	if !ok {
		data = object{"after-login-route": `"home"`, "read-welcome": "true", "theme": `"ui-light"`}
	}
	self := "/v1/userpreferences/" + name
	return object{
		"id": name, "type": "userpreference", "metadata": object{"name": name}, "data": data,
		"links": object{"self": self, "update": self},
	}
}

func (u *users) storePreferences(w http.ResponseWriter, r *http.Request) {
	name := u.of(r)
	if name != "" && r.Method == http.MethodPut {
		var body struct{ Data object }
		if json.NewDecoder(r.Body).Decode(&body) == nil && body.Data != nil {
			u.preferences.Store(name, body.Data)
		}
	}
	answer(w, http.StatusOK, u.preferencesOf(name))
}

func loginName(name string) string { return strings.TrimPrefix(name, userPrefix) }
