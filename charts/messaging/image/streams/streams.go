// Package streams makes the declared JetStream streams true before the server's doors open.
//
// It starts the NATS server of the configuration inside itself, without any listener, makes or changes what the
// second file declares, in its order, and stops. So no user, password or port exists through which a stream can
// be made, and no client ever meets a server whose streams aren't there yet.
package streams

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"simpul.id/messaging/inner"
)

const patience = 5 * time.Minute

// Make brings the streams of the server that configuration describes in step with declaration, a JSON file.
func Make(configuration, declaration string) error {
	streams, err := read(declaration)
	if err != nil {
		return err
	}
	options, err := inner.Options(configuration)
	if err != nil {
		return err
	}
	shut(options)
	quiet, err := inner.Start(options)
	if err != nil {
		return err
	}
	defer quiet.WaitForShutdown()
	defer quiet.Shutdown()
	connection, err := quiet.Connect()
	if err != nil {
		return err
	}
	defer connection.Close()
	return reconcile(connection, streams)
}

func read(path string) ([]jetstream.StreamConfig, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	var streams []jetstream.StreamConfig
	if err := decoder.Decode(&streams); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return streams, nil
}

// shut leaves the server no door but this process.
func shut(options *server.Options) {
	options.DontListen, options.NoSigs = true, true
	options.HTTPHost, options.HTTPPort = "", 0
	options.MQTT, options.LeafNode = server.MQTTOpts{}, server.LeafNodeOpts{}
	options.TLSConfig, options.TLS = nil, false
}

func reconcile(connection *nats.Conn, streams []jetstream.StreamConfig) error {
	js, err := jetstream.New(connection)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, stream := range streams {
		if _, err := js.CreateOrUpdateStream(ctx, stream); err != nil {
			return fmt.Errorf("stream %s: %w", stream.Name, err)
		}
		fmt.Printf("streams: %s is as declared\n", stream.Name)
	}
	return nil
}
