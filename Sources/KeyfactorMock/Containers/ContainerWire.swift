extension Container {
    /// Writes the container as the list sends it (CertificateStoreContainerListResponse): its schedule is the compact text.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its stores are counted.
    func writeListed(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("Name", name)
            writer.member("OverwriteSchedules", overwritesSchedules)
            writer.member("Schedule", schedule?.compact)
            // -1 is recorded from 25; that earlier releases send it too is assumed.
            writer.member("CertStoreType", storeType ?? -1)
            writer.member("StoreCount", estate.stores.count(inGroup: id))
        }
    }

    /// Writes the container as other operations send it (CertificateStoreContainerResponse).
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - schedule: its schedule as it is to be shown.
    ///   - estate: where its stores are.
    ///   - now: the day on which the stores' schedules are shown.
    func write(to writer: inout JSONWriter, _ schedule: Schedule?, _ estate: Estate, on now: Timestamp) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("Name", name)
            if let schedule {
                writer.name("Schedule")
                schedule.write(to: &writer)
            } else {
                writer.null("Schedule")
            }
            writer.member("CertStoreType", storeType ?? -1)
            writer.name("CertificateStores")
            writer.array(estate.stores.rows(inGroup: id)) { $1.write(to: &$0, estate, on: now) }
        }
    }
}

/// What `GET /CertificateStoreContainers` can be filtered and sorted by, as documented.
enum ContainerFields {
    static let all: [QueryField<Container>] = [
        QueryField("Id", .number, aliases: ["ContainerId"], isKey: true) { .number($0.id) },
        QueryField("Name", .text) { .text($0.name) },
        QueryField("CertStoreType", .number) { .number($0.storeType ?? -1) },
        QueryField("HasSchedule", .boolean) { .boolean($0.schedule != nil) },
    ]
}
