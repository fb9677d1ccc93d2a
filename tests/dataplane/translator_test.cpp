#include "dataplane/translator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>

#include "dataplane/rtp/event.h"
#include "dataplane/rtp/rtcp/bye.h"
#include "dataplane/rtp/rtcp/compound.h"
#include "dataplane/rtp/rtcp/receiver_report.h"
#include "dataplane/rtp/rtcp/sender_report.h"
#include "dataplane/rtp/rtcp/writer.h"
#include "tests/dataplane/session_lab.h"

namespace dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A phone that speaks a tone in one format.
class Talker {
 public:
  Talker(const ReceiveFormat& format, std::uint16_t ptime_ms, std::uint32_t ssrc = 0x11223344)
      : format_(format),
        rate_(format.codec->best_rate({8000})),
        ptime_ms_(ptime_ms),
        ssrc_(ssrc),
        encoder_(format.codec->make_encoder({.fmtp = {}, .sample_rate = rate_, .ptime_ms = ptime_ms})) {}

  RtpPacket next() {
    std::vector<std::int16_t> pcm(rate_.hz * ptime_ms_ / 1000);
    for (auto& sample : pcm)
      sample = static_cast<std::int16_t>(
          8000 * std::sin(2 * std::numbers::pi * 440 * double(samples_++) / rate_.hz));
    std::vector<std::byte> payload(codecs::kMaxPayload);
    codecs::EncodeJob job{.encoder = encoder_.get(), .pcm = pcm, .payload = payload};
    format_.codec->encode({&job, 1});
    EXPECT_TRUE(job.ok);
    payload.resize(job.size);
    const RtpPacket packet{format_.payload_type, sequence_, timestamp_, ssrc_, first_, payload};
    skip();
    first_ = false;
    return packet;
  }
  /// A packet's time passes without one.
  void pause() { timestamp_ += format_.format.clock_rate.hz * ptime_ms_ / 1000; }
  void skip() {
    ++sequence_;
    pause();
  }
  [[nodiscard]] std::uint16_t sequence() const { return sequence_; }
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }
  void take_sequence() { ++sequence_; }

 private:
  ReceiveFormat format_;
  base::SampleRate rate_;
  std::uint16_t ptime_ms_;
  std::uint32_t ssrc_;
  std::unique_ptr<codecs::Encoder> encoder_;
  std::uint64_t samples_{0};
  std::uint16_t sequence_{65530};  // rolls over soon
  std::uint32_t timestamp_{0xFFFFF000};
  bool first_{true};
};

/// A phone that listens: every packet must follow the one before.
class Listener {
 public:
  explicit Listener(const ReceiveFormat& format)
      : format_(format),
        rate_(format.codec->best_rate({8000})),
        decoder_(format.codec->make_decoder({.fmtp = {}, .sample_rate = rate_})) {}

  void hear(const std::vector<Output>& outputs) {
    for (const auto& output : outputs) {
      if (!output.rtcp) hear(output);
    }
  }
  void hear(const Output& output) {
    const auto header = output.header();
    if (packets > 0) {
      EXPECT_EQ(header.ssrc, ssrc);
      EXPECT_EQ(header.sequence, static_cast<std::uint16_t>(sequence + 1));
      step = header.timestamp - timestamp;
    }
    markers += header.marker ? 1 : 0;
    ssrc = header.ssrc;
    sequence = header.sequence;
    timestamp = header.timestamp;
    payload_type = header.payload_type;
    size = header.payload.size();
    ++packets;
    if (payload_type != format_.payload_type) return;
    std::vector<std::int16_t> room(kMaxPcm);
    codecs::DecodeJob job{.decoder = decoder_.get(), .payload = header.payload, .pcm = room};
    format_.codec->decode({&job, 1});
    EXPECT_TRUE(job.ok);
    pcm.insert(pcm.end(), room.begin(), room.begin() + job.samples);
  }
  /// RMS of the last `ms`.
  [[nodiscard]] double level(std::size_t ms) const {
    const auto n = std::min(pcm.size(), rate_.hz * ms / 1000);
    double sum = 0;
    for (auto i = pcm.size() - n; i < pcm.size(); ++i) sum += double(pcm[i]) * pcm[i];
    return n == 0 ? 0 : std::sqrt(sum / double(n));
  }

  std::size_t packets{0}, markers{0}, size{0};
  std::uint32_t ssrc{0}, timestamp{0}, step{0};
  std::uint16_t sequence{0};
  std::uint8_t payload_type{0};
  std::vector<std::int16_t> pcm;

 private:
  ReceiveFormat format_;
  base::SampleRate rate_;
  std::unique_ptr<codecs::Decoder> decoder_;
};

struct Pair {
  const char* name;
  const ReceiveFormat* from;
  const ReceiveFormat* to;
  std::uint16_t ptime_in, ptime_out;
};

class EveryPair : public ::testing::TestWithParam<Pair> {};

TEST_P(EveryPair, ATonePassesAtItsLevelInFramesOfTheWantedLength) {
  const auto& pair = GetParam();
  SessionLab lab{transcode_plan(*pair.from, *pair.to, pair.ptime_in, pair.ptime_out)};
  Talker alice{*pair.from, pair.ptime_in};
  Listener bob{*pair.to};
  const auto clock = pair.to->format.clock_rate.hz;
  for (int ms = 0; ms < 1200; ms += pair.ptime_in) {
    bob.hear(lab.bring(0, alice.next()));
    bob.hear(lab.pass(milliseconds{pair.ptime_in}));
    if (bob.packets > 1) {
      ASSERT_EQ(bob.step, clock * pair.ptime_out / 1000) << "at " << ms;
    }
  }
  EXPECT_EQ(bob.payload_type, pair.to->payload_type);
  EXPECT_EQ(bob.ssrc, 0xB0B0B0B0u);
  EXPECT_EQ(bob.markers, 1u);
  EXPECT_NEAR(double(bob.packets), 1200.0 / pair.ptime_out, 1.0);
  EXPECT_NEAR(20 * std::log10(bob.level(500) / (8000 / std::sqrt(2.0))), 0.0, 1.5);
  EXPECT_EQ(lab.all_drops(0), 0u);
  EXPECT_EQ(lab.stats(0).frames_decoded.get(), 1200u / pair.ptime_in);
  EXPECT_EQ(lab.stats(0).frames_concealed.get(), 0u);
  EXPECT_EQ(lab.stats(1).frames_encoded.get(), bob.packets);
}

const ReceiveFormat kG722 = format(9, "G722", 8000);

INSTANTIATE_TEST_SUITE_P(
    Translator, EveryPair,
    ::testing::Values(Pair{"mu_to_a", &kPcmu, &kPcma, 20, 20}, Pair{"a_to_mu_30", &kPcma, &kPcmu, 20, 30},
                      Pair{"mu_to_mu_40", &kPcmu, &kPcmu, 20, 40}, Pair{"mu_30_to_a", &kPcmu, &kPcma, 30, 20},
                      Pair{"mu_to_opus", &kPcmu, &kOpus, 20, 20}, Pair{"opus_to_mu", &kOpus, &kPcmu, 20, 20},
                      Pair{"opus_60_to_a", &kOpus, &kPcma, 60, 20},
                      Pair{"mu_to_g729", &kPcmu, &kG729, 20, 20},
                      Pair{"g729_to_opus", &kG729, &kOpus, 20, 20},
                      Pair{"g722_to_mu", &kG722, &kPcmu, 20, 20}, Pair{"mu_to_g722", &kPcmu, &kG722, 20, 30}),
    [](const auto& test) { return std::string{test.param.name}; });

class Translated : public ::testing::Test {
 protected:
  /// Alice sends `packets`, 20 ms apart.
  void talk(int packets) {
    for (int i = 0; i < packets; ++i) {
      bob.hear(lab.bring(0, alice.next()));
      bob.hear(lab.pass(milliseconds{20}));
    }
  }
  SessionLab lab{transcode_plan(kPcmu, kPcma)};
  Talker alice{kPcmu, 20};
  Listener bob{kPcma};
};

TEST_F(Translated, ALostPacketIsConcealedAndNotHeard) {
  talk(20);
  alice.skip();
  talk(20);
  bob.hear(lab.pass(milliseconds{100}));
  EXPECT_EQ(bob.packets, 41u);
  EXPECT_EQ(bob.markers, 1u);
  EXPECT_EQ(lab.stats(0).frames_concealed.get(), 1u);
  EXPECT_EQ(bob.step, 160u);
  EXPECT_GT(bob.level(2000), 5000);
}

TEST_F(Translated, SwappedPacketsAreEncodedInOrder) {
  talk(5);
  const auto early = alice.next();
  const auto late = alice.next();
  bob.hear(lab.bring(0, late));
  EXPECT_EQ(bob.packets, 5u);
  bob.hear(lab.pass(milliseconds{10}));
  bob.hear(lab.bring(0, early));
  EXPECT_EQ(bob.packets, 7u);
  EXPECT_EQ(lab.stats(0).frames_concealed.get(), 0u);
  bob.hear(lab.bring(0, early));
  EXPECT_EQ(lab.drops(0, Drop::kDuplicate), 1u);
  EXPECT_EQ(bob.packets, 7u);
  talk(5);
  EXPECT_EQ(bob.packets, 12u);
  EXPECT_EQ(bob.step, 160u);
}

TEST_F(Translated, APacketBehindItsConcealmentIsTooLate) {
  talk(5);
  const auto late = alice.next();
  talk(1);
  bob.hear(lab.pass(rtp::kReorderWait + milliseconds{5}));
  EXPECT_EQ(bob.packets, 7u);  // one made up, one real
  bob.hear(lab.bring(0, late));
  EXPECT_EQ(lab.drops(0, Drop::kTooLate), 1u);
  EXPECT_EQ(bob.packets, 7u);
}

TEST_F(Translated, AnotherSourceContinuesOurStream) {
  talk(10);
  const auto before = bob.timestamp;
  alice = Talker{kPcmu, 20, 0x99999999};
  bob.hear(lab.bring(0, alice.next()));
  talk(9);
  EXPECT_EQ(lab.all_drops(0), 0u);
  EXPECT_EQ(bob.packets, 20u);  // Listener checks SSRC and sequence
  EXPECT_EQ(bob.markers, 2u);
  EXPECT_LT(bob.timestamp - before, 20u * 160u);
  EXPECT_GE(bob.timestamp - before, 10u * 160u);
}

TEST_F(Translated, AnUpdateWithTheSameFormatsIsNotHeard) {
  talk(10);
  auto plan = transcode_plan(kPcmu, kPcma);
  plan.endpoints[1].tos = 184;
  auto* const running = lab.session().body.flows[0].translator.get();
  lab.update(plan);
  EXPECT_EQ(lab.session().body.flows[0].translator.get(), running);
  talk(10);
  EXPECT_EQ(bob.packets, 20u);
  EXPECT_EQ(bob.markers, 1u);
  EXPECT_EQ(bob.step, 160u);
  EXPECT_EQ(lab.stats(0).rtp_packets_in.get(), 20u);
  EXPECT_EQ(lab.session().body.endpoints[0].heard.seen(), 1u);
}

TEST_F(Translated, AnUpdateToAnotherCodecGoesOnInTheSameStream) {
  talk(10);
  lab.update(transcode_plan(kPcmu, kOpus));
  std::vector<Output> out;
  while (out.empty()) {
    out = lab.bring(0, alice.next());
    lab.pass(milliseconds{20});
  }
  EXPECT_EQ(out[0].header().ssrc, bob.ssrc);
  EXPECT_EQ(out[0].header().sequence, static_cast<std::uint16_t>(bob.sequence + 1));
  EXPECT_EQ(out[0].header().payload_type, 111);
  EXPECT_TRUE(out[0].header().marker);
}

TEST_F(Translated, ANewSignalledAddressIsUsedAtOnceAndALearnedOneIsKept) {
  const auto natted = address("192.0.2.10:61111");
  lab.bring(0, octets_of(alice.next()), natted);
  lab.update(transcode_plan(kPcmu, kPcma));
  EXPECT_EQ(lab.session().body.endpoints[0].rtp.remote, natted);
  auto moved = transcode_plan(kPcmu, kPcma);
  moved.endpoints[0].remote_rtp = address("192.0.2.77:7000");
  lab.update(moved);
  EXPECT_EQ(lab.session().body.endpoints[0].rtp.remote, address("192.0.2.77:7000"));
  EXPECT_EQ(lab.stats(0).remote_rtp.load(), address("192.0.2.77:7000"));
}

TEST_F(Translated, HoldIsSilentAndResumesWithoutABreakInNumbers) {
  talk(10);
  auto plan = transcode_plan(kPcmu, kPcma);
  plan.flows[0].active = false;
  lab.update(plan);
  talk(100);
  EXPECT_EQ(bob.packets, 10u);
  EXPECT_EQ(lab.drops(0, Drop::kFlowInactive), 100u);
  lab.update(transcode_plan(kPcmu, kPcma));
  talk(10);
  EXPECT_EQ(bob.packets, 20u);
  EXPECT_EQ(bob.markers, 2u);
}

TEST_F(Translated, UnknownAndForbiddenPayloadTypes) {
  talk(1);
  RtpPacket packet{.payload_type = 77, .sequence = alice.sequence(), .timestamp = alice.timestamp()};
  alice.take_sequence();
  EXPECT_TRUE(lab.bring(0, packet).empty());
  EXPECT_EQ(lab.drops(0, Drop::kUnknownPayloadType), 1u);
}

TEST(Translator, APayloadThatIsNotTheCodecsIsConcealed) {
  SessionLab lab{transcode_plan(kG729, kPcmu)};
  Talker alice{kG729, 20};
  Listener bob{kPcmu};
  for (int i = 0; i < 30; ++i) {
    auto packet = alice.next();
    if (i == 20) packet.payload.resize(7);
    bob.hear(lab.bring(0, packet));
    bob.hear(lab.pass(milliseconds{20}));
  }
  EXPECT_EQ(lab.drops(0, Drop::kUndecodable), 1u);
  EXPECT_EQ(lab.stats(0).frames_concealed.get(), 1u);
  EXPECT_EQ(bob.packets, 30u);
  EXPECT_EQ(bob.step, 160u);
}

TEST(Translator, WhatIsForwardedKeepsTheHolesOfItsSource) {
  auto plan = transcode_plan(kPcmu, kPcmu);
  plan.flows[0].rules = {{.in = 0, .kind = RuleKind::kForward, .out = 96}};
  plan.flows[0].send.reset();
  SessionLab lab{plan};
  Talker alice{kPcmu, 20};
  const auto first = lab.bring(0, alice.next());
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].header().ssrc, 0xB0B0B0B0u);
  EXPECT_EQ(first[0].header().payload_type, 96);
  EXPECT_TRUE(first[0].header().marker);
  lab.pass(milliseconds{20});
  alice.skip();
  EXPECT_TRUE(lab.bring(0, alice.next()).empty());  // waits for the one before
  const auto late = lab.pass(milliseconds{60});
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].header().sequence, static_cast<std::uint16_t>(first[0].header().sequence + 2));
  EXPECT_EQ(late[0].header().timestamp, first[0].header().timestamp + 320);
  EXPECT_EQ(late[0].header().payload.size(), 160u);
}

TEST(Translator, EventsAreRetimedBetweenClocksAndToldOnce) {
  auto plan = transcode_plan(kPcmu, kOpus);
  plan.endpoints[0].receive.push_back(format(101, "telephone-event", 8000));
  plan.flows[0].rules.push_back({.in = 101, .kind = RuleKind::kEvent, .out = 110, .out_clock = {48000}});
  SessionLab lab{plan};
  Talker alice{kPcmu, 20};
  for (int i = 0; i < 5; ++i) {
    lab.bring(0, alice.next());
    lab.pass(milliseconds{20});
  }
  const auto start = alice.timestamp();
  std::vector<Output> events;
  for (std::uint16_t i = 1; i <= 7; ++i) {
    RtpPacket packet{101, alice.sequence(), start, 0x11223344, i == 1, {}};
    packet.payload.resize(rtp::kEventSize);
    const auto duration = static_cast<std::uint16_t>(160 * std::min<int>(i, 5));
    rtp::write_event(packet.payload.data(), {.event = 9, .end = i >= 5, .volume = 7, .duration = duration});
    for (auto& out : lab.bring(0, packet)) events.push_back(out);
    alice.take_sequence();
    if (i <= 5) alice.pause();
    lab.pass(milliseconds{20});
  }
  ASSERT_EQ(events.size(), 7u);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto header = events[i].header();
    EXPECT_EQ(header.payload_type, 110);
    EXPECT_EQ(header.timestamp, events[0].header().timestamp);
    EXPECT_EQ(header.sequence, static_cast<std::uint16_t>(events[0].header().sequence + i));
    EXPECT_EQ(header.marker, i == 0);
    const auto event = rtp::parse_event(header.payload);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->event, 9);
    EXPECT_EQ(event->end, i >= 4);
    EXPECT_EQ(event->duration, 960 * std::min<std::size_t>(i + 1, 5));
  }
  const auto told = lab.event<EventReceived>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->event, 9);
  EXPECT_EQ(told->duration_ms, 100u);
  EXPECT_FALSE(lab.event<EventReceived>());
  const auto after = lab.bring(0, alice.next());
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].header().sequence, static_cast<std::uint16_t>(events.back().header().sequence + 1));
}

// What an encoder makes of the same speech tells how much effort it spends.
std::vector<std::vector<std::byte>> coded_with(int wanted, int floor, int ceiling) {
  auto plan = transcode_plan(kPcmu, format(111, "opus", 48000, 2, "maxaveragebitrate=16000"));
  plan.flows[0].send->complexity = static_cast<std::int8_t>(wanted);
  plan.flows[0].send->least_complexity = static_cast<std::int8_t>(floor);
  SessionLab lab{plan};
  Talker alice{kPcmu, 20};
  std::vector<std::vector<std::byte>> payloads;
  for (int i = 0; i < 20; ++i) {
    if (i == 5) lab.shed(ceiling);
    for (const auto& output : lab.bring(0, alice.next())) {
      const auto payload = output.header().payload;
      payloads.emplace_back(payload.begin(), payload.end());
    }
    lab.now += milliseconds{20};
  }
  return payloads;
}

TEST(TranslatorEffort, ABusyWorkerShedsItDownToTheFloor) {
  const auto full = coded_with(5, 0, codecs::kMostComplexity);
  EXPECT_NE(full, coded_with(5, 0, 0));
  EXPECT_EQ(full, coded_with(5, 5, 0));
  EXPECT_EQ(coded_with(5, 2, 0), coded_with(5, 0, 2));
}

RtpPacket comfort_noise(const Talker& alice) {
  return {13, alice.sequence(), alice.timestamp(), 0x11223344, false, {std::byte{40}}};
}

SessionPlan comfort_noise_plan() {
  auto plan = transcode_plan(kPcmu, kPcma);
  plan.endpoints[0].receive.push_back(format(13, "CN", 8000));
  plan.flows[0].rules.push_back({.in = 13, .kind = RuleKind::kComfortNoise});
  return plan;
}

TEST(Translator, ComfortNoiseIsMadeForWhoDoesNotKnowIt) {
  SessionLab lab{comfort_noise_plan()};
  Talker alice{kPcmu, 20};
  Listener bob{kPcma};
  for (int i = 0; i < 10; ++i) {
    bob.hear(lab.bring(0, alice.next()));
    bob.hear(lab.pass(milliseconds{20}));
  }
  bob.hear(lab.bring(0, comfort_noise(alice)));
  alice.take_sequence();
  for (int i = 0; i < 50; ++i) {
    alice.pause();
    bob.hear(lab.pass(milliseconds{20}));
  }
  EXPECT_NEAR(double(bob.packets), 60, 1);
  EXPECT_EQ(bob.step, 160u);
  // -40 dBov is a hundredth of full scale.
  EXPECT_NEAR(bob.level(500), 327, 150);
  const auto before = bob.timestamp;
  bob.hear(lab.bring(0, alice.next()));
  EXPECT_LE(bob.timestamp - before, 320u);
  EXPECT_GE(bob.timestamp - before, 160u);
  const auto packets = bob.packets;
  bob.hear(lab.pass(milliseconds{200}));
  EXPECT_EQ(bob.packets, packets) << "the noise has ended";
}

TEST(Translator, ComfortNoiseIsForwardedToWhoKnowsIt) {
  auto plan = comfort_noise_plan();
  plan.flows[0].send->comfort_noise = 13;
  SessionLab lab{plan};
  Talker alice{kPcmu, 20};
  lab.bring(0, alice.next());
  lab.pass(milliseconds{20});
  const auto out = lab.bring(0, comfort_noise(alice));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].header().payload_type, 13);
  EXPECT_EQ(base::load_u8(out[0].header().payload.data()), 40);
  EXPECT_TRUE(lab.pass(seconds{1}).empty());
}

/// A phone in a noisy room that pauses by the means of its codec while nobody speaks.
class PausingTalker {
 public:
  explicit PausingTalker(const ReceiveFormat& format)
      : format_(format),
        encoder_(
            format.codec->make_encoder({.fmtp = {}, .sample_rate = {8000}, .ptime_ms = 20, .dtx = true})) {}

  /// The next 20 ms, if they are worth a packet.
  std::optional<RtpPacket> next(bool speaks) {
    std::array<std::int16_t, 160> pcm;
    for (auto& sample : pcm) {
      const auto voice = speaks ? 8000 * std::sin(2 * std::numbers::pi * 440 * double(samples_) / 8000) : 0;
      ++samples_;
      sample = static_cast<std::int16_t>(voice + noise_(random_));
    }
    std::vector<std::byte> payload(codecs::kMaxPayload);
    codecs::EncodeJob job{.encoder = encoder_.get(), .pcm = pcm, .payload = payload};
    format_.codec->encode({&job, 1});
    EXPECT_TRUE(job.ok);
    const auto timestamp = static_cast<std::uint32_t>(samples_) - 160 + job.skipped;
    if (job.size == 0) return std::nullopt;
    payload.resize(job.size);
    return RtpPacket{format_.payload_type, sequence_++, timestamp, 0x11223344, false, payload};
  }
  /// RMS of what is heard when nobody speaks.
  static constexpr double kNoise = 300 / 1.732;

 private:
  ReceiveFormat format_;
  std::unique_ptr<codecs::Encoder> encoder_;
  std::mt19937 random_{3};
  std::uniform_int_distribution<int> noise_{-300, 300};
  std::uint64_t samples_{0};
  std::uint16_t sequence_{1};
};

// G.729 Annex B towards a receiver that knows no pauses: it hears the room go on.
TEST(Translator, AnAnnexBPauseIsFilledForWhoTakesNone) {
  SessionLab lab{transcode_plan(kG729, kPcma)};
  PausingTalker alice{kG729};
  Listener bob{kPcma};
  std::size_t sent = 0;
  const auto talk = [&](int packets, bool speaks) {
    for (int i = 0; i < packets; ++i) {
      if (const auto packet = alice.next(speaks)) {
        bob.hear(lab.bring(0, *packet));
        ++sent;
      }
      bob.hear(lab.pass(milliseconds{20}));
    }
  };
  talk(25, true);
  talk(150, false);
  EXPECT_LT(sent, 100u) << "the source pauses";
  EXPECT_NEAR(double(bob.packets), 175, 2);
  EXPECT_EQ(bob.step, 160u);
  EXPECT_NEAR(20 * std::log10(bob.level(1000) / PausingTalker::kNoise), 0, 4);
  EXPECT_EQ(lab.stats(0).frames_concealed.get(), 0u) << "nothing was lost";
  const auto before = bob.timestamp;
  talk(25, true);
  EXPECT_NEAR(double(bob.packets), 200, 3);
  EXPECT_NEAR(double(bob.timestamp - before), 25 * 160, 320);
  EXPECT_GT(bob.level(200), 4000);
}

TEST(Translator, APauseStaysOneForWhoTakesIt) {
  auto plan = transcode_plan(kG729, format(97, "G729", 8000, 1, "annexb=yes"));
  plan.flows[0].send->dtx = true;
  SessionLab lab{plan};
  PausingTalker alice{kG729};
  std::size_t heard = 0;
  const auto talk = [&](int packets, bool speaks) {
    heard = 0;
    for (int i = 0; i < packets; ++i) {
      const auto packet = alice.next(speaks);
      if (packet) heard += lab.bring(0, *packet).size();
      for (const auto& out : lab.pass(milliseconds{20})) heard += out.rtcp ? 0 : 1;
    }
  };
  talk(50, false);  // from which either detector learns what the room sounds like (G.729 B.3.4)
  talk(25, true);
  EXPECT_NEAR(double(heard), 25, 1);
  talk(100, false);
  talk(100, false);
  EXPECT_LT(heard, 40u);
}

// Where speech begins in the middle of a packet, the packet begins there (RFC 3551 §4.5.6 knows no empty
// frame).
TEST(Translator, WhatAPauseLeavesOutDelaysThePacketsTime) {
  const auto g729 = format(18, "G729", 8000, 1, "annexb=yes");
  auto plan = transcode_plan(kPcmu, g729);
  plan.flows[0].send->dtx = true;
  SessionLab lab{plan};
  std::mt19937 random{5};
  std::uniform_int_distribution<int> noise{-20, 20};
  const auto encoder = kPcmu.codec->make_encoder({.fmtp = {}, .sample_rate = {8000}});
  std::uint32_t first = 0;
  std::size_t late = 0;
  for (std::uint16_t i = 0; i < 200; ++i) {
    std::array<std::int16_t, 160> pcm;
    for (std::size_t k = 0; k < pcm.size(); ++k) {
      const bool speaks = i >= 150 && (i > 150 || k >= 80);
      const auto voice = speaks ? 9000 * std::sin(2 * std::numbers::pi * 300 * double(k) / 8000) : 0;
      pcm[k] = static_cast<std::int16_t>(voice + noise(random));
    }
    std::vector<std::byte> payload(160);
    codecs::EncodeJob job{.encoder = encoder.get(), .pcm = pcm, .payload = payload};
    kPcmu.codec->encode({&job, 1});
    for (const auto& out : lab.bring(0, {0, i, 160U * i, 0x11223344, false, payload})) {
      const auto header = out.header();
      if (i == 0) first = header.timestamp;
      const auto offset = header.timestamp - first - 160U * i;
      EXPECT_TRUE(offset == 0 || offset == 80) << i;
      // A frame that is left out at the front is missing from the payload too.
      if (offset == 80) {
        EXPECT_TRUE(header.payload.size() == 10 || header.payload.size() == 2) << i;
        ++late;
      }
    }
    lab.now += milliseconds{20};
  }
  EXPECT_GT(late, 0u);
}

TEST_F(Translated, OurReportsTakeThePlaceOfTheirs) {
  talk(500);
  std::vector<Output> reports;
  for (int i = 0; i < 300; ++i) {
    for (auto& out : lab.bring(0, alice.next())) bob.hear(out);
    for (auto& out : lab.pass(milliseconds{20})) {
      if (out.rtcp) reports.push_back(out);
    }
  }
  std::size_t to_alice = 0, to_bob = 0;
  for (const auto& report : reports) {
    const auto compound = rtp::rtcp::Compound::parse(report.octets, rtp::rtcp::Framing::kFull);
    ASSERT_TRUE(compound);
    if (report.to == 0) {  // we send Alice nothing, but report on her
      ++to_alice;
      const auto rr = rtp::rtcp::parse_receiver_report(*compound->begin());
      ASSERT_TRUE(rr);
      ASSERT_EQ(rr->blocks.size(), rtp::rtcp::ReportBlock::kSize);
      const auto block = rtp::rtcp::read_report_block(rr->blocks.data());
      EXPECT_EQ(block.ssrc, 0x11223344u);
      EXPECT_EQ(block.fraction_lost, 0);
    } else {
      ++to_bob;
      const auto sr = rtp::rtcp::parse_sender_report(*compound->begin());
      ASSERT_TRUE(sr);
      EXPECT_EQ(sr->ssrc, 0xB0B0B0B0u);
      EXPECT_GT(sr->packets, 100u);
    }
  }
  EXPECT_GE(to_alice, 1u);
  EXPECT_GE(to_bob, 1u);
  const auto record = lab.stats(0).sources[0].load();
  EXPECT_GE(record.mos_samples, 1u);
  EXPECT_GT(record.mos_now, 4.0F);
  EXPECT_TRUE(record.mos_estimated);
}

TEST_F(Translated, TheirReportsAreHeardAndNotPassedOn) {
  talk(10);
  std::array<std::byte, 512> buffer;
  rtp::rtcp::Writer writer{buffer};
  const rtp::rtcp::ReportBlock block{.ssrc = 0xB0B0B0B0, .fraction_lost = 64, .jitter_ticks = 33};
  writer.receiver_report(0xB0B, {&block, 1});
  writer.cname(0xB0B, "bob");
  const std::vector<std::byte> report{writer.octets().begin(), writer.octets().end()};
  EXPECT_TRUE(lab.bring(1, report, address("198.51.100.20:50001"), true).empty());
  Talker back{kPcma, 20};
  lab.bring(1, back.next());
  lab.pass(milliseconds{300});
  const auto record = lab.stats(1).sources[0].load();
  EXPECT_FLOAT_EQ(record.far_loss, 0.25F);
  EXPECT_EQ(record.far_jitter_ticks, 33u);
}

TEST_F(Translated, TheEndIsABye) {
  talk(10);
  const auto out = lab.end();
  ASSERT_EQ(out.size(), 1u);  // only towards Bob did we originate anything
  EXPECT_EQ(out[0].to, 1u);
  const auto compound = rtp::rtcp::Compound::parse(out[0].octets, rtp::rtcp::Framing::kFull);
  ASSERT_TRUE(compound);
  bool bye = false;
  for (const auto packet : *compound) {
    if (const auto leaving = rtp::rtcp::parse_bye(packet)) bye = leaving->source(0) == 0xB0B0B0B0;
  }
  EXPECT_TRUE(bye);
}

}  // namespace
}  // namespace dataplane
