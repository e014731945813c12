"""How fast onetime is on this machine: real server, real sockets, real disk, and three yardsticks."""
