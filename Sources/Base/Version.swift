/// The version of the program.
public enum Version {
    /// The release that `--version` prints: the git tag without its `v`, if the sources come from `git archive`.
    public static let current = exported.hasPrefix("v") ? String(exported.dropFirst()) : "0.1.0-dev"
    /// `git archive` writes the tag in here, with the number of commits since then, if any.
    private static let exported = "$Format:%(describe:tags=true,match=v*)$"
}
