import CListener

/// How the process uses memory.
package enum ProcessMemory {
    /// Makes all threads share one heap, so that a long run holds no more memory than it needs. Before the first thread is made.
    package static func useOneHeap() {
        listener_use_one_heap()
    }
}
