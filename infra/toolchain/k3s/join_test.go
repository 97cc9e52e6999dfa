package main

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"testing"
)

// serve answers as an API would that showed the certificate name of p.
func serve(t *testing.T, p pki, name string) string {
	t.Helper()
	certificate, err := tls.LoadX509KeyPair(p.cert(name), p.key(name))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			connection.(*tls.Conn).Handshake()
			connection.Close()
		}
	}()
	return "https://" + listener.Addr().String()
}

func TestAnAgentMeetsItsServerAlone(t *testing.T) {
	folder := t.TempDir()
	config := &Config{
		Role: roleServer, DataDir: folder, NodeName: "edge", NodeIP: "127.0.0.1", ServiceCIDR: "10.96.0.0/22",
		Kubeconfig: folder + "/k3s.yaml",
	}
	p, err := makePKI(config)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(p.cert(clusterAuthority))
	if err != nil {
		t.Fatal(err)
	}
	server := serve(t, p, "apiserver")
	met, err := meet(context.Background(), server, token{secret: "s", authority: digestOf(authority)})
	if err != nil || string(met) != string(authority) {
		t.Errorf("its own server: %v", err)
	}
	_, err = meet(context.Background(), server, token{secret: "s", authority: digestOf([]byte("another"))})
	if !errors.Is(err, errWrongServer) {
		t.Errorf("a token of another cluster: %v", err)
	}
	if _, err := meet(context.Background(), serve(t, p, "apiserver-kubelet"), token{secret: "s"}); err == nil {
		t.Error("a certificate that doesn't name the server was taken")
	}
}

func TestCertificatesAreMadeAnewOnlyWhenTheyMust(t *testing.T) {
	folder := t.TempDir()
	config := &Config{
		Role: roleServer, DataDir: folder, NodeName: "edge", NodeIP: "127.0.0.1", ServiceCIDR: "10.96.0.0/22",
		Kubeconfig: folder + "/k3s.yaml",
	}
	texts := func() (string, string) {
		p, err := makePKI(config)
		if err != nil {
			t.Fatal(err)
		}
		api, err := readTrimmed(p.cert("apiserver"))
		if err != nil {
			t.Fatal(err)
		}
		admin, err := readTrimmed(config.Kubeconfig)
		if err != nil {
			t.Fatal(err)
		}
		return api, admin
	}
	api, admin := texts()
	if again, adminAgain := texts(); again != api || adminAgain != admin {
		t.Error("nothing changed, and yet a certificate did")
	}
	config.TLSSANs = []string{"api.balikpapan.example", "10.1.2.3"}
	if again, adminAgain := texts(); again == api || adminAgain != admin {
		t.Error("a new name of the API changes its certificate and no other")
	}
}
