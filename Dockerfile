# Builds the server with Swift's Debian 12 image. There are two targets:
#   docker build .                    Debian slim with the server's libraries: has a shell for debugging
#   docker build --target minimal .   only the server and its libraries
FROM swift:6.3-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libmicrohttpd-dev=0.9.75-* libgnutls28-dev=3.7.9-* nettle-dev=3.8.1-* libgmp-dev=2:6.2.1* libyaml-dev=0.2.5-* \
        zlib1g-dev=1:1.2.13* pkg-config=1.8.1-* \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# Package.swift refers to the folders of the tests, so they must exist; they are not built.
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product keyfactor-mock \
    && install -D "$(swift build -c release --static-swift-stdlib --show-bin-path)/keyfactor-mock" /out/usr/local/bin/keyfactor-mock \
    && strip /out/usr/local/bin/keyfactor-mock
# The loader searches lib and usr/lib, so the libraries keep their paths; ldd prints the loader itself without a name in front.
RUN mkdir /minimal \
    && ldd /out/usr/local/bin/keyfactor-mock | grep -oE '/[^ ]+' | xargs -I '{}' cp -L --parents '{}' /minimal

FROM scratch AS minimal
COPY --from=build /minimal /
COPY --from=build /out /
LABEL org.opencontainers.image.title="keyfactor-mock" \
    org.opencontainers.image.description="A stand-in for Keyfactor Command, for tests of its clients" \
    org.opencontainers.image.licenses="Apache-2.0"
# A container's port can be reached from outside only if the server listens on all addresses.
ENV KEYFACTOR_MOCK_HOST=0.0.0.0
USER 65532:65532
EXPOSE 8080 8443
STOPSIGNAL SIGTERM
# Finds the server's ports by itself, even if options changed them.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/keyfactor-mock", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/keyfactor-mock"]
CMD ["serve"]

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmicrohttpd12=0.9.75-* libgnutls30=3.7.9-* libyaml-0-2=0.2.5-* \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out /
# From here on the same as minimal; see the comments there.
LABEL org.opencontainers.image.title="keyfactor-mock" \
    org.opencontainers.image.description="A stand-in for Keyfactor Command, for tests of its clients" \
    org.opencontainers.image.licenses="Apache-2.0"
ENV KEYFACTOR_MOCK_HOST=0.0.0.0
USER 65532:65532
EXPOSE 8080 8443
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/keyfactor-mock", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/keyfactor-mock"]
CMD ["serve"]
