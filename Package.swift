// swift-tools-version: 6.2
import PackageDescription

/// Everything that `KeyfactorMock` is made of, from the bottom to the top. Each may use those before it.
let rooms = [
    "MicroHTTP", "Base", "PKI", "ScenarioFormat", "Entities", "Model", "Security", "Orchestrators", "Issuance", "Stores", "Certificates",
    "Command", "Rules", "Journal", "Worlds",
]

/// All rooms, as dependencies.
let allRooms = rooms.map { Target.Dependency(stringLiteral: $0) }

/// A room.
func room(_ name: String, _ others: Target.Dependency...) -> Target {
    .target(name: name, dependencies: rooms.prefix { $0 != name }.map { .init(stringLiteral: $0) } + others)
}

/// Releases run on other distributions than the one they are built on. They contain libmicrohttpd, of which those have releases that have
/// not been tried, and have no packed relocations, which ask for glibc 2.36; without them 2.35 is enough.
let isReleased = Context.environment["KFMOCK_RELEASE"] != nil
let microhttpd = isReleased ? ":libmicrohttpd.a" : "microhttpd"
let packedRelocations = isReleased ? [] : ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]

/// What the linker reads besides objects.
let staticFolder = "\(Context.packageDirectory)/Sources/static"

let collections = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")

let package = Package(
    name: "keyfactor-mock",
    products: [
        .executable(name: "keyfactor-mock", targets: ["keyfactor-mock"])
    ],
    dependencies: [
        // The command line: options, help texts, shell completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // TreeDictionary: persistent maps, so that a fork of a world is O(1). Heap: what falls due, in order.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    ],
    targets: [
        // The event loop on libmicrohttpd and GnuTLS. Shows none of their types.
        .target(
            name: "CListener",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"])],
            linkerSettings: [.linkedLibrary(microhttpd), .linkedLibrary("gnutls")]
        ),
        // Hashes, keys, signatures and containers. GnuTLS brings nettle and gmp. Shows none of their types.
        .target(
            name: "CPKI",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-fvisibility=hidden"])],
            linkerSettings: ["gnutls", "hogweed", "nettle", "gmp"].map { .linkedLibrary($0) }
        ),
        // libyaml as Swift sees it: events with line and column.
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // zlib as Swift sees it, for bodies in gzip and deflate.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // HTTP and HTTPS over sockets. Knows nothing of Keyfactor.
        .target(name: "MicroHTTP", dependencies: ["CListener", "CZlib"]),
        // What knows no Keyfactor: JSON, times, identifiers, texts, tables.
        room("Base", collections, .product(name: "HeapModule", package: "swift-collections")),
        // Certificates, and what holds them: X.509 and PKCS. Knows no Keyfactor.
        room("PKI", "CPKI"),
        // Scenario files: YAML, the shape of what they may say, mistakes with a caret.
        room("ScenarioFormat", "CLibYAML"),
        // What exists in Command, and the estate that holds it.
        room("Entities", collections),
        // How a member and an operation are said once; pages, queries, refusals, permissions, releases.
        room("Model"),
        // Who may do what, and where secrets come from: roles, identities, claims, permission sets, PAM providers.
        room("Security"),
        // Keyfactor Command, simulated: agents, job types, jobs.
        room("Orchestrators", collections),
        // What certificates refer to: metadata fields, collections, templates, enrollment patterns, authorities.
        room("Issuance"),
        // Certificate stores, their types and containers.
        room("Stores", collections),
        // Certificates, enrollment, and requests that wait for an approval.
        room("Certificates"),
        // All nouns together: the list of operations, the router, and estates read from files.
        room("Command", collections),
        // Which requests fail, and how.
        room("Rules"),
        // What was asked and answered, what was expected, and the verdict.
        room("Journal"),
        // Worlds under their locks, and a request's way through one.
        room("Worlds"),
        // The page at /_mock/ui: what a browser gets. Its files are in the program, so that there is nothing to install.
        .target(name: "Page", resources: ["page.html", "page.css", "page.js"].map { .embedInCode($0) }),
        // The server: the path of a request, the control interface, and the documents that are written from the code.
        .target(name: "KeyfactorMock", dependencies: allRooms + ["Page"]),
        // The command line.
        .executableTarget(
            name: "keyfactor-mock",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser")
            ] + allRooms + ["KeyfactorMock"],
            linkerSettings: [
                // Packed relocations: a fortieth of them to read at start, a megabyte less memory touched. Nothing is exported, since
                // nothing loads this program. Functions that are the same become one: nothing compares their addresses. And two libraries
                // less to find: Sources/static/libstdc++.so sends the linker to the static one. What a start calls lies together, which
                // saves 5 MiB of memory: Benchmarks/order writes that list.
                .unsafeFlags(
                    packedRelocations + [
                        "-use-ld=lld", "-Xlinker", "--icf=all", "-Xlinker", "--no-export-dynamic", "-Xclang-linker", "-static-libgcc",
                        "-L", staticFolder,
                        "-Xlinker", "--symbol-ordering-file=\(staticFolder)/start.order", "-Xlinker", "--no-warn-symbol-ordering",
                    ], .when(configuration: .release))
            ]
        ),
        // What tests share: two doors to a server, a client that writes bytes as they are, goldens.
        .target(name: "TestSupport", dependencies: allRooms + ["KeyfactorMock"], path: "Tests/Support"),
        .testTarget(name: "MicroHTTPTests", dependencies: ["MicroHTTP", "TestSupport"]),
        .testTarget(name: "KeyfactorMockTests", dependencies: allRooms + ["KeyfactorMock", "TestSupport"], exclude: ["Goldens"]),
        .testTarget(
            name: "CommandTests", dependencies: allRooms + ["keyfactor-mock", "KeyfactorMock", "TestSupport"], exclude: ["Goldens"]),
        .testTarget(name: "TidyTests", dependencies: allRooms + ["KeyfactorMock", "TestSupport"]),
    ]
)

// The fuzzers are there only when asked for; see Fuzz/README.md. They see what is internal, and only our own code counts for coverage.
let isFuzzing = Context.environment["KFMOCK_FUZZ"] != nil
if isFuzzing {
    for target in package.targets where ["CListener", "CPKI"].contains(target.name) {
        target.cSettings?.append(.unsafeFlags(["-fsanitize=fuzzer-no-link,address"]))
    }
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: allRooms + ["KeyfactorMock"], path: "Fuzz/Sources",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
}

for target in package.targets where target.type != .system && !["CListener", "CPKI"].contains(target.name) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335: a box looks like a box
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: say what you use
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: no leaking
        .treatAllWarnings(as: .error),  // SE-0480: a warning is a fault that has not happened yet
    ]
    if target.type != .test, !["TestSupport", "fuzz"].contains(target.name) {
        target.swiftSettings?.append(.strictMemorySafety())  // SE-0458: `unsafe` marks every dangerous word
    }
    // Generic code of the lower modules is specialised in the upper ones, as if all were one module.
    // A section for each function: the linker leaves out those that nothing calls, and makes one of those that are the same.
    target.swiftSettings?.append(
        .unsafeFlags(["-cross-module-optimization", "-Xfrontend", "-function-sections"], .when(configuration: .release)))
    // Unoptimised loops over bytes would be most of what the tests of running servers wait for.
    if ["Base", "PKI", "ScenarioFormat"].contains(target.name) {
        target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
    }
    if isFuzzing { target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])) }
}
