#include "dataplane/octet_map.h"

#include <numeric>

#include "codecs/registry.h"

namespace dataplane {

namespace {

/// The codecs themselves say what is what: one payload of all octets goes through them.
OctetMap make_map(const codecs::Codec& from, const codecs::Codec& to) {
  OctetMap all{};
  std::iota(all.begin(), all.end(), std::uint8_t{0});
  std::array<std::int16_t, 48 * codecs::kMaxPacketMs> pcm{};
  const auto decoder = from.make_decoder({});
  codecs::DecodeJob decode{.decoder = decoder.get(), .payload = std::as_bytes(std::span{all}), .pcm = pcm};
  from.decode({&decode, 1});
  const auto encoder = to.make_encoder({.fmtp = {}, .ptime_ms = 32});
  OctetMap map{};
  codecs::EncodeJob encode{.encoder = encoder.get(),
                           .pcm = std::span{pcm}.first<256>(),
                           .payload = std::as_writable_bytes(std::span{map})};
  to.encode({&encode, 1});
  return map;
}

}  // namespace

const OctetMap* octet_map(const codecs::Codec& from, const codecs::Codec& to) {
  static const auto& pcmu = *codecs::find("PCMU");
  static const auto& pcma = *codecs::find("PCMA");
  static const auto mu_to_a = make_map(pcmu, pcma);
  static const auto a_to_mu = make_map(pcma, pcmu);
  if (&from == &pcmu && &to == &pcma) return &mu_to_a;
  if (&from == &pcma && &to == &pcmu) return &a_to_mu;
  return nullptr;
}

}  // namespace dataplane
