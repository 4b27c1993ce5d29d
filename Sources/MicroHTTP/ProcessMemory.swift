import CListener

/// How the process uses memory.
public enum ProcessMemory {
    /// Makes all threads share one heap, so that a long run holds no more memory than it needs. Before the first thread is made.
    public static func useOneHeap() {
        listener_use_one_heap()
    }
}
