/// What is running.
package enum Version {
    /// The release, as `--version` prints it: the git tag, without its `v`, of the tree it was built from, if `git archive` made that tree.
    package static let current = exported.hasPrefix("v") ? String(exported.dropFirst()) : "0.1.0-dev"
    /// `git archive` writes the tag in here, with the number of commits behind it if there are any.
    private static let exported = "$Format:%(describe:tags=true,match=v*)$"
}
