#include "bench/load/server_cpu.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace bench {

std::chrono::nanoseconds cpu_time_of(pid_t pid) {
  std::uint64_t total = 0;
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::ifstream file{task.path() / "schedstat"};
    std::uint64_t on_cpu = 0;
    if (file >> on_cpu) total += on_cpu;
  }
  return std::chrono::nanoseconds{total};
}

}  // namespace bench
