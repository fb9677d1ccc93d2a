#pragma once
/// \file
/// The load generator's ng client: JSON over one UDP socket, one request at a time, as a proxy's worker does
/// it.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace bench {

class NgClient {
 public:
  static base::Result<NgClient> connect(const base::SocketAddress& server);
  NgClient(NgClient&& other) noexcept;
  NgClient& operator=(NgClient&&) = delete;
  ~NgClient();

  /// Sends and waits up to 2 s for the reply with the same cookie. Errors: silence, or a reply that is no
  /// JSON object.
  [[nodiscard]] base::Result<nlohmann::json> request(const nlohmann::json& message);

 private:
  explicit NgClient(int fd) : fd_(fd) {}
  int fd_;
  std::uint64_t cookie_{0};
};

}  // namespace bench
