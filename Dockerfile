# Two stages: torch and the model's package stay in the first, which builds the index; the second serves it.
# Build with another package index or mirror by pip's own variables, e.g. --build-arg PIP_EXTRA_INDEX_URL=...; with
# --build-arg EXTRAS=[otel] it can send traces.
#
# It listens at every address of its container, so it asks for an API key and does not start before there is one:
#   docker run --rm -v clauseqa-keys:/srv/keys clauseqa clauseqa keys create NAME
#   docker run -v clauseqa-keys:/srv/keys -p 127.0.0.1:8000:8000 clauseqa
# Where nobody else can reach it, -e CLAUSEQA_NEED_KEYS=off lets everyone in.

FROM python:3.11-slim AS build
ARG PIP_EXTRA_INDEX_URL
WORKDIR /src
COPY pyproject.toml README.md NOTICE ./
COPY requirements requirements
COPY corpus corpus
COPY index index
COPY qa qa
COPY eval eval
RUN python -m venv /opt/build \
 && /opt/build/bin/python -m pip install --disable-pip-version-check --no-cache-dir -c requirements/lock.txt ".[build]" \
 && /opt/build/bin/clauseqa index build --bundle /srv/index/current \
 && /opt/build/bin/clauseqa index verify --bundle /srv/index/current
ARG EXTRAS=
RUN python -m venv /opt/serve \
 && /opt/serve/bin/python -m pip install --disable-pip-version-check --no-cache-dir -c requirements/lock.txt .$EXTRAS

FROM python:3.11-slim AS serve
RUN useradd --system --uid 10001 --no-create-home clauseqa \
 && install -d -o clauseqa -m 700 /srv/keys
COPY --from=build /opt/serve /opt/serve
COPY --from=build /srv/index /srv/index
ENV PATH=/opt/serve/bin:$PATH \
    CLAUSEQA_BUNDLE=/srv/index/current \
    CLAUSEQA_KEYS=/srv/keys/keys.json \
    CLAUSEQA_NEED_KEYS=on \
    CLAUSEQA_HOST=0.0.0.0 \
    CLAUSEQA_PORT=8000
USER clauseqa
VOLUME /srv/keys
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["clauseqa", "serve"]
