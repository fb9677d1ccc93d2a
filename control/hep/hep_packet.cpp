#include "control/hep/hep_packet.h"

#include <chrono>
#include <utility>

namespace control {
namespace {

/// Chunk types of the generic vendor, 0.
enum class Chunk : std::uint16_t {
  kFamily = 1,
  kProtocol = 2,
  kSource4 = 3,
  kDestination4 = 4,
  kSource6 = 5,
  kDestination6 = 6,
  kSourcePort = 7,
  kDestinationPort = 8,
  kSeconds = 9,
  kMicroseconds = 10,
  kPayloadType = 11,
  kAgentId = 12,
  kPayload = 15,
  kCorrelationId = 17
};
constexpr std::uint8_t kFamilyV4 = 2, kFamilyV6 = 10, kTcp = 6, kUdp = 17;
constexpr std::size_t kChunkHeader = 6;
/// What one UDP datagram over IPv4 carries.
constexpr std::size_t kMost = 65507;

class Writer {
 public:
  Writer() : out_("HEP3") { put16(0); }

  void chunk(Chunk type, std::string_view data) {
    put16(0);
    put16(static_cast<std::size_t>(type));
    put16(kChunkHeader + data.size());
    out_ += data;
  }
  /// In network order, `octets` of them.
  void number(Chunk type, std::uint64_t value, std::size_t octets) {
    std::string data;
    for (std::size_t i = octets; i-- > 0;) data += static_cast<char>(value >> (8 * i));
    chunk(type, data);
  }
  void address(Chunk type, const base::IpAddress& ip) {
    const std::size_t size = ip.is_v4() ? 4 : 16;
    std::string data;
    for (std::size_t i = 0; i < size; ++i) data += static_cast<char>(ip.octets[i]);
    chunk(type, data);
  }
  std::string finish() {
    out_[4] = static_cast<char>(out_.size() >> 8);
    out_[5] = static_cast<char>(out_.size());
    return std::move(out_);
  }

 private:
  void put16(std::size_t value) {
    out_ += static_cast<char>(value >> 8);
    out_ += static_cast<char>(value);
  }
  std::string out_;
};

}  // namespace

std::string encode_hep(const HepPacket& packet) {
  constexpr std::size_t kOverhead = 200;  // all other chunks with their headers, IPv6
  if (packet.payload.size() + packet.correlation_id.size() + kOverhead > kMost) return {};
  const auto since_1970 = packet.at.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_1970);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(since_1970 - seconds);
  const bool is_v4 = packet.source.ip.is_v4();
  Writer out;
  out.number(Chunk::kFamily, is_v4 ? kFamilyV4 : kFamilyV6, 1);
  out.number(Chunk::kProtocol, packet.is_udp ? kUdp : kTcp, 1);
  out.address(is_v4 ? Chunk::kSource4 : Chunk::kSource6, packet.source.ip);
  out.address(is_v4 ? Chunk::kDestination4 : Chunk::kDestination6, packet.destination.ip);
  out.number(Chunk::kSourcePort, packet.source.port.number, 2);
  out.number(Chunk::kDestinationPort, packet.destination.port.number, 2);
  out.number(Chunk::kSeconds, static_cast<std::uint64_t>(seconds.count()), 4);
  out.number(Chunk::kMicroseconds, static_cast<std::uint64_t>(rest.count()), 4);
  out.number(Chunk::kPayloadType, static_cast<std::uint64_t>(packet.payload_type), 1);
  out.number(Chunk::kAgentId, packet.agent_id, 4);
  if (!packet.correlation_id.empty()) out.chunk(Chunk::kCorrelationId, packet.correlation_id);
  out.chunk(Chunk::kPayload, packet.payload);
  return out.finish();
}

}  // namespace control
