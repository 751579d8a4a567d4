"""What the shell's command table points to; a module is one tool or one family of tools."""
