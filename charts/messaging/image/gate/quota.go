package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// overhead is what the server keeps of a report besides its topic and payload.
const overhead = 128

const putDown = 5 * time.Second // how often what clients have used is put down

var (
	errFull    = errors.New("has used up what it may store")
	errCrowded = errors.New("has as many connections as it may have")
)

// limits is what each client is held to: so many bytes at once, which come back to it within so many seconds, and so
// many connections.
type limits struct {
	Bytes       int64 `json:"bytes"`
	Seconds     int64 `json:"seconds"`
	Connections int   `json:"connections"`
}

// quota holds clients to their limits. A client's users are one: they are its passwords. What a client has used drains
// away in the time after which reports do; so within that time none stores more than twice its bytes.
type quota struct {
	limits
	file string
	now  func() time.Time

	sync.Mutex
	connected map[string]int
	used      map[string]usage
	saved     time.Time
}

type usage struct {
	Bytes int64     `json:"bytes"`
	At    time.Time `json:"at"`
}

// newQuota reads the limits in the file declared, and what was used before from the file used, which is its own.
func newQuota(declared, used string) (*quota, error) {
	made := &quota{file: used, now: time.Now, connected: map[string]int{}, used: map[string]usage{}}
	content, err := os.ReadFile(declared)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(content, &made.limits); err != nil {
		return nil, fmt.Errorf("%s: %w", declared, err)
	}
	if made.Bytes <= 0 || made.Seconds <= 0 || made.Connections <= 0 {
		return nil, fmt.Errorf("%s: bytes, seconds and connections have to be more than 0", declared)
	}
	if content, err := os.ReadFile(used); err == nil {
		_ = json.Unmarshal(content, &made.used) // half of a file is none: clients begin anew
	}
	return made, nil
}

// client is whose user it is: sensor of sensor.2, which is sensor with its second password.
func client(user string) string {
	name, _, _ := strings.Cut(user, ".")
	return name
}

func (q *quota) enter(user string) error {
	q.Lock()
	defer q.Unlock()
	if q.connected[client(user)] >= q.Connections {
		return fmt.Errorf("client %s %w: %d", client(user), errCrowded, q.Connections)
	}
	q.connected[client(user)]++
	return nil
}

func (q *quota) leave(user string) {
	q.Lock()
	defer q.Unlock()
	if q.connected[client(user)]--; q.connected[client(user)] == 0 {
		delete(q.connected, client(user))
	}
}

// take counts a report of so many bytes, or says that it is too much.
func (q *quota) take(user string, size int) error {
	q.Lock()
	defer q.Unlock()
	name, now := client(user), q.now()
	had := q.used[name]
	drained := int64(now.Sub(had.At).Seconds() * float64(q.Bytes) / float64(q.Seconds))
	bytes := max(had.Bytes-max(drained, 0), 0) + int64(size) + overhead
	if bytes > q.Bytes {
		if err := q.save(); err != nil { // a restart doesn't give it back
			return err
		}
		return fmt.Errorf("client %s %w: %d MiB within %d days", name, errFull, q.Bytes>>20, q.Seconds/86400)
	}
	q.used[name] = usage{bytes, now}
	if now.Sub(q.saved) > putDown {
		return q.save()
	}
	return nil
}

func (q *quota) save() error {
	content, err := json.Marshal(q.used)
	if err != nil {
		return err
	}
	q.saved = q.now()
	half := q.file + ".half"
	return errors.Join(os.WriteFile(half, content, 0o600), os.Rename(half, q.file))
}
