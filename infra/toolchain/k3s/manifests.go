package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/template"
	"time"

	"sigs.k8s.io/yaml"
)

// lookEvery is how often the folder of manifests is looked at.
const lookEvery = 3 * time.Second

//go:embed manifest/*.yaml
var manifests embed.FS

//go:embed images.yaml
var imageList []byte

// images are the names of the bundle's images.
var images = mustReadImages(imageList)

func mustReadImages(text []byte) map[string]string {
	var names map[string]string
	if err := yaml.UnmarshalStrict(text, &names); err != nil {
		panic(fmt.Sprintf("the embedded images.yaml: %v", err))
	}
	return names
}

func (c *Config) disables(name string) bool { return slices.Contains(c.Disable, name) }

// writeManifests puts what comes with the program into the folder of manifests, and takes out what is disabled.
func writeManifests(c *Config) error {
	entries, err := manifests.ReadDir("manifest")
	if err != nil {
		return err
	}
	var problems []error
	for _, entry := range entries {
		file := c.path("server", "manifests", entry.Name())
		if c.disables(trimEnding(entry.Name())) {
			if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
				problems = append(problems, err)
			}
			continue
		}
		text, err := renderManifest(c, entry.Name())
		problems = append(problems, err)
		if err == nil {
			problems = append(problems, writeFile(file, text, 0o600))
		}
	}
	return errors.Join(problems...)
}

func renderManifest(c *Config, name string) (string, error) {
	parsed, err := template.New(name).Option("missingkey=error").ParseFS(manifests, "manifest/"+name)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	err = parsed.Execute(&text, map[string]any{
		"Images": images, "ClusterDNS": c.ClusterDNS, "ClusterDomain": clusterDomain, "Storage": c.path("storage"),
	})
	return text.String(), err
}

// deployManifests applies each file in the folder of manifests when it is new or has changed.
func deployManifests(ctx context.Context, c *Config) error {
	applied := map[string]string{}
	for {
		files, err := filepath.Glob(c.path("server", "manifests", "*.y*ml"))
		if err != nil {
			return err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if digest := digestOf(text); err == nil && applied[file] != digest && applyManifest(ctx, c, file) {
				applied[file] = digest
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
	}
}

// applyManifest says whether the file could be applied; one that couldn't comes again.
func applyManifest(ctx context.Context, c *Config, file string) bool {
	self, err := os.Executable()
	if err != nil {
		log.Print(err)
		return false
	}
	output, err := exec.CommandContext(ctx, self, "kubectl", "--kubeconfig", c.Kubeconfig, "apply", "--server-side",
		"--force-conflicts", "--field-manager=k3s", "--filename", file).CombinedOutput()
	if err != nil {
		log.Printf("manifest %s: %v: %s", file, err, output)
		return false
	}
	log.Printf("manifest %s applied", file)
	return true
}

func trimEnding(name string) string { return name[:len(name)-len(filepath.Ext(name))] }
