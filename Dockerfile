# One container with everything, for an OpenEnv Space: docker build -t codearena-space . && docker run -p 7860:7860 codearena-space
# It listens on PORT, 7860 if that is not set. Attempts get the isolation `local`, as far as the host's kernel grants it to
# a container; the log and /ready say what is missing. For training use the services of docker-compose.yml.
# The dashboard is in gateway/web if deploy/frontend.sh has built it on the host, as deploy/space.sh does: no image with Node.js is asked for.
# The newest Python for which the Redis server that comes with the packages needs no compiler.
ARG PYTHON_BASE=python:3.12-slim
FROM ${PYTHON_BASE}
RUN python3 -m venv /opt/venv
COPY requirements/server.lock /tmp/requirements.txt
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt
# A Space runs its container as uid 1000.
RUN useradd --uid 1000 --create-home codearena
WORKDIR /app
COPY codearena codearena
COPY executor_service executor_service
COPY gateway gateway
COPY grader_service grader_service
COPY judge_service judge_service
COPY server server
COPY openenv.yaml README.md ./
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CODEARENA_EXECUTOR_ISOLATION=local
# A Space shows its page within another one.
ENV CODEARENA_GATEWAY_FRAME_ANCESTORS=https://huggingface.co
USER codearena
EXPOSE 7860
CMD ["python", "-m", "server.app"]
