# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
BUILD_PACKAGES := libmicrohttpd-dev libgnutls28-dev nettle-dev libgmp-dev libyaml-dev zlib1g-dev
TEST_PACKAGES := $(BUILD_PACKAGES) curl jq openssl python3 python3-venv
RELEASE_PACKAGES := $(BUILD_PACKAGES) binutils gcc python3 python3-venv dpkg-dev debhelper man-db lintian mmdebstrap iproute2
BENCH_PACKAGES := $(BUILD_PACKAGES) wrk nginx-light valgrind openssl gcc binutils pkg-config python3 python3-venv
KIT_PACKAGES := openjdk-17-jdk-headless junit5 mono-mcs
BROWSER := chromium-headless-shell
RELEASE := swift build -c release --static-swift-stdlib

# Installs the Debian packages that are missing, and asks apt nothing if none is.
define install
@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then $(SUDO) apt-get update -q && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -q --no-install-recommends $$missing; fi
endef

.PHONY: help deps build run test check rest lint schemathesis recipes page fuzz soak siege server sanitize bench release wheel deb wheel-test image-test clean
# Targets build into the same folder, and tests are not to be disturbed.
.NOTPARALLEL:
help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

deps: ## install what building needs
	$(call install,$(BUILD_PACKAGES))

build: deps ## build the release binary
	$(RELEASE) --product keyfactor-mock

run: build ## build and serve; options in ARGS, as in make run ARGS='--http-port 0'
	exec .build/release/keyfactor-mock serve $(ARGS)

test: ## install what the tests need, build, and run them: ours in Swift, and real clients against the server
	$(call install,$(TEST_PACKAGES))
	Tests/build
	Tests/swift
	Tests/Clients/run

check: test rest wheel-test ## all that must hold before a change is handed in

rest: lint schemathesis recipes page fuzz soak siege ## what `make check` does besides `make test`

lint: ## the format of every Swift file
	swift format lint --strict --recursive Sources Tests Fuzz Package.swift

schemathesis: server ## ask all that the description of the API allows, and much that it does not
	Tests/Clients/run fuzzing/

recipes: server ## judge the recipes in examples/ and the workflows, and run their scripts and the kits for other languages
	$(call install,$(KIT_PACKAGES))
	Tests/Clients/run recipes/

page: server ## the page at /_mock/ui in a browser without a screen; skipped where none can be installed
	-$(call install,$(BROWSER))
	Tests/Clients/run page/

fuzz: ## hostile input, ten seconds for each fuzzer from the same seed, or MINUTES: make fuzz MINUTES=10; see Fuzz/README.md
	$(call install,$(BUILD_PACKAGES))
	Fuzz/run --seconds $(if $(MINUTES),$$(($(MINUTES) * 60)),10 --seed 1)

soak: server ## load, faults and kill -9 for MINUTES (2), or longer: make soak MINUTES=30
	Tests/tidily Tests/Soak/run --minutes $(or $(MINUTES),2)

siege: server ## a hostile client for MINUTES (1) against a server that may have 1 GiB of addresses
	MINUTES=$(or $(MINUTES),1) Tests/tidily Tests/Soak/siege

# The debug build that tests of a running server need.
server:
	$(call install,$(TEST_PACKAGES))
	swift build --product keyfactor-mock

sanitize: ## all tests again under AddressSanitizer and ThreadSanitizer, or under SANITIZER alone, as in make sanitize SANITIZER=thread
	$(call install,$(TEST_PACKAGES))
	Tests/sanitize $(SANITIZER)

bench: ## measure, and write docs/PERFORMANCE.md
	$(call install,$(BENCH_PACKAGES))
	Benchmarks/run

release: ## build archive, wheel, Debian package, list of parts and checksums into dist/ from what is committed; a git tag such as v0.1.0 is the version
	$(call install,$(RELEASE_PACKAGES))
	.ci/release

wheel: ## build the wheel with the program, its libraries and the pytest plugin into dist/ from what is committed
	$(call install,$(RELEASE_PACKAGES))
	.ci/release wheel

deb: ## build the package for Debian 12 and 13 into dist/ from what is committed
	$(call install,$(RELEASE_PACKAGES))
	.ci/release deb

wheel-test: ## build wheel and Debian package from what lies here, and try both on bare Debian 12 and 13
	$(call install,$(RELEASE_PACKAGES))
	packaging/test

image-test: ## build both container images with Docker or Podman, and try them
	.ci/image-test

clean: ## remove what was built
	rm -rf .build dist
