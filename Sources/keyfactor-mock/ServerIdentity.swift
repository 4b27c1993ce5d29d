import MicroHTTP

/// Key and certificate of a server. Those that nobody keeps are made on a thread of their own: meanwhile the scenario is read.
final class ServerIdentity: Sendable {
    private let options: ServerOptions
    /// The thread until somebody waits for it.
    private let thread: Lock<Thread.Running?>
    private let outcome = Lock<Result<TLSIdentity, ListenerError>?>(nil)

    /// Begins to make them.
    ///
    /// - Parameter options: the options, including defaults.
    init(_ options: ServerOptions) {
        self.options = options
        // What is read from files, or written there, waits until the scenario has been read: it may have mistakes.
        guard !options.noHTTPS, options.tlsCert == nil, options.caDir == nil else {
            thread = Lock(nil)
            return
        }
        let started = Thread.start { [outcome] in
            let made = Result { () throws(ListenerError) in try Self.throwaway(options) }
            outcome.withLock { $0 = made }
        }
        thread = Lock(started)
    }

    private static let subjects = TLSIdentity.Subjects(authority: "keyfactor-mock throwaway CA", leaf: "keyfactor-mock")

    private static func throwaway(_ options: ServerOptions) throws(ListenerError) -> TLSIdentity {
        try TLSIdentity.throwaway(names: options.certificateNames, subjects: subjects)
    }

    /// Waits until nothing is being made any more. The process must not end before: GnuTLS is at work.
    func wait() {
        thread.withLock { $0.take() }?.wait()
    }

    /// Key and certificate: from the options, signed by the CA of `--ca-dir`, or by a temporary CA.
    ///
    /// - Throws: why there are none.
    /// - Returns: `nil` without HTTPS.
    func made() throws(ListenerError) -> TLSIdentity? {
        wait()
        if let outcome = outcome.withLock({ $0 }) { return try outcome.get() }
        guard !options.noHTTPS else { return nil }
        if let certificate = options.tlsCert, let key = options.tlsKey {
            return try TLSIdentity(certificateFile: certificate, keyFile: key)
        }
        guard let folder = options.caDir else { return try Self.throwaway(options) }
        return try TLSIdentity.kept(in: folder, names: options.certificateNames, subjects: Self.subjects)
    }
}

extension ServerOptions {
    /// What a certificate made here is valid for.
    fileprivate var certificateNames: [String] {
        TLSIdentity.loopbackNames + [Process.hostName].filter { !$0.isEmpty } + tlsName + hostNames
    }
}
