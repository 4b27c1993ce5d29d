/// How jobs move on once an agent has picked them up: the `progress` part of a scenario.
public struct Progress: Sendable {
    /// One state of a run, and how long it lasts.
    public struct Step: Sendable, Equatable {
        /// The states that a script can name.
        public enum State: String, Sendable, CaseIterable {
            /// Not in the history yet.
            case absent
            case inProcess = "InProcess"
            /// The attempt failed, and Command will try again: the next attempt has an entry of its own.
            case completedWillRetry = "CompletedWillRetry"
            /// The run is over.
            case completed = "Completed"
        }

        /// How long a step lasts.
        public enum Length: Sendable, Equatable {
            /// Until so many requests have read the job: history requests that select it, and others that show what it does.
            case reads(Int)
            /// On the world's clock.
            case duration(Duration)
            /// Until the control interface moves the job on.
            case untilMoved
        }

        /// What the job is seen to be in during the step.
        public var state: State
        /// How long the step lasts; one read unless said otherwise.
        public var length = Length.reads(1)
        /// The outcome of an attempt that ends; success for `completed`, failure for `completedWillRetry`, if not said.
        public var result: HistoryEntry.Result?
        /// The message of the attempt's history entry.
        public var message = ""
        /// What `JobStatus/Data` answers for the attempt.
        public var data: String?

        /// A step that lasts for one read.
        public init(_ state: State) {
            self.state = state
        }
    }

    /// A script for some jobs. A match that is left out matches all.
    public struct Script: Sendable {
        var jobType: String?
        var agent: String?
        /// The steps of each run; after the last the last is repeated. Never empty, and no run is.
        var runs: [[Step]]

        /// A script.
        ///
        /// - Parameters:
        ///   - jobType: the name of a job type, without case.
        ///   - agent: an agent's machine, without case.
        ///   - steps: all steps in order; `completed` ends a run, and a last run without it is ended.
        public init(jobType: String?, agent: String?, steps: [Step]) {
            self.jobType = jobType
            self.agent = agent
            runs = []
            var run: [Step] = []
            for step in steps {
                run.append(step)
                guard step.state == .completed else { continue }
                runs.append(run)
                run = []
            }
            if !run.isEmpty || runs.isEmpty { runs.append(run + [Step(.completed)]) }
        }
    }

    /// The scripts in order: the first that matches a job counts.
    public var scripts: [Script] = []

    /// What a job does that no script matches: one read sees it in process, then it has succeeded.
    static let standard = Script(jobType: nil, agent: nil, steps: [Step(.inProcess), Step(.completed)])

    /// Nothing but the standard.
    public init() {}

    /// The steps of a job's run.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - machine: its agent's machine.
    ///   - number: how many runs of the job came before.
    /// - Returns: never empty; the last is `completed`.
    public func steps(of job: Job, on machine: String, run number: Int) -> [Step] {
        let script = scripts.first { script in
            (script.jobType.map { $0.lowercased() == job.order.type.lowercased() } ?? true)
                && (script.agent.map { $0.lowercased() == machine.lowercased() } ?? true)
        }
        let runs = (script ?? Self.standard).runs
        return runs[min(number, runs.count - 1)]
    }
}
