import Foundation
import TestSupport
import Testing

/// Keeps words out that only this project would use, or that mean something else in plain English.
struct WordTests {
    /// A word to avoid, and what to write instead.
    private struct Word: Sendable {
        /// A regular expression for the word.
        let pattern: String
        /// What to write instead.
        let instead: String
        /// A regular expression for lines in which the word is right.
        let allowed: String?

        init(_ pattern: String, _ instead: String, allowed: String? = nil) {
            (self.pattern, self.instead, self.allowed) = (pattern, instead, allowed)
        }
    }

    private static let words = [
        Word(#"\b[Hh]oles?\b"#, "path parameter"),
        Word(#"\bgoOn\w*|\bgoes on\b"#, "resume, continue"),
        Word(#"\bletGo\w*|\blet(s|ting)? go\b"#, "release, discard, drop"),
        Word(#"\bputDown\w*|\bputs? down\b"#, "enqueue, schedule, record"),
        Word(#"\b[Tt]old\b|[a-z]Told\b"#, "reported, recorded", allowed: #"until: told|`told`|\btold\(|"told"|\["told"\]"#),
        Word(#"\bSaid\b"#, "patch, body"),
        Word(#"\b[Pp]retend(s|ed)?\b"#, "simulate"),
        Word(#"\b[Oo]utrank(s|ed)?\b"#, "override"),
        Word(#"\banswered( with)? [1-5][0-9][0-9]\b"#, "gets 413"),
        Word(#"\b[Bb]ehind\b"#, "after, below", allowed: #"\b(leave|leaves|left|Leave|Leaves)\b.*\bbehind\b"#),
        Word(#"\bas assumed\b|, which is assumed\b"#, "(assumed)"),
        Word(#"\b[Ff]or ever\b"#, "forever"),
        Word(#"\b[Aa]new\b"#, "again, restart"),
        Word(#"\bwhose [a-z]+ it is\b"#, "the owner"),
        Word(#"\bof nothing\b"#, "that does not exist, zero"),
        Word(#"\bstr(uck|ikes?) out\b"#, "redacted", allowed: #"\(struck out\)"#),
        Word(#"\bunder way\b"#, "running, in process"),
        Word(#"\b[Hh]eed(s|ed)?\b"#, "read, respect"),
        Word(#"\bdearer\b"#, "more expensive"),
        Word(#"\b[Bb]esides\b(?!.* default)"#, "in addition to, next to"),
    ]

    private static let texts: [String] = {
        let endings = ["swift", "c", "h", "py", "md", "yaml", "yml", "sh", "go", "java", "lua"]
        let folders = ["Sources", "Tests", "docs", "scenarios", "examples", "Fuzz/Sources", "Benchmarks", "packaging"]
        let found = folders.flatMap { folder -> [String] in
            let walk = FileManager.default.enumerator(at: Golden.root.appending(path: folder), includingPropertiesForKeys: nil)
            return (walk?.compactMap { $0 as? URL } ?? []).filter { endings.contains($0.pathExtension) }.map {
                $0.path.replacingOccurrences(of: Golden.root.path + "/", with: "")
            }
        }
        let others = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Fuzz/README.md", "Dockerfile"]
        return (found + others).filter { path in path != "Tests/TidyTests/WordTests.swift" }
            .sorted()
    }()

    @Test(arguments: texts)
    func wordsArePlainEnglish(_ path: String) throws {
        let patterns = try Self.words.map {
            (try NSRegularExpression(pattern: $0.pattern), try $0.allowed.map { try Regex($0) }, $0.instead)
        }
        let text = try String(contentsOf: Golden.root.appending(path: path), encoding: .utf8)
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(line)
            for (pattern, allowed, instead) in patterns {
                guard let match = pattern.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)),
                    allowed.map({ !line.contains($0) }) ?? true, let range = Range(match.range, in: line)
                else { continue }
                Issue.record("\(path):\(number + 1): '\(line[range])': write \(instead)")
            }
        }
    }
}
