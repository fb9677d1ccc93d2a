#include "dataplane/media_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dataplane/session_lab.h"

namespace dataplane {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RtpPacket pcmu(std::uint16_t sequence, std::uint8_t payload_type = 0) {
  return {.payload_type = payload_type,
          .sequence = sequence,
          .timestamp = 160u * sequence,
          .payload = std::vector<std::byte>(160, std::byte{0xD5})};
}

TEST(MediaPath, ARelayedPacketIsTheSendersToTheLastOctet) {
  SessionLab lab{relay_plan()};
  const auto out = lab.bring(0, pcmu(100));
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].to, 1u);
  EXPECT_EQ(out[0].octets, octets_of(pcmu(100)));
  EXPECT_EQ(lab.stats(0).rtp_packets_in.get(), 1u);
  EXPECT_EQ(lab.stats(0).rtp_octets_in.get(), 172u);
  EXPECT_EQ(lab.all_drops(0), 0u);
  const auto back = lab.bring(1, pcmu(7));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].to, 0u);
}

TEST(MediaPath, APayloadTypeIsRenumberedAndNothingElse) {
  auto plan = relay_plan({format(96, "opus", 48000, 2)});
  plan.flows[0].rules = {{.in = 96, .kind = RuleKind::kForward, .out = 111}};
  SessionLab lab{plan};
  auto packet = pcmu(1, 96);
  packet.marker = true;
  const auto out = lab.bring(0, packet);
  ASSERT_EQ(out.size(), 1u);
  packet.payload_type = 111;
  EXPECT_EQ(out[0].octets, octets_of(packet));
}

/// PCMU on Alice's side, PCMA on Bob's, packets of 20 ms on both.
SessionPlan two_laws() {
  auto plan = transcode_plan(kPcmu, kPcma);
  for (auto& flow : plan.flows) flow.sender_ptime_ms = 20;
  return plan;
}

// RFC 3550 §7.1: a translator that keeps packets as they are keeps their SSRC, numbers and times, too.
TEST(MediaPath, BetweenTheLawsOfG711APacketIsRewrittenInPlace) {
  SessionLab lab{two_laws()};
  auto packet = pcmu(1);
  packet.marker = true;
  packet.payload = {std::byte{0xFF}, std::byte{0x80}, std::byte{0x00}};
  const auto out = lab.bring(0, packet);
  ASSERT_EQ(out.size(), 1u);
  packet.payload_type = 8;
  packet.payload = {std::byte{0xD5}, std::byte{0xAA}, std::byte{0x2A}};
  EXPECT_EQ(out[0].octets, octets_of(packet));
  // A loss stays one, for the receiver to conceal.
  const auto next = lab.bring(0, pcmu(4));
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].header().sequence, 4);
  EXPECT_EQ(lab.stats(1).frames_encoded.get(), 0u);
}

TEST(MediaPath, OfARewrittenPacketHeadersExtensionAndPaddingStay) {
  SessionLab lab{two_laws()};
  std::vector<std::byte> octets = octets_of(pcmu(1));
  octets.resize(12);
  octets[0] = std::byte{0xB0};  // an extension and padding
  for (const auto octet : {0xBE, 0xDE, 0x00, 0x01, 0x10, 0xFF, 0x00, 0x00, 0xFF, 0xFF, 0x00, 0x02})
    octets.push_back(static_cast<std::byte>(octet));
  const auto out = lab.bring(0, octets, kAlice);
  ASSERT_EQ(out.size(), 1u);
  octets[1] = std::byte{8};
  octets[20] = octets[21] = std::byte{0xD5};
  EXPECT_EQ(out[0].octets, octets);
}

TEST(MediaPath, RtcpPassesBetweenTheLawsOfG711) {
  SessionLab lab{two_laws()};
  EXPECT_EQ(lab.bring(0, pcmu(1)).size(), 1u);
  // An empty receiver report and a CNAME.
  std::vector<std::byte> octets;
  for (const auto octet : {0x80, 0xC9, 0x00, 0x01, 0x11, 0x22, 0x33, 0x44, 0x81, 0xCA,
                           0x00, 0x02, 0x11, 0x22, 0x33, 0x44, 0x01, 0x01, 0x61, 0x00})
    octets.push_back(static_cast<std::byte>(octet));
  const auto source = address("192.0.2.10:40001");
  const auto out = lab.bring(0, octets, source, true);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].octets, octets);
  for (const auto& of_ours : lab.pass(std::chrono::seconds{10})) EXPECT_FALSE(of_ours.rtcp);
}

TEST(MediaPath, WhatTakesMoreThanARewriteIsTranslated) {
  auto other_ptime = two_laws();
  other_ptime.flows[0].send->ptime_ms = 40;
  auto noise = two_laws();  // CN to who does not know it
  noise.endpoints[0].receive.push_back(format(13, "CN", 8000));
  noise.flows[0].rules.push_back({.in = 13, .kind = RuleKind::kComfortNoise});
  for (const auto& plan : {other_ptime, noise}) {
    SessionLab lab{plan};
    auto out = lab.bring(0, pcmu(1));
    if (out.empty()) out = lab.bring(0, pcmu(2));
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].header().ssrc, 0xB0B0B0B0u);
  }
}

TEST(MediaPath, AReOfferMayTurnARewriteIntoATranslationAndBack) {
  SessionLab lab{two_laws()};
  EXPECT_EQ(lab.bring(0, pcmu(1)).at(0).header().ssrc, pcmu(1).ssrc);
  auto longer = two_laws();
  longer.flows[1].send->ptime_ms = 40;
  lab.update(longer);
  EXPECT_EQ(lab.bring(0, pcmu(2)).at(0).header().ssrc, 0xB0B0B0B0u);
  lab.pass(std::chrono::milliseconds{20});
  lab.update(two_laws());
  EXPECT_EQ(lab.bring(0, pcmu(3)).at(0).header().ssrc, pcmu(3).ssrc);
  lab.pass(std::chrono::seconds{1});
  lab.update(longer);
  EXPECT_EQ(lab.bring(0, pcmu(4)).at(0).header().ssrc, 0xB0B0B0B0u);
}

TEST(MediaPath, NoMediaAtTheRtcpPort) {
  SessionLab lab{relay_plan()};
  const auto rtcp_source = address("192.0.2.10:5001");
  EXPECT_TRUE(lab.bring(0, octets_of(pcmu(1)), rtcp_source, true).empty());
  EXPECT_EQ(lab.drops(0, Drop::kBadRtcp), 1u);
  EXPECT_EQ(lab.stats(0).rtp_packets_in.get(), 0u);
}

TEST(MediaPath, RulesAndUnlistedPayloadTypes) {
  auto plan = relay_plan();
  plan.flows[0].rules = {{.in = 13, .kind = RuleKind::kDrop}};
  SessionLab lab{plan};
  EXPECT_TRUE(lab.bring(0, pcmu(1, 13)).empty());
  EXPECT_EQ(lab.drops(0, Drop::kRuleDrop), 1u);
  EXPECT_EQ(lab.bring(0, pcmu(2, 55)).size(), 1u);

  plan.flows[0].relay_unlisted = false;
  SessionLab strict{plan};
  EXPECT_TRUE(strict.bring(0, pcmu(1, 55)).empty());
  EXPECT_EQ(strict.drops(0, Drop::kUnknownPayloadType), 1u);
}

TEST(MediaPath, OnHoldPacketsAreCountedAndGoNowhere) {
  auto plan = relay_plan();
  plan.flows[0].active = false;
  SessionLab lab{plan};
  EXPECT_TRUE(lab.bring(0, pcmu(1)).empty());
  EXPECT_EQ(lab.drops(0, Drop::kFlowInactive), 1u);
  EXPECT_EQ(lab.stats(0).rtp_packets_in.get(), 1u);
  plan.flows[0].active = true;
  lab.update(plan);
  EXPECT_EQ(lab.bring(0, pcmu(2)).size(), 1u);
}

TEST(MediaPath, WithoutAnAddressThereIsNowhereToSend) {
  auto plan = relay_plan();
  plan.endpoints[1].remote_rtp.reset();
  plan.endpoints[1].remote_rtcp.reset();
  SessionLab lab{plan};
  EXPECT_TRUE(lab.bring(0, pcmu(1)).empty());
  EXPECT_EQ(lab.drops(0, Drop::kNoRemoteAddress), 1u);
  // Bob's first packet tells where he is.
  EXPECT_EQ(lab.bring(1, pcmu(1)).size(), 1u);
  EXPECT_EQ(lab.bring(0, pcmu(2)).size(), 1u);
  EXPECT_EQ(lab.stats(1).remote_rtp.load(), kBob);
  const auto learned = lab.event<RemoteLearned>();
  ASSERT_TRUE(learned);
}

TEST(MediaPath, NatIsFollowedAndAStrangerNeitherInjectsNorReceives) {
  SessionLab lab{relay_plan()};
  const auto natted = address("192.0.2.10:61111");
  EXPECT_EQ(lab.bring(0, octets_of(pcmu(1)), natted).size(), 1u);
  const auto learned = lab.event<RemoteLearned>();
  ASSERT_TRUE(learned);
  EXPECT_EQ(learned->address, natted);
  EXPECT_EQ(learned->endpoint, 0);
  EXPECT_EQ(lab.session().body.endpoints[0].rtp.remote, natted);

  for (std::uint16_t i = 0; i < 50; ++i) {
    auto injected = pcmu(i);
    injected.ssrc = 0xBADBAD;
    EXPECT_TRUE(lab.bring(0, octets_of(injected), kStranger).empty());
  }
  EXPECT_EQ(lab.drops(0, Drop::kWrongSource), 50u);
  EXPECT_EQ(lab.stats(0).last_stranger.load(), kStranger);
  EXPECT_EQ(lab.session().body.endpoints[0].rtp.remote, natted);
  EXPECT_EQ(lab.session().body.endpoints[0].heard.seen(), 1u);
  EXPECT_EQ(lab.bring(0, octets_of(pcmu(2)), natted).size(), 1u);
}

TEST(MediaPath, DuplicatesAndWhatComesTooLateAreDropped) {
  SessionLab lab{relay_plan()};
  for (std::uint16_t i = 1; i <= 200; ++i) EXPECT_EQ(lab.bring(0, pcmu(i)).size(), 1u);
  EXPECT_TRUE(lab.bring(0, pcmu(200)).empty());
  EXPECT_TRUE(lab.bring(0, pcmu(180)).empty());
  EXPECT_EQ(lab.drops(0, Drop::kDuplicate), 2u);
  EXPECT_TRUE(lab.bring(0, pcmu(120)).empty());
  EXPECT_EQ(lab.drops(0, Drop::kTooLate), 1u);
}

TEST(MediaPath, AReorderedPacketIsStillRelayed) {
  SessionLab lab{relay_plan()};
  EXPECT_EQ(lab.bring(0, pcmu(1)).size(), 1u);
  EXPECT_EQ(lab.bring(0, pcmu(3)).size(), 1u);
  EXPECT_EQ(lab.bring(0, pcmu(2)).size(), 1u);
  EXPECT_EQ(lab.all_drops(0), 0u);
}

TEST(MediaPath, ASecondSourceIsRelayedFromItsFirstPacketOn) {
  SessionLab lab{relay_plan()};
  EXPECT_EQ(lab.bring(0, pcmu(1)).size(), 1u);
  auto second = pcmu(5000);
  second.ssrc = 0x5EC0;
  EXPECT_EQ(lab.bring(0, second).size(), 1u);
  EXPECT_EQ(lab.all_drops(0), 0u);
}

TEST(MediaPath, ASecondSourceFromTheKnownAddressIsTranslatedFromItsFirstPacketOn) {
  SessionLab lab{transcode_plan(kPcmu, kPcma)};
  EXPECT_FALSE(lab.bring(0, pcmu(1)).empty());
  auto second = pcmu(5000);
  second.ssrc = 0x5EC0;
  EXPECT_FALSE(lab.bring(0, second).empty());
  EXPECT_EQ(lab.all_drops(0), 0u);
}

TEST(MediaPath, ASecondSourceFromElsewhereProvesItselfBeforeItIsTranslated) {
  auto plan = transcode_plan(kPcmu, kPcma);
  plan.endpoints[0].source.strict = false;
  SessionLab lab{plan};
  EXPECT_FALSE(lab.bring(0, pcmu(1)).empty());
  auto second = pcmu(5000);
  second.ssrc = 0x5EC0;
  EXPECT_TRUE(lab.bring(0, octets_of(second), kStranger).empty());
  EXPECT_EQ(lab.drops(0, Drop::kOnProbation), 1u);
  second.sequence = 5001;
  EXPECT_FALSE(lab.bring(0, octets_of(second), kStranger).empty());
}

TEST(MediaPath, NothingButMediaComesThrough) {
  SessionLab lab{relay_plan()};
  auto datagram = [&](std::vector<std::uint8_t> head, std::size_t size) {
    std::vector<std::byte> octets(size);
    for (std::size_t i = 0; i < head.size(); ++i) octets[i] = std::byte{head[i]};
    EXPECT_TRUE(lab.bring(0, octets, kAlice).empty());
  };
  datagram({0x80, 0x00}, 8);  // RTP, but shorter than its header
  EXPECT_EQ(lab.drops(0, Drop::kBadRtpHeader), 1u);
  datagram({0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42}, 20);
  EXPECT_EQ(lab.drops(0, Drop::kStunUnexpected), 1u);
  datagram({22, 254, 253}, 60);
  EXPECT_EQ(lab.drops(0, Drop::kDtlsUnexpected), 1u);
  datagram({0xFF, 0xFF}, 40);
  datagram({16, 0}, 40);
  datagram({}, 0);
  EXPECT_EQ(lab.drops(0, Drop::kUnknownProtocol), 3u);
  datagram({0x80, 200, 0, 99}, 28);  // RTCP whose length is beyond its end
  EXPECT_EQ(lab.drops(0, Drop::kBadRtcp), 1u);
  EXPECT_EQ(lab.stats(0).rtp_packets_in.get(), 0u);
  EXPECT_EQ(lab.stats(0).last_in_ns.get(), 0u);
}

TEST(MediaPath, UdptlPassesOctetForOctet) {
  auto plan = relay_plan();
  plan.kind = MediaKind::kDatagram;
  SessionLab lab{plan};
  const std::vector<std::byte> udptl{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{3}};
  const auto out = lab.bring(0, udptl, kAlice);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].octets, udptl);
}

TEST(MediaPath, RtcpIsRelayedToTheRtcpAddressOrTheMuxedOne) {
  // An empty receiver report (RFC 3550 §6.4.2).
  const std::vector<std::byte> report{std::byte{0x80}, std::byte{201}, std::byte{0}, std::byte{1},
                                      std::byte{1},    std::byte{2},   std::byte{3}, std::byte{4}};
  SessionLab lab{relay_plan()};
  auto out = lab.bring(0, report, address("192.0.2.10:40001"), true);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(out[0].rtcp);
  EXPECT_EQ(out[0].octets, report);
  EXPECT_EQ(lab.stats(0).rtcp_packets_in.get(), 1u);
  EXPECT_EQ(lab.session().body.endpoints[1].rtcp_destination().remote.port.number, kBob.port.number + 1);
  // Muxed by the sender although it was not negotiated (RFC 5761): accepted all the same.
  EXPECT_EQ(lab.bring(0, report, kAlice).size(), 1u);

  auto muxed = relay_plan();
  muxed.endpoints[1].rtcp_mux = true;
  SessionLab other{muxed};
  ASSERT_EQ(other.bring(0, report, address("192.0.2.10:40001"), true).size(), 1u);
  EXPECT_EQ(other.session().body.endpoints[1].rtcp_destination().remote, kBob);
}

TEST(MediaPath, AnEventIsToldOnceHoweverManyPacketsItHas) {
  auto plan = relay_plan({kPcmu, format(101, "telephone-event", 8000)});
  SessionLab lab{plan};
  lab.bring(0, pcmu(1));
  std::uint16_t sequence = 2;
  for (const std::uint16_t duration : {160, 320, 480, 640, 800, 800, 800}) {
    RtpPacket packet{.payload_type = 101, .sequence = sequence, .timestamp = 320, .marker = sequence == 2};
    packet.payload.resize(rtp::kEventSize);
    rtp::write_event(packet.payload.data(),
                     {.event = 5, .end = sequence >= 6, .volume = 10, .duration = duration});
    EXPECT_EQ(lab.bring(0, packet).size(), 1u);
    ++sequence;
    lab.pass(milliseconds{20});
  }
  lab.event<RemoteLearned>();
  EXPECT_EQ(lab.stats(0).events_in.get(), 1u);
}

TEST(MediaPath, AnEventWhoseEndIsLostIsToldByTime) {
  auto plan = relay_plan({kPcmu, format(101, "telephone-event", 8000)});
  SessionLab lab{plan};
  RtpPacket packet{.payload_type = 101, .sequence = 2, .timestamp = 320, .marker = true};
  packet.payload.resize(rtp::kEventSize);
  rtp::write_event(packet.payload.data(), {.event = 11, .end = false, .volume = 10, .duration = 400});
  lab.bring(0, packet);
  EXPECT_EQ(lab.stats(0).events_in.get(), 0u);
  lab.pass(rtp::kEventTimeout + milliseconds{5});
  const auto event = lab.event<EventReceived>();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->event, 11);
  EXPECT_EQ(event->duration_ms, 50u);
  EXPECT_EQ(event->source, kAlice);
}

TEST(MediaPath, StreamsArePublishedWhileTheyRun) {
  SessionLab lab{relay_plan()};
  for (std::uint16_t i = 1; i <= 60; ++i) {
    if (i != 30) lab.bring(0, pcmu(i));
    lab.pass(milliseconds{20});
  }
  EXPECT_EQ(lab.stats(0).source_count.get(), 1u);
  const auto record = lab.stats(0).sources[0].load();
  EXPECT_EQ(record.ssrc, 0x11223344u);
  EXPECT_GT(record.packets, 45u);
  EXPECT_EQ(record.lost, 1);
  EXPECT_EQ(record.clock_hz, 8000u);
  EXPECT_LE(record.jitter_ticks, 1u);
  EXPECT_EQ(record.far_loss, -1);
}

TEST(MediaPath, ARelayedSessionFitsItsBudget) {
  // 8 KiB beside codec state: the session with its counters, two endpoints, two flows; the rest is left for
  // the texts and lists of a plan.
  EXPECT_LE(sizeof(Session) + 2 * sizeof(Endpoint) + 2 * sizeof(Flow) + 2 * sizeof(EndpointPlan) +
                2 * sizeof(FlowPlan),
            7824u);
}

}  // namespace
}  // namespace dataplane
