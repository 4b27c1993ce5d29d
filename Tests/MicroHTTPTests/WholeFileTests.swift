import Foundation
import Testing

@testable import MicroHTTP

/// Files that are read and written whole.
struct WholeFileTests {
    /// A folder of a test's own, which goes with it.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "whole-file-\(UUID().uuidString)").path

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
        }

        var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
    }

    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(arguments: [0, 1, 4096, 4097, 1_000_000]) func whatIsWrittenIsRead(_ count: Int) throws {
        let folder = try Folder()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for isSecret in [false, true] {
            try WholeFile.write(bytes, to: folder.path + "/a", isSecret: isSecret)
            #expect(try WholeFile.read(folder.path + "/a", most: count) == bytes)
            #expect(try Self.mode(folder.path + "/a").map { $0 & 0o077 == 0 } == isSecret)
        }
        #expect(try folder.names == ["a"])
        if count > 0 { #expect(throws: FileProblem.self) { try WholeFile.read(folder.path + "/a", most: count - 1) } }
    }

    @Test func aLinkStaysAndItsTargetIsWrittenAndRemoved() throws {
        let folder = try Folder()
        try folder.link("link", to: "other")
        try folder.link("other", to: "target")
        for text in ["first", "second"] {
            try WholeFile.write(Array(text.utf8), to: folder.path + "/link")
            #expect(try folder.text("target") == text)
        }
        WholeFile.remove(folder.path + "/link", ifItContains: Array("first".utf8))
        #expect(try folder.names == ["link", "other", "target"])
        WholeFile.remove(folder.path + "/link", ifItContains: Array("second".utf8))
        #expect(try folder.names == ["link", "other"])
    }

    @Test func whatIsCreatedReplacesNothing() throws {
        let folder = try Folder()
        try WholeFile.create(folder.path + "/new", Array("mine".utf8))
        #expect(throws: FileProblem.self) { try WholeFile.create(folder.path + "/new", Array("yours".utf8)) }
        try folder.link("link", to: "target")
        #expect(throws: FileProblem.self) { try WholeFile.create(folder.path + "/link", Array("yours".utf8)) }
        #expect(try folder.text("new") == "mine")
        #expect(try folder.names == ["link", "new"])
    }

    @Test func foldersAreCreatedWithThoseTheyAreIn() throws {
        let folder = try Folder()
        for path in ["/a/b/c", "/a/b/c/", "/a"] { try WholeFile.createFolder(folder.path + path) }
        try WholeFile.create(folder.path + "/a/b/c/file", [])
        #expect(try folder.names == ["a"])
        #expect(throws: FileProblem.self) { try WholeFile.createFolder(folder.path + "/a/b/c/file") }
        #expect(throws: FileProblem.self) { try WholeFile.createFolder(folder.path + "/a/b/c/file/below") }
    }

    @Test func linksInACircleAreAProblem() throws {
        let folder = try Folder()
        try folder.link("one", to: "two")
        try folder.link("two", to: "one")
        #expect(throws: FileProblem.links) { try WholeFile.write([1], to: folder.path + "/one") }
        #expect(throws: FileProblem.self) { try WholeFile.read(folder.path + "/one", most: 9) }
    }

    @Test func aFolderIsAProblemAndStays() throws {
        let folder = try Folder()
        #expect(throws: FileProblem.folder) { try WholeFile.read(folder.path, most: 9) }
        for path in [folder.path, folder.path + "/", folder.path + "/.", "/"] {
            #expect(throws: FileProblem.folder, "\(path)") { try WholeFile.write([1], to: path) }
        }
        #expect(try folder.names.isEmpty)
    }

    @Test func aDeviceIsNoOrdinaryFile() throws {
        try WholeFile.write([1, 2, 3], to: "/dev/null")
        #expect(try WholeFile.read("/dev/null", most: 9).isEmpty)
        #expect(throws: FileProblem.notRegular) { try WholeFile.read("/dev/null", most: 9, isRegular: true) }
        #expect(throws: FileProblem.large(1 << 20)) { try WholeFile.read("/dev/zero", most: 1 << 20) }
    }

    @Test(arguments: [
        ("/", "text/html", true), ("/", "*/*", false), ("/favicon.ico", "*/*", true), ("/KeyfactorAPI/", "text/html", false),
        ("", "text/html", false),
    ]) func whatABrowserAsksOnItsOwnIsKnown(_ target: String, _ accept: String, _ isItsOwn: Bool) {
        #expect(Request(.get, target, headers: [("Accept", accept)]).isOfBrowserItself == isItsOwn)
        #expect(!Request(.post, target, headers: [("Accept", accept)]).isOfBrowserItself)
    }
}
