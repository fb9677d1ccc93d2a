/// \file
/// Any payload to any decoder. The first octet chooses codec and rate; what follows is a row of packets: an
/// octet of length, whose highest values stand for a loss, then the payload.

#include <cstdlib>
#include <memory>
#include <vector>

#include "codecs/registry.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void decode(const codecs::Codec& codec, codecs::Decoder& decoder, codecs::DecodeKind kind,
            base::Octets payload, std::uint32_t wanted, std::uint32_t rate) {
  // On the heap, of exactly the room that the contract asks for, so that a sanitizer sees an overrun.
  std::vector<std::int16_t> pcm(std::size_t{rate} / 1000 * codecs::kMaxPacketMs);
  const std::vector<std::byte> copy(payload.begin(), payload.end());
  codecs::DecodeJob job{
      .decoder = &decoder, .payload = copy, .pcm = pcm, .samples_wanted = wanted, .kind = kind};
  codec.decode({&job, 1});
  check(job.samples <= pcm.size());
  check(job.ok == (job.samples > 0));
  const std::uint32_t ticks = codec.duration_ticks(copy);
  check(ticks <= codec.info().clock_rate.hz / 1000 * codecs::kMaxPacketMs);
  if (kind != codecs::DecodeKind::kPayload || !job.ok) return;
  // What was decoded lasts as long as its framing says.
  check(std::uint64_t{ticks} * rate == std::uint64_t{job.samples} * codec.info().clock_rate.hz);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto all = codecs::all();
  const codecs::Codec& codec = *all[data[0] % all.size()];
  constexpr std::uint32_t kRates[] = {8000, 16000, 48000};
  const std::uint32_t rate = codec.best_rate({kRates[data[0] / 16 % 3]}).hz;
  const auto decoder = codec.make_decoder({.fmtp = "", .sample_rate = {rate}});
  check(decoder != nullptr);
  base::Octets rest = std::as_bytes(std::span{data + 1, size - 1});
  while (!rest.empty()) {
    const auto length = base::load_u8(rest.data());
    rest = rest.subspan(1);
    const auto payload = rest.first(std::min<std::size_t>(length, rest.size()));
    if (length >= 0xF0) {
      const auto kind = length % 2 == 0 ? codecs::DecodeKind::kLost : codecs::DecodeKind::kRecover;
      decode(codec, *decoder, kind, payload, (length - 0xF0U) * rate / 200, rate);
      continue;
    }
    decode(codec, *decoder, codecs::DecodeKind::kPayload, payload, 0, rate);
    rest = rest.subspan(payload.size());
  }
  return 0;
}
