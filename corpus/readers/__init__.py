"""Files in, documents out: one module per format, chosen by the file's name."""
