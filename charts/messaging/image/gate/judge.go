package gate

import (
	"strings"
	"unicode/utf8"

	"github.com/nats-io/nats-server/v2/server"
)

// Why a message is refused. The words are a reader's: they stand in REFUSED.
const (
	characters = "a topic has no space, control character, + or #, and no level that is * or > alone"
	tooLong    = "a topic has 512 bytes at most"
	tooLarge   = "a report, with its topic, is larger than the server's max_payload"
	noStore    = "a report of QoS 0 is kept by nobody: publish it with QoS 1"
	exactly    = "QoS 2 isn't offered: publish with QoS 1"
	outside    = "only what is on reports/ is stored, at a site what is on reports/ and its slug"
	forbidden  = "the client may not publish on this topic"
	retained   = "nothing is retained: the report is stored like any other"
)

const (
	prefix   = "reports/"
	longest  = 512
	reserved = 1024 // of max_payload, for the headers that a report gets on its way
)

// judge returns why a message of user on topic isn't taken, or nothing.
func (g *Gate) judge(user, topic string, qos byte, size int) string {
	isReport := strings.HasPrefix(topic, prefix)
	isOurs := strings.HasPrefix(topic, g.area())
	switch {
	case !isNameable(topic):
		return characters
	case len(topic) > longest:
		return tooLong
	case size > g.largest():
		return tooLarge
	case qos == 2:
		return exactly
	case qos == 1 && !isOurs:
		return outside
	case qos == 0 && isReport:
		return noStore
	case !g.mayPublish(user, topic):
		return forbidden
	}
	return ""
}

// area is what is stored and, of a site, drawn by its hub.
func (g *Gate) area() string {
	if len(g.options.LeafNode.Remotes) == 0 {
		return prefix
	}
	return prefix + g.options.JetStreamDomain + "/"
}

func (g *Gate) largest() int { return int(g.options.MaxPayload) - reserved }

func isNameable(topic string) bool {
	if topic == "" || !utf8.ValidString(topic) || strings.ContainsFunc(topic, isWrong) {
		return false
	}
	for level := range strings.SplitSeq(topic, "/") {
		if level == "*" || level == ">" {
			return false
		}
	}
	return true
}

func isWrong(letter rune) bool {
	return letter <= ' ' || letter == 0x7f || letter == '+' || letter == '#'
}

// mayPublish says whether the server would let user publish on topic. It drops what it doesn't, and acknowledges it.
func (g *Gate) mayPublish(user, topic string) bool {
	for _, known := range g.options.Users {
		if known.Username != user || known.Permissions == nil || known.Permissions.Publish == nil {
			continue
		}
		may, subject := known.Permissions.Publish, subject(topic)
		isAllowed := may.Allow == nil || matches(subject, may.Allow)
		return isAllowed && !matches(subject, may.Deny)
	}
	return true // the server's to say
}

// matches says whether one of patterns covers subject, as it is published or as it is mapped.
func matches(subject string, patterns []string) bool {
	for _, pattern := range patterns {
		if server.SubjectMatchesFilter(subject, pattern) || server.SubjectMatchesFilter("intake."+subject, pattern) {
			return true
		}
	}
	return false
}

// subject writes a topic as the server does, for what isNameable lets through: / is what . is there, and . is written //.
func subject(topic string) string {
	var written strings.Builder
	levels := strings.Split(topic, "/")
	for at, level := range levels {
		if at > 0 {
			written.WriteByte('.')
		}
		if level == "" {
			level = "/"
		}
		written.WriteString(strings.ReplaceAll(level, ".", "//"))
	}
	return written.String()
}
