#pragma once
/// \file
/// The simplest call: two endpoints, PCMU relayed both ways.

#include <cstdint>
#include <vector>

#include "dataplane/api/session_plan.h"
#include "mediad/base/byte_io.h"

namespace dataplane {

inline EndpointPlan relay_endpoint(const base::IpAddress& local, std::uint16_t port,
                                   const base::SocketAddress& remote) {
  EndpointPlan endpoint;
  endpoint.local_ip = local;
  endpoint.local_rtp = {port};
  endpoint.local_rtcp = {static_cast<std::uint16_t>(port + 1)};
  endpoint.remote_rtp = remote;
  endpoint.receive = {{0, {}, nullptr}};
  endpoint.cname = "test";
  return endpoint;
}

inline SessionPlan relay_plan(EndpointPlan a, EndpointPlan b) {
  SessionPlan plan;
  plan.endpoints = {std::move(a), std::move(b)};
  plan.flows.resize(2);
  plan.flows[0].from = 0;
  plan.flows[0].to = 1;
  plan.flows[1].from = 1;
  plan.flows[1].to = 0;
  return plan;
}

/// An RTP packet of payload type 0 with 160 octets (RFC 3550 §5.1).
inline std::vector<std::byte> rtp_packet(std::uint16_t sequence, std::uint32_t ssrc) {
  std::vector<std::byte> packet(172, std::byte{0x7F});
  base::store_be16(packet.data(), 0x8000);
  base::store_be16(packet.data() + 2, sequence);
  base::store_be32(packet.data() + 4, sequence * 160U);
  base::store_be32(packet.data() + 8, ssrc);
  return packet;
}

}  // namespace dataplane
