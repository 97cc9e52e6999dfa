package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long a part may take to end before it is killed.
const patience = 4 * time.Second

var errStopped = errors.New("told to stop")

// supervisor keeps the parts of a server or an agent. If one ends, all end and the unit starts anew, as it is with
// k3s, which is one process. Containers live on below their shims: what stops them is `kill` on those, which is the
// business of who removes k3s from a host.
type supervisor struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	lock  sync.Mutex
	parts []*part
}

// partEnvironment is ours without systemd's socket: whether the unit is up is for us to say.
var partEnvironment = slices.DeleteFunc(os.Environ(), func(variable string) bool {
	return strings.HasPrefix(variable, "NOTIFY_SOCKET=")
})

type part struct {
	name    string
	command *exec.Cmd
	ended   chan struct{}
}

func newSupervisor(parent context.Context) *supervisor {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	context.AfterFunc(parent, func() { cancel(errStopped) })
	return &supervisor{ctx: ctx, cancel: cancel}
}

// start runs a program as a part.
func (s *supervisor) start(name string, argv ...string) error {
	p := &part{name: name, command: exec.Command(argv[0], argv[1:]...), ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr = os.Stderr, os.Stderr
	p.command.Env = partEnvironment
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	started := make(chan error)
	go s.keep(p, started)
	if err := <-started; err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.parts = append(s.parts, p)
	return nil
}

// keep starts a part and waits for its end, on a thread of its own: the kernel sends the death signal when the thread
// that made the child ends.
func (s *supervisor) keep(p *part, started chan<- error) {
	runtime.LockOSThread()
	if err := p.command.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	err := p.command.Wait()
	close(p.ended)
	s.cancel(fmt.Errorf("%s ended by itself: %w", p.name, errors.Join(err, errors.New(p.command.ProcessState.String()))))
}

// startComponent runs a part of Kubernetes: this program again, under the part's name.
func (s *supervisor) startComponent(name string, flags ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return s.start(name, append([]string{self, name}, flags...)...)
}

// run keeps a loop of our own: what it returns before the end is the end of all.
func (s *supervisor) run(name string, loop func(context.Context) error) {
	go func() {
		if err := loop(s.ctx); s.ctx.Err() == nil {
			s.fail(fmt.Errorf("%s: %w", name, err))
		}
	}()
}

func (s *supervisor) fail(err error) {
	s.cancel(err)
}

// wait waits for the end, then stops the parts, the last first: a kubelet still reports to the API while it ends.
func (s *supervisor) wait() error {
	<-s.ctx.Done()
	s.lock.Lock()
	defer s.lock.Unlock()
	for i := len(s.parts) - 1; i >= 0; i-- {
		s.parts[i].stop()
	}
	if err := context.Cause(s.ctx); !errors.Is(err, errStopped) {
		return err
	}
	return nil
}

func (p *part) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
		log.Printf("%s didn't end in %s and is killed", p.name, patience)
		_ = p.command.Process.Kill()
		<-p.ended
	}
}
