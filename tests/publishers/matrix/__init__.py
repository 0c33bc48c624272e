"""The fault matrix of the networks: the whole program against each emulator and real server, broken at every point in every way."""
