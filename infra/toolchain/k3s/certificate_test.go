package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// after moves the clock for the rest of a test.
func after(t *testing.T, days int) {
	t.Helper()
	moment := time.Now().Add(time.Duration(days) * 24 * time.Hour)
	now = func() time.Time { return moment }
	t.Cleanup(func() { now = time.Now })
}

// read gives the API's certificate and the administrator's kubeconfig as a start leaves them.
func start(t *testing.T, config *Config) (string, string) {
	t.Helper()
	if _, err := makePKI(config); err != nil {
		t.Fatal(err)
	}
	api, err := readTrimmed(config.tls().cert(servingAPI))
	if err != nil {
		t.Fatal(err)
	}
	admin, err := readTrimmed(config.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	return api, admin
}

func TestCertificatesAreMadeAnewOnlyWhenTheyMust(t *testing.T) {
	config := onDisk(t)
	api, admin := start(t, config)
	if again, adminAgain := start(t, config); again != api || adminAgain != admin {
		t.Error("nothing changed, and yet a certificate did")
	}
	config.TLSSANs = []string{"api.balikpapan.example", "10.1.2.3"}
	if again, adminAgain := start(t, config); again == api || adminAgain != admin {
		t.Error("a new name of the API changes its certificate and no other")
	}
}

func TestAStartWithinTheLast120DaysRenews(t *testing.T) {
	config := onDisk(t)
	api, admin := start(t, config)
	after(t, 365-121)
	if again, adminAgain := start(t, config); again != api || adminAgain != admin {
		t.Error("with 121 days left they stay")
	}
	after(t, 365-119)
	if again, adminAgain := start(t, config); again == api || adminAgain == admin {
		t.Error("with 119 days left they are made anew")
	}
}

// checked gives what `k3s certificate check` says of a certificate.
func checked(t *testing.T, config *Config, name string) string {
	t.Helper()
	var said bytes.Buffer
	if err := checkCertificates(&said, config); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, name) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no word of %s in %s", name, said.String())
	return ""
}

func TestACheckSaysInK3sWordsHowLongTheyLast(t *testing.T) {
	config := onDisk(t)
	start(t, config)
	const admin = "client-admin.crt: certificate system:admin (ClientAuth) "
	for days, words := range map[int]string{
		0:   `level=info msg="` + admin + "is ok, expires at ",
		300: `level=warning msg="` + admin + "will expire within 120 days at ",
		366: `level=error msg="` + admin + "expired at ",
	} {
		after(t, days)
		if said := checked(t, config, admin); !strings.Contains(said, words) {
			t.Errorf("after %d days: %s", days, said)
		}
	}
}

func TestRotatedCertificatesAreMadeAnewAtTheNextStart(t *testing.T) {
	config := onDisk(t)
	api, admin := start(t, config)
	if err := rotateCertificates(&bytes.Buffer{}, config); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(config.tls().key(serverAuthority)); err != nil {
		t.Errorf("an authority stays: %v", err)
	}
	if again, adminAgain := start(t, config); again == api || adminAgain == admin {
		t.Error("a certificate is still the old one")
	}
}
