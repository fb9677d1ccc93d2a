#pragma once
/// \file
/// Sends what passes the SIP sockets to a capture server (Homer).

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "control/sip/sip_engine.h"
#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace control {

/// Control thread. A datagram that the kernel does not take at once is dropped and counted: a capture never
/// holds up a call.
class HepExporter final : public sip::MessageTap {
 public:
  struct Options {
    base::SocketAddress homer;
    std::uint32_t agent_id{0};
    std::vector<base::SocketAddress> listeners;  ///< local addresses in the order of SipPort::listen
    std::function<base::WallTime(base::Instant)> to_wall;
  };
  /// Errors: no socket can be had, or the server's address cannot be reached from here.
  [[nodiscard]] static base::Result<std::unique_ptr<HepExporter>> open(Options options);
  ~HepExporter() override;
  HepExporter(const HepExporter&) = delete;
  HepExporter& operator=(const HepExporter&) = delete;

  void on_message(bool sent, const sip::FlowId& flow, std::string_view octets, base::Instant now) override;
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  HepExporter(int descriptor, Options options) : descriptor_(descriptor), options_(std::move(options)) {}

  int descriptor_;
  Options options_;
  std::uint64_t sent_{0}, lost_{0};
};

/// Value of the Call-ID field; empty without one. Long name or compact form, no full parse.
[[nodiscard]] std::string_view call_id_of(std::string_view message);

}  // namespace control
