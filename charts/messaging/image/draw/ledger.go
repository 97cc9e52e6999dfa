package draw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	stream = "REPORTS"
	intake = "$MQTT.msgs.intake." // where REPORTS takes reports in, as from MQTT
	source = "Simpul-Source"      // whose report this is, and where it stands there
	rest   = 5 * time.Second      // how often the ledger is put down
	wait   = 10 * time.Second
)

// place says where a report stands at its site: in which stream (by the time when it was made), its number and time.
type place struct {
	Stream time.Time
	Number uint64
	Time   time.Time
}

// ledger knows the last report that the hub has of every site. REPORTS itself is the truth: each drawn report carries
// its place. What is put down in the file saves reading all of REPORTS at the next start.
type ledger struct {
	file string
	hub  jetstream.JetStream

	sync.Mutex // one report is stored at a time, so that what is put down holds for all up to Last
	Made       time.Time
	Last       uint64
	Places     map[string]place
	saved      time.Time
}

// open reads the ledger in file, and after it what REPORTS has got since.
func open(ctx context.Context, hub jetstream.JetStream, file string) (*ledger, error) {
	reports, err := hub.Stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	info := reports.CachedInfo()
	known := &ledger{file: file, hub: hub}
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, known)
	}
	if err != nil || !known.Made.Equal(info.Created) || known.Last > info.State.LastSeq || known.Places == nil {
		known.Made, known.Last, known.Places = info.Created, 0, map[string]place{}
	}
	if err := known.catchUp(ctx, reports, info.State.LastSeq); err != nil {
		return nil, err
	}
	return known, known.save()
}

// catchUp goes through the headers of what REPORTS has behind Last.
func (l *ledger) catchUp(ctx context.Context, reports jetstream.Stream, until uint64) error {
	if l.Last >= until {
		return nil
	}
	reader, err := reports.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: l.Last + 1, HeadersOnly: true,
	})
	if err != nil {
		return err
	}
	info, err := reader.Info(ctx)
	if err != nil || info.NumPending == 0 {
		return err
	}
	messages, err := reader.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		message, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		at, err := message.Metadata()
		if err != nil {
			return err
		}
		if site, stands, ok := read(message.Headers()); ok {
			l.Places[site] = stands
		}
		l.Last = at.Sequence.Stream
		if at.NumPending == 0 {
			return nil
		}
	}
}

// last returns the place of the last report that the hub has of site.
func (l *ledger) last(site string) place {
	l.Lock()
	defer l.Unlock()
	return l.Places[site]
}

// store puts a report of site, which stands at the place stands, behind those that the hub has.
func (l *ledger) store(ctx context.Context, site string, stands place, report *nats.Msg) error {
	drawn := nats.NewMsg(intake + report.Subject)
	drawn.Data = report.Data
	if qos := report.Header.Get(qosHeader); qos != "" {
		drawn.Header[qosHeader] = []string{qos} // as MQTT wrote it; no other header of a site's counts here
	}
	drawn.Header.Set(source, write(site, stands))
	l.Lock()
	defer l.Unlock()
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	done, err := l.hub.PublishMsg(ctx, drawn, jetstream.WithExpectStream(stream))
	if err != nil {
		return fmt.Errorf("storing a report of %s: %w", site, err)
	}
	l.Places[site], l.Last = stands, done.Sequence
	if time.Since(l.saved) > rest {
		return l.save()
	}
	return nil
}

func (l *ledger) save() error {
	content, err := json.Marshal(l)
	if err != nil {
		return err
	}
	l.saved = time.Now()
	half := l.file + ".half"
	return errors.Join(os.WriteFile(half, content, 0o600), os.Rename(half, l.file))
}

func write(site string, stands place) string {
	return fmt.Sprintf("%s %d %d %d", site, stands.Stream.UnixNano(), stands.Number, stands.Time.UnixNano())
}

func read(header nats.Header) (site string, stands place, ok bool) {
	var made, at int64
	if _, err := fmt.Sscanf(header.Get(source), "%s %d %d %d", &site, &made, &stands.Number, &at); err != nil {
		return "", place{}, false
	}
	stands.Stream, stands.Time = time.Unix(0, made), time.Unix(0, at)
	return site, stands, true
}
