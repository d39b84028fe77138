# One image, several commands; docker-compose.yml says which process runs which.
#   docker build --target service .     worker, API, relay, comms
#   docker build --target standins .    the same with the stand-ins of Twilio, AWS and the CRMs; never for production

ARG PYTHON=python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3

# hadolint ignore=DL3006
FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ONLY_BINARY=:all: PIP_REQUIRE_HASHES=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/venv
COPY requirements/service.txt /build/
RUN pip --python /opt/venv/bin/python install -r /build/service.txt

FROM build AS build-standins
COPY requirements/local.txt /build/
RUN pip --python /opt/venv/bin/python install -r /build/local.txt

# hadolint ignore=DL3006
FROM ${PYTHON} AS package
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY deploy/container/build.txt ./
RUN pip install --require-hashes --only-binary :all: -r build.txt
COPY pyproject.toml worker.py ./
COPY requirements/service.in requirements/
COPY models models
COPY activities activities
COPY workflows workflows
COPY starter starter
COPY deploy deploy
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels .

# hadolint ignore=DL3006
FROM ${PYTHON} AS runtime
RUN pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && groupadd --gid 10001 comms \
    && useradd --uid 10001 --gid comms --no-create-home --home-dir /var/lib/comms --shell /usr/sbin/nologin comms \
    && install -d -m 0700 -o comms -g comms /var/lib/comms
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /var/lib/comms
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.title="zartsalgo-comms" \
      org.opencontainers.image.description="Runs every client communication as a Temporal workflow" \
      org.opencontainers.image.vendor="ZartsAlgo"

FROM build AS installed
RUN --mount=type=bind,from=package,source=/wheels,target=/wheels \
    PIP_REQUIRE_HASHES=0 pip --python /opt/venv/bin/python install --no-deps --no-index /wheels/*.whl

FROM build-standins AS installed-standins
RUN --mount=type=bind,from=package,source=/wheels,target=/wheels \
    PIP_REQUIRE_HASHES=0 pip --python /opt/venv/bin/python install --no-deps --no-index /wheels/*.whl

FROM runtime AS standins
COPY --from=installed-standins /opt/venv /opt/venv
USER 10001:10001
CMD ["python", "-m", "deploy.local.standins.twilio", "--help"]

FROM runtime AS service
COPY --from=installed /opt/venv /opt/venv
USER 10001:10001
CMD ["python", "-m", "worker"]
