#include "bench/load/ng_client.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <utility>

#include "mediad/base/native_address.h"

namespace bench {

using nlohmann::json;

base::Result<NgClient> NgClient::connect(const base::SocketAddress& server) {
  const auto address = base::to_native(server);
  const int fd = ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::connect(fd, address.get(), address.size) != 0) {
    if (fd >= 0) ::close(fd);
    return base::Error{fmt::format("no socket to {}", server.to_string())};
  }
  return NgClient{fd};
}

NgClient::NgClient(NgClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), cookie_(other.cookie_) {}

NgClient::~NgClient() {
  if (fd_ >= 0) ::close(fd_);
}

base::Result<json> NgClient::request(const json& message) {
  const auto cookie = fmt::format("load_{}_{}", ::getpid(), ++cookie_);
  const auto wire = cookie + " " + message.dump();
  if (::send(fd_, wire.data(), wire.size(), 0) < 0) return base::Error{"the daemon does not listen"};
  std::string buffer(65536, '\0');
  for (;;) {
    pollfd wait{fd_, POLLIN, 0};
    if (::poll(&wait, 1, 2000) <= 0) return base::Error{"no reply within 2 s"};
    const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (size < 0) return base::Error{"the daemon does not listen"};
    const std::string_view reply{buffer.data(), static_cast<std::size_t>(size)};
    if (!reply.starts_with(cookie + " ")) continue;  // a late reply to an earlier request
    auto parsed = json::parse(reply.substr(cookie.size() + 1), nullptr, false);
    if (!parsed.is_object()) return base::Error{"the reply is no JSON object"};
    return parsed;
  }
}

}  // namespace bench
