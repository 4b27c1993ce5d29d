import CListener
import Glibc
import Synchronization

/// Ends the wait of held requests early. May be rung on any thread; once rung, it ends every later wait at once.
public final class Bell: Sendable {
    private struct State: Sendable {
        var waiting: [Int: Mailbox] = [:]
        var isRung = false
    }

    private let state = Lock(State())

    /// A bell that has not been rung.
    public init() {}

    /// Ends all waits, and those that are about to begin.
    public func ring() {
        let waiting = state.withLock { state in
            state.isRung = true
            return state.waiting
        }
        for (number, mailbox) in waiting { mailbox.add(number) }
    }

    fileprivate func register(_ number: Int, _ mailbox: Mailbox) {
        let isRung = state.withLock { state in
            state.waiting[number] = mailbox
            return state.isRung
        }
        if isRung { mailbox.add(number) }
    }

    fileprivate func unregister(_ number: Int) {
        _ = state.withLock { $0.waiting.removeValue(forKey: number) }
    }
}

/// The numbers of waits that are over, for one reactor to collect. Outlives the reactor if a bell still refers to it.
final class Mailbox: Sendable {
    private let descriptor: Int32
    private let numbers = Lock<[Int]>([])

    /// A mailbox.
    ///
    /// - Parameter descriptor: wakes the reactor when it is written to; closed at the end.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Adds a number and wakes the reactor.
    fileprivate func add(_ number: Int) {
        numbers.withLock { $0.append(number) }
        var one: UInt64 = 1
        // Fails only if the counter is full, and then the reactor has been woken already.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Removes and returns all numbers.
    func takeAll() -> [Int] {
        numbers.withLock { numbers in
            defer { numbers = [] }
            return numbers
        }
    }
}

/// One wait for a bell, for as long as this object lives.
final class Wait: Sendable {
    private static let count = Atomic<Int>(0)

    let number = Wait.count.wrappingAdd(1, ordering: .relaxed).newValue
    private let bell: Bell

    /// Begins to wait.
    init(_ bell: Bell, _ mailbox: Mailbox) {
        self.bell = bell
        bell.register(number, mailbox)
    }

    deinit { bell.unregister(number) }
}
