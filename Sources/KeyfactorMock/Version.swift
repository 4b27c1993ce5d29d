/// The running version.
package enum Version {
    /// The release, as `--version` prints it: the git tag, without its `v`, of the tree it was built from, if `git archive` made that tree.
    package static let current = exported.hasPrefix("v") ? String(exported.dropFirst()) : "0.1.0-dev"
    /// `git archive` replaces this by the tag and, if there are any, the number of commits after it.
    private static let exported = "$Format:%(describe:tags=true,match=v*)$"
}
