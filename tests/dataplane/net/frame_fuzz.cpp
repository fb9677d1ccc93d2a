// One frame as it comes from a wire, cut anywhere: never a crash, never an offset outside of it, and what a
// host answers is a frame that parses.
#include <cstring>
#include <vector>

#include "dataplane/net/frame.h"
#include "dataplane/net/owned_host.h"

namespace {

using namespace dataplane;

void check(bool holds) {
  if (!holds) __builtin_trap();
}

const OwnedHost& host() {
  static const OwnedHost host{
      {2, 0, 0, 0, 0, 0xB},
      {{*base::IpAddress::parse("192.0.2.2"), 24}, {*base::IpAddress::parse("2001:db8::2"), 64}},
      {},
      {}};
  return host;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2048) return 0;
  const base::Octets octets = std::as_bytes(std::span{data, size});
  const auto frame = parse_frame(octets);
  if (frame.kind == FrameKind::kDropped) return 0;
  check(frame.ip_offset <= size && frame.transport_offset <= size);
  check(frame.payload_offset + std::size_t{frame.payload_size} <= size);
  if (frame.kind == FrameKind::kUdp) {
    (void)udp_checksum_good(octets, frame);
    return 0;
  }
  std::vector<std::byte> room(std::max(size, kHostFrameRoom));
  std::memcpy(room.data(), data, size);
  const auto reaction = host().react(room, size, frame);
  check(reaction.answer_size <= room.size());
  if (reaction.answer_size > 0)
    check(parse_frame(base::Octets{room}.first(reaction.answer_size)).kind != FrameKind::kDropped);
  return 0;
}
