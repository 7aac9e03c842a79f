# The sandbox image as a file, in an image that kubelet can pull: the engines of executors reach no registry.
#
#   docker save codearena-runner:dev --output build/runner.tar
#   docker build --file deploy/kubernetes/archive.Dockerfile --tag codearena-runner-archive:dev build
ARG EXECUTOR=codearena-executor:dev
FROM ${EXECUTOR}
# `docker save` lets only its user read it.
COPY --chmod=0444 runner.tar /runner.tar
USER 10100
ENTRYPOINT ["cp", "/runner.tar", "/archive/runner.tar"]
