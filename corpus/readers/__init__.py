"""Files in, documents out: one module per format; a file's content tells which."""
