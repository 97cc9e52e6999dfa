package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"
)

// k3s's commands for a datastore that is etcd: a snapshot of it while it runs, and a start from one.

var errResetBefore = errors.New("managed etcd cluster membership was reset before, restart without --cluster-reset flag")

// newSnapshotCommand makes `k3s etcd-snapshot save` and `ls`.
func newSnapshotCommand() *cobra.Command {
	config := &Config{}
	var folder, name string
	command := &cobra.Command{Use: "etcd-snapshot", Short: "Copy the datastore while it runs"}
	flags := command.PersistentFlags()
	flags.StringVarP(&config.DataDir, "data-dir", "d", defaultData, "folder of all state")
	flags.StringVar(&folder, "etcd-snapshot-dir", "", "folder of snapshots (default: server/db/snapshots)")
	flags.StringVar(&folder, "dir", "", "the same")
	flags.StringVar(&name, "name", "on-demand", "what a snapshot's name begins with")
	at := func() string {
		if folder != "" {
			return folder
		}
		return config.path("server", "db", "snapshots")
	}
	save := &cobra.Command{
		Use: "save", Short: "Copy the datastore", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			host, err := os.Hostname()
			if err != nil {
				return err
			}
			file := filepath.Join(at(), fmt.Sprintf("%s-%s-%d", name, host, now().Unix()))
			say(command.ErrOrStderr(), "info", "Saving etcd snapshot to %s", file)
			return saveSnapshot(command.Context(), config, file)
		},
	}
	list := &cobra.Command{
		Use: "ls", Aliases: []string{"list", "l"}, Short: "List what was copied", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			files, err := os.ReadDir(at())
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			for _, file := range files {
				fmt.Fprintf(command.OutOrStdout(), "%s file://%s\n", file.Name(), filepath.Join(at(), file.Name()))
			}
			return err
		},
	}
	command.AddCommand(save, list)
	return command
}

func saveSnapshot(ctx context.Context, c *Config, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	p := c.tls()
	return etcdctl(ctx, "--endpoints="+localEtcd, "--cacert="+p.cert(etcdAuthority),
		"--cert="+p.cert(servingEtcd), "--key="+p.key(servingEtcd), "snapshot", "save", file)
}

func etcdctl(ctx context.Context, arguments ...string) error {
	command := exec.CommandContext(ctx, "etcdctl", arguments...)
	command.Env = append(os.Environ(), "ETCDCTL_API=3")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("etcdctl: %w: %s", err, output)
	}
	return nil
}

// resetMark says that the datastore was reset and no server has started since.
func (c *Config) resetMark() string { return c.path("server", "db", "reset-flag") }

// resetCluster makes the datastore alone in its cluster, from a snapshot if one is named. The next start goes on with
// it; this one ends when it has seen that the token is the datastore's.
func resetCluster(c *Config, parts *supervisor) error {
	if _, err := os.Stat(c.resetMark()); err == nil {
		return errResetBefore
	}
	if c.RestorePath != "" {
		if err := restoreSnapshot(parts.ctx, c); err != nil {
			return err
		}
	}
	if err := startEtcd(c, c.tls(), parts); err != nil {
		return err
	}
	store, err := openDatastore(parts.ctx, c.tls())
	if err != nil {
		return err
	}
	t, err := ownToken(c)
	if err != nil {
		return err
	}
	if _, err := loadBootstrap(parts.ctx, store, c.path("server"), t.secret); err != nil {
		return err
	}
	if err := writeSecret(c.resetMark(), ""); err != nil {
		return err
	}
	log.Print("Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. " +
		"Backup and delete ${datadir}/server/db on each peer etcd server and rejoin the nodes")
	parts.cancel(errStopped)
	return nil
}

// restoreSnapshot puts a snapshot in the datastore's place; what was there is kept beside it.
func restoreSnapshot(ctx context.Context, c *Config) error {
	if _, err := os.Stat(c.RestorePath); err != nil {
		return fmt.Errorf("etcd: snapshot path does not exist: %w", err)
	}
	folder := c.etcdFolder()
	if _, err := os.Stat(folder); err == nil {
		if err := os.Rename(folder, fmt.Sprintf("%s-old-%d", folder, now().Unix())); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return err
	}
	return etcdctl(ctx, "snapshot", "restore", c.RestorePath, "--data-dir="+folder, "--name="+etcdName,
		"--initial-cluster="+etcdName+"="+localPeer, "--initial-advertise-peer-urls="+localPeer)
}
