"""Several machines on one: a Docker Swarm of engines in containers, with the stack of deploy/swarm on it."""
