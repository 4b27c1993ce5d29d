public import Base

/// About how many bytes the rows hold that come with certificates, and those of security.

extension Certificate: HoldsBytes {
    /// Its texts, what it says, its history, and its places in the indexes.
    public var heldBytes: Int {
        let texts = subject.heldBytes + (commonName ?? "").heldBytes + issuer.heldBytes + serial.heldBytes + thumbprint.heldBytes
        let records = metadata.reduce(0) { $0 + $1.key.heldBytes + $1.value.heldBytes + 64 } + endpoints.count * 64
        let events = history.reduce((revocation?.comment ?? "").heldBytes) {
            $0 + $1.user.heldBytes + $1.action.heldBytes + $1.comment.heldBytes + 128
        }
        let names = content.names.reduce(0) { $0 + $1.value.heldBytes + 24 } + content.extendedKeyUsages.heldBytes
        return texts + records + events + names + content.der.count + content.revocationLists.heldBytes + 400
    }
}

extension CertificateRequest: HoldsBytes {
    /// Its texts and its key.
    public var heldBytes: Int {
        metadata.reduce(subject.heldBytes + publicKey.count + (denialComment ?? "").heldBytes) {
            $0 + $1.key.heldBytes + $1.value.heldBytes + 64
        }
            + names.reduce(0) { $0 + $1.value.heldBytes + 24 } + deliveries.reduce(0) { $0 + $1.alias.heldBytes + 48 }
    }
}

extension GeneratedRequest: HoldsBytes {
    /// Its bytes and the parts of its subject.
    public var heldBytes: Int { der.count + publicKey.count + subject.heldBytes }
}

extension MetadataField {
    /// Its texts.
    public var heldBytes: Int {
        name.heldBytes + description.heldBytes + hint.heldBytes + validation.heldBytes + message.heldBytes + options.heldBytes
            + defaultValue.heldBytes
    }
}

extension CertificateCollection {
    /// Its texts and grants.
    public var heldBytes: Int {
        name.heldBytes + description.heldBytes + query.heldBytes + grants.reduce(0) { $0 + $1.permissions.heldBytes + 32 }
    }
}

extension SubjectRegex: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { part.heldBytes + pattern.heldBytes + error.heldBytes }
}

extension SubjectDefault: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { part.heldBytes + value.heldBytes }
}

extension EnrollmentField: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { name.heldBytes + options.heldBytes }
}

extension MetadataRule: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { defaultValue.heldBytes + validation.heldBytes + message.heldBytes }
}

extension KeyAlgorithm: HoldsBytes {
    /// Its lists.
    public var heldBytes: Int { bitLengths.heldBytes + curves.heldBytes }
}

extension Template {
    /// Its texts and rules.
    public var heldBytes: Int {
        let texts = name.heldBytes + longName.heldBytes + displayName.heldBytes + oid.heldBytes + friendlyName.heldBytes
        let places = forestRoot.heldBytes + configurationTenant.heldBytes + requesters.heldBytes + keys.heldBytes
        let usages = extendedKeyUsages.reduce(0) { $0 + $1.oid.heldBytes + $1.name.heldBytes + 48 }
        return texts + places + usages + regexes.heldBytes + defaults.heldBytes + enrollmentFields.heldBytes + metadata.heldBytes
            + (policy?.keys ?? []).heldBytes
    }
}

extension EnrollmentPattern {
    /// Its texts and rules.
    public var heldBytes: Int {
        name.heldBytes + description.heldBytes + roles.heldBytes + authorities.heldBytes + regexes.heldBytes + metadata.heldBytes
            + defaults.heldBytes + enrollmentFields.heldBytes + (policy.keys ?? []).heldBytes
    }
}

extension CertificateAuthority {
    /// Its texts.
    public var heldBytes: Int {
        let names = logicalName.heldBytes + host.heldBytes + forestRoot.heldBytes + configurationTenant.heldBytes + connectorPool.heldBytes
        let logIn = user.heldBytes + tokenURL.heldBytes + client.heldBytes + scope.heldBytes + audience.heldBytes
        return names + logIn + properties.heldBytes + requesters.heldBytes
    }
}

extension AlertRecipient {
    /// The address.
    public var heldBytes: Int { email.heldBytes }
}

extension SecurityRole: HoldsBytes {
    /// Its texts and lists.
    public var heldBytes: Int {
        name.heldBytes + description.heldBytes + emailAddress.heldBytes + permissions.heldBytes + identities.heldBytes + claims.heldBytes
    }
}

extension SecurityIdentity: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { accountName.heldBytes + type.heldBytes }
}

extension SecurityClaim: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { value.heldBytes + description.heldBytes + scheme.heldBytes }
}

extension PermissionSet: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { name.heldBytes + permissions.heldBytes }
}

extension PamType: HoldsBytes {
    /// Its texts and parameters.
    public var heldBytes: Int { parameters.reduce(name.heldBytes) { $0 + $1.name.heldBytes + $1.displayName.heldBytes + 64 } }
}
