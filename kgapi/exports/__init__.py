"""The whole of what is told as files, each read from one moment of the store and made as it is written."""
