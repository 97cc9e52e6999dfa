// Package gate stands before the server's MQTT port, so that a client which does one thing wrong goes on with the rest.
//
// The server (2.15) ends a connection at a topic with a space, at a payload that is too large, at QoS 1 where no stream
// takes it; it acknowledges and drops what its user may not publish, and stores what no reader can name. A client that
// sends again what wasn't acknowledged then never gets further. MQTT 3.1.1 has no way to say why. So the gate takes such
// a message out, keeps it with the reason in the stream REFUSED, and acknowledges it in its turn.
//
// It holds clients apart as well: a session belongs to the client that began it, and each has its part of the store, of
// the connections and of what is under way.
package gate

import (
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"simpul.id/messaging/inner"
)

const (
	handshake = 10 * time.Second // to come in and say who one is
	crowd     = 4096             // connections at once, if the configuration says no less
)

// Gate is the door that clients see, and the one behind it that only this process knows.
type Gate struct {
	address string
	secrets *tls.Config
	options *server.Options
	refused jetstream.JetStream
	quota   *quota
	say     func(format string, values ...any)
}

// New takes the MQTT door over from options, before their server starts: it then listens on loopback alone. The file
// limits says what a client is held to.
func New(options *server.Options, limits string) (*Gate, error) {
	quota, err := newQuota(limits, filepath.Join(options.StoreDir, "used.json"))
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(options.MQTT.Host, strconv.Itoa(options.MQTT.Port))
	made := &Gate{address: address, secrets: options.MQTT.TLSConfig, options: options, quota: quota}
	options.MQTT.Host, options.MQTT.Port = "127.0.0.1", server.RANDOM_PORT
	options.MQTT.TLSConfig, options.MQTT.TLSMap = nil, false
	return made, nil
}

// Open lets clients in, as long as the server runs.
func (g *Gate) Open(running *inner.Server) error {
	connection, err := running.Connect()
	if err != nil {
		return err
	}
	if g.refused, err = jetstream.New(connection); err != nil {
		return err
	}
	plain, err := net.Listen("tcp", g.address)
	if err != nil {
		return fmt.Errorf("the door for MQTT: %w", err)
	}
	g.say = running.Warnf
	running.Noticef("Listening for MQTT clients on tls://%s", g.address)
	go g.accept(tls.NewListener(plain, g.secrets))
	return nil
}

func (g *Gate) accept(door net.Listener) {
	places := make(chan struct{}, g.places())
	for {
		client, err := door.Accept()
		if err != nil {
			time.Sleep(10 * time.Millisecond) // too many open files, for now
			continue
		}
		select {
		case places <- struct{}{}:
			go func() {
				defer func() { <-places }()
				g.talk(client)
			}()
		default:
			_ = client.Close()
		}
	}
}

func (g *Gate) places() int {
	if most := g.options.MaxConn; most > 0 {
		return most
	}
	return crowd
}

func (g *Gate) talk(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(g.options.MQTT.Port)))
	if err != nil {
		return
	}
	defer server.Close()
	if err := newConversation(g, client, server).run(); err != nil {
		g.say("MQTT from %s: %v", client.RemoteAddr(), err)
	}
}
