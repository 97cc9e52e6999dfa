package gate

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

const whole = 128 << 10 // of a packet that isn't a message, at most: a CONNECT with a will, a long SUBSCRIBE

var errPacket = errors.New("no packet of MQTT 3.1.1")

// packet is one of MQTT's: its first byte, and what follows its length. What was longer than wanted is cut off.
type packet struct {
	head byte
	body []byte
	size int
}

func (p packet) kind() byte { return p.head >> 4 }

// next reads a packet; of a message as much as largest, and what is more is passed over.
func next(from *bufio.Reader, largest int) (packet, error) {
	head, err := from.ReadByte()
	if err != nil {
		return packet{}, err
	}
	size, err := length(from)
	if err != nil {
		return packet{}, err
	}
	read := packet{head: head, size: size}
	most := whole
	if read.kind() == packets.Publish {
		most = max(largest, whole)
	} else if size > most {
		return packet{}, errPacket
	}
	read.body = make([]byte, min(size, most))
	if _, err := io.ReadFull(from, read.body); err != nil {
		return packet{}, err
	}
	_, err = io.CopyN(io.Discard, from, int64(size-len(read.body)))
	return read, err
}

// length reads what MQTT calls the remaining length: seven bits a byte, four bytes at most.
func length(from *bufio.Reader) (int, error) {
	size := 0
	for shift := 0; shift < 28; shift += 7 {
		digit, err := from.ReadByte()
		if err != nil {
			return 0, err
		}
		size |= int(digit&0x7f) << shift
		if digit&0x80 == 0 {
			return size, nil
		}
	}
	return 0, errPacket
}

// parse reads a packet's fields.
func (p packet) parse() (packets.ControlPacket, error) {
	header := packets.FixedHeader{
		MessageType: p.kind(), Dup: p.head&8 != 0, Qos: p.head >> 1 & 3, Retain: p.head&1 != 0, RemainingLength: len(p.body),
	}
	made, err := packets.NewControlPacketWithHeader(header)
	if err != nil {
		return nil, err
	}
	return made, made.Unpack(bytes.NewReader(p.body))
}

// number returns the packet identifier of an acknowledgement.
func (p packet) number() uint16 {
	if len(p.body) < 2 {
		return 0
	}
	return uint16(p.body[0])<<8 | uint16(p.body[1])
}

// write puts a packet down as it came.
func (p packet) write(to io.Writer) error {
	var out bytes.Buffer
	out.WriteByte(p.head)
	for size := len(p.body); ; {
		digit := byte(size & 0x7f)
		if size >>= 7; size == 0 {
			out.WriteByte(digit)
			break
		}
		out.WriteByte(digit | 0x80)
	}
	out.Write(p.body)
	_, err := to.Write(out.Bytes())
	return err
}
