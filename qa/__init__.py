"""Questions in, verified answers out: what people meet, over HTTP and in the terminal."""
