extension PamProvider {
    /// Writes what every release calls the provider by.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("Name", name)
        }
    }
}
