import Glibc
import MicroHTTP

/// Ends what a program has left running. Its descendants are recognized by a variable in their environment, so they are found whatever
/// process group, session or parent they have.
extension Process {
    /// The variable that marks the processes of one `exec`. Its value is the folder of that `exec`.
    static let marker = "KFMOCK_EXEC"

    /// How long a process may take to exit after SIGTERM, and after SIGKILL, in milliseconds.
    private static let (patience, lastPatience) = (2000, 3000)
    /// How often it is looked again while a process shows no environment: one that replaces its program does so for a moment.
    private static let looksWhenUncertain = 10

    /// Ends all processes with a marker: SIGTERM first, SIGKILL after two seconds.
    ///
    /// - Parameter folder: the value of the marker.
    /// - Returns: the processes that had to be ended, and those that could not be ended, each as `4711 (name)`.
    static func endProcesses(markedWith folder: String) -> (ended: [String], remaining: [String]) {
        var asked: [Int32: String] = [:]
        var quiet = 0
        for waited in stride(from: 0, through: patience + lastPatience, by: 20) {
            let (found, isCertain) = processes(markedWith: folder)
            quiet = found.isEmpty ? quiet + 1 : 0
            // One that began during a look may not have been seen.
            guard quiet <= (isCertain ? 1 : looksWhenUncertain) else { return (asked.sorted { $0.key < $1.key }.map(\.value), []) }
            for process in found {
                if asked[process] == nil {
                    asked[process] = description(of: process)
                    kill(process, SIGTERM)
                    // A stopped process would not notice.
                    kill(process, SIGCONT)
                } else if waited >= patience {
                    kill(process, SIGKILL)
                }
            }
            usleep(quiet > 0 ? 2_000 : 20_000)
        }
        let remaining = Set(processes(markedWith: folder).found)
        let sorted = asked.sorted { $0.key < $1.key }
        return (sorted.filter { !remaining.contains($0.key) }.map(\.value), sorted.filter { remaining.contains($0.key) }.map(\.value))
    }

    private static func description(of process: Int32) -> String {
        let name = String(decoding: read("/proc/\(process)/comm") ?? [], as: UTF8.self).prefix { $0 != "\n" }
        return "\(process) (\(name))"
    }

    /// The processes with a marker.
    ///
    /// - Parameter folder: the value of the marker.
    /// - Returns: their ids, and whether every process showed its environment.
    private static func processes(markedWith folder: String) -> (found: [Int32], isCertain: Bool) {
        var isCertain = true
        let found = entries(of: "/proc").compactMap { Int32($0) }.filter { process in
            guard process != id, let environment = read("/proc/\(process)/environ") else { return false }
            // Threads of the kernel and processes that have ended have none either, but no program.
            if environment.isEmpty, hasProgram(process) { isCertain = false }
            return environment.split(separator: 0).contains { $0.elementsEqual("\(marker)=\(folder)".utf8) }
        }
        return (found, isCertain)
    }

    private static func hasProgram(_ process: Int32) -> Bool {
        var byte: CChar = 0
        return unsafe readlink("/proc/\(process)/exe", &byte, 1) > 0
    }

    /// A process that waits for the end of this one and then does what this one can no longer do, even after SIGKILL.
    struct Guard {
        fileprivate let id: pid_t
        fileprivate let pipe: Int32
    }

    /// The name by which this program knows that it is a guard.
    static let guardName = "keyfactor-mock: guard"

    /// Starts a guard, which ends the marked processes and removes the folder if this process dies.
    ///
    /// - Parameter folder: the folder, which is also the value of the marker.
    /// - Returns: `nil` if it cannot be started.
    static func startGuard(of folder: String) -> Guard? {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments = unsafe [strdup(guardName), strdup(folder), nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var id: pid_t = 0
        guard unsafe posix_spawn(&id, "/proc/self/exe", &actions, nil, &arguments, environ) == 0 else {
            close(ends[1])
            return nil
        }
        return Guard(id: id, pipe: ends[1])
    }

    /// Ends a guard: there is nothing left to do. It may not even have begun, so it is not asked.
    static func dismiss(_ guardian: Guard?) {
        guard let guardian else { return }
        defer { close(guardian.pipe) }
        // If it has ended already and has been reaped, its id may be another's.
        guard waitpid(guardian.id, nil, WNOHANG) == 0 else { return }
        kill(guardian.id, SIGKILL)
        waitpid(guardian.id, nil, 0)
    }

    /// What a guard does: waits for the end of the process that started it.
    ///
    /// - Parameter folder: the folder.
    static func guardProcesses(of folder: String) {
        // In its own session it gets no signals from the terminal. What it has inherited must not stay open because of it.
        setsid()
        for descriptor in entries(of: "/proc/self/fd").compactMap({ Int32($0) }) where descriptor > 2 { close(descriptor) }
        _ = try? WholeFile.readStandardInput(most: mostBytes)
        _ = endProcesses(markedWith: folder)
        removeFolder(folder)
    }
}
