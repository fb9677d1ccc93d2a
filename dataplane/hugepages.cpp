#include "dataplane/hugepages.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>

namespace dataplane {
namespace {

std::optional<std::uint32_t> read_number(const std::string& path) {
  std::ifstream file{path};
  std::uint32_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

void write_number(const std::string& path, std::uint32_t number) {
  std::ofstream{path} << number << std::flush;  // a refusal shows in what is read back
}

}  // namespace

HugepageReservation reserve_hugepages(std::uint32_t pages, const std::string& folder) {
  const auto free_path = folder + "/free_hugepages";
  const auto total_path = folder + "/nr_hugepages";
  const auto free = read_number(free_path);
  const auto total = read_number(total_path);
  if (!free || !total) return {};
  if (*free >= pages) return {.enough = true};
  write_number(total_path, *total + (pages - *free));
  if (read_number(free_path).value_or(0) >= pages) return {.enough = true, .added = pages - *free};
  write_number(total_path, *total);
  return {};
}

void return_hugepages(std::uint32_t added, const std::string& folder) {
  const auto total_path = folder + "/nr_hugepages";
  if (const auto total = read_number(total_path); added > 0 && total)
    write_number(total_path, *total - std::min(added, *total));
}

HugepageLock::HugepageLock(const std::string& folder)
    : descriptor_(::open((folder + "/nr_hugepages").c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
}

HugepageLock::~HugepageLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dataplane
