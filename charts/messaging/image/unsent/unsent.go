// Package unsent tells how many reports of a site its hub doesn't have yet.
//
// What the hub has stored it acknowledges to the consumer through which it draws, which is called as the site is. The
// server's monitoring port tells of it without a password.
package unsent

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const path = "/jsz?consumers=true"

// Count asks the server whose monitoring port is at the URL monitor. A hub that never came has nothing.
func Count(monitor string) (uint64, error) {
	client := http.Client{Timeout: 30 * time.Second}
	answer, err := client.Get(monitor + path)
	if err != nil {
		return 0, fmt.Errorf("asking the server of this pod: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the server of this pod answers %s", answer.Status)
	}
	var told server.JSInfo
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		return 0, fmt.Errorf("what the server of this pod says: %w", err)
	}
	return count(&told)
}

func count(told *server.JSInfo) (uint64, error) {
	for _, account := range told.AccountDetails {
		for _, stream := range account.Streams {
			if stream.Name != "REPORTS" {
				continue
			}
			for _, consumer := range stream.Consumer {
				if consumer.Name == told.Config.Domain {
					return consumer.NumPending + uint64(consumer.NumAckPending), nil
				}
			}
			return stream.State.Msgs, nil
		}
	}
	return 0, errors.New("the server of this pod has no stream REPORTS")
}
