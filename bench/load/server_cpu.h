#pragma once
/// \file
/// CPU time of a process by the kernel's own accounting of its threads.

#include <sys/types.h>

#include <chrono>

namespace bench {

/// Sum over /proc/PID/task/*/schedstat; zero if the process is gone.
[[nodiscard]] std::chrono::nanoseconds cpu_time_of(pid_t pid);

}  // namespace bench
