"""Apple File Conduit: files of one folder of the phone over a connection."""
