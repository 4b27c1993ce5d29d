public import Base
public import Entities

extension Schedule {
    /// What a request says about a schedule.
    public enum Asked: Sendable, Equatable {
        /// The member is absent or null.
        case missing
        /// `{}`, `Off`, or only members that say no.
        case off
        case set(Schedule)

        /// The schedule that is set, if one is.
        public var schedule: Schedule? { if case .set(let schedule) = self { schedule } else { nil } }
    }

    /// Reads the `Schedule` member of a request.
    ///
    /// `Off` stands in the vendor's documentation without a value; `{"Off": true}`, `{"Off": {}}` and `{"Off": null}` are taken.
    ///
    /// - Parameters:
    ///   - value: the member's value, `nil` if the body has none.
    ///   - path: how to name the member in refusals, such as `Schedule`.
    ///   - fidelity: decides whether unknown members are refused.
    /// - Throws: a refusal that names the member at fault.
    /// - Returns: what is asked for.
    public static func read(_ value: JSONValue?, path: String = "Schedule", _ fidelity: Fidelity) throws(Refusal) -> Asked {
        guard let value, !value.isNull else { return .missing }
        guard value.isObject else {
            throw .badArgument(
                "\(path): expected an object such as {\"Interval\":{\"Minutes\":60}}, found \(value.kindName).", member: path)
        }
        if fidelity.unknownMembers == .refuse { try value.refuseUnknown(names, path) }
        var found: [Schedule] = []
        if let member = value["Immediate"], !member.isNothing {
            guard let truth = member.flag else {
                throw .badArgument("\(path).Immediate: expected true or false, found \(member.kindName).", member: path + ".Immediate")
            }
            if truth { found.append(.immediate) }
        }
        if let member = try part("Interval", of: value, path) { found.append(try interval(member, "\(path).Interval")) }
        if let member = try part("Daily", of: value, path) { found.append(.daily(try time(member, "\(path).Daily"))) }
        if let member = try part("Weekly", of: value, path) { found.append(try weekly(member, "\(path).Weekly")) }
        if let member = try part("Monthly", of: value, path) { found.append(try monthly(member, "\(path).Monthly")) }
        if let member = try part("ExactlyOnce", of: value, path) { found.append(.exactlyOnce(try time(member, "\(path).ExactlyOnce"))) }
        let isOff = value["Off"].map { $0.flag != false } ?? false
        if found.count + (isOff && !found.isEmpty ? 1 : 0) > 1 {
            let names = found.map(\.kind.rawValue) + (isOff ? ["Off"] : [])
            throw .badArgument("\(path): expected one kind of schedule, found \(names.joined(separator: " and ")).", member: path)
        }
        return found.first.map { .set($0) } ?? .off
    }

    /// Refuses a kind that an operation or a release does not know.
    ///
    /// - Parameters:
    ///   - allowed: the kinds that are right here.
    ///   - subject: what cannot be scheduled so, such as "An inventory job of Command 10.5".
    ///   - path: how to name the member.
    /// - Throws: a refusal that names the kind and the right ones.
    public func require(_ allowed: [Kind], for subject: String, path: String = "Schedule") throws(Refusal) {
        guard !allowed.contains(kind) else { return }
        let right = allowed.map(\.rawValue).joined(separator: ", ")
        throw .badArgument("\(path).\(kind.rawValue): \(subject) cannot be scheduled so; expected one of \(right).")
    }

    /// Refuses a kind that a release does not know for inventory.
    ///
    /// - Parameters:
    ///   - product: the release; 10 and 11 know neither weekly nor monthly inventory.
    ///   - path: how to name the member.
    /// - Throws: a refusal that names the kind and the right ones.
    public func requireInventory(_ product: ProductVersion, path: String = "Schedule") throws(Refusal) {
        guard !product.traits.weeklyInventory else { return }
        try require([.immediate, .interval, .daily, .exactlyOnce], for: "an inventory job of Command \(product.rawValue)", path: path)
    }

    /// Writes the schedule as the value of a member: only the set kind appears.
    ///
    /// Weekdays are names on the wire of every release recorded; SDKs generated from the description need numbers.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .immediate: writer.part(atMost: 18) { $0.append("{\"Immediate\":true}") }
        case .interval(let minutes):
            writer.part(atMost: 46) { out in
                out.append("{\"Interval\":{\"Minutes\":")
                out.append(decimal: minutes)
                out.append("}}")
            }
        case .daily(let time): Self.write("{\"Daily\":{", time, to: &writer)
        case .weekly(let days, let time):
            writer.part(atMost: 18, ends: false) { $0.append("{\"Weekly\":{\"Days\":") }
            writer.array(days) { writer, day in
                if writer.style.numbers.contains(.weekdays) { writer.value(day.rawValue) } else { writer.value(day.name) }
            }
            Self.write(",", time, to: &writer, begins: false)
        case .monthly(let day, let time):
            writer.part(atMost: 38, ends: false) { out in
                out.append("{\"Monthly\":{\"Day\":")
                out.append(decimal: day)
            }
            Self.write(",", time, to: &writer, begins: false)
        case .exactlyOnce(let time): Self.write("{\"ExactlyOnce\":{", time, to: &writer)
        }
    }

    /// Writes the last member of a schedule, its time, and what ends it.
    private static func write(_ before: StaticString, _ time: Timestamp, to writer: inout JSONWriter, begins: Bool = true) {
        let times = writer.style.times
        writer.part(atMost: 64, begins: begins) { out in
            out.append(before)
            out.append("\"Time\":")
            out.append(json: time, times)
            out.append("}}")
        }
    }

    private static func part(_ name: String, of value: JSONValue, _ path: String) throws(Refusal) -> JSONValue? {
        guard let part = value[name], !part.isNull else { return nil }
        guard part.isObject else {
            throw .badArgument("\(path).\(name): expected an object, found \(part.kindName).", member: "\(path).\(name)")
        }
        return part
    }

    // What names a member is put together only for a refusal: it costs as much as reading the schedule.

    private static func interval(_ value: JSONValue, _ path: @autoclosure () -> String) throws(Refusal) -> Schedule {
        let minutes = try number(value["Minutes"], path() + ".Minutes")
        guard minutes >= 1 else { throw .badArgument("\(path()).Minutes: expected at least 1, found \(minutes).") }
        return .interval(minutes: minutes)
    }

    private static func monthly(_ value: JSONValue, _ path: @autoclosure () -> String) throws(Refusal) -> Schedule {
        let day = try number(value["Day"], path() + ".Day")
        guard (1...27).contains(day) else { throw .badArgument("\(path()).Day: expected a day from 1 to 27, found \(day).") }
        return .monthly(day: day, try time(value, path()))
    }

    private static func weekly(_ value: JSONValue, _ place: @autoclosure () -> String) throws(Refusal) -> Schedule {
        let path = place()
        guard let days = value["Days"], !days.isNull else {
            throw .badArgument("\(path).Days: expected at least one day, found none.", member: path + ".Days")
        }
        guard days.isArray else { throw .badArgument("\(path).Days: expected an array, found \(days.kindName).", member: path + ".Days") }
        var chosen: [Weekday] = []
        for (index, element) in days.elements.enumerated() {
            guard let day = weekday(element) else {
                throw .badArgument(
                    "\(path).Days[\(index)]: expected a day's name such as Monday or a number from 0 (Sunday) to 6, found \(element.source).",
                    member: "\(path).Days[\(index)]")
            }
            if !chosen.contains(day) { chosen.append(day) }
        }
        guard !chosen.isEmpty else { throw .badArgument("\(path).Days: expected at least one day, found none.") }
        return .weekly(chosen, try time(value, path))
    }

    /// A day as a name of any case or as a number, also a number in quotes, as .NET reads enums.
    private static func weekday(_ value: JSONValue) -> Weekday? {
        if let number = value.number { return Weekday(rawValue: number) }
        guard let name = value.word else { return nil }
        return Weekday.allCases.first { $0.name.lowercased() == name }
    }

    private static func number(_ value: JSONValue?, _ place: @autoclosure () -> String) throws(Refusal) -> Int {
        guard let value, !value.isNothing else {
            let path = place()
            throw .badArgument("\(path): expected a whole number, found nothing.", member: path)
        }
        guard let number = value.number, Int32(exactly: number) != nil else {
            let path = place()
            throw .badArgument("\(path): expected a whole number of 32 bits, found \(value.shortSource).", member: path)
        }
        return number
    }

    private static func time(_ value: JSONValue, _ place: @autoclosure () -> String) throws(Refusal) -> Timestamp {
        guard let time = value["Time"], !time.isNothing else {
            let path = place() + ".Time"
            throw .badArgument("\(path): expected a time such as 2026-11-22T20:00:00Z, found nothing.", member: path)
        }
        guard let moment = time.moment else {
            let path = place() + ".Time"
            throw .badArgument("\(path): expected a time such as 2026-11-22T20:00:00Z, found \(time.shortSource).", member: path)
        }
        return moment
    }
}
