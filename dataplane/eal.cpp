#include "dataplane/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <string_view>

#include "dataplane/hugepages.h"
#include "dataplane/pool.h"
#include "mediad/base/log.h"

namespace dataplane {
namespace {

constexpr std::uint32_t kHugepageOctets = 2u << 20;
// What DPDK needs beside the packet buffers: its heap's overhead, rings, device structures (measured: 12
// MiB).
constexpr std::uint32_t kFixedMebibytes = 24;
// struct rte_mbuf, mempool header and padding beside headroom and room.
constexpr std::uint32_t kMbufOverhead = 256;

std::uint32_t mebibytes_for(std::uint32_t mbufs) {
  const std::uint64_t octets = std::uint64_t{mbufs} * (kPacketHeadroom + kPacketRoom + kMbufOverhead);
  return kFixedMebibytes + static_cast<std::uint32_t>(octets >> 20);
}

// What drivers complain of though nothing is wrong.
constexpr std::array<std::string_view, 5> kHarmless = {
    "No free 1048576 kB hugepages",  // pages of 2 MiB are what we use
    "ioctl(SIOCSIFHWADDR) failed",   // af_packet sets the MAC address that lo has, and lo refuses
    // tap without the multiq queueing discipline: no flow rules, which we do not use
    "Specified qdisc kind is unknown", "Disabling rte flow support",
    "Failed to send start req to secondary",  // tap: there is none
};

// DPDK writes its log through stdio; each line becomes one of ours. Only warnings and worse get here.
ssize_t write_log(void* /*cookie*/, const char* text, std::size_t size) {
  std::string_view line{text, size};
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  const auto inside = [&](std::string_view words) { return line.find(words) != std::string_view::npos; };
  if (!line.empty() && std::none_of(kHarmless.begin(), kHarmless.end(), inside))
    spdlog::warn("dpdk text=\"{}\"", line);
  return static_cast<ssize_t>(size);
}

void route_log() {
  static FILE* const stream =
      fopencookie(nullptr, "w", cookie_io_functions_t{nullptr, write_log, nullptr, nullptr});
  if (stream == nullptr) return;
  setvbuf(stream, nullptr, _IOLBF, 0);
  rte_openlog_stream(stream);
}

// "0@(0,1),1@0,2@1": control may use every CPU that the process may; each worker has its own, perhaps shared,
// one.
std::string lcore_map(const std::vector<int>& worker_cpus) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::string control;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) control += (control.empty() ? "" : ",") + std::to_string(cpu);
  std::string map = "0@(" + control + ")";
  for (std::size_t i = 0; i < worker_cpus.size(); ++i)
    map += "," + std::to_string(i + 1) + "@" + std::to_string(worker_cpus[i]);
  return map;
}

std::vector<std::string> arguments(const EalOptions& options, bool hugepages) {
  std::vector<std::string> arguments{"mediad"};
  if (hugepages) {
    // With -m the pages are taken at once, under the lock, and not when a pool is made.
    arguments.insert(arguments.end(), {"--in-memory", "-m", std::to_string(mebibytes_for(options.mbufs))});
  } else {
    arguments.insert(arguments.end(),
                     {"--no-huge", "--no-shconf", "-m", std::to_string(mebibytes_for(options.mbufs))});
  }
  if (options.pci_devices.empty()) arguments.emplace_back("--no-pci");
  for (const auto& device : options.pci_devices) arguments.insert(arguments.end(), {"-a", device});
  arguments.insert(arguments.end(), {"--file-prefix", "mediad-" + std::to_string(getpid()), "--lcores",
                                     lcore_map(options.worker_cpus), "--main-lcore", "0", "--no-telemetry",
                                     "--log-level", "warning"});
  return arguments;
}

}  // namespace

base::Result<Eal> Eal::start(const EalOptions& options) {
  static std::atomic<bool> started{false};
  if (started.exchange(true)) return base::Error{"DPDK was started before in this process"};
  route_log();
  const HugepageLock lock;
  HugepageReservation pages;
  if (options.hugepages)
    pages = reserve_hugepages(mebibytes_for(options.mbufs) / (kHugepageOctets >> 20) + 1);
  auto texts = arguments(options, pages.enough);
  std::vector<char*> argv;
  for (auto& text : texts) argv.push_back(text.data());
  if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
    const std::string reason = rte_strerror(rte_errno);
    return_hugepages(pages.added);
    return base::Error{"DPDK did not start: " + reason};
  }
  spdlog::info("eal memory={} mebibytes={} hugepages_reserved={} workers={}",
               pages.enough ? "hugepages" : "ordinary", mebibytes_for(options.mbufs), pages.added,
               options.worker_cpus.size());
  return Eal{pages.enough, pages.added};
}

Eal::Eal(Eal&& other) noexcept
    : running_(std::exchange(other.running_, false)),
      hugepages_(other.hugepages_),
      reserved_pages_(other.reserved_pages_) {}

Eal::~Eal() {
  if (!running_) return;
  rte_eal_mp_wait_lcore();
  const std::string runtime_folder = rte_eal_get_runtime_dir();
  rte_eal_cleanup();
  std::error_code ignored;  // an empty folder left behind is no failure
  std::filesystem::remove_all(runtime_folder, ignored);
  const HugepageLock lock;
  return_hugepages(reserved_pages_);
}

base::Result<void> Eal::launch(std::uint16_t worker, int (*function)(void*), void* argument) {
  const int failure = rte_eal_remote_launch(function, argument, worker + 1u);
  if (failure != 0)
    return base::Error{"worker " + std::to_string(worker) + " did not start: " + rte_strerror(-failure)};
  return {};
}

void Eal::join(std::uint16_t worker) {
  rte_eal_wait_lcore(worker + 1u);
}

}  // namespace dataplane
