/// What the operations of `Status` answer.
enum StatusDescription {
    static let all: [String: Description] = [
        "GET /Status/Endpoints": .answers(.array(.text)),
        "GET /Status/HealthCheck": .done(),
    ]
}
