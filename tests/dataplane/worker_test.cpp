#include "dataplane/worker.h"

#include <gtest/gtest.h>

#include <set>

#include "dataplane/steering.h"
#include "tests/dataplane/allocation_trap.h"
#include "tests/dataplane/worker_fixture.h"

namespace dataplane {
namespace {

[[maybe_unused]] const auto* const environment =
    ::testing::AddGlobalTestEnvironment(new EalEnvironment{EalOptions{}});

using std::chrono::milliseconds;
using WorkerTest = WorkerFixture;

RtpPacket voice(std::uint16_t sequence, std::uint8_t payload_type = 0, std::size_t size = 160) {
  return {.payload_type = payload_type,
          .sequence = sequence,
          .timestamp = 160u * sequence,
          .payload = std::vector<std::byte>(size, std::byte{0xD5})};
}

TEST_F(WorkerTest, RelaysBetweenTwoPhonesInNewHeaders) {
  auto plan = relay_plan();
  plan.endpoints[1].tos = 0xB8;
  add(plan);
  introduce(kBob, kBobMac);
  alice_sends(voice(1));
  EXPECT_GT(turn(), 0u);
  const auto out = sent();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].frame.source, address("10.0.0.1:20002"));
  EXPECT_EQ(out[0].frame.destination, kBob);
  EXPECT_EQ(out[0].frame.tos, 0xB8);
  EXPECT_EQ(out[0].destination_mac, kBobMac);
  EXPECT_TRUE(out[0].checksum_good);
  EXPECT_EQ(out[0].payload, octets_of(voice(1)));
  // Alice's own frame has told where she is.
  bob_sends(voice(9));
  turn();
  const auto back = sent();
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].destination_mac, kAliceMac);
  EXPECT_EQ(back[0].frame.source, address("10.0.0.1:20000"));
  EXPECT_EQ(stats_->endpoints[0].rtp_packets_out.get(), 1u);
  EXPECT_EQ(stats_->endpoints[0].rtp_octets_out.get(), 172u);
  EXPECT_EQ(links_[0]->stats.packets_in.get(), 2u);
  EXPECT_EQ(links_[0]->stats.packets_out.get(), 2u);
  EXPECT_EQ(turn(), 0u);
}

TEST_F(WorkerTest, ARewrittenPacketHasARightChecksum) {
  auto plan = transcode_plan(kPcmu, kPcma);
  for (auto& flow : plan.flows) flow.sender_ptime_ms = 20;
  plan.flows[0].rules.push_back({.in = 101, .kind = RuleKind::kForward, .out = 96});  // the header alone
  add(plan);
  introduce(kBob, kBobMac);
  for (const std::uint8_t payload_type : {0, 101}) {
    alice_sends(voice(static_cast<std::uint16_t>(1 + payload_type), payload_type));
    turn();
    const auto out = sent();
    ASSERT_EQ(out.size(), 1u);
    EXPECT_TRUE(out[0].checksum_good);
    EXPECT_NE(out[0].payload, octets_of(voice(static_cast<std::uint16_t>(1 + payload_type), payload_type)));
  }
}

TEST_F(WorkerTest, UnknownNextHopsAreAskedForOnceAndAhead) {
  add(relay_plan());
  turn();
  std::set<base::IpAddress> wanted;
  while (const auto asked = event<NextHopWanted>()) EXPECT_TRUE(wanted.insert(asked->destination).second);
  EXPECT_EQ(wanted, (std::set{kAlice.ip, kBob.ip}));
  alice_sends(voice(1));
  alice_sends(voice(2));
  turn();
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(session_drops(0, Drop::kNoNextHop), 2u);
  EXPECT_FALSE(event<NextHopWanted>());
  introduce(kBob, kBobMac);
  alice_sends(voice(3));
  turn();
  EXPECT_EQ(sent().size(), 1u);
}

TEST_F(WorkerTest, OneLegOfEachFamily) {
  const auto six = address("[2001:db8::b0b]:50000");
  auto plan = relay_plan();
  plan.endpoints[1] = endpoint_at("[2001:db8::1]:20002", six, {kPcmu}, 1);
  add(plan);
  introduce(six, kBobMac);
  alice_sends(voice(1));
  turn();
  auto out = sent();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].frame.destination, six);
  EXPECT_TRUE(out[0].checksum_good);
  EXPECT_EQ(out[0].payload, octets_of(voice(1)));
  wire(datagram(kBobMac, six, address("[2001:db8::1]:20002"), octets_of(voice(5))));
  turn();
  out = sent();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].frame.destination, kAlice);
  EXPECT_TRUE(out[0].checksum_good);
  // What fits an IPv4 packet to the brim does not fit in IPv6.
  alice_sends(voice(2, 0, 1460));
  turn();
  EXPECT_TRUE(sent().empty());
  EXPECT_EQ(session_drops(0, Drop::kTooLarge), 1u);
}

TEST_F(WorkerTest, FramesForNobodyAreCountedByReason) {
  add(relay_plan());
  wire(datagram(kAliceMac, kAlice, address("10.0.0.1:20004"), octets_of(voice(1))));
  wire(datagram(kAliceMac, kAlice, address("10.0.0.77:20000"), octets_of(voice(1))));
  auto spoiled = datagram(kAliceMac, kAlice, address("10.0.0.1:20000"), octets_of(voice(1)));
  spoiled.octets().back() = std::byte{1};
  wire(std::move(spoiled));
  auto arp = datagram(kAliceMac, kAlice, address("10.0.0.1:20000"), octets_of(voice(1)));
  base::store_be16(arp.octets().data() + 12, kEtherTypeArp);
  wire(std::move(arp));
  auto cut = datagram(kAliceMac, kAlice, address("10.0.0.1:20000"), octets_of(voice(1)));
  ASSERT_TRUE(cut.resize(60));
  wire(std::move(cut));
  auto runt = datagram(kAliceMac, kAlice, address("10.0.0.1:20000"), {});
  ASSERT_TRUE(runt.resize(5));
  wire(std::move(runt));
  EXPECT_EQ(worker_of_port({20004}, kWorkers), 0);
  turn();
  EXPECT_EQ(drops(Drop::kUnknownUdpPort), 1u);
  EXPECT_EQ(drops(Drop::kNotOurAddress), 1u);
  EXPECT_EQ(drops(Drop::kBadUdpChecksum), 1u);
  EXPECT_EQ(drops(Drop::kNotIp), 2u);
  EXPECT_EQ(drops(Drop::kBadIpHeader), 1u);
  EXPECT_TRUE(sent().empty());
}

TEST_F(WorkerTest, AFrameAtTheWrongWorkerIsHandedOver) {
  ASSERT_EQ(worker_of_port({20002}, kWorkers), 1);
  auto plan = relay_plan();
  plan.endpoints[0] = endpoint_at("10.0.0.1:20006", kAlice, {kPcmu}, 1);
  add(plan, 1, 1);
  introduce(kAlice, kAliceMac, 1);
  turn(1);
  bob_sends(voice(1), 0);
  turn(0);
  EXPECT_EQ(links_[0]->stats.handed_over_out.get(), 1u);
  turn(1);
  EXPECT_EQ(links_[1]->stats.handed_over_in.get(), 1u);
  EXPECT_TRUE(sent(0).empty());
  const auto out = sent(1);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].frame.destination, kAlice);
}

TEST_F(WorkerTest, AFullHandOverRingIsADropAndNotAWait) {
  for (std::size_t i = 0; i < HandOver::kCapacity + 10; ++i) {
    bob_sends(voice(static_cast<std::uint16_t>(i)));
    if (i % kBurst == 0) turn(0);
  }
  while (turn(0) != 0) {
  }
  EXPECT_EQ(links_[0]->stats.handed_over_out.get(), HandOver::kCapacity);
  EXPECT_EQ(drops(Drop::kHandoverFull), 10u);
  while (turn(1) != 0) {
  }
  EXPECT_EQ(drops(Drop::kUnknownUdpPort, 1), HandOver::kCapacity);
}

TEST_F(WorkerTest, AFullTransmitQueueIsADrop) {
  add(relay_plan());
  introduce(kBob, kBobMac);
  std::size_t sequence = 0;
  for (int burst = 0; burst < 70; ++burst) {
    for (std::size_t i = 0; i < kBurst; ++i) alice_sends(voice(static_cast<std::uint16_t>(++sequence)));
    turn();
  }
  EXPECT_EQ(links_[0]->stats.packets_out.get(), 2047u);
  EXPECT_EQ(drops(Drop::kTransmitFull), sequence - 2047);
}

TEST_F(WorkerTest, WithoutBuffersOwnPacketsAreDropped) {
  add(transcode_plan(kPcmu, kPcma));
  introduce(kBob, kBobMac);
  turn();
  alice_sends(voice(1));
  std::vector<Packet> hoard;
  while (auto packet = pool().allocate()) hoard.push_back(std::move(packet));
  // The received buffer itself comes free only after the burst.
  turn();
  EXPECT_EQ(drops(Drop::kNoMbuf) + sent().size(), 1u);
  hoard.clear();
  alice_sends(voice(2));
  turn();
  EXPECT_EQ(sent().size(), 1u);
}

TEST_F(WorkerTest, AnExhaustedPoolCostsTheCopyAloneAndIsCounted) {
  auto plan = relay_plan();
  plan.endpoints.push_back(endpoint_at("10.0.0.1:20004", kBob, {kPcmu}, 0xC0C0C0C0));
  plan.flows.push_back(FlowPlan{.from = 0, .to = 2, .rules = {}, .send = {}});
  add(plan);
  introduce(kBob, kBobMac);
  turn();
  alice_sends(voice(1));
  std::vector<Packet> hoard;
  while (auto packet = pool().allocate()) hoard.push_back(std::move(packet));
  turn();
  EXPECT_EQ(sent().size(), 1u);  // the last receiver gets the packet itself
  EXPECT_EQ(drops(Drop::kNoMbuf), 1u);
  EXPECT_EQ(session_drops(0, Drop::kNoMbuf), 1u);
  hoard.clear();
  alice_sends(voice(2));
  turn();
  EXPECT_EQ(sent().size(), 2u);
  EXPECT_EQ(drops(Drop::kNoMbuf), 1u);
}

TEST_F(WorkerTest, TranscodesInBatches) {
  for (std::uint16_t i = 0; i < 20; ++i) {
    auto plan = transcode_plan(kPcmu, kPcma);
    const auto first = static_cast<std::uint16_t>(21000 + 4 * i);
    plan.endpoints[0].local_rtp = {first};
    plan.endpoints[0].local_rtcp = {static_cast<std::uint16_t>(first + 1)};
    plan.endpoints[1].local_rtp = {static_cast<std::uint16_t>(first + 2)};
    plan.endpoints[1].local_rtcp = {static_cast<std::uint16_t>(first + 3)};
    add(plan, i + 1u);
  }
  introduce(kBob, kBobMac);
  turn();
  now = base::MonotonicClock::now() - milliseconds{100};  // what the worker measures its own time by
  for (std::uint16_t i = 0; i < 20; ++i)
    alice_sends(voice(1), 0, ("10.0.0.1:" + std::to_string(21000 + 4 * i)).c_str());
  turn();
  const auto out = sent();
  ASSERT_EQ(out.size(), 20u);
  for (const auto& one : out) {
    EXPECT_EQ(one.payload.size(), 172u);
    EXPECT_EQ(base::load_u8(one.payload.data() + 1), 0x80 | 8);
    EXPECT_TRUE(one.checksum_good);
  }
  const auto& stats = links_[0]->stats;
  const auto at = [](const ReceiveFormat& f) {
    const auto all = codecs::all();
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), f.codec) - all.begin());
  };
  const auto& decoded = stats.decoders[at(kPcmu)];
  EXPECT_EQ(decoded.jobs.get(), 20u);
  EXPECT_EQ(decoded.batches.get(), 2u);  // a full one and what the turn left
  EXPECT_GT(decoded.ns.get(), 0u);
  EXPECT_EQ(stats.encoders[at(kPcma)].jobs.get(), 20u);
  EXPECT_EQ(stats.encoders[at(kPcmu)].jobs.get(), 0u);
  EXPECT_GT(stats.busy_ns.get(), 0u);
}

TEST_F(WorkerTest, SessionsComeAndGo) {
  add(relay_plan(), 1);
  turn();
  EXPECT_EQ(links_[0]->stats.sessions.get(), 1u);
  add(relay_plan(), 2);  // on the same ports
  turn();
  auto refused = event<SessionHome>();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->id, SessionId{2});
  command(UpdateSession{{1}, *build_update({1}, relay_plan())});
  command(UpdateSession{{99}, *build_update({99}, relay_plan())});
  turn();
  EXPECT_EQ(event<UpdateHome>()->id, SessionId{1});
  EXPECT_EQ(event<UpdateHome>()->id, SessionId{99});
  command(RemoveSession{{99}});
  command(RemoveSession{{1}});
  turn();
  auto home = event<SessionHome>();
  ASSERT_TRUE(home);
  EXPECT_EQ(home->id, SessionId{1});
  EXPECT_EQ(links_[0]->stats.sessions.get(), 0u);
  alice_sends(voice(1));
  turn();
  EXPECT_EQ(drops(Drop::kUnknownUdpPort), 1u);
  EXPECT_EQ(links_[0]->stats.commands.get(), 6u);
}

TEST_F(WorkerTest, AnUpdateMayMoveTheSessionToOtherPorts) {
  add(relay_plan());
  auto moved = relay_plan();
  moved.endpoints[0].local_rtp = {20004};
  moved.endpoints[0].local_rtcp = {20005};
  command(UpdateSession{{1}, *build_update({1}, moved)});
  introduce(kBob, kBobMac);
  turn();
  alice_sends(voice(1), 0, "10.0.0.1:20004");
  alice_sends(voice(2), 0, "10.0.0.1:20000");
  turn();
  EXPECT_EQ(sent().size(), 1u);
  EXPECT_EQ(drops(Drop::kUnknownUdpPort), 1u);
}

TEST_F(WorkerTest, NothingThatIsOnItsWayHomeIsLostToAFullOutbox) {
  add(relay_plan());
  turn();
  Event filler{NextHopWanted{}};
  auto& ring = links_[0]->outbox;
  while (ring.push(filler)) {
  }
  command(UpdateSession{{1}, *build_update({1}, relay_plan())});
  command(RemoveSession{{1}});
  alice_sends(voice(1));
  turn();
  EXPECT_FALSE(event<SessionHome>());
  turn();
  EXPECT_TRUE(event<UpdateHome>() || event<SessionHome>());
  EXPECT_EQ(links_[0]->stats.events_lost.get(), 0u);
}

TEST_F(WorkerTest, WhatOnlyInformsIsLostAndCountedWhenTheOutboxIsFull) {
  add(relay_plan());
  turn();
  Event filler{NextHopWanted{}};
  while (links_[0]->outbox.push(filler)) {
  }
  alice_sends(voice(1));
  turn();
  EXPECT_GE(links_[0]->stats.events_lost.get(), 1u);
}

TEST_F(WorkerTest, AFullInboxLeavesTheCommandWithControl) {
  WorkerProxy proxy{*links_[0]};
  for (std::size_t i = 0; i < kInboxCapacity; ++i) {
    Command filler{RemoveSession{{i}}};
    ASSERT_TRUE(proxy.send(filler));
  }
  Command one_too_many{AddSession{*build_session({5}, relay_plan())}};
  EXPECT_FALSE(proxy.send(one_too_many));
  EXPECT_NE(std::get<AddSession>(one_too_many).session, nullptr);
  EXPECT_EQ(turn(), 64u);  // a turn's share; the rest waits for later turns
  // Nothing is lost: the fillers are all carried out, and the same command goes through once there is room.
  while (turn() > 0) {
  }
  EXPECT_EQ(links_[0]->stats.commands.get(), kInboxCapacity);
  ASSERT_TRUE(proxy.send(one_too_many));
  turn();
  EXPECT_EQ(links_[0]->stats.sessions.get(), 1u);
}

TEST_F(WorkerTest, TheWorkersEndSendsEverybodyHome) {
  add(relay_plan());
  turn();
  workers_.clear();
  EXPECT_TRUE(event<SessionHome>());
}

TEST_F(WorkerTest, NoAllocationOnceItRuns) {
  if (!AllocationTrap::works()) GTEST_SKIP() << "malloc belongs to a sanitizer";
  const ReceiveFormat* others[] = {&kPcma, &kOpus, &kG729};
  add(relay_plan(), 1);
  for (std::uint16_t i = 0; i < 3; ++i) {
    auto plan = transcode_plan(kPcmu, *others[i], 20, 40);
    const auto first = static_cast<std::uint16_t>(22000 + 4 * i);
    plan.endpoints[0].local_rtp = {first};
    plan.endpoints[0].local_rtcp = {static_cast<std::uint16_t>(first + 1)};
    plan.endpoints[1].local_rtp = {static_cast<std::uint16_t>(first + 2)};
    plan.endpoints[1].local_rtcp = {static_cast<std::uint16_t>(first + 3)};
    add(plan, i + 2u);
  }
  introduce(kBob, kBobMac);
  turn();
  std::size_t packets = 0;
  for (std::uint16_t sequence = 1; sequence < 400; ++sequence) {
    if (sequence % 37 == 0) continue;  // a loss
    alice_sends(voice(sequence));
    bob_sends(voice(sequence));
    for (int i = 0; i < 3; ++i)
      alice_sends(voice(sequence, 0), 0, ("10.0.0.1:" + std::to_string(22000 + 4 * i)).c_str());
    now += milliseconds{20};
    {
      const AllocationTrap trap;
      workers_[0]->turn(now);
      workers_[0]->turn(now + milliseconds{5});
      EXPECT_EQ(trap.caught(), 0u) << "at sequence " << sequence;
    }
    packets += sent().size();
  }
  EXPECT_GT(packets, 1300u);
}

// Two calls to a codec of many lanes: the first waits for the second, or a millisecond, and no longer.
TEST_F(WorkerTest, ALaneJobWaitsForCompanyButNotLong) {
  ASSERT_GT(kG729.codec->info().lanes, 1);
  add(transcode_plan(kPcmu, kG729, 20, 20));
  introduce(kBob, kBobMac);
  turn();
  alice_sends(voice(1));
  now += milliseconds{20};
  workers_[0]->turn(now);
  EXPECT_TRUE(sent().empty());
  EXPECT_FALSE(workers_[0]->has_backlog());
  EXPECT_LE(workers_[0]->wake_at(now), now + CodecStage::kCompany);
  now += CodecStage::kCompany;
  workers_[0]->turn(now);
  EXPECT_EQ(sent().size(), 1u);
}

TEST(AllocationTrap, Catches) {
  if (!AllocationTrap::works()) GTEST_SKIP() << "malloc belongs to a sanitizer";
  const AllocationTrap trap;
  auto* volatile p = new int{1};
  delete p;
  EXPECT_EQ(trap.caught(), 2u);
}

}  // namespace
}  // namespace dataplane
