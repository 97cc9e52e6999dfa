// Messaging is the one program of the image: the NATS server, and what a city needs around it.
//
//	messaging streams CONFIGURATION STREAMS.json  make the declared streams true, and end
//	messaging serve CONFIGURATION QUOTA.json [SITES.json]
//	                                              serve; a hub draws the reports of its sites
//	messaging unsent [MONITOR]                    print how many reports the hub doesn't have yet
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"simpul.id/messaging/draw"
	"simpul.id/messaging/gate"
	"simpul.id/messaging/inner"
	"simpul.id/messaging/streams"
	"simpul.id/messaging/unsent"
)

const usage = "usage: messaging streams CONFIGURATION STREAMS.json | serve CONFIGURATION QUOTA.json [SITES.json] | unsent [MONITOR]"

const monitor = "http://127.0.0.1:8222" // the server's own, in the same pod

func main() {
	command, given := "", []string{}
	if len(os.Args) > 1 {
		command, given = os.Args[1], os.Args[2:]
	}
	err, known := run(command, given)
	if !known {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "messaging %s: %v\n", command, err)
		os.Exit(1)
	}
}

func run(command string, given []string) (err error, known bool) {
	switch {
	case command == "streams" && len(given) == 2:
		return streams.Make(given[0], given[1]), true
	case command == "serve" && (len(given) == 2 || len(given) == 3):
		return serve(given[0], given[1], given[2:]), true
	case command == "unsent" && len(given) < 2:
		return tell(append(given, monitor)[0]), true
	}
	return nil, false
}

func serve(configuration, quota string, sites []string) error {
	options, err := inner.Options(configuration)
	if err != nil {
		return err
	}
	door, err := gate.New(options, quota)
	if err != nil {
		return err
	}
	running, err := inner.Start(options)
	if err != nil {
		return err
	}
	if err := door.Open(running); err != nil {
		return err
	}
	if len(sites) == 1 {
		if err := draw.Start(running, sites[0], filepath.Join(options.StoreDir, "drawn.json")); err != nil {
			return err
		}
	}
	running.WaitForShutdown()
	return nil
}

func tell(monitor string) error {
	count, err := unsent.Count(monitor)
	if err == nil {
		fmt.Println(count)
	}
	return err
}
