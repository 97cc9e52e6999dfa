package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

func node(name, address, pods string, ready core.ConditionStatus) *core.Node {
	return &core.Node{
		ObjectMeta: meta.ObjectMeta{Name: name},
		Spec:       core.NodeSpec{PodCIDR: pods},
		Status: core.NodeStatus{
			Addresses:  []core.NodeAddress{{Type: core.NodeInternalIP, Address: address}},
			Conditions: []core.NodeCondition{{Type: core.NodeReady, Status: ready}},
		},
	}
}

var nodes = []*core.Node{
	node("b", "10.0.0.2", "10.42.1.0/24", core.ConditionTrue),
	node("a", "10.0.0.1", "10.42.0.0/24", core.ConditionTrue),
	node("new", "10.0.0.3", "", core.ConditionFalse),
}

func TestPodsLeaveAsTheirNodeButReachPodsAsThemselves(t *testing.T) {
	got := masqueradeRules(podRanges(nodes), "10.42.0.0/24")
	want := `*nat
:FLANNEL-POSTRTG - [0:0]
-A FLANNEL-POSTRTG -d 10.42.0.0/24 -j RETURN
-A FLANNEL-POSTRTG -d 10.42.1.0/24 -j RETURN
-A FLANNEL-POSTRTG -s 10.42.0.0/24 -j MASQUERADE
COMMIT
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestServicesAreAtTheNodesThatAreReady(t *testing.T) {
	if got := strings.Join(readyAddresses(nodes), " "); got != "10.0.0.1 10.0.0.2" {
		t.Errorf("got %s", got)
	}
}

func TestRegistriesBecomeHostsOfContainerd(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "registries.yaml")
	text := "mirrors: {registry.example: {endpoint: [http://10.213.0.1:5000]}, '*': {endpoint: [https://m]}}"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeRegistries(file, filepath.Join(folder, "certs.d")); err != nil {
		t.Fatal(err)
	}
	for host, endpoint := range map[string]string{"registry.example": "http://10.213.0.1:5000", "_default": "https://m"} {
		got, err := readTrimmed(filepath.Join(folder, "certs.d", host, "hosts.toml"))
		if err != nil || !strings.Contains(got, `[host."`+endpoint+`"]`) {
			t.Errorf("%s: %v\n%s", host, err, got)
		}
	}
	if err := os.WriteFile(file, []byte("configs: {registry.example: {auth: {username: u}}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeRegistries(file, filepath.Join(folder, "certs.d")); err == nil {
		t.Error("credentials, which the stand-in doesn't know, were passed over")
	}
}

func TestManifestsNameTheBundlesImages(t *testing.T) {
	config := &Config{DataDir: "/data", ClusterDNS: "10.96.0.10", Disable: []string{"local-storage"}}
	config.DataDir = t.TempDir()
	if err := writeManifests(config); err != nil {
		t.Fatal(err)
	}
	var all string
	files, err := filepath.Glob(config.path("server", "manifests", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := readTrimmed(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range strings.Split(text, "\n---\n") {
			var object map[string]any
			if err := yaml.UnmarshalStrict([]byte(document), &object); err != nil || object["kind"] == nil {
				t.Errorf("%s: %v\n%s", file, err, document)
			}
		}
		all += text
	}
	for _, wanted := range []string{"image: " + images["coredns"], "clusterIP: 10.96.0.10"} {
		if !strings.Contains(all, wanted) {
			t.Errorf("no manifest says %s", wanted)
		}
	}
	if strings.Contains(all, "local-path") {
		t.Error("what is disabled was written")
	}
}
