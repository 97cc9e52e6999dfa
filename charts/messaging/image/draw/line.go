package draw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	qosHeader = "Nmqtt-Pub" // MQTT's mark of a message's QoS

	least, most = 16 << 10, 1 << 20 // bytes that are asked for at once
	worth       = 2 * time.Second   // of the line's time, as many bytes are asked for
	together    = 1000              // reports that are asked for at once
	expiry      = 30 * time.Second  // how long a site waits for a report before it says that there is none
	beat        = 10 * time.Second  // how often it says meanwhile that it is there
	silence     = 75 * time.Second  // longer than the largest report needs on the slowest line
	answer      = 30 * time.Second  // how long a site may take to answer a question
	pause       = time.Second       // between two attempts
)

var (
	errOther = errors.New("the site's stream isn't the one that it was: going on by time")
	errAway  = errors.New("the site isn't connected")
	errCut   = errors.New("the connection was cut")
)

// line is the way to one site.
type line struct {
	site       Site
	hub        *ledger
	presence   *presence
	connection *nats.Conn
	api        jetstream.JetStream
	link       uint64 // the leaf connection of this session
	window     int
	inbox      string
	messages   *nats.Subscription
	delivered  uint64 // by the site's consumer
	had        place
	owed       *nats.Msg // the last report whose storing the site doesn't know of
}

// run draws until ctx ends; what stops it is told to say when it changes, and tried again.
func (l *line) run(ctx context.Context, say func(format string, values ...any)) {
	var told string
	for ctx.Err() == nil {
		err := l.session(ctx)
		if text := fmt.Sprint(err); text != told {
			told = text
			say("Reports of %s: %s", l.site.Name, text)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// session draws from the report on that the hub has last, until something goes wrong.
func (l *line) session(ctx context.Context) error {
	if l.link = l.presence.of(l.site.Name); l.link == 0 {
		return errAway
	}
	err := l.draw(ctx, l.start)
	if errors.Is(err, errOther) {
		err = l.draw(ctx, l.startByTime)
	}
	return err
}

// draw asks again and again, from where start says. What was asked for before comes to another inbox.
func (l *line) draw(ctx context.Context, start func(*jetstream.StreamInfo, *jetstream.ConsumerConfig)) error {
	l.inbox = l.connection.NewInbox()
	messages, err := l.connection.SubscribeSync(l.inbox)
	if err != nil {
		return err
	}
	defer messages.Unsubscribe() //nolint:errcheck // of a connection that has closed, nothing is left to end
	l.messages, l.window, l.had = messages, least, l.hub.last(l.site.Name)
	err = l.begin(ctx, start)
	for err == nil {
		err = l.pull(ctx, together, l.window)
	}
	return err
}

// begin makes the site's consumer anew, where start says. It is called as the site is: acknowledgements are heard by
// every site whose consumer has the name.
func (l *line) begin(ctx context.Context, start func(*jetstream.StreamInfo, *jetstream.ConsumerConfig)) error {
	ctx, cancel := context.WithTimeout(ctx, answer)
	defer cancel()
	reports, err := l.api.Stream(ctx, stream)
	if err != nil {
		return err
	}
	wanted := jetstream.ConsumerConfig{
		Durable: l.site.Name, Description: "What the hub has stored", FilterSubject: l.site.Area,
		AckPolicy: jetstream.AckAllPolicy, AckWait: 365 * 24 * time.Hour, MaxAckPending: -1,
	}
	info := reports.CachedInfo()
	start(info, &wanted)
	l.had.Stream, l.delivered, l.owed = info.Created, 0, nil
	if err := reports.DeleteConsumer(ctx, l.site.Name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	_, err = reports.CreateConsumer(ctx, wanted)
	return err
}

// start goes on with the last report that the hub has, to see whether it is still the same.
func (l *line) start(info *jetstream.StreamInfo, wanted *jetstream.ConsumerConfig) {
	switch {
	case !info.Created.Equal(l.had.Stream): // a new site, or one that lost its volume
		l.had = place{}
		wanted.DeliverPolicy = jetstream.DeliverAllPolicy
	case l.had.Number > info.State.LastSeq:
		l.startByTime(info, wanted)
	default:
		wanted.DeliverPolicy, wanted.OptStartSeq = jetstream.DeliverByStartSequencePolicy, l.had.Number
	}
}

// startByTime goes on with what is later than the last report that the hub has: the site's volume was set back, and
// it has given the same numbers again.
func (l *line) startByTime(_ *jetstream.StreamInfo, wanted *jetstream.ConsumerConfig) {
	later := l.had.Time.Add(1)
	l.had.Number = 0
	wanted.DeliverPolicy, wanted.OptStartTime = jetstream.DeliverByStartTimePolicy, &later
}

// pull asks for so many reports and bytes, and stores what comes. No more than that is ever on the line.
func (l *line) pull(ctx context.Context, count, size int) error {
	asked, body, err := time.Now(), []byte(nil), error(nil)
	if body, err = json.Marshal(request{count, size, expiry, beat}); err != nil {
		return err
	}
	if err := l.connection.PublishRequest(l.ask(), l.inbox, body); err != nil {
		return err
	}
	var reports, bytes int
	var end *nats.Msg
	for end == nil && reports < count && (size == 0 || bytes < size) {
		message, err := l.next()
		switch {
		case err != nil:
			return err
		case message.Reply != "" && message.Header.Get(status) == "":
			if err := l.take(ctx, message); err != nil {
				return err
			}
			reports, bytes = reports+1, bytes+message.Size()
		case message.Header.Get(status) != isThere:
			end = message
		}
	}
	if err := l.acknowledge(); err != nil {
		return err
	}
	return l.judge(ctx, end, reports, bytes, time.Since(asked))
}

// next waits for what the site says next, as long as its connection stands.
func (l *line) next() (*nats.Msg, error) {
	for begun := time.Now(); time.Since(begun) < silence; {
		message, err := l.messages.NextMsg(look)
		if !errors.Is(err, nats.ErrTimeout) {
			return message, err
		}
		if l.presence.of(l.site.Name) != l.link {
			return nil, errCut
		}
	}
	return nil, fmt.Errorf("it has said nothing for %v", silence)
}

type request struct {
	Batch    int           `json:"batch"`
	MaxBytes int           `json:"max_bytes,omitempty"`
	Expires  time.Duration `json:"expires"`
	Beat     time.Duration `json:"idle_heartbeat"`
}

const (
	status, description = "Status", "Description"
	isThere             = "100"
	nothing             = "404"
	expired             = "408"
	refused             = "409"
	tooLarge            = "Exceeds MaxBytes"
)

func (l *line) ask() string {
	return fmt.Sprintf("%s.CONSUMER.MSG.NEXT.%s.%s", l.site.api(), stream, l.site.Name)
}

// judge says what the end of a request means for the next one.
func (l *line) judge(ctx context.Context, end *nats.Msg, reports, bytes int, took time.Duration) error {
	code, words := "", ""
	if end != nil {
		code, words = end.Header.Get(status), end.Header.Get(description)
	}
	isFull := code == "" || code == refused && strings.Contains(words, tooLarge)
	switch {
	case code == nothing || code == expired:
		return nil
	case !isFull:
		return fmt.Errorf("it answers %s %s", code, words)
	case reports == 0: // one alone is larger than what is asked for
		return l.pull(ctx, 1, 0)
	}
	l.window = min(max(int(float64(bytes)*worth.Seconds()/took.Seconds()), least), most)
	return nil
}

// take stores a report that came, unless it is the one that the hub had already.
func (l *line) take(ctx context.Context, report *nats.Msg) error {
	at, err := report.Metadata()
	if err != nil {
		return err
	}
	if at.Sequence.Consumer != l.delivered+1 {
		return fmt.Errorf("report %d came after %d, the rest was lost on the way", at.Sequence.Consumer, l.delivered)
	}
	l.delivered = at.Sequence.Consumer
	if !server.SubjectMatchesFilter(report.Subject, l.site.Area) {
		return fmt.Errorf("it sends a report on %s, which isn't its own: none of it is taken", report.Subject)
	}
	stands := place{l.had.Stream, at.Sequence.Stream, at.Timestamp}
	switch {
	case stands.Number == l.had.Number && stands.Time.Equal(l.had.Time):
	case stands.Number <= l.had.Number:
		return errOther
	default:
		if err := l.hub.store(ctx, l.site.Name, stands, report); err != nil {
			return err
		}
	}
	l.had, l.owed = stands, report
	if at.NumPending == 0 {
		return l.acknowledge()
	}
	return nil
}

// acknowledge tells the site that the hub has stored what came, all of it at once.
func (l *line) acknowledge() error {
	owed := l.owed
	if l.owed = nil; owed == nil {
		return nil
	}
	return owed.Ack()
}
