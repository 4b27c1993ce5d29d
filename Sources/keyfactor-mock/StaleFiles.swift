import Base
import MicroHTTP

/// Files of servers that were ended before they could remove them.
extension ServerOptions {
    /// Removes files that describe a server that no longer runs, so that nobody takes them for those of this one.
    func removeStaleFiles() {
        if let file = readyFile, let bytes = OptionFile.read(file), let process = (try? JSONDocument(bytes))?.root["pid"]?.integer,
            !Process.isServer(process)
        {
            WholeFile.remove(file, ifItContains: bytes)
            removeStaleAuthority()
        }
        if let file = envFile, let bytes = OptionFile.read(file),
            let url = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first(where: { $0.hasPrefix("KFMOCK_URL=") })
        {
            let port = url.split(separator: ":").last.flatMap { UInt16($0) } ?? 443
            guard !Process.places.contains(where: { $0.https == port }) else { return }
            WholeFile.remove(file, ifItContains: bytes)
            removeStaleAuthority()
        }
    }

    /// Removes the CA of a server whose other files tell that it is gone.
    private func removeStaleAuthority() {
        guard let file = caFile, caDir == nil, let bytes = OptionFile.read(file) else { return }
        if bytes.starts(with: "-----BEGIN CERTIFICATE-----".utf8) { WholeFile.remove(file, ifItContains: bytes) }
    }
}
