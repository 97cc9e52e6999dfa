// Streams makes the declared JetStream streams true before the server's doors open.
//
// It starts the NATS server of the configuration inside itself, without any listener, makes or changes what the
// second file declares, in its order, and stops. So no user, password or port exists through which a stream can
// be made, and no client ever meets a server whose streams aren't there yet.
//
//	streams CONFIGURATION STREAMS.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

const patience = 5 * time.Minute // a store of many gigabytes is read through after a hard stop

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: streams CONFIGURATION STREAMS.json")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "streams:", err)
		os.Exit(1)
	}
}

func run(configuration, declaration string) error {
	streams, err := read(declaration)
	if err != nil {
		return err
	}
	quiet, user, err := start(configuration)
	if err != nil {
		return err
	}
	defer quiet.WaitForShutdown()
	defer quiet.Shutdown()
	connection, err := nats.Connect(nats.DefaultURL, nats.InProcessServer(quiet), nats.UserInfo(user.Username, user.Password))
	if err != nil {
		return fmt.Errorf("connecting inside the process: %w", err)
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

// start runs the configured server with no door but this process, and a user that lives as long as it does.
func start(configuration string) (*server.Server, *server.User, error) {
	options, err := server.ProcessConfigFile(configuration)
	if err != nil {
		return nil, nil, err
	}
	options.DontListen, options.NoSigs = true, true
	options.HTTPHost, options.HTTPPort = "", 0
	options.MQTT, options.LeafNode = server.MQTTOpts{}, server.LeafNodeOpts{}
	options.TLSConfig, options.TLS = nil, false
	user := &server.User{Username: nuid.Next(), Password: nuid.Next()}
	options.Users = append(options.Users, user)
	quiet, err := server.NewServer(options)
	if err != nil {
		return nil, nil, err
	}
	quiet.ConfigureLogger()
	quiet.Start()
	if !quiet.ReadyForConnections(patience) {
		return nil, nil, errors.New("the server doesn't become ready; its log says why")
	}
	return quiet, user, nil
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
