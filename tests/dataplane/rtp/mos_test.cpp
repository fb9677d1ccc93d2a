#include "dataplane/rtp/mos.h"

#include <gtest/gtest.h>

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;

PathQuality path(float loss, base::Duration round_trip = 0ms, base::Duration jitter = 0ms) {
  return {.loss = loss, .jitter = jitter, .round_trip = round_trip};
}

TEST(Mos, FollowsAnnexBOfG107) {
  const std::pair<float, float> table[] = {{0, 1},      {50, 2.58F}, {60, 3.10F},    {70, 3.60F},
                                           {80, 4.03F}, {90, 4.34F}, {93.2F, 4.41F}, {100, 4.5F}};
  for (const auto& [r, mos] : table) EXPECT_NEAR(mos_of_rating(r, false), mos, 0.01) << r;
  EXPECT_EQ(mos_of_rating(-20, false), 1);
  EXPECT_GE(mos_of_rating(3, false), 1) << "the cubic dips below 1 here";
  EXPECT_NEAR(mos_of_rating(129, true), 4.5, 0.01);
}

TEST(Mos, AnUnimpairedCallHasTheDefaultRating) {
  EXPECT_NEAR(rating(impairment_of("PCMU"), path(0)), 93.2, 0.01);
  EXPECT_NEAR(rating(impairment_of("G729"), path(0)), 82.2, 0.01);
}

TEST(Mos, DelayCostsNothingUpTo100MsAndMuchBeyond) {
  const auto pcma = impairment_of("pcma");
  // Half the round trip plus 40 ms in the terminals.
  EXPECT_NEAR(rating(pcma, path(0, 120ms)), 93.2, 0.01);
  EXPECT_NEAR(rating(pcma, path(0, 720ms)), 93.2 - 24.1, 0.1) << "Idd(400 ms) by clause 7.3";
  EXPECT_LT(rating(pcma, path(0, 720ms, 30ms)), rating(pcma, path(0, 720ms))) << "jitter is buffered away";
}

TEST(Mos, LossCostsByCodec) {
  // Ie,eff = 95 * 5 / (5 + 25.1) for G.711 with concealment.
  EXPECT_NEAR(rating(impairment_of("PCMA"), path(0.05F)), 93.2 - 15.78, 0.01);
  EXPECT_NEAR(rating(impairment_of("G729"), path(0.05F)), 93.2 - 11 - 84 * 5 / 24.0, 0.01);
  EXPECT_EQ(rating(impairment_of("GSM"), path(1)), rating(impairment_of("GSM"), path(7)))
      << "no more than all";
  auto bursts = path(0.05F);
  bursts.burst_ratio = 2;
  EXPECT_LT(rating(impairment_of("PCMA"), bursts), rating(impairment_of("PCMA"), path(0.05F)));
}

TEST(Mos, NeverLeavesItsScaleAndFallsWithLoss) {
  for (const char* encoding : {"PCMU", "G729", "G722", "opus", "L16", "something"}) {
    const auto codec = impairment_of(encoding);
    float last = 5;
    for (int percent = 0; percent <= 100; percent += 5) {
      const float mos =
          mos_of_rating(rating(codec, path(static_cast<float>(percent) / 100, 10s)), codec.wideband);
      EXPECT_GE(mos, 1);
      EXPECT_LE(mos, 4.5);
      EXPECT_LE(mos, last) << encoding << " " << percent;
      last = mos;
    }
  }
}

TEST(Mos, WithoutReportsTheDelayIsAssumed) {
  PathQuality unknown;
  EXPECT_EQ(rating({}, unknown), rating({}, path(0, kAssumedRoundTrip)));
}

TEST(MosRecord, KeepsTheExtremesAndTheirTime) {
  MosRecord mos;
  SourceRecord record;
  record.packets = 7;
  mos.fill(record);
  EXPECT_EQ(record.mos_samples, 0u);
  EXPECT_TRUE(record.mos_estimated);
  mos.add(4, true, base::Instant{5s});
  mos.add(3, true, base::Instant{10s});
  mos.add(4.4F, false, base::Instant{15s});
  mos.add(4.2F, false, base::Instant{20s});
  mos.fill(record);
  EXPECT_FLOAT_EQ(record.mos_now, 4.2F);
  EXPECT_FLOAT_EQ(record.mos_average, 3.9F);
  EXPECT_FLOAT_EQ(record.mos_lowest, 3);
  EXPECT_EQ(record.mos_lowest_ns, 10'000'000'000u);
  EXPECT_FLOAT_EQ(record.mos_highest, 4.4F);
  EXPECT_EQ(record.mos_highest_ns, 15'000'000'000u);
  EXPECT_EQ(record.mos_samples, 4u);
  EXPECT_FALSE(record.mos_estimated);
  EXPECT_EQ(record.packets, 7u);
}

}  // namespace
}  // namespace dataplane::rtp
