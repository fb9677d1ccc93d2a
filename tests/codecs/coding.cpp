#include "tests/codecs/coding.h"

#include <gtest/gtest.h>

#include <array>

namespace codecs::test {

std::vector<Packet> encode_all(const Codec& codec, Encoder& encoder, std::span<const std::int16_t> pcm,
                               std::size_t samples_per_packet) {
  std::vector<Packet> packets;
  for (; pcm.size() >= samples_per_packet; pcm = pcm.subspan(samples_per_packet)) {
    Packet packet(kMaxPayload);
    EncodeJob job{.encoder = &encoder, .pcm = pcm.first(samples_per_packet), .payload = packet};
    codec.encode({&job, 1});
    EXPECT_TRUE(job.ok);
    packet.resize(job.size);
    packets.push_back(std::move(packet));
  }
  return packets;
}

void conceal(const Codec& codec, Decoder& decoder, std::size_t samples, Pcm& out) {
  Pcm pcm(kMaxPacketSamples);
  DecodeJob job{.decoder = &decoder,
                .payload = {},
                .pcm = pcm,
                .samples_wanted = static_cast<std::uint32_t>(samples),
                .kind = DecodeKind::kLost};
  codec.decode({&job, 1});
  EXPECT_TRUE(job.ok);
  out.insert(out.end(), pcm.begin(), pcm.begin() + job.samples);
}

Pcm decode_all(const Codec& codec, Decoder& decoder, std::span<const Packet> packets,
               std::size_t samples_per_packet, const Lost& lost) {
  Pcm out;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    std::size_t done = 0;
    if (!packets[i].empty() && !(lost && lost(i))) {
      Pcm pcm(kMaxPacketSamples);
      const DecodeJob job = decode_one(codec, decoder, packets[i], pcm);
      EXPECT_TRUE(job.ok);
      done = job.samples;
      out.insert(out.end(), pcm.begin(), pcm.begin() + job.samples);
    }
    if (done < samples_per_packet) conceal(codec, decoder, samples_per_packet - done, out);
  }
  return out;
}

DecodeJob decode_one(const Codec& codec, Decoder& decoder, base::Octets payload,
                     std::span<std::int16_t> pcm) {
  DecodeJob job{.decoder = &decoder, .payload = payload, .pcm = pcm};
  codec.decode({&job, 1});
  return job;
}

}  // namespace codecs::test
