import CListener
import Glibc
import Synchronization

/// Calls held requests back before their time. May be rung on any thread; a ring before anybody waits counts for whoever comes.
package final class Bell: Sendable {
    private struct Ropes: Sendable {
        var waiting: [Int: Mailbox] = [:]
        var isRung = false
    }

    private let ropes = Lock(Ropes())

    /// A bell for one wait.
    package init() {}

    /// Calls whoever waits, and whoever is about to.
    package func ring() {
        let waiting = ropes.withLock { ropes in
            ropes.isRung = true
            return ropes.waiting
        }
        for (number, mailbox) in waiting { mailbox.put(number) }
    }

    fileprivate func hang(_ number: Int, _ mailbox: Mailbox) {
        let isRung = ropes.withLock { ropes in
            ropes.waiting[number] = mailbox
            return ropes.isRung
        }
        if isRung { mailbox.put(number) }
    }

    fileprivate func take(_ number: Int) {
        _ = ropes.withLock { $0.waiting.removeValue(forKey: number) }
    }
}

/// Where a reactor finds the numbers of the waits that are over. Outlives the reactor if a bell still knows it.
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

    /// Puts a number in and wakes the reactor.
    fileprivate func put(_ number: Int) {
        numbers.withLock { $0.append(number) }
        var one: UInt64 = 1
        // Fails only if the counter is full, and then the reactor has been woken already.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes out all numbers.
    func takeAll() -> [Int] {
        numbers.withLock { numbers in
            defer { numbers = [] }
            return numbers
        }
    }
}

/// One wait for a bell: on while it lives.
final class Wait: Sendable {
    private static let count = Atomic<Int>(0)

    let number = Wait.count.wrappingAdd(1, ordering: .relaxed).newValue
    private let bell: Bell

    /// Begins to wait.
    init(_ bell: Bell, _ mailbox: Mailbox) {
        self.bell = bell
        bell.hang(number, mailbox)
    }

    deinit { bell.take(number) }
}
