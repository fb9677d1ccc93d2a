#include "codecs/g729/batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "tests/codecs/g729/signals.h"
#include "tests/codecs/g729/vectors.h"

namespace codecs::g729 {
namespace {

class EachTarget : public testing::TestWithParam<simd::Target> {};

/// A vector that plays through a batch, from a given step on.
struct Playing {
  Vector vector;
  std::size_t start;
  DecoderState decoder = initial_decoder();
  EncoderState encoder;
};

std::vector<Playing> staggered(const std::vector<std::string>& names, bool encode) {
  std::vector<Playing> out;
  for (const std::string& name : names) {
    for (std::size_t copy = 0; copy < 2; ++copy) {
      Playing p{load_vector(name), 3 * copy + out.size() % 5, initial_decoder(),
                initial_encoder(name[0] == 'b')};
      if (!encode || !p.vector.in.empty()) out.push_back(std::move(p));
    }
  }
  return out;
}

std::vector<std::string> all_vectors() {
  std::vector<std::string> names = kAnnexA;
  names.insert(names.end(), kAnnexB.begin(), kAnnexB.end());
  return names;
}

TEST_P(EachTarget, DecodesEveryVectorBitExactly) {
  std::vector<Playing> calls = staggered(all_vectors(), false);
  for (std::size_t step = 0; step < 2300; ++step) {
    std::vector<DecodeFrame> frames;
    std::vector<const std::int16_t*> expected;
    std::vector<std::array<std::int16_t, kFrame>> pcm(calls.size());
    for (Playing& call : calls) {
      if (step < call.start || step - call.start >= call.vector.bits.size()) continue;
      const VectorFrame& bits = call.vector.bits[step - call.start];
      frames.push_back({&call.decoder, bits.octets, bits.erased, pcm[frames.size()].data()});
      expected.push_back(call.vector.out.data() + (step - call.start) * kFrame);
    }
    decode(frames, GetParam());
    for (std::size_t i = 0; i < frames.size(); ++i) {
      ASSERT_EQ(std::memcmp(frames[i].pcm, expected[i], sizeof(pcm[0])), 0) << step << ' ' << i;
    }
  }
}

TEST_P(EachTarget, EncodesEveryVectorBitExactly) {
  std::vector<Playing> calls = staggered(all_vectors(), true);
  for (std::size_t step = 0; step < 2300; ++step) {
    std::vector<EncodeFrame> frames;
    std::vector<const VectorFrame*> expected;
    for (Playing& call : calls) {
      if (step < call.start || (step - call.start + 1) * kFrame > call.vector.in.size()) continue;
      frames.push_back({&call.encoder, call.vector.in.data() + (step - call.start) * kFrame, {}, 0});
      expected.push_back(&call.vector.bits[step - call.start]);
    }
    encode(frames, GetParam());
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto& want = expected[i]->octets;
      ASSERT_EQ(frames[i].size, want.size()) << step << ' ' << i;
      ASSERT_TRUE(std::equal(want.begin(), want.end(), frames[i].octets.begin())) << step << ' ' << i;
    }
  }
}

/// One call of the differential run: the same signal through the target and through the scalar codec.
struct Twin {
  Signal signal;
  EncoderState encoder, scalar_encoder;
  DecoderState decoder = initial_decoder();
  DecoderState scalar_decoder = initial_decoder();
};

/// How many frames the differential run does; MEDIAD_G729_FRAMES sets it for a long one.
std::size_t differential_frames() {
  const char* const wanted = std::getenv("MEDIAD_G729_FRAMES");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 12000;
}

TEST_P(EachTarget, EqualsTheScalarCodecOnAnyMixtureOfCalls) {
  const std::vector<std::int16_t> speech = load_vector("b_tstseq1").in;
  std::mt19937 random(7);
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  std::vector<Twin> calls;
  for (int i = 0; i < 50; ++i) {
    const EncoderState encoder = initial_encoder(i % 3 == 0);
    calls.push_back({Signal(i % Signal::kKinds, static_cast<unsigned>(i), speech), encoder, encoder});
  }
  std::size_t done = 0;
  BatchReport report;
  while (done < differential_frames()) {
    std::vector<std::size_t> order(calls.size());
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random);
    order.resize(1 + random() % order.size());
    std::vector<std::array<std::int16_t, kFrame>> in(order.size());
    std::vector<EncodeFrame> encoded;
    for (std::size_t i = 0; i < order.size(); ++i) {
      calls[order[i]].signal.next(in[i]);
      encoded.push_back({&calls[order[i]].encoder, in[i].data(), {}, 0});
    }
    const BatchReport encode_report = encode(encoded, GetParam());
    std::vector<std::array<std::int16_t, kFrame>> pcm(order.size());
    std::vector<DecodeFrame> decoded;
    for (std::size_t i = 0; i < order.size(); ++i) {
      Twin& call = calls[order[i]];
      EncodeFrame expected{&call.scalar_encoder, in[i].data(), {}, 0};
      encode(std::span(&expected, 1), simd::Target::kScalar);
      ASSERT_EQ(encoded[i].size, expected.size) << done;
      ASSERT_TRUE(std::equal(expected.octets.begin(), expected.octets.begin() + expected.size,
                             encoded[i].octets.begin()))
          << done << " call " << order[i];
      // Some frames are lost, some damaged, some nonsense.
      FrameOctets& octets = encoded[i].octets;
      if (chance(3)) octets[random() % 10] ^= static_cast<std::uint8_t>(1U << (random() % 8));
      if (chance(1))
        std::generate(octets.begin(), octets.end(), [&] { return static_cast<std::uint8_t>(random()); });
      const std::span<const std::uint8_t> payload(octets.data(), chance(1) ? 2U : encoded[i].size);
      decoded.push_back({&call.decoder, payload, chance(order[i] % 4 == 0 ? 20 : 1), pcm[i].data()});
    }
    const BatchReport decode_report = decode(decoded, GetParam());
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::array<std::int16_t, kFrame> expected;
      DecodeFrame scalar = decoded[i];
      scalar.state = &calls[order[i]].scalar_decoder;
      scalar.pcm = expected.data();
      decode(std::span(&scalar, 1), simd::Target::kScalar);
      ASSERT_EQ(expected, pcm[i]) << done << " call " << order[i];
    }
    done += order.size();
    report.frames += encode_report.frames;
    report.redone += encode_report.redone + decode_report.redone;
  }
  RecordProperty("frames", std::to_string(report.frames));
  RecordProperty("redone", std::to_string(report.redone));
  for (const Twin& call : calls) {
    EXPECT_EQ(std::memcmp(&call.encoder, &call.scalar_encoder, sizeof(EncoderState)), 0);
    EXPECT_EQ(std::memcmp(&call.decoder, &call.scalar_decoder, sizeof(DecoderState)), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Target, EachTarget,
                         testing::ValuesIn(simd::runnable().begin(), simd::runnable().end()),
                         [](const auto& target) { return std::string(simd::name(target.param)); });

TEST(Batch, AFrameOfAnyOtherSizeCountsAsErased) {
  DecoderState a = initial_decoder();
  DecoderState b = initial_decoder();
  const std::array<std::uint8_t, 7> octets{};
  std::array<std::int16_t, kFrame> x;
  std::array<std::int16_t, kFrame> y;
  DecodeFrame wrong{&a, octets, false, x.data()};
  DecodeFrame erased{&b, {}, true, y.data()};
  decode(std::span(&wrong, 1));
  decode(std::span(&erased, 1));
  EXPECT_EQ(x, y);
}

}  // namespace
}  // namespace codecs::g729
