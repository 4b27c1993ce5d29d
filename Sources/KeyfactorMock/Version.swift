/// Which keyfactor-mock this is.
package enum Version {
    /// The release, as `--version` prints it.
    package static let current = "0.1.0"
}
