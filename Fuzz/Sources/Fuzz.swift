import Glibc

/// The fuzzers by name. Each takes an input and aborts the process if something is wrong.
private let fuzzers: [(name: String, run: @Sendable ([UInt8]) -> Void)] = [
    ("json", JSONFuzzer.run),
    ("query", QueryFuzzer.run),
    ("scenario", ScenarioFuzzer.run),
    ("path", PathFuzzer.run),
    ("words", WordFuzzer.run),
    ("certificates", CertificateFuzzer.run),
    ("requests", RequestFuzzer.runRequests),
    ("control", RequestFuzzer.runControl),
    ("socket", SocketFuzzer.run),
]

/// The fuzzer named by the variable `FUZZ`. It is not an argument, because libFuzzer parses the arguments.
private let chosen: @Sendable ([UInt8]) -> Void = {
    let name = getenv("FUZZ").map { String(cString: $0) } ?? ""
    guard let fuzzer = fuzzers.first(where: { $0.name == name }) else {
        print("FUZZ must be one of \(fuzzers.map(\.name).joined(separator: ", ")).")
        exit(2)
    }
    return fuzzer.run
}()

/// libFuzzer's main function, which parses the arguments and calls back with each input.
@_silgen_name("LLVMFuzzerRunDriver")
private func runLibFuzzer(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

@main
enum Fuzz {
    static func main() {
        var (count, arguments) = (CommandLine.argc, CommandLine.unsafeArgv)
        exit(runLibFuzzer(&count, &arguments) { fuzzOneInput($0, $1) })
    }
}

/// Runs one input. libFuzzer's library requires this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    chosen(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Aborts the process if an invariant does not hold.
func always(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { fatalError(message()) }
}
