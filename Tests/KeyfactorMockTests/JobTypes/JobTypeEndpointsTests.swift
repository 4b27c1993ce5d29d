import TestSupport
import Testing

struct JobTypeEndpointsTests {
    @Test(arguments: [
        ("10.5", "product", #""Int""#), ("25.4", "product", "2"), ("10.5", "numbers", "2"), ("25.4", "names", #""Int""#),
        ("11.6", "product", #""Int""#), ("24.4", "product", "2"),
    ])
    func aFieldsTypeFollowsReleaseAndSwitch(_ product: String, _ enums: String, _ type: String) throws {
        let mock = try Mock("{ product: '\(product)', fidelity: { enums: \(enums) } }")
        let body =
            #"{"Id":"\#(mock.jobType("SampleCustomJobType"))","JobTypeName":"SampleCustomJobType","Description":"A custom job type to try things with","#
            + #""JobTypeFields":[{"Name":"ParamInt","Type":\#(type),"DefaultValue":null,"Required":true},"#
        #expect(try mock.get("/JobTypes/Custom").body.hasPrefix("[" + body))
        #expect(try mock.get("/JobTypes/Custom/\(mock.jobType("SampleCustomJobType"))").body.hasPrefix(body))
    }

    @Test func anUnknownJobTypeIsRefused() throws {
        let reply = try Mock().get("/JobTypes/Custom/00000000-0000-0000-0000-000000000009")
        #expect(reply.status == 404)
        #expect(reply.message == "Job type with id '00000000-0000-0000-0000-000000000009' does not exist.")
    }
}
