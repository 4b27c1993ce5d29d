# Builds the server with Swift's Debian 12 image, and keeps of it the binary alone.
FROM swift:6.3-bookworm AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmicrohttpd-dev libgnutls28-dev libyaml-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# Tests come along because the package names their folders; they are not built.
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product keyfactor-mock \
    && install -D "$(swift build -c release --static-swift-stdlib --show-bin-path)/keyfactor-mock" /out/keyfactor-mock \
    && strip /out/keyfactor-mock

FROM debian:bookworm-slim
# The libraries that the binary links, and nothing else.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmicrohttpd12 libgnutls30 libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/keyfactor-mock /usr/local/bin/keyfactor-mock
# A container's port is reached from outside only if the server listens on every address.
ENV KEYFACTOR_MOCK_HOST=0.0.0.0
USER 65532:65532
EXPOSE 8080 8443
# Asks with the same variables as the server was started with; options given as flags it cannot see.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/keyfactor-mock", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/keyfactor-mock"]
CMD ["serve"]
