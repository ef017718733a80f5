# itsmctl in a container: slim, without root. See docs/how-to/gate-a-change.md.
#   docker build -t itsmctl .
#   docker run --rm -v "$PWD:/work" itsmctl validate
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --quiet --no-cache-dir --wheel-dir /wheels .

FROM python:3.12-slim
# git tells what changed, and who approved it. The repository is mounted, so its owner is somebody else.
RUN apt-get update \
    && apt-get install --yes --quiet --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --create-home --uid 10001 itsmctl
COPY --from=build /wheels /wheels
RUN pip install --quiet --no-cache-dir --no-index --find-links /wheels itsmctl && rm -rf /wheels
USER 10001
WORKDIR /work
ENTRYPOINT ["itsmctl"]
CMD ["--help"]
