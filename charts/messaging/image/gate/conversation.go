package gate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	kept   = 4096 // bytes of a refused message that are kept
	put    = 10 * time.Second
	taking = "refused." // and the user: where REFUSED takes a message
	stream = "REFUSED"
)

var errGone = errors.New("the server has closed the connection")

// conversation is one client's. What it sends goes up to the server, what the server says comes down.
type conversation struct {
	gate           *Gate
	client, server net.Conn
	user, called   string
	told           bool // that nothing is retained
	exact          map[uint16]bool

	sync.Mutex      // of what follows, and of writing to the client
	changed         *sync.Cond
	owed            int // answers of the server: to CONNECT, and to what is published with QoS 1
	isLetIn, isOver bool
}

// refusal is what REFUSED keeps of a message.
type refusal struct {
	Reason  string    `json:"reason"`
	User    string    `json:"user"`
	Client  string    `json:"client"`
	Topic   string    `json:"topic"`
	QoS     byte      `json:"qos"`
	Size    int       `json:"size"`
	Payload []byte    `json:"payload"` // its beginning, in base64
	Time    time.Time `json:"time"`
}

func newConversation(gate *Gate, client, server net.Conn) *conversation {
	made := &conversation{gate: gate, client: client, server: server, exact: map[uint16]bool{}}
	made.changed = sync.NewCond(made)
	return made
}

// run ends when either side does.
func (c *conversation) run() {
	go c.down()
	_ = c.client.SetReadDeadline(time.Now().Add(handshake))
	from := bufio.NewReader(c.client)
	for {
		read, err := next(from, int(c.gate.options.MaxPayload)+longest)
		if err == nil {
			err = c.up(read)
		}
		if err != nil {
			return
		}
	}
}

// up passes on what the client sent, unless it is refused.
func (c *conversation) up(read packet) error {
	switch read.kind() {
	case packets.Connect:
		return c.connect(read)
	case packets.Publish:
		return c.publish(read)
	case packets.Pubrel:
		if c.exact[read.number()] {
			delete(c.exact, read.number())
			return c.answer(packets.Pubcomp, read.number())
		}
	}
	return read.write(c.server)
}

// connect lets the server say who comes in. A will that would be refused is, and the client is let in without.
func (c *conversation) connect(read packet) error {
	parsed, err := read.parse()
	if err != nil {
		return read.write(c.server) // the server's to refuse
	}
	_ = c.client.SetReadDeadline(time.Time{}) // from here on the server watches the client's keep-alive
	asked := parsed.(*packets.ConnectPacket)
	c.user, c.called = asked.Username, asked.ClientIdentifier
	c.expect()
	if !asked.WillFlag {
		return read.write(c.server)
	}
	will := refusal{Topic: asked.WillTopic, QoS: asked.WillQos, Size: len(asked.WillMessage), Payload: asked.WillMessage}
	will.Reason = c.gate.judge(c.user, will.Topic, will.QoS, will.Size)
	asked.WillRetain = false
	if will.Reason != "" {
		asked.WillFlag, asked.WillQos = false, 0
	}
	if err := asked.Write(c.server); err != nil || will.Reason == "" {
		return err
	}
	return c.keep(will)
}

func (c *conversation) publish(read packet) error {
	parsed, err := read.parse()
	if err != nil {
		return err
	}
	message := parsed.(*packets.PublishPacket)
	over := read.size - len(read.body)
	found := refusal{
		Topic: message.TopicName, QoS: message.Qos, Size: len(message.Payload) + over, Payload: message.Payload,
	}
	found.Reason = c.gate.judge(c.user, found.Topic, found.QoS, len(found.Topic)+found.Size)
	if message.Retain && found.Reason == "" {
		if found.Reason = retained; found.Size > 0 {
			return c.unretained(message, found)
		}
	}
	if found.Reason != "" {
		return c.refuse(message, found)
	}
	return c.pass(message.Qos, read)
}

// unretained stores a report whose client wants it retained, and says once that it isn't.
func (c *conversation) unretained(message *packets.PublishPacket, found refusal) error {
	if !c.told {
		if c.told = true; c.keep(found) != nil {
			return errGone
		}
	}
	message.Retain = false
	if message.Qos > 0 {
		c.expect()
	}
	return message.Write(c.server)
}

func (c *conversation) pass(qos byte, read packet) error {
	if qos > 0 {
		c.expect()
	}
	return read.write(c.server)
}

// refuse keeps a message and acknowledges it after all that came before it.
func (c *conversation) refuse(message *packets.PublishPacket, found refusal) error {
	if err := c.keep(found); err != nil {
		return err
	}
	switch message.Qos {
	case 1:
		return c.answer(packets.Puback, message.MessageID)
	case 2:
		c.exact[message.MessageID] = true
		return c.answer(packets.Pubrec, message.MessageID)
	}
	return nil
}

// keep waits until the server has answered all that it owes, so nothing is kept of whom it doesn't let in.
func (c *conversation) keep(found refusal) error {
	c.Lock()
	for c.owed > 0 && !c.isOver {
		c.changed.Wait()
	}
	isFine := c.isLetIn && !c.isOver
	c.Unlock()
	if !isFine {
		return errGone
	}
	found.User, found.Client, found.Time = c.user, c.called, time.Now().UTC()
	found.Payload = found.Payload[:min(len(found.Payload), kept)]
	content, err := json.Marshal(found)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), put)
	defer cancel()
	_, err = c.gate.refused.Publish(ctx, taking+c.user, content, jetstream.WithExpectStream(stream))
	return err
}

func (c *conversation) answer(kind byte, number uint16) error {
	c.Lock()
	defer c.Unlock()
	return packet{head: kind << 4, body: []byte{byte(number >> 8), byte(number)}}.write(c.client)
}

func (c *conversation) expect() {
	c.Lock()
	defer c.Unlock()
	c.owed++
}

// down passes on what the server says, and counts its answers.
func (c *conversation) down() {
	defer c.end()
	from := bufio.NewReader(c.server)
	for {
		said, err := next(from, int(c.gate.options.MaxPayload)+1<<16)
		if err != nil || c.hear(said) != nil {
			return
		}
	}
}

func (c *conversation) hear(said packet) error {
	c.Lock()
	defer c.Unlock()
	switch said.kind() {
	case packets.Connack:
		c.isLetIn = len(said.body) == 2 && said.body[1] == 0
		c.owed--
	case packets.Puback:
		c.owed--
	}
	c.changed.Broadcast()
	return said.write(c.client)
}

func (c *conversation) end() {
	c.Lock()
	c.isOver = true
	c.changed.Broadcast()
	c.Unlock()
	_ = c.client.Close()
}
