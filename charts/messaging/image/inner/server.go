// Package inner runs the NATS server inside of this process, and lets the process in without a password of anybody's.
package inner

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

const patience = 5 * time.Minute // a store of many gigabytes is read through after a hard stop

// Server is a NATS server and the user that lives as long as it does.
type Server struct {
	*server.Server
	user *server.User
}

// Options reads a configuration as nats-server does.
func Options(configuration string) (*server.Options, error) {
	return server.ProcessConfigFile(configuration)
}

// Start runs a server of options and returns when clients may come. It takes SIGTERM as nats-server does.
func Start(options *server.Options) (*Server, error) {
	user := &server.User{Username: nuid.Next(), Password: nuid.Next()}
	options.Users = append(options.Users, user)
	made, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	made.ConfigureLogger()
	made.Start()
	if !made.ReadyForConnections(patience) {
		return nil, errors.New("the server doesn't become ready; its log says why")
	}
	return &Server{made, user}, nil
}

// unheard is where answers come to: no client may listen there, also not to everything.
const unheard = "intake.answers"

// Connect returns a connection that never leaves the process and has every right.
func (s *Server) Connect(more ...nats.Option) (*nats.Conn, error) {
	mine := []nats.Option{
		nats.InProcessServer(s), nats.UserInfo(s.user.Username, s.user.Password), nats.MaxReconnects(-1),
		nats.CustomInboxPrefix(unheard),
	}
	connection, err := nats.Connect(nats.DefaultURL, append(mine, more...)...)
	if err != nil {
		return nil, fmt.Errorf("connecting inside the process: %w", err)
	}
	return connection, nil
}
