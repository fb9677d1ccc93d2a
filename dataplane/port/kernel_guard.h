#pragma once
/// \file
/// What the kernel must be told so that it shares an address with us: to keep its hands off the media ports.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace dataplane {

/// An interface whose addresses are the kernel's and ours.
struct GuardedInterface {
  std::string name;
  std::vector<base::IpAddress> addresses;
};

/// While it lives, UDP to the media ports of the guarded addresses is dropped in the raw table before the
/// kernel's own stack sees it (packet sockets have seen it by then), so that nobody is told "port
/// unreachable"; the kernel gives none of these ports to sockets that ask for any (a proxy on this host would
/// never hear replies sent to one); and on lo it accepts frames that we send from its own addresses.
/// Everything set is logged, and undone at the end. What a killed instance left on the same interfaces,
/// rules and switches, is undone first: whoever guards an interface has its InterfaceLock. Control thread;
/// blocks while iptables runs.
class KernelGuard {
 public:
  /// Errors: iptables is missing or refuses, with its words.
  [[nodiscard]] static base::Result<std::unique_ptr<KernelGuard>> raise(
      const std::vector<GuardedInterface>& interfaces, base::UdpPort port_min, base::UdpPort port_max);
  KernelGuard(const KernelGuard&) = delete;
  KernelGuard& operator=(const KernelGuard&) = delete;
  ~KernelGuard();

 private:
  using Rule = std::vector<std::string>;  // program, then everything behind -A or -D
  KernelGuard() = default;

  [[nodiscard]] base::Result<void> drop_media(const GuardedInterface& interface, base::UdpPort port_min,
                                              base::UdpPort port_max);
  [[nodiscard]] base::Result<void> add(Rule rule);
  void reserve(base::UdpPort port_min, base::UdpPort port_max);
  void believe_own_addresses();
  /// False: it was so already, or cannot be.
  bool set_switch(const std::string& path, const std::string& value);

  std::vector<Rule> rules_;
  std::vector<std::pair<std::string, std::string>> switches_;  // path and what it was
  std::string reserved_;                                       // of the comments of all rules
  std::string lo_switches_;                                    // and of those on lo
};

}  // namespace dataplane
