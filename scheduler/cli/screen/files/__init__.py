"""Files that commands write for people: a sample, a new post, an editor's settings, a mended post."""
