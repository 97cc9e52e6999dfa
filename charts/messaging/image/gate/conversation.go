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

	underWay = 512 << 10 // bytes that the server hasn't acknowledged yet, of one client's connection
)

var errGone = errors.New("the server has closed the connection")

// conversation is one client's. What it sends goes up to the server, what the server says comes down.
type conversation struct {
	gate           *Gate
	client, server net.Conn
	user, called   string
	told           bool // that nothing is retained
	exact          map[uint16]bool
	hasAsked       bool // to come in
	will           int  // bytes that the server stores when the client goes without a word

	sync.Mutex      // of what follows, and of writing to the client
	changed         *sync.Cond
	owed            []int // answers of the server, by the bytes that they are to: to CONNECT, and to QoS 1
	isLetIn, isOver bool
	why             error // it was ended from here
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

// run ends when either side does, or with an error when the client is ended for what it may not have.
func (c *conversation) run() error {
	go c.down()
	_ = c.client.SetReadDeadline(time.Now().Add(handshake))
	from := bufio.NewReader(c.client)
	for {
		read, err := next(from, int(c.gate.options.MaxPayload)+longest)
		if err == nil {
			err = c.up(read)
		}
		if err != nil {
			return c.left(err)
		}
	}
}

// left gives the client's place back, and returns why it was ended, if it was.
func (c *conversation) left(err error) error {
	c.Lock()
	defer c.Unlock()
	c.isOver = true
	if c.isLetIn {
		c.isLetIn = false
		c.gate.quota.leave(c.user)
	}
	if errors.Is(err, errFull) {
		return err
	}
	return c.why
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

// connect lets the server say who comes in. A will that would be refused is, and the client is let in without. A
// session is the client's own: the server knows sessions by the client's identifier alone.
func (c *conversation) connect(read packet) error {
	parsed, err := read.parse()
	if err != nil {
		return read.write(c.server) // the server's to refuse
	}
	_ = c.client.SetReadDeadline(time.Time{}) // from here on the server watches the client's keep-alive
	if c.hasAsked {
		return errPacket // a second time on one connection, perhaps by another name
	}
	c.hasAsked = true
	asked := parsed.(*packets.ConnectPacket)
	c.user, c.called = asked.Username, asked.ClientIdentifier
	if asked.ClientIdentifier != "" {
		asked.ClientIdentifier = client(c.user) + ":" + c.called
	}
	c.expect(0)
	if !asked.WillFlag {
		return asked.Write(c.server)
	}
	will := refusal{Topic: asked.WillTopic, QoS: asked.WillQos, Size: len(asked.WillMessage), Payload: asked.WillMessage}
	will.Reason = c.gate.judge(c.user, will.Topic, will.QoS, will.Size)
	asked.WillRetain = false
	if will.Reason != "" {
		asked.WillFlag, asked.WillQos = false, 0
	} else {
		c.will = len(will.Topic) + will.Size
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
	return c.pass(message.Qos, read, len(found.Topic)+found.Size)
}

// unretained stores a report whose client wants it retained, and says once that it isn't.
func (c *conversation) unretained(message *packets.PublishPacket, found refusal) error {
	if !c.told {
		if c.told = true; c.keep(found) != nil {
			return errGone
		}
	}
	message.Retain = false
	if err := c.count(message.Qos, len(found.Topic)+found.Size); err != nil {
		return err
	}
	return message.Write(c.server)
}

func (c *conversation) pass(qos byte, read packet, size int) error {
	if err := c.count(qos, size); err != nil {
		return err
	}
	return read.write(c.server)
}

// count takes a report of so many bytes from what the client may store. It isn't acknowledged if that is too much.
func (c *conversation) count(qos byte, size int) error {
	if qos == 0 {
		return nil
	}
	if !c.isIn() {
		return errGone
	}
	if err := c.gate.quota.take(c.user, size); err != nil {
		c.settle() // or the client would send again what is stored
		return err
	}
	c.expect(size)
	return nil
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
	if !c.settle() {
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

// settle waits until the server has answered all that it owes, and tells whether the client is still there.
func (c *conversation) settle() bool {
	c.Lock()
	defer c.Unlock()
	for len(c.owed) > 0 && !c.isOver {
		c.changed.Wait()
	}
	return c.isLetIn && !c.isOver
}

func (c *conversation) answer(kind byte, number uint16) error {
	c.Lock()
	defer c.Unlock()
	return packet{head: kind << 4, body: []byte{byte(number >> 8), byte(number)}}.write(c.client)
}

// isIn waits for the server's word: nothing is counted for who only says who it is.
func (c *conversation) isIn() bool {
	c.Lock()
	defer c.Unlock()
	for !c.isLetIn && !c.isOver {
		c.changed.Wait()
	}
	return c.isLetIn && !c.isOver
}

// expect waits until what is under way leaves room for size more bytes, of whose storing the server will tell.
func (c *conversation) expect(size int) {
	c.Lock()
	defer c.Unlock()
	for len(c.owed) > 0 && sum(c.owed)+size > underWay && !c.isOver {
		c.changed.Wait()
	}
	c.owed = append(c.owed, size)
}

func sum(sizes []int) (total int) {
	for _, size := range sizes {
		total += size
	}
	return total
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
		if len(said.body) == 2 && said.body[1] == 0 && !c.isOver {
			if c.why = c.come(); c.why != nil {
				return c.why
			}
		}
		c.answered()
	case packets.Puback:
		c.answered()
	}
	c.changed.Broadcast()
	return said.write(c.client)
}

// come takes a place for who was let in, and room for its will.
func (c *conversation) come() error {
	if err := c.gate.quota.enter(c.user); err != nil {
		return err
	}
	c.isLetIn = true
	if c.will == 0 {
		return nil
	}
	return c.gate.quota.take(c.user, c.will)
}

func (c *conversation) answered() {
	if len(c.owed) > 0 {
		c.owed = c.owed[1:]
	}
}

func (c *conversation) end() {
	c.Lock()
	c.isOver = true
	c.changed.Broadcast()
	c.Unlock()
	_ = c.client.Close()
}
