"""The sandbox image: its Dockerfile, the seccomp profile, and what builds it from a checkout or an installation."""
