#pragma once
/// \file
/// The start of DPDK's environment abstraction layer with options of our choosing.

#include <cstdint>
#include <string>
#include <vector>

#include "mediad/base/result.h"

namespace dataplane {

struct EalOptions {
  std::vector<int> worker_cpus;          ///< CPU of each worker lcore; CPUs may repeat
  std::vector<std::string> pci_devices;  ///< addresses to probe; empty: the PCI bus is left alone
  std::uint32_t mbufs{16384};            ///< what the memory is sized for
  bool hugepages{true};                  ///< 2 MiB pages if they are free or can be reserved
};

/// The running EAL. At most one per process, ever: it cannot be started again after it was stopped. The
/// thread that starts it becomes the main lcore (control) and keeps its CPU affinity; worker n is lcore n
/// + 1. Control thread.
class Eal {
 public:
  /// Errors: what DPDK refused, or a second start.
  [[nodiscard]] static base::Result<Eal> start(const EalOptions& options);
  Eal(Eal&& other) noexcept;
  Eal& operator=(Eal&&) = delete;
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;
  /// Waits for the worker lcores, releases all of DPDK's memory, gives reserved huge pages back.
  ~Eal();

  [[nodiscard]] bool hugepages() const { return hugepages_; }
  /// Runs `function` on the lcore of the worker. It must return before the Eal is destroyed.
  [[nodiscard]] base::Result<void> launch(std::uint16_t worker, int (*function)(void*), void* argument);
  /// Waits until the worker's function has returned.
  void join(std::uint16_t worker);

 private:
  Eal(bool hugepages, std::uint32_t reserved_pages)
      : hugepages_(hugepages), reserved_pages_(reserved_pages) {}

  bool running_{true};
  bool hugepages_;
  std::uint32_t reserved_pages_;  // by us, to be given back
};

}  // namespace dataplane
