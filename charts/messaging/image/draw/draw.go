// Package draw brings the reports of a hub's sites into its stream REPORTS, across the sites' leaf connections.
//
// The hub asks each site for as much as its line carries in two seconds, stores it, acknowledges it and asks again. It
// knows by the place of each report that it has stored where to go on: none is left out, none comes twice. JetStream's
// own sources have 2 MB and more under way at once, which a slow line takes minutes for, and leave a line alone for up
// to two minutes after it was cut.
package draw

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"simpul.id/messaging/inner"
)

// Site is one whose reports are drawn: its JetStream domain, and the subjects that are its own.
type Site struct {
	Name string `json:"name"`
	Area string `json:"area"`
}

func (s Site) api() string { return fmt.Sprintf("$JS.%s.API", s.Name) }

// Start draws from every site of the file sites, a JSON list, as long as the hub runs. The file drawn is its own.
func Start(hub *inner.Server, sites, drawn string) error {
	content, err := os.ReadFile(sites)
	if err != nil {
		return err
	}
	var all []Site
	if err := json.Unmarshal(content, &all); err != nil {
		return fmt.Errorf("%s: %w", sites, err)
	}
	connection, err := hub.Connect()
	if err != nil {
		return err
	}
	js, err := jetstream.New(connection)
	if err != nil {
		return err
	}
	ctx := context.Background()
	known, err := open(ctx, js, drawn)
	if err != nil {
		return fmt.Errorf("what the hub has: %w", err)
	}
	near := new(presence)
	go near.watch(ctx, hub)
	for _, site := range all {
		way, err := reach(hub, site)
		if err != nil {
			return err
		}
		way.hub, way.presence = known, near
		go way.run(ctx, hub.Noticef)
	}
	return nil
}

// reach makes the line to site. What the site says comes to subjects that it alone may speak on.
func reach(hub *inner.Server, site Site) (*line, error) {
	connection, err := hub.Connect(nats.CustomInboxPrefix("deliver." + site.Name))
	if err != nil {
		return nil, err
	}
	api, err := jetstream.NewWithAPIPrefix(connection, site.api())
	if err != nil {
		return nil, err
	}
	return &line{site: site, connection: connection, api: api}, nil
}
