# The entrance to everything. `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
BUILD_PACKAGES := libmicrohttpd-dev libgnutls28-dev libyaml-dev
TEST_PACKAGES := $(BUILD_PACKAGES) curl jq openssl python3 python3-venv
RELEASE_PACKAGES := $(BUILD_PACKAGES) binutils
BENCH_PACKAGES := $(BUILD_PACKAGES) wrk nginx-light gcc binutils pkg-config python3 python3-venv
RELEASE := swift build -c release --static-swift-stdlib

# Installs the Debian packages that are missing, and asks apt nothing if none is.
define install
@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then $(SUDO) apt-get update -q && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends $$missing; fi
endef

.PHONY: help deps build run test check lint bench release image-test sanitize soak fuzz clean
help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

deps: ## install what building needs
	$(call install,$(BUILD_PACKAGES))

build: deps ## build the release binary
	$(RELEASE) --product keyfactor-mock

run: build ## build and serve; options in ARGS, as in make run ARGS='--http-port 0'
	exec .build/release/keyfactor-mock serve $(ARGS)

test: ## install what the tests need, build, and run them all: ours, real clients against the server, some fuzzing, a short soak
	$(call install,$(TEST_PACKAGES))
	swift build --build-tests
	swift test --skip-build
	Tests/Clients/run
	Fuzz/run --seconds 10 --seed 1
	Tests/Soak/run

soak: ## load, faults and kill -9 for MINUTES (2), or longer: make soak MINUTES=30
	$(call install,$(TEST_PACKAGES))
	swift build --product keyfactor-mock
	Tests/Soak/run --minutes $(or $(MINUTES),2)

lint: ## the format of every Swift file
	swift format lint --strict --recursive Sources Tests Fuzz Package.swift

check: lint test ## all that must hold before a commit: format, tests, rules of the house

sanitize: ## all tests again under AddressSanitizer and ThreadSanitizer, or under SANITIZER alone, as in make sanitize SANITIZER=thread
	$(call install,$(TEST_PACKAGES))
	Tests/sanitize $(SANITIZER)

bench: ## measure, and write docs/PERFORMANCE.md
	$(call install,$(BENCH_PACKAGES))
	Benchmarks/run

fuzz: ## hostile input, ten minutes for each fuzzer; see Fuzz/README.md
	$(call install,$(BUILD_PACKAGES))
	Fuzz/run

release: ## build dist/keyfactor-mock-VERSION-linux-…tar.gz and its checksum from what is committed; a git tag such as v0.1.0 is the version
	$(call install,$(RELEASE_PACKAGES))
	.ci/release

image-test: ## build both container images with Docker or Podman, and try them
	.ci/image-test

clean: ## remove what was built
	rm -rf .build dist
