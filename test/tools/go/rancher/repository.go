package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"

	"sigs.k8s.io/yaml"
)

const maxFile = 4 << 20

// repository is a catalog at an address.
type repository struct{ url string }

func (r repository) get(address string) ([]byte, error) {
	if !strings.Contains(address, "://") {
		address = r.url + "/" + address
	}
	response, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, response.Status)
	}
	return io.ReadAll(response.Body)
}

func (r repository) index() (object, error) {
	text, err := r.get("index.yaml")
	if err != nil {
		return nil, err
	}
	var index object
	return index, yaml.Unmarshal(text, &index)
}

// chart returns the index entry and the package of a version; an empty version is the newest.
func (r repository) chart(name, version string) (object, []byte, error) {
	index, err := r.index()
	if err != nil {
		return nil, nil, err
	}
	entries, _ := index["entries"].(map[string]any)
	versions, _ := entries[name].([]any)
	for _, found := range versions {
		entry, _ := found.(map[string]any)
		if version != "" && entry["version"] != version {
			continue
		}
		urls, _ := entry["urls"].([]any)
		if len(urls) == 0 {
			break
		}
		pack, err := r.get(fmt.Sprint(urls[0]))
		return entry, pack, err
	}
	return nil, nil, fmt.Errorf("chart %s %s is not in %s", name, version, r.url)
}

// filesOf unpacks a chart: path below the chart's folder -> content.
func filesOf(pack []byte) (map[string][]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(pack))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for reader := tar.NewReader(unzipped); ; {
		header, err := reader.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		_, name, isBelow := strings.Cut(header.Name, "/")
		if !isBelow || header.Typeflag != tar.TypeReg || strings.Contains(name, "..") {
			continue
		}
		if files[name], err = io.ReadAll(io.LimitReader(reader, maxFile)); err != nil {
			return nil, err
		}
	}
}
