"""The server's commands, by what they are about; each is a function of the desk and one request."""
