import Foundation

/// How many times slower than usual what is tested may be. `Tests/sanitize` sets it; every limit in time is multiplied by it.
public let slowness = max(1, Int(ProcessInfo.processInfo.environment["KFMOCK_SLOWNESS"] ?? "") ?? 1)
