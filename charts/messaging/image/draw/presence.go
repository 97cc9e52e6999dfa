package draw

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"simpul.id/messaging/inner"
)

const look = 500 * time.Millisecond

// presence knows the leaf connection of each site that has one, by the only subject that no other may answer on.
type presence struct {
	connections atomic.Pointer[map[string]uint64]
}

// watch looks until ctx ends. The server has a word for a connection that comes or goes only in its system account,
// which no configuration of ours opens.
func (p *presence) watch(ctx context.Context, hub *inner.Server) {
	for ticker := time.NewTicker(look); ctx.Err() == nil; <-ticker.C {
		if told, err := hub.Leafz(&server.LeafzOptions{Subscriptions: true}); err == nil {
			p.learn(told)
		}
	}
}

func (p *presence) learn(told *server.Leafz) {
	found := map[string]uint64{}
	for _, leaf := range told.Leafs {
		for _, subject := range leaf.Subs {
			if site, ok := strings.CutSuffix(strings.TrimPrefix(subject, "$JS."), ".API.CONSUMER.>"); ok {
				found[site] = leaf.ID
			}
		}
	}
	p.connections.Store(&found)
}

// of returns the number of the connection of site, 0 for none.
func (p *presence) of(site string) uint64 {
	if known := p.connections.Load(); known != nil {
		return (*known)[site]
	}
	return 0
}
