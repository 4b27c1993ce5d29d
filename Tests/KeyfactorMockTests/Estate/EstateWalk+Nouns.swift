import MicroHTTP
import TestSupport

@testable import Base
@testable import Command
@testable import Entities
@testable import KeyfactorMock
@testable import Model
import class Model.Operation
@testable import Worlds

/// Writes to what certificates refer to.
extension Walk {
    mutating func writeCatalogue() throws {
        let mock = life.mock
        let id = Int(choice.next() % 6) + 1
        let isOld = life.mock.server.worlds.standard.withState { $0.scenario.product } < .v25
        let policy =
            #"{"AllowKeyReuse":true,"CertificateOwnerRole":1,"DefaultCertificateOwnerRoleId":2,"DefaultCertificateOwnerOverride":true,"#
            + #""KeyInfo":{"RSA":{"bit_lengths":[4096],"BitLengths":[3072]},"Ed448":{}},"RSAValidKeySizes":[2048]}"#
        let rules =
            #""AllowedEnrollmentTypes":3,"MetadataFields":[{"Id":3,"MetadataId":2,"Validation":"v","Enrollment":1,"CaseSensitive":true}],"#
            + #""EnrollmentFields":[{"Id":1,"Name":"f","Options":["a","b"],"DataType":2}]"#
        switch choice.next() % 13 {
        case 0:
            _ = try mock.post(
                "/MetadataFields",
                #"{"Name":"F\#(made)","Description":"d","DataType":\#(id),"Hint":"h","Options":"a,b","AllowAPI":false,"CaseSensitive":true}"#
            )
        case 1: _ = try mock.send(.delete, "/MetadataFields/\(id)?force=true")
        case 2:
            _ = try mock.post(
                "/CertificateCollections", #"{"Name":"C\#(made)","Query":"(A -eq \"x\")","DuplicationField":2,"Automated":true}"#)
        case 3: _ = try mock.post("/CertificateCollections/Copy", #"{"Name":"Y\#(made)","CopyFromId":\#(id),"ShowOnDashboard":true}"#)
        case 4: _ = try mock.post("/CertificateCollections/\(id)/Permissions", #"[{"RoleId":2,"Permissions":["read"]}]"#)
        case 5: _ = try mock.send(.delete, "/CertificateCollections/\(id)")
        case 6:
            _ = try mock.send(
                .put, "/Templates",
                body:
                    #"{"Id":\#(id),"FriendlyName":"n","KeyRetention":3,"KeyRetentionDays":9,"TimeAfterExpiration":3,"AllowedRequesters":["r"],"#
                    + #""TemplateRegexes":[{"SubjectPart":"CN","Regex":"a"}],"TemplateDefaults":[{"SubjectPart":"O","Value":"v"}],"#
                    + #""\#(isOld ? "TemplatePolicy" : "Policies")":\#(policy),\#(rules)}"#)
        case 7:
            _ = try mock.send(
                .put, "/Templates/Settings",
                body:
                    #"{"TemplateRegexes":[{"SubjectPart":"CN","Regex":"a","Error":"e"}],"TemplateDefaults":[],"TemplatePolicy":\#(policy)}"#
            )
        case 8:
            _ = try mock.post(
                "/EnrollmentPatterns",
                #"{"Name":"P\#(made)","Template":\#(id),"TemplateDefault":true,"AssociatedRoles":["r"],"CertificateAuthorities":[1],"#
                    + #""Defaults":[{"SubjectPart":"O"}],"Policies":\#(policy),\#(rules)}"#)
        case 9: _ = try mock.send(.delete, "/EnrollmentPatterns/\(id)")
        case 10:
            _ = try mock.post(
                "/CertificateAuthority",
                #"{"LogicalName":"Sub-CA","HostName":"h\#(made)","FullScan":{"Daily":{"Time":"2026-11-22T20:00:00Z"}},"IssuanceMax":4,"#
                    + #""ExplicitPassword":{"SecretValue":"x"},"KeyRetention":2,"DeleteWithArchivedKey":false,"Scope":"s","DenialMax":null}"#
            )
        case 11: _ = try mock.send(.delete, "/CertificateAuthority/\(id)")
        default:
            _ = try mock.post("/CertificateAuthority/AlertRecipients/CAHealthRecipients", #"{"Emails":["e\#(made)@example.com"]}"#)
            _ = try mock.send(.delete, "/CertificateAuthority/AlertRecipients/CAHealthRecipients/\(id)")
        }
    }
}

extension Walk {
    /// One write to roles and what surrounds them, or to PAM providers.
    mutating func writeSecurity() throws {
        swap(&random, &another)
        defer { swap(&random, &another) }
        let (mock, security) = (life.mock, life.mock.world.security)
        let role = pick(security.roles.all.map(\.id)) ?? 1
        let version = pick(["1", "2"])!
        let headers = [("x-keyfactor-requested-with", "APIClient"), ("x-keyfactor-api-version", version)]
        let send = { (method: Method, path: String, body: String) in _ = try mock.send(method, path, headers: headers, body: body) }
        switch random.next() % 15 {
        case 0, 1:
            try send(
                .post, "/Security/Roles",
                #"{"Name":"R\#(made)","Description":"d","PermissionSetId":"\#(security.permissionSets.all[0].id.text)","Permissions":["Certificates:Read","/certificate_stores/read/\#(made % 3)/"],"Claims":[{"ClaimType":4,"ClaimValue":"v\#(made % 4)","ProviderAuthenticationScheme":"Idp","Description":"c"}]}"#
            )
        case 2: try send(.delete, "/Security/Roles/\(role)", "")
        case 3:
            try send(
                .put, "/Security/Roles",
                #"{"Id":\#(role),"Name":"R\#(made)","Description":"e","Enabled":false,"PermissionSetId":"\#(security.permissionSets.all[0].id.text)"}"#
            )
        case 4: try send(.post, "/Security/Identities", #"{"AccountName":"D\\u\#(made % 5)"}"#)
        case 5: try send(.delete, "/Security/Identities/\(pick(security.identities.all.map(\.id)) ?? 1)", "")
        case 6:
            try send(
                .put, "/Security/Roles/\(role)/Identities", #"{"Ids":[\#(pick(security.identities.all.map { String($0.id) }) ?? "")]}"#)
        case 7:
            try send(
                .post, "/Security/Claims",
                #"{"ClaimType":5,"ClaimValue":"s\#(made)","ProviderAuthenticationScheme":"Idp","Description":"c"}"#)
        case 8: try send(.delete, "/Security/Claims/\(pick(security.claims.all.map(\.id)) ?? 1)", "")
        case 9: try send(.post, "/PermissionSets", #"{"Name":"S\#(made)","Permissions":["/"]}"#)
        case 10: try send(.post, "/PamProviders/Types", #"{"Name":"T\#(made)","Parameters":[{"Name":"P","DataType":2},{"Name":"q"}]}"#)
        case 11, 12:
            let type = pick(security.pamTypes.all)
            let values = (type?.parameters ?? []).map { #"{"Value":"hush","ProviderTypeParam":{"Id":\#($0.id)}}"# }.joined(separator: ",")
            try send(
                .post, "/PamProviders",
                #"{"Name":"P\#(made)","ProviderType":{"Id":"\#(type?.id.text ?? "")"},"ProviderTypeParamValues":[\#(values)],"SecuredAreaId":\#(made)}"#
            )
        case 13: try send(.post, "/PamProviders/Local/1/Entries", #"{"SecretName":"s\#(made % 3)","SecretValue":"hush"}"#)
        default: try send(.delete, "/PamProviders/\(pick(security.pamProviders.all.map(\.id)) ?? 1)", "")
        }
    }
}

/// Writes to certificates, and enrollments.
extension Walk {
    mutating func writeCertificates() throws {
        swap(&random, &another)
        defer { swap(&random, &another) }
        let (mock, world) = (life.mock, life.mock.world)
        let id = pick(world.certificates.table.all.map(\.id)) ?? 3
        let headers = [("x-keyfactor-requested-with", "APIClient"), ("x-certificateformat", "PFX"), ("x-keyfactor-api-version", "2")]
        let send = { (method: Method, path: String, body: String) in _ = try mock.send(method, path, headers: headers, body: body) }
        let names = #""SANs":{"dns":["n\#(made).example.com"],"ip4":["10.0.0.\#(made % 200)"]}"#
        let authority = #""CertificateAuthority":"Sub-CA""#
        switch random.next() % 14 {
        case 0, 1, 2:
            let template = pick(["WebServer-1y", "Client-1y", "Server-Approval"])!
            try send(
                .post, "/Enrollment/PFX",
                #"{"Subject":"CN=n\#(made).example.com,O=A","Template":"\#(template)",\#(authority),\#(names),"Metadata":{"Owner":"o\#(made)"},"OwnerRoleName":"Certificate Owners"}"#
            )
        case 3: try send(.put, "/Certificates/Metadata", #"{"Id":\#(id),"Metadata":{"SiteCode":\#(made),"Owner":""}}"#)
        case 4: try send(.post, "/Certificates/Revoke", #"{"CertificateIds":[\#(id)],"Reason":6,"Comment":"c\#(made)"}"#)
        case 5: try send(.post, "/Certificates/Revoke", #"{"CertificateIds":[\#(id)],"Reason":-1,"Comment":"c"}"#)
        case 6: try send(.delete, "/Certificates/\(id)", "")
        case 7: try send(.post, "/Workflow/Certificates/Approve", "[\(pick(world.requests.waiting.all.map(\.id)) ?? 1)]")
        case 8:
            let request = pick(world.requests.waiting.all.map(\.id)) ?? 1
            try send(.post, "/Workflow/Certificates/Deny", #"{"CertificateRequestIds":[\#(request)],"Comment":"no"}"#)
        case 9: try send(.post, "/CSRGeneration/Generate", #"{"Subject":"CN=g\#(made)","KeyType":"ED25519",\#(names)}"#)
        case 10: try send(.put, "/Certificates/\(id)/Owner", #"{"NewRoleId":\#(pick([2, 3, 0])!)}"#)
        case 11: try send(.delete, "/Certificates/PrivateKey/\(id)", "")
        case 12: try send(.post, "/Enrollment/Renew", #"{"CertificateId":\#(id),"Timestamp":"2026-11-22T00:00:00Z"}"#)
        default: try send(.delete, "/CSRGeneration/Pending/\(pick(world.requests.generated.all.map(\.id)) ?? 1)", "")
        }
    }
}
