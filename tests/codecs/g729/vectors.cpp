#include "tests/codecs/g729/vectors.h"

#include <cstring>
#include <fstream>
#include <iterator>

namespace codecs::g729 {
namespace {

std::vector<std::uint8_t> octets_of(const std::string& file) {
  std::ifstream in(std::string(MEDIAD_TEST_DATA "/g729/") + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::int16_t> samples_of(const std::string& file) {
  const std::vector<std::uint8_t> octets = octets_of(file);
  std::vector<std::int16_t> samples(octets.size() / 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(octets[2 * i] | octets[2 * i + 1] << 8);
  }
  return samples;
}

}  // namespace

Vector load_vector(const std::string& name) {
  constexpr std::uint8_t kErased = 255;
  Vector v{samples_of(name + ".in"), {}, samples_of(name + ".out")};
  const std::vector<std::uint8_t> bits = octets_of(name + ".bits");
  for (std::size_t at = 0; at < bits.size();) {
    const std::uint8_t size = bits[at++];
    VectorFrame frame{size == kErased, {}};
    if (!frame.erased) {
      const auto from = bits.begin() + static_cast<std::ptrdiff_t>(at);
      frame.octets.assign(from, from + size);
      at += size;
    }
    v.bits.push_back(frame);
  }
  return v;
}

ReceivedFrame received(const VectorFrame& frame) {
  ReceivedFrame out{FrameType::kUntransmitted, {}, {}};
  if (frame.erased) {
    out.type = FrameType::kErased;
  } else if (frame.octets.size() == kSpeechOctets) {
    out.type = FrameType::kSpeech;
    out.speech = unpack(std::span<const std::uint8_t, kSpeechOctets>(frame.octets));
  } else if (frame.octets.size() == kSidOctets) {
    out.type = FrameType::kSid;
    out.sid = unpack_sid(std::span<const std::uint8_t, kSidOctets>(frame.octets));
  }
  return out;
}

}  // namespace codecs::g729
