#pragma once
/// \file
/// A session without worker, ports or DPDK: datagrams in, datagrams out, at instants of the test's choosing.

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codecs/registry.h"
#include "dataplane/media_path.h"
#include "dataplane/session.h"
#include "dataplane/session_timer.h"

namespace dataplane {

inline constexpr base::Instant kLabStart{std::chrono::hours{10}};

inline base::SocketAddress address(const std::string& text) {
  return *base::SocketAddress::parse(text);
}

/// Alice is endpoint 0, Bob is endpoint 1.
inline const base::SocketAddress kAlice = address("192.0.2.10:40000");
inline const base::SocketAddress kBob = address("198.51.100.20:50000");
inline const base::SocketAddress kStranger = address("203.0.113.66:6666");

inline ReceiveFormat format(std::uint8_t payload_type, const std::string& encoding, std::uint32_t clock,
                            std::uint8_t channels = 1, const std::string& fmtp = {}) {
  ReceiveFormat f{payload_type, {encoding, {clock}, channels, fmtp}, nullptr};
  f.codec = codecs::find(f.format);
  return f;
}
inline const ReceiveFormat kPcmu = format(0, "PCMU", 8000);
inline const ReceiveFormat kPcma = format(8, "PCMA", 8000);
inline const ReceiveFormat kG729 = format(18, "G729", 8000);
inline const ReceiveFormat kOpus = format(111, "opus", 48000, 2);

inline SendFormat send_as(const ReceiveFormat& f, std::uint16_t ptime_ms = 20) {
  SendFormat send;
  send.payload_type = f.payload_type;
  send.format = f.format;
  send.codec = f.codec;
  send.ptime_ms = ptime_ms;
  return send;
}

inline EndpointPlan endpoint_at(const std::string& local, const base::SocketAddress& remote,
                                std::vector<ReceiveFormat> receive, std::uint32_t ssrc) {
  const auto rtp = address(local);
  EndpointPlan e;
  e.local_ip = rtp.ip;
  e.local_rtp = rtp.port;
  e.local_rtcp = {static_cast<std::uint16_t>(rtp.port.number + 1)};
  e.remote_rtp = remote;
  e.remote_rtcp = base::SocketAddress{remote.ip, {static_cast<std::uint16_t>(remote.port.number + 1)}};
  e.receive = std::move(receive);
  e.ssrc = ssrc;
  e.cname = "mediad@test";
  return e;
}

/// Both sides use the same formats; everything passes.
inline SessionPlan relay_plan(std::vector<ReceiveFormat> formats = {kPcmu}) {
  SessionPlan plan;
  plan.endpoints = {endpoint_at("10.0.0.1:20000", kAlice, formats, 0xA0A0A0A0),
                    endpoint_at("10.0.0.1:20002", kBob, formats, 0xB0B0B0B0)};
  plan.flows = {FlowPlan{.from = 0, .to = 1, .rules = {}, .send = {}},
                FlowPlan{.from = 1, .to = 0, .rules = {}, .send = {}}};
  return plan;
}

/// Alice speaks `a`, Bob speaks `b`.
inline SessionPlan transcode_plan(const ReceiveFormat& a, const ReceiveFormat& b, std::uint16_t ptime_a = 20,
                                  std::uint16_t ptime_b = 20) {
  SessionPlan plan;
  plan.endpoints = {endpoint_at("10.0.0.1:20000", kAlice, {a}, 0xA0A0A0A0),
                    endpoint_at("10.0.0.1:20002", kBob, {b}, 0xB0B0B0B0)};
  FlowPlan there{.from = 0, .to = 1, .mode = FlowMode::kTranslate, .rules = {}, .send = send_as(b, ptime_b)};
  there.rules = {{.in = a.payload_type, .kind = RuleKind::kTranscode}};
  FlowPlan back{.from = 1, .to = 0, .mode = FlowMode::kTranslate, .rules = {}, .send = send_as(a, ptime_a)};
  back.rules = {{.in = b.payload_type, .kind = RuleKind::kTranscode}};
  plan.flows = {there, back};
  return plan;
}

struct RtpPacket {
  std::uint8_t payload_type{0};
  std::uint16_t sequence{0};
  std::uint32_t timestamp{0};
  std::uint32_t ssrc{0x11223344};
  bool marker{false};
  std::vector<std::byte> payload{};
};

inline std::vector<std::byte> octets_of(const RtpPacket& packet) {
  std::vector<std::byte> octets(rtp::kFixedHeaderSize);
  rtp::write_header(octets.data(),
                    {packet.ssrc, packet.timestamp, packet.sequence, packet.payload_type, packet.marker});
  octets.insert(octets.end(), packet.payload.begin(), packet.payload.end());
  return octets;
}

/// What came out.
struct Output {
  std::size_t to{0};
  bool rtcp{false};
  std::vector<std::byte> octets;

  [[nodiscard]] rtp::RtpHeader header() const {
    const auto parsed = rtp::parse(octets);
    EXPECT_TRUE(parsed);
    return parsed.value_or(rtp::RtpHeader{});
  }
};

class SessionLab : private Outlet {
 public:
  explicit SessionLab(SessionPlan plan) {
    auto built = build_session({7}, std::move(plan));
    if (!built) throw std::runtime_error(built.error().text);
    session_ = *std::move(built);
    start_timer(*session_, now, wheel_);
  }
  ~SessionLab() override { wheel_.cancel(session_->timer); }

  /// Brings a datagram to an endpoint's RTP (or RTCP) port; returns all that goes out because of it.
  std::vector<Output> bring(std::size_t endpoint, std::vector<std::byte> octets,
                            const base::SocketAddress& source, bool rtcp_port = false) {
    auto& from = session_->body.endpoints[endpoint];
    Forwards forwards;
    receive(from, {octets, source, now, rtcp_port}, context_, forwards);
    for (const auto& forward : forwards.all()) {
      auto copy = octets;
      rewrite(forward, copy);
      outputs_.push_back({forward.to->index, forward.rtcp, copy});
    }
    stage_.run_all();
    return std::exchange(outputs_, {});
  }
  std::vector<Output> bring(std::size_t endpoint, const RtpPacket& packet) {
    return bring(endpoint, octets_of(packet), endpoint == 0 ? kAlice : kBob);
  }

  /// Lets time pass, with timers.
  std::vector<Output> pass(base::Duration time) {
    for (const auto end = now + time; now < end;) {
      now = std::min(end, now + std::chrono::milliseconds{1});
      context_.wall = base::WallTime{std::chrono::hours{500'000}} + (now - kLabStart);
      while (auto* timer = wheel_.pop_due(now)) wheel_.schedule(*timer, run_timer(*session_, now, context_));
    }
    stage_.run_all();
    return std::exchange(outputs_, {});
  }

  void update(SessionPlan plan) {
    auto built = build_update({7}, std::move(plan));
    ASSERT_TRUE(built) << built.error().text;
    exchange_bodies(*session_, **built, now);
    start_timer(*session_, now, wheel_);
  }
  std::vector<Output> end() {
    finish(*session_, now, context_);
    return std::exchange(outputs_, {});
  }

  [[nodiscard]] const EndpointStats& stats(std::size_t endpoint) const {
    return stats_of(*session_).endpoints[endpoint];
  }
  [[nodiscard]] std::uint64_t drops(std::size_t endpoint, Drop reason) const {
    return stats(endpoint).drops[static_cast<std::size_t>(reason)].get();
  }
  [[nodiscard]] std::uint64_t all_drops(std::size_t endpoint) const {
    std::uint64_t sum = 0;
    for (const auto& counter : stats(endpoint).drops) sum += counter.get();
    return sum;
  }
  /// The next event to control that is an E.
  template <typename E>
  std::optional<E> event() {
    while (auto event = link.outbox.pop()) {
      if (auto* wanted = std::get_if<E>(&*event)) return std::move(*wanted);
    }
    return std::nullopt;
  }
  [[nodiscard]] Session& session() { return *session_; }
  /// The worker has no time for more effort than this.
  void shed(int ceiling) { stage_.set_effort(ceiling); }

  base::Instant now{kLabStart};
  WorkerLink link;

 private:
  void send_rtp(Endpoint& to, base::Octets packet) override {
    outputs_.push_back({to.index, false, {packet.begin(), packet.end()}});
  }
  void send_rtcp(Endpoint& to, base::Octets packet) override {
    outputs_.push_back({to.index, true, {packet.begin(), packet.end()}});
  }
  void drop(Endpoint& from, Drop reason) override {
    from.stats->drops[static_cast<std::size_t>(reason)].add();
  }

  std::vector<Output> outputs_;
  SessionHandle session_;
  TimerWheel wheel_{kLabStart};
  Outbox outbox_{link};
  CodecStage stage_{codecs::all(), *this, link.stats};
  MediaContext context_{stage_, *this, outbox_, wheel_};
};

}  // namespace dataplane
