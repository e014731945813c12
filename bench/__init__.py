"""How fast onetime is on this machine: real server, sockets and disk, and three yardsticks."""
