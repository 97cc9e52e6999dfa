package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// newTokenCommand makes `k3s token rotate`, of k3s's commands for tokens the one that changes a standing server's.
func newTokenCommand() *cobra.Command {
	config := &Config{}
	var wanted string
	rotate := &cobra.Command{
		Use: "rotate", Short: "Give the cluster another token", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if config.Token == "" {
				kept, err := readTrimmed(config.path("server", "token"))
				if err != nil {
					return err
				}
				config.Token = kept
			}
			t, err := parseToken(config.Token)
			if err != nil {
				return err
			}
			s, err := meet(command.Context(), config.Server, t)
			if err != nil {
				return err
			}
			body, err := json.Marshal(map[string]string{"newToken": wanted})
			if err != nil {
				return err
			}
			if _, err := s.ask(command.Context(), http.MethodPut, "/v1-k3s/token", body, s.login); err != nil {
				return err
			}
			fmt.Fprintln(command.OutOrStdout(), "Token rotated, restart k3s nodes with new token")
			return nil
		},
	}
	rotate.Flags().StringVarP(&config.DataDir, "data-dir", "d", defaultData, "folder of all state")
	rotate.Flags().StringVarP(&config.Token, "token", "t", "", "the token that the cluster has")
	rotate.Flags().StringVarP(&config.Server, "server", "s", localAPI, "address of the server")
	rotate.Flags().StringVar(&wanted, "new-token", "", "the token that it gets")
	_ = rotate.MarkFlagRequired("new-token")
	command := &cobra.Command{Use: "token", Short: "Manage tokens"}
	command.AddCommand(rotate)
	return command
}
