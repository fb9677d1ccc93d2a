#pragma once
/// \file
/// A call service with one fake worker, and words to say what signalling does.

#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "control/call_service.h"
#include "tests/control/fake_dataplane.h"

namespace control {

/// A description with one audio stream at `address`:`port`.
inline std::string audio(std::uint16_t port, std::string_view formats = "0", std::string_view lines = {},
                         std::string_view address = "198.51.100.1") {
  const std::string family = address.find(':') == std::string_view::npos ? "IP4 " : "IP6 ";
  return "v=0\r\no=- 1 1 IN " + family + std::string{address} + "\r\ns=-\r\nc=IN " + family +
         std::string{address} + "\r\nt=0 0\r\nm=audio " + std::to_string(port) + " RTP/AVP " +
         std::string{formats} + "\r\n" + std::string{lines};
}

/// The port of the m= line number `index`.
inline std::uint16_t port_of(const std::string& description, std::size_t index = 0) {
  const auto parsed = sdp::SessionDescription::parse(description);
  return parsed ? parsed->medias.at(index).media().port : 0;
}

class CallServiceTest : public testing::Test {
 protected:
  static constexpr base::Instant kStart{std::chrono::seconds{1000}};

  CallServiceTest() { restart({}); }

  /// A new service; `ports` is the highest port of a range that begins at 30000.
  void restart(CallOptions options, std::uint16_t port_max = 30099,
               std::vector<MediaInterface> interfaces = {}) {
    if (interfaces.empty()) {
      interfaces = {
          {"default", *base::IpAddress::parse("192.0.2.1"), *base::IpAddress::parse("203.0.113.1")}};
    }
    service.reset();
    placement = std::make_unique<Placement>(PlacementOptions{std::move(interfaces), base::UdpPort{30000},
                                                             base::UdpPort{port_max}, 1,
                                                             [](base::UdpPort) { return 0; }, 1});
    service = std::make_unique<CallService>(
        options,
        CallService::Dependencies{*placement, proxies, [this](const auto& ip) { wanted.push_back(ip); }, 1});
  }

  base::Result<std::string> offer(std::string_view from, std::string_view to, const std::string& sdp,
                                  std::string_view branch = {}) {
    return service->offer({"call", from, to, branch}, sdp, flags, now);
  }
  base::Result<std::string> answer(std::string_view from, std::string_view to, const std::string& sdp,
                                   std::string_view branch = {}) {
    return service->answer({"call", from, to, branch}, sdp, flags, now);
  }
  /// Lets worker and control exchange what they have.
  void settle() {
    worker.turn();
    service->poll(now);
  }
  [[nodiscard]] std::size_t free_pairs() const { return placement->usage().front().free_pairs; }

  FakeWorker worker;
  std::vector<dataplane::WorkerProxy> proxies{dataplane::WorkerProxy{worker.link}};
  std::vector<base::IpAddress> wanted;
  std::unique_ptr<Placement> placement;
  std::unique_ptr<CallService> service;
  OfferFlags flags;
  base::Instant now{kStart};
};

}  // namespace control
