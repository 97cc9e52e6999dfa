// The lab's stand-in for k3s: upstream Kubernetes behind the command line, configuration file, folders and
// unit behaviour of k3s, as far as Simpul's role uses them.
//
// k3s carries a datastore, a container runtime and network programs; the stand-in takes those from the host
// (etcd, containerd, runc, CNI plugins, iptables). Started as a server or an agent it starts itself again once
// for each part of Kubernetes.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/component-base/version"
)

func main() {
	if len(os.Args) > 1 && components[os.Args[1]] != nil {
		name := os.Args[1]
		if name == "kubectl" && os.Getenv("KUBECONFIG") == "" {
			os.Setenv("KUBECONFIG", administratorFile)
		}
		os.Args = append([]string{name}, os.Args[2:]...)
		os.Exit(runComponent(name))
	}
	// The parts register flags of theirs for the whole process, --version among them.
	pflag.CommandLine = pflag.NewFlagSet(os.Args[0], pflag.ContinueOnError)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	err := newCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "k3s:", err)
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "k3s",
		Short:         "Kubernetes in one program (Simpul's lab stand-in)",
		Version:       version.Get().GitVersion + " (stand-in of Simpul's lab, made of upstream Kubernetes)",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("k3s version {{.Version}}\n")
	root.AddCommand(newRoleCommand(roleServer, "Run the control plane, and a node beside it", runServer))
	root.AddCommand(newRoleCommand(roleAgent, "Run a node of a server's cluster", runAgent))
	root.AddCommand(newCertificateCommand(), newTokenCommand(), newSnapshotCommand())
	return root
}

// newRoleCommand makes a command that reads its configuration and runs until it is told to stop or a part of it ends.
func newRoleCommand(role, short string, run func(*Config, *supervisor) error) *cobra.Command {
	config := &Config{Role: role}
	command := &cobra.Command{
		Use:   role,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := config.complete(command.Flags()); err != nil {
				return err
			}
			parts := newSupervisor(command.Context())
			if err := run(config, parts); err != nil {
				parts.fail(err)
			}
			return parts.wait()
		},
	}
	config.addFlags(command.Flags())
	return command
}
