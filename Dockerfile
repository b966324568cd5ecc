# One image for all: docker run … aniworld [run|web|worker|manage …]   (docs/install/container.md)
# Debian's own Python, so that everything below can be tried in any Debian root file system.

FROM debian:trixie-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements.lock ./
# Exactly what the lock file names, from wheels alone: they exist for amd64 and arm64.
RUN python3 -m venv /opt/aniworld \
 && /opt/aniworld/bin/pip install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE manage.py ./
COPY aniworld aniworld
COPY accounts accounts
COPY library library
COPY downloads downloads
COPY providers providers
COPY templates templates
COPY static static
COPY locale locale
RUN /opt/aniworld/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps . \
 && /opt/aniworld/bin/pip uninstall --yes --quiet pip \
 && STATIC_DIR=/opt/aniworld/static DATA_DIR=/tmp/data /opt/aniworld/bin/aniworld manage collectstatic \
 && rm -rf /tmp/data

FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 tini tzdata \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/aniworld /opt/aniworld
ENV PATH=/opt/aniworld/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/config \
    STATIC_DIR=/opt/aniworld/static \
    HOST=0.0.0.0 \
    PORT=8000
VOLUME /config
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["aniworld", "health"]
ENTRYPOINT ["tini", "--", "python", "-m", "aniworld.container"]
CMD ["run"]
