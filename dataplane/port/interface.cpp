#include "dataplane/port/interface.h"

#include <dirent.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>

namespace dataplane {
namespace {

// Runs an interface request; false if the kernel refuses.
bool interface_request(unsigned long request, const std::string& name, ifreq& argument) {
  if (name.empty() || name.size() >= IFNAMSIZ) return false;
  std::memcpy(argument.ifr_name, name.c_str(), name.size() + 1);
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const bool done = ::ioctl(descriptor, request, &argument) == 0;
  ::close(descriptor);
  return done;
}

bool is_socket_of(int descriptor, int domain, std::optional<int> interface) {
  int found = 0;
  socklen_t size = sizeof found;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &found, &size) != 0 || found != domain) return false;
  if (!interface) return true;
  sockaddr_ll address{};
  size = sizeof address;
  return ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
         address.sll_ifindex == *interface;
}

}  // namespace

std::optional<int> interface_index(const std::string& name) {
  ifreq argument{};
  if (!interface_request(SIOCGIFINDEX, name, argument)) return std::nullopt;
  return argument.ifr_ifindex;
}

std::optional<std::uint16_t> interface_mtu(const std::string& name) {
  ifreq argument{};
  if (!interface_request(SIOCGIFMTU, name, argument)) return std::nullopt;
  return static_cast<std::uint16_t>(std::min(argument.ifr_mtu, 65535));
}

void set_promiscuous(const std::string& name, bool on) {
  ifreq argument{};
  if (!interface_request(SIOCGIFFLAGS, name, argument)) return;
  const int flags = on ? argument.ifr_flags | IFF_PROMISC : argument.ifr_flags & ~IFF_PROMISC;
  if (flags == argument.ifr_flags) return;
  argument.ifr_flags = static_cast<short>(flags);
  interface_request(SIOCSIFFLAGS, name, argument);
}

std::vector<int> find_sockets(int domain, std::optional<int> interface) {
  std::vector<int> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir("/proc/self/fd"), ::closedir};
  if (folder == nullptr) return found;
  while (const auto* entry = ::readdir(folder.get())) {
    int descriptor = 0;
    const std::string_view text{entry->d_name};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), descriptor);
    if (error == std::errc{} && is_socket_of(descriptor, domain, interface)) found.push_back(descriptor);
  }
  std::sort(found.begin(), found.end());
  return found;
}

base::Result<InterfaceLock> InterfaceLock::take(const std::string& interface) {
  // A name in the abstract namespace: no file to be left behind, and containers that share the interface
  // share it.
  const std::string name = "mediad/port/" + interface;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), std::min(name.size(), sizeof address.sun_path - 1));
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return base::Error{std::string{"no socket: "} + std::strerror(errno)};
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) != 0) {
    ::close(descriptor);
    return base::Error{"interface " + interface + " is in use by another mediad"};
  }
  return InterfaceLock{descriptor};
}

InterfaceLock::InterfaceLock(InterfaceLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

InterfaceLock::~InterfaceLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dataplane
