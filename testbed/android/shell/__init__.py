"""The phone's `sh`: words, redirections, pipes and lists in front of a table of commands (mksh.1)."""
